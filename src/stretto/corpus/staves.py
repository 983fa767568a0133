"""A piece by staves as it is trained on, its cache on disk, and its place in training, validation or test."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from stretto.corpus.parse import Skipped
from stretto.frames.plan import Plan
from stretto.frames.staves import STAFF_NOTE, StaffMusic
from stretto.score.model import Notice


@dataclass(frozen=True, eq=False, kw_only=True)
class StaffPiece:
    """A piece, a movement, or a long section of one in its own key."""

    name: str
    """Folder and file, and which movement or section of it: no two pieces share it."""
    work: str
    """Pieces of one work never stand on both sides of a split."""
    title: str
    licence: str
    composer: str
    """Slug; "" = anonymous."""
    period: str
    music: StaffMusic
    plan: Plan
    tempo: float = 0.0
    """Quarters a minute at its start; 0 = not said."""
    dynamics: tuple[tuple[int, str], ...] = ()
    """(tick, "p"), in order."""
    hairpins: tuple[tuple[int, int, str], ...] = ()
    """(start, end, "crescendo" or "diminuendo"), in ticks."""
    read: tuple[Notice, ...] = ()
    """What could not be taken over, counted."""


@dataclass(frozen=True, kw_only=True)
class StaffCorpus:
    """Pieces to train on, and what was left out."""

    pieces: list[StaffPiece]
    skipped: list[Skipped]

    def report(self) -> str:
        """Counts by period, composer, metre and licence, what was not taken over, and what was left out and why."""
        pieces = self.pieces
        lines = [f"{len(pieces)} pieces of {len({p.work for p in pieces})} works"]
        lines += [f"{sum(len(p.music.notes) for p in pieces)} notes"]
        named = Counter(p.composer or "(anonymous)" for p in pieces)
        lines += _counted("period", Counter(p.period or "(unknown)" for p in pieces))
        lines += _counted("composer", named)
        lines += _counted("metre", Counter(_metre(p.plan) for p in pieces))
        lines += _counted("licence and folder", Counter(f"{p.licence}/{p.name.split('/')[0]}" for p in pieces))
        read: Counter[str] = Counter()
        for piece in pieces:
            for notice in piece.read:
                read[notice.what] += notice.count
        lines += _counted("not taken over, or changed", read)
        lines += [f"{len(self.skipped)} files or sections left out"]
        lines += [f"  {n} x {why}" for why, n in Counter(_why(s) for s in self.skipped).most_common()]
        return "\n".join(lines)


def _counted(what: str, counts: Counter[str]) -> list[str]:
    return [f"{what}: " + ", ".join(f"{name} {n}" for name, n in counts.most_common())]


def _metre(plan: Plan) -> str:
    if plan.bar_starts is None:
        return "(unknown)"
    return Counter(plan.bar_meters).most_common(1)[0][0]


def _why(skipped: Skipped) -> str:
    """The reason without what is peculiar to the file, so that like reasons count together."""
    return skipped.reason.partition(" (")[0].rpartition(": ")[2]


HELD: Mapping[int, Mapping[str, tuple[float, float]]] = {
    2: {
        "baroque": (20 / 224, 40 / 224),
        "classical": (20 / 325, 40 / 325),
        "romantic": (20 / 3170, 40 / 3170),
        "modern": (20 / 282, 40 / 282),
    },
    4: {
        "baroque": (0.1, 0.25),
        "classical": (20 / 225, 40 / 225),
        "romantic": (0.1, 40 / 175),
        "modern": (0.1, 0.25),
    },
}
"""Number of staves -> period -> shares of its works held for validation and for test: of each period about 20 and 40 of
the pieces that there were, and at most a quarter. They are written down, so that a corpus that grows leaves each work
where it is."""


def split_staves(
    pieces: Sequence[StaffPiece],
) -> tuple[list[StaffPiece], list[StaffPiece], list[StaffPiece]]:
    """Training, validation and test pieces; all pieces of a work go the same way, by a hash of its name.

    Pieces of no known period are training pieces.
    """
    sets: tuple[list[StaffPiece], list[StaffPiece], list[StaffPiece]] = ([], [], [])
    period: dict[str, str] = {}
    for piece in pieces:
        period.setdefault(piece.work, piece.period)
    for piece in pieces:
        valid, test = HELD.get(piece.music.n_staves, {}).get(period[piece.work], (0.0, 0.0))
        at = int(hashlib.sha256(piece.work.encode()).hexdigest()[:8], 16) / 2**32
        sets[2 if at < test else 1 if at < test + valid else 0].append(piece)
    return sets


def save_staff_pieces(pieces: Sequence[StaffPiece], path: Path) -> None:
    """Write the cache: all notes in one table, the rest as JSON."""
    said = [
        {
            **{f: getattr(p, f) for f in _PLAIN},
            "plan": asdict(p.plan),
            "read": [[n.what, n.count, n.where] for n in p.read],
            "end": p.music.end,
            "n_staves": p.music.n_staves,
            "n": len(p.music.notes),
        }
        for p in pieces
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    # A kill, or another run beside this one, must not leave half a cache.
    scratch = path.with_name(f"{path.stem}-{os.getpid()}.npz")
    notes = np.concatenate([p.music.notes for p in pieces]) if pieces else np.zeros(0, STAFF_NOTE)
    np.savez_compressed(scratch, notes=notes, said=np.frombuffer(json.dumps(said).encode(), np.uint8))
    scratch.replace(path)


_PLAIN = ("name", "work", "title", "licence", "composer", "period", "tempo", "dynamics", "hairpins")


def load_staff_pieces(path: Path) -> list[StaffPiece]:
    """Read what `save_staff_pieces` wrote."""
    with np.load(path) as store:
        notes = store["notes"]
        said = json.loads(store["said"].tobytes())
    pieces, start = [], 0
    for entry in said:
        stop = start + entry["n"]
        pieces.append(_piece(entry, StaffMusic(notes=notes[start:stop], end=entry["end"], n_staves=entry["n_staves"])))
        start = stop
    return pieces


def _piece(entry: dict[str, Any], music: StaffMusic) -> StaffPiece:
    plan: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in entry["plan"].items()}
    plain = {name: entry[name] for name in _PLAIN if name not in ("dynamics", "hairpins")}
    return StaffPiece(
        **plain,
        dynamics=tuple((tick, text) for tick, text in entry["dynamics"]),
        hairpins=tuple((start, end, kind) for start, end, kind in entry["hairpins"]),
        music=music,
        plan=Plan(**plan),
        read=tuple(Notice(what=what, count=count, where=where) for what, count, where in entry["read"]),
    )


def renamed(pieces: Sequence[StaffPiece]) -> list[StaffPiece]:
    """The pieces of one file, numbered where there are several."""
    if len(pieces) < 2:
        return list(pieces)
    return [replace(piece, name=f"{piece.name} [{i + 1}]") for i, piece in enumerate(pieces)]
