"""Recall in NumPy: what the parts sang where this has been heard before in the piece.

The same arithmetic as `stretto.networks.recall`, sixteenth by sixteenth: `begin_frame`, then `expect` and `hear` for
every part in turn, then `lengths`, then `end_frame`.
"""

# Shapes: S streams, N sixteenths that there is room for, V parts, G = 1 + V (all parts together, then each),
# P pitches, L lengths, K knots or rates, R heads.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.frames.plan import SIXTEENTH

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]

KNOTS = (0, 1, 2, 4, 8, 16, 32)
RATES = (0.5, 0.8, 0.94)
OWN_RATE = 0.9
NEAR_CERTAIN = 0.002
NO_PITCH = -2
FAR = -1e9


@dataclass(frozen=True, eq=False, kw_only=True)
class RecallWeights:
    """What `Recall` weighs places with."""

    run_RX: Floats
    """By unbroken agreement of all parts."""
    own_run_RX: Floats
    likeness_RK: Floats
    own_likeness_R: Floats
    lag_RX: Floats
    """By distance in bins; beyond the table all count as its last."""
    cycle_RX: Floats
    nothing_R: Floats
    nothing_falls_R: Floats
    strict_R: Floats
    by_recall_VM: Floats
    """What features of a pitch add to its score at once, M = 2R."""

    @classmethod
    def of(cls, t: Mapping[str, Floats]) -> RecallWeights | None:
        """From tensors named as in `networks.flagship`; None: this network recalls nothing."""
        if "recall.run" not in t:
            return None
        names = ("likeness", "own_likeness", "lag", "cycle", "nothing", "nothing_falls")
        likeness, own_likeness, lag, cycle, nothing, falls = (t[f"recall.{name}"] for name in names)
        hats = _hats().astype(lag.dtype)
        return cls(
            run_RX=(hats @ t["recall.run"]).T.copy(),
            own_run_RX=(hats @ t["recall.own_run"]).T.copy(),
            likeness_RK=likeness.T.copy(),
            own_likeness_R=own_likeness,
            lag_RX=lag.T.copy(),
            cycle_RX=cycle.T.copy(),
            nothing_R=nothing,
            nothing_falls_R=falls,
            strict_R=np.logaddexp(0, t["recall.strictness"]),
            by_recall_VM=t["by_recall"],
        )

    @property
    def n_heads(self) -> int:
        """R."""
        return len(self.run_RX)


@dataclass(frozen=True, eq=False, kw_only=True)
class Past:
    """What recall keeps of one stream."""

    begin: int
    """Tick at which the next frame begins."""
    kept: Mapping[str, NDArray[Any]]


class Recall:
    """The past of every stream, sixteenth by sixteenth."""

    def __init__(self, w: RecallWeights, n_streams: int, n_parts: int, n_pitches: int, ticks_L: Ints) -> None:
        """Nothing has been heard yet."""
        self.w, self.ticks_L = w, ticks_L
        self.n_streams, self.n_parts, self.n_options = n_streams, n_parts, 1 + n_pitches
        self.begin_S = np.zeros(n_streams, int)
        self.n_room = 0
        self._make_room(256)

    def past(self, stream: int) -> Past:
        """All that one stream remembers."""
        kept = {name: getattr(self, name)[:, stream].copy() for name in self._shapes(self.n_room)}
        return Past(begin=int(self.begin_S[stream]), kept=kept)

    def resume(self, past: Past) -> None:
        """Every stream goes on from there."""
        self.begin_S[:] = past.begin
        self.n_room = 0
        self._make_room(past.kept["left_1SN"].shape[1])
        for name, of_stream in past.kept.items():
            getattr(self, name)[:] = of_stream[:, None]

    def begin_frame(self) -> None:
        """Weigh every place by what came before."""
        w, self.n = self.w, int(_places(self.begin_S).max())
        place_N = np.arange(self.n) * SIXTEENTH
        ahead_SN = self.begin_S[:, None] - place_N
        lag_SN = np.maximum(ahead_SN, 0) // SIXTEENTH
        lag_X = np.arange(int(lag_SN.max(initial=0)) + 1)
        by_lag_RX = w.lag_RX[:, _rough(lag_X, w.lag_RX.shape[1])] + w.cycle_RX[:, lag_X % w.cycle_RX.shape[1]]
        self.together_RSN = w.run_RX[:, self.run_GSN[0, :, : self.n]] + by_lag_RX[:, lag_SN]
        for of_rate_SN, weight_R in zip(self.like_KSN[:, :, : self.n], w.likeness_RK.T, strict=True):
            self.together_RSN += weight_R[:, None, None] * of_rate_SN
        self.together_RSN[:, ahead_SN <= 0] = FAR
        self.n_heard = 0

    def expect(self, part: int) -> Floats:
        """Features of every pitch of `part`, rest first, (S, 1 + P, 2R)."""
        w, n = self.w, self.n
        logit_RSN = w.own_run_RX[:, self.run_GSN[1 + part, :, :n]]
        logit_RSN += self.own_VSN[part, :, :n] * w.own_likeness_R[:, None, None]
        logit_RSN += self.together_RSN
        share_SRN = self._shares(logit_RSN).swapaxes(0, 1)
        chance_SOR = (share_SRN @ self.sung_VSNO[part, :, :n]).swapaxes(1, 2)
        sure = chance_SOR.dtype.type(NEAR_CERTAIN)
        clear_SOR = np.clip(chance_SOR, sure, 1 - sure)
        return np.concatenate([chance_SOR, (np.log(clear_SOR) - np.log1p(-clear_SOR)) / 6], axis=2)

    def hear(self, part: int, pitch_S: Ints) -> None:
        """Places where `part` sang something else come less to mind from now on."""
        differ_SN = self.pitch_VSN[part, :, : self.n] != pitch_S[:, None]
        self.together_RSN -= differ_SN * self.w.strict_R[:, None, None]
        self.n_heard += 1

    def lengths(self) -> Floats:
        """Chance of every length in every head, (S, L * R)."""
        share_SRN = self._shares(self.together_RSN).swapaxes(0, 1)
        left_SNL = (self.left_1SN[0, :, : self.n, None] == self.ticks_L).astype(share_SRN.dtype)
        chance_SLR: Floats = (share_SRN @ left_SNL).swapaxes(1, 2)
        return chance_SLR.reshape(self.n_streams, -1)

    def end_frame(self, pitch_SV: Ints, length_S: Ints) -> None:
        """Hear what was sung, sixteenth by sixteenth."""
        end_S = self.begin_S + self.ticks_L[length_S]
        n_before_S, n_after_S = _places(self.begin_S), _places(end_S)
        if n_after_S.max() >= self.n_room:
            self._make_room(2 * int(n_after_S.max()))
        stream, place = _each_place(n_before_S, n_after_S)
        self.pitch_VSN[:, stream, place] = pitch_SV[stream].T
        self.left_1SN[0, stream, place] = end_S[stream] - place * SIXTEENTH
        self.sung_VSNO[np.arange(self.n_parts)[:, None], stream, place, pitch_SV[stream].T + 1] = 1
        for k in range(int((n_after_S - n_before_S).max())):
            self._agree(np.flatnonzero(n_before_S + k < n_after_S), pitch_SV, int(n_after_S.max()))
        self.begin_S = end_S

    def _agree(self, stream_A: Ints, pitch_SV: Ints, n: int) -> None:
        """In the streams `stream_A` one sixteenth more: how the music so far agrees with what led to each place."""
        chosen: slice | Ints = slice(None) if len(stream_A) == self.n_streams else stream_A
        same_VAN = self.pitch_VSN[:, chosen, :n] == pitch_SV.T[:, chosen, None]
        same_GAN = np.concatenate([same_VAN.all(axis=0, keepdims=True), same_VAN])
        kind = self.w.lag_RX.dtype
        likeness_AN = same_VAN.mean(axis=0, dtype=kind)
        run_GAN = np.minimum((self.run_GSN[:, chosen, :n] + 1) * same_GAN, KNOTS[-1])
        like_KAN = _faded(self.like_KSN[:, chosen, :n], np.array(RATES)[:, None, None], likeness_AN)
        own_VAN = _faded(self.own_VSN[:, chosen, :n], np.array(OWN_RATE), same_VAN)
        for store, now in ((self.run_GSN, run_GAN), (self.like_KSN, like_KAN), (self.own_VSN, own_VAN)):
            store[:, chosen, 1 : n + 1] = now

    def _shares(self, logit_RSN: Floats) -> Floats:
        """Each place's share of what comes to mind, (R, S, N); the rest is nothing's."""
        w = self.w
        nothing_R = w.nothing_R - w.nothing_falls_R * w.lag_RX.dtype.type(self.n_heard)
        nothing_RS1 = np.broadcast_to(nothing_R[:, None, None], (*logit_RSN.shape[:2], 1))
        weight = np.concatenate([logit_RSN, nothing_RS1], axis=2)
        weight -= weight.max(axis=2, keepdims=True)
        np.exp(weight, out=weight)
        weight /= weight.sum(axis=2, keepdims=True)
        return weight[..., :-1]

    def _shapes(self, n_room: int) -> dict[str, tuple[tuple[int, ...], Any, int]]:
        """Shape, type and filling of all that is kept of the streams."""
        s, v, kind = self.n_streams, self.n_parts, self.w.lag_RX.dtype
        return {
            "pitch_VSN": ((v, s, n_room), np.int16, NO_PITCH),
            "left_1SN": ((1, s, n_room), np.int32, 0),
            "run_GSN": ((1 + v, s, n_room), np.int16, 0),
            "like_KSN": ((len(RATES), s, n_room), kind, 0),
            "own_VSN": ((v, s, n_room), kind, 0),
            "sung_VSNO": ((v, s, n_room, self.n_options), kind, 0),
        }

    def _make_room(self, n_room: int) -> None:
        """For so many sixteenths."""
        for name, (shape, kind, filling) in self._shapes(n_room).items():
            fresh = np.full(shape, filling, kind)
            if self.n_room:
                old: NDArray[Any] = getattr(self, name)
                fresh[tuple(slice(k) for k in old.shape)] = old
            setattr(self, name, fresh)
        self.n_room = n_room

    pitch_VSN: Ints
    left_1SN: Ints
    run_GSN: Ints
    like_KSN: Floats
    own_VSN: Floats
    sung_VSNO: Floats


def _faded(likeness: Floats, rate: NDArray[np.float64], now: NDArray[Any]) -> Floats:
    """A running mean, one sixteenth later."""
    kind = likeness.dtype
    result: Floats = rate.astype(kind) * likeness + (1 - rate).astype(kind) * now
    return result


def _each_place(first_S: Ints, end_S: Ints) -> tuple[Ints, Ints]:
    """Stream and place of every place from each stream's first up to its end."""
    count_S = end_S - first_S
    stream = np.repeat(np.arange(len(first_S)), count_S)
    before_S = np.cumsum(count_S) - count_S
    return stream, np.arange(len(stream)) + (first_S - before_S)[stream]


def _places(tick_S: Ints) -> Ints:
    """Sixteenths that have begun before a tick."""
    return -(-tick_S // SIXTEENTH)


def _hats() -> Floats:
    """Of every length of a run how much it is each knot, (1 + longest, K), as `networks.recall`."""
    run_N = np.arange(KNOTS[-1] + 1.0)
    return np.stack([np.interp(run_N, KNOTS, row) for row in np.eye(len(KNOTS))], axis=1)


def _rough(lag_N: Ints, n_bins: int) -> Ints:
    """Distances in bins, as `networks.recall`."""
    wide = 16 + np.maximum(5 * np.log2(np.maximum(lag_N, 1) / 16), 0).astype(int)
    return np.minimum(np.where(lag_N < 16, lag_N, wide), n_bins - 1)
