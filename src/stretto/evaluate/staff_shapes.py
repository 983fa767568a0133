"""Distributions of what a repertoire is made of, and how far those of two sets of pieces overlap.

Every piece gives one histogram of each feature, and weighs the same in its set however long it is; a set's histogram
is their mean. The overlap of two sets is the area that both histograms cover: 1 = the same, 0 = nothing in common.
"""

# Shapes: N notes, M moments, K bins.

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.evaluate.staff_work import N_PITCHES, StaffWork
from stretto.score.model import TICKS_PER_QUARTER

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_TOGETHER = 10
"""Notes that sound together, and more."""

DENSITIES = (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 14.0)
"""Lower edges of notes struck a quarter, bar by bar."""

LENGTHS = (3, 4, 6, 8, 9, 12, 16, 18, 24, 36, 48, 72, 96, 144)
"""Note values in ticks, from a 32nd on; other lengths count as the one that is nearest in proportion."""

SHARES = (0.0, 1e-9, 0.01, 0.03, 0.1, 0.3)
"""Lower edges of the share of a piece's notes; the first bin is "none"."""

MEAN_BINS = 10

SHORTEST_SIXTEENTH = 4
"""A note of fewer ticks is a 32nd or shorter; a sixteenth of a triplet has 4."""

WIDEST_HAND, WIDEST_SCORE = 19, 60
"""Semitones; all beyond is one bin."""


@dataclass(frozen=True, kw_only=True)
class Feature:
    """One distribution."""

    name: str
    says: str
    """What its histogram counts."""
    of: Callable[[StaffWork], Floats]
    """Histogram of a piece, (K,), not yet of sum 1; all 0 = the piece has none of it."""


def polyphony(work: StaffWork) -> Floats:
    """Time in which one, two, ... notes sound."""
    n_M = np.minimum(work.sounding().sum(axis=1), MOST_TOGETHER)
    return _counts(n_M[n_M > 0], work.duration_M[n_M > 0], MOST_TOGETHER + 1)


def density(work: StaffWork) -> Floats:
    """Bars by the notes struck a quarter in them."""
    edges = work.bar_edges_B
    n_B = np.diff(np.searchsorted(np.sort(work.onset_N), edges))
    a_quarter = n_B * TICKS_PER_QUARTER / np.maximum(1, np.diff(edges))
    return _counts(np.searchsorted(DENSITIES, a_quarter, side="right") - 1, None, len(DENSITIES))


def pitch(work: StaffWork) -> Floats:
    """Notes by pitch."""
    return _counts(work.pitch_N, None, N_PITCHES)


def durations(work: StaffWork) -> Floats:
    """Notes by their value."""
    length_N = (work.end_N - work.onset_N).astype(np.float64)
    away_NK = np.abs(np.log(length_N)[:, None] - np.log(np.array(LENGTHS))[None])
    return _counts(away_NK.argmin(axis=1), None, len(LENGTHS))


def triplets(work: StaffWork) -> Floats:
    """Pieces by the share of their notes that begin off the grid of 32nds."""
    return _share(work.onset_N % 3 > 0)


def thirty_seconds(work: StaffWork) -> Floats:
    """Pieces by the share of their notes that are shorter than a sixteenth of a triplet."""
    return _share(work.end_N - work.onset_N < SHORTEST_SIXTEENTH)


def hand_span(work: StaffWork) -> Floats:
    """Time by the span of what a hand holds, where it holds two notes at least; all hands together."""
    spans = [_spans(work.sounding(staff)) for staff in range(work.music.n_staves)]
    found = np.zeros(WIDEST_HAND + 1)
    for span_M in spans:
        found += _counts(np.minimum(span_M, WIDEST_HAND), work.duration_M * (span_M > 0), WIDEST_HAND + 1)
    return found


def whole_span(work: StaffWork) -> Floats:
    """Time by the span from the lowest to the highest note, in bins of three semitones."""
    spans = np.minimum(_spans(work.sounding()), WIDEST_SCORE) // 3
    return _counts(spans, work.duration_M * (work.sounding().sum(axis=1) > 1), WIDEST_SCORE // 3 + 1)


def intervals_together(work: StaffWork) -> Floats:
    """Time of all pairs of notes that sound together, by their interval within an octave."""
    sounding_MP = work.sounding().astype(np.float64)
    pairs_PP = (sounding_MP * work.duration_M[:, None]).T @ sounding_MP
    low, high = np.triu_indices(N_PITCHES, 1)
    return _counts((high - low) % 12, pairs_PP[low, high], 12)


def intervals_in_line(work: StaffWork) -> Floats:
    """Steps from each note of the highest staff's top line to the next, down and up, an octave at most."""
    step = np.diff(top_line(work, 0)[1])
    return _counts(np.clip(step, -12, 12) + 12, None, 25)


def top_line(work: StaffWork, staff: int, *, lowest: bool = False) -> tuple[Ints, Ints]:
    """Onsets and pitches of the highest note that a staff strikes at each moment; or of the lowest."""
    own = work.music.notes["staff"] == staff
    onset, pitch_N = work.onset_N[own], work.pitch_N[own]
    order = np.lexsort((pitch_N if lowest else -pitch_N, onset))
    first = np.diff(onset[order], prepend=-1) > 0
    return onset[order][first], pitch_N[order][first]


SHARED = (
    Feature(name="polyphony", says="time by the number of notes that sound", of=polyphony),
    Feature(name="note density", says="bars by the notes struck a quarter", of=density),
    Feature(name="pitch", says="notes by semitone", of=pitch),
    Feature(name="durations", says="notes by note value", of=durations),
    Feature(name="triplet share", says="pieces by the share of notes off the grid of 32nds", of=triplets),
    Feature(name="32nd share", says="pieces by the share of notes shorter than a triplet's 16th", of=thirty_seconds),
    Feature(name="intervals together", says="time of pairs of notes by interval in an octave", of=intervals_together),
    Feature(name="intervals of the melody", says="steps of the top line by semitone", of=intervals_in_line),
)

FEATURES = {
    "keyboard": (*SHARED, Feature(name="hand span", says="time by semitones that a hand holds", of=hand_span)),
    "quartet": (*SHARED, Feature(name="span", says="time by the span of all four, in minor thirds", of=whole_span)),
}
"""Repertoire -> its features; a quartet has no hands."""


def shapes(works: Sequence[StaffWork], feature: Feature) -> Floats:
    """Histograms of some pieces, each of sum 1, (pieces, K); pieces that have none of it are left out."""
    if not works:
        return np.zeros((0, 1))
    rows = np.array([feature.of(work) for work in works])
    total = rows.sum(axis=1, keepdims=True)
    kept: Floats = (rows / np.where(total > 0, total, 1))[total[:, 0] > 0]
    return kept


def overlap(one: Floats, other: Floats) -> float:
    """Area that the mean histograms of two sets share, 0..1; not a number where a set is empty."""
    if not len(one) or not len(other):
        return float("nan")
    return float(np.minimum(one.mean(axis=0), other.mean(axis=0)).sum())


def means_overlap(one: Floats, other: Floats) -> float:
    """The same of the means of the pieces' own histograms, in MEAN_BINS equal bins; stricter, and noisier.

    A hundred real works overlap so with a hundred others by 0.8 to 0.9.
    """
    if not len(one) or not len(other):
        return float("nan")
    means = [rows @ np.arange(rows.shape[1]) for rows in (one, other)]
    low, high = np.quantile(np.concatenate(means), [0.02, 0.98])
    edges = np.linspace(low, high, MEAN_BINS + 1)[1:-1]
    shares = [_counts(np.searchsorted(edges, own), None, MEAN_BINS) / len(own) for own in means]
    return float(np.minimum(*shares).sum())


def halves_overlap(rows: Floats, *, n_splits: int = 20, seed: int = 0) -> float:
    """Mean overlap of random halves of one set: what chance leaves of sets that are alike."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(n_splits):
        order = rng.permutation(len(rows))
        found.append(overlap(rows[order[: len(rows) // 2]], rows[order[len(rows) // 2 :]]))
    return float(np.mean(found))


def _counts(bins: NDArray[np.integer], weights: NDArray[Any] | None, n: int) -> Floats:
    return np.bincount(bins, weights=weights, minlength=n).astype(np.float64)


def _share(those_N: NDArray[np.bool_]) -> Floats:
    found = np.zeros(len(SHARES))
    if len(those_N):
        found[int(np.searchsorted(SHARES, those_N.mean(), side="right")) - 1] = 1
    return found


def _spans(sounding_MP: NDArray[np.bool_]) -> Ints:
    """Semitones from the lowest to the highest pitch of each moment; 0 where fewer than two sound."""
    some = sounding_MP.any(axis=1)
    low = sounding_MP.argmax(axis=1)
    high = N_PITCHES - 1 - sounding_MP[:, ::-1].argmax(axis=1)
    found: Ints = np.where(some, high - low, 0)
    return found
