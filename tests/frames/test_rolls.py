"""Piano-rolls on paper."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from stretto.frames.rolls import LOWEST, score_of_roll


def notes_of(drawn: list[list[int]]) -> list[tuple[int, int, int, int, int]]:
    """Onset and duration in quarters, pitch, staff, voice; pitches of each frame as drawn."""
    roll = np.zeros((len(drawn), 88), np.uint8)
    for row, pitches in zip(roll, drawn, strict=True):
        row[[pitch - LOWEST for pitch in pitches]] = 1
    score = score_of_roll(roll, frame_ticks=24, tempo_qpm=Fraction(84), title="a roll")
    return [
        (int(n["onset"]) // 24, int(n["duration"]) // 24, int(n["pitch"]), int(n["staff"]), int(n["voice"]))
        for n in score.notes
    ]


def test_notes_are_held_and_struck_anew_at_barlines() -> None:
    assert notes_of([[72]] * 6) == [(0, 4, 72, 1, 1), (4, 2, 72, 1, 1)]


def test_voices_are_counted_from_the_outside() -> None:
    """Soprano and alto above, tenor and bass below, whatever their height."""
    assert notes_of([[48, 55, 60, 64]]) == [
        (0, 1, 64, 1, 1),
        (0, 1, 60, 1, 2),
        (0, 1, 55, 2, 1),
        (0, 1, 48, 2, 2),
    ]


def test_a_note_that_changes_its_voice_is_struck_where_it_does() -> None:
    """Middle C is the upper staff's second voice, then its first; no sound is lost."""
    assert notes_of([[60, 64], [60]]) == [(0, 1, 64, 1, 1), (0, 1, 60, 2, 1), (1, 1, 60, 1, 1)]


def test_silence_gives_a_score_without_notes() -> None:
    assert notes_of([[], []]) == []
