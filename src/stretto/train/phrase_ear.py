"""Phrase ends of pieces whose source does not mark them: where voices come to rest at the usual distances.

A chorale's fermata stands on a chord that all voices hold, after which they set out anew. What
such chords look like is learned, as a logistic regression, from the pieces that mark theirs; how
far they lie apart, as counts; and the likeliest row of ends of a piece is found by dynamic
programming. Neither metre nor articulation is needed, so that bare matrices can be heard.
"""

# Shapes: Q quarters, F features, V parts, S = 4 Q sixteenths.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.corpus.piece import Piece
from stretto.frames.parts import REST, PartFrames
from stretto.score.model import TICKS_PER_QUARTER
from stretto.theory.breaths import heard_ends

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]

MAX_QUARTERS = 24
"""Longest phrase that is heard as one."""

MIN_MARKED = 3
"""A source that marks fewer phrase ends than this does not mark them all."""

SURE = 0.8
"""Mean probability of the ends of a piece, from which they are believed."""

RIDGE = 1.0


@dataclass(frozen=True, kw_only=True)
class PhraseEar:
    """What ends of phrases look like, and how far apart they are."""

    weight_F: Floats
    log_length: Floats
    """Log-probability of a phrase of so many quarters; index 0 is no length."""
    log_odds: float
    """Of a quarter to end a phrase, before anything of it is known."""

    def hear(self, piece: Piece) -> tuple[int, ...] | None:
        """Ticks of the chords that end phrases, the last chord included; None where they are not sure."""
        last = last_chord(piece.frames)
        gain_Q = features(piece.frames, piece.plan.tonic) @ self.weight_F - self.log_odds
        ends, sure = heard_ends(gain_Q, self.log_length, last // TICKS_PER_QUARTER)
        if len(ends) < 2 or sure < SURE:
            return None
        return (*(q * TICKS_PER_QUARTER for q in ends[:-1]), last)


def learn_phrases(pieces: Sequence[Piece]) -> PhraseEar:
    """Learn from the pieces that mark their phrases.

    Raises:
        ValueError: no piece does.
    """
    known = [piece for piece in pieces if marks_phrases(piece)]
    if not known:
        raise ValueError("no piece marks its phrase ends")
    feature, is_end = [], []
    lengths = np.ones(MAX_QUARTERS + 1)
    lengths[0] = 0
    for piece in known:
        ends = marked_ends(piece)
        rows = features(piece.frames, piece.plan.tonic)[: last_chord(piece.frames) // TICKS_PER_QUARTER]
        feature.append(rows)
        is_end.append(np.isin(np.arange(len(rows)), ends))
        for length in np.diff([-1, *ends]):
            if 0 < length <= MAX_QUARTERS:
                lengths[length] += 1
    x, y = np.concatenate(feature), np.concatenate(is_end).astype(float)
    share = y.mean()
    return PhraseEar(
        weight_F=logistic(x, y),
        log_length=np.log(np.maximum(lengths, 1e-9) / lengths.sum()),
        log_odds=float(np.log(share / (1 - share))),
    )


def marks_phrases(piece: Piece) -> bool:
    """Its source marks where phrases end."""
    return len(marked_ends(piece)) >= MIN_MARKED


def marked_ends(piece: Piece) -> list[int]:
    """Quarters in which a piece's marked phrases end, the last chord's included."""
    last = last_chord(piece.frames) // TICKS_PER_QUARTER
    inner = {t // TICKS_PER_QUARTER for t in piece.plan.phrase_ends or ()}
    return [*sorted(q for q in inner if q < last), last]


def last_chord(frames: PartFrames) -> int:
    """Tick of the last change of pitch."""
    changed = (np.diff(frames.pitch_TV, axis=0, prepend=np.int16(-9)) != 0).any(axis=1)
    return int(frames.tick_T[np.flatnonzero(changed)[-1]])


def features(frames: PartFrames, tonic: int) -> Floats:
    """What is seen of every quarter, (Q, F): rest, arrival, chord, departure."""
    n = frames.end // TICKS_PER_QUARTER
    ticks = np.arange(0, n * TICKS_PER_QUARTER, TICKS_PER_QUARTER // 4)
    pitch_SV = frames.pitch_TV[np.searchsorted(frames.tick_T, ticks, side="right") - 1].astype(int)
    padded: Ints = np.concatenate([np.repeat(pitch_SV[:1], 4, 0), pitch_SV, np.repeat(pitch_SV[-1:], 8, 0)])
    quarter = 4 + 4 * np.arange(n)
    here, before = padded[quarter], padded[quarter - 1]
    moves_QV = np.zeros(here.shape, bool)
    for i in range(3):
        moves_QV |= padded[quarter + i + 1] != padded[quarter + i]
    leaves_QV: NDArray[np.bool_] = padded[quarter + 4] != padded[quarter + 3]
    keeps_QV = (padded[quarter + 7] == here) & ~moves_QV & ~leaves_QV
    busy_Q = (np.stack([padded[quarter - i] != padded[quarter - i - 1] for i in range(3)], 0)).sum((0, 2))
    busy_after_Q = (np.stack([padded[quarter + 4 + i] != padded[quarter + 3 + i] for i in range(4)], 0)).sum((0, 2))
    bass = (here[:, 3] - before[:, 3]) % 12
    soprano = here[:, 0] - before[:, 0]
    leap = np.abs(padded[quarter + 4, 0] - padded[quarter + 3, 0])
    root, third = _triads(here)
    columns = [
        np.ones(n),
        *(moves_QV.sum(1) == k for k in (1, 2, 3, 4)),
        moves_QV[:, 0],
        moves_QV[:, 3],
        leaves_QV.sum(1) / 4,
        leaves_QV.all(1),
        ~leaves_QV[:, 0],
        keeps_QV.sum(1) / 4,
        keeps_QV.all(1),
        busy_Q / 4,
        busy_after_Q / 4,
        bass == 5,
        bass == 7,
        bass == 0,
        np.isin(bass, (1, 2)),
        np.isin(bass, (10, 11)),
        soprano == -2,
        soprano == -1,
        soprano == 1,
        soprano == 0,
        np.abs(soprano) > 2,
        leap > 2,
        leap > 4,
        root >= 0,
        (root >= 0) & (root == here[:, 3] % 12),
        (third == 4) & (root == here[:, 3] % 12),
        (root == tonic) & (root == here[:, 3] % 12),
        (root == (tonic + 7) % 12) & (root == here[:, 3] % 12),
        (here == REST).any(1),
        (before != here).all(1),
    ]
    return np.stack([np.asarray(column, float) for column in columns], 1)


def _triads(pitch_QV: Ints) -> tuple[Ints, Ints]:
    """Root (pitch class) and third (3 or 4 semitones) of every chord; -1 where it is no triad."""
    present: NDArray[np.bool_] = np.zeros((len(pitch_QV), 12), bool)
    for voice in pitch_QV.T:
        sounding = voice != REST
        present[np.flatnonzero(sounding), voice[sounding] % 12] = True
    root, third = np.full(len(pitch_QV), -1), np.full(len(pitch_QV), -1)
    count = present.sum(1)
    for candidate in range(12):
        turned = np.roll(present, -candidate, axis=1)
        for size in (3, 4):
            fits = turned[:, 0] & turned[:, size] & (count == 2 + turned[:, 7])
            root[fits], third[fits] = candidate, size
    return root, third


def logistic(x_NF: Floats, y_N: Floats, steps: int = 30) -> Floats:
    """Weights of a ridge-penalised logistic regression, by Newton's method."""
    weight = np.zeros(x_NF.shape[1])
    for _ in range(steps):
        p = 1 / (1 + np.exp(-x_NF @ weight))
        gradient = x_NF.T @ (p - y_N) + RIDGE * weight
        curvature = (x_NF * (p * (1 - p))[:, None]).T @ x_NF + RIDGE * np.eye(len(weight))
        weight = weight - np.linalg.solve(curvature, gradient)
    return weight
