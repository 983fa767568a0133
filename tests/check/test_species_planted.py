"""Species exercises with one fault each: it is found where it stands, and nothing else is called an error."""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path

import pytest

from stretto.check.check import check_score
from stretto.check.sheet import load_sheet

sys.path.insert(0, str(Path(__file__).parent))
from fux_gradus import FIGURES, choir, timed

HALF = Fraction(3, 2)

# What is wrong -> figure of Fux, its notes that are changed (counted from 1), rule, bar, beat (a half note each).
PLANTED = {
    "begins on a third": ("5", {1: "F4"}, "opening", 1, 1),
    "begins a fifth below, as Josephus first did": ("6", {1: "G3"}, "opening", 1, 1),
    "ends on a fifth": ("5", {10: "G4", 11: "A4"}, "ending", 11, 1),
    "the leading tone is not raised": ("5", {10: "C5"}, "leading-tone", 10, 1),
    "the final is reached by leap": ("5", {10: "G4"}, "cadence", 10, 1),
    "a fourth in the first species": ("5", {3: "A4"}, "dissonance-on-the-beat", 3, 1),
    "parallel fifths": ("5", {1: "D5", 2: "C5", 3: "B4", 4: "B4"}, "parallel-fifths", 3, 1),
    "parallel octaves": ("6", {2: "F3"}, "parallel-octaves", 2, 1),
    "a fifth by direct motion": ("5", {4: "B4", 5: "D5", 6: "A4"}, "direct-fifth", 5, 1),
    "an octave by direct motion": ("6", {7: "A3"}, "direct-octave", 7, 1),
    "a unison in the middle": ("5", {2: "F4"}, "unison-inside", 2, 1),
    "mi contra fa, as Josephus first wrote figure 12": ("12", {7: "B3"}, "melodic-interval", 7, 1),
    "a major sixth, as Josephus first wrote figure 15": ("15", {10: "E5", 11: "D5"}, "melodic-interval", 10, 1),
    "a sharp that the mode has not": ("5", {4: "F#4"}, "chromatic-note", 4, 1),
    "a tritone on the first half": ("33", {3: "B4", 4: "A4"}, "dissonance-on-the-beat", 2, 1),
    "a second on the weak half, left by leap": ("33", {4: "G4"}, "dissonance-not-passing", 2, 2),
    "a ninth on the weak half, by leap, below": ("45", {3: "C4", 4: "D4"}, "dissonance-not-passing", 2, 2),
    "a second species that turns back": ("38", {7: "C4", 8: "A3"}, "dissonance-not-passing", 3, 2),
    "fifths on downbeats with a third between": (
        "33", {3: "C5", 4: "A4", 5: "B4", 6: "G4", 7: "B4"}, "fifths-on-downbeats", 3, 1,
    ),
    "octaves on downbeats with a third between": (
        "33", {14: "E5", 15: "G5", 16: "E5", 17: "F5", 18: "A4"}, "octaves-on-downbeats", 9, 1,
    ),
    "a whole note in the second species": ("33", {7: "A4:4", 8: ""}, "notes-against-one", 4, 1),
    "a second on the first quarter": ("55", {33: "G4"}, "dissonance-on-the-beat", 9, 1),
    "a seventh left by a fifth": ("55", {11: "G4", 12: "B4"}, "dissonance-not-passing", 3, HALF),
    "a ninth by leap in quarters, below": ("58", {21: "D3"}, "dissonance-not-passing", 6, HALF),
    "a seventh that falls a third": ("73", {4: "B4:4", 5: "A4:4"}, "ligature-unresolved", 3, 1),
    "a tie forgotten": ("73", {2: "A4:4", 3: "D5:2 D5:2"}, "dissonance-on-the-beat", 3, 1),
    "octave, ninth, octave": ("73", {3: "F5:4", 4: "E5:2 B4:2", 5: "D5:4"}, "ligature-hides-octaves", 3, 1),
    "seventh to octave below": (
        "76", {2: "E3:2 A3:2", 3: "E3:4", 4: "D3:2 E3:2"}, "seventh-to-octave", 3, 1,
    ),
    "eighths on the first quarter": ("88a", {4: "A4:1/2 G4:1/2", 5: "A4", 6: "C5", 7: "D5"}, "eighths", 3, 1),
    "a seventh left to itself in florid counterpoint": (
        "88a", {15: "D5:3", 16: "B4", 17: "G4:2", 18: "B4:4"}, "ligature-unresolved", 7, 1,
    ),
    "a quarter tied to a half": (
        "88a", {7: "D5:3", 8: "", 9: "C5", 10: "G4"}, "tie-from-weak-note", 3, Fraction(5, 2),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_the_only_error(name: str) -> None:
    number, changes, rule, bar, beat = PLANTED[name]
    figure = FIGURES[number]
    found = check_score(figure.score(changes), load_sheet(f"species{figure.species}")).findings
    assert [(f.fault.rule, f.bar, f.beat) for f in found if f.severity == "error"] == [(rule, bar, beat)]


DRAWN = {
    "sixths and thirds without end": (
        1, "A4 G4 A4 B4 C5 B4 A4 C#5 D5", "D4 E4 F4 G4 A4 G4 F4 E4 D4", "long-row-of-thirds", 6, 1,
    ),
    "a range of a fourteenth": (
        1, "C4 A3 A4 G4 D5 G5 B4 C5", "C3 F3 D3 E3 F3 E3 D3 C3", "too-wide-range", 6, 1,
    ),
    "a suspension that goes up": (
        4, "r:2 A4 D5 E5 F5 D5 C#5:2 D5", "D4 F4 E4 A4 F4 E4 D4", "ligature-unresolved", 3, 1,
    ),
    "a dissonance tied into another": (
        4, "r:2 C5 E5 D5 C5 B4:2 C5", "C4 A3 E4 C4 D4 C4", "ligature-unprepared", 4, 1,
    ),
    "a rest on the way": (5, "C5:2 r:2 A4 B4 C5:4", "C4 F4 D4 C4", "rest-inside", 1, 2),
}  # fmt: skip
"""Written for this test: species, upper line, cantus firmus below, rule, bar, beat."""


@pytest.mark.parametrize("name", DRAWN)
def test_a_fault_in_drawn_music_is_the_only_error(name: str) -> None:
    species, upper, lower, rule, bar, beat = DRAWN[name]
    score = choir(timed(upper, "4"), timed(lower, "4"), meter="2/2")
    found = check_score(score, load_sheet(f"species{species}")).findings
    assert [(f.fault.rule, f.bar, f.beat) for f in found if f.severity == "error"] == [(rule, bar, beat)]
