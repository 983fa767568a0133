"""The tempo that a new piece gets."""

from fractions import Fraction

import numpy as np
import pytest

from stretto.frames.staves import STAFF_NOTE, StaffMusic
from stretto.verbs.staves.pace import pace_report, playable_tempo, quickest_run


def line(ticks: list[int]) -> StaffMusic:
    """Notes of these lengths, one after the other, over a held one."""
    onsets = np.cumsum([0, *ticks[:-1]]).tolist()
    rows = [(0, sum(ticks), 40, 1)] + [(on, length, 72, 0) for on, length in zip(onsets, ticks, strict=True)]
    return StaffMusic(notes=np.array(rows, STAFF_NOTE), end=sum(ticks), n_staves=2)


@pytest.mark.parametrize(("meter", "usual", "found"), [("4/4", 125, 93), ("6/8", 120, 93), ("4/4", 80, 80)])
def test_a_run_of_32nds_goes_as_fast_as_it_can_be_played(meter: str, usual: int, found: int) -> None:
    """Eight notes a quarter, twelve and a half a second: 93 quarters, or 62 dotted ones."""
    assert playable_tempo(Fraction(usual), line([3] * 16 + [24] * 4), meter) == found


def test_a_turn_of_four_32nds_and_sixteenths_leave_the_tempo_alone() -> None:
    """Nobody slows down for an ornament."""
    assert playable_tempo(Fraction(125), line([24, 3, 3, 3, 3, 24] * 4), "4/4") == 125
    assert playable_tempo(Fraction(180), line([6] * 32), "4/4") == 180


def test_a_few_notes_are_no_run() -> None:
    """Six notes have five steps between them."""
    assert quickest_run(line([3] * 6)) == 0
    assert quickest_run(line([6] * 12)) == 4


def test_it_is_said_that_a_piece_goes_slower_than_usual() -> None:
    """And nothing where it does not."""
    assert pace_report(Fraction(125), Fraction(93)) == [
        "slower than the usual 125 quarters a minute, for its quick runs"
    ]
    assert pace_report(Fraction(93), Fraction(93)) == []
