"""Drawn notes end where given ones need the key, or the number of notes that may sound together."""

from __future__ import annotations

import numpy as np
import pytest

from stretto.score.sketch import sketch
from stretto.verbs.staves.limits import GivenLimits
from stretto.verbs.staves.making import Making
from stretto.verbs.staves.rails import NEVER_ENDS

GIVEN = """
    64 | ....x---....
    60 | ..x-....x---
    55 | x-------....
"""
"""A cell is an eighth; from the third to the fourth two notes are given, and from the fifth to the eighth."""


def ends_at(at: int, pitch: int, *, most: int, one_instrument: bool = True, drawn: tuple[int, ...] = ()) -> int:
    """Where a note of staff 1 that is struck at an eighth must end, in eighths; the given ones are staff 0's."""
    notes = sketch(GIVEN, step=12)
    onset, end, given = (notes["onset"].astype(int), notes["onset"] + notes["duration"], notes["pitch"] - 21)
    limits = GivenLimits(
        onset, end.astype(int), given.astype(int), np.zeros(len(notes), int),
        one_instrument=one_instrument, max_polyphony=most,
    )  # fmt: skip
    now = Making(1, upward=(False, True), order=(0, 1), lowest=21, n_pitches=88)
    now.begin(np.array([12 * at]))
    for note in notes[notes["onset"] <= 12 * at]:
        now.ends_NVP[0, 0, note["pitch"] - 21] = note["onset"] + note["duration"]
    for other in drawn:
        now.ends_NVP[0, 1, other - 21] = 200
    found = limits.note_end(now, 1, 0, pitch - 21)
    return found // 12 if found < NEVER_ENDS else found


def test_a_key_that_a_given_note_needs_comes_up_in_time() -> None:
    assert ends_at(0, 60, most=0) == 2
    assert ends_at(3, 60, most=0) == 8
    assert ends_at(0, 60, most=0, one_instrument=False) == NEVER_ENDS


@pytest.mark.parametrize(
    ("at", "most", "drawn", "end"),
    [
        (0, 2, (), 2),
        (0, 3, (), NEVER_ENDS),
        (0, 3, (40,), 2),
        (5, 3, (), NEVER_ENDS),
        (5, 2, (40,), 8),
        (8, 1, (), NEVER_ENDS),
    ],
)
def test_a_drawn_note_ends_before_given_ones_would_make_too_many(
    at: int, most: int, drawn: tuple[int, ...], end: int
) -> None:
    assert ends_at(at, 43, most=most, drawn=drawn) == end
