"""A beat is found in what was played, early, late, drifting, or not at all."""

from __future__ import annotations

import numpy as np
import pytest

from stretto.score.model import Meter, Part, Score
from stretto.theory.performance import played_live
from stretto.theory.pulse import CLEAR, DRIFT, doubted_barlines, pulse_of


def waltz(n_bars: int = 32) -> tuple[list[int], list[int], list[int]]:
    """Onsets, durations and pitches: bass on one, chords on two and three, and a melody that moves to each barline."""
    onsets, durations, pitches = [], [], []
    for bar in range(n_bars):
        at, root = 72 * bar, (36, 41, 43, 36)[bar % 4]
        rows = [(at, 72, root), *((at + 24 * beat, 24, root + up) for beat in (1, 2) for up in (16, 19))]
        rows += [(at, 48, 72 + bar % 5), (at + 48, 12, 74), (at + 60, 12, 76)]
        for onset, duration, pitch in rows:
            onsets.append(onset)
            durations.append(duration)
            pitches.append(pitch)
    return onsets, durations, pitches


def score_of(onsets: np.ndarray, durations: list[int], pitches: list[int], **rest: object) -> Score:
    """One part, as a MIDI file gives it."""
    rows = [
        (max(0, round(float(on))), duration, pitch, 64, 0, 1, 1, 127, 0)
        for on, duration, pitch in zip(onsets, durations, pitches, strict=True)
    ]
    return Score.build(rows, [Part(name="Piano")], **{"meters": [Meter(numerator=3)], **rest})  # type: ignore[arg-type]


def test_what_was_written_lies_on_its_grid() -> None:
    pulse = pulse_of(score_of(*map(np.array, waltz()[:1]), *waltz()[1:]))
    assert (pulse.on_grid, pulse.late, pulse.drift, pulse.found) == (1.0, 0, 0, True)


def test_what_was_played_to_a_click_has_a_beat() -> None:
    onsets, durations, pitches = waltz()
    played = np.array(onsets) + np.random.default_rng(1).normal(0, 1, len(onsets))
    score = score_of(played, durations, pitches)
    pulse = pulse_of(score)
    assert played_live(score)
    assert pulse.on_grid < 0.8
    assert pulse.found
    assert abs(pulse.late) <= 1


@pytest.mark.parametrize("late", [3, 4, -3])
def test_what_comes_early_or_late_throughout_says_by_how_much(late: int) -> None:
    onsets, durations, pitches = waltz()
    pulse = pulse_of(score_of(np.array(onsets[7:]) + late, durations[7:], pitches[7:]))
    assert (pulse.late, pulse.drift) == (late, 0)


def test_a_tempo_that_the_file_does_not_know_is_drift() -> None:
    onsets, durations, pitches = waltz()
    played = np.array(onsets) * 1.012 + np.random.default_rng(1).normal(0, 0.5, len(onsets))
    pulse = pulse_of(score_of(played, durations, pitches))
    assert pulse.drift > DRIFT
    assert pulse.drifts_from > 72 * 16
    assert not pulse.found


def test_what_was_played_freely_has_no_beat() -> None:
    onsets, durations, pitches = waltz()
    rng = np.random.default_rng(2)
    moments, place = np.unique(onsets, return_inverse=True)
    steps = np.diff(moments, prepend=0) * np.exp(rng.normal(0, 0.35, len(moments)))
    pulse = pulse_of(score_of(1.07 * np.cumsum(steps)[place], durations, pitches))
    assert pulse.clear < CLEAR
    assert not pulse.found


def test_barlines_on_the_weight_of_the_music_are_believed() -> None:
    onsets, durations, pitches = waltz()
    assert doubted_barlines(score_of(np.array(onsets), durations, pitches)) is None


def test_barlines_a_beat_early_are_doubted_and_said_where_they_should_be() -> None:
    onsets, durations, pitches = waltz()
    assert doubted_barlines(score_of(np.array(onsets) + 24, durations, pitches)) == 24


def test_a_piece_that_changes_its_metre_is_not_judged() -> None:
    onsets, durations, pitches = waltz()
    meters = [Meter(numerator=3), Meter(tick=720, numerator=2)]
    assert doubted_barlines(score_of(np.array(onsets) + 24, durations, pitches, meters=meters)) is None
