"""The staves network in NumPy alone: moment by moment, many pieces side by side.

The same arithmetic as `stretto.networks.staves`, in the order in which music is made:

    engine = StavesEngine(weights, tonics, canvases=...)
    while ...:
        engine.begin_moment(ticks, told)
        for staff in engine.order:
            engine.begin_staff(staff)
            while pieces are left that have not stopped:
                engine.options(pieces)          # what each could strike next, or no more
                engine.no_more(those that stop)
                engine.durations(those that strike, pitches)
                engine.strike(those, pitches, durations, ticks)
        engine.lengths()
        engine.end_moment(lengths)

What is given is struck by the same calls. Scoring a piece and composing one are the same.
"""

# Shapes: N pieces, A of them, V staves, P pitches, O = 1 + P options (no more, pitches), C heights, U vertical,
# G state, D durations, L lengths, F fields, K lags.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from stretto.engine.cells import gru_step, log_softmax, lstm_step, silu
from stretto.engine.staff_ahead import NONE, StaffForesight, foresee
from stretto.engine.staff_past import N_D, StaffPast
from stretto.engine.staff_weights import StavesWeights
from stretto.frames.plan import Plan
from stretto.frames.staff_canvas import StaffCanvas
from stretto.frames.staff_example import LENGTHS, lags_at, length_class, to_beat
from stretto.frames.staff_fields import staff_fields

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]
Bools = NDArray[np.bool_]

NO_MORE, FIRST_PITCH = 0, 1
"""Options of a staff: it strikes no more notes in this moment, or the pitch of index 0, 1, ..."""

MAX_NTH, N_MOVED, NEVER = 6, 30, -1e9


@dataclass(frozen=True, eq=False, kw_only=True)
class Told:
    """What is told of the pieces at one moment of each."""

    fields_NF: Ints
    lags_NK: Ints
    """Ticks back to the places that are looked at, as `frames.staff_example.lags_at`."""
    to_beat_N2: Ints
    asked_NVP: Floats | None = None
    """1 where a pitch is to be recalled; None = nowhere."""
    asked_left_N: Ints | None = None
    """Ticks to the next moment of what is to be recalled; 0 = none."""


class ToldPlan:
    """What a plan tells at every tick, looked up while a piece is made."""

    def __init__(self, plan: Plan, end: int, composers: Sequence[str]) -> None:
        """Work it out for all ticks up to `end`."""
        ticks = np.arange(end + 1, dtype=np.int32)
        self.fields_TF = staff_fields(plan, ticks, composers)
        self.lags_TK, self.to_beat_T2 = lags_at(plan, ticks), to_beat(plan, ticks)


def told_at(plans: Sequence[ToldPlan], tick_N: Ints) -> Told:
    """What every piece's plan tells at its tick."""
    ticks = [min(int(tick), len(p.fields_TF) - 1) for p, tick in zip(plans, tick_N, strict=True)]
    at = list(zip(plans, ticks, strict=True))
    return Told(
        fields_NF=np.stack([p.fields_TF[tick] for p, tick in at]).astype(int),
        lags_NK=np.stack([p.lags_TK[tick] for p, tick in at]),
        to_beat_N2=np.stack([p.to_beat_T2[tick] for p, tick in at]),
    )


class StavesEngine:
    """Pieces in the making."""

    def __init__(
        self,
        weights: StavesWeights,
        tonic_N: Ints,
        *,
        canvases: Sequence[StaffCanvas] | None = None,
        order: tuple[int, ...] | None = None,
        start: int = 0,
    ) -> None:
        """Start every piece before its first moment.

        Args:
            weights: the network.
            tonic_N: pitch class of each piece's tonic; -1 = unknown.
            canvases: what is given of each; None = of none is anything.
            order: staves in the order in which a moment is decided; None = the network's. Given staves go first.
            start: tick of the first moment.
        """
        self.w = w = weights
        self.order = w.shape.order if order is None else order
        self.n = n = len(tonic_N)
        self.v, self.p = len(w.shape.staves), w.shape.n_pitches
        self.past = StaffPast(w, n)
        near_N = np.where(tonic_N > 6, tonic_N - 12, np.maximum(tonic_N, 0))
        self.height_NP = np.arange(self.p) + 6 - near_N[:, None]
        self.n_heights = w.t["struck_in.weight"].shape[0] // self.v
        self.h_NG, self.c_NG = (np.zeros((n, w.time.hidden.shape[0]), w.dtype) for _ in range(2))
        self.foresights: list[StaffForesight] | None = None
        if canvases is not None:
            self.foresights = [
                foresee(w, canvas, start=start, height_P=height_P)
                for canvas, height_P in zip(canvases, self.height_NP, strict=True)
            ]
        n_wide = 2 * self.p - 1
        self.windows = [
            sliding_window_view(table.reshape(-1, n_wide, table.shape[-1]), self.p, axis=1)
            for table in (w.t[f"scores.near.{k}"] for k in range(3 + self.v - 1 + self.v))
        ]

    def begin_moment(self, tick_N: Ints, told: Told) -> None:
        """Say where every piece stands, and what is told there."""
        w, t = self.w, self.w.t
        self.told, n = told, self.n
        self.context_Nc = t["fields.weight"][told.fields_NF + w.field_offset].sum(1)
        whole = np.concatenate([self.h_NG, self.context_Nc], axis=1)
        self.past.begin(tick_N, told.lags_NK, whole, told.asked_NVP)
        self.next_NV, self.soon_NV = np.full((n, self.v), NONE), np.zeros((n, self.v), int)
        ahead_NA = np.zeros((n, t["ahead.left_in.weight"].shape[1]), w.dtype)
        for i, foresight in enumerate(self.foresights or ()):
            ahead_NA[i], self.next_NV[i], self.soon_NV[i] = foresight.at(w, int(tick_N[i]))
        self.u_NU = np.tanh(np.concatenate([whole, ahead_NA], axis=1) @ t["vertical_start"] + t["vertical_start.bias"])
        self.roll_NVP = np.zeros((n, self.v, self.p), w.dtype)
        self.new_outer_NV, self.new_inner_NV = (np.full((n, self.v), NONE) for _ in range(2))
        self.new_duration_NV = np.full((n, self.v), N_D)
        self.count_NV = np.zeros((n, self.v), int)
        self.done: list[int] = []

    def begin_staff(self, staff: int) -> None:
        """The next staff of `order` is to strike."""
        self.staff, w = staff, self.w
        self.before_N, self.before_duration_N = np.full(self.n, NONE), np.full(self.n, N_D)
        ask_NX = self.u_NU @ w.t["ask_bits"][staff] + w.t["ask_bits.bias"][staff]
        self.of_bits_NP = (ask_NX[:, None] @ self.past.bits_NVXP[:, staff])[:, 0]
        self.hints_N = self.past.of_staff_NVX[:, staff] @ w.t["no_more_hints.weight"][0]

    def options(self, piece_A: Ints, *, must_A: Bools | None = None) -> Floats:
        """Log-probability of everything that the staff could do next, (A, O).

        Args:
            piece_A: the pieces that have not stopped.
            must_A: those in which something must be struck at last: nothing was, this is the last open staff, and
                the moment is not one that was cut.
        """
        w, s = self.w, self.staff
        u = self.u_NU[piece_A]
        out = np.empty((len(piece_A), 1 + self.p), w.dtype)
        out[:, FIRST_PITCH:] = self.of_bits_NP[piece_A] + self._scores(piece_A, u)
        nth_A = np.minimum(self.count_NV[piece_A, s], MAX_NTH - 1) + MAX_NTH * s
        hidden = silu(u @ w.t["no_more.u"] + w.t["no_more.nth"][nth_A])
        out[:, NO_MORE] = hidden @ w.t["no_more.2.weight"][0] + w.t["no_more.2.bias"][0]
        out[:, NO_MORE] += self.hints_N[piece_A] * (self.count_NV[piece_A, s] == 0)
        if must_A is not None:
            out[must_A, NO_MORE] = NEVER
        pitch_P, before_A1 = np.arange(self.p), self.before_N[piece_A][:, None]
        barred = pitch_P <= before_A1 if w.shape.upward[s] else (pitch_P >= before_A1) & (before_A1 != NONE)
        low, high = w.shape.ranges[s]
        barred = barred | (pitch_P < low - w.shape.lowest) | (pitch_P > high - w.shape.lowest)
        out[:, FIRST_PITCH:][barred] = NEVER
        return log_softmax(out)

    def durations(self, piece_A: Ints, pitch_A: Ints) -> Floats:
        """Log-probability of every duration of notes that are about to be struck, (A, D)."""
        t, s = self.w.t, self.staff
        height_A = self.height_NP[piece_A, pitch_A] + self.n_heights * s
        nth_A = np.minimum(self.count_NV[piece_A, s], MAX_NTH - 1) + MAX_NTH * s
        u = self.u_NU[piece_A]
        hidden = silu(
            u @ t["last_in"] + t["last_in.bias"] + t["last_pitch.weight"][height_A] + t["last_nth.weight"][nth_A]
        )
        out = hidden @ t["last_out"] + t["last_out.bias"]
        out += t["last_before.weight"][self.before_duration_N[piece_A]]
        out += t["last_outer.weight"][self.past.duration_NV[piece_A, s] + (N_D + 1) * s]
        ask = u @ t["last_hints"] + t["last_hints.bias"]
        out += (ask[:, None] @ self.past.durations_NAVD[piece_A, :, s])[:, 0]
        return log_softmax(out)

    def strike(self, piece_A: Ints, pitch_A: Ints, duration_A: Ints, ticks_A: Ints) -> None:
        """Fix a note: index of pitch, index of duration, and for how many ticks it sounds."""
        s, event = self.staff, self.w.event
        self.past.strike(piece_A, s, pitch_A, ticks_A)
        self.roll_NVP[piece_A, s, pitch_A] = 1
        first = self.count_NV[piece_A, s] == 0
        self.new_outer_NV[piece_A[first], s], self.new_duration_NV[piece_A[first], s] = (
            pitch_A[first],
            duration_A[first],
        )
        self.new_inner_NV[piece_A, s] = pitch_A
        self.count_NV[piece_A, s] += 1
        gates = event["pitch_in"][self.height_NP[piece_A, pitch_A] + self.n_heights * s]
        gates = gates + event["event_motion"][moved(pitch_A, self.past.outer_NV[piece_A, s]) + N_MOVED * s]
        gates += event["event_interval"][moved(pitch_A, self.before_N[piece_A]) + N_MOVED * s]
        gates += event["event_duration"][duration_A]
        gates += event["staff_in"][s]
        self.u_NU[piece_A] = gru_step(gates, self.u_NU[piece_A], self.w.vertical)
        self.before_N[piece_A], self.before_duration_N[piece_A] = pitch_A, duration_A

    def leave(self, staff: int, piece_A: Ints, pitch_A: Ints) -> None:
        """Notes of a staff end now, earlier than was said when they were struck."""
        self.past.leave(piece_A, staff, pitch_A)

    def no_more(self, piece_A: Ints) -> None:
        """The staff strikes no more notes in these pieces."""
        gates = np.broadcast_to(self.w.event["staff_in"][self.staff], (len(piece_A), self.w.event["staff_in"].shape[1]))
        self.u_NU[piece_A] = gru_step(gates, self.u_NU[piece_A], self.w.vertical)
        if self.staff not in self.done:
            self.done.append(self.staff)

    def lengths(self) -> Floats:
        """Log-probability of every time to the next moment, (N, L)."""
        t, told, n = self.w.t, self.told, self.n
        out = silu(self.u_NU @ t["length_in_hidden"] + t["length_in_hidden.bias"]) @ t["length_out"]
        out += t["length_out.bias"]
        ask_NX = self.u_NU @ t["length_hints"] + t["length_hints.bias"]
        asked = np.zeros(n, int) if told.asked_left_N is None else told.asked_left_N
        ticks = (self.past.soonest(), None, told.to_beat_N2, asked[:, None])
        classes = [self.past.lag_left_NK if x is None else length_class(x) for x in ticks]
        class_NX = np.concatenate(classes, axis=1)
        padded = np.zeros((n, len(LENGTHS) + 1), self.w.dtype)
        np.add.at(padded, (np.arange(n)[:, None], class_NX), ask_NX[:, : class_NX.shape[1]])
        out += padded[:, :-1]
        out += (ask_NX[:, None, class_NX.shape[1] :] @ self.past.length_NAL)[:, 0]
        return log_softmax(out)

    def end_moment(self, length_N: Ints) -> None:
        """Hear what was struck, and go on: index of the time to the next moment of each piece."""
        w, t = self.w, self.w.t
        staff = np.arange(self.v)
        seen = t["length_in.weight"][length_N] + self.context_Nc @ t["context_in.weight"].T + t["context_in.bias"]
        seen += t["motion_in.weight"][moved(self.new_outer_NV, self.past.outer_NV) + N_MOVED * staff].sum(1)
        seen += t["count_in.weight"][np.minimum(self.count_NV, MAX_NTH - 1) + MAX_NTH * staff].sum(1)
        seen += t["duration_in.weight"][self.new_duration_NV + (N_D + 1) * staff].sum(1)
        for roll, table in ((self.roll_NVP, "struck_in.weight"), (self.past.held_NVP, "held_in.weight")):
            piece, own, pitch = np.nonzero(roll)
            np.add.at(seen, piece, t[table][own * self.n_heights + self.height_NP[piece, pitch]])
        self.h_NG, self.c_NG = lstm_step(np.tanh(seen) @ w.time.input, self.h_NG, self.c_NG, w.time)
        self.past.end(self.roll_NVP, self.new_outer_NV, self.new_inner_NV, self.new_duration_NV, length_N)

    def _scores(self, piece_A: Ints, u_AU: Floats) -> Floats:
        """Scores of every pitch in all frames of reference, (A, P)."""
        t, s, a = self.w.t, self.staff, len(piece_A)
        asked_AKQ = (u_AU @ t["scores.ask"] + t["scores.ask.bias"]).reshape(a, -1, t["scores.height"].shape[-1])
        height_AP = self.height_NP[piece_A]
        by_height = asked_AKQ[:, 0] @ t["scores.height"][s].T + t["scores.bias"][s]
        by_degree = asked_AKQ[:, 1] @ t["scores.degree"][s].T
        row = np.arange(a)[:, None]
        out: Floats = by_height[row, height_AP] + by_degree[row, height_AP % 12]
        for k, (pitch_A, kind_A) in enumerate(self._anchors(piece_A)):
            there = np.flatnonzero(pitch_A != NONE)
            if not len(there):
                continue
            n_kinds = len(self.windows[k]) // self.v
            window_AQP = self.windows[k][s * n_kinds + kind_A[there], self.p - 1 - pitch_A[there]]
            out[there] += (asked_AKQ[there, 2 + k][:, None] @ window_AQP)[:, 0]
        return out

    def _anchors(self, piece_A: Ints) -> list[tuple[Ints, Ints]]:
        """Pitch (or NONE) and kind of every anchor, (A,) each."""
        s, past = self.staff, self.past
        nothing = np.zeros(len(piece_A), int)
        found = [
            (past.outer_NV[piece_A, s], nothing),
            (past.inner_NV[piece_A, s], nothing),
            (self.before_N[piece_A], nothing),
        ]
        rank = {staff: i for i, staff in enumerate(self.order)}
        for k in range(1, self.v):
            other = (s + k) % self.v
            new_A = self.new_outer_NV[piece_A, other]
            is_new_A = (new_A != NONE) & (rank[other] < rank[s])
            found.append((np.where(is_new_A, new_A, past.outer_NV[piece_A, other]), 2 * other + is_new_A))
        if self.foresights is not None:
            found += [(self.next_NV[piece_A, other], self.soon_NV[piece_A, other]) for other in range(self.v)]
        return found


def moved(to: Ints, since: Ints) -> Ints:
    """Rows for a move, as `networks.staves.moved`."""
    apart = np.clip(to - since, -13, 13) + 13
    apart = np.where((to != NONE) & (since == NONE), 27, apart)
    apart = np.where((to == NONE) & (since != NONE), 28, apart)
    found: Ints = np.where((to == NONE) & (since == NONE), 29, apart)
    return found
