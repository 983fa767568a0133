"""`stretto corpus`: which files of a folder a choir network can learn from, and why not the others."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stretto.cli.options import Json

if TYPE_CHECKING:
    from stretto.corpus.parse import Parsed
    from stretto.corpus.piece import Piece

SHOWN = 20
"""Skipped files that are named before the rest is only counted."""


def corpus_command(
    folder: Annotated[Path, typer.Argument(help="A folder of scores; its folders are searched too.")],
    workers: Annotated[int, typer.Option(help="Processes that read.", min=1, max=61)] = 2,
    all_files: Annotated[bool, typer.Option("--all", help="Name every file that is skipped.")] = False,
    as_json: Json = False,
) -> None:
    """Report which scores of a folder a network can use."""
    from stretto.cli.progress import progress_bar
    from stretto.corpus.choir import choir_piece
    from stretto.corpus.parse import parse_all

    paths = _scores(folder)
    with progress_bar(f"reading {len(paths)} files") as show_share:
        parsed = parse_all(paths, choir_piece, n_workers=workers, progress=show_share)
    (_say_json if as_json else _say)(folder, parsed, len(paths) if all_files else SHOWN)


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


def _say(folder: Path, parsed: Parsed[Piece], n_shown: int) -> None:
    from stretto.cli.say import INDENT, counted

    n_files = len(parsed.found) + len(parsed.skipped)
    print(f"{folder}: {len(parsed.found)} of {counted(n_files, 'file')} usable")
    for style, n in Counter(piece.plan.style for piece in parsed.found).most_common():
        print(f"{INDENT}{style or 'no known style'}: {counted(n, 'piece')}")
    if parsed.skipped:
        print(f"{len(parsed.skipped)} skipped")
    for skipped in parsed.skipped[:n_shown]:
        print(f"{INDENT}{skipped.path.relative_to(folder)}: {skipped.reason}")
    if len(parsed.skipped) > n_shown:
        print(f"{INDENT}and {len(parsed.skipped) - n_shown} more; --all names them")


def _say_json(folder: Path, parsed: Parsed[Piece], n_shown: int) -> None:
    from stretto.cli.say import say_json

    say_json(
        {
            "folder": str(folder),
            "usable": [{"name": p.name, "work": p.work, "style": p.plan.style} for p in parsed.found],
            "skipped": [{"path": str(s.path), "why": s.why} for s in parsed.skipped],
        }
    )
