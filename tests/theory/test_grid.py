"""The metrical grid: where beats, half bars and downbeats are."""

from __future__ import annotations

import numpy as np
import pytest

from stretto.score.model import Meter, Part, Score
from stretto.theory.grid import beat_ticks, grid_of, overlaps

NAMES = ".-=#"
"""Offbeat, beat, half bar, downbeat."""


def drawn(numerator: int, denominator: int, *, length: int, pickup: int = 0) -> str:
    """The strength of every unit of music in one metre."""
    notes = [(0, length, 60, 64, 0, 1, 1, 127, 0)]
    meters = [Meter(numerator=numerator, denominator=denominator)]
    score = Score.build(notes, [Part()], meters=meters, pickup=pickup)
    return "".join(NAMES[strength] for strength in grid_of(score).strength_U)


@pytest.mark.parametrize(
    ("meter", "length", "says"),
    [
        ((4, 4), 96, "#.-.=.-."),
        ((2, 2), 96, "#.-.=.-."),
        ((3, 4), 72, "#.-.-."),
        ((2, 4), 48, "#.=."),
        ((6, 8), 72, "#..=.."),
        ((9, 8), 108, "#..-..-.."),
        ((12, 8), 144, "#..-..=..-.."),
        ((5, 4), 120, "#.-.-.-.-."),  # no beat stands in the middle
        ((3, 8), 36, "#--"),
    ],
)
def test_each_metre_has_its_beats(meter: tuple[int, int], length: int, says: str) -> None:
    assert drawn(*meter, length=length) == says


def test_a_pickup_counts_from_the_barline_that_it_leads_to() -> None:
    assert drawn(4, 4, length=24 + 96, pickup=24) == "-." + "#.-.=.-."


def test_a_metre_of_notes_that_no_tick_holds_still_has_a_grid() -> None:
    assert beat_ticks(Meter(numerator=3, denominator=128)) == 1
    assert set(drawn(3, 128, length=24)) <= set(NAMES)
    assert len(drawn(1, 128, length=24)) == 24  # a bar lasts a tick at least


def test_a_note_sounds_in_every_unit_that_it_touches() -> None:
    """From the middle of the first eighth to the middle of the third, and from barline to barline."""
    score = Score.build([(0, 192, 60, 64, 0, 1, 1, 127, 0)], [Part()], meters=[Meter()])
    found = overlaps(grid_of(score), np.array([6, 96]), np.array([30, 192]))
    rows = list(zip(*(column.tolist() for column in found), strict=True))
    assert rows == [(0, 0, 6), (0, 1, 12), (0, 2, 6), *((1, unit, 12) for unit in range(8, 16))]
