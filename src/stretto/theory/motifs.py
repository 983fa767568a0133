"""Melodies that come back: in the same part or another, at the same pitch or moved.

Sequences, answers, canons and the A of a form are the same thing here: a run of notes whose rhythm
and steps agree with a run heard before.
"""

# Shapes: N notes of a line, I and J notes of two lines.

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
            for i, j, n in agreeing_runs(earlier, later, min_notes, later=True):
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


def agreeing_runs(motif: Line, other: Line, min_notes: int, *, later: bool = False) -> Iterator[tuple[int, int, int]]:
    """First notes and length of the longest runs that agree.

    Args:
        motif: one line.
        other: the line that may have the same.
        min_notes: fewest notes of a run, two at least.
        later: leave out steps of `other` that begin no later than those of `motif`.
    """
    if min(len(motif.pitch_N), len(other.pitch_N)) < min_notes or min_notes < 2:
        return
    agrees_IJ = _steps_agree(motif, other)
    if later:
        agrees_IJ &= other.onset_N[None, :-1] > motif.onset_N[:-1, None]
    n_steps = min_notes - 1
    rows, columns = agrees_IJ.shape
    # Most ways to lay one line over the other have no run at all: only those that have one are looked at.
    whole = np.ones((rows - n_steps + 1, columns - n_steps + 1), bool)
    for k in range(n_steps):
        whole &= agrees_IJ[k : rows - n_steps + 1 + k, k : columns - n_steps + 1 + k]
    whole[1:, 1:] &= ~agrees_IJ[: whole.shape[0] - 1, : whole.shape[1] - 1]
    for i, j in np.argwhere(whole).tolist():
        steps = np.diagonal(agrees_IJ[i:, j:])
        n = (int(steps.argmin()) if not steps.all() else len(steps)) + 1
        yield from _unspread(motif, other, (i, j, n), min_notes)


def _steps_agree(motif: Line, other: Line) -> NDArray[np.bool_]:
    """Whether the step from note i and that from note j agree in rhythm and, nearly, in pitch, (I - 1, J - 1)."""
    time_i, time_j = np.diff(motif.onset_N), np.diff(other.onset_N)
    length_i, length_j = (motif.end_N - motif.onset_N)[:-1], (other.end_N - other.onset_N)[:-1]
    step_i, step_j = np.diff(motif.pitch_N), np.diff(other.pitch_N)
    found: NDArray[np.bool_] = time_i[:, None] == time_j[None, :]
    found &= length_i[:, None] == length_j[None, :]
    found &= np.abs(step_i[:, None] - step_j[None, :]) <= BEND
    found &= np.sign(step_i)[:, None] * np.sign(step_j)[None, :] >= 0
    return found


def _unspread(motif: Line, other: Line, run: tuple[int, int, int], min_notes: int) -> Iterator[tuple[int, int, int]]:
    """The run, cut where bent steps have carried it away from where it began."""
    i, j, n = run
    apart = (other.pitch_N[j : j + n] - motif.pitch_N[i : i + n]).tolist()
    start, low, high = 0, apart[0], apart[0]
    for k in range(1, n + 1):
        if k < n and max(high, apart[k]) - min(low, apart[k]) <= SPREAD:
            low, high = min(low, apart[k]), max(high, apart[k])
            continue
        if k - start >= min_notes:
            yield i + start, j + start, k - start
        if k < n:
            start, low, high = k, apart[k], apart[k]
