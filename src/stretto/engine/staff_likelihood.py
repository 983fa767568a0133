"""Exact likelihood of a piece by staves under the engine, scored as it would have been composed."""

# Shapes: T moments, N notes.

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.engine.staff_weights import StavesWeights
from stretto.engine.staves import FIRST_PITCH, NO_MORE, StavesEngine, Told
from stretto.frames.staff_canvas import StaffCanvas
from stretto.frames.staff_example import StaffExample

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False, kw_only=True)
class StaffLikelihood:
    """Log-probabilities in nats; their sum is the log-likelihood of what was not given."""

    tick_T: NDArray[np.int32]
    choice_T: Floats
    """Of all pitches of a moment, and of where staves stop."""
    duration_T: Floats
    length_T: Floats
    n_notes: int

    @property
    def nll_per_note(self) -> float:
        """Nats a note."""
        total = self.choice_T.sum() + self.duration_T.sum() + self.length_T.sum()
        return float(-total / max(1, self.n_notes))


Heard = Callable[[int, Floats], None]
"""Told the index of a note, and the log-probabilities of all that its staff could do there, (O,), before it is struck:
`staves.NO_MORE`, and from `staves.FIRST_PITCH` on every pitch."""

ONE = np.zeros(1, int)


def staff_likelihood(
    weights: StavesWeights,
    piece: StaffExample,
    *,
    canvas: StaffCanvas | None = None,
    order: tuple[int, ...] | None = None,
    heard: Heard | None = None,
) -> StaffLikelihood:
    """Score one piece; what is given costs nothing.

    Args:
        weights: the network.
        piece: what is scored.
        canvas: the one that `piece` was made with.
        order: of the staves; None = the network's.
        heard: who wants to know what else was possible.
    """
    engine = StavesEngine(
        weights, np.array([piece.tonic]), canvases=None if canvas is None else [canvas], order=order,
        start=int(piece.tick_T[0]),
    )  # fmt: skip
    n, shape = len(piece), weights.shape
    choice_T, duration_T, length_T = (np.zeros(n, weights.dtype) for _ in range(3))
    n_notes = 0
    for t in range(n):
        engine.begin_moment(piece.tick_T[t : t + 1].astype(int), _told(piece, t, len(shape.staves), shape))
        given_V = piece.given.given_TV[t] if piece.given is not None else np.zeros(len(shape.staves), bool)
        own = np.flatnonzero(piece.moment_N == t)
        opened = [staff for staff in engine.order if not given_V[staff]]
        struck = 0
        for staff in engine.order:
            notes = own[piece.notes["staff"][own] == staff]
            notes = notes[np.argsort(piece.notes["pitch"][notes] * (1 if shape.upward[staff] else -1))]
            must = not struck and not piece.free_T[t] and bool(opened) and staff == opened[-1]
            of_choices, of_durations = _strike(engine, staff, piece, notes, must=must, heard=heard)
            struck += len(notes)
            if not given_V[staff]:
                choice_T[t] += of_choices
                duration_T[t] += of_durations
                n_notes += len(notes)
        log_L = engine.lengths()[0]
        index = int(piece.length_T[t])
        if opened:
            length_T[t] = np.logaddexp.reduce(log_L[index:]) if piece.cut_T[t] else log_L[index]
        engine.end_moment(piece.length_T[t : t + 1].astype(int))
    return StaffLikelihood(
        tick_T=piece.tick_T, choice_T=choice_T, duration_T=duration_T, length_T=length_T, n_notes=n_notes
    )


def _strike(
    engine: StavesEngine,
    staff: int,
    piece: StaffExample,
    notes: NDArray[np.int64],
    *,
    must: bool,
    heard: Heard | None,
) -> tuple[float, float]:
    """Let a staff strike what it does; log-probability of its choices, and of their durations."""
    of_choices = of_durations = 0.0
    engine.begin_staff(staff)
    for k, note in enumerate(notes.tolist()):
        pitch = np.array([int(piece.notes["pitch"][note]) - engine.w.shape.lowest])
        duration = np.array([int(piece.duration_N[note])])
        log_O = engine.options(ONE, must_A=np.array([must and k == 0]))[0]
        if heard is not None:
            heard(note, log_O)
        of_choices += float(log_O[FIRST_PITCH + pitch[0]])
        of_durations += float(engine.durations(ONE, pitch)[0, duration[0]])
        engine.strike(ONE, pitch, duration, piece.notes["duration"][note : note + 1].astype(int))
    of_choices += float(engine.options(ONE, must_A=np.array([must and not len(notes)]))[0, NO_MORE])
    engine.no_more(ONE)
    return of_choices, of_durations


def _told(piece: StaffExample, t: int, v: int, shape: Any) -> Told:
    """What is told at moment `t`."""
    asked = left = None
    if piece.asked is not None and piece.asked_left_T is not None:
        asked = np.zeros((1, v, shape.n_pitches))
        here = piece.asked[piece.asked["onset"] == piece.tick_T[t]]
        pitch = here["pitch"] - shape.lowest
        inside = (pitch >= 0) & (pitch < shape.n_pitches)
        asked[0, here["staff"][inside], pitch[inside]] = 1
        left = piece.asked_left_T[t : t + 1].astype(int)
    return Told(
        fields_NF=piece.fields_TF[t : t + 1].astype(int),
        lags_NK=piece.lag_ticks_TK[t : t + 1].astype(int),
        to_beat_N2=piece.to_beat_T2[t : t + 1].astype(int),
        asked_NVP=asked,
        asked_left_N=left,
    )
