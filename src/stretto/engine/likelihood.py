"""Exact likelihood of a piece under the engine."""

# Shapes: S streams, V parts, T frames.

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.engine.cells import log_softmax
from stretto.engine.flagship import FIRST_PITCH, NEVER, FlagshipEngine, Keys, Recalled, choice_log_p
from stretto.engine.weights import FlagshipWeights
from stretto.frames.canvas import FREE, GIVEN, STRUCK
from stretto.frames.echo import NOTHING
from stretto.frames.example import Example
from stretto.frames.parts import ONSET, UNKNOWN

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False, kw_only=True)
class Likelihood:
    """Log-probabilities in nats; their sum is the log-likelihood of the piece."""

    part_TV: Floats
    length_T: Floats
    n_notes: int

    @property
    def nll_per_note(self) -> float:
        """Nats a note that begins, lengths of frames included."""
        return float(-(self.part_TV.sum() + self.length_T.sum()) / max(1, self.n_notes))


Heard = Callable[[int, int, Floats], None]
"""Told frame, part and the log-probabilities of all that the part could do there, (O,), before it does what it does."""


def likelihood(
    weights: FlagshipWeights, piece: Example, *, order: tuple[int, ...] | None = None, heard: Heard | None = None
) -> Likelihood:
    """Score one piece, frame by frame, as it would have been composed; what is given costs nothing.

    Args:
        weights: the network.
        piece: what is scored.
        order: parts in the order in which a frame is decided; None = the network's usual one.
        heard: who wants to know what else was possible.
    """
    keys = Keys(tonic_S=np.array([piece.tonic]), mode_S=np.array([piece.mode]))
    canvases = [piece.given.canvas] if piece.given is not None and piece.given.ahead else None
    engine = FlagshipEngine(weights, keys, canvases=canvases, order=order, max_frames=len(piece))
    start = int(piece.given.canvas.frames.tick_T[0]) if piece.given is not None else 0
    ticks_T = start + np.cumsum([0, *np.array(weights.durations)[piece.length_T]])[:-1]
    pitch_TV = np.where(piece.pitch_TV >= 0, piece.pitch_TV - weights.lowest, -1).astype(int)
    fused = np.array([bool((piece.state_TV == UNKNOWN).any())])
    part_TV = np.zeros(pitch_TV.shape, weights.dtype)
    length_T = np.zeros(len(piece), weights.dtype)
    for t in range(len(piece)):
        engine.begin_frame(
            piece.fields_TF[t : t + 1].astype(int),
            piece.free_T[t : t + 1],
            tick_S=ticks_T[t : t + 1],
            recalled=_recalled(piece, t, weights.lowest),
        )
        choice_V = piece.given.choice_TV[t] if piece.given is not None else np.full(weights.n_parts, FREE)
        for v in engine.order:
            pitch, state = pitch_TV[t : t + 1, v], piece.state_TV[t : t + 1, v].astype(int)
            if choice_V[v] != GIVEN:
                options = engine.options(v, fused_S=fused)
                if choice_V[v] == STRUCK:
                    options = log_softmax(np.where(np.arange(options.shape[1]) < FIRST_PITCH, NEVER, options))
                if heard is not None:
                    heard(t, v, options[0])
                part_TV[t, v] = choice_log_p(options, engine.last_SV[:, v], pitch, state)[0]
            engine.choose(v, pitch, state)
        log_L = engine.lengths()[0]
        k = int(piece.length_T[t])
        if (choice_V != GIVEN).any():
            length_T[t] = np.logaddexp.reduce(log_L[k:]) if piece.cut_T[t] else log_L[k]
        engine.end_frame(piece.length_T[t : t + 1].astype(int))
    struck_TV = (piece.state_TV == ONSET) & (piece.pitch_TV >= 0)
    n_notes = int((struck_TV if piece.given is None else struck_TV & (piece.given.choice_TV != GIVEN)).sum())
    return Likelihood(part_TV=part_TV, length_T=length_T, n_notes=n_notes)


def _recalled(piece: Example, t: int, lowest: int) -> Recalled | None:
    """What frame `t` is asked to recall."""
    if piece.echoed is None:
        return None
    pitch_SV = piece.echoed.pitch_TV[t : t + 1].astype(int)
    inside_SV = np.where((pitch_SV >= lowest), pitch_SV - lowest, NOTHING)
    return Recalled(
        pitch_SV=np.where(pitch_SV >= 0, inside_SV, pitch_SV),
        struck_SV=piece.echoed.struck_TV[t : t + 1],
        left_S=piece.echoed.left_T[t : t + 1],
    )
