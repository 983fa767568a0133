"""A piece as the page works on it: a Score whose notes have names that outlast edits, and the view that is drawn."""

# Shapes: N notes.

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.errors import ScoreReadError
from stretto.score.model import TICKS_PER_QUARTER, Notes, Part, Score, Tempo
from stretto.studio.pieces.part_names import part_names
from stretto.studio.pieces.score_json import score_from_json, score_json
from stretto.verbs.staves.ensemble import QUARTET
from stretto.verbs.staves.places import ensemble_of as players_of

NOTE_FIELDS = ("part", "staff", "voice", "onset", "duration", "pitch", "velocity", "grace")
"""What is said of a note where many are said at once."""

Ids = NDArray[np.int64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Document:
    """A score whose notes are called by number; a number is never given twice in the life of a piece."""

    score: Score
    ids_N: Ids
    """One for each note of the score, in its order."""
    next_id: int
    """The number of the next new note."""

    def index_of(self) -> dict[int, int]:
        """Where each note stands in the score, by its number."""
        return {number: index for index, number in enumerate(self.ids_N.tolist())}

    def as_json(self) -> dict[str, Any]:
        """All of it as plain data, as a revision is kept."""
        return {"score": score_json(self.score), "ids": self.ids_N.tolist(), "next": self.next_id}

    @classmethod
    def from_json(cls, said: Any) -> Document:
        """The document that was kept.

        Raises:
            ScoreReadError: it is damaged.
        """
        score = score_from_json(said["score"])
        ids_N = np.array(said["ids"], np.int64)
        if len(ids_N) != len(score.notes) or len(np.unique(ids_N)) != len(ids_N):
            raise ScoreReadError("what was kept of this piece is damaged; open an older state of it")
        return cls(score=score, ids_N=ids_N, next_id=int(said["next"]))


def document_of(score: Score, before: Document | None = None) -> Document:
    """A score with names for its notes.

    Args:
        score: as a reader or a verb gave it.
        before: what it was made from; notes that are the same in both keep their names.
    """
    next_id = before.next_id if before is not None else 1
    known: dict[tuple[int, ...], list[int]] = {}
    if before is not None:
        for key, number in zip(_keys(before.score.notes), before.ids_N.tolist(), strict=True):
            known.setdefault(key, []).append(number)
    ids = []
    for key in _keys(score.notes):
        if known.get(key):
            ids.append(known[key].pop(0))
        else:
            ids.append(next_id)
            next_id += 1
    return Document(score=score, ids_N=np.array(ids, np.int64), next_id=next_id)


def view_of(document: Document) -> dict[str, Any]:
    """The piece as the page draws it: times in ticks, bars, parts and notes."""
    return {**frame_view(document.score), "notes": notes_view(document)}


def frame_view(score: Score) -> dict[str, Any]:
    """The same without the notes."""
    return {
        "tempo": [{"tick": tempo.tick, "qpm": float(tempo.qpm)} for tempo in as_played(score).tempos],
        "meters": [
            {"tick": meter.tick, "numerator": meter.numerator, "denominator": meter.denominator}
            for meter in score.meters or (score.meter_at(0),)
        ],
        "keys": [{"tick": key.tick, "fifths": key.fifths, "mode": key.mode} for key in score.keys if key.part < 0],
        "bars": bars_view(score),
        "end": score.end,
        "ticksPerQuarter": TICKS_PER_QUARTER,
        "parts": [_part_view(index, name, score.parts[index]) for index, name in enumerate(part_names(score))],
        "style": score.info.get("style", ""),
        "ensemble": ensemble_of(score),
        "notices": [str(notice) for notice in score.notices],
    }


def as_played(score: Score) -> Score:
    """The score with the tempo of its beginning, where it says none: the one at which its sound is rendered."""
    if score.tempos and score.tempos[0].tick <= 0:
        return score
    return score.evolve(tempos=(Tempo(), *score.tempos))


def bars_view(score: Score) -> list[dict[str, int]]:
    """Where every bar begins and ends, and its printed number."""
    return [{"tick": bar.tick, "end": score.bar_end(i), "number": bar.number} for i, bar in enumerate(score.bars)]


def notes_view(document: Document) -> list[dict[str, int]]:
    """Every note with its name."""
    columns = [document.score.notes[name].tolist() for name in NOTE_FIELDS]
    rows = zip(*columns, strict=True)
    return [{"id": number, **dict(zip(NOTE_FIELDS, row, strict=True))}
            for number, row in zip(document.ids_N.tolist(), rows, strict=True)]  # fmt: skip


def ensemble_of(score: Score) -> str:
    """Who plays, as far as the parts tell: "choir", "keyboard", "quartet", or ""."""
    parts = score.parts
    if len(parts) == 1 and parts[0].n_staves == 2:
        return "keyboard"
    if len(parts) == 4 and all(part.n_staves == 1 for part in parts):
        return "quartet" if players_of(score) is QUARTET else "choir"
    return ""


def _part_view(index: int, name: str, part: Part) -> dict[str, Any]:
    return {
        "index": index,
        "name": name,
        "staves": part.n_staves,
        "program": max(0, part.program),
        "percussion": part.percussion,
        "muted": False,
        "volume": 1,
    }


def _keys(notes: Notes) -> list[tuple[int, ...]]:
    """By what a note is known again: all but how loud it is and how it is spelled."""
    names = ("onset", "duration", "pitch", "part", "voice", "staff", "grace")
    return list(zip(*(notes[name].tolist() for name in names), strict=True))
