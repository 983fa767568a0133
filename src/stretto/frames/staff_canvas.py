"""The canvas of the staves network: what of a piece is given, staff by staff, and what is open.

A note belongs where it begins: one that begins before a hole is given to its end, one that begins inside is open
to its end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stretto.frames.canvas import Hole
from stretto.frames.staves import StaffMusic, StaffNotes


@dataclass(frozen=True, eq=False, kw_only=True)
class StaffCanvas:
    """What is given of a piece."""

    given: StaffMusic
    """Without what the holes took out."""
    holes: tuple[Hole, ...]
    """`part` is the staff. Nothing is given of what begins in one; rests are given everywhere else."""

    def open_at(self, tick_T: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Whether each staff is open at these ticks, (T, staves)."""
        open_TV = np.zeros((len(tick_T), self.given.n_staves), bool)
        for hole in self.holes:
            if not hole.silent:
                open_TV[:, hole.part] |= (tick_T >= hole.start) & (tick_T < hole.end)
        return open_TV

    def edges(self) -> NDArray[np.int32]:
        """Ticks at which a moment must begin, rising: given notes strike, or a hole begins or ends."""
        ends = [tick for hole in self.holes for tick in (hole.start, hole.end)]
        found: NDArray[np.int32] = np.unique(np.r_[self.given.notes["onset"], np.array(ends, np.int32)])
        return found[(found >= 0) & (found < self.given.end)].astype(np.int32)


def staff_canvas(music: StaffMusic, holes: Sequence[Hole]) -> StaffCanvas:
    """The canvas that a piece leaves when holes are cut into it."""
    gone = in_holes(music.notes, holes)
    return StaffCanvas(given=replace(music, notes=music.notes[~gone]), holes=tuple(holes))


def in_holes(notes: StaffNotes, holes: Sequence[Hole]) -> NDArray[np.bool_]:
    """Which notes begin in a hole."""
    gone = np.zeros(len(notes), bool)
    for hole in holes:
        inside = (notes["onset"] >= hole.start) & (notes["onset"] < hole.end)
        gone |= inside & (notes["staff"] == hole.part)
    return gone
