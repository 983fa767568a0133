"""A piece by staves as the arrays that the staves network is trained on and scored by."""

# Shapes: T moments, V staves, N notes, F fields, K lags, E edges of the canvas.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.frames.echo import Echo
from stretto.frames.plan import Plan, bar_ticks
from stretto.frames.staff_canvas import StaffCanvas
from stretto.frames.staff_fields import staff_fields
from stretto.frames.staves import StaffMusic, StaffNotes

LENGTHS = (
    1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 14, 15, 16, 18, 20, 21, 24, 28, 30, 32, 36, 40, 42, 44, 45, 48, 54, 56, 60, 66, 72,
    84, 96,
)  # fmt: skip
"""Ticks from one moment to the next that can be said at once; others are made of several."""

DURATIONS = (
    1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 14, 15, 16, 18, 20, 21, 22, 24, 27, 28, 30, 32, 33, 36, 39, 40, 42, 44, 45, 46, 48,
    52, 54, 56, 60, 64, 66, 68, 69, 70, 72, 78, 80, 84, 88, 90, 93, 96, 102, 108, 114, 120, 132, 138, 144, 156, 168,
    180, 192, 216, 240, 288, 384,
)  # fmt: skip
"""Lengths of notes in ticks; others are rounded to the nearest."""

N_LAGS = 7
"""Places that are looked back at: a beat, half a bar, and one, two, three, four and eight bars ago."""

BEAT, COMPOUND_BEAT = 24, 36


@dataclass(frozen=True, eq=False, kw_only=True)
class GivenStaves:
    """What of a piece stood on the canvas before it was drawn; E edges of the canvas, one more than all at its end."""

    given_TV: NDArray[np.bool_]
    """What the staff does at this moment is given."""
    edge_E: NDArray[np.int32]
    """Ticks."""
    open_EV: NDArray[np.bool_]
    notes: StaffNotes
    """What is given."""
    ahead_T: NDArray[np.int64]
    """The first edge after each moment."""
    left_T: NDArray[np.int32]
    """Ticks to it."""


@dataclass(frozen=True, eq=False, kw_only=True)
class StaffExample:
    """One piece, or a stretch of one, ready for the network."""

    tick_T: NDArray[np.int32]
    length_T: NDArray[np.int16]
    """Index into LENGTHS."""
    cut_T: NDArray[np.bool_]
    """The next moment was not the network's to choose, so only "at least this long" is scored."""
    free_T: NDArray[np.bool_]
    """Nothing need be struck: it follows one that was cut, or as long as can be said."""
    fields_TF: NDArray[np.int16]
    lag_TK: NDArray[np.int32]
    """The moment that began a lag ago; -1 = none did."""
    lag_ticks_TK: NDArray[np.int32]
    """Ticks of every lag."""
    lag_left_TK: NDArray[np.int16]
    """Ticks from a lag ago to the next moment after it; 0 = nothing was there."""
    notes: StaffNotes
    moment_N: NDArray[np.int32]
    duration_N: NDArray[np.int16]
    """Index into DURATIONS."""
    to_beat_T2: NDArray[np.int16]
    """Ticks to the next beat and to the next barline; 0 = unknown."""
    tonic: int
    n_staves: int
    n_quarters: float
    given: GivenStaves | None = None
    asked: StaffNotes | None = None
    """Notes that are to be recalled, at the moments where they would begin."""
    asked_left_T: NDArray[np.int16] | None = None
    """Ticks to the next moment of what is to be recalled; 0 = none is."""

    def __len__(self) -> int:
        """Number of moments."""
        return len(self.tick_T)


def staff_example(
    music: StaffMusic,
    plan: Plan,
    composers: Sequence[str],
    *,
    start: int = 0,
    canvas: StaffCanvas | None = None,
    echoes: Sequence[Echo] = (),
) -> StaffExample:
    """Music and plan as arrays.

    Args:
        music: the notes; what begins before `start` is not heard.
        plan: what is told.
        composers: names that the network knows.
        start: tick at which the stretch begins.
        canvas: what was given; None = nothing.
        echoes: passages that are told to recall earlier ones.
    """
    notes = music.notes[music.notes["onset"] >= start]
    edges = canvas.edges() if canvas is not None else np.zeros(0, np.int32)
    edges = edges[(edges > start) & (edges < music.end)]
    tick_T, free_T = moments(notes["onset"], edges, start, music.end)
    length_T = np.diff(tick_T, append=music.end)
    cut_T = np.isin(tick_T + length_T, np.r_[edges, music.end])
    lag_ticks_TK = lags_at(plan, tick_T)
    lag_TK, lag_left_TK = look_back(tick_T, music.end, lag_ticks_TK)
    asked, asked_left_T = asked_at(music.notes, echoes, tick_T) if echoes else (None, None)
    return StaffExample(
        tick_T=tick_T,
        length_T=np.searchsorted(LENGTHS, length_T).astype(np.int16),
        cut_T=cut_T,
        free_T=free_T,
        fields_TF=staff_fields(plan, tick_T, composers),
        lag_TK=lag_TK,
        lag_ticks_TK=lag_ticks_TK,
        lag_left_TK=lag_left_TK,
        notes=notes,
        moment_N=np.searchsorted(tick_T, notes["onset"]).astype(np.int32),
        duration_N=nearest_duration(notes["duration"]),
        to_beat_T2=to_beat(plan, tick_T),
        tonic=plan.tonic,
        n_staves=music.n_staves,
        n_quarters=(music.end - start) / BEAT,
        given=_given(canvas, tick_T, start) if canvas is not None else None,
        asked=asked,
        asked_left_T=asked_left_T,
    )


def moments(
    onset_N: NDArray[np.int32], edges: NDArray[np.int32], start: int, end: int
) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Where moments begin, and which of them need strike nothing; gaps that no length can say are split."""
    known = np.unique(np.r_[start, onset_N, edges]).astype(np.int64)
    ticks: list[int] = []
    free: list[bool] = []
    cut = {start, *edges.tolist()}
    goes_on = True
    for tick, after in zip(known.tolist(), [*known[1:].tolist(), end], strict=True):
        left, first = after - tick, True
        while left > 0:
            ticks.append(tick)
            free.append(goes_on or not first or tick in cut)
            step = LENGTHS[int(np.searchsorted(LENGTHS, left, side="right")) - 1]
            tick, left, first = tick + step, left - step, False
            # After the longest length nothing need be struck: "that long" means "at least that long".
            goes_on = step == LENGTHS[-1]
    return np.array(ticks, np.int32), np.array(free, bool)


def lags_at(plan: Plan, tick_T: NDArray[np.int32]) -> NDArray[np.int32]:
    """Ticks of every lag at every moment, (T, K), by the metre; 4/4 where it is unknown."""
    if plan.bar_starts is None:
        bar_T, beat_T = np.full(len(tick_T), 4 * BEAT), np.full(len(tick_T), BEAT)
    else:
        place_T = np.maximum(np.searchsorted(np.array(plan.bar_starts), tick_T, side="right") - 1, 0)
        bar_T = np.array([bar_ticks(m) for m in plan.bar_meters])[place_T]
        beat_T = np.array([beat_of(m) for m in plan.bar_meters])[place_T]
    half_T = np.where(bar_T % (2 * beat_T) == 0, bar_T // 2, 2 * beat_T)
    found: NDArray[np.int32] = np.stack(
        [beat_T, half_T, bar_T, 2 * bar_T, 3 * bar_T, 4 * bar_T, 8 * bar_T], axis=1
    ).astype(np.int32)
    return found


def beat_of(meter: str) -> int:
    """Ticks of a beat: a dotted quarter in 6/8, 9/8 and 12/8, else what the denominator says, at most a quarter."""
    numerator, denominator = map(int, meter.split("/"))
    if denominator == 8 and numerator % 3 == 0 and numerator > 3:
        return COMPOUND_BEAT
    return min(4 * BEAT // denominator, BEAT)


def look_back(
    tick_T: NDArray[np.int32], end: int, lag_TK: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int16]]:
    """The moment that began a lag ago, and how long it is from there to the next; see `StaffExample`."""
    then_TK = tick_T[:, None] - lag_TK
    place_TK = np.searchsorted(tick_T, then_TK, side="right") - 1
    there_TK = np.maximum(place_TK, 0)
    exact_TK = (place_TK >= 0) & (tick_T[there_TK] == then_TK)
    following_T = np.append(tick_T[1:], end)
    # A lag ago the next moment is known only if it has come by now.
    left_TK = np.minimum(following_T[there_TK], tick_T[:, None]) - then_TK
    return (
        np.where(exact_TK, there_TK, -1).astype(np.int32),
        np.where(place_TK >= 0, np.minimum(left_TK, LENGTHS[-1]), 0).astype(np.int16),
    )


def nearest_duration(ticks: NDArray[np.integer]) -> NDArray[np.int16]:
    """Index into DURATIONS of the nearest."""
    table = np.array(DURATIONS)
    upper = np.minimum(np.searchsorted(table, ticks), len(table) - 1)
    lower = np.maximum(upper - 1, 0)
    nearer = np.where(ticks - table[lower] < table[upper] - ticks, lower, upper)
    found: NDArray[np.int16] = nearer.astype(np.int16)
    return found


def length_class(ticks: NDArray[Any]) -> NDArray[np.int64]:
    """Index into LENGTHS of ticks that one of them is; else their number."""
    table = np.array(LENGTHS)
    index = np.minimum(np.searchsorted(table, ticks), len(table) - 1)
    found: NDArray[np.int64] = np.where(table[index] == ticks, index, len(table)).astype(np.int64)
    return found


def to_beat(plan: Plan, tick_T: NDArray[np.int32]) -> NDArray[np.int16]:
    """Ticks to the next beat and to the next barline, (T, 2); 0 = unknown."""
    if plan.bar_starts is None:
        return np.zeros((len(tick_T), 2), np.int16)
    starts = np.array(plan.bar_starts)
    place_T = np.maximum(np.searchsorted(starts, tick_T, side="right") - 1, 0)
    beat_T = np.array([beat_of(m) for m in plan.bar_meters])[place_T]
    last = plan.bar_starts[-1] + bar_ticks(plan.bar_meters[-1])
    bar_T = np.append(starts[1:], last)[place_T] - tick_T
    # Counted from the barline to come, so that a pickup's beats are right.
    beat_left_T = np.where(bar_T % beat_T == 0, beat_T, bar_T % beat_T)
    found: NDArray[np.int16] = np.clip(np.stack([beat_left_T, bar_T], axis=1), 0, LENGTHS[-1]).astype(np.int16)
    return found


def asked_at(
    notes: StaffNotes, echoes: Sequence[Echo], tick_T: NDArray[np.int32]
) -> tuple[StaffNotes, NDArray[np.int16]]:
    """Notes that echoes ask for, at the ticks where they would begin, and ticks to the next of them at each moment."""
    asked = []
    left_T = np.zeros(len(tick_T), np.int16)
    for echo in echoes:
        own = notes[notes["staff"] == echo.source]
        own = own[(own["onset"] + echo.lag >= echo.start) & (own["onset"] + echo.lag < echo.end)].copy()
        own["onset"] += echo.lag
        own["pitch"] += echo.up
        own["staff"] = echo.part
        asked.append(own)
        inside = (tick_T >= echo.start) & (tick_T < echo.end)
        after = np.append(np.unique(own["onset"]), echo.end)
        soon_T = after[np.minimum(np.searchsorted(after, tick_T, side="right"), len(after) - 1)] - tick_T
        soon_T = np.clip(soon_T, 0, LENGTHS[-1]).astype(np.int16)
        left_T = np.where(inside, np.where(left_T > 0, np.minimum(left_T, soon_T), soon_T), left_T)
    return np.concatenate(asked), left_T.astype(np.int16)


def _given(canvas: StaffCanvas, tick_T: NDArray[np.int32], start: int) -> GivenStaves:
    edges = canvas.edges()
    edges = edges[edges > start]
    ahead_T = np.searchsorted(edges, tick_T, side="right")
    padded = np.append(edges, 10**6)
    return GivenStaves(
        given_TV=~canvas.open_at(tick_T),
        edge_E=edges,
        open_EV=canvas.open_at(edges),
        notes=canvas.given.notes[canvas.given.notes["onset"] > start],
        ahead_T=ahead_T,
        left_T=(padded[ahead_T] - tick_T).astype(np.int32),
    )
