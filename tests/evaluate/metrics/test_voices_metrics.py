"""Voice leading counted by hand."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from readings import read

from stretto.evaluate.metrics.voices import measure


def test_parallel_fifths_are_counted_a_note_but_not_after_a_fermata() -> None:
    """One pair of fifths among four notes."""
    assert measure(read("G4 A4", "C4 D4"))["voices.parallels"] == 0.25
    assert measure(read("G4 A4", "C4 D4"))["voices.parallel_fifths"] == 0.25
    assert measure(read("G4 A4", "C4 D4", fermatas=(0,)))["voices.parallels"] == 0
    octaves = measure(read("C5 D5", "C4 D4"))
    assert (octaves["voices.parallels"], octaves["voices.parallel_fifths"]) == (0.25, 0)


def test_a_fifth_that_both_rise_to_is_hidden() -> None:
    """E over C to A over D; the upper voice leaps. By contrary motion it is not."""
    found = measure(read("E4 A4", "C4 D4"))
    assert (found["voices.hidden"], found["voices.hidden_outer"], found["voices.parallels"]) == (0.25, 0.25, 0)
    assert measure(read("E4 A4", "E4 D4"))["voices.hidden"] == 0
    by_step = measure(read("D4 E4", "F3 A3"))
    assert (by_step["voices.hidden"], by_step["voices.hidden_outer"]) == (0.25, 0)


def test_motion_is_contrary_similar_or_oblique() -> None:
    found = measure(read("C5 D5 E5 E5", "C4 B3 D4 C4"))
    assert [found[f"voices.{name}"] for name in ("contrary", "similar", "oblique")] == pytest.approx([1 / 3] * 3)


def test_a_voice_may_move_beyond_where_its_neighbour_was() -> None:
    """D above the C that the upper voice has just left; nothing crosses."""
    found = measure(read("C4 E4", "A3 D4"))
    assert (found["voices.overlaps"], found["voices.crossings"]) == (0.25, 0)
    assert measure(read("C4 E4", "A3 F4"))["voices.crossings"] == 0.25


def test_spacing_is_measured_in_time() -> None:
    """Soprano and alto a tenth apart for a half, a sixth for a half; the bass may be as far away as it likes."""
    found = measure(read("E5:2 E5:2", "C4:2 G4:2", "G3:4", "C2:4"))
    assert found["voices.wide"] == pytest.approx(0.25)
    assert found["voices.spacing"] == pytest.approx((16 + 9 + 5 + 12 + 19 + 19) / 6)
    assert found["voices.outer_distance"] == 40
    assert measure(read("C6:4", "C3:4"))["voices.wide"] == 1


def test_rests_and_ranges_are_shares() -> None:
    found = measure(read("C5:2 C5:2", "C4:4", "r:4", "C3:2 B1:2"))
    assert found["voices.resting"] == pytest.approx(1 / 4)
    assert found["voices.outside"] == pytest.approx(1 / 5)
    assert np.isnan(measure(read("C5", "C4"))["voices.outside"])


def test_outer_voices_move_to_thirds_and_sixths() -> None:
    """From an octave to a tenth, then to a fifth."""
    assert measure(read("C5 E5 G5", "C4 C4 C4"))["voices.imperfect_outer"] == 0.5
