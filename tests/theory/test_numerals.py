"""Numerals: what a chord is called in a key, and back."""

from __future__ import annotations

import pytest
from drawn_choir import spelled

from stretto.theory.chords import ALTERED, QUALITIES, Chord, chord_of
from stretto.theory.key import ALL_KEYS, parse_key
from stretto.theory.numerals import chord_spelled, numeral_of
from stretto.theory.roman import chord_named


def named(notes: str, key: str) -> str:
    pitches, fifths = zip(*(spelled(note) for note in notes.split()), strict=True)
    chord = chord_spelled(pitches, fifths, parse_key(key))
    assert chord is not None
    return numeral_of(chord, parse_key(key))


@pytest.mark.parametrize(
    ("notes", "key", "numeral"),
    [
        ("C3 G3 E4", "C major", "I"),
        ("G3 C4 E4", "C major", "I64"),
        ("F3 A3 D4", "C major", "ii6"),
        ("B2 D3 F3 G3", "C major", "V65"),
        ("F2 D3 G3 B3", "C major", "V42"),
        ("D3 F#3 A3 C4", "C major", "V7/V"),
        ("C#3 E3 A3 G3", "C major", "V65/ii"),
        ("F3 Ab3 Db4", "C major", "bII6"),
        ("D3 F3 B3", "C minor", "viio6"),
        ("B2 D3 F3 Ab3", "C minor", "viio7"),
        ("D3 F3 Ab3 B3", "C minor", "viio65"),
        ("D3 F3 Ab3 C4", "C minor", "iiø7"),
        ("Ab2 C3 F#3", "C minor", "It6"),
        ("Ab2 C3 Eb3 F#3", "C minor", "Ger65"),
        ("Ab2 C3 D3 F#3", "C major", "Fr43"),
        ("Ab2 C3 Eb3 Gb3", "C minor", "V7/bII"),
        ("F#2 A2 C3 Eb3", "G minor", "viio7"),
        ("F#2 A2 C3 Eb3", "C minor", "viio7/V"),
        ("C3 E3 G3", "C minor", "I"),
        ("Eb3 G3 B3", "C minor", "III+"),
    ],
)
def test_a_chord_is_called_as_it_is_figured_by_hand(notes: str, key: str, numeral: str) -> None:
    assert named(notes, key) == numeral


def test_every_chord_has_a_name_that_is_read_back_as_that_chord() -> None:
    """All roots, qualities and inversions, in all keys, whatever follows."""
    shapes = {**QUALITIES, **ALTERED}
    for key in ALL_KEYS:
        follows = [None, *(Chord((key.tonic + up) % 12, "major", 0, True) for up in (3, 5, 10))]
        for quality, steps in shapes.items():
            for root in range(12):
                for inversion, step in enumerate(steps):
                    for following in follows:
                        name = numeral_of(Chord(root, quality, inversion, True), key, following=following)
                        read = chord_named(name, key)
                        assert read.classes == {(root + s) % 12 for s in steps}, (key, name)
                        assert read.bass == (root + step) % 12, (key, name)


@pytest.mark.parametrize(("following", "numeral"), [([63, 67, 70], "V7/III"), ([60, 63, 67], "VII7")])
def test_what_follows_tells_two_names_of_one_chord(following: list[int], numeral: str) -> None:
    """B flat seventh in C minor is the dominant of E flat where that follows, else the seventh degree."""
    chord = chord_of([58, 62, 65, 68])
    assert chord is not None
    assert numeral_of(chord, parse_key("C minor"), following=chord_of(following)) == numeral


def test_a_chord_without_names_is_a_sixth_on_the_lowered_sixth_degree() -> None:
    """Heard as MIDI: A flat, C, E flat, F sharp in C minor."""
    chord = chord_spelled([56, 60, 63, 66], [127] * 4, parse_key("C minor"))
    assert chord is not None and chord.quality == "German sixth"
