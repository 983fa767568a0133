"""Where new notes may begin: on 32nds and sixteenths of triplets, counted from the barline."""

from __future__ import annotations

import numpy as np
import pytest

from stretto.frames.plan import Plan
from stretto.frames.staff_example import LENGTHS
from stretto.verbs.staves.grid import Grid
from stretto.verbs.staves.making import Making
from stretto.verbs.staves.rails import NEVER_ENDS

COMMON = Plan(bar_starts=(0, 96), bar_meters=("4/4",) * 2, end=192)
UPBEAT = Plan(bar_starts=(0, 12, 108), bar_meters=("4/4",) * 3, pickup=12, end=192)
JIG = Plan(bar_starts=(0, 36, 72), bar_meters=("3/8",) * 3, end=108)


def at(tick: int, plan: Plan) -> tuple[Grid, Making]:
    now = Making(1, upward=(False, True), order=(0, 1), lowest=21, n_pitches=88)
    now.begin(np.array([tick]))
    return Grid([plan]), now


@pytest.mark.parametrize(
    ("plan", "tick", "latest"),
    [
        (COMMON, 96, NEVER_ENDS),  # on a beat, a sixteenth, an eighth anything may come
        (COMMON, 102, NEVER_ENDS),
        (COMMON, 99, 102),  # a 32nd leads to the next sixteenth
        (COMMON, 104, 120),  # an eighth of a triplet to the end of its quarter
        (COMMON, 100, 104),  # a sixteenth of one to the next eighth of it
        (UPBEAT, 20, 36),  # the quarter after the pickup begins at 12
        (UPBEAT, 4, 12),
        (JIG, 40, 44),  # a third of an eighth, in the second bar as in the first
        (JIG, 4, 8),
    ],
)
def test_what_begins_off_the_sixteenths_leads_back_to_them(plan: Plan, tick: int, latest: int) -> None:
    grid, now = at(tick, plan)
    assert grid.next_moment(now, 0) == latest


def test_nothing_leads_off_the_grid_but_beside_what_is_off_it_anything_goes() -> None:
    grid, now = at(96, COMMON)
    off = [length for length, barred in zip(LENGTHS, grid.lengths_barred(now, np.array([0]))[0], strict=True) if barred]
    assert off == [length for length in LENGTHS if length % 3 and length % 4] and 5 in off and 8 not in off
    grid, now = at(97, COMMON)
    assert not grid.lengths_barred(now, np.array([0])).any()
