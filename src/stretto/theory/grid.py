"""The metrical grid of a score: its eighths, how strong each is, and what sounds in it."""

# Shapes: U units of the grid, N notes.

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stretto.score.model import TICKS_PER_QUARTER, TICKS_PER_WHOLE, Meter, Score

OFFBEAT, BEAT, HALF_BAR, DOWNBEAT = range(4)
"""Strength of a unit."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Grid:
    """Eighths (sixteenths where the metre counts sixteenths), bar by bar."""

    tick_U: NDArray[np.int64]
    """Start of each unit, rising."""
    strength_U: NDArray[np.int64]
    """OFFBEAT, BEAT, HALF_BAR or DOWNBEAT."""
    end: int
    """Tick at which the last unit ends."""

    def __len__(self) -> int:
        """Number of units."""
        return len(self.tick_U)

    @property
    def edges(self) -> NDArray[np.int64]:
        """Starts of all units, and the end, (U + 1,)."""
        return np.append(self.tick_U, self.end)

    @property
    def beats(self) -> NDArray[np.int64]:
        """Units that begin a beat, rising; the first unit is one of them."""
        found = np.flatnonzero(self.strength_U >= BEAT)
        return found if len(found) and found[0] == 0 else np.append(0, found)

    def at(self, tick: int) -> int:
        """The unit that holds a tick."""
        return max(0, int(np.searchsorted(self.tick_U, tick, side="right")) - 1)


def beat_ticks(meter: Meter) -> int:
    """Ticks of a felt beat: a dotted quarter in 6/8, a quarter in 4/4 and 2/2, an eighth in 3/8."""
    note = _note_ticks(meter)
    if meter.denominator >= 8 and meter.numerator % 3 == 0 and meter.numerator > 3:
        return 3 * note
    return min(note, TICKS_PER_QUARTER)


def _note_ticks(meter: Meter) -> int:
    """Ticks of the note that a metre counts; a tick at least, for a file may name any."""
    return max(1, TICKS_PER_WHOLE // meter.denominator)


def grid_of(score: Score) -> Grid:
    """The grid of a score; a pickup is counted from the barline that it leads to."""
    ticks: list[int] = []
    strengths: list[int] = []
    end = max(score.end, 1)
    for index, bar in enumerate(score.bars):
        meter, stop = score.meter_at(bar.tick), score.bar_end(index)
        full, beat = meter.bar_ticks, beat_ticks(meter)
        unit = min(TICKS_PER_QUARTER // 2, _note_ticks(meter))
        half = full // 2 if meter.numerator % 2 == 0 and (meter.numerator % 3 or meter.numerator in (6, 12)) else full
        start = stop - full if bar.number == 0 and stop - bar.tick < full else bar.tick
        first = bar.tick + (start - bar.tick) % unit
        own = [*([bar.tick] if first > bar.tick else []), *range(first, stop, unit)]
        ticks += own
        strengths += [_strength(tick - start, beat, half) for tick in own]
    if not ticks:
        ticks, strengths = [0], [DOWNBEAT]
    return Grid(tick_U=np.array(ticks, np.int64), strength_U=np.array(strengths, np.int64), end=max(end, ticks[-1] + 1))


def _strength(into: int, beat: int, half: int) -> int:
    if into == 0:
        return DOWNBEAT
    if half and into % half == 0:
        return HALF_BAR
    return BEAT if into % beat == 0 else OFFBEAT


def overlaps(
    grid: Grid, onset_N: NDArray[np.int64], end_N: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Every unit in which a note sounds: note, unit and ticks, all of one length."""
    edges = grid.edges
    first = np.clip(np.searchsorted(edges, onset_N, side="right") - 1, 0, len(grid) - 1)
    last = np.clip(np.searchsorted(edges, end_N, side="left"), first + 1, len(grid))
    count = last - first
    note = np.repeat(np.arange(len(onset_N)), count)
    unit = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + np.repeat(first, count)
    ticks = np.minimum(end_N[note], edges[unit + 1]) - np.maximum(onset_N[note], edges[unit])
    return note, unit, ticks
