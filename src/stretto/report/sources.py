"""Which files are meant by PIECES: files, folders and patterns, each piece once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from glob import has_magic
from pathlib import Path

from stretto.errors import CorpusError, RequestError
from stretto.score.formats import READABLE

RICHEST = (".musicxml", ".mxl", ".xml", ".krn", ".mei", ".abc", ".txt", ".mid", ".midi", ".kar")
"""Formats by how much of a piece they hold: of two files of one name in one folder the first is taken."""

NO_SCORES = ("readme", "license", "licence", "notice", "copying")
"""Text files that folders of scores hold beside them."""


@dataclass(frozen=True, kw_only=True)
class Sources:
    """The files of a wish."""

    paths: tuple[Path, ...]
    twins: tuple[Path, ...] = ()
    """Left out, for the same piece is there in a format that holds more."""


def find_sources(named: Sequence[str | Path]) -> Sources:
    """The files that are named, in the order of naming, those of a folder by name.

    Args:
        named: files, folders (searched with all that is in them), and patterns as "out/*.mid".

    Raises:
        RequestError: a name that stands for nothing.
        CorpusError: a folder or a pattern without scores.
    """
    if not named:
        raise RequestError("no pieces are named; name files or a folder of scores")
    files, gathered = list[Path](), list[Path]()
    for name in named:
        path = Path(name)
        if path.is_dir():
            gathered += _in_folder(path)
        elif path.exists():
            files.append(path)
        elif has_magic(str(name)):
            gathered += _matching(str(name))
        else:
            raise RequestError(
                f"{path}: there is no such file or folder; name a score, a folder of scores or a pattern"
            )
    kept, twins = _without_twins(gathered)
    return Sources(paths=tuple(_each_once([*files, *kept])), twins=tuple(twins))


def _in_folder(folder: Path) -> list[Path]:
    found = sorted(path for path in folder.rglob("*") if _may_be_score(path))
    if not found:
        raise CorpusError(f"{folder}: holds no scores; readable are {', '.join(READABLE)}")
    return found


def _matching(pattern: str) -> list[Path]:
    anchor = Path(Path(pattern).anchor)
    found = sorted(path for path in anchor.glob(str(Path(pattern).relative_to(anchor))) if _may_be_score(path))
    if not found:
        raise CorpusError(f"{pattern}: matches no scores; readable are {', '.join(READABLE)}")
    return found


def _may_be_score(path: Path) -> bool:
    named_so = path.suffix.lower() in READABLE and not path.name.startswith(".")
    return named_so and path.stem.lower() not in NO_SCORES and path.is_file()


def _without_twins(paths: Iterable[Path]) -> tuple[list[Path], list[Path]]:
    """Of files that differ in their extension alone, the one that holds most; and the others."""
    best: dict[Path, Path] = {}
    twins = []
    for path in dict.fromkeys(paths):
        bare = path.with_suffix("")
        rival = best.setdefault(bare, path)
        if rival != path:
            kept, left = sorted((rival, path), key=lambda p: RICHEST.index(p.suffix.lower()))
            best[bare] = kept
            twins.append(left)
    return list(best.values()), twins


def _each_once(paths: Iterable[Path]) -> list[Path]:
    known: dict[Path, Path] = {}
    for path in paths:
        known.setdefault(path.resolve(), path)
    return list(known.values())
