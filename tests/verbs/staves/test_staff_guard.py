"""The guard on staves counts in the bars that are in force."""

from __future__ import annotations

import numpy as np
import pytest

from stretto.frames.plan import Plan
from stretto.verbs.staves.making import Making
from stretto.verbs.staves.watch import StaffGuard

MARCH_THEN_WALTZ = Plan(bar_starts=(0, 48, 96, 168, 240), bar_meters=("2/4", "2/4", "3/4", "3/4", "3/4"), end=312)
"""Two bars of 48 ticks, then three of 72."""


def watched(at: int, *, silent_since: int, plan: Plan = MARCH_THEN_WALTZ) -> tuple[StaffGuard, Making]:
    now = Making(1, upward=(False, True), order=(0, 1), lowest=21, n_pitches=88)
    now.begin(np.array([at]))
    now.silent_N[:] = silent_since
    guard = StaffGuard([plan], np.array([plan.end]))
    guard.begin(now)
    return guard, now


@pytest.mark.parametrize(
    ("at", "silent_since", "must_sound"), [(72, 24, True), (72, 25, False), (160, 112, False), (184, 112, True)]
)
def test_silence_lasts_no_longer_than_a_bar_of_the_metre_in_force(at: int, silent_since: int, must_sound: bool) -> None:
    guard, _ = watched(at, silent_since=silent_since)
    assert guard.must_sound == ({0} if must_sound else set())


@pytest.mark.parametrize(("at", "bar"), [(0, 48), (95, 48), (96, 72), (300, 72)])
def test_a_note_and_the_time_to_the_next_are_limited_by_bars_of_the_metre_in_force(at: int, bar: int) -> None:
    guard, now = watched(at, silent_since=at)
    assert guard.note_end(now, 0, 0, 40) == at + 4 * bar
    assert guard.next_moment(now, 0) == at + bar


def test_where_no_bars_are_known_they_are_of_four_quarters() -> None:
    guard, now = watched(200, silent_since=200, plan=Plan(end=400))
    assert guard.next_moment(now, 0) == 296
