"""Melodies counted by hand."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from readings import read

from stretto.evaluate.metrics.melody import measure


def test_every_move_is_told_by_its_size() -> None:
    """Up a second, repeat, up a third, down a fourth, up an octave, down a second."""
    found = measure(read("C5 D5 D5 F5 C5 C6 B5"))
    shares = [found[f"melody.top.{name}"] for name in ("repeats", "steps", "thirds", "leaps", "octaves", "hard_leaps")]
    assert shares == pytest.approx([1 / 6, 2 / 6, 1 / 6, 2 / 6, 1 / 6, 0])
    assert found["melody.top.falling"] == pytest.approx(2 / 5)
    assert found["melody.top.mean_interval"] == pytest.approx(23 / 6)
    assert found["melody.top.interval_entropy"] == pytest.approx(math.log2(6))
    assert found["melody.top.range"] == 12


def test_turns_are_counted_between_moves_that_move() -> None:
    """Up, up, repeat, down, up: of the two pairs without a repeat one turns."""
    assert measure(read("C5 D5 E5 E5 D5 E5"))["melody.top.turns"] == pytest.approx(1 / 2)


def test_a_leap_is_recovered_by_the_next_move_only() -> None:
    found = measure(read("C5 A5 G5 C5 C5 D5"))
    assert found["melody.top.leaps_recovered"] == pytest.approx(1 / 2)


def test_sevenths_and_tritones_are_hard() -> None:
    assert measure(read("C5 F#5 E5 F4 F4"))["melody.top.hard_leaps"] == pytest.approx(2 / 4)


def test_lines_are_told_apart() -> None:
    """The top repeats, the inner steps, the bass leaps; two lines have no inner ones, one line no bass."""
    found = measure(read("C5 C5 C5", "G4 A4 G4", "C3 F3 C3"))
    assert [found["melody.top.repeats"], found["melody.inner.steps"], found["melody.bass.leaps"]] == [1, 1, 1]
    two = measure(read("C5 C5", "C4 D4"))
    assert np.isnan(two["melody.inner.steps"]) and two["melody.bass.steps"] == 1
    assert np.isnan(measure(read("C5 D5"))["melody.bass.steps"])


def test_moving_notes_are_shorter_than_a_quarter() -> None:
    assert measure(read("C5:1/2 D5:1/2 E5 F5"))["melody.top.eighths"] == 0.5
