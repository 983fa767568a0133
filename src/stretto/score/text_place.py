"""Places in a piece, in the plain-text notation: "5" is the start of bar 5, "5.3" its third beat.

Bars are counted as they stand, from 1, or from 0 where the piece has a pickup. A beat is the unit
of the time signature; "5.3+1/2" is half a beat later. In the pickup, beats count as if it were
the end of a full bar, as everywhere in Stretto.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction

from stretto.score.model import TICKS_PER_WHOLE, Meter, Score

PLACE = re.compile(r"(\d{1,9})(?:\.(\d{1,9})(?:\+(\d{1,9})/([1-9]\d{0,8}))?)?")


@dataclass(frozen=True, slots=True)
class Places:
    """Where each bar starts, and how its beats are counted."""

    starts: list[int]
    """Tick of each bar."""
    units: list[Fraction]
    """Ticks of a beat in each bar."""
    first: int
    """Count of the first bar, 0 or 1."""
    shift: Fraction
    """Beats that the pickup lacks."""

    @classmethod
    def of(cls, score: Score) -> Places:
        """Those of a score."""
        meters = [score.meter_at(bar.tick) for bar in score.bars]
        first = 0 if score.bars[0].number == 0 else 1
        shift = missing_beats(meters[0], score.bar_end(0)) if first == 0 else Fraction(0)
        return cls([bar.tick for bar in score.bars], [unit_of(meter) for meter in meters], first, shift)

    def index(self, tick: int) -> int:
        """Which bar, counted from 0, holds a tick; the last where it is the end."""
        return max(0, bisect_right(self.starts, tick) - 1)

    def write(self, tick: int) -> str:
        """A tick as a place."""
        index = self.index(tick)
        into = Fraction(tick - self.starts[index])
        if not into:
            return str(index + self.first)
        beat = into / self.units[index] + 1 + (self.shift if index == 0 else 0)
        whole, rest = divmod(beat, 1)
        return f"{index + self.first}.{whole}{f'+{rest}' if rest else ''}"

    def read(self, text: str) -> int:
        """The tick of a place.

        Raises:
            ValueError: no place, or none in this piece; says in words what was expected.
        """
        match = PLACE.fullmatch(text)
        if not match:
            raise ValueError("expected a place like 5 (bar), 5.3 (bar and beat) or 5.3+1/2")
        index = int(match[1]) - self.first
        if not 0 <= index < len(self.starts):
            last = len(self.starts) - 1 + self.first
            raise ValueError(f"expected a bar from {self.first} to {last}")
        if match[2] is None:
            return self.starts[index]
        beat = int(match[2]) + (Fraction(int(match[3]), int(match[4])) if match[3] else 0)
        into = (beat - 1 - (self.shift if index == 0 else 0)) * self.units[index]
        if into < 0 or into.denominator != 1:
            raise ValueError("expected a beat of that bar, whole or with a fraction that is a whole number of ticks")
        return self.starts[index] + int(into)


def unit_of(meter: Meter) -> Fraction:
    """Ticks of a beat."""
    return Fraction(TICKS_PER_WHOLE, meter.denominator)


def missing_beats(meter: Meter, pickup: int) -> Fraction:
    """What a pickup of so many ticks lacks to a full bar, in beats."""
    return max(Fraction(0), (meter.bar_ticks - pickup) / unit_of(meter))
