"""Exact likelihood of a piece under the engine."""

# Shapes: S streams, V parts, T frames.

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.engine.flagship import FlagshipEngine, Keys, choice_log_p
from stretto.engine.weights import FlagshipWeights
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


def likelihood(weights: FlagshipWeights, piece: Example) -> Likelihood:
    """Score one piece, frame by frame, as it would have been composed."""
    keys = Keys(tonic_S=np.array([piece.tonic]), mode_S=np.array([piece.mode]))
    engine = FlagshipEngine(weights, keys, max_frames=len(piece))
    pitch_TV = np.where(piece.pitch_TV >= 0, piece.pitch_TV - weights.lowest, -1).astype(int)
    fused = np.array([bool((piece.state_TV == UNKNOWN).any())])
    part_TV = np.zeros(pitch_TV.shape, weights.dtype)
    length_T = np.zeros(len(piece), weights.dtype)
    for t in range(len(piece)):
        engine.begin_frame(piece.fields_TF[t : t + 1].astype(int), piece.free_T[t : t + 1])
        for v in weights.order:
            pitch, state = pitch_TV[t : t + 1, v], piece.state_TV[t : t + 1, v].astype(int)
            part_TV[t, v] = choice_log_p(engine.options(v, fused_S=fused), engine.last_SV[:, v], pitch, state)[0]
            engine.choose(v, pitch, state)
        log_L = engine.lengths()[0]
        k = int(piece.length_T[t])
        length_T[t] = np.logaddexp.reduce(log_L[k:]) if piece.cut_T[t] else log_L[k]
        engine.end_frame(piece.length_T[t : t + 1].astype(int))
    n_notes = int(((piece.state_TV == ONSET) & (piece.pitch_TV >= 0)).sum())
    return Likelihood(part_TV=part_TV, length_T=length_T, n_notes=n_notes)
