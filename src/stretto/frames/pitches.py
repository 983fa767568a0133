"""The pitches layout: a roll of any polyphony, for keyboard music."""

# Shapes: T frames, P = 128 pitches.

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.score.model import NOTE, UNSPELLED, Notes, Notice, Score

N_PITCHES = 128
OFF, ONSET, HOLD = 0, 1, 2
"""Cell of the roll: silent, begun in this frame, or going on."""


@dataclass(frozen=True, eq=False, kw_only=True)
class PitchFrames:
    """A piece as frames of pitches."""

    tick_T: NDArray[np.int32]
    """Start of each frame in ticks, rising."""
    roll_TP: NDArray[np.int8]
    """OFF, ONSET or HOLD; index 0 is MIDI pitch 0."""
    end: int

    def __len__(self) -> int:
        """Number of frames."""
        return len(self.tick_T)

    @property
    def duration_T(self) -> NDArray[np.int32]:
        """Length of each frame in ticks."""
        return np.diff(self.tick_T, append=np.int32(self.end)).astype(np.int32)


def pitch_frames(score: Score, *, step: int = 0) -> tuple[PitchFrames, tuple[Notice, ...]]:
    """Frames of all notes of a score together.

    Args:
        score: any score.
        step: length of a grid frame in ticks; 0 = change frames.

    Returns:
        The frames, and what they cannot hold: graces, unisons of two parts, times off the grid.
    """
    notes = score.notes[score.notes["grace"] == 0]
    end = -(-score.end // step) * step if step else score.end
    on, off, n_rounded = _times(notes, step, end)
    merged, n_doubled, n_cut = _one_note_a_key(on, off, notes["pitch"])
    if step:
        starts = np.arange(0, end, step)
    else:
        starts = np.unique(np.r_[0, merged[:, 0], merged[:, 1]])
        starts = starts[starts < max(end, 1)]
    roll = np.zeros((len(starts), N_PITCHES), np.int8)
    for a, b, pitch in merged.tolist():
        first, last = np.searchsorted(starts, (a, b))
        roll[first:last, pitch] = HOLD
        roll[first, pitch] = ONSET
    counts = (
        ("grace notes left out of the frames", len(score.notes) - len(notes)),
        ("notes doubled by another on the same key", n_doubled),
        ("notes cut short by the next one on the same key", n_cut),
        (f"notes rounded to a grid of {step} ticks", n_rounded),
    )
    notices = tuple(Notice(what=what, count=count) for what, count in counts if count)
    return PitchFrames(tick_T=starts.astype(np.int32), roll_TP=roll, end=end), notices


def notes_of_pitches(frames: PitchFrames) -> Notes:
    """The exact inverse: every note of the roll, all in part 0."""
    notes: list[tuple[int, ...]] = []
    ticks = np.append(frames.tick_T, frames.end).tolist()
    for pitch in np.flatnonzero(frames.roll_TP.any(axis=0)).tolist():
        column = frames.roll_TP[:, pitch]
        for start in np.flatnonzero(column == ONSET).tolist():
            stop = start + 1
            while stop < len(column) and column[stop] == HOLD:
                stop += 1
            notes.append((ticks[start], ticks[stop] - ticks[start], pitch, 0, 0, 1, 1, UNSPELLED, 0))
    return np.array(notes, dtype=NOTE)


def _times(notes: Notes, step: int, end: int) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    on = notes["onset"].astype(np.int64)
    off = on + notes["duration"]
    if not step:
        return on, off, 0
    grid_on, grid_off = ((t + step // 2) // step * step for t in (on, off))
    n_rounded = int(((grid_on != on) | (grid_off != off)).sum())
    grid_on = np.minimum(grid_on, max(0, end - step))  # one that begins late in the last cell begins with it
    return grid_on, np.maximum(grid_off, grid_on + step), n_rounded


def _one_note_a_key(
    on: NDArray[np.int64], off: NDArray[np.int64], pitch: NDArray[Any]
) -> tuple[NDArray[np.int64], int, int]:
    """(onset, end, pitch) rows in which no two notes of a pitch overlap, how many went, and how many were cut."""
    order = np.lexsort((-off, on, pitch))
    rows = np.stack([on, off, pitch.astype(np.int64)], axis=1)[order]
    kept: list[list[int]] = []
    n_doubled = n_cut = 0
    for a, b, p in rows.tolist():
        if kept and kept[-1][2] == p and kept[-1][1] > a:
            if kept[-1][0] == a:
                n_doubled += 1
                continue  # a unison: the longer of the two is already there
            n_cut += 1
            kept[-1][1] = a
        kept.append([a, b, p])
    return np.array(kept, np.int64).reshape(-1, 3), n_doubled, n_cut
