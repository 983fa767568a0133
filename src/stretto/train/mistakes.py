"""Wrong notes in what a network hears of the past, so that it learns to go on well after its own.

A network that has only ever heard Bach's notes loses its way after the first that Bach would not
have written. Some notes of a training piece are therefore moved, and nothing is learned from
where they sound, nor from how their voice leaves them: only from what follows.
"""

# Shapes: T frames, V parts.

from __future__ import annotations

from dataclasses import replace

import numpy as np

from stretto.frames.canvas import FREE
from stretto.frames.example import Example
from stretto.frames.parts import ONSET

STEPS = (-12, -7, -5, -4, -3, -2, -2, -1, 1, 2, 2, 3, 4, 5, 7, 12)
"""Semitones by which a note goes wrong."""


def with_mistakes(piece: Example, share: float, rng: np.random.Generator) -> Example:
    """The piece with up to twice `share` of its notes moved, and those moments not scored."""
    chance = float(rng.uniform(0, 2 * share))
    if not chance:
        return piece
    low, high = int(piece.pitch_TV[piece.pitch_TV >= 0].min()), int(piece.pitch_TV.max())
    pitch_TV = piece.pitch_TV.copy()
    scored_T = np.ones(len(piece), bool)
    for voice in range(pitch_TV.shape[1]):
        line_T = piece.pitch_TV[:, voice]
        begins_T = (piece.state_TV[:, voice] == ONSET) | (np.diff(line_T, prepend=np.int16(-9)) != 0)
        starts = np.flatnonzero(begins_T).tolist()
        for start, stop in zip(starts, [*starts[1:], len(piece)], strict=True):
            if line_T[start] < 0 or rng.random() >= chance or _is_given(piece, start, voice):
                continue
            wrong = int(line_T[start]) + STEPS[int(rng.integers(len(STEPS)))]
            # Still a move from and to its neighbours, or the frames would tell another rhythm.
            beside = (line_T[start - 1] if start else -1, line_T[stop] if stop < len(piece) else -1)
            if low <= wrong <= high and wrong not in beside and pitch_TV[max(0, start - 1), voice] != wrong:
                pitch_TV[start:stop, voice] = wrong
                scored_T[start : stop + 1] = False
    return replace(piece, pitch_TV=pitch_TV, scored_T=scored_T)


def _is_given(piece: Example, t: int, voice: int) -> bool:
    """The note is not the network's own, so it is as it should be."""
    return piece.given is not None and piece.given.choice_TV[t, voice] != FREE
