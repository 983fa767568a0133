"""Two sets of pieces beside each other: features of each, distances within a set and between two, overlap and KL.

Distances, not features, are compared: how unlike each other the pieces of the real set are, and how unlike the
pieces of the other set are to them. So a set that only ever repeats the mean piece does not pass for real.
"""

# Shapes: N and M pieces, F features of a histogram, D distances, X points of the grid.

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.evaluate.metrics.reading import Floats, Ints, Reading
from stretto.score.model import TICKS_PER_QUARTER, Score

GRID_POINTS = 1000

REACH = 3.0
"""Bandwidths beyond the extreme distances to which the grid reaches."""

LENGTHS = (96, 48, 24, 12, 6, 72, 36, 18, 9, 32, 16, 8)
"""Ticks of the note values: whole to sixteenth, dotted half to sixteenth, triplet half to eighth."""

FEATURES = {
    "pitch count": "different pitches",
    "pitch classes": "pitch-class histogram",
    "pitch-class transitions": "from one pitch class to the next in a line",
    "pitch range": "highest minus lowest pitch",
    "pitch interval": "mean of the absolute intervals of the lines",
    "note count": "notes",
    "inter-onset interval": "mean time between onsets",
    "note lengths": "histogram of note values",
    "note-length transitions": "from one note value to the next in a line",
    "pitch count a bar": "different pitches of each bar, on average",
    "note count a bar": "notes of each bar, on average",
}
"""Feature -> what it is."""


def features(score: Score | Reading) -> dict[str, Floats]:
    """All FEATURES of a piece; single numbers are arrays of one, histograms sum to 1 and are flattened.

    *Source*: Yang and Lerch 2018, table 1, and the code `mgeval`. *Departures*: 1. transitions and intervals run
    within each part's line, there over all notes as they come; 2. times are quarters, there seconds; 3. bars come as
    means over bars, as sets of pieces of different lengths cannot be compared bar by bar; 4. the transposition of a
    piece to C is left to who asks: pitch classes are counted from its tonic.
    """
    reading = score if isinstance(score, Reading) else Reading(score)
    tonic = reading.key.tonic
    degree = [(line.pitch_N - tonic) % 12 for line in reading.lines]
    lengths = [_nearest_length(line.end_N - line.onset_N) for line in reading.lines]
    moves = np.concatenate([np.abs(np.diff(line.pitch_N)) for line in reading.lines] or [np.zeros(0, np.int64)])
    onsets = np.unique(reading.onset_N)
    bars = np.searchsorted(reading.bar_ticks_B, reading.onset_N, side="right") - 1
    in_bars = [len(np.unique(reading.pitch_N[bars == b])) for b in range(len(reading.bar_ticks_B))]
    return {
        "pitch count": _one(len(np.unique(reading.pitch_N))),
        "pitch classes": _shares(np.bincount((reading.pitch_N - tonic) % 12, minlength=12)),
        "pitch-class transitions": _transitions(degree, 12),
        "pitch range": _one(np.ptp(reading.pitch_N) if len(reading.pitch_N) else 0),
        "pitch interval": _one(moves.mean() if len(moves) else 0),
        "note count": _one(len(reading.notes)),
        "inter-onset interval": _one(np.diff(onsets).mean() / TICKS_PER_QUARTER if len(onsets) > 1 else 0),
        "note lengths": _shares(np.bincount(_nearest_length(reading.duration_N), minlength=len(LENGTHS))),
        "note-length transitions": _transitions(lengths, len(LENGTHS)),
        "pitch count a bar": _one(np.mean(in_bars) if in_bars else 0),
        "note count a bar": _one(len(reading.notes) / max(1, len(reading.bar_ticks_B))),
    }


def _one(value: Any) -> Floats:
    return np.array([float(value)])


def _shares(counts: NDArray[Any]) -> Floats:
    found: Floats = counts / max(1, counts.sum())
    return found


def _nearest_length(ticks: Ints) -> Ints:
    """Index into LENGTHS of the note value nearest in proportion."""
    ratio = np.abs(np.log(np.maximum(ticks, 1))[:, None] - np.log(np.array(LENGTHS))[None, :])
    nearest: Ints = ratio.argmin(axis=1)
    return nearest


def _transitions(lines: Sequence[Ints], n: int) -> Floats:
    """How often one thing follows another in the lines, flattened from (n, n)."""
    counts = np.zeros((n, n))
    for line in lines:
        np.add.at(counts, (line[:-1], line[1:]), 1)
    return _shares(counts.ravel())


@dataclass(frozen=True, eq=False, kw_only=True)
class Compared:
    """One feature of two sets."""

    feature: str
    overlap: float
    """Area under both densities, 0..1; 1 = the sets differ from each other as the real pieces do among themselves."""
    kl: float
    """Kullback-Leibler divergence of the distances between the sets from those within the real one, nats; 0 = none."""
    intra_real: float
    """Mean distance of the real pieces from each other."""
    intra_own: float
    """The same of the other pieces."""
    inter: float
    """Mean distance of a piece of the one set from one of the other."""


def compare(own: Sequence[Mapping[str, Floats]], real: Sequence[Mapping[str, Floats]]) -> list[Compared]:
    """Every feature of two sets of at least three pieces each; not a number where a set has fewer.

    *Source*: Yang and Lerch 2018, eq. 4 and 5: Gaussian kernel densities (Scott's bandwidth) of the Euclidean
    distances within the real set and between the sets. *Departures*: 1. both densities are drawn on one grid, from
    REACH bandwidths below the least to REACH above the greatest distance, and KL is taken of these; the code there
    takes KL of two arrays from two different grids, so that a shift between the sets does not count; 2. each pair
    within a set counts once; 3. a set without any spread gets the narrowest bandwidth that the grid shows.
    """
    return [_compared(name, *(np.array([piece[name] for piece in side]) for side in (own, real))) for name in FEATURES]


def _compared(name: str, own_NF: Floats, real_MF: Floats) -> Compared:
    intra_real, intra_own = within(real_MF), within(own_NF)
    inter = between(own_NF, real_MF)
    known = len(own_NF) >= 3 and len(real_MF) >= 3
    overlap, kl = overlap_and_kl(inter, intra_real) if known else (float("nan"), float("nan"))
    return Compared(
        feature=name,
        overlap=overlap,
        kl=kl,
        intra_real=_mean(intra_real),
        intra_own=_mean(intra_own),
        inter=_mean(inter),
    )


def between(own_NF: Floats, real_MF: Floats) -> Floats:
    """Euclidean distance of every piece of one set from every one of the other, (N * M,)."""
    if not len(own_NF) or not len(real_MF):
        return np.zeros(0)
    squares = (own_NF**2).sum(axis=1)[:, None] + (real_MF**2).sum(axis=1)[None, :] - 2 * own_NF @ real_MF.T
    distances: Floats = np.sqrt(np.maximum(squares, 0)).ravel()
    return distances


def within(pieces_NF: Floats) -> Floats:
    """Euclidean distance of every pair of one set, (N (N - 1) / 2,)."""
    n = len(pieces_NF)
    return between(pieces_NF, pieces_NF).reshape(n, n)[np.triu_indices(n, 1)] if n else np.zeros(0)


def overlap_and_kl(one_D: Floats, other_D: Floats) -> tuple[float, float]:
    """Area under both densities, and KL of the first from the second in nats, on one grid."""
    widths = _bandwidth(one_D), _bandwidth(other_D)
    every = np.concatenate([one_D, other_D])
    reach = REACH * max(widths)
    if reach == 0:
        reach = max(1.0, abs(float(every[0]))) * 0.1 if np.ptp(every) == 0 else float(np.ptp(every))
    grid = np.linspace(every.min() - reach, every.max() + reach, GRID_POINTS)
    step = grid[1] - grid[0]
    p, q = (density(values, grid, max(width, step)) for values, width in zip((one_D, other_D), widths, strict=True))
    p, q = p / (p.sum() * step), q / (q.sum() * step)
    least = 1e-12
    kl = float((p * np.log(np.maximum(p, least) / np.maximum(q, least))).sum() * step)
    return float(np.minimum(p, q).sum() * step), max(kl, 0.0)


def density(values_D: Floats, grid_X: Floats, width: float) -> Floats:
    """Gaussian kernel density at each point of a grid, (X,).

    Distances are gathered at the points of the grid first: exact to a fraction of a step, and as quick for a million.
    """
    n, step = len(grid_X), grid_X[1] - grid_X[0]
    place = (values_D - grid_X[0]) / step
    low = np.clip(np.floor(place).astype(np.int64), 0, n - 2)
    part = place - low
    mass = np.bincount(low, 1 - part, n) + np.bincount(low + 1, part, n)
    kernel = np.exp(-0.5 * (np.arange(-n + 1, n) * step / width) ** 2) / (width * np.sqrt(2 * np.pi))
    size = 1 << (3 * n).bit_length()
    spread = np.fft.irfft(np.fft.rfft(mass, size) * np.fft.rfft(kernel, size), size)[n - 1 : 2 * n - 1]
    found: Floats = np.maximum(spread, 0) / len(values_D)
    return found


def _bandwidth(values_D: Floats) -> float:
    """Scott's: standard deviation times the number to the power of -1/5."""
    return float(values_D.std(ddof=1)) * len(values_D) ** -0.2 if len(values_D) > 1 else 0.0


def _mean(values_D: Floats) -> float:
    return float(values_D.mean()) if len(values_D) else float("nan")
