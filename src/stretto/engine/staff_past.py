"""What the pieces in the making remember, in NumPy: what is known of every pitch before a staff strikes.

The same arithmetic as `stretto.networks.staff_bits`, moment by moment.
"""

# Shapes: N pieces, T moments so far, V staves, P pitches, X bits, A heads, K lags, D durations, L lengths, W moves.

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.engine.staff_weights import StavesWeights
from stretto.frames.staff_example import DURATIONS, LENGTHS, N_LAGS, length_class

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]

N_STRIKES, WIDEST, N_FAR = 4, 24, 48
FADES, CLASS_FADES = (0.6, 0.85, 0.96), (0.8, 0.95)
N_MOVES, N_D, N_L = 2 * WIDEST + 1, len(DURATIONS), len(LENGTHS)
NONE = -1


class StaffPast:
    """Memory of all pieces, one row a piece."""

    def __init__(self, w: StavesWeights, n: int, n_room: int = 256) -> None:
        """Nothing has happened yet."""
        self.w, self.n = w, n
        self.v, self.p, self.n_heads = len(w.shape.staves), w.shape.n_pitches, w.shape.n_heads
        v, p, kind = self.v, self.p, w.dtype
        self.t = 0
        self.tick_NT = np.zeros((n, n_room), np.int64)
        # What a moment went on with: pitches, moves, whether staves strike, durations of the outermost, its length.
        self.width = (v * p, v * N_MOVES, v, v * N_D, N_L)
        self.went_NTH = np.zeros((n, n_room, sum(self.width)), kind)
        self.address_NTX = np.zeros((n, n_room, w.t["address"].shape[1]), kind)
        self.ends_NVP = np.zeros((n, v, p), np.int64)
        self.strikes_NVZP = np.zeros((n, v, N_STRIKES, p), kind)
        self.faded_NVZP = np.zeros((n, v, len(FADES), p), kind)
        self.faded_NZC = np.zeros((n, len(CLASS_FADES), 12), kind)
        self.outer_NV, self.inner_NV = (np.full((n, v), NONE) for _ in range(2))
        self.duration_NV = np.full((n, v), N_D)
        self.n_still = 2 + N_STRIKES + N_LAGS + 1 + len(FADES) + len(CLASS_FADES)
        self.bits_NVXP = np.zeros((n, v, self.n_still + 2 * self.n_heads, p), kind)

    def begin(self, tick_N: Ints, lags_NK: Ints, whole_NX: Floats, asked_NVP: Floats | None) -> None:
        """Work out all that is known at these ticks.

        Args:
            tick_N: where each piece stands.
            lags_NK: ticks of every lag there.
            whole_NX: what is known of the whole.
            asked_NVP: what is to be recalled, struck here; None = nothing.
        """
        if self.t == self.tick_NT.shape[1]:
            self._make_room()
        self.tick_N = tick_N
        self.tick_NT[:, self.t] = tick_N
        self.held_NVP = self.ends_NVP > tick_N[:, None, None]
        self._copy(whole_NX)
        self._look_back(tick_N, lags_NK)
        bits, z = self.bits_NVXP, 2
        held = self.held_NVP.astype(self.w.dtype)
        bits[:, :, 0] = held
        bits[:, :, 1] = np.minimum(held.sum(1, keepdims=True) - held, 1)
        bits[:, :, z : z + N_STRIKES] = self.strikes_NVZP
        z += N_STRIKES
        bits[:, :, z : z + N_LAGS] = self.lagged_NKVP.swapaxes(1, 2)
        z += N_LAGS
        bits[:, :, z] = 0 if asked_NVP is None else asked_NVP
        bits[:, :, z + 1 : z + 1 + len(FADES)] = self.faded_NVZP
        z += 1 + len(FADES)
        classes_P = (np.arange(self.p) + self.w.shape.lowest) % 12
        bits[:, :, z : self.n_still] = self.faded_NZC[:, None, :, classes_P]
        asks = bits[:, :, 2 + N_STRIKES + N_LAGS].sum(2, keepdims=True)
        self.of_staff_NVX = np.concatenate(
            [self.lagged_NKVP.max(3).swapaxes(1, 2), np.minimum(asks, 1), self.copied_strikes_NVA], axis=2
        )

    def end(self, roll_NVP: Floats, outer_NV: Ints, inner_NV: Ints, duration_NV: Ints, length_N: Ints) -> None:
        """Keep what was struck; `length_N` as index."""
        struck_NV = outer_NV != NONE
        row = np.arange(self.n)
        went = self.went_NTH[:, self.t]
        went[:] = 0
        a, b, c, d, _ = np.cumsum(self.width)
        went[:, :a] = roll_NVP.reshape(self.n, -1)
        went[:, a:b] = self._moves(roll_NVP).reshape(self.n, -1)
        went[:, b:c] = struck_NV
        n_struck, staff = np.nonzero(struck_NV)
        went[n_struck, c + staff * N_D + duration_NV[n_struck, staff]] = 1
        went[row, d + length_N] = 1
        self.strikes_NVZP[struck_NV] = np.concatenate(
            [roll_NVP[struck_NV][:, None], self.strikes_NVZP[struck_NV][:, :-1]], axis=1
        )
        for z, fade in enumerate(FADES):
            self.faded_NVZP[:, :, z] = fade * self.faded_NVZP[:, :, z] + (1 - fade) * roll_NVP
        low = self.w.shape.lowest % 12
        summed = np.zeros((self.n, -(-(self.p + low) // 12) * 12), self.w.dtype)
        summed[:, low : low + self.p] = roll_NVP.sum(1)
        classes_NC = summed.reshape(self.n, -1, 12).sum(1)
        for z, fade in enumerate(CLASS_FADES):
            self.faded_NZC[:, z] = fade * self.faded_NZC[:, z] + (1 - fade) * classes_NC
        self.outer_NV = np.where(struck_NV, outer_NV, self.outer_NV)
        self.inner_NV = np.where(struck_NV, inner_NV, self.inner_NV)
        self.duration_NV = np.where(struck_NV, duration_NV, self.duration_NV)
        self.t += 1

    def strike(self, piece_A: Ints, staff: int, pitch_A: Ints, ticks_A: Ints) -> None:
        """A note sounds from now on for so long."""
        self.ends_NVP[piece_A, staff, pitch_A] = self.tick_N[piece_A] + ticks_A

    def leave(self, piece_A: Ints, staff: int, pitch_A: Ints) -> None:
        """A note that sounds ends now."""
        self.ends_NVP[piece_A, staff, pitch_A] = self.tick_N[piece_A]
        self.held_NVP[piece_A, staff, pitch_A] = False

    def soonest(self) -> Ints:
        """Ticks to the first end of what now sounds on each staff, (N, V); 0 = nothing does."""
        left = self.ends_NVP - self.tick_N[:, None, None]
        soonest = np.where(left > 0, left, 10**6).min(2)
        found: Ints = np.where(soonest < 10**6, soonest, 0)
        return found

    def _copy(self, whole_NX: Floats) -> None:
        """What earlier moments like this one went on with."""
        w, n, t, heads = self.w, self.n, self.t, self.n_heads
        query = whole_NX @ w.t["query"] + w.t["query_bias"]
        self.address_NTX[:, t] = whole_NX @ w.t["address"] + w.t["address_bias"]
        size = query.shape[1] // heads
        # Nothing older than N_FAR quarters comes to mind, in no piece.
        first = int((self.tick_N[:, None] - self.tick_NT[:, : t + 1] >= 24 * N_FAR).sum(1).min())
        address = self.address_NTX[:, first:t].reshape(n, t - first, heads, size)
        score = np.einsum("nax,ntax->nat", query.reshape(n, heads, size), address) / np.sqrt(size)
        quarters = (self.tick_N[:, None] - self.tick_NT[:, first:t]) // 24
        score = score + w.t["bits.far"][np.clip(quarters, 0, N_FAR - 1)].transpose(0, 2, 1)
        score = np.where((quarters >= N_FAR)[:, None], -1e9, score)
        nowhere = np.broadcast_to(w.t["bits.nowhere"][None, :, None], (n, heads, 1))
        score = np.concatenate([score, nowhere], axis=2)
        score -= score.max(2, keepdims=True)
        np.exp(score, out=score)
        share_NAT = (score / score.sum(2, keepdims=True))[..., :-1].astype(w.dtype)
        found = share_NAT @ self.went_NTH[:, first:t]
        a, b, c, d, e = np.cumsum(self.width)
        v, p = self.v, self.p
        exact = found[..., :a].reshape(n, heads, v, p)
        self.bits_NVXP[:, :, self.n_still : self.n_still + heads] = exact.swapaxes(1, 2)
        self._place_moves(found[..., a:b].reshape(n, heads, v, N_MOVES))
        self.copied_strikes_NVA = found[..., b:c].swapaxes(1, 2)
        self.durations_NAVD = found[..., c:d].reshape(n, heads, v, N_D)
        self.length_NAL = found[..., d:e]

    def _place_moves(self, moved_NAVW: Floats) -> None:
        """Copied moves, from each staff's last outer note."""
        anchor_NV = self.outer_NV
        step = np.arange(self.p) - anchor_NV[..., None] + WIDEST
        near = (step >= 0) & (step < N_MOVES) & (anchor_NV != NONE)[..., None]
        index = np.clip(step, 0, N_MOVES - 1)[:, None]
        at_pitch = np.take_along_axis(moved_NAVW, index, axis=3) * near[:, None]
        self.bits_NVXP[:, :, self.n_still + self.n_heads :] = at_pitch.swapaxes(1, 2)

    def _moves(self, roll_NVP: Floats) -> Floats:
        """What is struck as moves from each staff's last outer note, (N, V, W)."""
        out = np.zeros((self.n, self.v, N_MOVES), self.w.dtype)
        piece, staff, pitch = np.nonzero(roll_NVP)
        anchor = self.outer_NV[piece, staff]
        move = pitch - anchor + WIDEST
        near = (move >= 0) & (move < N_MOVES) & (anchor != NONE)
        out[piece[near], staff[near], move[near]] = 1
        return out

    def _look_back(self, tick_N: Ints, lags_NK: Ints) -> None:
        """What was struck at every lag, and how long it was from there to the next moment, as index."""
        v, p = self.v, self.p
        then_NK = tick_N[:, None] - lags_NK
        known_NT = self.tick_NT[:, : self.t + 1]
        place_NK = np.stack(
            [np.searchsorted(known, then, side="right") for known, then in zip(known_NT, then_NK, strict=True)]
        )
        place_NK = place_NK - 1
        row = np.arange(self.n)[:, None]
        there_NK = np.maximum(place_NK, 0)
        exact_NK = (place_NK >= 0) & (known_NT[row, there_NK] == then_NK)
        went = self.went_NTH[row, there_NK, : v * p].reshape(self.n, -1, v, p)
        self.lagged_NKVP = went * exact_NK[..., None, None]
        after_NK = np.minimum(known_NT[row, np.minimum(there_NK + 1, self.t)], tick_N[:, None])
        left_NK = np.where(place_NK >= 0, np.minimum(after_NK - then_NK, LENGTHS[-1]), 0)
        self.lag_left_NK = length_class(left_NK)

    def _make_room(self) -> None:
        for name in ("tick_NT", "went_NTH", "address_NTX"):
            old: NDArray[Any] = getattr(self, name)
            setattr(self, name, np.concatenate([old, np.zeros_like(old)], axis=1))
