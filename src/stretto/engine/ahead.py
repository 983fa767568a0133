"""What is given of what is to come, in NumPy: the backward pass over a canvas, made once before anything is drawn.

The same arithmetic as `stretto.networks.ahead`.
"""

# Shapes: K canvas frames, S streams, V parts, P pitches, A whole state, Q state of a pitch, D scorer, U vertical state.

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from stretto.engine.cells import Gru, gru_step
from stretto.frames.canvas import OPEN, Canvas
from stretto.frames.parts import ONSET, REST

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]

LEFT_EDGES = np.array([3, 6, 9, 12, 18, 24, 36, 48, 72, 96, 144, 192, 288, 384])
NEXT_EDGES = np.array([6, 12, 24, 48, 96, 192])
N_NEXT = len(NEXT_EDGES)
N_SAID, N_MOTIONS = 32, 30
NO_PAST = -2


@dataclass(frozen=True, eq=False, kw_only=True)
class AheadWeights:
    """What `AheadPass` multiplies with."""

    said: Floats
    """(V * N_SAID, 3 A): what a part does on the canvas adds to the gates of `time`; the bias is in `long`."""
    motion: Floats
    long: Floats
    time: Gru
    near: Floats
    """(2 V, windows, P, E)."""
    key_in: Floats
    state_in: Floats
    state_in_bias: Floats
    pitch_in: Floats
    pitch_in_bias: Floats
    pitch_time: Gru
    left: Floats
    """(bins, A): what the time to the next change adds to the state."""
    whole_out: Floats
    whole_out_bias: Floats
    pitch_left: Floats
    """(bins, Q): how much of each pitch's state counts, by the time to the next change."""
    to_vertical: Floats
    """(A, U): what is heard adds to the start of the vertical axis."""
    to_pitch: Floats
    """(Q, D)."""
    horizon: int
    """Ticks before the next change from which on it is heard."""

    @classmethod
    def of(cls, t: Mapping[str, Floats], n_parts: int, n_pitches: int, horizon: int) -> AheadWeights | None:
        """From tensors named as in `networks.flagship`; None: this network does not look ahead."""
        if "ahead.left_in.weight" not in t:
            return None
        w_ih = t["ahead.time.weight_ih_l0"]
        n_said = t["ahead.said_in.weight"].shape[1] * n_parts
        n_motion = t["ahead.motion_in.weight"].shape[1] * n_parts
        heard = (w_ih[:, :n_said], w_ih[:, n_said : n_said + n_motion], w_ih[:, n_said + n_motion :])
        n_whole = t["ahead.time.weight_hh_l0"].shape[1]
        return cls(
            said=_blocks(t["ahead.said_in.weight"], heard[0], n_parts),
            motion=_blocks(t["ahead.motion_in.weight"], heard[1], n_parts),
            long=t["ahead.long_in.weight"] @ heard[2].T + t["ahead.time.bias_ih_l0"],
            time=Gru(np.ascontiguousarray(t["ahead.time.weight_hh_l0"].T), t["ahead.time.bias_hh_l0"]),
            near=_windows(t["ahead.near"], n_pitches),
            key_in=t["ahead.key_in.weight"],
            state_in=t["ahead.state_in.weight"],
            state_in_bias=t["ahead.state_in.bias"],
            pitch_in=np.ascontiguousarray(t["ahead.pitch_time.weight_ih_l0"].T),
            pitch_in_bias=t["ahead.pitch_time.bias_ih_l0"],
            pitch_time=Gru(
                np.ascontiguousarray(t["ahead.pitch_time.weight_hh_l0"].T), t["ahead.pitch_time.bias_hh_l0"]
            ),
            left=t["ahead.left_in.weight"],
            whole_out=np.ascontiguousarray(t["ahead.whole_out.weight"].T),
            whole_out_bias=t["ahead.whole_out.bias"],
            pitch_left=2 / (1 + np.exp(-t["ahead.pitch_left.weight"])),
            to_vertical=np.ascontiguousarray(t["vertical_start.weight"][:, -n_whole:].T),
            to_pitch=np.ascontiguousarray(t["from_ahead.weight"].T),
            horizon=horizon,
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class Foresight:
    """What is known of a canvas from each of its frames on."""

    canvas: Canvas
    whole_KA: Floats
    """Of the whole, before the time left is added."""
    pitch_KPQ: Floats
    next_KV: Ints
    """Index of the pitch that each part is known to take in the next canvas frame; below 0 = none is known."""
    known_K: NDArray[np.bool_]


def foresee(w: AheadWeights, canvas: Canvas, *, lowest: int, tonic: int, key_P: Ints) -> Foresight:
    """Read a canvas from its end.

    Args:
        w: weights.
        canvas: what is given, in MIDI pitches.
        lowest: MIDI pitch of the network's first.
        tonic: pitch class; -1 = unknown.
        key_P: row of the key's table for every pitch.
    """
    pitch_KV = canvas.frames.pitch_TV.astype(int)
    pitch_KV = np.where(pitch_KV >= 0, pitch_KV - lowest, pitch_KV)
    begun_KV = (canvas.frames.state_TV == ONSET).astype(int)
    after_KV = np.vstack([pitch_KV[1:], np.full((1, pitch_KV.shape[1]), OPEN)])
    gates_KG = _heard(w, pitch_KV, begun_KV, after_KV, canvas.frames.duration_T, lowest, tonic)
    n_k, n_p = len(pitch_KV), len(key_P)
    kind = w.said.dtype
    state_1A, state_PQ = (
        np.zeros((1, w.time.hidden.shape[0]), kind),
        np.zeros((n_p, w.pitch_time.hidden.shape[0]), kind),
    )
    state_KA, pitch_KPQ = np.zeros((n_k, state_1A.shape[1]), kind), np.zeros((n_k, *state_PQ.shape), kind)
    parts = 2 * np.arange(pitch_KV.shape[1])
    for k in range(n_k - 1, -1, -1):
        state_1A = gru_step(gates_KG[k : k + 1], state_1A, w.time)
        seen = np.maximum(pitch_KV[k], REST)
        window_V = np.where(seen >= 0, n_p - seen, 2 * n_p + 1)
        near_PE = w.near[parts + begun_KV[k], window_V].sum(axis=0) + w.key_in[key_P]
        x_PE = np.tanh(near_PE + state_1A @ w.state_in.T + w.state_in_bias)
        state_PQ = gru_step(x_PE @ w.pitch_in + w.pitch_in_bias, state_PQ, w.pitch_time)
        state_KA[k], pitch_KPQ[k] = state_1A[0], state_PQ
    known_K = np.logical_or.accumulate((pitch_KV != OPEN).any(axis=1)[::-1])[::-1]
    return Foresight(
        canvas=canvas,
        whole_KA=state_KA @ w.whole_out + w.whole_out_bias,
        pitch_KPQ=pitch_KPQ,
        next_KV=after_KV,
        known_K=known_K,
    )


def _heard(
    w: AheadWeights, pitch_KV: Ints, begun_KV: Ints, after_KV: Ints, ticks_K: Ints, lowest: int, tonic: int
) -> Floats:
    """What each canvas frame adds to the gates of the recurrence over the whole, (K, 3 A)."""
    part_V = np.arange(pitch_KV.shape[1])
    degree_KV = 4 + (pitch_KV + lowest - tonic) % 12 if tonic >= 0 else np.full(pitch_KV.shape, 3)
    said_KV = 2 * np.where(pitch_KV >= 0, degree_KV, pitch_KV + 3) + begun_KV
    here_KV, there_KV = (np.where(x >= REST, x, NO_PAST) for x in (pitch_KV, after_KV))
    moved_KV = np.clip(here_KV - there_KV, -13, 13) + 13
    silent_KV = np.where(here_KV < 0, 28, 27)
    moved_KV = np.where((here_KV >= 0) & (there_KV >= 0), moved_KV, np.where(there_KV == NO_PAST, 29, silent_KV))
    found: Floats = w.said[said_KV + N_SAID * part_V].sum(axis=1) + w.motion[moved_KV + N_MOTIONS * part_V].sum(axis=1)
    return found + w.long[np.searchsorted(LEFT_EDGES, ticks_K, side="left")]


class AheadStreams:
    """Every stream's canvas, and where each stands on it."""

    def __init__(self, w: AheadWeights, foresights: Sequence[Foresight], n_parts: int) -> None:
        """Before the first frame; streams may share a canvas."""
        self.w, self.foresights, self.n_parts = w, foresights, n_parts

    def at(self, tick_S: Ints) -> None:
        """Go to the frames that begin at these ticks."""
        seen = list(zip(self.foresights, tick_S.tolist(), strict=True))
        place_S = [int(f.canvas.place_of(np.array([tick]))[0]) for f, tick in seen]
        left_S = np.array([int(f.canvas.left_at(np.array([tick]))[0]) for f, tick in seen])
        known_S = np.array([f.known_K[k] for f, k in zip(self.foresights, place_S, strict=True)])
        known_S &= left_S <= self.w.horizon
        at = list(zip(self.foresights, place_S, strict=True))
        bin_S = np.searchsorted(LEFT_EDGES, left_S, side="left")
        whole_SA = np.tanh(np.stack([f.whole_KA[k] for f, k in at]) + self.w.left[bin_S])
        self.vertical_SU = (whole_SA @ self.w.to_vertical) * known_S[:, None]
        gate_SQ = self.w.pitch_left[bin_S] * known_S[:, None]
        self.pitch_SPQ = np.stack([f.pitch_KPQ[k] for f, k in at]) * gate_SQ[:, None]
        self.scored_SPD = self.pitch_SPQ @ self.w.to_pitch
        near_S = np.searchsorted(NEXT_EDGES, left_S, side="left")
        near_S = np.where(left_S <= self.w.horizon, near_S, N_NEXT)
        next_SV = np.stack([f.next_KV[k] for f, k in at])
        self.next_SV = np.where((near_S < N_NEXT)[:, None], next_SV, REST)
        self.next_bin_SV = np.where(self.next_SV >= 0, near_S[:, None], 0)


def _blocks(table: Floats, weight: Floats, n_parts: int) -> Floats:
    """What the rows of each part's block of a table become under the weights that hear that part."""
    width = table.shape[1]
    columns = [weight[:, part * width : (part + 1) * width].T for part in range(n_parts)]
    return np.concatenate([block @ own for block, own in zip(np.split(table, n_parts), columns, strict=True)])


def _windows(table: Floats, n_pitches: int) -> Floats:
    """Relative tables as all their windows, as `engine.weights` lays them out."""
    silent = np.repeat(table[..., :1, :], n_pitches, axis=-2)
    view: Floats = sliding_window_view(np.concatenate([table, silent], axis=-2), n_pitches, axis=-2).swapaxes(-1, -2)
    return view
