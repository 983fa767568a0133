"""Several pieces beside one and the same real music: that of most of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from stretto.report.figures import counted
from stretto.report.measured import Measured, remeasured

BESIDE = {"": "chorales", "keyboard": "keyboard music", "quartet": "string quartets"}
"""Repertoire -> its real music."""


def beside_one(pieces: Sequence[Measured]) -> tuple[list[Measured], str, list[str]]:
    """The pieces, each measured as most of them are.

    Returns:
        The pieces; the repertoire of most of them, "" where that is four voices or none; and what is to be said of the
        others.
    """
    often = Counter(piece.repertoire for piece in pieces)
    most = max(often, key=lambda name: (often[name], name == ""))
    others = sum(n for name, n in often.items() if name != most)
    found = [piece if piece.repertoire == most else remeasured(piece, most) for piece in pieces]
    if not others:
        return found, most, []
    are = "is" if others == 1 else "are"
    said = f"{counted(others, 'piece')} that {are} written for others {are} set beside {BESIDE[most]} too, as most are"
    return found, most, [f"{said}; a report apart is fairer."]
