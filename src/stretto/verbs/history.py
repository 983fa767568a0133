"""What pieces being drawn side by side have sung so far, and what echoes recall of it."""

# Shapes: T frames that there is room for, S streams, V parts, A streams that an echo asks.

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.engine.flagship import Recalled
from stretto.frames.echo import NOTHING, Echo
from stretto.frames.parts import ONSET, PartFrames

Ints = NDArray[np.integer[Any]]


class History:
    """The frames of every stream, all of one number."""

    def __init__(self, n_streams: int, n_parts: int) -> None:
        """Before the first frame."""
        self.n_streams, self.n_parts, self.n_frames = n_streams, n_parts, 0
        self._make_room(64)

    def _make_room(self, n_room: int) -> None:
        shapes = {"tick_TS": (self.n_streams,)} | dict.fromkeys(
            ("pitch_TSV", "state_TSV", "fresh_TSV"), (self.n_streams, self.n_parts)
        )
        for name, shape in shapes.items():
            store = np.zeros((n_room, *shape), bool if name == "fresh_TSV" else np.int32)
            if self.n_frames:
                store[: self.n_frames] = getattr(self, name)
            setattr(self, name, store)

    tick_TS: Ints
    pitch_TSV: Ints
    """MIDI pitch, or REST."""
    state_TSV: Ints
    fresh_TSV: NDArray[np.bool_]
    """The part does something else than before."""

    def add(self, tick_S: Any, pitch_SV: Ints, state_SV: Ints) -> None:
        """One frame more of every stream."""
        t = self.n_frames
        if t == len(self.tick_TS):
            self._make_room(2 * t)
        self.tick_TS[t], self.pitch_TSV[t], self.state_TSV[t] = tick_S, pitch_SV, state_SV
        self.fresh_TSV[t] = (state_SV == ONSET) | (pitch_SV != self.pitch_TSV[t - 1]) if t else True
        self.n_frames += 1

    def resume(self, frames: PartFrames) -> None:
        """Every stream has sung these."""
        self.n_frames = 0
        self._make_room(2 * max(32, len(frames)))
        for tick, pitch_V, state_V in zip(frames.tick_T, frames.pitch_TV, frames.state_TV, strict=True):
            self.add(tick, pitch_V, state_V)

    def frames(self, stream: int, end: int) -> PartFrames:
        """Those of one stream."""
        t = self.n_frames
        return PartFrames(
            tick_T=self.tick_TS[:t, stream].astype(np.int32),
            pitch_TV=self.pitch_TSV[:t, stream].astype(np.int16),
            state_TV=self.state_TSV[:t, stream].astype(np.int8),
            end=end,
        )

    def recalled(self, echoes: Sequence[Echo], tick_S: Ints, end_S: Ints, *, lowest: int) -> Recalled:
        """What each stream is asked to recall in the frame that begins at its tick, as `frames.echo.echoed` finds it.

        Args:
            echoes: what asks.
            tick_S: where each stream stands.
            end_S: where each ends, as far as is known.
            lowest: MIDI pitch of the network's first.
        """
        pitch_SV = np.full((self.n_streams, self.n_parts), NOTHING)
        struck_SV, left_S = np.zeros(pitch_SV.shape, bool), np.zeros(self.n_streams, int)
        for echo in echoes if self.n_frames else ():
            asked_A = np.flatnonzero((tick_S >= echo.start) & (tick_S < echo.end) & (tick_S >= echo.lag))
            if not len(asked_A):
                continue
            then_A = tick_S[asked_A] - echo.lag
            at_A, change_A = self._heard(echo.source, asked_A, then_A, end_S)
            sung_A = self.pitch_TSV[at_A, asked_A, echo.source]
            pitch_SV[asked_A, echo.part] = np.where(sung_A >= 0, sung_A + echo.up, sung_A)
            struck_SV[asked_A, echo.part] = (self.state_TSV[at_A, asked_A, echo.source] == ONSET) & (
                self.tick_TS[at_A, asked_A] == then_A
            )
            left_A, soonest_A = change_A - then_A, left_S[asked_A]
            known_A = left_A <= echo.lag  # a note that still sounds has no end yet
            left_S[asked_A] = np.where(known_A & ((soonest_A == 0) | (left_A < soonest_A)), left_A, soonest_A)
        indexed_SV = np.where(pitch_SV >= 0, pitch_SV - lowest, pitch_SV)
        pitch_SV = np.where((pitch_SV < 0) | (pitch_SV >= lowest), indexed_SV, NOTHING)
        return Recalled(pitch_SV=pitch_SV, struck_SV=struck_SV, left_S=left_S)

    def _heard(self, part: int, stream_A: Ints, then_A: Ints, end_S: Ints) -> tuple[Ints, Ints]:
        """The frame that sounds at a tick of each of some streams, and the tick at which `part` does something else."""
        tick_TA = self.tick_TS[: self.n_frames, stream_A]
        at_A = (tick_TA <= then_A).sum(axis=0) - 1
        later_TA = self.fresh_TSV[: self.n_frames, stream_A, part] & (np.arange(self.n_frames)[:, None] > at_A)
        next_A = later_TA.argmax(axis=0)
        each_A = np.arange(len(stream_A))
        return at_A, np.where(later_TA[next_A, each_A], tick_TA[next_A, each_A], end_S[stream_A])
