"""How a line moves."""

from __future__ import annotations

import pytest
from drawn_choir import choir, without_names

from stretto.theory.key import estimate_key, parse_key
from stretto.theory.melodic import (
    interval_name,
    is_augmented,
    is_diminished,
    leaps_in_one_direction,
    leaps_wide,
    misnamed,
    sevenths,
    steps_of,
    turns_back,
)
from stretto.theory.texture import Sung, Texture


def line(notes: str, *, named: bool = True, key: str = "") -> tuple[Sung, ...]:
    score = choir(notes)
    score = score if named else without_names(score)
    return Texture(score, (0,), parse_key(key) if key else estimate_key(score)).lines[0]


@pytest.mark.parametrize(
    ("notes", "name"),
    [
        ("F4 G#4", "augmented second"),
        ("G#4 F4", "augmented second"),
        ("F4 B4", "augmented fourth"),
        ("B3 F4", "diminished fifth"),
        ("C4 F4", "perfect fourth"),
        ("C4 C5", "octave"),
        ("C4 E5", "major octave and a third"),
        ("C4 C4", "unison"),
        ("C4 C#4", "augmented unison"),
        ("G#4 C5", "diminished fourth"),
        ("B4 C5", "minor second"),
    ],
)
def test_intervals_are_named_as_written(notes: str, name: str) -> None:
    assert interval_name(*line(notes)) == name


def test_augmented_intervals_are_those_that_sound_so() -> None:
    assert is_augmented(*line("A4 F4 G#4 A4", key="A minor")[1:3])
    assert is_augmented(*line("A4 F4 G#4 A4", named=False, key="A minor")[1:3])
    assert not is_augmented(*line("C4 C#4"))  # a chromatic semitone is sung easily


def test_a_wrong_name_makes_no_augmented_interval() -> None:
    """D sharp for E flat, after C in C minor: a minor third that is written as an augmented second."""
    assert not is_augmented(*line("G4 C4 D#4 D4 C4", key="C minor")[1:3])


def test_diminished_intervals_are_told() -> None:
    assert is_diminished(*line("C5 G#4 A4", key="A minor")[:2])
    assert not is_diminished(*line("C5 G4", key="C major"))


def test_sevenths_and_wider_leaps_are_told() -> None:
    assert [(a.name, b.name) for a, b in sevenths(line("C4 B4 C5 D4 D5"))] == [("C4", "B4"), ("C5", "D4")]
    assert [(a.name, b.name) for a, b in leaps_wide(line("C4 C5 A3 D5"))] == [("C5", "A3"), ("A3", "D5")]


def test_a_rest_takes_the_leap_away() -> None:
    assert list(steps_of(line("C4 r B4"))) == []


def test_a_leap_turns_back_or_goes_on() -> None:
    c, a, g, b = line("C4 A4 G4 B4")
    assert turns_back(c, a, g)
    assert not turns_back(c, a, b)
    assert turns_back(c, a, None)


def test_two_leaps_one_way_are_told_where_they_span_a_seventh() -> None:
    found = list(leaps_in_one_direction(line("C4 F4 B4 C5 G4 E4 C4")))
    assert [[note.name for note in three] for three in found] == [["C4", "F4", "B4"]]


@pytest.mark.parametrize(
    ("notes", "told"),
    [
        ("C4 D4 E4 F4 Ab4 Ab4 A4 G4 E4 C4", ["Ab4"]),
        ("C4 D4 E4 F4 F#4 G4 E4 D4 C4", []),
        ("C5 B4 Bb4 A4 G4 E4 D4 C4", []),
        ("C4 D4 E4 C4", []),
    ],
)
def test_a_name_that_neither_sounds_nor_leads_anywhere_is_told_once(notes: str, told: list[str]) -> None:
    assert [note.name for note in misnamed(line(notes, key="A minor"))] == told


def test_notes_without_names_have_none_that_is_wrong() -> None:
    assert list(misnamed(line("A4 G#4 A4 Bb4 B4 C5", named=False))) == []
