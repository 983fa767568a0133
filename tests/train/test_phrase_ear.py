"""Phrase ends are heard where voices come to rest."""

from __future__ import annotations

import numpy as np

from stretto.corpus.piece import Piece
from stretto.frames.parts import frames_of_matrix
from stretto.frames.plan import Plan
from stretto.train.phrase_ear import last_chord, learn_phrases, marked_ends

QUARTER = 4


def chorale(seed: int, lengths: tuple[int, ...], *, marked: bool) -> Piece:
    """Phrases of moving voices, each closed by a held triad."""
    rng = np.random.default_rng(seed)
    rows: list[np.ndarray] = []
    ends = []
    for length in lengths:
        for _ in range((length - 1) * 2):
            rows += [rng.choice([60, 62, 65, 69, 71], 4) - np.array([0, 5, 7, 12])] * (QUARTER // 2)
        ends.append(len(rows) * 6)
        rows += [np.array([72, 67, 64, 48])] * QUARTER
    frames = frames_of_matrix(np.array(rows, float), step=6)
    plan = Plan(style="bach", tonic=0, mode="major", phrase_ends=tuple(ends) if marked else None)
    return Piece(name=f"{seed}", work=f"{seed}", frames=frames, plan=plan, fused=True)


def test_phrases_are_heard_after_others_that_were_marked() -> None:
    """Lengths that were learned, in an order that was not."""
    ear = learn_phrases([chorale(seed, (8, 8, 6, 8), marked=True) for seed in range(12)])
    heard = ear.hear(chorale(99, (6, 8, 8, 6, 8), marked=False))
    assert heard == tuple(24 * (q - 1) for q in (6, 14, 22, 28, 36))


def test_a_piece_without_rest_has_no_phrase_ends() -> None:
    """What never stops is not cut at random."""
    ear = learn_phrases([chorale(seed, (8, 8, 6, 8), marked=True) for seed in range(12)])
    rng = np.random.default_rng(5)
    busy = frames_of_matrix(rng.choice([50, 53, 57, 60], (160, 4)).astype(float), step=6)
    assert ear.hear(Piece(name="busy", work="busy", frames=busy, plan=Plan(style="bach", tonic=0), fused=True)) is None


def test_marked_ends_are_counted_in_quarters() -> None:
    """The last chord always ends a phrase."""
    piece = chorale(1, (8, 6), marked=True)
    assert marked_ends(piece) == [7, 13]
    assert last_chord(piece.frames) == 13 * 24
