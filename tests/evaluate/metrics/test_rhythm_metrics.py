"""Rhythms counted by hand."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from readings import read

from stretto.evaluate.metrics.rhythm import measure, onset_cells


def test_groove_compares_neighbours_and_grooving_all_pairs() -> None:
    """Four quarters, two halves, two halves: two onsets differ between the first bar and each of the others."""
    found = measure(read("C5 C5 C5 C5 C5:2 C5:2 C5:2 C5:2"))
    assert found["rhythm.groove"] == pytest.approx(1 - (2 + 0) / 2 / 96)
    assert found["rhythm.grooving"] == pytest.approx(1 - (2 + 2 + 0) / 3 / 64)


def test_a_pickup_is_no_bar_to_compare() -> None:
    found = measure(read("G4 C5 C5 C5 C5 C5:2 C5:2", pickup=24))
    assert found["rhythm.groove"] == pytest.approx(1 - 2 / 96)


def test_cells_say_where_notes_begin() -> None:
    assert onset_cells(read("C5 C5:1/2 C5:1/2 C5:2"), 8).tolist() == [[1, 0, 1, 1, 1, 0, 0, 0]]


def test_notes_are_told_by_length_and_place() -> None:
    """An eighth, a syncopated quarter, an eighth, a half."""
    found = measure(read("C4:1/2 D4 E4:1/2 F4:2"))
    assert found["rhythm.eighths"] == 0.5 and found["rhythm.quarters"] == 0.25 and found["rhythm.halves"] == 0.25
    assert found["rhythm.other_values"] == 0
    assert (found["rhythm.on_beat"], found["rhythm.across_beat"]) == (0.5, 0.25)
    assert (found["rhythm.density"], found["rhythm.mean_duration"]) == (1, 1)
    assert found["rhythm.mean_ioi"] == pytest.approx((12 + 24 + 12) / 3 / 24)
    assert found["rhythm.duration_entropy"] == pytest.approx(1.5)


def test_after_a_pickup_beats_are_counted_from_the_barline() -> None:
    """An eighth as pickup: then every quarter is on a beat."""
    assert measure(read("G4:1/2 C5 C5 C5 C5", pickup=12))["rhythm.on_beat"] == pytest.approx(4 / 5)


def test_a_beat_is_empty_where_nothing_sounds_and_still_where_nothing_begins() -> None:
    """Held, silent, struck, and a bar of nothing."""
    found = measure(read("C5:2 r C5 r:4", end=192))
    assert found["rhythm.empty_beats"] == pytest.approx(5 / 8)
    assert found["rhythm.still_beats"] == pytest.approx(6 / 8)
    assert found["rhythm.empty_bars"] == 0.5
    assert measure(read("C5:4 r:4 C5:4"))["rhythm.empty_bars"] == pytest.approx(1 / 3)


def test_voices_move_together_in_half_of_the_moments() -> None:
    """Quarters over halves: 2, 1, 2, 1 of two voices begin."""
    assert measure(read("C5 D5 E5 F5", "C4:2 D4:2"))["rhythm.together"] == pytest.approx(6 / 8)
    assert np.isnan(measure(read("C5 D5"))["rhythm.together"])


def test_where_every_note_has_a_known_value_none_has_another_to_the_last_digit() -> None:
    """0.1 + 0.7 + 0.2 is not 1 for a computer."""
    assert measure(read("C4:1/2 D4 E4 F4 G4 A4 B4 C5 D5:2 E5:2"))["rhythm.other_values"] == 0.0
