"""Chords from sounding pitches."""

from __future__ import annotations

import doctest

import pytest
from drawn_choir import choir
from music21 import corpus

from stretto.theory import chords
from stretto.theory.chords import Chord, chord_at, chord_of

THEIR_NAMES = {
    "major triad": "major",
    "minor triad": "minor",
    "diminished triad": "diminished",
    "augmented triad": "augmented",
    "dominant seventh chord": "dominant seventh",
    "minor seventh chord": "minor seventh",
    "major seventh chord": "major seventh",
    "half-diminished seventh chord": "half-diminished seventh",
    "diminished seventh chord": "diminished seventh",
    "minor-augmented tetrachord": "minor-major seventh",
}

SYMMETRICAL = ("augmented", "diminished seventh")
"""Without names, any of their notes can be the root."""


@pytest.mark.parametrize("name", ["bwv66.6", "bwv269", "bwv277"])
def test_chords_of_real_chorales_are_what_music21_calls_them(name: str) -> None:
    """Quality, root and inversion of every triad and seventh; music21 sees the names, this only the pitches."""
    compared = 0
    for theirs in corpus.parse(f"bach/{name}").chordify().recurse().getElementsByClass("Chord"):
        quality = THEIR_NAMES.get(theirs.commonName)
        mine = chord_of(pitch.midi for pitch in theirs.pitches)
        if quality is None:
            # music21 does not name what lacks its fifth, nor a chord that is spelled as another.
            assert mine is None or not mine.complete or "enharmonic" in theirs.commonName, theirs
            continue
        compared += 1
        assert mine is not None and mine.quality == quality, theirs
        if quality not in SYMMETRICAL:
            assert (mine.root, mine.inversion) == (theirs.root().pitchClass, theirs.inversion()), theirs
    assert compared > 40


@pytest.mark.parametrize(
    ("pitches", "chord"),
    [
        ((48, 64, 67, 72), Chord(0, "major", 0, True)),
        ((52, 60, 67), Chord(0, "major", 1, True)),
        ((55, 60, 64), Chord(0, "major", 2, True)),
        ((53, 59, 62, 67), Chord(7, "dominant seventh", 3, True)),
        ((57, 60, 64, 67), Chord(9, "minor seventh", 0, True)),
        ((48, 64), Chord(0, "major", 0, False)),
        ((57, 60), Chord(9, "minor", 0, False)),
        ((55, 65, 71), Chord(7, "dominant seventh", 0, False)),
        ((60, 64, 68), Chord(0, "augmented", 0, True)),
        ((47, 62, 65, 68), Chord(11, "diminished seventh", 0, True)),
        ((50, 65, 68, 71), Chord(2, "diminished seventh", 0, True)),
    ],
)
def test_a_chord_has_root_quality_and_inversion(pitches: tuple[int, ...], chord: Chord) -> None:
    """With and without its fifth; the lowest pitch is the bass."""
    assert chord_of(pitches) == chord


@pytest.mark.parametrize("pitches", [(), (60,), (60, 67), (60, 62), (60, 62, 64), (60, 65, 67), (60, 61, 62, 63)])
def test_what_is_no_chord_is_none(pitches: tuple[int, ...]) -> None:
    """Silence, one pitch, a bare fifth, clusters, a suspension."""
    assert chord_of(pitches) is None


def test_the_chord_at_a_tick_is_of_what_sounds_there() -> None:
    """A suspended fourth resolves on the third eighth."""
    score = choir("C5:2", "F4:1 E4:1", "G3:2", "C3:2")
    assert chord_at(score, 0) is None
    assert chord_at(score, 24) == Chord(0, "major", 0, True)
    assert chord_at(score, 48) is None


def test_the_examples_in_the_docstrings_run() -> None:
    """Doctest."""
    assert doctest.testmod(chords).failed == 0
