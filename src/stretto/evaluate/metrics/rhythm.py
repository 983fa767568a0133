"""When notes begin and how long they last: groove, density, note values, voices that move together."""

# Shapes: B bars, Q cells of a bar.

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stretto.evaluate.metrics.catalogue import catalogue
from stretto.evaluate.metrics.reading import Floats, Ints, Reading, entropy, share
from stretto.score.model import TICKS_PER_QUARTER

CELLS_PER_BAR = 64
"""Of grooving similarity."""

VALUES = {"sixteenths": 6, "eighths": 12, "quarters": 24, "dotted_quarters": 36, "halves": 48, "dotted_halves": 72}
"""Ticks of the note values that are told apart."""

METRICS = catalogue(
    "rhythm",
    """
    groove           | share    | groove consistency | How like the rhythm of each bar is to that of the next. | MusPy
    grooving         | share    | grooving similarity | How like the rhythms of any two bars are. | MusDr
    empty_beats      | share    | empty beats              | The share of quarters in which nothing sounds. | MusPy
    empty_bars       | share    | empty bars               | The share of bars in which nothing sounds. | MusPy
    still_beats      | share    | beats without a new note | The share of quarters in which no note begins.
    density          | notes    | notes a quarter          | Notes of all parts a quarter.
    mean_duration    | quarters | mean length of a note    | How long a note lasts on average.
    mean_ioi         | quarters | mean time between onsets
                     | From one moment in which a note begins to the next, on average. | MGEval
    duration_entropy | bits     | entropy of note values   | How evenly the note values are used.
    sixteenths       | share    | sixteenths               | The share of notes that are sixteenths.
    eighths          | share    | eighths                  | The share of notes that are eighths.
    quarters         | share    | quarters                 | The share of notes that are quarters.
    dotted_quarters  | share    | dotted quarters          | The share of notes that are dotted quarters.
    halves           | share    | halves                   | The share of notes that are halves.
    dotted_halves    | share    | dotted halves            | The share of notes that are dotted halves.
    other_values     | share    | other note values        | The share of notes of all other lengths.
    on_beat          | share    | notes on a beat          | The share of notes that begin with a quarter.
    across_beat      | share    | syncopations
                     | The share of notes that begin off the beat and sound on over the next one.
    together         | share    | voices that move together
                     | Of the voices that sound when some note begins, the share that begin a note with it.
    """,
)


def onset_cells(reading: Reading, n_cells: int) -> NDArray[np.bool_]:
    """In which of `n_cells` equal parts of each full bar a note begins, (B, Q)."""
    length = reading.bar_end_B - reading.bar_ticks_B
    bar = np.searchsorted(reading.bar_ticks_B, reading.onset_N, side="right") - 1
    cells = np.zeros((len(length), n_cells), bool)
    inside = reading.onset_N - reading.bar_ticks_B[bar]
    cells[bar, np.minimum(inside * n_cells // np.maximum(length[bar], 1), n_cells - 1)] = True
    return cells[reading.full_B]


def groove(reading: Reading) -> float:
    """1 - mean over neighbouring bars of the share of ticks in which only one of the two has an onset.

    *Source*: MusPy `groove_consistency`, which differs from `grooving` in the pairs it takes. *Departures*: pickup
    and shortened bars are left out; the mean is over the T - 1 pairs, as in its text (some versions of its code
    divide by the T bars).
    """
    length = int(np.median((reading.bar_end_B - reading.bar_ticks_B)[reading.full_B])) if reading.full_B.any() else 0
    cells = onset_cells(reading, length) if length > 0 else np.zeros((0, 1), bool)
    return 1 - float((cells[1:] != cells[:-1]).mean()) if len(cells) > 1 else float("nan")


def grooving(reading: Reading) -> float:
    """Mean over all pairs of bars of 1 - XOR(onsets) / Q, Q = 64 cells a bar.

    *Source*: Wu and Yang, "The Jazz Transformer on the Front Line", ISMIR 2020, GS. *Departures*: 1. all pairs, not
    at most 1000 drawn ones; 2. pickup and shortened bars are left out.
    """
    cells = onset_cells(reading, CELLS_PER_BAR)
    n_bars = len(cells)
    if n_bars < 2:
        return float("nan")
    # A cell tells each bar that has an onset there from each that has none.
    with_onset = cells.sum(axis=0)
    differing = int((with_onset * (n_bars - with_onset)).sum())
    return 1 - differing / (n_bars * (n_bars - 1) / 2) / CELLS_PER_BAR


def empty_beats(reading: Reading) -> float:
    """Share of quarters in which nothing sounds.

    *Source*: MusPy `empty_beat_rate`. *Departures*: a beat at whose start a note ends is not filled by it.
    """
    return _empty(np.append(reading.beat_ticks, reading.end), reading)


def empty_bars(reading: Reading) -> float:
    """Share of bars in which nothing sounds. *Source*: MusPy `empty_measure_rate`. *Departures*: as `empty_beats`."""
    return _empty(np.append(reading.bar_ticks_B, reading.bar_end_B[-1]), reading)


def _empty(edges: Ints, reading: Reading) -> float:
    """Share of the stretches between edges in which nothing sounds."""
    if len(edges) < 2 or not len(reading.notes):
        return float("nan")
    sounding = np.append(0, np.cumsum((reading.sounding_TP.sum(axis=1) > 0) * reading.duration_T))
    until = np.interp(edges, np.append(reading.tick_T, reading.end), sounding)
    return float((np.diff(until) == 0).mean())


def still_beats(reading: Reading) -> float:
    """Share of quarters in which no note begins, held or empty."""
    starts = reading.beat_ticks
    if not len(starts) or not len(reading.notes):
        return float("nan")
    index = np.searchsorted(starts, reading.onset_N, side="right") - 1
    return 1 - len(np.unique(index[index >= 0])) / len(starts)


def mean_ioi(reading: Reading) -> float:
    """Mean distance between the moments at which notes begin, in quarters.

    *Source*: MGEval `avg_IOI` (Yang and Lerch 2018). *Departures*: quarters, not seconds, so that tempo does not
    count; onsets of all parts together, MGEval takes those of one.
    """
    starts = np.unique(reading.onset_N)
    return float(np.diff(starts).mean()) / TICKS_PER_QUARTER if len(starts) > 1 else float("nan")


def value_shares(reading: Reading) -> dict[str, float]:
    """Share of notes of each of VALUES, and of others.

    A tied note counts once, with its whole length. Bach: quarters 53 %, eighths 34 %, halves 6 %, sixteenths 3 %
    (the pickles of Fang et al. 2020, whose scores cut tied notes in two and count rests).
    """
    n = len(reading.notes)
    counts = {name: int((reading.duration_N == ticks).sum()) for name, ticks in VALUES.items()}
    counts["other_values"] = n - sum(counts.values())
    return {name: share(count, n) for name, count in counts.items()}


def together(reading: Reading) -> float:
    """Over all onsets: voices that begin a note / voices that sound. 1 = chords only, 1 / V = strictly one by one.

    *Source*: counted as it says. Not a number for one line alone.
    """
    slices = reading.slices
    if slices.pitch_TV.shape[1] < 2:
        return float("nan")
    at = slices.struck_TV.any(axis=1)
    return share(int(slices.struck_TV[at].sum()), int((slices.pitch_TV[at] >= 0).sum()))


def across_beat(reading: Reading) -> float:
    """Share of notes that begin between beats and end after the next beat. Beats are quarters."""
    into = reading.place_in_bar(reading.onset_N) % TICKS_PER_QUARTER
    across = (into > 0) & (into + reading.duration_N > TICKS_PER_QUARTER)
    return share(int(across.sum()), len(reading.notes))


def measure(reading: Reading) -> dict[str, float]:
    """All of METRICS."""
    n = len(reading.notes)
    values: Floats = np.unique(reading.duration_N, return_counts=True)[1].astype(np.float64)
    on_beat = int((reading.place_in_bar(reading.onset_N) % TICKS_PER_QUARTER == 0).sum())
    return {
        "rhythm.groove": groove(reading),
        "rhythm.grooving": grooving(reading),
        "rhythm.empty_beats": empty_beats(reading),
        "rhythm.empty_bars": empty_bars(reading),
        "rhythm.still_beats": still_beats(reading),
        "rhythm.density": share(n, reading.n_quarters),
        "rhythm.mean_duration": share(float(reading.duration_N.sum()) / TICKS_PER_QUARTER, n),
        "rhythm.mean_ioi": mean_ioi(reading),
        "rhythm.duration_entropy": entropy(values),
        **{f"rhythm.{name}": value for name, value in value_shares(reading).items()},
        "rhythm.on_beat": share(on_beat, n),
        "rhythm.across_beat": across_beat(reading),
        "rhythm.together": together(reading),
    }
