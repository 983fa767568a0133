"""How alike neighbouring stretches of four bars are in their pitches and note values."""

# Shapes: W windows.

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import erf, sqrt

import numpy as np

from stretto.evaluate.metrics.catalogue import catalogue
from stretto.evaluate.metrics.reading import Reading
from stretto.score.model import TICKS_PER_QUARTER

WINDOW_BARS, HOP_BARS = 4, 2

NARROWEST = 1e-3
"""Spread of a window in which all notes are the same."""

METRICS = catalogue(
    "overlap",
    """
    pitch_mean     | share | overlap of pitches over time
                   | How far the pitches of four bars overlap those of the next window, on average. | overlap
    pitch_spread   | share | spread of the overlap of pitches
                   | How much that overlap varies within the piece. | overlap
    duration_mean  | share | overlap of note values over time
                   | How far the note values of four bars overlap those of the next window, on average. | overlap
    duration_spread | share | spread of the overlap of note values
                   | How much that overlap varies within the piece. | overlap
    """,
)


def overlapping_area(mean: float, spread: float, other_mean: float, other_spread: float) -> float:
    """Area under the lower of two normal curves, 0..1; 1 = the same curve.

    >>> round(overlapping_area(0, 1, 0, 1), 6), round(overlapping_area(0, 1, 2, 1), 4)
    (1.0, 0.3173)
    """
    spread, other_spread = max(spread, NARROWEST), max(other_spread, NARROWEST)
    if abs(spread - other_spread) < 1e-9:
        apart = abs(mean - other_mean)
        return 1.0 if apart == 0 else 1 - erf(apart / (2 * sqrt(2) * spread))
    crossings = _crossings(mean, spread, other_mean, other_spread)
    edges = [-np.inf, *crossings, np.inf]
    area = 0.0
    for low, high in pairwise(edges):
        area += min(
            _below(high, mean, spread) - _below(low, mean, spread),
            _below(high, other_mean, other_spread) - _below(low, other_mean, other_spread),
        )
    return area


def _below(x: float, mean: float, spread: float) -> float:
    return 0.5 * (1 + erf((x - mean) / (spread * sqrt(2))))


def _crossings(mean: float, spread: float, other_mean: float, other_spread: float) -> list[float]:
    """Where two normal curves of different widths meet, rising."""
    a = 1 / spread**2 - 1 / other_spread**2
    b = 2 * (other_mean / other_spread**2 - mean / spread**2)
    c = mean**2 / spread**2 - other_mean**2 / other_spread**2 + 2 * np.log(spread / other_spread)
    root = sqrt(max(b * b - 4 * a * c, 0.0))
    return sorted([(-b - root) / (2 * a), (-b + root) / (2 * a)])


def overlaps(reading: Reading) -> dict[str, float]:
    """Mean and standard deviation of the overlapping area of windows that follow each other.

    Each window of four bars is taken as a normal curve of its notes' pitches (semitones) and of their lengths
    (quarters); each is compared with the one two bars later. Not a number for pieces of under six bars.

    *Source*: Mittal et al., ISMIR 2021, framewise overlapping area, after Choi et al. 2020. *Departures*: none found.
    """
    starts = reading.bar_ticks_B[::HOP_BARS]
    ends = reading.bar_end_B
    windows = []
    for i, start in enumerate(starts.tolist()):
        last = i * HOP_BARS + WINDOW_BARS - 1
        if last >= len(ends):
            break
        inside = (reading.onset_N >= start) & (reading.onset_N < ends[last])
        pitch, length = reading.pitch_N[inside], reading.duration_N[inside] / TICKS_PER_QUARTER
        if len(pitch):
            windows.append((pitch.mean(), pitch.std(), length.mean(), length.std()))
    found = {}
    for name, at in (("pitch", 0), ("duration", 2)):
        areas = [overlapping_area(*one[at : at + 2], *two[at : at + 2]) for one, two in pairwise(windows)]
        found[f"{name}_mean"] = float(np.mean(areas)) if areas else float("nan")
        found[f"{name}_spread"] = float(np.std(areas)) if areas else float("nan")
    return found


def consistency(values: Sequence[float], real: Sequence[float]) -> float:
    """max(0, 1 - |mean - mean of real| / mean of real); 1 = as real music on average.

    Given `overlap.pitch_mean` of pieces and of real ones it is the published Consistency; given their squared
    spreads, the published Variance.

    *Source*: Mittal et al., ISMIR 2021, eq. 6 and 7. *Departures*: means over pieces, not over all windows.
    """
    own, truth = float(np.nanmean(values)), float(np.nanmean(real))
    return max(0.0, 1 - abs(own - truth) / abs(truth)) if truth else float("nan")


def measure(reading: Reading) -> dict[str, float]:
    """All of METRICS."""
    return {f"overlap.{name}": value for name, value in overlaps(reading).items()}
