"""Pieces by staves side by side, as tensors for the staves network."""

# Shapes: B pieces, T moments, M = B * T, V staves, P pitches, N events, K lags, F fields, E edges of the canvas.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from stretto.frames.staff_example import DURATIONS, LENGTHS, StaffExample, length_class

NONE = -1
"""Pitch of what is not there."""

NO_DURATION = len(DURATIONS)


@dataclass(frozen=True, kw_only=True)
class StaffCanvasBatch:
    """What is given ahead, edge by edge; E counts edges, each piece's padded with nothing."""

    roll_BEVP: Tensor
    open_BEV: Tensor
    left_BE: Tensor
    """Ticks to the next edge."""
    mask_BE: Tensor
    outer_BEV: Tensor
    """The outermost given pitch of each staff at the edge; NONE."""
    ahead_BT: Tensor
    """The first edge after each moment; the number of edges = none."""
    left_BT: Tensor


@dataclass(frozen=True, kw_only=True)
class StaffBatch:
    """Events are the notes of a moment, staff by staff in the order of decision, and after each staff's a "no more"."""

    order: tuple[int, ...]
    mask_BT: Tensor
    fields_BTF: Tensor
    roll_BTVP: Tensor
    """1 where a pitch is struck."""
    held_BTVP: Tensor
    """1 where a pitch sounds that was struck before."""
    outer_BTV: Tensor
    """Outermost pitch struck; NONE."""
    inner_BTV: Tensor
    outer_duration_BTV: Tensor
    """Class of its duration; NO_DURATION."""
    count_BTV: Tensor
    lag_BTK: Tensor
    lag_left_BTK: Tensor
    soonest_BTV: Tensor
    """Class of the ticks to the first end of what then sounds on each staff; the number of lengths = none, or odd."""
    to_beat_BT2: Tensor
    """Classes of lengths; the number of lengths = none."""
    length_BT: Tensor
    cut_BT: Tensor
    free_BT: Tensor
    given_BTV: Tensor
    tonic_B: Tensor
    asked_BTVP: Tensor | None
    asked_left_BT: Tensor | None
    canvas: StaffCanvasBatch | None
    event_moment_N: Tensor
    """b * T + t; events stand by slot: first all first events of a moment, then all second ones."""
    event_staff_N: Tensor
    event_nth_N: Tensor
    """How many notes the staff has struck before it in this moment."""
    event_pitch_N: Tensor
    """NONE = no more."""
    event_duration_N: Tensor
    event_before_N: Tensor
    """Pitch of the note before it on the staff, in this moment; NONE."""
    event_before_duration_N: Tensor
    n_at_slot: tuple[int, ...]
    """How many moments have a first event, a second one, ..."""
    moment_of_rank_M: Tensor
    """b * T + t of the moments by how many events they have, falling."""

    @classmethod
    def of(
        cls,
        examples: Sequence[StaffExample],
        *,
        lowest: int,
        n_pitches: int,
        upward: Sequence[bool],
        order: Sequence[int],
    ) -> StaffBatch:
        """Pieces side by side.

        Args:
            examples: the pieces; all with a canvas or none.
            lowest: MIDI pitch of index 0.
            n_pitches: how many there are.
            upward: of each staff, that its notes are struck from the lowest up; else from the highest down.
            order: of the staves, in which a moment is decided.
        """
        b, t, v = len(examples), max(map(len, examples)), len(order)
        base = _Arrays(b, t, v, n_pitches)
        events = []
        for i, example in enumerate(examples):
            base.take(i, example, lowest, upward)
            events.append(_events(example, i, t, lowest, upward, order))
        table = {name: np.concatenate([own[name] for own in events]) for name in events[0]}
        n_events_M = np.bincount(table["moment"], minlength=b * t)
        rank_M = np.argsort(-n_events_M, kind="stable")[: int((n_events_M > 0).sum())]
        place = np.empty(b * t, int)
        place[rank_M] = np.arange(len(rank_M))
        by_slot = np.lexsort((place[table["moment"]], table["slot"]))
        at_slot = np.bincount(table["slot"])
        staffed = {name: torch.from_numpy(table[name][by_slot]) for name in table}
        asked = any(example.asked is not None for example in examples)
        canvas = None
        if examples[0].given is not None:
            canvas = _canvas_batch(examples, t, lowest, n_pitches, upward)
        return cls(
            order=tuple(order),
            mask_BT=base.tensor("mask"),
            fields_BTF=base.tensor("fields"),
            roll_BTVP=base.tensor("roll"),
            held_BTVP=base.tensor("held"),
            outer_BTV=base.tensor("outer"),
            inner_BTV=base.tensor("inner"),
            outer_duration_BTV=base.tensor("outer_duration"),
            count_BTV=base.tensor("count"),
            lag_BTK=base.tensor("lag"),
            lag_left_BTK=base.tensor("lag_left"),
            soonest_BTV=base.tensor("soonest"),
            to_beat_BT2=base.tensor("to_beat"),
            length_BT=base.tensor("length"),
            cut_BT=base.tensor("cut"),
            free_BT=base.tensor("free"),
            given_BTV=base.tensor("given"),
            tonic_B=torch.tensor([example.tonic for example in examples]),
            asked_BTVP=base.tensor("asked") if asked else None,
            asked_left_BT=base.tensor("asked_left") if asked else None,
            canvas=canvas,
            event_moment_N=staffed["moment"],
            event_staff_N=staffed["staff"],
            event_nth_N=staffed["nth"],
            event_pitch_N=staffed["pitch"],
            event_duration_N=staffed["duration"],
            event_before_N=staffed["before"],
            event_before_duration_N=staffed["before_duration"],
            n_at_slot=tuple(at_slot.tolist()),
            moment_of_rank_M=torch.from_numpy(rank_M),
        )


class _Arrays:
    """Arrays of all pieces, filled one piece after the other."""

    def __init__(self, b: int, t: int, v: int, p: int) -> None:
        """All nothing."""
        self.v, self.p = v, p
        none = len(LENGTHS)
        shapes: dict[str, tuple[tuple[int, ...], Any, int]] = {
            "mask": ((), bool, 0), "cut": ((), bool, 0), "free": ((), bool, 0), "length": ((), np.int64, 0),
            "roll": ((v, p), np.float32, 0), "held": ((v, p), np.float32, 0), "asked": ((v, p), np.float32, 0),
            "outer": ((v,), np.int64, NONE), "inner": ((v,), np.int64, NONE), "count": ((v,), np.int64, 0),
            "outer_duration": ((v,), np.int64, NO_DURATION), "given": ((v,), bool, 0),
            "soonest": ((v,), np.int64, none), "to_beat": ((2,), np.int64, none), "asked_left": ((), np.int64, none),
        }  # fmt: skip
        self.arrays = {name: np.full((b, t, *rest), fill, kind) for name, (rest, kind, fill) in shapes.items()}
        self.b, self.t = b, t

    def tensor(self, name: str) -> Tensor:
        """One of them."""
        return torch.from_numpy(self.arrays[name])

    def take(self, i: int, piece: StaffExample, lowest: int, upward: Sequence[bool]) -> None:
        """Fill the place of piece `i`."""
        n, a = len(piece), self.arrays
        if "fields" not in a:
            a["fields"] = np.zeros((self.b, self.t, piece.fields_TF.shape[1]), np.int64)
            a["lag"] = np.full((self.b, self.t, piece.lag_TK.shape[1]), NONE, np.int64)
            a["lag_left"] = np.full(a["lag"].shape, len(LENGTHS), np.int64)
        a["mask"][i, :n] = True
        a["fields"][i, :n], a["lag"][i, :n] = piece.fields_TF, piece.lag_TK
        a["length"][i, :n], a["cut"][i, :n], a["free"][i, :n] = piece.length_T, piece.cut_T, piece.free_T
        for name, ticks in (("lag_left", piece.lag_left_TK), ("to_beat", piece.to_beat_T2)):
            a[name][i, :n] = length_class(ticks)
        if piece.given is not None:
            a["given"][i, :n] = piece.given.given_TV
        self._take_notes(i, piece, lowest, upward)
        if piece.asked is not None and piece.asked_left_T is not None:
            a["asked_left"][i, :n] = length_class(piece.asked_left_T)
            at, there = place_of(piece.tick_T, piece.asked["onset"])
            pitch = piece.asked["pitch"] - lowest
            there &= (pitch >= 0) & (pitch < self.p)
            a["asked"][i, at[there], piece.asked["staff"][there], pitch[there]] = 1

    def _take_notes(self, i: int, piece: StaffExample, lowest: int, upward: Sequence[bool]) -> None:
        a, notes, at = self.arrays, piece.notes, piece.moment_N
        pitch, staff = notes["pitch"] - lowest, notes["staff"]
        a["roll"][i, at, staff, pitch] = 1
        np.add.at(a["count"][i], (at, staff), 1)
        ends = notes["onset"] + notes["duration"]
        until = np.searchsorted(piece.tick_T, ends)  # the first moment at which it has ended
        soonest = np.full((len(piece), self.v), 10**6)
        for m, s, p, last, end in zip(at.tolist(), staff.tolist(), pitch.tolist(), until.tolist(), ends, strict=True):
            a["held"][i, m + 1 : last, s, p] = 1
            np.minimum(soonest[m:last, s], end - piece.tick_T[m:last], out=soonest[m:last, s])
        a["soonest"][i, : len(piece)] = length_class(np.where(soonest > LENGTHS[-1], 0, soonest))
        for s, up in enumerate(upward):
            own = np.flatnonzero(staff == s)
            own = own[np.argsort(pitch[own] * (1 if up else -1), kind="stable")]
            # The outermost is written last, so that it stays.
            for name, rows in (("outer", own[::-1]), ("inner", own)):
                a[name][i, at[rows], s] = pitch[rows]
            a["outer_duration"][i, at[own[::-1]], s] = piece.duration_N[own[::-1]]


def place_of(tick_T: NDArray[np.int32], ticks: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The moment at each tick, and whether there is one."""
    at = np.minimum(np.searchsorted(tick_T, ticks), len(tick_T) - 1)
    return at, tick_T[at] == ticks


def _events(
    piece: StaffExample, i: int, t: int, lowest: int, upward: Sequence[bool], order: Sequence[int]
) -> dict[str, NDArray[np.int64]]:
    """Notes in the order of decision, and after each staff's "no more"; see `StaffBatch`."""
    n, v = len(piece), len(order)
    rank = np.empty(v, int)
    rank[list(order)] = np.arange(v)
    staff = np.r_[piece.notes["staff"], np.tile(np.arange(v), n)].astype(np.int64)
    moment = np.r_[piece.moment_N, np.repeat(np.arange(n), v)].astype(np.int64)
    pitch = np.r_[piece.notes["pitch"] - lowest, np.full(n * v, NONE)].astype(np.int64)
    duration = np.r_[piece.duration_N, np.full(n * v, NO_DURATION)].astype(np.int64)
    climbs = np.where(np.array(upward)[staff], pitch, -pitch)
    by = np.lexsort((np.where(pitch == NONE, 10**4, climbs), rank[staff], moment))
    staff, moment, pitch, duration = staff[by], moment[by], pitch[by], duration[by]
    slot = _count_within(moment)
    nth = _count_within(moment * v + rank[staff])
    before = np.where(nth > 0, np.r_[NONE, pitch[:-1]], NONE)
    before_duration = np.where(nth > 0, np.r_[NO_DURATION, duration[:-1]], NO_DURATION)
    return {
        "moment": i * t + moment, "staff": staff, "slot": slot, "nth": nth, "pitch": pitch, "duration": duration,
        "before": before, "before_duration": before_duration,
    }  # fmt: skip


def _count_within(group: NDArray[np.int64]) -> NDArray[np.int64]:
    """Of each row, how many rows of the same group stand right before it."""
    first = np.r_[True, group[1:] != group[:-1]]
    start = np.maximum.accumulate(np.where(first, np.arange(len(group)), 0))
    found: NDArray[np.int64] = np.arange(len(group)) - start
    return found


def _canvas_batch(
    examples: Sequence[StaffExample], t: int, lowest: int, n_pitches: int, upward: Sequence[bool]
) -> StaffCanvasBatch:
    """What is given ahead of each piece."""
    given = [example.given for example in examples if example.given is not None]
    b, v = len(given), given[0].open_EV.shape[1]
    e = max(1, max(len(g.edge_E) for g in given))
    roll = np.zeros((b, e, v, n_pitches), np.float32)
    is_open, outer = np.zeros((b, e, v), bool), np.full((b, e, v), NONE, np.int64)
    left, mask = np.zeros((b, e), np.int64), np.zeros((b, e), bool)
    ahead, left_t = np.zeros((b, t), np.int64), np.zeros((b, t), np.int64)
    for i, (g, example) in enumerate(zip(given, examples, strict=True)):
        n = len(g.edge_E)
        mask[i, :n], is_open[i, :n] = True, g.open_EV
        end = int(example.tick_T[-1] + LENGTHS[example.length_T[-1]])
        left[i, :n] = np.diff(g.edge_E, append=end)
        at, there = place_of(g.edge_E, g.notes["onset"]) if n else (np.zeros(0, int), np.zeros(0, bool))
        pitch, staff = g.notes["pitch"][there] - lowest, g.notes["staff"][there]
        roll[i, at[there], staff, pitch] = 1
        by = np.argsort(np.where(np.array(upward)[staff], -pitch, pitch), kind="stable")
        outer[i, at[there][by], staff[by]] = pitch[by]
        ahead[i, : len(example)], left_t[i, : len(example)] = np.where(g.ahead_T < n, g.ahead_T, e), g.left_T
    arrays = (roll, is_open, left, mask, outer, ahead, left_t)
    names = ("roll_BEVP", "open_BEV", "left_BE", "mask_BE", "outer_BEV", "ahead_BT", "left_BT")
    return StaffCanvasBatch(**{name: torch.from_numpy(x) for name, x in zip(names, arrays, strict=True)})
