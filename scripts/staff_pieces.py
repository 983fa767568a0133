"""Pieces of the two repertoires as scripts read them: from the caches, parted by work, ready to be judged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from stretto.corpus.keyboard import keyboard_corpus
from stretto.corpus.quartets import quartet_corpus
from stretto.corpus.staves import StaffCorpus, StaffPiece, load_staff_pieces, split_staves
from stretto.evaluate.staff_work import StaffWork

READERS: dict[str, Callable[[Path, Path], StaffCorpus]] = {"keyboard": keyboard_corpus, "quartet": quartet_corpus}


def split_pieces(
    repertoire: str, data: Path | None, cache: Path
) -> tuple[list[StaffPiece], list[StaffPiece], list[StaffPiece]]:
    """Training, validation and test pieces of "keyboard" or "quartet".

    Args:
        repertoire: which.
        data: the folder of the corpora; None = the cache must be there.
        cache: the folder of the caches, `keyboard.npz` and `quartet.npz`.
    """
    path = cache / f"{repertoire}.npz"
    if path.exists():
        return split_staves(load_staff_pieces(path))
    if data is None:
        raise SystemExit(f"{path} is not there; name the folder of the corpora with --data")
    return split_staves(READERS[repertoire](data, cache).pieces)


def split_works(
    repertoire: str, data: Path | None, cache: Path
) -> tuple[list[StaffWork], list[StaffWork], list[StaffWork]]:
    """The same, ready to be judged."""
    train, valid, test = split_pieces(repertoire, data, cache)
    return [work_of(p) for p in train], [work_of(p) for p in valid], [work_of(p) for p in test]


def work_of(piece: StaffPiece) -> StaffWork:
    """What is judged of a piece."""
    return StaffWork(name=piece.name, work=piece.work, music=piece.music, plan=piece.plan, tempo=piece.tempo)
