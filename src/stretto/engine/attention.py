"""Attention to earlier frames in NumPy: what once followed a similar place may follow again."""

# Shapes: S streams, T frames there is room for, V parts, O = 1 + P pitches and rest, A heads, K address, L lengths.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.engine.cells import log_softmax

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]


@dataclass(frozen=True, eq=False, kw_only=True)
class Attended:
    """What attention keeps of one stream's frames."""

    kept: Mapping[str, Floats]
    n_frames: int


class Attention:
    """The earlier frames of every stream, and where each looks."""

    def __init__(self, nowhere_A: Floats, n_streams: int, n_parts: int, n_options: int, n_address: int) -> None:
        """Nothing has been heard yet; `nowhere_A` is how much each head leans to looking nowhere."""
        self.nowhere_A = nowhere_A
        self.n_streams, self.n_parts, self.n_options, self.n_address = n_streams, n_parts, n_options, n_address
        self.n_frames = self.n_room = 0

    def make_room(self, n_room: int, n_lengths: int) -> None:
        """For so many frames."""
        s, kind, a = self.n_streams, self.nowhere_A.dtype, len(self.nowhere_A)
        shapes = {
            "held": (s, n_room, self.n_parts * self.n_options),
            "long": (s, n_room, n_lengths),
            "address": (s, a, n_room, self.n_address),
        }
        for name, shape in shapes.items():
            fresh = np.zeros(shape, kind)
            if self.n_frames:
                old: Floats = getattr(self, name)
                fresh[tuple(slice(k) for k in old.shape)] = old
            setattr(self, name, fresh)
        self.n_room = n_room

    def past(self, stream: int) -> Attended:
        """All that one stream remembers."""
        t = self.n_frames
        kept = {"held": self.held[stream, :t], "long": self.long[stream, :t], "address": self.address[stream, :, :t]}
        return Attended(kept={name: store.copy() for name, store in kept.items()}, n_frames=t)

    def resume(self, past: Attended) -> None:
        """Every stream goes on from there."""
        t = past.n_frames
        if t > self.n_room:  # another engine's past may be longer than what there is room for
            self.n_frames = 0
            self.make_room(2 * t, self.long.shape[2])
        self.n_frames = t
        for store, name in ((self.held, "held"), (self.long, "long")):
            store[:, :t], store[:, t:] = past.kept[name], 0
        self.address[:, :, :t] = past.kept["address"]

    def look(self, address_and_query: Floats) -> tuple[Floats, Floats]:
        """What earlier frames held, (S, V, O, A), and how long they were, (S, A * L)."""
        s, t, a = self.n_streams, self.n_frames, len(self.nowhere_A)
        if t == self.n_room:
            self.make_room(2 * t, self.long.shape[2])
        own, query = address_and_query.reshape(s, 2, a, 1, -1).swapaxes(0, 1)
        self.address[:, :, t] = own[:, :, 0]
        weight = (query @ self.address[:, :, :t].swapaxes(2, 3))[:, :, 0]
        weight /= np.sqrt(self.nowhere_A.dtype.type(self.n_address))
        weight = np.concatenate([weight, np.broadcast_to(self.nowhere_A[None, :, None], (s, a, 1))], axis=2)
        weight = np.exp(log_softmax(weight))[:, :, :-1]
        copied_SVOA = (weight @ self.held[:, :t]).reshape(s, a, self.n_parts, -1).transpose(0, 2, 3, 1)
        copied_SAL = (weight @ self.long[:, :t]).reshape(s, -1)
        return copied_SVOA, copied_SAL

    def hear(self, pitch_SV: Ints, length_S: Ints) -> None:
        """Keep the finished frame, whose address `look` has kept."""
        stream, t = np.arange(self.n_streams), self.n_frames
        for v in range(self.n_parts):
            self.held[stream, t, v * self.n_options + pitch_SV[:, v] + 1] = 1
        self.long[stream, t, length_S] = 1
        self.n_frames += 1

    held: Floats
    long: Floats
    address: Floats
