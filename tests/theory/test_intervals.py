"""Intervals as they are written: names, consonance, and how two voices move."""

from __future__ import annotations

import pytest
from drawn_choir import spelled

from stretto.theory.intervals import Interval, motion, staff_place


def way(low: str, high: str) -> Interval:
    (p, f), (q, g) = spelled(low), spelled(high)
    return Interval(staff_place(q, g) - staff_place(p, f), q - p)


@pytest.mark.parametrize(
    ("low", "high", "name"),
    [
        ("C4", "C4", "P1"),
        ("C4", "E4", "M3"),
        ("C#4", "F4", "d4"),
        ("C4", "D#4", "A2"),
        ("F3", "B3", "A4"),
        ("B3", "F4", "d5"),
        ("D4", "Bb4", "m6"),
        ("D4", "C5", "m7"),
        ("D4", "D5", "P8"),
        ("E4", "G5", "m10"),
        ("A5", "D4", "P12"),
        ("C5", "B#4", "d2"),
        ("Bb4", "B4", "A1"),
        ("Cb4", "C##4", "AAA1"),
        ("B#3", "F4", "dd5"),
    ],
)
def test_an_interval_is_named_as_it_is_written(low: str, high: str, name: str) -> None:
    assert str(way(low, high)) == name


def test_the_fourth_is_a_dissonance_in_two_voices_and_so_is_every_altered_interval() -> None:
    """Thirds and sixths that are not major or minor sound like consonances and are none."""
    consonant = ["C4", "Eb4", "E4", "G4", "Ab4", "A4", "C5", "E5", "G5"]
    dissonant = ["D4", "D#4", "F4", "F#4", "Gb4", "G#4", "B4", "Bb4", "C#5", "Ebb4"]
    assert [name for name in (*consonant, *dissonant) if way("C4", name).is_consonant] == consonant
    assert [name for name in consonant if way("C4", name).is_perfect] == ["C4", "G4", "C5", "G5"]


def test_perfect_intervals_are_told_by_name_with_their_octaves() -> None:
    names = ["C4", "C#4", "F4", "F#4", "Gb4", "G4", "G#4", "B#4", "C5", "G5", "C6"]
    assert [name for name in names if way("C4", name).is_fifth] == ["G4", "G5"]
    assert [name for name in names if way("C4", name).is_octave] == ["C4", "C5", "C6"]
    assert [name for name in names if way("C4", name).is_unison] == ["C4"]
    assert not way("C4", "Dbb4").is_unison and way("C4", "Dbb4").semitones == 0


@pytest.mark.parametrize(
    ("upper", "lower", "how"),
    [
        (("C5", "D5"), ("A4", "G4"), "contrary"),
        (("C5", "D5"), ("A4", "A4"), "oblique"),
        (("C5", "D5"), ("A4", "C5"), "similar"),
        (("C5", "D5"), ("F4", "G4"), "parallel"),
        (("F5", "E5"), ("B4", "A4"), "parallel"),
        (("C5", "C5"), ("A4", "A4"), "still"),
    ],
)
def test_two_voices_move(upper: tuple[str, str], lower: tuple[str, str], how: str) -> None:
    """A diminished fifth that becomes a perfect one is parallel motion: the number stays."""
    assert motion(way(*upper), way(*lower)) == how


def test_the_staff_has_a_place_for_every_name() -> None:
    """C sharp and C flat stand where C stands; B sharp 3 sounds as C 4 and stands below."""
    assert [staff_place(*spelled(name)) for name in ("C4", "C#4", "Cb4", "B#3", "B3", "D4", "C5")] == [
        28, 28, 28, 27, 27, 29, 35,
    ]  # fmt: skip
