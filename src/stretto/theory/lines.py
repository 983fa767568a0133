"""Melodic lines through a score: which note comes before each note, and which after."""

# Shapes: N notes.

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from stretto.score.model import Notes

NONE = -1
"""No note: a rest, or the end of the line."""

FAR = 99
"""Semitones to a note that is not there."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Neighbours:
    """Of each note, the note of its line before it and the one after, where no rest is between."""

    before: NDArray[np.int64]
    """Index of the note, (N,), or NONE."""
    after: NDArray[np.int64]
    step_in: NDArray[np.int64]
    """Semitones from the note before, (N,); FAR = none."""
    step_out: NDArray[np.int64]
    """Semitones to the note after, (N,); FAR = none."""
    length: NDArray[np.int64]
    """Ticks, (N,)."""
    short: NDArray[np.bool_]
    """Shorter than both its neighbours, or than the one and as short as the other."""


def neighbours_of(notes: Notes) -> Neighbours:
    """The lines of some notes: those of one part, staff and voice; of a chord the nearest note counts.

    Args:
        notes: sorted as a score's are; graces have no neighbours and are none.
    """
    before, after = (np.full(len(notes), NONE, np.int64) for _ in range(2))
    onset, pitch = notes["onset"].astype(np.int64), notes["pitch"].astype(np.int64)
    end = onset + notes["duration"]
    lines = (notes["part"].astype(np.int64) * 128 + notes["staff"]) * 128 + notes["voice"]
    plain = notes["grace"] == 0
    for line in np.unique(lines):
        own = np.flatnonzero((lines == line) & plain)
        cuts = np.flatnonzero(np.diff(onset[own])) + 1
        chords = [chord.tolist() for chord in np.split(own, cuts)] if len(own) else []
        for now, then in pairwise(chords):
            meets = [i for i in now if end[i] == onset[then[0]]]
            if not meets:
                continue
            for j in then:
                before[j] = min(meets, key=lambda i: abs(pitch[i] - pitch[j]))
            for i in meets:
                after[i] = min(then, key=lambda j: abs(pitch[i] - pitch[j]))
    into = np.where(before >= 0, pitch - pitch[before], FAR)
    out = np.where(after >= 0, pitch[after] - pitch, FAR)
    length = notes["duration"].astype(np.int64)
    left = np.where(before >= 0, length[before], length)
    right = np.where(after >= 0, length[after], length)
    short = (length <= left) & (length <= right) & (length < np.maximum(left, right))
    return Neighbours(before=before, after=after, step_in=into, step_out=out, length=length, short=short)
