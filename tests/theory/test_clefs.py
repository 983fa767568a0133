"""Clefs and where they change."""

from __future__ import annotations

import numpy as np

from stretto.theory.clefs import BASS, KEYBOARD, QUARTET, TREBLE, clefs_of_staff, ledger_lines

BARS = [96 * bar for bar in range(8)]
RIGHT, LEFT = KEYBOARD


def signs(pitches: list[int], clefs: tuple, *, length: int = 24) -> list[tuple[int, str, int]]:  # type: ignore[type-arg]
    """(tick, sign, octaves) of the clefs of notes in a row; 0 = a rest."""
    onset = np.array([length * i for i, pitch in enumerate(pitches) if pitch])
    pitch_N = np.array([pitch for pitch in pitches if pitch])
    return [(tick, kind.sign, kind.shift) for tick, kind in clefs_of_staff(onset, onset + length, pitch_N, BARS, clefs)]


def test_ledger_lines_are_counted_above_and_below() -> None:
    pitch = np.array([60, 62, 64, 77, 79, 81, 84, 40, 57])
    assert ledger_lines(pitch, TREBLE).tolist() == [1, 0, 0, 0, 0, 1, 2, 7, 2]
    assert ledger_lines(pitch, BASS)[:1].tolist() == [1]


def test_a_few_low_notes_do_not_change_the_right_hands_clef() -> None:
    assert signs([72, 67, 57, 60, 64, 67, 72, 72], RIGHT) == [(0, "G", 0)]


def test_a_right_hand_that_stays_low_for_bars_reads_a_bass_clef_there_and_only_there() -> None:
    low = [72] * 4 + [48, 50, 52, 48] * 2 + [72] * 4
    assert signs(low, RIGHT) == [(0, "G", 0), (96, "F", 0), (288, "G", 0)]


def test_a_left_hand_that_begins_high_begins_in_treble() -> None:
    assert signs([72, 74, 76, 77] * 3, LEFT)[0] == (0, "G", 0)


def test_a_clef_changes_at_the_barline_before_the_notes_not_in_the_rests() -> None:
    found = signs([72] * 4 + [0] * 6 + [45] * 6, RIGHT)
    assert found == [(0, "G", 0), (192, "F", 0)]


def test_a_high_passage_is_written_an_octave_lower_and_leaves_as_it_came() -> None:
    high = [72] * 4 + [96, 98, 100, 101] * 2 + [72] * 4
    assert signs(high, RIGHT) == [(0, "G", 0), (96, "G", 1), (288, "G", 0)]


def test_notes_with_three_ledger_lines_stay_where_they_sound() -> None:
    assert signs([86, 88, 89, 88] * 6, RIGHT) == [(0, "G", 0)]


def test_a_long_passage_at_the_bottom_of_the_keyboard_is_written_an_octave_higher() -> None:
    low = [48] * 4 + [28, 26, 24, 23] * 3 + [48] * 4
    assert signs(low, LEFT) == [(0, "F", 0), (96, "F", -1), (384, "F", 0)]
    assert signs([48] * 4 + [28, 26, 24, 23] + [48] * 4, LEFT) == [(0, "F", 0)]


def test_the_viola_has_its_alto_clef_and_the_cello_tenor_only_for_long() -> None:
    _, _, viola, cello = QUARTET
    assert signs([60, 64, 67, 60], viola) == [(0, "C", 0)]
    assert signs([48, 52, 65, 48] * 2, cello) == [(0, "F", 0)]
    assert signs([36] * 4 + [67, 69, 71, 67] * 4, cello) == [(0, "F", 0), (96, "C", 0)]


def test_a_silent_staff_has_its_usual_clef() -> None:
    assert signs([], LEFT) == [(0, "F", 0)]


def test_no_clef_changes_while_a_note_is_held_if_it_can_be_elsewhere() -> None:
    """The low note is tied over the second barline."""
    onset = np.array([0, 24, 48, 72, 84, 120, 144, 168, 192, 216, 240])
    pitch = np.array([72, 72, 72, 72, 43, 45, 47, 48, 43, 45, 43])
    ends = np.append(onset[1:], 264)
    changes = [tick for tick, _ in clefs_of_staff(onset, ends, pitch, BARS, RIGHT)[1:]]
    assert changes == [84]
