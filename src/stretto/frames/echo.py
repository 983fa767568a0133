"""Echoes: what a passage is asked to recall from earlier in the piece.

The third A of a form, the answer of a fugue, a canon at the fifth: a part sings, from `start` to `end`,
what a part sang `lag` ticks before, moved by some semitones. It is a wish, not a copy: the network
knows how freely real pieces recall.
"""

# Shapes: T frames, V parts.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stretto.frames.parts import ONSET, PartFrames

NOTHING = -2
"""Pitch that a part echoes where it is asked for none."""


@dataclass(frozen=True, kw_only=True)
class Echo:
    """A part recalls what a part sang earlier."""

    part: int
    start: int
    end: int
    """Ticks; the end is not included."""
    lag: int
    """Ticks back to what is recalled; more than 0."""
    source: int
    """The part that sang it."""
    up: int = 0
    """Semitones by which it is moved."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Echoed:
    """What each frame is asked to recall."""

    pitch_TV: NDArray[np.int16]
    """MIDI pitch, REST or NOTHING."""
    struck_TV: NDArray[np.bool_]
    """The recalled note begins at this very place."""
    left_T: NDArray[np.int32]
    """Ticks to the next change in what is recalled; 0 = nothing is."""


def echoed(frames: PartFrames, echoes: Sequence[Echo], tick_T: NDArray[np.int32]) -> Echoed:
    """What frames that begin at `tick_T` recall of `frames`, of which they hear what came before them alone."""
    n, v = len(tick_T), frames.pitch_TV.shape[1]
    pitch_TV = np.full((n, v), NOTHING, np.int16)
    struck_TV = np.zeros((n, v), bool)
    left_T = np.zeros(n, np.int32)
    change_TV = _next_change(frames)
    for echo in echoes:
        asked = np.flatnonzero((tick_T >= echo.start) & (tick_T < echo.end))
        asked = asked[tick_T[asked] - echo.lag >= frames.tick_T[0]]
        then = tick_T[asked] - echo.lag
        at = np.searchsorted(frames.tick_T, then, side="right") - 1
        sung = frames.pitch_TV[at, echo.source]
        pitch_TV[asked, echo.part] = np.where(sung >= 0, sung + echo.up, sung)
        struck_TV[asked, echo.part] = (frames.state_TV[at, echo.source] == ONSET) & (frames.tick_T[at] == then)
        left = change_TV[at, echo.source] - then
        known = left <= echo.lag  # a note that still sounds has no end yet
        soonest = np.where(left_T[asked] > 0, np.minimum(left_T[asked], left), left)
        left_T[asked] = np.where(known, soonest, left_T[asked])
    return Echoed(pitch_TV=pitch_TV, struck_TV=struck_TV, left_T=left_T)


def _next_change(frames: PartFrames) -> NDArray[np.int32]:
    """Tick at which each part next does something else, after each frame has begun, (T, V)."""
    fresh_TV = (frames.state_TV == ONSET) | (np.diff(frames.pitch_TV, axis=0, prepend=np.int16(-9)) != 0)
    tick_TV = np.where(fresh_TV, frames.tick_T[:, None], frames.end)
    later_TV = np.vstack([tick_TV[1:], np.full((1, frames.pitch_TV.shape[1]), frames.end)])
    change_TV: NDArray[np.int32] = np.minimum.accumulate(later_TV[::-1], axis=0)[::-1].astype(np.int32)
    return change_TV
