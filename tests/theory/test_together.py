"""Staves that were meant together are known from how they sound together."""

from __future__ import annotations

import numpy as np
import pytest

from stretto.score.model import NOTE, Notes
from stretto.theory.together import apart

CHORDS = ((48, 52, 55), (53, 57, 60), (55, 59, 62), (45, 48, 52), (50, 53, 57), (43, 47, 50))
"""C, F, G, A minor, D minor, G."""


def played(rows: list[tuple[int, int, int]]) -> Notes:
    """Notes from (onset, duration, pitch)."""
    notes = np.zeros(len(rows), NOTE)
    notes["onset"], notes["duration"], notes["pitch"] = np.array(rows).T
    return notes


def hands(n_bars: int = 24, *, seed: int = 0) -> tuple[Notes, Notes]:
    """A melody in eighths that takes chord notes on the beat and steps between, over chords of a half note."""
    rng = np.random.default_rng(seed)
    right, left = [], []
    for half in range(2 * n_bars):
        chord = CHORDS[int(rng.integers(len(CHORDS)))]
        left += [(48 * half, 48, pitch) for pitch in chord]
        for eighth in range(4):
            tone = int(rng.choice(chord)) + 12
            right.append((48 * half + 12 * eighth, 12, tone if eighth % 2 == 0 else tone + int(rng.choice([-2, 2]))))
    return played(right), played(left)


def moved(notes: Notes, ticks: int, since: int = 0) -> Notes:
    """The notes from a tick on, so much later."""
    out = notes.copy()
    out["onset"][out["onset"] >= since] += ticks
    return out


def test_hands_that_belong_together_are_left_in_peace() -> None:
    right, left = hands()
    assert apart(left, right) is None
    assert apart(right, left) is None


@pytest.mark.parametrize("late", [6, -6, 3, 12])
def test_a_hand_that_is_early_or_late_is_found_with_how_much(late: int) -> None:
    right, left = hands()
    start = 24 if late < 0 else 0  # so that nothing comes before the beginning
    found = apart(moved(left, start + late), moved(right, start))
    assert found is not None
    assert found.late == late
    assert found.since == 0


def test_a_hand_that_slips_on_the_way_is_found_with_where() -> None:
    right, left = hands(40)
    found = apart(moved(left, 6, since=17 * 96), right)
    assert found is not None
    assert found.late == 6
    assert abs(found.since - 17 * 96) <= 4 * 96


def test_hands_that_take_turns_are_left_in_peace() -> None:
    """A chord on the beat, three sixteenths after it, throughout; nothing sounds together."""
    rows = [(24 * beat, 6, 48 + beat % 5) for beat in range(64)]
    after = [(24 * beat + 6 * k, 6, 60 + 4 * k + beat % 5) for beat in range(64) for k in (1, 2, 3)]
    assert apart(played(rows), played(after)) is None


def test_a_few_notes_say_nothing() -> None:
    right, left = hands(2)
    assert apart(moved(left, 6), right) is None
