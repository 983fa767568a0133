"""The parts layout: each part of a frame sounds one pitch, begun or held, or rests.

A frame runs from one change to the next (change frames), or over one step of a fixed
grid; both are the same arrays, so one network and one code path serve both.
"""

# Shapes: T frames, V parts.

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.errors import ScoreError
from stretto.score.model import NOTE, UNSPELLED, Notes, Notice, Part, Score

REST = -1
"""`pitch` of a part that rests."""

HOLD, ONSET, UNKNOWN = 0, 1, 2
"""`state` of a part: its note goes on, begins, or one cannot tell (a repeated pitch in `jsb16`)."""


@dataclass(frozen=True, eq=False, kw_only=True)
class PartFrames:
    """A piece as frames of parts."""

    tick_T: NDArray[np.int32]
    """Start of each frame in ticks, rising."""
    pitch_TV: NDArray[np.int16]
    """MIDI pitch, or REST."""
    state_TV: NDArray[np.int8]
    """HOLD, ONSET or UNKNOWN; HOLD where the part rests."""
    end: int
    """Tick at which the last frame ends."""

    def __len__(self) -> int:
        """Number of frames."""
        return len(self.tick_T)

    @property
    def duration_T(self) -> NDArray[np.int32]:
        """Length of each frame in ticks."""
        return np.diff(self.tick_T, append=np.int32(self.end)).astype(np.int32)

    def window(self, start: int, stop: int) -> PartFrames:
        """Frames start..stop-1, at their ticks; a note held into the window stays a hold."""
        end = int(self.tick_T[stop]) if stop < len(self) else self.end
        return PartFrames(
            tick_T=self.tick_T[start:stop],
            pitch_TV=self.pitch_TV[start:stop],
            state_TV=self.state_TV[start:stop],
            end=end,
        )

    def followed_by(self, later: PartFrames, until: int | None = None) -> PartFrames:
        """These frames, and those of `later` that begin when they have ended, up to a tick; None = to its end."""
        end = later.end if until is None else until
        next_T = (later.tick_T >= self.end) & (later.tick_T < end)
        return PartFrames(
            tick_T=np.concatenate([self.tick_T, later.tick_T[next_T]]),
            pitch_TV=np.concatenate([self.pitch_TV, later.pitch_TV[next_T]]),
            state_TV=np.concatenate([self.state_TV, later.state_TV[next_T]]),
            end=end,
        )


def part_frames(
    score: Score, *, parts: Sequence[int] | None = None, step: int = 0, cuts: Iterable[int] = ()
) -> tuple[PartFrames, tuple[Notice, ...]]:
    """Frames of some parts of a score.

    Args:
        score: any score.
        parts: indices into `score.parts`, top part first; None = all.
        step: length of a grid frame in ticks; 0 = change frames.
        cuts: ticks where a frame must begin though nothing changes, as at a planned phrase end.

    Returns:
        The frames, and what they cannot hold: graces, notes below another in the same part, times
        off the grid, notes that share a grid frame with an earlier one of their part.
    """
    chosen = list(range(len(score.parts))) if parts is None else list(parts)
    lines, notices = [], []
    n_graces = n_hidden = n_rounded = n_crowded = 0
    end = -(-score.end // step) * step if step else score.end
    for index in chosen:
        own = score.notes[score.notes["part"] == index]
        graces = own["grace"] > 0
        n_graces += int(graces.sum())
        on, off, pitch, hidden = _single_line(own[~graces])
        n_hidden += hidden
        if step:
            # A note that begins in the last half of the last cell begins with it.
            rounded_on, rounded_off = np.minimum(_to_grid(on, step), max(0, end - step)), _to_grid(off, step)
            first = np.diff(rounded_on, prepend=-1) > 0
            n_rounded += int((first & ((rounded_on != on) | (rounded_off != off))).sum())
            n_crowded += int((~first).sum())
            rounded_on, rounded_off, pitch = rounded_on[first], rounded_off[first], pitch[first]
            rounded_off = np.maximum(rounded_off, rounded_on + step)
            rounded_off[:-1] = np.minimum(rounded_off[:-1], np.maximum(rounded_on[1:], rounded_on[:-1] + 1))
            on, off = rounded_on, rounded_off
        lines.append((on, off, pitch))
    for what, count in (
        ("grace notes left out of the frames", n_graces),
        ("notes under a higher one of the same part left out of the frames", n_hidden),
        (f"notes rounded to a grid of {step} ticks", n_rounded),
        (f"notes left out: an earlier one of their part begins in the same {step} ticks", n_crowded),
    ):
        if count:
            notices.append(Notice(what=what, count=count))
    starts = np.union1d(np.arange(0, end, step), [*cuts]) if step else _change_ticks(lines, end, cuts)
    return _draw(lines, np.asarray(starts, np.int32), end), tuple(notices)


def frames_of_matrix(matrix_TV: NDArray[Any], *, step: int) -> PartFrames:
    """Change frames of a grid that cannot tell held from repeated notes, as `jsb16`.

    Args:
        matrix_TV: MIDI pitch a cell, NaN or negative = rest.
        step: ticks a row.
    """
    pitch = np.nan_to_num(np.asarray(matrix_TV, np.float64), nan=REST).astype(np.int16)
    pitch[pitch < 0] = REST
    changed = np.r_[True, (pitch[1:] != pitch[:-1]).any(axis=1)]
    rows = np.flatnonzero(changed)
    pitch_TV = pitch[rows]
    return PartFrames(
        tick_T=(rows * step).astype(np.int32),
        pitch_TV=pitch_TV,
        state_TV=fused_states(pitch_TV),
        end=int(len(pitch) * step),
    )


def fused_states(pitch_TV: NDArray[np.int16]) -> NDArray[np.int8]:
    """States where a source cannot tell held from repeated notes: a pitch that stays is UNKNOWN."""
    before = np.vstack([np.full((1, pitch_TV.shape[1]), -2, np.int16), pitch_TV[:-1]])
    state = np.where(pitch_TV == before, UNKNOWN, ONSET).astype(np.int8)
    state[pitch_TV == REST] = HOLD
    return state


def cut_at(frames: PartFrames, ticks: Iterable[int]) -> PartFrames:
    """Frames that also begin at `ticks`, holding what sounds there."""
    inside = [t for t in ticks if frames.tick_T[0] <= t < frames.end]
    return _recut(frames, np.union1d(frames.tick_T, np.array(inside, np.int32)).astype(np.int32))


def notes_of_parts(frames: PartFrames) -> Notes:
    """The exact inverse: every note of the frames, part by part; an UNKNOWN state is taken as held."""
    n, pitch_TV = len(frames), frames.pitch_TV
    sounding_TV, moved_TV = pitch_TV != REST, np.ones(pitch_TV.shape, bool)
    moved_TV[1:] = pitch_TV[1:] != pitch_TV[:-1]
    fresh_TV = sounding_TV & ((frames.state_TV == ONSET) | moved_TV)
    # The first frame from each on in which a part strikes a note, or rests.
    next_TV = np.full((n + 1, pitch_TV.shape[1]), n)
    next_TV[:-1] = np.where(fresh_TV | ~sounding_TV, np.arange(n)[:, None], n)
    next_TV = np.minimum.accumulate(next_TV[::-1], axis=0)[::-1]
    part, t = np.nonzero(fresh_TV.T)
    tick = np.append(frames.tick_T, frames.end)
    notes = np.zeros(len(t), NOTE)
    notes["onset"], notes["duration"] = tick[t], tick[next_TV[t + 1, part]] - tick[t]
    notes["pitch"], notes["part"] = pitch_TV[t, part], part
    notes["voice"], notes["staff"], notes["fifths"] = 1, 1, UNSPELLED
    return notes


def score_of_parts(frames: PartFrames, parts: Iterable[Part], **rest: Any) -> Score:
    """A Score of the frames' notes; `rest` goes to `Score.build` (meters, keys, pickup, marks ...)."""
    return Score.build(notes_of_parts(frames), parts, **{"end": frames.end, **rest})


def _single_line(
    notes: Notes,
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int16], int]:
    """Onsets, ends and pitches of the top line of a part, and how many notes it hides."""
    order = np.lexsort((-notes["pitch"].astype(int), notes["onset"]))
    notes = notes[order]
    keep = np.r_[True, notes["onset"][1:] != notes["onset"][:-1]] if len(notes) else np.zeros(0, bool)
    top = notes[keep]
    on = top["onset"].astype(np.int32)
    off = on + top["duration"].astype(np.int32)
    # A note that lasts into the next one of its own part ends where that begins.
    overlapping = int((off[:-1] > on[1:]).sum()) if len(top) else 0
    if len(top):
        off[:-1] = np.minimum(off[:-1], on[1:])
    return on, off, top["pitch"].astype(np.int16), len(notes) - len(top) + overlapping


def _to_grid(ticks: NDArray[np.int32], step: int) -> NDArray[np.int32]:
    return ((ticks + step // 2) // step * step).astype(np.int32)


def _change_ticks(lines: Sequence[tuple[NDArray[Any], ...]], end: int, cuts: Iterable[int]) -> NDArray[np.int32]:
    changes = [np.zeros(1, np.int32), np.array(list(cuts), np.int32)]
    for on, off, _ in lines:
        changes += [on, off]
    ticks = np.unique(np.concatenate(changes))
    return ticks[(ticks >= 0) & (ticks < max(end, 1))].astype(np.int32)


def _draw(lines: Sequence[tuple[NDArray[Any], ...]], starts: NDArray[np.int32], end: int) -> PartFrames:
    shape = (len(starts), len(lines))
    pitch_TV = np.full(shape, REST, np.int16)
    state_TV = np.zeros(shape, np.int8)
    for v, (on, off, pitch) in enumerate(lines):
        first = np.searchsorted(starts, on)
        last = np.searchsorted(starts, off)
        for a, b, p in zip(first.tolist(), last.tolist(), pitch.tolist(), strict=True):
            if a == b:
                raise ScoreError(f"part {v + 1}: a note of pitch {p} is shorter than a frame; use a finer grid")
            pitch_TV[a:b, v] = p
            state_TV[a, v] = ONSET
    return PartFrames(tick_T=starts, pitch_TV=pitch_TV, state_TV=state_TV, end=end)


def _recut(frames: PartFrames, starts: NDArray[np.int32]) -> PartFrames:
    source = np.searchsorted(frames.tick_T, starts, side="right") - 1
    fresh = frames.tick_T[source] == starts
    state = np.where(fresh[:, None], frames.state_TV[source], HOLD).astype(np.int8)
    return PartFrames(tick_T=starts, pitch_TV=frames.pitch_TV[source], state_TV=state, end=frames.end)
