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
        ("Csus4", {0, 5, 7}, 0),
        ("Csus", {0, 5, 7}, 0),
        ("Gsus2", {7, 9, 2}, 7),
        ("D7sus4/A", {2, 7, 9, 0}, 9),
        ("C6", {0, 4, 7, 9}, 0),
        ("Am6", {9, 0, 4, 6}, 9),
        ("Cadd9", {0, 4, 7}, 0),
        ("D7(b9)", {2, 6, 9, 0}, 2),
        ("C9", {0, 4, 7, 10}, 0),
        ("Bdim7", {11, 2, 5, 8}, 11),
        ("Fmaj9", {5, 9, 0, 4}, 5),
        ("C5", {0, 7}, 0),
        ("G7b5", {7, 11, 1, 5}, 7),
        ("Eaug7", {4, 8, 0, 2}, 4),
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
        ("G", ("Gmaj", "Gmajor", "Gadd9", "Gadd#11", "G2")),
        ("Gm", ("Gmin", "Gminor", "G-", "Gm(add9)")),
        ("G6", ("G6/9", "G69", "Gmaj6")),
        ("Gm6", ("Gmin6", "G-6", "Gm6/9")),
        ("G7sus4", ("G7sus", "G9sus4", "G13sus")),
        ("G7b9", ("G7(b9,#11)", "G7(no5)")),
        ("G5", ("G(no3)",)),
        ("G°7", ("Gdim7", "Go7")),
        ("Gø7", ("Gø", "Gm7b5", "Gm7(b5)", "G-7b5")),
        ("Gaug", ("G+",)),
    ],
)
def test_a_chord_has_many_ways_to_be_written(plain: str, others: tuple[str, ...]) -> None:
    key = parse_key("C major")
    assert {chord_named(name, key).classes for name in others} == {chord_named(plain, key).classes}


@pytest.mark.parametrize("name", ["H", "G7b4", "Gmm", "G7/9", "I9", "V7/", "Gsus3", "Gsus2sus4", "", "VIII", "g"])
def test_what_is_no_chord_is_refused(name: str) -> None:
    with pytest.raises(RequestError, match="chord"):
        chord_named(name, parse_key("C major"))


def test_a_chord_is_known_by_all_but_a_perfect_fifth() -> None:
    """A suspension stands for the third; a fifth that is not perfect, or alone above the root, is the chord's mark."""
    assert chord_named("ii", parse_key("C major")).essential == {2, 5}
    assert chord_named("V7", parse_key("C major")).essential == {7, 11, 5}
    named = {name: chord_named(name, parse_key("C major")).essential for name in ("Csus4", "C5", "C+", "B°", "Am6")}
    assert named == {"Csus4": {0, 5}, "C5": {0, 7}, "C+": {0, 4, 8}, "B°": {11, 2, 5}, "Am6": {9, 0, 6}}
