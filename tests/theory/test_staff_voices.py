"""Voices on one staff."""

from __future__ import annotations

import numpy as np
import pytest

from stretto.score.model import Notes
from stretto.score.sketch import sketch
from stretto.theory.staff_voices import legible_ends, staff_voices

BARS = [0, 96, 192]


def voices(drawing: str, *, step: int = 12) -> dict[int, list[int]]:
    """Of every voice its pitches, by onset and from the lowest."""
    notes = sketch(drawing, step=step)
    notes = notes[np.lexsort((notes["pitch"], notes["onset"]))]
    voice_N = staff_voices(*columns(notes), BARS)
    return {voice: notes["pitch"][voice_N == voice].tolist() for voice in sorted(set(voice_N.tolist()))}


def columns(notes: Notes) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    onset, duration, pitch = (notes[name].astype(np.int64) for name in ("onset", "duration", "pitch"))
    return onset, duration, pitch


def test_chords_whose_notes_last_alike_are_one_voice() -> None:
    found = voices("""
        67 | x-x-x---
        64 | x-x-x---
    """)
    assert list(found) == [1]


def test_a_melody_over_a_held_note_is_the_upper_voice() -> None:
    found = voices("""
        67 | x-x-x-x-
        60 | x-------
    """)
    assert found == {1: [67, 67, 67, 67], 2: [60]}


def test_a_held_note_over_a_moving_one_is_the_upper_voice() -> None:
    found = voices("""
        72 | x-------
        64 | x-x-x-x-
    """)
    assert found == {1: [72], 2: [64, 64, 64, 64]}


def test_offbeat_chords_over_a_held_bass_are_a_voice_of_their_own() -> None:
    found = voices("""
        64 | .x.x.x.x
        60 | .x.x.x.x
        48 | x-------
    """)
    assert found == {1: [60, 64] * 4, 2: [48]}


def test_a_second_voice_is_there_only_in_the_bar_that_needs_it() -> None:
    """The second bar is chords again."""
    found = voices("""
        67 | x-x-x-x- x---x---
        60 | x------- x---x---
    """)
    assert found[2] == [60]
    assert found[1] == [67, 67, 67, 67, 60, 67, 60, 67]


def test_a_third_voice_is_there_where_three_rhythms_are() -> None:
    found = voices("""
        76 | x-------
        69 | .x-x-x--
        64 | x-x-x-x-
        60 | x-x-x-x-
    """)
    assert sorted(found) == [1, 2, 3]
    assert found[1] == [76]
    assert found[3] == [69, 69, 69]


def test_a_lone_line_after_a_held_note_is_the_upper_voice_again() -> None:
    found = voices("""
        67 | x-x-....
        65 | ....x-x-
        60 | x---....
    """)
    assert found == {1: [67, 67, 65, 65], 2: [60]}


def test_every_voice_is_over_before_it_strikes_again_if_two_voices_can_do_it() -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        rows = []
        for pitch in (72, 60):
            tick = 0
            while tick < 192:
                length = min(int(rng.choice([6, 12, 18, 24])), 192 - tick)
                rows.append((tick, length, pitch + int(rng.integers(0, 5))))
                tick += length
        onset, duration, pitch_N = np.array(sorted(rows, key=lambda row: (row[0], row[2]))).T
        voice_N = staff_voices(onset, duration, pitch_N, BARS)
        for voice in set(voice_N.tolist()):
            own = voice_N == voice
            starts, ends = onset[own], (onset + duration)[own]
            together = np.diff(starts) == 0
            assert np.all(np.where(together, np.diff(ends) == 0, ends[:-1] <= starts[1:]))


def test_an_end_a_trifle_late_is_where_the_next_note_begins() -> None:
    onset, duration = np.array([0, 24, 48]), np.array([25, 23, 24])
    assert legible_ends(onset, duration, BARS).tolist() == [24, 24, 24]


def test_an_end_on_a_triplet_or_a_32nd_stays() -> None:
    onset, duration = np.array([0, 8, 16, 24]), np.array([8, 8, 8, 21])
    assert legible_ends(onset, duration, BARS).tolist() == [8, 8, 8, 21]


def test_notes_of_a_quintuplet_keep_their_lengths() -> None:
    onset, duration = np.array([0, 5, 10, 14, 19, 24]), np.array([5, 5, 4, 5, 5, 24])
    assert legible_ends(onset, duration, BARS).tolist() == duration.tolist()


@pytest.mark.parametrize(
    ("onset", "duration", "written"),
    [(42, 2, 3), (40, 2, 4), (42, 6, 6), (40, 8, 8), (36, 8, 8), (36, 9, 9), (42, 10, 10), (32, 5, 4)],
)
def test_no_32nd_is_followed_by_what_is_left_of_a_triplet(onset: int, duration: int, written: int) -> None:
    """Within a quarter a note ends on the grid on which it begins."""
    assert legible_ends(np.array([onset]), np.array([duration]), BARS).tolist() == [written]
