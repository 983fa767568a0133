"""Chords counted by hand."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from readings import read

from stretto.evaluate.metrics.harmony import irregularity, measure

CADENCE = ("C5 C5 B4 C5", "G4 A4 G4 G4", "E4 F4 D4 E4", "C3 F3 G3 C3")


def test_a_full_cadence_is_told_chord_by_chord() -> None:
    """C F G C in C major."""
    found = {name.partition(".")[2]: value for name, value in measure(read(*CADENCE, key="C")).items()}
    assert (found["major"], found["unnamed"], found["triads_on_beats"]) == (1, 0, 1)
    assert (found["tonic"], found["dominant"], found["changes"], found["bass_on_root"]) == (0.5, 0.25, 1, 1)
    assert (found["fifths_down"], found["seconds"]) == (pytest.approx(2 / 3), pytest.approx(1 / 3))
    assert (found["dissonance"], found["in_key_beats"], found["ends_on_tonic"]) == (0, 1, 1)
    assert found["irregularity"] == 1


def test_a_progression_that_comes_back_is_less_irregular() -> None:
    """C F G C F G: of four trigrams the last is the first again."""
    lines = [" ".join(line.split()[:3] * 2) for line in CADENCE]
    assert irregularity(read(*lines)) == pytest.approx(3 / 4)


def test_a_chord_that_stays_is_one_chord() -> None:
    lines = [" ".join(note for note in line.split() for _ in (0, 1)) for line in CADENCE]
    found = measure(read(*lines))
    assert found["harmony.changes"] == pytest.approx(0.5) and found["harmony.irregularity"] == 1


@pytest.mark.parametrize(
    ("lines", "share"),
    [(("C4", "D4", "G4"), 1 / 3), (("C4", "F#4"), 1), (("C4", "C5", "F#5"), 2 / 3), (("C4", "F4"), 0),
     (("B4", "C4"), 1), (("C4:2", "E4 D4"), 1 / 2)],
)  # fmt: skip
def test_dissonant_pairs_are_counted_by_time(lines: tuple[str, ...], share: float) -> None:
    assert measure(read(*lines, end=48 if ":2" in lines[0] else 24))["harmony.dissonance"] == pytest.approx(share)


def test_entropy_of_bars_is_that_of_the_notes_in_them() -> None:
    """C E G C: half C. Two such bars, then four times one note."""
    found = measure(read("C5 E5 G5 C5 C5 E5 G5 C5 D5 D5 D5 D5"))
    assert found["harmony.entropy_1_bar"] == pytest.approx((1.5 + 1.5 + 0) / 3)
    # Fewer bars than four: one window of all of them.
    shares = np.array([4, 2, 2, 4]) / 12
    assert found["harmony.entropy_4_bars"] == pytest.approx(float(-(shares * np.log2(shares)).sum()))


def test_windows_of_four_bars_move_on_by_one() -> None:
    """Five bars of one note each: two windows, one with a second pitch class in a quarter of its notes."""
    found = measure(read(*["C5:4 C5:4 C5:4 C5:4 D5:4"]))
    assert found["harmony.entropy_4_bars"] == pytest.approx((0 + 0.811278) / 2, abs=1e-5)


def test_sevenths_and_inversions_are_told() -> None:
    """A dominant seventh in root position, then a tonic in first inversion; on each a quarter."""
    found = measure(read("F5 E5", "D5 C5", "B4 G4", "G3 E3", key="C", meter="2/4"))
    assert found["harmony.dominant_sevenths"] == 0.5 and found["harmony.sevenths_on_beats"] == 0.5
    assert found["harmony.first_inversions"] == 0.5 and found["harmony.bass_on_root"] == 0.5


def test_the_fit_of_a_key_is_a_correlation_and_hears_no_signature() -> None:
    """What a signature or the last bass note says for a key counts where the key is chosen, not in how well it fits."""
    unsigned, signed = (measure(read(*CADENCE, key=key)) for key in ("", "C"))
    for name in ("harmony.key_fit", "harmony.key_margin"):
        assert signed[name] == pytest.approx(unsigned[name])
    assert 0.8 < signed["harmony.key_fit"] <= 1
    assert 0 < signed["harmony.key_margin"] < 0.5
