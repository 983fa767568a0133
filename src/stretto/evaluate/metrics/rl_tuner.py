"""What the theory rules of RL Tuner give a melody, term by term; here for the top line of a piece.

The rules were written for melodies in C major of 32 eighths. Here the tonic and the scale are those of the piece,
a cell is an eighth, and rewards are given as means over all cells, so that length does not count.
"""

# Shapes: T cells of an eighth.

from __future__ import annotations

import numpy as np

from stretto.evaluate.metrics.catalogue import catalogue
from stretto.evaluate.metrics.pitch import MAJOR, MINOR
from stretto.evaluate.metrics.reading import Floats, Ints, Reading, share
from stretto.score.model import TICKS_PER_QUARTER

CELL = TICKS_PER_QUARTER // 2
BAR = 8
"""Cells of a motif's bar, whatever the metre."""

HOLD, OFF = -2, -1
"""A cell in which the note goes on (or the rest does), and one in which a rest begins."""

FIFTH, OCTAVE = 7, 12
REWARDS = {10: -0.3, 11: -0.3, 3: 0.09, 4: 0.09, 1: 0.08, 2: 0.08, 5: 0.07, 8: 0.05, 9: 0.05, 7: 0.02}
"""Interval in semitones -> reward, before its weight; wider than an octave WIDE."""
WIDE, IN_KEY_FIFTH, IN_KEY_THIRD = -1.0, 0.1, 0.15
HELD, HELD_ON_CHORD, RESTING, RESTING_ON_CHORD = 0.075, 0.3, 0.05, 0.15
INTERVAL_WEIGHT = 5.0

METRICS = catalogue(
    "rl_tuner",
    """
    key             | reward | reward for the key
                    | Minus the share of cells with a note outside the scale. | RL Tuner | higher
    tonic           | reward | reward for the tonic at both ends
                    | Rewards the tonic as the first note and as a long last one. | RL Tuner | higher
    repeats         | reward | reward for few repeats | Minus 100 for each note repeated too often. | RL Tuner | higher
    autocorrelation | reward | reward for unlikeness to itself
                    | Minus 3 times what the melody resembles itself one to three cells before. | RL Tuner | higher
    motif           | reward | reward for motifs      | Rewards three or more pitches within a bar. | RL Tuner | higher
    repeated_motif  | reward | reward for motifs that come back
                    | Rewards a motif that was heard before. | RL Tuner | higher
    intervals       | reward | reward for intervals   | Rewards small steps and consonant leaps. | RL Tuner | higher
    leaps           | reward | reward for resolved leaps
                    | Rewards leaps that are taken back, and punishes two in one direction. | RL Tuner | higher
    extremes        | reward | reward for unique top and bottom
                    | Rewards a highest and a lowest note that come once. | RL Tuner | higher
    total           | reward | all rewards together   | The sum of all rewards, a cell. | RL Tuner | higher
    leaps_resolved  | share  | leaps resolved         | Of leaps that end, how many are resolved. | RL Tuner
    in_motif        | share  | cells in motifs        | The share of cells that end a bar with three pitches. | RL Tuner
    in_repeated_motif | share | cells in repeated motifs | The share of cells that end a motif heard before. | RL Tuner
    lag_1           | correlation | likeness one cell before
                    | Correlation of the melody with itself an eighth before. | RL Tuner
    """,
)  # fmt: skip


def cells_of(reading: Reading) -> Ints:
    """The top line by eighths, (T,): a pitch where a note begins, HOLD where it goes on, OFF where a rest begins."""
    if not reading.lines:
        return np.zeros(0, np.int64)
    line = reading.lines[0]
    first, last = line.onset_N // CELL, -(-line.end_N // CELL)
    cells = np.full(int(last.max()) - int(first[0]), HOLD, np.int64)
    cells[(last - first[0])[:-1][first[1:] > last[:-1]]] = OFF
    cells[first - first[0]] = line.pitch_N
    return cells


def tonic_reward(cells: Ints, tonic: int) -> float:
    """3 for the tonic at the start, 3 where the last bar's half begins with it, 3 for each hold or rest after that."""
    rewards = 3.0 * (cells[0] >= 0 and cells[0] % 12 == tonic)
    end = cells[-4:]
    rewards += 3.0 * (end[0] >= 0 and end[0] % 12 == tonic) + 3.0 * (len(end) > 1 and end[1] == HOLD)
    return float(rewards + 3.0 * (end[2:] < 0).sum())


def n_repeated_too_often(cells: Ints) -> int:
    """Notes struck again after more than 4 of the same in a row, 6 where holds or rests stand between."""
    count, run, broken, last = 0, 0, False, None
    for cell in cells.tolist():
        if cell < 0:
            broken = True
            continue
        run, broken = (run, broken) if cell == last else (0, False)
        count += run > (6 if broken else 4)
        run, last = run + 1, cell
    return count


def autocorrelation(cells: Ints, lag: int) -> Floats:
    """Of each beginning of the melody, how it correlates with itself `lag` cells before, (T,); nan = not defined."""
    struck = cells >= 0
    # As in Magenta's vocabulary a hold is 0, a rest 1 and the lowest pitch 2.
    x = np.where(struck, cells - cells[struck].min() + 2, cells - HOLD).astype(np.float64)
    n = np.arange(1, len(cells) + 1)
    total, squares = np.cumsum(x), np.cumsum(x * x)
    mean = total / n
    products = np.concatenate([np.zeros(min(lag, len(x))), np.cumsum(x[lag:] * x[:-lag])])
    early = np.concatenate([np.zeros(min(lag, len(x))), total[:-lag]])
    late = total - np.concatenate([total, np.zeros(lag)])[np.minimum(lag - 1, n - 1)]
    around = products - mean * (early + late) + np.maximum(n - lag, 0) * mean**2
    spread = squares - n * mean**2
    usable = (spread > 1e-9) & (n > lag)
    return np.where(usable, around / np.where(usable, spread, 1), np.nan)


def motif_rewards(cells: Ints) -> tuple[Floats, Floats]:
    """For each cell what the bar that ends there earns as a motif, and as one heard before, (T,) both."""
    motif, again = np.zeros(len(cells)), np.zeros(len(cells))
    seen: dict[tuple[int, ...], int] = {}
    row = cells.tolist()
    for t in range(BAR - 1, len(row)):
        bar = tuple(row[t - BAR + 1 : t + 1])
        n_pitches = len({cell for cell in bar if cell >= 0})
        if n_pitches >= 3:
            motif[t] = 3.0 + 0.3 * (n_pitches - 3)
            again[t] = 4.0 + (n_pitches - 3) if seen.setdefault(bar, t) <= t - BAR else 0.0
    return motif, again


def interval_reward(cells: Ints, tonic: int) -> float:
    """Sum of the rewards of all intervals, holds and rests, weight included."""
    total, before = 0.0, None
    for cell in cells.tolist():
        if before is not None:
            total += _of_interval(before, cell, tonic)
        before = cell if cell >= 0 else before
    return INTERVAL_WEIGHT * total


def _of_interval(before: int, cell: int, tonic: int) -> float:
    place = (before - tonic) % 12
    if cell == HOLD:
        return HELD_ON_CHORD if place in (0, 7) else HELD
    if cell == OFF:
        return RESTING_ON_CHORD if place in (0, 7) else RESTING
    size = abs(cell - before)
    if size == FIFTH and place in (0, 7):
        return IN_KEY_FIFTH
    if size == 4 and place in (0, 4):
        return IN_KEY_THIRD
    return WIDE if size > OCTAVE else REWARDS.get(size, 0.0)


def leap_outcomes(cells: Ints, *, wait: int = 6) -> tuple[int, int]:
    """Leaps of a fifth or more that are resolved, by coming back step by step or, after `wait` cells, by leap; and
    leaps that are followed by another the same way."""
    resolved = doubled = direction = since = 0
    before, left = None, 0
    for cell in cells.tolist():
        if cell < 0 or before is None:
            since += 1
        elif abs(cell - before) >= FIFTH:
            way = 1 if cell > before else -1
            if direction == way:
                doubled += 1
            elif direction:
                resolved += since > wait
                direction = 0
            else:
                direction, left = way, before
            since = 0
        else:
            since += 1
            if direction and (cell - left) * direction <= 0:
                resolved, direction = resolved + 1, 0
        before = cell if cell >= 0 else before
    return resolved, doubled


def rewards(cells: Ints, tonic: int, scale: tuple[int, ...]) -> dict[str, float]:
    """All terms, a cell.

    *Source*: Jaques et al. 2017; what its text leaves open is taken from Magenta's `rl_tuner.py`. *Departures*:
    1. tonic and scale are the piece's, minor the natural; 2. means over all cells of any length, not sums over 32;
    3. in the autocorrelation the lowest pitch of the melody is 2, hold 0, rest 1; there 2 is a fixed pitch; 4. the
    likelihood under the melody network is no part of it.
    """
    n = len(cells)
    struck = cells[cells >= 0]
    lags = [autocorrelation(cells, lag) for lag in (1, 2, 3)]
    strong = sum(float(np.nansum(np.where(np.abs(r) > 0.15, np.abs(r), 0.0))) for r in lags)
    motif, again = motif_rewards(cells)
    resolved, doubled = leap_outcomes(cells)
    unique = [int((struck == edge).sum()) == 1 for edge in (struck.max(), struck.min())]
    terms = {
        "key": -float((~np.isin((struck - tonic) % 12, scale)).sum()),
        "tonic": tonic_reward(cells, tonic),
        "repeats": -100.0 * n_repeated_too_often(cells),
        "autocorrelation": -3.0 * strong,
        "motif": float(motif.sum()),
        "repeated_motif": float(again.sum()),
        "intervals": interval_reward(cells, tonic),
        "leaps": 5.0 * resolved - 5.0 * doubled,
        "extremes": 3.0 * sum(unique),
    }
    means = {name: value / n for name, value in terms.items()}
    return {
        **means,
        "total": sum(means.values()),
        "leaps_resolved": share(resolved, resolved + doubled),
        "in_motif": share(int((motif > 0).sum()), n),
        "in_repeated_motif": share(int((again > 0).sum()), n),
        "lag_1": float(lags[0][-1]),
    }


def measure(reading: Reading) -> dict[str, float]:
    """All of METRICS, for the top line."""
    cells = cells_of(reading)
    if not len(cells):
        return {metric.name: float("nan") for metric in METRICS}
    scale = MINOR if reading.key.mode == "minor" else MAJOR
    found = rewards(cells, reading.key.tonic, scale)
    return {f"rl_tuner.{name}": value for name, value in found.items()}
