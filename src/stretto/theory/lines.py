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
    begins, ends, height = onset.tolist(), (onset + notes["duration"]).tolist(), pitch.tolist()
    for chords in chords_of_lines(notes):
        for now, then in pairwise(chords):
            meets = [i for i in now if ends[i] == begins[then[0]]]
            if not meets:
                continue
            for j in then:
                before[j] = _nearest(j, meets, height)
            for i in meets:
                after[i] = _nearest(i, then, height)
    into = np.where(before >= 0, pitch - pitch[before], FAR)
    out = np.where(after >= 0, pitch[after] - pitch, FAR)
    length = notes["duration"].astype(np.int64)
    left = np.where(before >= 0, length[before], length)
    right = np.where(after >= 0, length[after], length)
    short = (length <= left) & (length <= right) & (length < np.maximum(left, right))
    return Neighbours(before=before, after=after, step_in=into, step_out=out, length=length, short=short)


def _nearest(note: int, others: list[int], pitch: list[int]) -> int:
    return others[0] if len(others) == 1 else min(others, key=lambda other: abs(pitch[other] - pitch[note]))


def chords_of_lines(notes: Notes) -> list[list[list[int]]]:
    """Of each part, staff and voice the notes that begin together, in order; graces left out."""
    lines: dict[tuple[int, int, int], list[list[int]]] = {}
    onset = notes["onset"].tolist()
    columns = (notes[name].tolist() for name in ("part", "staff", "voice", "grace"))
    for index, (part, staff, voice, grace) in enumerate(zip(*columns, strict=True)):
        if grace:
            continue
        line = lines.setdefault((part, staff, voice), [])
        if line and onset[line[-1][0]] == onset[index]:
            line[-1].append(index)
        else:
            line.append([index])
    return list(lines.values())
