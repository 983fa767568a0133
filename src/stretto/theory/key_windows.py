"""Keys over time: where a piece modulates, and where a chromatic bar is only that.

Every beat votes for the 24 keys with the pitch classes that sound in it, dominants that resolve with more; the
likeliest row of keys, in which each change of key costs, is found by dynamic programming.
"""

# Shapes: B beats, K keys.

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.score.model import Score
from stretto.theory.grid import Grid, grid_of, overlaps
from stretto.theory.key import (
    ALL_KEYS,
    BELLMAN_BUDGE,
    Tonality,
    estimate_key,
    pitched_notes,
    rank_keys,
)
from stretto.theory.phrases import phrases_of

Floats = NDArray[np.floating[Any]]

RARE = 0.02
"""Smallest share of a degree in a key: a raised sixth in minor is rare in chords, and no news."""

CHANGE, PER_FIFTH = 3.0, 0.4
"""Cost of a change of key, in nats, and of each fifth between the two."""

HOME, AT_HOME = 0.12, 2.0
"""Gain of each beat in the key of the whole piece, and what is added for the first and the last."""

RESOLVES, CLOSES = 1.4, 2.0
"""Gain of a key where its dominant goes to its tonic, and what is added where that closes a phrase."""

SHORTEST = 4
"""Beats of the shortest stretch in a key of its own; shorter ones only with a cadence."""


@dataclass(frozen=True, slots=True)
class KeyWindow:
    """A stretch in one key."""

    tick: int
    end: int
    key: Tonality
    fit: float
    """Correlation of its pitch classes with the key's profile, -1..1."""


def key_windows(score: Score, *, key: Tonality | None = None, grid: Grid | None = None) -> list[KeyWindow]:
    """The keys that a score goes through, in order, without gaps; empty where it has no notes.

    Args:
        score: any; its signatures count only through `key`.
        key: of the whole piece; None = estimated.
        grid: of the score; None = made.

    *Source*: the Bayesian model of Temperley, *Music and Probability*, 2007, ch. 6 (which pitch classes a segment has,
    and a penalty for a change of key), with the profiles of `key.BELLMAN_BUDGE`.
    *Departures*: 1. a pitch class counts by how much of the beat it sounds. 2. A step between keys costs by their
    distance in fifths. 3. Resolved dominants and the key of the piece count.
    """
    notes = pitched_notes(score)
    if not len(notes):
        return []
    home = estimate_key(score) if key is None else key
    grid = grid_of(score) if grid is None else grid
    weight_B12, start_B = beat_weights(score, grid)
    resolved_BK = _resolutions(weight_B12)
    gain_BK = weight_B12 @ _log_profiles().T + RESOLVES * resolved_BK
    gain_BK[:, _place(home)] += HOME
    gain_BK[[0, -1], _place(home)] += AT_HOME
    closes = np.searchsorted(start_B, [p.close.settled for p in phrases_of(score, key=home)], side="right") - 1
    gain_BK[closes] += CLOSES * resolved_BK[closes]
    path = _without_moments(_best_path(gain_BK, _change_costs()), gain_BK, set(closes.tolist()))
    edges = _edges(path)
    stops = np.append(start_B, grid.end)
    return [
        _window(int(stops[a]), int(stops[b]), _near(ALL_KEYS[path[a]], home), weight_B12[a:b].sum(axis=0))
        for a, b in pairwise(edges)
    ]


def key_at(windows: list[KeyWindow], tick: int) -> Tonality:
    """The key in force at a tick."""
    found = [window.key for window in windows if window.tick <= tick]
    return found[-1] if found else windows[0].key


def beat_weights(score: Score, grid: Grid) -> tuple[Floats, NDArray[np.int64]]:
    """How much of each beat each pitch class sounds, (B, 12), 0..1; and where the beats begin, (B,)."""
    notes = pitched_notes(score)
    onset = notes["onset"].astype(np.int64)
    note, unit, ticks = overlaps(grid, onset, onset + notes["duration"])
    beats = grid.beats
    start = grid.tick_U[beats]
    beat_of_unit = np.searchsorted(beats, np.arange(len(grid)), side="right") - 1
    weight = np.zeros((len(beats), 12))
    np.add.at(weight, (beat_of_unit[unit], notes["pitch"][note] % 12), np.maximum(ticks, 0))
    lengths = np.diff(np.append(start, grid.end))
    return np.minimum(weight / lengths[:, None], 1.0), start


def _window(tick: int, end: int, key: Tonality, weights: Floats) -> KeyWindow:
    fits = {(r.key.tonic, r.key.mode): r.fit for r in rank_keys(np.asarray(weights, np.float64))}
    return KeyWindow(tick, end, key, fits[key.tonic, key.mode])


@cache
def _log_profiles() -> Floats:
    """Log-probability of each pitch class in each key, (K, 12)."""
    rows = []
    for key in ALL_KEYS:
        share = np.roll(BELLMAN_BUDGE[key.mode], key.tonic) / 100
        rows.append(np.log(np.maximum(share, RARE)))
    return np.array(rows)


@cache
def _change_costs() -> Floats:
    """Cost to go from one key to another, (K, K)."""
    fifths = np.array([key.fifths for key in ALL_KEYS])
    apart = np.abs((fifths[:, None] - fifths[None, :] + 6) % 12 - 6)
    cost: Floats = (CHANGE + PER_FIFTH * apart) * (1 - np.eye(len(ALL_KEYS)))
    return cost


def _resolutions(weight_B12: Floats) -> Floats:
    """How far each beat has the tonic chord of a key after its dominant, (B, K)."""
    tonic = np.array([key.tonic for key in ALL_KEYS])
    third = tonic + np.array([3 if key.mode == "minor" else 4 for key in ALL_KEYS])

    def sounds(degree: NDArray[np.int64]) -> Floats:
        found: Floats = weight_B12[:, degree % 12]
        return found

    dominant = np.minimum(sounds(tonic + 7), sounds(tonic + 11)) + np.minimum(sounds(tonic + 5), sounds(tonic + 11))
    out = np.zeros_like(dominant)
    out[1:] = np.minimum(dominant[:-1], 1.0) * np.minimum(sounds(tonic), sounds(third))[1:]
    return out


def _best_path(gain_BK: Floats, cost_KK: Floats) -> NDArray[np.int64]:
    """The row of keys with the largest gain, (B,)."""
    best = gain_BK[0]
    back = np.zeros(gain_BK.shape, np.int64)
    for b in range(1, len(gain_BK)):
        value = best[:, None] - cost_KK
        back[b] = value.argmax(axis=0)
        best = value.max(axis=0) + gain_BK[b]
    path = [int(best.argmax())]
    for b in range(len(gain_BK) - 1, 0, -1):
        path.append(int(back[b, path[-1]]))
    return np.array(path[::-1], np.int64)


def _edges(path: NDArray[np.int64]) -> list[int]:
    return [0, *(np.flatnonzero(np.diff(path)) + 1).tolist(), len(path)]


def _without_moments(path: NDArray[np.int64], gain_BK: Floats, closes: set[int]) -> NDArray[np.int64]:
    """Stretches that are too short for a key, and close no phrase, go to the neighbour that fits them better."""
    path = path.copy()
    while True:
        edges = _edges(path)
        short = [
            (b - a, a, b)
            for a, b in pairwise(edges)
            if b - a < SHORTEST and b - a < len(path) and not closes & set(range(a, b))
        ]
        if not short:
            return path
        _, a, b = min(short)
        beside = [path[i] for i in (a - 1, b) if 0 <= i < len(path)]
        path[a:b] = max(beside, key=lambda k: float(gain_BK[a:b, k].sum()))


def _place(key: Tonality) -> int:
    return next(i for i, other in enumerate(ALL_KEYS) if (other.tonic, other.mode) == (key.tonic, key.mode))


def _near(key: Tonality, home: Tonality) -> Tonality:
    """The key spelled nearest to that of the piece."""
    return Tonality(key.tonic_fifths - 12 * round((key.fifths - home.fifths) / 12), key.mode)
