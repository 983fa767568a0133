"""MusicXML's words beside ours: steps, note values, barlines, chord kinds, and how intervals move names."""

from __future__ import annotations

from fractions import Fraction

FIFTHS_OF_STEP = {"F": -1, "C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5}
SEMITONES_OF_STEP = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
STEPS = "CDEFGAB"

QUARTERS_OF_TYPE = {
    "maxima": Fraction(32), "long": Fraction(16), "breve": Fraction(8), "whole": Fraction(4), "half": Fraction(2),
    "quarter": Fraction(1), "eighth": Fraction(1, 2), "16th": Fraction(1, 4), "32nd": Fraction(1, 8),
    "64th": Fraction(1, 16), "128th": Fraction(1, 32), "256th": Fraction(1, 64), "512th": Fraction(1, 128),
    "1024th": Fraction(1, 256),
}  # fmt: skip

BARLINES = {"light-light": "double", "light-heavy": "final", "regular": ""}
"""Bar styles that we call otherwise; the rest ("dashed", "none", "heavy-light", ...) keep MusicXML's name."""
BAR_STYLES = {ours: theirs for theirs, ours in BARLINES.items() if ours}

IMPLIED = "implied-"
"""Beginning of the `id` of what our writer adds of its own accord: a tie inside a bar, a bracket over a triplet, a
clef, the last barline. The reader leaves such things out of the Score again, so writing and reading change nothing."""

NUMBERED = "numbered-"
"""Beginning of the `id` of both ends of a span whose own number is taken where it stands, or that ends where it
begins: the Score's number follows, then what only this span has."""

VOICED = "voiced-"
"""Beginning of the `id` of notes that are written in a voice of their own, since they overlap the rest of theirs on
another staff: the Score's voice follows."""

STATED = "stated-"
"""Beginning of the `id` of a heavy barline at a repeat sign that the Score itself calls final."""

KINDS = {
    "major": "", "minor": "m", "augmented": "+", "diminished": "dim", "dominant": "7", "major-seventh": "maj7",
    "minor-seventh": "m7", "diminished-seventh": "dim7", "augmented-seventh": "+7", "half-diminished": "m7b5",
    "major-minor": "m(maj7)", "major-sixth": "6", "minor-sixth": "m6", "dominant-ninth": "9", "major-ninth": "maj9",
    "minor-ninth": "m9", "dominant-11th": "11", "major-11th": "maj11", "minor-11th": "m11", "dominant-13th": "13",
    "major-13th": "maj13", "minor-13th": "m13", "suspended-second": "sus2", "suspended-fourth": "sus4",
    "power": "5", "Neapolitan": "N", "Italian": "It", "French": "Fr", "German": "Ger", "pedal": "ped", "Tristan": "Tr",
    "none": "N.C.", "other": "",
}  # fmt: skip
"""MusicXML's chord kinds as printed after the root."""

ACCIDENTALS = {-2: "flat-flat", -1: "flat", 0: "natural", 1: "sharp", 2: "double-sharp"}
"""Printed sign of an alteration in semitones."""

NAVIGATION_SOUNDS = {
    "dacapo": "da capo", "dalsegno": "dal segno", "tocoda": "to coda", "fine": "fine", "segno": "segno", "coda": "coda",
}  # fmt: skip
"""Attributes of <sound> that say where to go."""


NAVIGATION_WORDS = {"da capo": "D.C.", "dal segno": "D.S.", "to coda": "To Coda", "fine": "Fine"}
"""What is printed where a Mark does not say."""


def fifths_of(step: str, alter: int) -> int:
    """Place of a written name on the line of fifths.

    >>> fifths_of("F", 1), fifths_of("B", -1)
    (6, -2)
    """
    return FIFTHS_OF_STEP[step] + 7 * alter


def name_of(fifths: int) -> tuple[str, int]:
    """Step and alteration of a place on the line of fifths.

    >>> name_of(6), name_of(-2)
    (('F', 1), ('B', -1))
    """
    alter, place = divmod(fifths + 1, 7)
    return "FCGDAEB"[place], alter


def fifths_shift(chromatic: int, diatonic: int) -> int:
    """By how many fifths an interval moves a name.

    >>> fifths_shift(-2, -1), fifths_shift(12, 7)
    (-2, 0)
    """
    return 7 * chromatic - 12 * diatonic


def pitch_of(step: str, alter: int, octave: int) -> int:
    """MIDI pitch of a written name; C4 is 60.

    >>> pitch_of("A", 0, 4)
    69
    """
    return 12 * (octave + 1) + SEMITONES_OF_STEP[step] + alter
