"""Pieces that a network makes up itself, so that it learns to look ahead from more music than there is.

What comes after a gap names the piece to a network that knows its few hundred training pieces by heart, and looking
ahead learned from them alone tells little of others. Of pieces of its own there is no end: in them it learns what the
notes to come say of those before, which is Bayes' rule for the music that it knows.

Source: the sleep phase of Hinton, Dayan, Frey and Neal, "The wake-sleep algorithm for unsupervised neural networks"
(Science, 1995).
Departures:
    1. What is inferred is not hidden causes but the notes of a hole, and one network both dreams and infers.
"""

# Shapes: S streams, V parts, T frames, O options, L lengths.

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.corpus.piece import Piece
from stretto.engine.flagship import FIRST_PITCH, GO_ON, TAKE_REST, FlagshipEngine, Keys
from stretto.engine.weights import FlagshipWeights
from stretto.frames.parts import HOLD, ONSET, REST, PartFrames
from stretto.frames.plan import MODES, Plan
from stretto.score.model import TICKS_PER_QUARTER

DREAM = "dream"
"""`work` of a piece that the network made up."""

N_STREAMS = 96
"""Dreamt side by side."""

LONGEST = 80 * TICKS_PER_QUARTER
"""At which a dream breaks off; training hears windows that are shorter."""


def dream(
    weights: FlagshipWeights,
    pieces: Sequence[Piece],
    rng: np.random.Generator,
    progress: Callable[[float], None] = lambda share: None,
) -> list[Piece]:
    """A piece of the network's own along the plan of each of these, as likely as it finds it.

    Args:
        weights: the network, as the engine plays it.
        pieces: whose plans are followed; each must know its end.
        rng: draws.
        progress: told the share that is done.
    """
    # Pieces of one length are dreamt together, since all streams wait for the longest.
    ordered = sorted(range(len(pieces)), key=lambda i: min(LONGEST, pieces[i].plan.end))
    made: dict[int, Piece] = {}
    for start in range(0, len(ordered), N_STREAMS):
        own = ordered[start : start + N_STREAMS]
        frames = _drawn(weights, [pieces[i].plan for i in own], rng)
        for i, dreamt in zip(own, frames, strict=True):
            made[i] = replace(pieces[i], work=DREAM, frames=dreamt, fused=False)
        progress((start + len(own)) / len(ordered))
    return [made[i] for i in range(len(pieces))]


def _drawn(weights: FlagshipWeights, plans: Sequence[Plan], rng: np.random.Generator) -> list[PartFrames]:
    modes = np.array([1 + MODES.index(plan.mode) if plan.mode else 0 for plan in plans])
    engine = FlagshipEngine(weights, Keys(tonic_S=np.array([plan.tonic for plan in plans]), mode_S=modes))
    ends_S = np.array([min(LONGEST, plan.end) for plan in plans])
    told = [plan.fields_at(np.arange(end, dtype=np.int32)).astype(int) for plan, end in zip(plans, ends_S, strict=True)]
    cuts = [
        np.unique([*(t for t in plan.phrase_ends or () if 0 < t < end), end])
        for plan, end in zip(plans, ends_S, strict=True)
    ]
    durations_L = np.array(weights.durations)
    at_S, free_S = np.zeros(len(plans), int), np.ones(len(plans), bool)
    rows = list[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]]()
    while (at_S < ends_S).any():
        now_S = np.minimum(at_S, ends_S - 1)
        engine.begin_frame(np.stack([rows_TF[at] for rows_TF, at in zip(told, now_S, strict=True)]), free_S)
        for part in engine.order:
            _choose(engine, part, rng)
        left_S = np.array(
            [own[np.searchsorted(own, at, side="right")] - at for own, at in zip(cuts, now_S, strict=True)]
        )
        fits_S = np.searchsorted(durations_L, left_S, side="right") - 1
        wish_S = _categorical(engine.lengths(), rng)
        index_S = np.minimum(wish_S, fits_S)
        # A frame that was cut, or as long as frames can be, may simply go on.
        free_S = (durations_L[index_S] == left_S) | (wish_S > fits_S) | (index_S == len(durations_L) - 1)
        rows.append((at_S, engine.new_SV.copy(), engine.state_SV.copy()))
        engine.end_frame(index_S)
        at_S = np.where(at_S < ends_S, at_S + durations_L[index_S], at_S)
    return [_frames(rows, s, int(end), weights.lowest) for s, end in enumerate(ends_S)]


def _choose(engine: FlagshipEngine, part: int, rng: np.random.Generator) -> None:
    chosen_S, last_S = _categorical(engine.options(part), rng), engine.last_SV[:, part]
    moves_S = np.where(chosen_S == TAKE_REST, REST, chosen_S - FIRST_PITCH)
    pitch_S = np.where(chosen_S == GO_ON, np.maximum(last_S, REST), moves_S)
    engine.choose(part, pitch_S, np.where(chosen_S >= FIRST_PITCH, ONSET, HOLD))


def _categorical(log_SO: NDArray[np.floating[Any]], rng: np.random.Generator) -> NDArray[np.int64]:
    """An option of every stream, as likely as it is."""
    chosen_S: NDArray[np.int64] = (log_SO + rng.gumbel(size=log_SO.shape)).argmax(axis=1)
    return chosen_S


def _frames(
    rows: Sequence[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]], s: int, end: int, lowest: int
) -> PartFrames:
    """One stream from change to change: what was cut at a phrase end may not know of it when it is heard again."""
    own = [(tick_S[s], pitch_SV[s], state_SV[s]) for tick_S, pitch_SV, state_SV in rows if tick_S[s] < end]
    tick_T, pitch_TV, state_TV = (np.array(column) for column in zip(*own, strict=True))
    moved_T = (np.diff(pitch_TV, axis=0, prepend=REST - 1) != 0).any(axis=1)
    kept = np.flatnonzero(moved_T | (state_TV == ONSET).any(axis=1))
    return PartFrames(
        tick_T=tick_T[kept].astype(np.int32),
        pitch_TV=np.where(pitch_TV >= 0, pitch_TV + lowest, REST)[kept].astype(np.int16),
        state_TV=state_TV[kept].astype(np.int8),
        end=end,
    )
