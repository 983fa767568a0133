"""Form: how much of a piece its own passages explain, at the lengths of phrases, sections and halves.

A stretch of music explains what repeats it. Fitness is the share of the piece that a stretch and its repetitions
cover, weighed with how exact they are; structureness is the best fitness among stretches of some length.
"""

# Shapes: Q quarters (or the frames they are taken together to), L lengths, S first frames of stretches.

from __future__ import annotations

import numpy as np

from stretto.evaluate.metrics.catalogue import catalogue
from stretto.evaluate.metrics.reading import Floats, Reading

MAX_FRAMES = 128
"""Longer pieces have frames of two, three, ... quarters, so that no piece takes long."""

KEPT, PENALTY = 0.15, -0.2
"""Share of the similarity matrix that is kept, rising from 0 to 1, and what all other cells cost a path. The penalty
is -2 in the source, whose paths bend around what does not fit; with it 89 of 100 of Bach's chorales have no mid-term
structure. With -0.2 the mean chorale has 0.34, 0.14 and 0.02; with its bars shuffled 0.26, 0.05 and 0.00."""

SMOOTHED = 4
"""Frames over which similarity is averaged along its diagonals."""

LENGTHS = {"short": (6, 16), "mid": (16, 30), "long": (30, 10_000)}
"""Quarters from and to: 3-8, 8-15 and over 15 seconds at 120 quarters a minute."""

METRICS = catalogue(
    "structure",
    """
    short | fitness | short-term structure
          | How much of the piece a phrase of one and a half to four bars of 4/4 and its repetitions explain. | MusDr
    mid   | fitness | mid-term structure
          | How much of the piece a passage of four to seven and a half bars and its repetitions explain. | MusDr
    long  | fitness | long-term structure
          | How much of the piece a longer passage and its repetitions explain. | MusDr
    likeness | share | likeness to itself
          | How like the pitch classes of any two quarters of the piece are, up to transposition.
    """,
)


def chroma(reading: Reading) -> Floats:
    """How long each pitch class sounds in each frame, rows of length 1, (Q, 12); silent frames are 0."""
    beats = reading.beat_ticks
    size = max(1, -(-len(beats) // MAX_FRAMES))
    edges = np.append(beats[::size], reading.end) if len(beats) else np.zeros(1, np.int64)
    classes = np.zeros((len(reading.tick_T) + 1, 12))
    sounding = np.stack([reading.sounding_TP[:, c::12].any(axis=1) for c in range(12)], axis=1)
    classes[1:] = np.cumsum(sounding * reading.duration_T[:, None], axis=0)
    ticks = np.append(reading.tick_T, reading.end)
    until = np.stack([np.interp(edges, ticks, classes[:, c]) for c in range(12)], axis=1)
    time = np.diff(until, axis=0)
    length = np.linalg.norm(time, axis=1, keepdims=True)
    turned: Floats = time / np.where(length > 0, length, 1)
    return turned


def similarity(chroma_Q: Floats) -> Floats:
    """How like any two frames are, up to transposition, (Q, Q), in 0..1, averaged along the diagonals."""
    turned = np.stack([np.roll(chroma_Q, shift, axis=1) for shift in range(12)])
    alike = np.einsum("qc,src->sqr", chroma_Q, turned)
    n = len(chroma_Q)
    smooth, count = np.zeros_like(alike), np.zeros((n, n))
    for ahead in range(min(SMOOTHED, n)):
        smooth[:, : n - ahead, : n - ahead] += alike[:, ahead:, ahead:]
        count[: n - ahead, : n - ahead] += 1
    found: Floats = (smooth / np.maximum(count, 1)).max(axis=0)
    return found


def enhanced(similarity_QQ: Floats) -> Floats:
    """The most similar KEPT of all cells from 0 to 1, all others PENALTY; the diagonal is 1."""
    if not similarity_QQ.size:
        return similarity_QQ
    least = float(np.quantile(similarity_QQ, 1 - KEPT))
    top = max(float(similarity_QQ.max()) - least, 1e-9)
    kept = np.where(similarity_QQ >= least, (similarity_QQ - least) / top, PENALTY)
    np.fill_diagonal(kept, 1.0)
    return kept


def fitness(enhanced_QQ: Floats) -> Floats:
    """Fitness of every stretch, (L, S): row l is for stretches of l + 1 frames; 0 where the piece is too short.

    For each stretch, copies that do not overlap are laid over the piece so that their similarity is greatest; with
    score s (similarity beyond the stretch itself, by the frames of all copies) and coverage c (frames of the copies
    beyond the stretch itself, by those of the piece), fitness = 2 s c / (s + c).

    *Source*: Müller, Jiang and Grosche, "A Robust Fitness Measure for Capturing Repetitions in Music Recordings",
    IEEE TASLP 2013. *Departures*: 1. copies are as long as the stretch: a score has no tempo that bends their paths;
    2. PENALTY.
    """
    n = len(enhanced_QQ)
    along = np.zeros((n + 1, n + 1))  # sums down the diagonals
    for t in range(n):
        along[t + 1, 1:] = along[t, :-1] + enhanced_QQ[t]
    length = np.arange(1, n + 1)[:, None]
    start = np.arange(n)[None, :]
    fits = start + length <= n
    stop = np.minimum(start + length, n)
    best, copies = np.zeros((n + 1, n, n)), np.zeros((n + 1, n, n), np.int32)
    row, column = np.broadcast_arrays(length - 1, start)
    for t in range(1, n + 1):
        best[t], copies[t] = best[t - 1], copies[t - 1]
        m = min(t, n)  # only stretches of at most t frames can end here
        first = t - length[:m]
        gain = along[t, stop[:m]] - along[first, start]
        with_copy = best[first, row[:m], column[:m]] + gain
        better = (with_copy > best[t, :m]) & fits[:m]
        best[t, :m][better] = with_copy[better]
        copies[t, :m][better] = copies[first, row[:m], column[:m]][better] + 1
    covered = copies[n] * length
    score = np.maximum(best[n] - length, 0) / np.maximum(covered, 1)
    coverage = np.maximum(covered - length, 0) / max(n, 1)
    total = score + coverage
    return np.where(fits & (total > 0), 2 * score * coverage / np.where(total > 0, total, 1), 0.0)


def structureness(reading: Reading) -> dict[str, float]:
    """Best fitness among short, mid and long stretches; not a number where the piece is shorter than the shortest.

    *Source*: Wu and Yang, ISMIR 2020, SI (l to u seconds, from the fitness scape plot of the audio, at 2 Hz).
    *Departures*: 1. the notes are read, not audio: sounding time of the pitch classes in each quarter; 2. lengths
    are in quarters, as seconds at a tempo of 120, so that tempo does not count; 3. those of `fitness`.
    """
    frames = chroma(reading)
    if len(frames) < 2:
        return dict.fromkeys((*LENGTHS, "likeness"), float("nan"))
    alike = similarity(frames)
    found = fitness(enhanced(alike))
    quarters = reading.n_quarters / len(frames) * np.arange(1, len(frames) + 1)
    values = {}
    for name, (least, most) in LENGTHS.items():
        rows = found[(quarters >= least) & (quarters <= most)]
        values[name] = float(rows.max()) if rows.size else float("nan")
    return {**values, "likeness": float(alike[np.triu_indices(len(frames), 1)].mean())}


def measure(reading: Reading) -> dict[str, float]:
    """All of METRICS."""
    if not len(reading.notes):
        return {metric.name: float("nan") for metric in METRICS}
    return {f"structure.{name}": value for name, value in structureness(reading).items()}
