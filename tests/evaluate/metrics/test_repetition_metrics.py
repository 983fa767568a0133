"""What comes back, counted by hand."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from readings import read

from stretto.evaluate.metrics.repetition import measure

THEME = "C4 D4 E4:1/2 F4:1/2 E4 "
ANSWER = "G4 A4 B4:1/2 C5:1/2 B4 "
OTHER = "E5:3/2 C5:1/2 A4:2 "


def test_a_theme_that_comes_back_moved_is_half_of_the_melody() -> None:
    """Five notes and the same a fifth higher: nothing returns exactly."""
    found = measure(read(THEME + ANSWER))
    assert found["repetition.returning"] == pytest.approx(0.5)
    assert (found["repetition.exact"], found["repetition.longest"]) == (0, 5)


def test_a_theme_that_comes_back_as_it_was_returns_exactly() -> None:
    found = measure(read(THEME + OTHER + THEME))
    assert found["repetition.returning"] == found["repetition.exact"] == pytest.approx(5 / 13)


def test_an_imitation_is_in_another_part_and_a_stretto_before_the_end() -> None:
    """The answer enters a bar later (after the theme), or two quarters later (within it)."""
    after = measure(read(THEME + OTHER, "r:4 " + ANSWER))
    assert after["repetition.imitated"] == pytest.approx(5 / 13)
    assert after["repetition.stretto"] == 0
    within = measure(read(THEME + OTHER, "r:2 " + ANSWER))
    assert within["repetition.stretto"] == pytest.approx(1 / 13)
    assert np.isnan(measure(read(THEME + OTHER))["repetition.imitated"])


def test_an_entry_after_more_than_two_bars_is_no_imitation() -> None:
    assert measure(read(THEME + OTHER * 2, "r:12 " + ANSWER))["repetition.imitated"] == 0


def test_a_bar_is_heard_before_whatever_its_key() -> None:
    """Bar 2 is bar 1 a fourth higher, bar 3 is new."""
    found = measure(read("C4 D4 E4 C4 F4 G4 A4 F4 C4 C4 C4 C4", "C3:4 F3:4 C3:4"))
    assert found["repetition.same_bars"] == pytest.approx(1 / 2)


def test_what_repeats_packs_better_than_what_does_not() -> None:
    rng = np.random.default_rng(1)
    notes = [f"{name}{octave}" for octave in (4, 5) for name in "CDEFGAB"]
    through = " ".join(notes[i] for i in rng.integers(0, 14, 64))
    again = " ".join(through.split()[:8] * 8)
    assert measure(read(again))["repetition.packed"] < 0.6 * measure(read(through))["repetition.packed"]
