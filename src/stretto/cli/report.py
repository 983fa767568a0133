"""`stretto report`: what pieces are like beside real music, as a page and as data."""

from __future__ import annotations

import time
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from stretto.cli.options import Force, Json
from stretto.cli.typed import Argument, Option

if TYPE_CHECKING:
    from stretto.report.report import Report

SHOWN = 10
"""Files that could not be read which are named before the rest is only counted."""


def report_command(
    pieces: Annotated[
        list[str], Argument(help="Scores, folders of them, or patterns as 'out/*.mid'; any format that is read.")
    ],
    against: Annotated[
        list[str] | None,
        Option(
            "--against",
            help="Real music to compare with: a folder or a file; repeatable. [default: held out, of the same kind]",
        ),
    ] = None,
    out: Annotated[Path | None, Option("-o", "--out", help="The page, an .html. [default: report.html]")] = None,
    audio: Annotated[bool, Option("--audio/--no-audio", help="Let the page be heard.")] = True,
    seed: Annotated[int, Option("--seed", help="The same seed gives the same report.")] = 0,
    jobs: Annotated[int, Option("--jobs", help="Processes that measure.", min=1, max=61)] = 2,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Say what pieces are like beside real music: is it any good, and is it mine?"""
    from stretto.cli.progress import progress_bar
    from stretto.cli.say import say_json
    from stretto.report.report import Options, check_page, make_report
    from stretto.report.work import Jobs

    page = out if out is not None or as_json else _free_name()
    if page is not None:
        check_page(page, force=force)
    started = time.monotonic()
    with progress_bar("measuring") as show_share:
        options = Options(sound=audio and page is not None, seed=seed, jobs=Jobs(n=jobs, progress=show_share))
        made = make_report(pieces, against, options)
    if page is not None:
        made.write(page, force=force)
    if as_json:
        say_json(made.as_json())
    else:
        _say(made, time.monotonic() - started)
        print(f"wrote {page}")


def _free_name() -> Path:
    """report.html, or the first of report-2.html, report-3.html ... that does not exist yet."""
    return next(path for n in count(1) if not (path := Path(f"report-{n}.html" if n > 1 else "report.html")).exists())


def _say(made: Report, seconds: float) -> None:
    from stretto.cli.say import INDENT, counted

    found = made.found
    print(f"{made.title}, beside {found.reference.name}; measured in {seconds:.1f} s")
    for answer in made.answers:
        print(f"{answer.question} {answer.word}.")
        for sentence in answer.because:
            print(INDENT + sentence)
    if made.unread:
        print(f"{counted(len(made.unread), 'file')} not read")
    for skipped in made.unread[:SHOWN]:
        print(f"{INDENT}{skipped.path}: {skipped.reason}")
    if len(made.unread) > SHOWN:
        print(f"{INDENT}and {len(made.unread) - SHOWN} more; the page names them")
    for note in made.notes:
        print(INDENT + note)
