"""Overlap over time: areas by integration, and pieces that change or do not."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from readings import read

from stretto.evaluate.metrics.overlap import consistency, measure, overlapping_area


@pytest.mark.parametrize(
    "curves", [(0, 1, 0, 1), (0, 1, 1, 1), (0, 1, 0.5, 3), (60, 4, 64, 2.5), (0, 1, 50, 1), (0, 0.5, 0, 5)]
)
def test_the_area_under_two_curves_is_what_adding_up_finds(curves: tuple[float, ...]) -> None:
    mean, spread, other, other_spread = curves
    x = np.linspace(-40, 110, 600_001)

    def curve(at: float, width: float) -> np.ndarray:
        return np.exp(-0.5 * ((x - at) / width) ** 2) / (width * np.sqrt(2 * np.pi))

    expected = np.minimum(curve(mean, spread), curve(other, other_spread)).sum() * (x[1] - x[0])
    assert overlapping_area(*curves) == pytest.approx(expected, abs=1e-4)
    assert overlapping_area(other, other_spread, mean, spread) == pytest.approx(expected, abs=1e-4)


def test_music_that_stays_overlaps_wholly() -> None:
    found = measure(read("C5 D5 E5 C5 " * 8))
    assert found["overlap.pitch_mean"] == pytest.approx(1) and found["overlap.pitch_spread"] == pytest.approx(0)
    assert found["overlap.duration_mean"] == pytest.approx(1)


def test_music_that_climbs_overlaps_less_but_its_rhythm_does() -> None:
    found = measure(read(*[" ".join(f"C{octave} D{octave} E{octave} C{octave}" for octave in range(1, 9))]))
    assert found["overlap.pitch_mean"] < 0.5
    assert found["overlap.duration_mean"] == pytest.approx(1)


def test_pieces_without_two_windows_have_no_overlap() -> None:
    assert math.isnan(measure(read("C5:4 " * 5))["overlap.pitch_mean"])
    assert not math.isnan(measure(read("C5:4 " * 6))["overlap.pitch_mean"])


def test_consistency_is_one_for_the_real_mean_and_never_below_zero() -> None:
    assert consistency([0.8, 1.0], [0.9]) == pytest.approx(1)
    assert consistency([0.45], [0.9]) == pytest.approx(0.5)
    assert consistency([3.0], [0.9]) == 0
