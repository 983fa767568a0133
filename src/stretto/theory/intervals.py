"""Intervals as they are written: a diminished fourth is no major third, and two voices move against each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Motion = Literal["contrary", "oblique", "similar", "parallel", "still"]
"""How two voices go on: apart or together, one alone, in one direction, at one distance, or not at all."""

N_STEPS = 7
"""Steps of the staff in an octave."""

LARGEST = (0, 2, 4, 5, 7, 9, 11)
"""Semitones of the perfect or major interval on each step of the staff, unison to seventh."""

PERFECT_NUMBERS, IMPERFECT_NUMBERS, TRITONE_NUMBERS = (1, 5), (3, 6), (4, 5)
"""Of consonances in two voices, octaves taken out; the fourth is a dissonance there."""


def staff_place(pitch: int, fifths: int) -> int:
    """Step of the staff on which a note stands, 28 = middle C, sharps and flats aside.

    >>> staff_place(60, 0), staff_place(61, 7), staff_place(61, -5), staff_place(59, -7)
    (28, 28, 29, 28)
    """
    alteration, _ = divmod(fifths + 1, 7)
    return (pitch - alteration) // 12 * N_STEPS - N_STEPS + fifths * 4 % N_STEPS


@dataclass(frozen=True, slots=True)
class Interval:
    """A distance on the staff and in semitones; both are negative where it goes down."""

    steps: int
    semitones: int

    @property
    def number(self) -> int:
        """As counted: unison 1, tenth 10."""
        return abs(self.steps) + 1

    @property
    def simple(self) -> int:
        """The same with octaves taken out, 1..7; an octave is 1."""
        return abs(self.steps) % N_STEPS + 1

    @property
    def excess(self) -> int:
        """Semitones above the perfect or major interval of its number."""
        up = self.semitones if self.steps > 0 or (self.steps == 0 and self.semitones >= 0) else -self.semitones
        octaves, step = divmod(abs(self.steps), N_STEPS)
        return up - 12 * octaves - LARGEST[step]

    @property
    def quality(self) -> str:
        """ "P", "M", "m", "A" or "d", doubled where it is doubly augmented or diminished."""
        if self.simple in (1, 4, 5):
            return "P" if self.excess == 0 else "A" * self.excess if self.excess > 0 else "d" * -self.excess
        if self.excess in (0, -1):
            return "M" if self.excess == 0 else "m"
        return "A" * self.excess if self.excess > 0 else "d" * (-self.excess - 1)

    @property
    def is_perfect(self) -> bool:
        """A unison, fifth or octave, or one of these and octaves."""
        return self.simple in PERFECT_NUMBERS and self.quality == "P"

    @property
    def is_consonant(self) -> bool:
        """In two voices: perfect, or a third or sixth that is major or minor."""
        return self.is_perfect or (self.simple in IMPERFECT_NUMBERS and self.quality in ("M", "m"))

    @property
    def is_unison(self) -> bool:
        """The same note."""
        return self.steps == 0 and self.semitones == 0

    @property
    def is_octave(self) -> bool:
        """An octave or more of them, or a unison."""
        return self.simple == 1 and self.quality == "P"

    @property
    def is_fifth(self) -> bool:
        """A perfect fifth, octaves aside."""
        return self.simple == 5 and self.quality == "P"

    @property
    def is_step(self) -> bool:
        """A major or minor second."""
        return abs(self.steps) == 1 and self.quality in ("M", "m")

    @property
    def is_leap(self) -> bool:
        """A third or more, or less than no step: everything that is neither a step nor a repeated note."""
        return not self.is_step and not self.is_unison

    def __str__(self) -> str:
        """As "M6", "d5", "P12"."""
        return f"{self.quality}{self.number}"


def motion(upper: Interval, lower: Interval) -> Motion:
    """How two voices move, each given by its own melodic interval.

    Parallel motion keeps the number of the interval between them, whatever its quality.
    """
    up, low = upper.semitones, lower.semitones
    if up == 0 and low == 0:
        return "still"
    if up == 0 or low == 0:
        return "oblique"
    if up * low < 0:
        return "contrary"
    return "parallel" if upper.steps == lower.steps else "similar"
