"""How far long work has come, on a line of its own that goes away when it is done."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

WIDTH = 30
"""Cells of a full bar."""

FIRST_SECONDS = 0.5
"""Quicker work shows nothing."""


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[float], None]]:
    """A bar on stderr while the block runs, if a person is watching; yields what takes the share that is done."""
    started = time.monotonic()
    watched = sys.stderr.isatty()
    drawn = ""

    def erase() -> None:
        nonlocal drawn
        if drawn:
            sys.stderr.write("\r" + " " * len(drawn) + "\r")
            sys.stderr.flush()
            drawn = ""

    def show(share: float) -> None:
        nonlocal drawn
        if share >= 1:
            erase()  # other lines may follow before the block ends
            return
        seconds = time.monotonic() - started
        if not watched or seconds < FIRST_SECONDS:
            return
        line = progress_line(what, share, seconds)
        if line != drawn:
            sys.stderr.write("\r" + line.ljust(len(drawn)))
            sys.stderr.flush()
            drawn = line

    try:
        yield show
    finally:
        erase()


def progress_line(what: str, share: float, seconds: float) -> str:
    """What is done, drawn and said.

    >>> progress_line("reading", 0.5, 30.0)
    'reading ###############............... 50 %, 30 s left'
    """
    share = min(1.0, max(0.0, share))
    full = round(share * WIDTH)
    left = f", {seconds / share - seconds:.0f} s left" if share > 0 else ""
    return f"{what} {'#' * full}{'.' * (WIDTH - full)} {share:.0%}".replace("%", " %") + left
