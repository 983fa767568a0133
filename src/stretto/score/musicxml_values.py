"""Which note values a length is written with, in a bar of a given metre.

A position's *level* says how strong it is: 0 the bar, 1 its half (where it has one), 2 a beat, 3 half or a third of a
beat, and so on. A note may hide a position only where a reader still sees the beat.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from stretto.score.model import TICKS_PER_QUARTER, TICKS_PER_WHOLE, Meter
from stretto.score.musicxml_names import QUARTERS_OF_TYPE

Time = int | Fraction

_WEAKEST = 9

PLAIN_VALUES: dict[Time, tuple[str, int]] = {
    TICKS_PER_QUARTER * quarters * factor: (name, n_dots)
    for name, quarters in QUARTERS_OF_TYPE.items()
    if name not in ("maxima", "long")
    for factor, n_dots in ((Fraction(1), 0), (Fraction(3, 2), 1), (Fraction(7, 4), 2))
}
"""Type and dots by length in ticks; a breve to a 1024th."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the strong positions of a stretch of music are."""

    bar: Time
    half: Time
    """0 = the bar has no half."""
    beat: Time
    thirds: bool
    """Beats in three (6/8, 9/8, 12/8)."""

    def level(self, position: Time) -> int:
        """Strength of a position, 0 the strongest."""
        if position % self.bar == 0:
            return 0
        if self.half and position % self.half == 0:
            return 1
        step, level = self.beat, 2
        while level < _WEAKEST and position % step:
            step = Fraction(step) / (3 if self.thirds and level == 2 else 2)
            level += 1
        return level

    def strongest_inside(self, start: Time, stop: Time) -> tuple[int, list[Time]]:
        """Level of the strongest positions between two, and where they are."""
        for level, step in self._steps():
            first = (start // step + 1) * step
            if first < stop:
                found = [first + step * n for n in range(int((stop - first - 1) // step) + 1)]
                found = [position for position in found if position < stop and self.level(position) == level]
                if found:
                    return level, found
        return _WEAKEST, []

    def _steps(self) -> list[tuple[int, Time]]:
        steps: list[tuple[int, Time]] = [(0, self.bar)]
        if self.half:
            steps.append((1, self.half))
        step, level = self.beat, 2
        while level < _WEAKEST:
            steps.append((level, step))
            step = Fraction(step) / (3 if self.thirds and level == 2 else 2)
            level += 1
        return steps


@lru_cache(maxsize=256)
def grid_of(meter: Meter) -> Grid:
    """The strong positions of a metre's bar."""
    top, bottom = meter.numerator, meter.denominator
    unit = TICKS_PER_WHOLE // bottom if TICKS_PER_WHOLE % bottom == 0 else Fraction(TICKS_PER_WHOLE, bottom)
    thirds = top % 3 == 0 and top > 3 and bottom >= 4 and not (bottom == 4 and top == 3)
    beat = unit * 3 if thirds else unit
    if top == 3 and bottom >= 8:
        beat, thirds = unit * 3, True
    elif not thirds and bottom >= 8 and top % 2 == 0:
        beat = unit * 2
    n_beats = Fraction(top * unit) / beat
    half: Time = top * unit // 2 if n_beats.denominator == 1 and n_beats % 4 == 0 else 0
    return Grid(bar=top * unit, half=half, beat=beat, thirds=thirds)


def split_note(start: Time, stop: Time, grid: Grid) -> list[Time]:
    """Where a note from `start` to `stop` is cut into tied ones.

    >>> split_note(36, 60, grid_of(Meter()))  # a quarter over the middle of 4/4
    [48]
    >>> split_note(24, 72, grid_of(Meter()))  # a half note between two quarters stays whole
    []
    >>> split_note(0, 60, grid_of(Meter(numerator=3)))
    [48]
    >>> split_note(0, 42, grid_of(Meter()))  # with two dots, before a sixteenth
    []
    """
    if _one_value(start, stop, grid):
        return []
    level, inside = grid.strongest_inside(start, stop)
    if not inside:
        return []
    aligned = grid.level(start) <= level
    good = [cut for cut in inside if _one_value(start, cut, grid)] if aligned else []
    cut = good[-1] if good else inside[0]
    return [*split_note(start, cut, grid), cut, *split_note(cut, stop, grid)]


def split_rest(start: Time, stop: Time, grid: Grid) -> list[Time]:
    """Where a rest is cut: rests hide no beat that is stronger than their own start.

    >>> split_rest(24, 72, grid_of(Meter()))
    [48]
    """
    if stop - start in PLAIN_VALUES and _rest_fits(start, stop, grid):
        return []
    _, inside = grid.strongest_inside(start, stop)
    if not inside:
        return []
    good = [cut for cut in inside if cut - start in PLAIN_VALUES and _rest_fits(start, cut, grid)]
    cut = good[-1] if good else inside[0]
    return [*split_rest(start, cut, grid), cut, *split_rest(cut, stop, grid)]


def beam_groups(meter: Meter) -> list[int]:
    """Lengths in ticks of the groups that are beamed together in a bar.

    >>> beam_groups(Meter(numerator=7, denominator=8))
    [24, 24, 36]
    """
    grid = grid_of(meter)
    if meter.denominator >= 8 and meter.numerator % 2 and not grid.thirds and meter.numerator > 3:
        unit = TICKS_PER_WHOLE // meter.denominator
        return [2 * unit] * ((meter.numerator - 3) // 2) + [3 * unit]
    if grid.thirds and meter.denominator == 4:
        return [TICKS_PER_QUARTER] * meter.numerator
    return [int(grid.beat)] * max(1, int(grid.bar / Fraction(grid.beat)))


def _one_value(start: Time, stop: Time, grid: Grid) -> bool:
    value = PLAIN_VALUES.get(stop - start)
    if value is None:
        return False
    level, inside = grid.strongest_inside(start, stop)
    if not inside:
        return True
    own, end = grid.level(start), grid.level(stop)
    if grid.thirds and level <= 2:
        return own <= 2 and end <= 2  # 6/8 is never cut in two by a plain half note
    if own <= level:
        return True
    return own == level + 1 and (value[1] == 0 or end <= level)


def _rest_fits(start: Time, stop: Time, grid: Grid) -> bool:
    length, n_dots = stop - start, PLAIN_VALUES[stop - start][1]
    level, inside = grid.strongest_inside(start, stop)
    if not inside:
        return n_dots == 0 or grid.thirds or length < grid.beat
    if grid.thirds:
        return grid.level(start) < level and grid.level(stop) <= level
    if grid.bar == 3 * grid.beat and length > grid.beat:
        return False
    return n_dots == 0 and start % length == 0
