"""A piece of a repertoire as it is judged."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_staves import drawn

from stretto.errors import ScoreError
from stretto.evaluate.staff_work import work_of_score
from stretto.score.model import NOTE, Meter, Part, Score

SCALE = drawn(
    """
    C5 | x...
    D5 | .x..
    E5 | ..x-
    """,
    """
    C3 | x---
    """,
    step=24,
    meter="2/4",
)


def test_what_sounds_is_told_staff_by_staff() -> None:
    assert SCALE.tick_M.tolist() == [0, 24, 48]
    assert SCALE.duration_M.tolist() == [24, 24, 48]
    both = [np.flatnonzero(row).tolist() for row in SCALE.sounding()]
    assert both == [[48, 72], [48, 74], [48, 76]]
    assert [np.flatnonzero(row).tolist() for row in SCALE.sounding(1)] == [[48]] * 3


def test_an_opening_cuts_notes_at_its_end_and_a_close_counts_anew() -> None:
    first = SCALE.opening(1)
    assert (first.music.end, first.n_bars) == (48, 1)
    assert first.music.notes[["onset", "duration", "pitch"]].tolist() == [(0, 48, 48), (0, 24, 72), (24, 24, 74)] or (
        sorted(first.music.notes[["onset", "duration", "pitch"]].tolist()) == [(0, 24, 72), (0, 48, 48), (24, 24, 74)]
    )
    last = SCALE.closing(1)
    assert last.music.notes[["onset", "duration", "pitch"]].tolist() == [(0, 48, 76)]
    assert SCALE.opening(2) is SCALE


def test_a_pickup_is_no_bar_and_stays_in_the_opening() -> None:
    late = drawn("C5 | x x--- x---", "C3 | . x--- x---", step=12, meter="2/4", pickup=12)
    assert late.n_bars == 2
    assert late.opening(1).music.end == 12 + 48
    assert late.score().pickup == 12


def test_a_written_piano_part_has_two_staves_again() -> None:
    notes = np.array([(0, 24, 72, 0, 0, 1, 1, 127, 0), (0, 48, 48, 0, 0, 1, 2, 127, 0)], NOTE)
    score = Score.build(notes, [Part(name="Piano", n_staves=2)], end=48, meters=[Meter(numerator=2)])
    work = work_of_score(score, name="x", period="baroque")
    assert work.music.notes[["pitch", "staff"]].tolist() == [(72, 0), (48, 1)]
    assert (work.plan.period, work.meter, work.bar) == ("baroque", "2/4", 48)


def test_three_staves_are_neither() -> None:
    with pytest.raises(ScoreError, match="x: 3 staves; a keyboard piece has 2, a quartet 4"):
        work_of_score(Score.build([], [Part()] * 3, end=96), name="x")
