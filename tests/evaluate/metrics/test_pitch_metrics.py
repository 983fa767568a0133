"""Pitches counted by hand."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from readings import read

from stretto.evaluate.metrics.pitch import measure


def test_a_chord_over_a_bass_is_counted_note_by_note() -> None:
    """C E G C over a long C: five notes, five pitches, three pitch classes."""
    found = measure(read("C4 E4 G4 C5", "C3:4", key="C"))
    assert found["pitch.range"] == 24
    assert (found["pitch.n_pitches"], found["pitch.n_classes"]) == (5, 3)
    assert found["pitch.entropy"] == pytest.approx(math.log2(5))
    assert found["pitch.class_entropy"] == pytest.approx(-0.6 * math.log2(0.6) - 0.4 * math.log2(0.2))
    assert (found["pitch.polyphony"], found["pitch.polyphony_rate"]) == (2, 1)
    assert (found["pitch.in_scale"], found["pitch.scale_consistency"]) == (1, 1)


def test_polyphony_passes_over_silence_and_its_rate_does_not() -> None:
    """Two notes, none, one, none."""
    found = measure(read("C5 r C5 r", "C4 r:3"))
    assert found["pitch.polyphony"] == pytest.approx(1.5)
    assert found["pitch.polyphony_rate"] == pytest.approx(0.25)


def test_two_parts_on_one_pitch_are_one_pitch() -> None:
    assert measure(read("C4:4", "C4:4"))["pitch.polyphony"] == 1


def test_the_scale_is_that_of_the_key_and_the_best_scale_any() -> None:
    """Five of six notes in C major; all six in G major."""
    found = measure(read("C5 E5 F#5 G5 B4 C5:3", key="C"))
    assert found["pitch.in_scale"] == pytest.approx(5 / 6)
    assert found["pitch.scale_consistency"] == 1


def test_a_raised_leading_tone_is_outside_the_natural_minor() -> None:
    assert measure(read("A4 B4 C5 G#4 A4:4", key="a"))["pitch.in_scale"] == pytest.approx(0.8)
