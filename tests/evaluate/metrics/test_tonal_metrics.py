"""Degrees, keys, cadences and non-chord tones, counted by hand."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from readings import read

from stretto.evaluate.metrics.tonal import measure

CADENCE = ("C5 C5 B4 C5:5", "G4 A4 G4 G4:5", "E4 F4 D4 E4:5", "C3 F3 G3 C3:5")


def test_harmonies_are_told_by_their_degrees() -> None:
    """I IV V I, and one authentic cadence."""
    found = measure(read(*CADENCE, key="C"))
    shares = [found[f"tonal.{name}"] for name in ("tonic", "fourth", "fifth", "sixth", "applied")]
    assert shares == [0.5, 0.25, 0.25, 0, 0]
    assert found["tonal.harmony_length"] == 2
    assert (found["tonal.away"], found["tonal.modulations"], found["tonal.non_chord"]) == (0, 0, 0)
    assert (found["tonal.authentic"], found["tonal.half"]) == (1, 0)
    assert found["tonal.leading_tones"] == 1 and np.isnan(found["tonal.sevenths"])


def test_a_dominant_of_the_dominant_is_applied() -> None:
    found = measure(read("C5 C5 B4 C5:5", "G4 A4 G4 G4:5", "E4 F#4 D4 E4:5", "C3 D3 G3 C3:5", key="C"))
    assert found["tonal.applied"] == 0.25


def test_a_passing_note_is_told_from_chord_tones() -> None:
    """D between C and E over a held C chord: one of seven notes."""
    found = measure(read("C5:1/2 D5:1/2 E5 E5:2", "G4:4", "E4:4", "C3:4", key="C"))
    assert found["tonal.passing"] == found["tonal.non_chord"] == pytest.approx(1 / 7)


def test_a_suspension_is_held_over_and_steps_down() -> None:
    """F held from IV into I, then E: over C, G and C."""
    found = measure(read("A4:2 G4:6", "F4:3 E4:5", "C4:2 C4:6", "F3:2 C3:6", key="C"))
    assert found["tonal.suspension"] == found["tonal.non_chord"] == pytest.approx(1 / 8)
    assert found["tonal.accented"] == 1


def test_a_seventh_that_rises_is_not_resolved() -> None:
    falling = measure(read("F5:2 E5:2", "D5:2 C5:2", "B4:2 C5:2", "G3:2 C3:2", key="C"))
    rising = measure(read("F5:2 G5:2", "D5:2 C5:2", "B4:2 C5:2", "G3:2 C3:2", key="C"))
    assert (falling["tonal.sevenths"], rising["tonal.sevenths"]) == (1, 0)


def test_two_leading_tones_at_once_are_counted() -> None:
    """B and B over G and D: once in eight notes."""
    found = measure(read("B5:2 C6:2", "B4:2 C5:2", "D4:2 E4:2", "G3:2 C3:2", key="C"))
    assert found["tonal.doubled_leading"] == pytest.approx(1 / 8)


def test_time_in_another_key_is_time_away() -> None:
    """Eight bars of C major, then eight of A major."""
    home = [" ".join([line.replace(":5", "")] * 8) for line in CADENCE]
    away = read(*home, key="C").score.notes.copy()
    away["pitch"] += 9
    away["fifths"] = 127
    away["onset"] += 8 * 96
    notes = np.concatenate([read(*home, key="C").notes, away, _again(read(*home, key="C").notes, 16 * 96)])
    score = read(*home, key="C").score.evolve(notes=notes, bars=(), end=24 * 96)
    found = measure(type(read("C5"))(score))
    assert found["tonal.away"] == pytest.approx(1 / 3, abs=0.05)
    assert found["tonal.modulations"] == pytest.approx(2 / 96)


def _again(notes: np.ndarray, later: int) -> np.ndarray:
    moved = notes.copy()
    moved["onset"] += later
    return moved


def test_one_line_has_no_leading_tones_to_follow() -> None:
    found = measure(read("C5 D5 E5 F5 G5 F5 E5 D5 C5:4", key="C"))
    assert np.isnan(found["tonal.leading_tones"]) and not np.isnan(found["tonal.tonic"])
