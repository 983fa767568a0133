"""Exercises in parts: with a fault planted in each, and without any."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from stretto.score.model import Score

sys.path.insert(0, str(Path(__file__).parent.parent / "theory"))
from drawn_choir import choir, without_names

S, A, T, B = range(4)

OPENINGS = sorted((Path(__file__).parent.parent / "data" / "openings").glob("*.txt"))
"""First two phrases of twelve chorales, taken in the order of their numbers before any was checked."""

MISPRINTED = "bwv-104-06"
"""Its bass goes B A G sharp at the end of bar 3, an octave below the tenor; other editions have B A E D."""


@dataclass(frozen=True)
class Planted:
    """An exercise with a fault."""

    name: str
    score: Score
    rule: str
    bar: int
    beat: int
    parts: tuple[int, ...]
    brings: frozenset[str] = frozenset()
    """Other errors that come with it of necessity."""


PLANTED = [
    Planted(
        "fifths between tenor and bass, IV to V",
        choir("B4 C5 A4 B4", "D4 E4 F#4 G4", "G3 G3 A3 D4", "G2 C3 D3 G2", key="G major"),
        "parallel-fifths", 1, 3, (T, B),
    ),
    Planted(
        "octaves between soprano and bass, IV to V",
        choir("B4 C5 D5 D5", "G4 G4 F#4 G4", "D4 E4 A3 B3", "G2 C3 D3 G2", key="G major"),
        "parallel-octaves", 1, 3, (S, B),
    ),
    Planted(
        "octaves between tenor and bass, V to VI",
        choir("B4 A4 G4 C5 B4:4", "G4 F#4 G4 G4 G4:4", "D4 D4 E4 E4 D4:4", "G2 D3 E3 C3 G2:4", key="G major"),
        "parallel-octaves", 1, 3, (T, B),
    ),
    Planted(
        "fifths of soprano and bass with a note between",
        choir("E5:1/2 C5:1/2 D5 E5:2", "C5 B4 C5:2", "E4 G4 G4:2", "A3 G3 C3:2", key="C major"),
        "ornamented-parallels", 1, 2, (S, B),
    ),
    Planted(
        "a hidden octave of the outer voices",
        choir("C5 F5 D5 E5", "G4 A4 G4 G4", "C4 C4 B3 C4", "E3 F3 G3 C3", key="C major"),
        "hidden-octaves", 1, 2, (S, B),
    ),
    Planted(
        "a hidden fifth of the outer voices",
        choir("G4 C5 G4 G4", "C4 C4 D4 E4", "G3 A3 G3 G3", "E3 F3 B2 C3", key="C major"),
        "hidden-fifths", 1, 2, (S, B),
    ),
    Planted(
        "the leading tone in alto and tenor",
        choir("B4 C5 A4 B4", "G4 G4 F#4 G4", "D4 E4 F#4 D4", "G2 C3 D3 G2", key="G major"),
        "leading-tone-doubled", 1, 3, (A, T),
    ),
    Planted(
        "a leading tone of the soprano that falls",
        choir("G4 F#4 D4:2", "D4 D4 D4:2", "B3 A3 B3:2", "G2 D3 G3:2", key="G major"),
        "leading-tone-outer", 1, 3, (S,),
    ),
    Planted(
        "a seventh that rises",
        choir("B4 C5 D5:2", "G4 F#4 G4:2", "D4 D4 B3:2", "G2 D3 G2:2", key="G major"),
        "seventh-unresolved", 1, 3, (S,),
    ),
    Planted(
        "the seventh in soprano and tenor",
        choir("D5 C5 C5 B4", "G4 E4 F#4 G4", "B3 C4 C4 D4", "G2 A2 D3 G2", key="G major"),
        "seventh-doubled", 1, 3, (S, T),
        frozenset({"seventh-unresolved"}),
    ),
    Planted(
        "soprano and alto more than an octave apart",
        choir("E5 D5 C5:2", "C4 B3 C4:2", "G3 G3 E3:2", "C3 G2 C3:2", key="C major"),
        "spacing", 1, 1, (S, A),
    ),
    Planted(
        "an alto above the soprano",
        choir("C5 A4 B4 C5", "E4 C5 G4 G4", "G3 A3 D4 E4", "C3 F3 G3 C3", key="C major"),
        "crossing", 1, 2, (S, A),
    ),
    Planted(
        "a tenor below the bass",
        choir("C5 C5:2 B4 C5:4", "E4 F4:2 G4 G4:4", "G3 F3:2 D4 E4:4", "C3 A3:2 G3 C3:4", key="C major"),
        "crossing", 1, 2, (T, B),
    ),
    Planted(
        "an augmented second in minor",
        choir("E4 F4 G#4 A4", "C4 D4 B3 C4", "A3 A3 E3 E3", "A2 D3 E3 A2", key="A minor"),
        "augmented-interval", 1, 3, (S,),
    ),
    Planted(
        "the same from MIDI, without the names of notes",
        without_names(choir("E4 F4 G#4 A4", "C4 D4 B3 C4", "A3 A3 E3 E3", "A2 D3 E3 A2")),
        "augmented-interval", 1, 3, (S,),
    ),
    Planted(
        "a minor dominant at the close",
        choir("A4 A4 G4 A4", "E4 F4 E4 E4", "C4 D4 B3 C4", "A2 D3 E3 A2", key="A minor"),
        "leading-tone-not-raised", 1, 3, (S,),
    ),
    Planted(
        "a six-four chord that is left by leap",
        choir("C5 B4 C5 C5 B4 C5:3", "E4 D4 E4 F4 D4 E4:3", "G3 G3 E3 A3 G3 G3:3", "C3 D3 A2 F2 G2 C3:3",
              key="C major"),
        "six-four", 1, 2, (B,),
    ),
    Planted(
        "a tenor too high",
        choir("F#5 G5 E5 F#5", "D5 D5 C#5 D5", "A4 B4 A4 A4", "D3 G3 A3 D3", key="D major"),
        "range", 1, 2, (T,),
    ),
    Planted(
        "a dominant without its third",
        choir("C5 D5 C5:2", "G4 G4 G4:2", "E4 D4 E4:2", "C3 G2 C3:2", key="C major"),
        "third-missing", 1, 2, (S, A, T, B),
    ),
    Planted(
        "a close on the first inversion",
        choir("C5 C5 B4 C5", "E4 F4 D4 C4", "G3 A3 G3 G3", "C3 F3 G3 E3", key="C major"),
        "final-chord", 1, 4, (S, A, T, B),
    ),
    Planted(
        "a dissonance that is leapt to and left by leap",
        choir("C5 B4 C5:2", "E4 A4 E4:2", "G3 D4 G3:2", "C3 G2 C3:2", key="C major"),
        "dissonance", 1, 2, (A,),
    ),
    Planted(
        "a suspension that does not resolve",
        choir("C5 C5:2 G4 G4:4", "E4 F4 D4:2 E4:4", "G3 A3 B3:2 C4:4", "C3 F3 G3:2 C3:4", key="C major"),
        "dissonance", 1, 3, (S,),
    ),
    Planted(
        "a bass that leaps a tenth",
        choir("C5 C5 C5 B4 C5:4", "G4 A4 A4 G4 G4:4", "E4 E4 F4 D4 E4:4", "C4 A2 F2 G2 C3:4", key="C major"),
        "leap-beyond-octave", 1, 2, (B,),
    ),
    Planted(
        "a dominant seventh without its third",
        choir("C5 D5 C5 B4 C5:4", "E4 F4 E4 D4 E4:4", "G3 G3 G3 G3 G3:4", "C3 G2 C3 G2 C3:4", key="C major"),
        "third-missing", 1, 2, (S, A, T, B),
    ),
    Planted(
        "a leading tone in soprano and bass of a chord without its root",
        choir("C5 B4 C5:2", "G4 D4 E4:2", "E4 D4 C4:2", "C3 B2 C3:2", key="C major"),
        "leading-tone-doubled", 1, 2, (S, B),
        frozenset({"parallel-octaves"}),
    ),
    Planted(
        "a seventh of the second degree that leaps away",
        choir("C5 C5 G4 G4 G4:4", "G4 F4 D4 D4 E4:4", "E4 A3 B3 B3 C4:4", "C3 D3 G3 G2 C3:4", key="C major"),
        "seventh-leaps", 1, 3, (S,),
    ),
    Planted(
        "a minor dominant in major",
        choir("C5 A4 G4 G4", "G4 F4 D4 E4", "E4 C4 Bb3 C4", "C3 F3 G3 C3", key="C major"),
        "leading-tone-not-raised", 1, 3, (T,),
    ),
    Planted(
        "an accidental where none belongs",
        choir("C5 C#5 B4 C5", "G4 A4 G4 G4", "E4 F4 D4 E4", "C3 F3 G2 C3", key="C major"),
        "accidental", 1, 2, (S,),
    ),
    Planted(
        "octaves between soprano and bass by contrary motion",
        choir("B4 D5 G4:2", "D4 F#4 G4:2", "B3 A3 B3:2", "G3 D3 G3:2", key="G major"),
        "contrary-outer", 1, 3, (S, B),
    ),
    Planted(
        "a soprano that leaps a seventh",
        choir("E4 D4 C5 B4 C5:4", "C4 B3 E4 G4 G4:4", "G3 G3 C4 D4 E4:4", "C3 G2 A2 G2 C3:4", key="C major"),
        "leap-of-seventh", 1, 3, (S,),
    ),
    Planted(
        "fifths in three voices",
        choir("C5 A4 B4 C5", "E4 C4 D4 E4", "C3 F3 G3 C3", key="C major"),
        "parallel-fifths", 1, 3, (1, 2),
    ),
]  # fmt: skip

CLEAN = {
    "I IV V I": choir("B4 C5 A4 B4", "G4 G4 F#4 G4", "D4 E4 D4 D4", "G2 C3 D3 G2", key="G major"),
    "I ii65 V7 I": choir("C5 C5 B4 C5", "G4 A4 F4 E4", "E4 D4 D4 C4", "C3 F3 G3 C3", key="C major"),
    "a cadential six-four": choir(
        "C5:2 C5:2 C5 B4 C5:2", "E4:2 F4:2 E4 D4 C4:2", "G3:2 A3:2 G3 F3 E3:2", "C3:2 F2:2 G2 G2 C3:2", key="C major"
    ),
    "a deceptive cadence": choir(
        "C5 B4 C5 A4 B4:2 C5:2", "G4 G4 E4 F4 F4:2 E4:2", "E4 D4 C4 D4 D4:2 C4:2", "C3 G3 A3 F3 G3:2 C3:2",
        key="C major",
    ),
    "a dominant of the dominant": choir(
        "C5 C5 D5 D5 E5:4", "G4 G4 A4 G4 G4:4", "E4 C4 C4 B3 C4:4", "C3 E3 F#3 G3 C3:4", key="C major"
    ),
    "a suspension": choir("C5 C5:2 B4 C5:4", "E4 F4 D4:2 E4:4", "G3 A3 G3:2 G3:4", "C3 F3 G3:2 C3:4", key="C major"),
    "a Phrygian half cadence": choir("A4 A4 G#4:2", "E4 D4 E4:2", "C4 A3 B3:2", "A3 F3 E3:2", key="A minor"),
    "raised degrees in a rising line": choir(
        "E4 F#4 G#4 A4", "C4 D4 B3 C4", "A3 A3 E3 E3", "A2 D3 E3 A2", key="A minor"
    ),
    "a major close in minor": choir("A4 A4 G#4 A4", "E4 F4 E4 E4", "C4 D4 B3 C#4", "A2 D3 E3 A2", key="A minor"),
    "a passing six-four": choir(
        "E5 D5 C5 D5 D5:2 C5:2", "G4 G4 G4 F4 D4:2 E4:2", "C4 B3 C4 A3 B3:2 C4:2", "C3 D3 E3 F3 G3:2 C3:2",
        key="C major",
    ),
    "chords over a held bass": choir(
        "C5 C5 B4 C5", "G4 A4 G4 G4", "E4 F4 D4 E4", "C3 C3 C3 C3", key="C major"
    ),
    "a chromatic line up and down": choir(
        "C5 C#5 D5 D5 C5:4", "G4 G4 A4 F4 E4:4", "E4 E4 D4 B3 C4:4", "C3 A2 F2 G2 C3:4", key="C major"
    ),
    "three voices that end on one note": choir("E5 D5 C5:2", "C5 B4 C5:2", "C4 G3 C4:2", key="C major"),
    "a passing note": choir(
        "E5:1/2 D5:1/2 C5 D5 D5 C5:4", "G4 G4 F4 D4 E4:4", "C4 C4 A3 B3 C4:4", "C3 E3 F3 G3 C3:4", key="C major"
    ),
    "three voices": choir("E5 F5 D5 E5", "C5 A4 B4 C5", "C4 F3 G3 C4", key="C major"),
    "the first phrase of Old Hundredth": choir(
        "G4 G4 F#4 E4 D4 G4 A4 B4:2", "D4 D4 D4 B3 B3 B3 D4 D4:2", "B3 B3 A3 G3 G3 G3 F#3 G3:2",
        "G3 G3 D3 E3 B2 E3 D3 G2:2", key="G major", pickup=24,
    ),
}  # fmt: skip
"""As textbooks write them; the tune of the last is Bourgeois's of 1551."""
