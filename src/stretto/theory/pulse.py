"""Whether notes that were played keep to the beats and bars that their file counts."""

# Shapes: N notes, W stretches of the piece.

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stretto.score.model import TICKS_PER_QUARTER, Notes, Score
from stretto.theory.accents import CELL, PATTERNS, fits_of_phases
from stretto.theory.together import STRENGTH

STRETCH = 16 * TICKS_PER_QUARTER
"""Ticks of music in which the place of the beat is found anew."""

FEWEST = 12
"""Moments of a stretch under which nothing is found in it."""

SIXTEENTH = TICKS_PER_QUARTER // 4

PERIODS = (4, 6, 8, 12, 24)
"""Ticks after which a sixteenth of a triplet, a sixteenth, a triplet, an eighth and a quarter come again."""

CLEAR = 0.22
"""How well notes fit the best beat there is, from which on they have one: played to a click with errors of a 24th of a
quarter it is about 0.5, of a 16th 0.35, without a click 0.1, seldom over 0.25."""

LATE = 2
"""Ticks by which everything may come late without being called so."""

DRIFT = 4
"""Ticks by which the beat may wander against the file's; a sixteenth is 6."""

FITS, BETTER = 0.3, 0.17
"""Barlines are doubted where accents fit others at least as well as FITS, and by BETTER than those. Of 190 keyboard
pieces none is doubted, moved by a beat most are."""


@dataclass(frozen=True, kw_only=True)
class Pulse:
    """How notes lie on the grid of their file."""

    on_grid: float
    """Share of the notes that begin on a 32nd or a sixteenth of a triplet."""
    clear: float
    """How well they fit the best grid in each stretch, 0..1."""
    late: int
    """Ticks by which they come after the file's beats throughout; below 0 = before."""
    drift: int
    """Ticks by which this changes on the way."""
    drifts_from: int
    """Tick of the stretch in which it changed most."""

    @property
    def found(self) -> bool:
        """There is a beat, and it is that of the file, early or late perhaps."""
        return self.clear >= CLEAR and self.drift <= DRIFT


def pulse_of(score: Score) -> Pulse:
    """Where the beat of the notes lies beside that of the file."""
    notes = score.notes[score.notes["grace"] == 0]
    into_N = _into_bar(score, notes)
    finest = np.array([tick in STRENGTH for tick in range(TICKS_PER_QUARTER)])
    onset, first = np.unique(notes["onset"], return_index=True)
    lates, clears, at = [], [], []
    for start in range(0, max(1, score.end), STRETCH):
        own = into_N[first[(onset >= start) & (onset < start + STRETCH)]]
        if len(own) >= min(FEWEST, len(onset)):
            lates.append(_late(own))
            clears.append(_clear(own))
            at.append(start)
    late = _late(into_N[first]) if len(onset) else 0
    followed_W = _followed(lates)
    return Pulse(
        on_grid=float(finest[into_N % TICKS_PER_QUARTER].mean()) if len(notes) else 1.0,
        clear=float(np.mean(clears)) if clears else 0.0,
        late=late,
        drift=int(np.ptp(followed_W)) if len(lates) else 0,
        drifts_from=at[int(np.abs(followed_W - followed_W[0]).argmax())] if at else 0,
    )


def _followed(lates: list[int]) -> NDArray[np.int64]:
    """The same, each as near to the one before as it can be: a sixteenth more or less looks the same, (W,)."""
    found = list[int]()
    for late in lates:
        before = found[-1] if found else late
        found.append(before + (late - before + SIXTEENTH // 2) % SIXTEENTH - SIXTEENTH // 2)
    return np.array(found, np.int64)


def _into_bar(score: Score, notes: Notes) -> NDArray[np.int64]:
    """Ticks from a barline to each note; counted back from the next one in a pickup."""
    bars = np.array([bar.tick for bar in score.bars] or [0], np.int64)
    bar_N = np.maximum(np.searchsorted(bars, notes["onset"], side="right") - 1, 0)
    anchor = bars.copy()
    if score.pickup and len(bars) > 1:
        anchor[0] = bars[1] - score.meter_at(0).bar_ticks
    into: NDArray[np.int64] = notes["onset"] - anchor[bar_N]
    return into


def _late(into_N: NDArray[np.int64]) -> int:
    """By how many ticks moments come late: where they are played readily, give or take a tick; -6..6."""
    strength = np.array([STRENGTH.get(tick, 0.0) for tick in range(TICKS_PER_QUARTER)])
    blurred = strength + 0.5 * (np.roll(strength, 1) + np.roll(strength, -1))
    tried = sorted(range(-CELL // 2, CELL // 2 + 1), key=abs)
    return max(tried, key=lambda late: float(blurred[(into_N - late) % TICKS_PER_QUARTER].mean()))


def _clear(into_N: NDArray[np.int64]) -> float:
    """The best agreement of moments with any grid, 0..1; what chance gives so few of them is taken off."""
    chance = 1 / np.sqrt(max(1, len(into_N)))
    best = max(float(np.abs(np.exp(2j * np.pi * into_N / period).mean())) for period in PERIODS)
    return max(0.0, (best - chance) / (1 - chance)) if chance < 1 else 1.0


def doubted_barlines(score: Score) -> int | None:
    """Ticks by which barlines would fit the weight of the music better, if they stood so much later; None = they fit.

    Only for a piece in one metre that `theory.accents` knows the weight of.
    """
    meters = {(m.numerator, m.denominator) for m in score.meters}
    if len(meters) != 1 or len(score.bars) < 8:
        return None
    meter = {(2, 2): (4, 4), (3, 2): (3, 4)}.get(next(iter(meters)), next(iter(meters)))
    if meter not in PATTERNS:
        return None
    full = next(iter(score.meters)).bar_ticks
    lengths = np.diff([bar.tick for bar in score.bars])[1:]
    if (lengths != full).any() or len(PATTERNS[meter]) * CELL != full:
        return None
    fits = fits_of_phases(score.notes, score.end, meter)
    own = (score.pickup or 0) // CELL % len(fits)
    best = int(np.argmax(fits))
    if fits[best] < FITS or fits[best] - fits[own] < BETTER:
        return None
    return (best - own) % len(fits) * CELL
