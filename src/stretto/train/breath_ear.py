"""What the phrase ends of a melody look like, learned from the sopranos of pieces that mark theirs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stretto.corpus.piece import Piece
from stretto.frames.parts import notes_of_parts
from stretto.theory.breaths import MAX_BEATS, BreathEar, Tune, features
from stretto.train.phrase_ear import logistic, marks_phrases

SUNG_IN_LINES = ("bach", "hymn")
"""Styles whose fermatas stand at the ends of lines; motets have some, elsewhere."""

RARE = 0.5
"""Added to the count of every length of a phrase."""


def learn_breaths(pieces: Sequence[Piece]) -> BreathEar:
    """Learn from the pieces that mark their phrases, and say their key and metre.

    Raises:
        ValueError: no piece does.
    """
    feature, is_end = [], []
    lengths_2Q = np.full((2, MAX_BEATS + 1), RARE)
    lengths_2Q[:, 0] = 0
    for piece in pieces:
        if (
            piece.plan.style not in SUNG_IN_LINES
            or piece.fused
            or not piece.plan.mode
            or piece.plan.bar_starts is None
            or not marks_phrases(piece)
        ):
            continue
        tune = soprano_of(piece)
        ends = [*(t for t in piece.plan.phrase_ends or () if t < tune.onset_N[-1]), int(tune.onset_N[-1])]
        # Suspensions and fermatas of other voices aside, a phrase ends with the note that sounds under its fermata.
        at = np.searchsorted(tune.onset_N, ends, side="right") - 1
        ends_N = np.isin(np.arange(len(tune.onset_N)), at)
        # A fermata leaves open how long its note is held; where there is none, it is written out.
        for held_N in (None, ends_N):
            feature.append(features(tune, held_N)[:-1])
            is_end.append(ends_N[:-1])
        for length in np.diff([-1, *(tune.onset_N[at] // tune.beat)]):
            if 0 < length <= MAX_BEATS:
                lengths_2Q[tune.kind, length] += 1
    if not feature:
        raise ValueError("no piece marks its phrase ends")
    x, y = np.concatenate(feature), np.concatenate(is_end).astype(float)
    share = y.mean()
    return BreathEar(
        weight_F=logistic(x, y),
        log_length_2Q=np.log(np.maximum(lengths_2Q, 1e-9) / lengths_2Q.sum(axis=1, keepdims=True)),
        log_odds=float(np.log(share / (1 - share))),
    )


def soprano_of(piece: Piece) -> Tune:
    """The top line of a piece."""
    notes = notes_of_parts(piece.frames)
    own = notes[notes["part"] == 0]
    return Tune(
        onset_N=own["onset"],
        duration_N=own["duration"],
        pitch_N=own["pitch"],
        tonic=piece.plan.tonic,
        bar_starts=piece.plan.bar_starts or (),
        bar_meters=piece.plan.bar_meters,
        pickup=piece.plan.pickup,
    )
