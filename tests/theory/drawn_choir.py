"""Choir music for tests, written as note names: "F#4 G4:2 r A4:1/2" (quarters after the colon)."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import numpy as np

from stretto.score.model import Mark, Meter, Part, Score
from stretto.theory.key import LETTERS, parse_key

NAMES = ("Soprano", "Alto", "Tenor", "Bass")
PITCH_CLASS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def choir(*lines: str, key: str = "", meter: str = "4/4", fermatas: tuple[int, ...] = (), **rest: Any) -> Score:
    """A score with one part a line, top part first.

    Args:
        lines: note names; "r" is a rest; a note lasts a quarter unless said otherwise.
        key: a name; "" = no signature.
        meter: a time signature; "" = none.
        fermatas: quarters at which all parts hold.
        rest: to `Score.build`; `pickup` in ticks.
    """
    rows, marks = [], []
    for part, line in enumerate(lines):
        at = Fraction(0)
        for token in line.split():
            name, _, length = token.partition(":")
            duration = Fraction(length or 1) * 24
            if name != "r":
                pitch, fifths = spelled(name)
                rows.append((int(at), int(duration), pitch, 0, part, 1, 1, fifths, 0))
                if at / 24 in fermatas:
                    marks.append(Mark(kind="fermata", tick=int(at), part=part, pitch=pitch))
            at += duration
    meters = [Meter(numerator=int(meter.split("/")[0]), denominator=int(meter.split("/")[1]))] if meter else []
    keys = [parse_key(key).signature] if key else []
    names = NAMES if len(lines) == 4 else tuple(f"part {i + 1}" for i in range(len(lines)))
    return Score.build(
        rows, [Part(name=name) for name in names], **{"meters": meters, "keys": keys, "marks": marks, **rest}
    )


def spelled(name: str) -> tuple[int, int]:
    """MIDI pitch and place on the line of fifths of "F#4", "Bb3", "C##5"."""
    match = re.fullmatch(r"([A-G])(#*|b*)(\d)", name)
    assert match, name
    letter, signs, octave = match.groups()
    accidental = signs.count("#") - signs.count("b")
    pitch = 12 * (int(octave) + 1) + PITCH_CLASS[letter] + accidental
    return pitch, LETTERS.index(letter) - 1 + 7 * accidental


def without_names(score: Score) -> Score:
    """The same score as a MIDI file would give it: no note is spelled."""
    notes = score.notes.copy()
    notes["fifths"] = 127
    return score.evolve(notes=notes)


def names_of(score: Score) -> list[str]:
    """Names of the notes in the score's order, without octaves."""
    from stretto.theory.key import pitch_name

    return [pitch_name(int(f)) for f in score.notes["fifths"]]


def same_names(score: Score, other: Score) -> float:
    """Share of the notes that two spellings agree on."""
    return float(np.mean(score.notes["fifths"] == other.notes["fifths"]))
