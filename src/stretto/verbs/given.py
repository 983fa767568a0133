"""What the canvases of pieces being drawn leave open at a moment, and what they give."""

# Shapes: S streams, A streams of one canvas, V parts, O = 2 + P options.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.engine.flagship import FIRST_PITCH, GO_ON, NO_PAST
from stretto.frames.canvas import ANY, FREE, GIVEN, OPEN, STRUCK, Canvas, given_first
from stretto.frames.parts import HOLD, ONSET, REST

Ints = NDArray[np.integer[Any]]


@dataclass(frozen=True, eq=False, kw_only=True)
class Now:
    """What is given of one frame of every stream."""

    choice_SV: NDArray[np.int8]
    pitch_SV: Ints
    """Index of the pitch, or REST; ANY = the one that sounds goes on. Only where all is given."""
    state_SV: Ints

    @property
    def whole_S(self) -> NDArray[np.bool_]:
        """Nothing is open."""
        whole: NDArray[np.bool_] = (self.choice_SV == GIVEN).all(axis=1)
        return whole

    def chosen(self, part: int, last_S: Ints) -> tuple[NDArray[np.bool_], Ints, Ints]:
        """Which streams are given `part`, and its pitch and state there."""
        pitch_S = np.where(self.pitch_SV[:, part] == ANY, np.maximum(last_S, REST), self.pitch_SV[:, part])
        return self.choice_SV[:, part] == GIVEN, pitch_S, self.state_SV[:, part]

    def barred(self, part: int, last_S: Ints, before: Now, n_options: int) -> NDArray[np.bool_]:
        """Options of `part` that what is given leaves no room for, (S, O).

        Where it is to strike a note, anything else; where a given note ends, that it goes on.
        """
        struck_S = self.choice_SV[:, part] == STRUCK
        barred_SO: NDArray[np.bool_] = struck_S[:, None] & (np.arange(n_options) < FIRST_PITCH)
        was_given_S = (before.choice_SV[:, part] == GIVEN) & (before.pitch_SV[:, part] >= 0)
        barred_SO[:, GO_ON] |= was_given_S & (self.choice_SV[:, part] == FREE) & (last_S >= 0)
        return barred_SO


class GivenStreams:
    """The canvas of every stream."""

    def __init__(self, canvases: Sequence[Canvas] | None, n_streams: int, n_parts: int, lowest: int) -> None:
        """Streams may share a canvas; None = everything is open."""
        self.canvases, self.n_streams, self.n_parts, self.lowest = canvases, n_streams, n_parts, lowest
        streams = dict[int, list[int]]()
        for s, canvas in enumerate(canvases or ()):
            streams.setdefault(id(canvas), []).append(s)
        self.sharing = [(canvases[own[0]], own) for own in streams.values()] if canvases is not None else []
        """Each canvas, and the streams that have it."""

    def order(self, usual: Sequence[int]) -> tuple[int, ...]:
        """The usual order of the parts, those that are given throughout first."""
        if self.canvases is None:
            return tuple(usual)
        given = [(canvas.given_at(canvas.frames.tick_T) == GIVEN).all(axis=0) for canvas in self.canvases]
        return given_first(np.flatnonzero(np.all(given, axis=0)).tolist(), usual)

    def cuts(self, stream: int) -> Ints:
        """Ticks where something given changes."""
        return np.zeros(0, int) if self.canvases is None else self.canvases[stream].frames.tick_T[1:].astype(int)

    def last(self, stream: int) -> list[int]:
        """MIDI pitch on which each given voice ends; below 0 = it is open, or rests."""
        if self.canvases is None:
            return [OPEN] * self.n_parts
        pitches: list[int] = self.canvases[stream].frames.pitch_TV[-1].tolist()
        return pitches

    def at(self, tick_S: Ints) -> Now:
        """What is given of the frames that begin at these ticks."""
        shape = (self.n_streams, self.n_parts)
        choice_SV = np.full(shape, FREE, np.int8)
        pitch_SV, state_SV = np.full(shape, NO_PAST), np.full(shape, HOLD)
        for canvas, stream_A in self.sharing:
            tick_A = tick_S[stream_A].astype(np.int32)
            place_A = canvas.place_of(tick_A)
            choice_SV[stream_A] = canvas.given_at(tick_A)
            pitch_AV = canvas.frames.pitch_TV[place_A].astype(int)
            pitch_SV[stream_A] = np.where(pitch_AV >= 0, pitch_AV - self.lowest, pitch_AV)
            begins_A1 = (canvas.frames.tick_T[place_A] == tick_A)[:, None]
            state_SV[stream_A] = np.where((canvas.frames.state_TV[place_A] == ONSET) & begins_A1, ONSET, HOLD)
        return Now(choice_SV=choice_SV, pitch_SV=pitch_SV, state_SV=state_SV)
