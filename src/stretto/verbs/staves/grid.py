"""Where notes may begin: on 32nds and on sixteenths of a triplet, and after one of these soon on the beat again."""

# Shapes: A pieces, L lengths.

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

from stretto.frames.plan import Plan, bar_ticks
from stretto.frames.staff_example import LENGTHS
from stretto.score.model import TICKS_PER_QUARTER
from stretto.theory.performance import FINEST
from stretto.verbs.staves.making import Making
from stretto.verbs.staves.rails import NEVER_ENDS, Bools, Ints, Rail

FIRM = (TICKS_PER_QUARTER // 4, TICKS_PER_QUARTER // 3)
"""A sixteenth, and an eighth of a triplet: what begins between them leads to the next of them."""


class Grid(Rail):
    """Written music moves so; a network that is once off the beat by a 32nd may stay there."""

    def __init__(self, plans: Sequence[Plan]) -> None:
        """Hear where bars begin: quarters are counted from there, those of a pickup back from bar 1."""
        self.starts = [_anchors(plan) for plan in plans]
        self.lengths_L = np.array(LENGTHS)

    def lengths_barred(self, now: Making, piece_A: Ints) -> Bools:
        """Times to the next moment that would lead off the grid, (A, L)."""
        at_A1 = np.array([self._into(now, piece) for piece in piece_A.tolist()])[:, None]
        there_AL = at_A1 + self.lengths_L
        off_AL = (there_AL % FINEST[0] != 0) & (there_AL % FINEST[1] != 0)
        here_A1 = (at_A1 % FINEST[0] == 0) | (at_A1 % FINEST[1] == 0)
        found: Bools = off_AL & here_A1  # beside a given quintuplet, anything
        return found

    def next_moment(self, now: Making, piece: int) -> int:
        """Between sixteenths, at the next of them, in a triplet likewise; from inside it, at the next quarter."""
        at = int(now.at_N[piece])
        into = self._into(now, piece)
        if into % FIRM[0] == 0:
            return NEVER_ENDS
        if into % FIRM[1] == 0:
            return at + TICKS_PER_QUARTER - into
        step = FIRM[0] if into % FINEST[0] == 0 else FIRM[1]
        return at + step - into % step

    def _into(self, now: Making, piece: int) -> int:
        """Ticks since a quarter began."""
        at, starts = int(now.at_N[piece]), self.starts[piece]
        return (at - starts[max(0, bisect_right(starts, at) - 1)]) % TICKS_PER_QUARTER


def _anchors(plan: Plan) -> list[int]:
    """Where bars begin; a pickup as if it were a whole one."""
    starts = list(plan.bar_starts or (0,))
    if plan.pickup and len(starts) > 1:
        starts[0] = plan.pickup - bar_ticks(plan.bar_meters[0])
    return starts
