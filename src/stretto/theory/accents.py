"""Where the weight of the music falls, and the metre that follows from it."""

# Shapes: N notes, T cells of an eighth.

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stretto.score.model import TICKS_PER_QUARTER, Meter, Notes

Floats = NDArray[np.float64]

CELL = TICKS_PER_QUARTER // 2
"""Ticks of one cell: an eighth."""

KINDS = ("onsets", "long", "bass", "harmony")
"""What can mark a beat: many notes begin; long notes begin; the bass moves; new pitch classes enter."""


@dataclass(frozen=True, slots=True)
class FoundMeter:
    """A metre, and where its first barline falls."""

    meter: Meter
    pickup: int
    """Ticks before the first barline; 0 = the piece starts on it."""
    clarity: float
    """Correlation of the accents with the metre's own pattern, -1..1."""


PATTERNS: dict[tuple[int, int], tuple[float, ...]] = {
    (4, 4): (1.0, 0.0, 0.65, 0.0, 0.9, 0.0, 0.7, 0.0),
    (3, 4): (1.0, 0.0, 0.45, 0.0, 0.7, 0.0),
    (2, 4): (1.0, 0.0, 0.4, 0.0),
    (6, 8): (1.0, 0.0, 0.1, 0.7, 0.0, 0.1),
    (3, 8): (1.0, 0.0, 0.1),
}
"""Weight of each eighth of a bar."""

RIVALS: dict[tuple[int, int], tuple[tuple[int, int], tuple[int, int]]] = {
    (4, 4): ((4, 4), (3, 4)),
    (2, 2): ((4, 4), (3, 4)),
    (2, 4): ((2, 4), (3, 4)),
    (3, 4): ((3, 4), (4, 4)),
    (6, 8): ((6, 8), (3, 4)),
}
"""Metre -> the one of PATTERNS that it has, and the one of another beat that it is most easily heard as."""

LONG_PICKUP = 0.1
"""Taken from the correlation where the pickup is longer than a third of a bar."""

SHORT = 24
"""Cells under which music has too few accents to tell a metre whose bars it does not fill."""

RARITY = {(4, 4): 0.0, (3, 4): 0.0, (2, 4): 0.06, (6, 8): 0.03, (3, 8): 0.08}
"""Taken from the correlation: half a bar of 4/4 always fits 2/4 nearly as well."""


def accents(notes: Notes, end: int) -> Floats:
    """Accents by eighth, (T, 4), columns as KINDS; each is 0 where nothing happens.

    Only pitches, onsets and durations are looked at, so no metre can leak into it.
    """
    n_cells = max(1, -(-end // CELL))
    out = np.zeros((n_cells, len(KINDS)))
    plain = notes[(notes["grace"] == 0) & (notes["onset"] < end)]
    cell = plain["onset"] // CELL
    on_grid = plain["onset"] % CELL == 0
    np.add.at(out[:, 0], cell[on_grid], 1.0)
    np.add.at(out[:, 1], cell[on_grid], np.log2(np.maximum(plain["duration"][on_grid] / CELL, 1.0)))
    lowest, classes = _sounding(plain, n_cells)
    moved = (lowest[1:] != lowest[:-1]) & (lowest[1:] < 128)
    out[1:, 2] = moved
    out[1:, 3] = (classes[1:] & ~classes[:-1]).sum(axis=1)
    out[0, 2], out[0, 3] = float(lowest[0] < 128), float(classes[0].sum())
    return out


def _sounding(notes: Notes, n_cells: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Lowest pitch (128 = silence) and pitch classes that sound at the start of each eighth, (T,) and (T, 12)."""
    lowest = np.full(n_cells, 128, np.int64)
    classes = np.zeros((n_cells, 12), bool)
    first = -(-notes["onset"] // CELL)
    last = -(-(notes["onset"] + notes["duration"]) // CELL)
    count = np.maximum(np.minimum(last, n_cells) - first, 0)
    note = np.repeat(np.arange(len(notes)), count)
    cell = np.arange(len(note)) + (first - np.cumsum(count) + count)[note]
    np.minimum.at(lowest, cell, notes["pitch"][note].astype(np.int64))
    classes[cell, notes["pitch"][note] % 12] = True
    return lowest, classes


def find_meter(notes: Notes, end: int) -> FoundMeter:
    """The metre and pickup that the accents fit best.

    Args:
        notes: of the whole piece; the first is taken to begin it, so silence before it belongs to the bar.
        end: tick where the piece ends.
    """
    best = FoundMeter(Meter(), 0, 0.0)
    best_value = -np.inf
    n_cells = -(-end // CELL)
    for (numerator, denominator), fits in _fits(notes, end).items():
        for phase, fit in enumerate(fits):
            if n_cells < SHORT and n_cells % len(fits) and (n_cells - phase) % len(fits):
                continue
            value = fit - RARITY[numerator, denominator] - LONG_PICKUP * (3 * phase > len(fits))
            if value > best_value:
                best_value = value
                best = FoundMeter(Meter(numerator=numerator, denominator=denominator), phase * CELL, fit)
    return best


def lead_of_meter(notes: Notes, end: int, meter: tuple[int, int], pickup: int) -> float | None:
    """How much better the accents fit a metre and pickup than the best of its rival: two beats or three.

    Args:
        notes: as for `find_meter`.
        end: tick where they end.
        meter: numerator and denominator.
        pickup: ticks before the first barline.

    Returns:
        The difference of two correlations; None for a metre that is not in RIVALS, or a pickup off the eighths.
    """
    if meter not in RIVALS or pickup % CELL:
        return None
    own, rival = RIVALS[meter]
    fits = _fits(notes, end, (own, rival))
    return fits[own][pickup // CELL % len(fits[own])] - max(fits[rival])


def fits_of_phases(notes: Notes, end: int, meter: tuple[int, int]) -> list[float]:
    """Correlation of the accents with one metre of PATTERNS, for every length of the pickup in eighths from tick 0."""
    return _correlations(PATTERNS[meter], _overall(accents(notes, end)), 0)


def _fits(
    notes: Notes, end: int, meters: Iterable[tuple[int, int]] = tuple(PATTERNS)
) -> dict[tuple[int, int], list[float]]:
    """Correlation of the accents with each metre's pattern, for every length of the pickup in eighths."""
    weight = _overall(accents(notes, end))
    first = int(notes["onset"].min()) // CELL if len(notes) else 0
    return {meter: _correlations(PATTERNS[meter], weight, first) for meter in meters}


def _overall(accents_TK: Floats) -> Floats:
    spread = accents_TK.std(axis=0)
    whole: Floats = (accents_TK / np.where(spread > 0, spread, 1.0)).sum(axis=1)
    return whole


def _correlations(pattern: Sequence[float], weight_T: Floats, first: int) -> list[float]:
    """Of the weights from `first` on with a pattern that begins at each of its places."""
    place_T = np.arange(first, len(weight_T))
    phase_P1 = np.arange(len(pattern))[:, None]
    pattern_PT = np.array(pattern)[(place_T - phase_P1) % len(pattern)]
    own_T = weight_T[first:]
    if len(own_T) < 2 or not own_T.std():
        return [0.0] * len(pattern)
    spread_P = pattern_PT.std(axis=1)
    both_P = ((pattern_PT - pattern_PT.mean(axis=1, keepdims=True)) * (own_T - own_T.mean())).mean(axis=1)
    found: list[float] = np.where(spread_P > 0, both_P / np.where(spread_P > 0, spread_P, 1) / own_T.std(), 0).tolist()
    return found
