"""Chords by name, beside the same names read by music21."""

from __future__ import annotations

import pytest

from stretto.errors import RequestError
from stretto.theory.key import parse_key
from stretto.theory.roman import chord_named

MAJOR = [
    "I",
    "ii",
    "iii",
    "IV",
    "V",
    "vi",
    "vii°",
    "I6",
    "ii6",
    "I64",
    "V7",
    "V65",
    "V43",
    "V42",
    "ii65",
    "V7/V",
    "V/vi",
]
MINOR = ["i", "iv", "V", "V7", "VI", "III", "i6", "vii°", "V65", "iv6", "VII"]


@pytest.mark.parametrize(
    ("key", "name"), [*(("D major", name) for name in MAJOR), *(("G minor", name) for name in MINOR)]
)
def test_numerals_are_read_as_music21_reads_them(key: str, name: str) -> None:
    roman = pytest.importorskip("music21.roman")
    tonic, mode = key.split()
    theirs = roman.RomanNumeral(name.replace("°", "o"), tonic if mode == "major" else tonic.lower())
    ours = chord_named(name, parse_key(key))
    assert ours.classes == {pitch.pitchClass for pitch in theirs.pitches}
    assert ours.bass == theirs.bass().pitchClass


@pytest.mark.parametrize(
    ("name", "classes", "bass"),
    [
        ("G", {7, 11, 2}, 7),
        ("F#m", {6, 9, 1}, 6),
        ("Bb7", {10, 2, 5, 8}, 10),
        ("D7/F#", {2, 6, 9, 0}, 6),
        ("Cmaj7", {0, 4, 7, 11}, 0),
        ("E°7", {4, 7, 10, 1}, 4),
        ("Am7b5", {9, 0, 3, 7}, 9),
    ],
)
def test_letters_are_read(name: str, classes: set[int], bass: int) -> None:
    chord = chord_named(name, parse_key("C major"))
    assert chord.classes == classes and chord.bass == bass


@pytest.mark.parametrize(
    ("plain", "others"),
    [
        ("Gm7", ("Gmin7", "Gmi7", "G-7", "Gm9", "Gm11")),
        ("Gmaj7", ("GM7", "Gma7", "GMaj7", "GΔ", "GΔ7", "Gmaj9")),
        ("G7", ("G9", "G13", "G7b9", "G7(#11)")),
        ("G", ("Gmaj", "Gmajor", "G6", "G6/9", "Gadd9")),
        ("Gm", ("Gmin", "Gminor", "G-", "Gm6", "Gm(add9)")),
        ("G°7", ("Gdim7", "Go7")),
        ("Gø7", ("Gø", "Gm7b5", "Gm7(b5)", "G-7b5")),
        ("Gaug", ("G+",)),
    ],
)
def test_a_chord_has_many_ways_to_be_written(plain: str, others: tuple[str, ...]) -> None:
    key = parse_key("C major")
    assert {chord_named(name, key).classes for name in others} == {chord_named(plain, key).classes}


@pytest.mark.parametrize("name", ["H", "G7b5", "Gmm", "G7/9", "I9", "V7/", "Gsus", "", "VIII", "g"])
def test_what_is_no_chord_is_refused(name: str) -> None:
    with pytest.raises(RequestError, match="chord"):
        chord_named(name, parse_key("C major"))


def test_a_chord_is_known_by_all_but_its_fifth() -> None:
    assert chord_named("ii", parse_key("C major")).essential == {2, 5}
    assert chord_named("V7", parse_key("C major")).essential == {7, 11, 5}
