"""The choir's corpus: every folder that a released choir model may learn from, as pieces."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from pickle import UnpicklingError
from zipfile import BadZipFile

import numpy as np

from stretto.corpus.choir import choir_piece
from stretto.corpus.overlap import OverlapIndex, grid_pitches
from stretto.corpus.parse import Parsed, Skipped, parse_all
from stretto.corpus.piece import Piece, load_pieces, save_pieces
from stretto.errors import CorpusError
from stretto.frames.parts import frames_of_matrix
from stretto.frames.plan import Plan
from stretto.score.model import TICKS_PER_QUARTER
from stretto.score.opening import write_whole
from stretto.theory.key import rank_keys

FOLDERS = ("train/cc-by/bach-chorales-fb", "train/cc-by/polish-choir")
JSB16 = "benchmarks/jsb16/Jsb16thSeparated.npz"

SAME = 0.6
"""Share of quarter frames that agree in all voices, from which two pieces are one."""

DOUBTFUL = 0.4
"""From here on a pair is listed, so that a person can look."""


@dataclass(frozen=True, kw_only=True)
class ChoirCorpus:
    """Pieces to train on, and what was left out."""

    pieces: list[Piece]
    skipped: list[Skipped]
    held_out: list[str]
    """Pieces left out because they are, or nearly are, a jsb16 valid or test piece."""
    doubtful: list[str]
    """Pieces kept although a good share agrees: to be looked at."""

    def report(self) -> str:
        """Counts by style, and every piece that is not there."""
        styles = sorted({piece.plan.style for piece in self.pieces})
        lines = [f"{len(self.pieces)} pieces"]
        for style in styles:
            own = [piece for piece in self.pieces if piece.plan.style == style]
            lines.append(f"  {style or 'style unknown'}: {len(own)}")
        lines += [f"{len(self.held_out)} left out: they stand in jsb16's valid or test split", *self.held_out]
        lines += [f"{len(self.doubtful)} doubtful, kept", *self.doubtful]
        lines += [f"{len(self.skipped)} files skipped", *(f"  {s.path.name}: {s.why}" for s in self.skipped)]
        return "\n".join(lines)


def choir_corpus(
    data: Path, cache: Path, *, n_workers: int = 2, progress: Callable[[float], None] = lambda share: None
) -> ChoirCorpus:
    """Read the choir's folders under `data`, once; later calls read `cache`.

    Args:
        data: the folder that holds train/ and benchmarks/.
        cache: a folder for the arrays. What it holds of other files, or damaged, is made anew.
        n_workers: processes that read.
        progress: receives the share of the files that is read.

    Raises:
        CorpusError: `data` does not hold the folders.
    """
    matrices = jsb16_matrices(data / JSB16)
    paths = [p for folder in FOLDERS for p in sorted((data / folder).glob("*.*")) if p.suffix in (".musicxml", ".krn")]
    if not paths:
        raise CorpusError(f"{data}: none of {', '.join(FOLDERS)} is there; give --data the folder that holds them")
    parsed = _cached(cache, paths)
    if parsed is None:
        parsed = parse_all(paths, choir_piece, n_workers=n_workers, progress=progress)
        _cache(cache, paths, parsed)
    return without_overlap(parsed.found, matrices, parsed.skipped)


def _cached(cache: Path, paths: Sequence[Path]) -> Parsed[Piece] | None:
    """What an earlier call made of the same files; None = nothing, or nothing that can be read."""
    try:
        record = json.loads((cache / "choir.json").read_text(encoding="utf-8"))
        if record["files"] != _stamps(paths) or record["version"] != version("stretto"):
            return None
        skipped = [Skipped(Path(path), why) for path, why in record["skipped"]]
        return Parsed(load_pieces(cache / "choir.npz"), skipped)
    except (OSError, ValueError, KeyError, TypeError, BadZipFile, EOFError):
        return None


def _cache(cache: Path, paths: Sequence[Path], parsed: Parsed[Piece]) -> None:
    save_pieces(parsed.found, cache / "choir.npz")
    record = {
        "version": version("stretto"),
        "files": _stamps(paths),
        "skipped": [[str(s.path), s.why] for s in parsed.skipped],
    }
    write_whole(cache / "choir.json", json.dumps(record, indent=1).encode(), force=True)


def _stamps(paths: Sequence[Path]) -> list[list[object]]:
    """Name and size of each file: a corpus that has changed is read again."""
    return [[str(path.resolve()), path.stat().st_size] for path in paths]


def without_overlap(
    pieces: Sequence[Piece], matrices: dict[str, list[np.ndarray]], skipped: list[Skipped]
) -> ChoirCorpus:
    """Leave out what stands in jsb16's valid or test split, and add its train split where it is new."""
    held_splits = [(split, i) for split in ("valid", "test") for i in range(len(matrices[split]))]
    judged = OverlapIndex([_pitches(matrices[split][i]) for split, i in held_splits], stride=4)
    train = OverlapIndex([_pitches(matrix) for matrix in matrices["train"]], stride=4)
    kept, held, doubtful = [], [], []
    covered: set[int] = set()
    for piece in pieces:
        quarters = grid_pitches(piece.frames)
        found = judged.best(quarters)
        split, index = held_splits[found.other] if found.other >= 0 else ("", -1)
        name = f"  {piece.name}: {found.share:.0%} of {split} {index}"
        if found.share >= SAME:
            held.append(name)
            continue
        if found.share >= DOUBTFUL and piece.plan.style == "bach":
            doubtful.append(name)
        kept.append(piece)
        if piece.plan.style == "bach" and (twin := train.best(quarters)).share >= SAME:
            covered.add(twin.other)
    fresh = [jsb16_piece(m, i) for i, m in enumerate(matrices["train"]) if i not in covered]
    return ChoirCorpus(pieces=kept + fresh, skipped=skipped, held_out=held, doubtful=doubtful)


def jsb16_matrices(path: Path) -> dict[str, list[np.ndarray]]:
    """The published matrices, by split."""
    if not path.is_file():
        raise CorpusError(f"{path}: the benchmark is not there; give --data the folder that holds benchmarks/")
    # The published file holds object arrays, which only pickle can read; it is the one file read so.
    try:
        with np.load(path, allow_pickle=True, encoding="latin1") as store:
            return {split: list(store[split]) for split in ("train", "valid", "test")}
    except (ValueError, KeyError, EOFError, BadZipFile, UnpicklingError) as cause:
        raise CorpusError(f"{path}: damaged ({cause}); fetch it again and compare its checksum") from cause


def jsb16_piece(matrix: np.ndarray, index: int) -> Piece:
    """A jsb16 matrix as a piece: key estimated; metre, phrases and articulation unknown."""
    frames = frames_of_matrix(matrix, step=TICKS_PER_QUARTER // 4)
    weights = np.zeros(12)
    sounding = frames.pitch_TV >= 0
    np.add.at(weights, frames.pitch_TV[sounding] % 12, np.repeat(frames.duration_T, sounding.sum(axis=1)))
    key = rank_keys(weights, last_bass=int(frames.pitch_TV[-1, 3]) % 12)[0].key
    plan = Plan(style="bach", tonic=key.tonic, mode=key.mode, end=frames.end)
    return Piece(name=f"jsb16 train {index}", work=f"jsb16-{index}", frames=frames, plan=plan, fused=True)


def _pitches(matrix: np.ndarray) -> np.ndarray:
    """A jsb16 matrix with rests as -1, (T, 4)."""
    pitches: np.ndarray = np.nan_to_num(np.asarray(matrix, float), nan=-1).astype(np.int64)
    return pitches
