"""What is said of a drawing: what it copied, which voices entered, where a chord line ended."""

from __future__ import annotations

import numpy as np

from stretto.frames.parts import frames_of_matrix
from stretto.frames.plan import Plan
from stretto.verbs.report import chords_report, copied_report, entries_report

PLAN = Plan(bar_starts=(0, 24, 120, 216, 312, 408, 504), pickup=24, end=600)


def test_stretches_that_overlap_are_one() -> None:
    assert copied_report([24, 36, 48], PLAN) == [
        "bars 1-3: 9 quarters stand so in a piece that the network learned from; another --seed gives others"
    ]
    assert len(copied_report([24, 312], PLAN)) == 2
    assert copied_report([], PLAN) == []


def test_a_voice_that_takes_up_what_another_still_sings_is_named() -> None:
    tune = [67, 69, 71, 72, 74, 71, 67, 69]
    soprano, tenor = [*tune, 71, 67], [-1, -1, *(pitch - 12 for pitch in tune)]
    rest = [-1] * len(soprano)
    frames = frames_of_matrix(np.array([soprano, rest, tenor, rest]).T, step=24)
    assert entries_report(frames, PLAN) == ["overlapping entries: tenor in bar 1 after soprano in bar 0"]
    alone = frames_of_matrix(np.array([soprano, rest, rest, rest]).T, step=24)
    assert "no voice takes up" in entries_report(alone, PLAN)[0]


def test_a_chord_line_that_ends_early_is_told() -> None:
    assert chords_report("I IV V I", PLAN) == ["the chord line has 4 bars; from bar 5 on any chord may sound"]
    assert chords_report("I IV V I I V", PLAN) == []
