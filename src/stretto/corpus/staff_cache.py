"""Folders of scores read once: what a call makes of them lies in a cache for the next."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from zipfile import BadZipFile

from stretto.corpus.parse import Skipped, parse_all
from stretto.corpus.same_work import joined_works
from stretto.corpus.staves import StaffCorpus, StaffPiece, load_staff_pieces, save_staff_pieces
from stretto.errors import CorpusError
from stretto.score.formats import READABLE
from stretto.score.opening import write_whole

FORMAT = 2
"""Counted up whenever the same files give other pieces."""


@dataclass(frozen=True)
class FileRead:
    """What one file gave."""

    pieces: list[StaffPiece]
    skipped: list[Skipped] = field(default_factory=list)
    """Sections of it that were left out."""


def read_folders(
    name: str,
    data: Path,
    folders: Sequence[str],
    cache: Path,
    parse: Callable[[Path], FileRead],
    *,
    n_workers: int = 2,
    progress: Callable[[float], None] = lambda share: None,
) -> StaffCorpus:
    """Every score of some folders as pieces, each once; from `cache` where it holds them already.

    Args:
        name: of the cache's files.
        data: the folder in which `folders` lie.
        folders: with "/".
        cache: a folder.
        parse: reads one file; a function of a module.
        n_workers: processes.
        progress: receives the share of the files that is read.

    Raises:
        CorpusError: none of the folders holds a score.
    """
    paths = [p for f in folders for p in sorted((data / f).glob("*.*")) if p.suffix.lower() in READABLE]
    if not paths:
        raise CorpusError(f"{data}: none of {', '.join(folders)} is there; give --data the folder that holds them")
    found = _cached(cache, name, paths)
    if found is None:
        parsed = parse_all(paths, parse, n_workers=n_workers, progress=progress)
        pieces = [piece for file in parsed.found for piece in file.pieces]
        skipped = parsed.skipped + [s for file in parsed.found for s in file.skipped]
        found = joined_works(StaffCorpus(pieces=pieces, skipped=skipped))
        _cache(cache, name, paths, found)
    return found


def _cached(cache: Path, name: str, paths: Sequence[Path]) -> StaffCorpus | None:
    """What an earlier call made of the same files; None = nothing, or nothing that can be read."""
    try:
        record = json.loads((cache / f"{name}.json").read_text(encoding="utf-8"))
        if record["files"] != _stamps(paths) or record["version"] != [version("stretto"), FORMAT]:
            return None
        skipped = [Skipped(Path(path), why) for path, why in record["skipped"]]
        return StaffCorpus(pieces=load_staff_pieces(cache / f"{name}.npz"), skipped=skipped)
    except (OSError, ValueError, KeyError, TypeError, BadZipFile, EOFError):
        return None


def _cache(cache: Path, name: str, paths: Sequence[Path], found: StaffCorpus) -> None:
    save_staff_pieces(found.pieces, cache / f"{name}.npz")
    record = {
        "version": [version("stretto"), FORMAT],
        "files": _stamps(paths),
        "skipped": [[str(s.path), s.why] for s in found.skipped],
    }
    write_whole(cache / f"{name}.json", json.dumps(record, indent=1).encode(), force=True)


def _stamps(paths: Sequence[Path]) -> list[list[object]]:
    """Folder, name and size of each file: a corpus that has changed is read again."""
    return [[f"{path.parent.name}/{path.name}", path.stat().st_size] for path in paths]
