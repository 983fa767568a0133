"""Three periods from notes alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from drawn_staves import drawn

from stretto.evaluate.period_classifier import FEATURES, PERIODS, period_features, shipped_period_classifier
from stretto.evaluate.staff_work import StaffWork

NAMES = {name: i for i, name in enumerate(FEATURES)}


def of(work: StaffWork, name: str) -> float:
    return float(period_features(work)[NAMES[name]])


def two_parts(seed: int = 0, n_bars: int = 16) -> StaffWork:
    """Sixteenths above walking eighths, nothing else."""
    rng = np.random.default_rng(seed)
    upper = 72 + np.cumsum(rng.choice([-2, -1, 1, 2], 16 * n_bars)) % 12
    lower = 48 + np.cumsum(rng.choice([-2, -1, 1, 2], 8 * n_bars)) % 12
    return drawn(_line(upper, 1), _line(lower, 2), step=6)


def octaves(n_bars: int = 16) -> StaffWork:
    """Full chords of octaves in both hands, far apart, long notes in the tune."""
    tune = "\n".join(f"{p} | " + "x---------------" * n_bars for p in (72, 76, 79, 84))
    bass = "\n".join(f"{p} | " + "x-----------x---" * n_bars for p in (29, 36, 41))
    return drawn(tune, bass, step=6)


def _line(pitches: np.ndarray[tuple[int], np.dtype[np.int64]], hold: int) -> str:
    note, rest = "x" + "-" * (hold - 1), "." * hold
    rows = [f"{own} | " + "".join(note if p == own else rest for p in pitches) for own in set(pitches.tolist())]
    return "\n".join(rows)


def test_two_moving_parts_are_baroque_and_octaves_are_not() -> None:
    classifier = shipped_period_classifier("keyboard")
    assert [classifier.name(period_features(two_parts(seed))) for seed in range(5)] == ["baroque"] * 5
    assert classifier.name(period_features(octaves())) != "baroque"


def test_texture_is_told_in_shares() -> None:
    assert of(octaves(), "octaves in the bottom staff") == pytest.approx(1)
    assert of(two_parts(), "octaves in the bottom staff") == 0
    assert of(two_parts(), "moments of four notes and more") == 0
    assert of(octaves(), "moments of four notes and more") == pytest.approx(0.5)


def test_chromatic_notes_are_those_outside_seven_fifths() -> None:
    scale = drawn(_line(np.array([60, 62, 64, 65, 67, 69, 71, 72] * 4), 2), "48 | " + "x-" * 32, step=6)
    chromatic = drawn(_line(np.arange(60, 76), 4), "48 | " + "x-" * 32, step=6)
    assert of(scale, "chromatic notes") == pytest.approx(0, abs=1e-6)
    assert of(chromatic, "chromatic notes") > 0.3
    assert of(chromatic, "chromatic steps in the melody") == 1


def test_plan_and_tempo_are_not_seen() -> None:
    work = two_parts()
    told = replace(
        work, tempo=180.0, plan=replace(work.plan, period="romantic", composer="chopin", tonic=3, mode="minor")
    )
    assert (period_features(work) == period_features(told)).all()


def test_only_the_opening_is_read() -> None:
    long = two_parts(n_bars=60)
    assert (period_features(long) == period_features(long.opening(48))).all()


def test_a_quartet_is_named_among_the_periods_that_quartets_have() -> None:
    line = "C5 | " + "x-x-x-x-" * 8
    quartet = drawn(line, line.replace("C5", "G4"), line.replace("C5", "E4"), line.replace("C5", "C3"), step=12)
    values = period_features(quartet)
    assert np.isfinite(values).all()
    assert shipped_period_classifier("quartet").classes == ("classical", "romantic")
    assert shipped_period_classifier("keyboard").classes == PERIODS


def test_nothing_has_features_too() -> None:
    assert (period_features(drawn("C5 | ....", "C3 | ....")) == 0).all()
