"""Two-voice examples of J. J. Fux, Gradus ad Parnassum, Vienna 1725, book II, exercises I, lessons I-V, as plain notes.

Figures are numbered as in Alfred Mann's translation (The Study of Counterpoint, 1943). Two readings of the print were
compared: Mark Gotham's transcription (github.com/MarkGotham/species, CC0) and the examples that Robert Head read from
a scan (github.com/roberthead/head_music, spec/spec_helper.rb: figures 5-23, 33, 55, 73 and 82-87). They agree but for
the second half of figure 22, an octave lower in the one (which leaps a seventh and stands on fourths), and a tie in bar
11 of figure 86a that the one has lost at a line break; both as in the other here. Figures 35-45, 56-60, 74-78 and
88 have the first source only, the upper counterpoint of figure 87 the second only. Missing is the third species above
the cantus firmus in F. Nothing was altered.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from stretto.score.model import Score

sys.path.insert(0, str(Path(__file__).parent.parent / "theory"))
from drawn_choir import choir as choir
from drawn_choir import without_names as without_names

CANTUS = {
    "dorian": "D4 F4 E4 D4 G4 F4 A4 G4 F4 E4 D4",
    "phrygian": "E4 C4 D4 C4 A3 A4 G4 E4 F4 E4",
    "lydian": "F3 G3 A3 F3 D3 E3 F3 C4 A3 F3 G3 F3",
    "mixolydian": "G3 C4 B3 G3 C4 E4 D4 G4 E4 C4 D4 B3 A3 G3",
    "aeolian": "A3 C4 B3 D4 C4 E4 F4 E4 D4 C4 B3 A3",
    "aeolian42": "A3 C4 B3 C4 E4 F4 E4 D4 C4 B3 A3",
    "ionian": "C4 E4 F4 G4 E4 A4 G4 E4 F4 E4 D4 C4",
    "ionian88": "C4 D4 F4 E4 G4 F4 E4 D4 C4",
}
"""In whole notes; figures 42 and 88 have cantus firmi of their own."""

UNIT = {1: "4", 2: "2", 3: "1", 4: "4", 5: "1"}
"""Species -> quarters of a note of the counterpoint that has no length written."""

TABLE = """
5 1 dorian lower | A4 A4 G4 A4 B4 C5 C5 B4 D5 C#5 D5
6 1 dorian upper | D3 D3 A3 F3 E3 D3 F3 C4 D4 C#4 D4
11 1 phrygian lower | B4 C5 F4 G4 A4 C5 B4 E5 D5 E5
12 1 phrygian upper | E3 A3 D3 E3 F3 F3 C4 C4 D4 E4
13 1 lydian lower | F4 E4 C4 F4 F4 G4 A4 G4 C4 F4 E4 F4
14 1 lydian upper | F3 E3 F3 A3 Bb3 G3 A3 E3 F3 D3 E3 F3
15 1 mixolydian lower | G4 E4 D4 G4 G4 G4 A4 B4 G4 C5 A4 G4 F#4 G4
21 1 mixolydian upper | G3 A3 G3 E3 E3 C3 G3 B3 C4 A3 F#3 G3 F#3 G3
22 1 aeolian lower | A4 E4 G4 F4 E4 C5 A4 B4 B4 A4 G#4 A4
23 1 aeolian upper | A3 A3 G3 F3 E3 E3 D3 C3 G3 A3 G#3 A3
33 2 dorian lower | A4 D5 A4 B4 C5 G4 A4 D5 B4 C5 D5 A4 C5 D5 E5 B4 D5 A4 B4 C#5 D5:4
35 2 dorian upper | r D3 D4 A3 C4 A3 B3 A3 G3 B3 D4 E4 F4 C4 E4 B3 D4 D3 A3 C#4 D4:4
36 2 phrygian lower | r B4 C5 B4 A4 B4 C5 G4 A4 B4 C5 A4 B4 D5 E5 D5 C5 D5 E5:4
37 2 phrygian upper | r E3 A3 G3 F3 D3 E3 C3 F3 C4 F4 D4 E4 D4 C4 B3 A3 D4 E4:4
38 2 lydian lower | r F4 E4 D4 C4 Bb3 A3 G3 F3 A3 C4 Bb3 A3 A4 G4 E4 F4 G4 A4 F4 D4 E4 F4:4
39 2 lydian upper | r F3 E3 C3 F3 E3 D3 C3 Bb2 Bb3 G3 C4 A3 F3 E3 C3 F3 F2 A2 D3 C3 E3 F3:4
40 2 mixolydian lower | r G4 E4 F4 G4 A4 B4 A4 G4 C5 B4 C5 D5 C5 B4 A4 G4 F4 E4 C5 B4 A4 G4 D4 E4 F#4 G4:4
41 2 mixolydian upper | r G3 E3 F3 G3 F3 E3 D3 C3 E3 C3 C4 B3 A3 G3 B3 C4 B3 A3 G3 F#3 D3 G3 B2 D3 F#3 G3:4
42 2 aeolian42 lower | r A4 E4 F4 G4 D4 E4 E5 C5 B4 A4 F4 G4 B4 D5 A4 C5 E4 F#4 G#4 A4:4
43 2 aeolian upper | r A2 A3 E3 G3 E3 D3 F3 A3 B3 C4 C3 D3 A2 C3 E3 F3 G3 A3 A2 E3 G#3 A3:4
44 2 ionian lower | r G4 C5 B4 A4 D5 B4 A4 G4 B4 C5 D5 E5 D5 C5 B4 A4 B4 C5 G4 A4 B4 C5:4
45 2 ionian upper | r C3 C4 B3 A3 D4 B3 G3 C4 B3 A3 C4 E4 D4 C4 A3 D4 A3 C4 C3 G3 B3 C4:4
55 3 dorian lower | D4 E4 F4 G4 A4 B4 C5 D5 E5 D5 B4 C5 D5 C5 Bb4 A4 Bb4 C5 D5 E5 F5 F4 A4 B4 C5 A4 Bb4 C5 Bb4 A4 G4
    Bb4 A4 D4 E4 F4 G4 A4 B4 C#5 D5:4
56 3 dorian upper | D3 E3 F3 G3 A3 D3 A3 B3 C4 B3 G3 A3 B3 A3 G3 F3 E3 E4 B3 C4 D4 A3 D3 E3 F3 G3 A3 B3 C4 D4 E4 C4 D4
    A3 D3 D4 C#4 A3 B3 C#4 D4:4
57 3 phrygian lower | B4 G4 A4 B4 C5 B4 A4 G4 F4 G4 A4 B4 C5 E4 F4 G4 A4 C5 E5 D5 C5 B4 A4 C5 B4 D5 B4 A4 G4 B4 C5 B4
    A4 B4 C5 D5 E5:4
58 3 phrygian upper | E3 F3 G3 E3 A3 G3 F3 E3 D3 E3 F3 G3 A3 E3 A3 G3 F3 E3 D3 E3 F3 G3 A3 B3 C4 D4 E4 D4 C4 C3 C4 B3
    A3 D4 A3 D4 E4:4
60 3 lydian upper | F2 F3 E3 D3 E3 C3 D3 E3 F3 E3 D3 C3 D3 C3 Bb2 A2 Bb2 F3 Bb3 A3 G3 C3 C4 Bb3 A3 G3 F3 D3 E3 C3 D3
    E3 F3 E3 D3 C3 D3 E3 F3 D3 E3 C3 D3 E3 F3:4
73 4 dorian lower | r:2 A4:4 D5:4 C5:4 Bb4:4 G4:2 A4:2 C5:4 F5:4 E5:4 D5:4 C#5:2 D5:4
74 4 dorian upper | r:2 D3:4 D4:4 C4:4 B3:4 E4:4 D4:4 F4:4 E4:4 D4:4 C#4:2 D4:4
75 4 phrygian lower | r:2 E5:4 C5:4 B4:2 C5:2 E4:4 F4:4 C5:4 B4:4 E5:4 D5:2 E5:4
76 4 phrygian upper | r:2 E3:4 A3:4 G3:4 F3:4 D3:4 D4:4 C4:4 E4:4 D4:2 E4:4
77 4 lydian lower | r:2 F4:4 E4:4 C4:4 F4:4 A4:4 G4:4 F4:4 E4:4 A4:4 F4:4 E4:2 F4:4
78 4 lydian upper | r:2 F3:4 E3:4 D3:4 Bb2:4 G2:4 G3:4 F3:4 E3:4 D3:4 F3:4 E3:2 F3:4
82 5 dorian lower | r:2 A4:3 D4 E4 F4 G4 F4 E4 G4 F4 D4 D5:3 C5 Bb4 G4 A4 B4 C5:4 F5:3 E5:1/2 D5:1/2 E5:3 A4 D5:4
    C#5:2 D5:4
83 5 dorian upper | r:2 D4:4 A3 B3 C4 G3 C4:3 B3:1/2 A3:1/2 B3 A3 G3 A3 B3 C4 D4 A3 D4:3 E4 F4:3 E4:1/2 D4:1/2 E4:3 A3
    D4:4 C#4:2 D4:4
84a 5 phrygian lower | r:2 E5:3 D5 C5 B4 A4 G4 F4 D4 E4 G4 C5:3 B4 A4 G4 F4:2 C5:3 B4:1/2 A4:1/2 B4 A4 G4 E4 E5:4 D5:2
    E5:4
84b 5 phrygian upper | r:2 E3:2 A3 B3 C4:3 B3:1/2 A3:1/2 B3 G3 A3:2 E3:2 F3 D3 F3:3 G3 A3 B3 C4 B3 C4:3 D4 E4:4 D4:2
    E4:4
85a 5 lydian lower | r:2 F4:4 E4 D4 C4 A3 C4:3 A3 D4:3 C4 Bb3 A3 G3:2 C4 Bb3 A3:2 A4:4 G4:2 A4 G4 F4 E4 D4 C4 F4:4
    E4:2 F4:4
85b 5 lydian upper | r:2 F3:3 E3:1/2 D3:1/2 C3 Bb2 A2 G2 F2:3 A2 Bb2:3 C3 D3:4 C3 Bb2 A2:2 F3:2 E3:2 F3:3 E3 D3:2 D3
    E3 F3:4 E3:2 F3:4
86a 5 mixolydian lower | r:2 G4:3 F4 E4 D4:1/2 C4:1/2 D4:2 G4 A4 B4 C5 D5 B4 E5 D5 C5:3 B4 A4 G4 A4 B4:1/2 C5:1/2 D5
    C5 B4 G4 B4:3 A4 G4:3 F4 E4 G4 F#4 G4 A4:3 G4 G4:4 F#4:2 G4:4
86b 5 mixolydian upper | r:2 G3:2 E3:2 A3:4 G3 F3 E3 C3 E3:4 A3:3 B3 C4:4 B3 A3 B3:2 E4 D4 C4 B3 A3:3 B3 C4:4 B3 A3 G3
    D3 G3:4 F#3:2 G3:4
87-lower 5 aeolian lower | r:2 A4:4 G4 A4 B4 G4 B4:4 A4 B4 C5 G4 C5:3 B4:1/2 A4:1/2 B4 C5 D5 A4 D5:3 C5 C5:3 B4:1/2
    A4:1/2 B4:3 E4 A4:4 G#4:2 A4:4
87-upper 5 aeolian upper | r:2 A3:3 G3 E3 F3 G3 D3 G3:3 A3 B3:4 A3:3 B3 C4 B3 A3:2 D4:3 C4 C4:3 B3:1/2 A3:1/2 B3:3 E3
    A3:4 G#3:2 A3:4
88a 5 ionian88 lower | r:2 C5:4 B4:2 A4 B4 C5 D5 E5:2 D5 C5 B4 A4 G4:2 A4:2 D5:3 G4 C5:4 B4:2 C5:4
88b 5 ionian88 upper | r:2 C4:4 B3:2 A3:2 D4:3 C4:1/2 B3:1/2 C4:3 D4 E4:3 A3 D4:3 C4 C4:4 B3:2 C4:4
"""
"""Figure, species, cantus firmus and where it lies, counterpoint."""


@dataclass(frozen=True)
class Figure:
    """A cantus firmus and Fux's counterpoint."""

    number: str
    species: int
    mode: str
    cantus: str
    """Where it lies: "lower" or "upper"."""
    counterpoint: str

    def score(
        self, changes: dict[int, str] | None = None, *, stretch: Fraction = Fraction(1), meter: str = "2/2", **rest: Any
    ) -> Score:
        """As a pupil would write it down.

        Args:
            changes: other notes for some of the counterpoint's, counted from 1.
            stretch: factor of all lengths.
            meter: of the bars.
            rest: to `Score.build`.
        """
        tokens = self.counterpoint.split()
        for place, text in (changes or {}).items():
            tokens[place - 1] = text
        own = timed(" ".join(tokens), UNIT[self.species], stretch)
        given = timed(CANTUS[self.mode], "4", stretch)
        return choir(*((own, given) if self.cantus == "lower" else (given, own)), meter=meter, **rest)


def timed(line: str, usual: str, stretch: Fraction = Fraction(1)) -> str:
    """The line with a length for every note."""
    parted = (token.partition(":") for token in line.split())
    return " ".join(f"{name}:{Fraction(length or usual) * stretch}" for name, _, length in parted)


def _figures() -> dict[str, Figure]:
    found = {}
    for row in re.split(r"\n(?=\S)", TABLE.strip()):
        head, counterpoint = row.split("|")
        number, species, mode, cantus = head.split()
        found[number] = Figure(number, int(species), mode, cantus, " ".join(counterpoint.split()))
    return found


FIGURES = _figures()
