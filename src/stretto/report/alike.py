"""Several pieces beside one and the same real music: that of most of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from stretto.report.figures import counted
from stretto.report.measured import Measured, remeasured

BESIDE = {"": "chorales", "keyboard": "keyboard music", "quartet": "string quartets"}
"""Repertoire -> its real music."""


def repertoire_of(pieces: Sequence[Measured]) -> str:
    """That of most of them; "" where it is four voices or none."""
    often = Counter(piece.repertoire for piece in pieces)
    return max(often, key=lambda name: (often[name], name == ""))


def as_one(pieces: Sequence[Measured], repertoire: str, *, own: bool) -> list[Measured]:
    """The pieces, each measured as the repertoire is, as far as it can be; `own` as in `Depth`."""
    return [piece if piece.repertoire == repertoire else remeasured(piece, repertoire, own=own) for piece in pieces]


def on_others(pieces: Sequence[Measured], repertoire: str) -> list[str]:
    """What is to be said of pieces of another repertoire than that beside whose music they are set."""
    others = sum(piece.repertoire != repertoire for piece in pieces)
    if not others:
        return []
    are = "is" if others == 1 else "are"
    music = BESIDE[repertoire]
    said = f"{counted(others, 'piece')} that {are} written for others {are} set beside {music} too, as most are"
    return [f"{said}; a report apart is fairer."]
