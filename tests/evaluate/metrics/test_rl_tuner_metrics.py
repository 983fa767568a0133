"""RL Tuner's rewards, each by hand."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from readings import read

from stretto.evaluate.metrics.pitch import MAJOR
from stretto.evaluate.metrics.rl_tuner import (
    HOLD,
    OFF,
    autocorrelation,
    cells_of,
    interval_reward,
    leap_outcomes,
    measure,
    motif_rewards,
    n_repeated_too_often,
    rewards,
    tonic_reward,
)


def cells(line: str) -> np.ndarray:
    return cells_of(read(line))


def test_a_line_is_cut_into_eighths() -> None:
    assert cells("C5 r:1/2 D5:1/2 C5:2").tolist() == [72, HOLD, OFF, 74, 72, HOLD, HOLD, HOLD]


def test_a_tonic_at_both_ends_and_held_is_rewarded() -> None:
    """3 for the first note, 3 for the last bar's, 3 for each of the three holds after it."""
    assert tonic_reward(cells("C5 D5 C5:2"), 0) == 15
    assert tonic_reward(cells("C5 D5 C5:2"), 2) == 9
    assert tonic_reward(cells("C5 D5 E5:1/2 D5:1/2 C5:1/2 B4:1/2"), 0) == 3


def test_the_sixth_note_in_a_row_is_one_too_many_and_with_holds_the_eighth() -> None:
    assert n_repeated_too_often(cells("C5:1/2 " * 5)) == 0
    assert n_repeated_too_often(cells("C5:1/2 " * 6)) == 1
    assert n_repeated_too_often(cells("C5 " * 7)) == 0
    assert n_repeated_too_often(cells("C5 " * 8)) == 1
    assert n_repeated_too_often(cells("C5:1/2 D5:1/2 " * 6)) == 0


@pytest.mark.parametrize("lag", [1, 2, 3])
def test_autocorrelation_of_each_beginning_is_the_textbook_one(lag: int) -> None:
    line = cells("C5 D5:1/2 E5:1/2 G5 r E5:1/2 C5:1/2 D5")
    x = np.where(line >= 0, line - 72 + 2, line - HOLD).astype(float)
    found = autocorrelation(line, lag)
    for n in range(lag + 1, len(x) + 1):
        centred = x[:n] - x[:n].mean()
        expected = (centred[lag:] * centred[:-lag]).sum() / (centred**2).sum()
        assert found[n - 1] == pytest.approx(expected)
    assert np.isnan(found[:lag]).all()


def test_a_bar_of_four_pitches_is_a_motif_and_returns() -> None:
    """Eight cells of four pitches earn 3.3; the bar that repeats them earns 5 more."""
    motif, again = motif_rewards(cells("C5 D5 E5 F5 C5 D5 E5 F5"))
    assert motif[7] == pytest.approx(3.3) and not motif[:7].any()
    assert again[15] == 5 and not again[:15].any()
    assert not motif_rewards(cells("C5 D5 C5 D5"))[0].any()


@pytest.mark.parametrize(
    ("line", "reward"),
    [("C5:1/2 D5:1/2", 0.4), ("C5:1/2 G5:1/2", 0.5), ("D5:1/2 A5:1/2", 0.1), ("C5:1/2 E5:1/2", 0.75),
     ("D5:1/2 F#5:1/2", 0.45), ("C4:1/2 D5:1/2", -5), ("C5:1/2 B5:1/2", -1.5), ("C5:1/2 C5:1/2", 0),
     ("C5:1/2 Bb5:1/2", -1.5), ("G5:1/2 D6:1/2", 0.5), ("D5:1/2 G5:1/2", 0.35), ("D5:1/2 Bb5:1/2", 0.25),
     ("C5:1/2 C6:1/2", 0), ("C5", 1.5), ("D5", 0.375)],
)  # fmt: skip
def test_each_interval_has_its_reward(line: str, reward: float) -> None:
    assert interval_reward(cells(line), 0) == pytest.approx(reward)


def test_leaps_are_resolved_or_doubled() -> None:
    """A fifth up and back by steps; two fifths in one direction; a leap back at once counts as neither."""
    assert leap_outcomes(cells("C5 G5 F5 E5 D5 C5")) == (1, 0)
    assert leap_outcomes(cells("C4 G4 D5")) == (0, 1)
    assert leap_outcomes(cells("C5:1/2 G5:1/2 C5:1/2")) == (0, 0)
    assert leap_outcomes(cells("C5 G5 A5 B5 A5 B5 E5")) == (1, 0)


def test_rewards_are_means_over_cells_and_add_up() -> None:
    found = rewards(cells("C5 D5 E5 F#5 G5 F5 E5 C5"), 0, MAJOR)
    assert found["key"] == pytest.approx(-1 / 16)
    assert found["extremes"] == pytest.approx(3 / 16)  # G comes once, C twice
    terms = ("key", "tonic", "repeats", "autocorrelation", "motif", "repeated_motif", "intervals", "leaps", "extremes")
    assert found["total"] == pytest.approx(sum(found[name] for name in terms))


def test_the_rules_look_at_the_top_line_in_its_own_key() -> None:
    found = measure(read("D5 E5 F#5 D5", "C4 C#4 D#4 F4", key="D"))
    assert found["rl_tuner.key"] == 0 and found["rl_tuner.tonic"] > 0
    assert math.isnan(measure(read("r:4", end=96))["rl_tuner.total"])
