"""The canvas: what of a piece is given and what is open, before a note of it is drawn.

A given soprano, the bars around a gap, the first half of a piece: each part is, at each moment,
given or open. A note belongs where it begins: one that begins before a hole is given to its end,
one that begins inside is open to its end, though it reach beyond.
"""

# Shapes: K canvas frames, T frames, V parts.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stretto.frames.parts import HOLD, ONSET, REST, PartFrames, cut_at

OPEN, ANY = -2, -3
"""`pitch` of a part on the canvas: nothing is said; or a note sounds, whose pitch is open."""

FREE, GIVEN, STRUCK = 0, 1, 2
"""How much of a part's choice is given in a frame: nothing; all; that it strikes a note, of which the pitch is open."""


@dataclass(frozen=True, kw_only=True)
class Hole:
    """A part from `start` to before `end`, in ticks, which is open."""

    part: int
    start: int
    end: int
    keep_rhythm: bool = False
    """Only the pitches are open: when notes begin and end stays."""
    keep_pitches: bool = False
    """Only the rhythm is open: which notes there are, and in which order, stays. A canvas cannot say so, and leaves
    both open; drawing sees to it."""
    silent: bool = False
    """Nothing is to sound there: what begins in it goes, and nothing comes instead."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Canvas:
    """What is given of a piece, from one change to the next; `pitch_TV` also has OPEN and ANY."""

    frames: PartFrames

    @property
    def open_KV(self) -> NDArray[np.bool_]:
        """Where a pitch is open, (K, V)."""
        pitch_KV = self.frames.pitch_TV
        open_KV: NDArray[np.bool_] = (pitch_KV == OPEN) | (pitch_KV == ANY)
        return open_KV

    def place_of(self, tick_T: NDArray[np.int32]) -> NDArray[np.int64]:
        """The canvas frame that each tick lies in, (T,)."""
        return np.maximum(np.searchsorted(self.frames.tick_T, tick_T, side="right") - 1, 0)

    def given_at(self, tick_T: NDArray[np.int32]) -> NDArray[np.int8]:
        """FREE, GIVEN or STRUCK for every part of frames that begin at these ticks, (T, V)."""
        place_T = self.place_of(tick_T)
        pitch_TV, state_TV = self.frames.pitch_TV[place_T], self.frames.state_TV[place_T]
        begins_T1 = (tick_T == self.frames.tick_T[place_T])[:, None]
        struck = (pitch_TV == ANY) & (state_TV == ONSET) & begins_T1
        given_TV: NDArray[np.int8] = np.where(pitch_TV == OPEN, FREE, np.where(struck, STRUCK, GIVEN)).astype(np.int8)
        return given_TV

    def left_at(self, tick_T: NDArray[np.int32]) -> NDArray[np.int32]:
        """Ticks from each tick to where something given changes, (T,)."""
        ends_K = self.frames.tick_T + self.frames.duration_T
        left_T: NDArray[np.int32] = ends_K[self.place_of(tick_T)] - tick_T
        return left_T


def canvas_of(frames: PartFrames, holes: Sequence[Hole]) -> Canvas:
    """The canvas that a piece leaves when holes are cut into it.

    Args:
        frames: the piece, in change frames.
        holes: what is open; parts and times may overlap.
    """
    # A rest that lasts through the start of a hole is open from there on.
    frames = cut_at(frames, [tick for hole in holes for tick in (hole.start, hole.end)])
    begin_TV = _begins(frames)
    pitch_TV = frames.pitch_TV.copy()
    state_TV = frames.state_TV.copy()
    for hole in holes:
        inside_T = (begin_TV[:, hole.part] >= hole.start) & (begin_TV[:, hole.part] < hole.end)
        if hole.silent:
            pitch_TV[inside_T, hole.part] = REST
            state_TV[inside_T, hole.part] = HOLD
        elif hole.keep_rhythm:
            sounding_T = inside_T & (frames.pitch_TV[:, hole.part] != REST) & (pitch_TV[:, hole.part] != OPEN)
            pitch_TV[sounding_T, hole.part] = ANY
            state_TV[sounding_T, hole.part] = np.where(begin_TV == frames.tick_T[:, None], ONSET, HOLD)[
                sounding_T, hole.part
            ]
        else:
            pitch_TV[inside_T, hole.part] = OPEN
            state_TV[inside_T, hole.part] = HOLD
    begun_TV = (state_TV == ONSET) & (pitch_TV != OPEN)
    changes_TV = begun_TV | (np.diff(pitch_TV, axis=0, prepend=np.int16(-9)) != 0)
    kept = np.flatnonzero(changes_TV.any(axis=1))
    return Canvas(
        frames=PartFrames(tick_T=frames.tick_T[kept], pitch_TV=pitch_TV[kept], state_TV=state_TV[kept], end=frames.end)
    )


def given_first(given: Sequence[int], usual: Sequence[int]) -> tuple[int, ...]:
    """The usual order of the parts, those that are given before the others."""
    return (*(part for part in usual if part in given), *(part for part in usual if part not in given))


def _begins(frames: PartFrames) -> NDArray[np.int32]:
    """Tick at which what each part does in a frame began; a rest begins anew in every frame, (T, V)."""
    fresh_TV = (frames.state_TV == ONSET) | (frames.pitch_TV == REST)
    fresh_TV |= np.diff(frames.pitch_TV, axis=0, prepend=np.int16(-9)) != 0
    tick_TV = np.where(fresh_TV, frames.tick_T[:, None], 0)
    begin_TV: NDArray[np.int32] = np.maximum.accumulate(tick_TV, axis=0).astype(np.int32)
    return begin_TV
