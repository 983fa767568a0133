"""`stretto corpus`: which files of a folder a network can learn from, and why not the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from stretto.cli.options import Json
from stretto.cli.typed import Argument, Option

if TYPE_CHECKING:
    from stretto.corpus.parse import Skipped

SHOWN = 20
"""Skipped files that are named before the rest is only counted."""

Progress = Callable[[float], None]


@dataclass(frozen=True)
class _Found:
    """What a folder gave."""

    n_usable: int
    """Files."""
    pieces: list[dict[str, str]]
    """Name, work and style of each; a file may have several movements."""
    skipped: list[Skipped]
    """Files, and sections of files."""


def corpus_command(
    folder: Annotated[Path, Argument(help="A folder of scores; its folders are searched too.")],
    ensemble: Annotated[str, Option(help="Who is to play them: choir, keyboard or quartet.")] = "choir",
    workers: Annotated[int, Option(help="Processes that read.", min=1, max=61)] = 2,
    all_files: Annotated[bool, Option("--all", help="Name every file that is skipped.")] = False,
    as_json: Json = False,
) -> None:
    """Report which scores of a folder a network can use."""
    from stretto.cli.progress import progress_bar
    from stretto.errors import RequestError

    if ensemble not in ("choir", "keyboard", "quartet"):
        raise RequestError(f"--ensemble {ensemble!r} is unknown; there are choir, keyboard and quartet")
    paths = _scores(folder)
    with progress_bar(f"reading {len(paths)} files") as show_share:
        found = (
            _choir(paths, workers, show_share) if ensemble == "choir" else _staves(ensemble, paths, workers, show_share)
        )
    if as_json:
        _say_json(folder, found)
    else:
        _say(folder, found, len(paths), len(found.skipped) if all_files else SHOWN)


def _scores(folder: Path) -> list[Path]:
    from stretto.errors import CorpusError
    from stretto.score.formats import READABLE

    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "does not exist"
        raise CorpusError(f"{folder}: {what}; name a folder of scores")
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in READABLE and path.name != "README.txt")
    if not paths:
        raise CorpusError(f"{folder}: holds no scores; readable are {', '.join(READABLE)}")
    return paths


def _choir(paths: Sequence[Path], workers: int, show_share: Progress) -> _Found:
    from stretto.corpus.choir import choir_piece
    from stretto.corpus.parse import parse_all

    parsed = parse_all(paths, choir_piece, n_workers=workers, progress=show_share)
    pieces = [{"name": p.name, "work": p.work, "style": p.plan.style} for p in parsed.found]
    return _Found(len(parsed.found), pieces, parsed.skipped)


def _staves(ensemble: str, paths: Sequence[Path], workers: int, show_share: Progress) -> _Found:
    from stretto.corpus.keyboard import keyboard_pieces
    from stretto.corpus.parse import parse_all
    from stretto.corpus.quartets import quartet_pieces

    parse = keyboard_pieces if ensemble == "keyboard" else quartet_pieces
    parsed = parse_all(paths, parse, n_workers=workers, progress=show_share)
    pieces = [
        {"name": p.name, "work": p.work, "style": p.composer or p.period} for file in parsed.found for p in file.pieces
    ]
    return _Found(len(parsed.found), pieces, parsed.skipped + [s for file in parsed.found for s in file.skipped])


def _say(folder: Path, found: _Found, n_files: int, n_shown: int) -> None:
    from stretto.cli.say import INDENT, counted

    print(f"{folder}: {found.n_usable} of {counted(n_files, 'file')} usable")
    for style, n in Counter(piece["style"] for piece in found.pieces).most_common():
        print(f"{INDENT}{style or 'no known style'}: {counted(n, 'piece')}")
    if found.skipped:
        print(f"{len(found.skipped)} skipped")
    for skipped in found.skipped[:n_shown]:
        print(f"{INDENT}{skipped.path.relative_to(folder)}: {skipped.reason}")
    if len(found.skipped) > n_shown:
        print(f"{INDENT}and {len(found.skipped) - n_shown} more; --all names them")


def _say_json(folder: Path, found: _Found) -> None:
    from stretto.cli.say import say_json

    skipped = [{"path": str(s.path), "why": s.why} for s in found.skipped]
    say_json({"folder": str(folder), "usable": found.pieces, "skipped": skipped})
