"""The guard on staves counts in the bars that are in force."""

from __future__ import annotations

import numpy as np
import pytest

from stretto.frames.plan import Plan
from stretto.verbs.guard import REPETITION
from stretto.verbs.staves.making import Making
from stretto.verbs.staves.rails import FIRST_PITCH
from stretto.verbs.staves.watch import StaffGuard

MARCH_THEN_WALTZ = Plan(bar_starts=(0, 48, 96, 168, 240), bar_meters=("2/4", "2/4", "3/4", "3/4", "3/4"), end=312)
"""Two bars of 48 ticks, then three of 72."""


LOWEST = 21


def making() -> Making:
    return Making(1, upward=(False, True), order=(0, 1), lowest=LOWEST, n_pitches=88)


def watched(at: int, *, silent_since: int, plan: Plan = MARCH_THEN_WALTZ) -> tuple[StaffGuard, Making]:
    now = making()
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


@pytest.mark.parametrize("hands", [True, False])
@pytest.mark.parametrize(("others", "ends"), [(0, True), (2, True), (4, False)])
def test_a_hand_hammers_no_longer_on_a_key_than_real_ones(hands: bool, others: int, ends: bool) -> None:
    """Twenty-four strikes of E over notes that move; the more other notes are among them, the longer it may."""
    now, piece = making(), np.array([0])
    for i in range(24):
        now.begin(np.array([6 * i]))
        strike(now, 64 if i >= 2 * others or i % 2 else 69)
        strike(now, 50 + i % 7)
    now.begin(np.array([144]))
    guard = StaffGuard([Plan(end=400)], np.array([400]), hands=hands)
    guard.begin(now)
    barred = guard.what_bars(now, 0, piece, np.array([False]))[REPETITION][0]
    assert np.flatnonzero(barred).tolist() == ([FIRST_PITCH + 64 - LOWEST] if hands and ends else [])
    assert not guard.what_bars(now, 1, piece, np.array([False]))[REPETITION].any()


@pytest.mark.parametrize(("pitch", "bars", "ends"), [(76, 4, True), (76, 3, False), (48, 4, False)])
def test_a_melody_stays_no_longer_on_a_note_than_four_bars_but_a_bass_may(pitch: int, bars: int, ends: bool) -> None:
    now, piece = making(), np.array([0])
    for tick, other in [(0, pitch + 2), *((72 + 36 * i + 12 * (i % 4 == 3), pitch) for i in range(2 * bars))]:
        now.begin(np.array([tick]))
        strike(now, other)
    now.begin(np.array([72 + 72 * bars]))
    guard = StaffGuard(
        [Plan(bar_starts=tuple(range(0, 720, 72)), bar_meters=("3/4",), end=720)], np.array([720]), hands=True
    )
    guard.begin(now)
    barred = guard.what_bars(now, 0 if pitch >= 60 else 1, piece, np.array([False]))[REPETITION][0]
    assert np.flatnonzero(barred).tolist() == ([FIRST_PITCH + pitch - LOWEST] if ends else [])


def strike(now: Making, pitch: int) -> None:
    """By the hand that is nearer."""
    now.strike(0 if pitch >= 60 else 1, np.array([0]), np.array([pitch - LOWEST]), np.array([6]))
