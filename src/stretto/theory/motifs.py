"""Melodies that come back: in the same part or another, at the same pitch or moved.

Sequences, answers, canons and the A of a form are the same thing here: a run of notes whose rhythm
and steps agree with a run heard before.
"""

# Shapes: N notes of a line, I and J notes of two lines.

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

MIN_NOTES = 5
"""Fewer notes come back by chance."""

MIN_PITCHES = 3
"""A figure of fewer different pitches is a repeated note or a trill."""

BEND = 1
"""Semitones by which a step may differ: an answer keeps the steps of the scale, not their size."""

SPREAD = 2
"""Semitones by which all distances between the two runs may differ among themselves."""


@dataclass(frozen=True, eq=False)
class Line:
    """The melody of one part: notes one after the other."""

    onset_N: NDArray[np.int64]
    end_N: NDArray[np.int64]
    pitch_N: NDArray[np.int64]

    @classmethod
    def of(cls, notes: NDArray[np.void]) -> Line:
        """The top line of the notes of a part, graces left out."""
        notes = notes[notes["grace"] == 0]
        order = np.lexsort((-notes["pitch"].astype(int), notes["onset"]))
        notes = notes[order]
        onset = notes["onset"].astype(np.int64)
        first = np.diff(onset, prepend=-1) > 0
        end = onset + notes["duration"]
        return cls(onset[first], end[first].astype(np.int64), notes["pitch"][first].astype(np.int64))


@dataclass(frozen=True, kw_only=True)
class Recurrence:
    """A run of notes that agrees with an earlier one."""

    part: int
    start: int
    """Tick of its first note."""
    end: int
    """Tick at which its last note ends."""
    source: int
    """Part that had it before."""
    lag: int
    """Ticks back to where that began."""
    up: int
    """Semitones by which it is moved; the commonest distance, where steps bend."""
    n_notes: int

    @property
    def overlaps(self) -> bool:
        """It enters while what it takes up is still going on: a stretto."""
        return self.part != self.source and self.lag < self.end - self.start


def recurrences(
    lines: Sequence[Line], *, min_notes: int = MIN_NOTES, min_pitches: int = MIN_PITCHES
) -> list[Recurrence]:
    """Every run of at least `min_notes` that agrees with an earlier one, as long as it does, by its start.

    Rhythm agrees to the tick but for the last note's length; each step agrees within BEND semitones, and the
    distance between the runs stays within SPREAD.
    """
    found: list[Recurrence] = []
    for source, earlier in enumerate(lines):
        for part, later in enumerate(lines):
            for i, j, n in _runs(earlier, later, min_notes):
                pitches = later.pitch_N[j : j + n]
                if len(set(pitches.tolist())) < min_pitches:
                    continue
                apart = pitches - earlier.pitch_N[i : i + n]
                values, counts = np.unique(apart, return_counts=True)
                found.append(
                    Recurrence(
                        part=part,
                        start=int(later.onset_N[j]),
                        end=int(later.end_N[j + n - 1]),
                        source=source,
                        lag=int(later.onset_N[j] - earlier.onset_N[i]),
                        up=int(values[counts.argmax()]),
                        n_notes=n,
                    )
                )
    return sorted(found, key=lambda r: (r.start, r.part, r.lag, r.source))


def _runs(earlier: Line, later: Line, min_notes: int) -> Iterator[tuple[int, int, int]]:
    """First notes and length of the longest runs that agree, `later` beginning after `earlier`."""
    if min(len(earlier.pitch_N), len(later.pitch_N)) < min_notes:
        return
    agrees_IJ = _steps_agree(earlier, later)
    after_IJ = later.onset_N[None, :] > earlier.onset_N[:, None]
    agrees_IJ &= after_IJ[:-1, :-1]
    # Most ways to lay one line over the other have no run at all: only those that have one are looked at.
    n_steps, (n_i, n_j) = min_notes - 1, agrees_IJ.shape
    enough = np.ones((max(n_i - n_steps + 1, 0), max(n_j - n_steps + 1, 0)), bool)
    for k in range(n_steps):
        enough &= agrees_IJ[k : n_i - n_steps + 1 + k, k : n_j - n_steps + 1 + k]
    rows, columns = np.nonzero(enough)
    for shift in np.unique(columns - rows).tolist():
        steps = np.diagonal(agrees_IJ, shift)
        edges = np.flatnonzero(np.diff(steps.astype(np.int8), prepend=0, append=0))
        for a, b in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            i, j, n = a + max(0, -shift), a + max(0, shift), b - a + 1
            if n >= min_notes:
                yield from _unspread(earlier, later, i, j, n, min_notes)


def _steps_agree(earlier: Line, later: Line) -> NDArray[np.bool_]:
    """Whether the step from note i and that from note j agree in rhythm and, nearly, in pitch, (I - 1, J - 1)."""

    def alike(of: Any, bend: int) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = np.abs(of(earlier)[:, None] - of(later)[None, :]) <= bend
        return found

    same_time = alike(lambda line: np.diff(line.onset_N), 0)
    same_length = alike(lambda line: (line.end_N - line.onset_N)[:-1], 0)
    same_step = alike(lambda line: np.diff(line.pitch_N), BEND)
    same_way = np.sign(np.diff(earlier.pitch_N))[:, None] * np.sign(np.diff(later.pitch_N))[None, :] >= 0
    return same_time & same_length & same_step & same_way


def _unspread(earlier: Line, later: Line, i: int, j: int, n: int, min_notes: int) -> Iterator[tuple[int, int, int]]:
    """The run, cut where bent steps have carried it away from where it began."""
    start = 0
    apart = later.pitch_N[j : j + n] - earlier.pitch_N[i : i + n]
    for k in range(1, n + 1):
        if k == n or np.ptp(apart[start : k + 1]) > SPREAD:
            if k - start >= min_notes:
                yield i + start, j + start, k - start
            start = k
