"""Does a keyboard piece or a quartet copy? What it shares with the music that its network learned from, by name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from stretto.errors import ModelError
from stretto.evaluate.staff_index import LAYERS, SHORTEST, StaffIndex, VerbatimPassage, unpack
from stretto.evaluate.staff_work import StaffWork
from stretto.frames.plan import Plan
from stretto.frames.staves import StaffMusic

REAL = {"keyboard": (0.4, 4.5), "quartet": (0.7, 1.4)}
"""Of a hundred held-out works how many share SHORTEST bars in their first 32: in all notes, in the top line
(scripts/staff_index.py)."""


@dataclass(frozen=True, kw_only=True)
class StaffOriginality:
    """What a piece shares."""

    passages: tuple[VerbatimPassage, ...]
    """The longest first, those in all notes before those of the top line alone."""

    @property
    def copies(self) -> bool:
        """It shares what real works hardly ever share."""
        return bool(self.passages)


def knows(repertoire: str) -> bool:
    """There is an index of the music that the network of a repertoire learned from."""
    return repertoire in REAL


@cache
def shipped_index(repertoire: str) -> StaffIndex:
    """The index of "keyboard" or "quartet".

    Raises:
        ModelError: the file is not there, or damaged.
    """
    name = f"bars_{repertoire}.bin"
    try:
        data = files("stretto.evaluate").joinpath("data", name).read_bytes()
    except OSError as cause:
        raise ModelError(
            f"{name}: the index of training music is not there ({cause}); install Stretto again"
        ) from cause
    return unpack(data, name)


def staff_originality(music: StaffMusic, plan: Plan, repertoire: str) -> StaffOriginality:
    """Copies of SHORTEST bars and more.

    Args:
        music: a piece, or its beginning.
        plan: its bars.
        repertoire: "keyboard" or "quartet".
    """
    work = StaffWork(name="", music=music, plan=plan)
    index = shipped_index(repertoire)
    found = [passage for melody in LAYERS for passage in index.passages(work, melody=melody)]
    return StaffOriginality(passages=tuple(sorted(found, key=lambda p: (p.melody, -p.bars))))


def usual(repertoire: str) -> str:
    """What is usual among real works, in a clause."""
    whole, tune = REAL[repertoire]
    return (
        f"of real works unknown to the network {100 - whole:g} % share no {SHORTEST} bars with what it learned from, "
        f"{100 - tune:g} % not even the top line of so many"
    )
