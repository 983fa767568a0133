"""Wrong notes are put into the past, and nothing is learned from them."""

from __future__ import annotations

import numpy as np

from stretto.frames.example import GRID16_DURATIONS, Example, example_of
from stretto.frames.parts import frames_of_matrix
from stretto.frames.plan import Plan
from stretto.train.mistakes import with_mistakes


def piece(seed: int = 0) -> Example:
    """Four random voices of 200 sixteenths."""
    matrix = np.random.default_rng(seed).integers(53, 65, (200, 4)).astype(float)
    return example_of(frames_of_matrix(matrix, step=6), Plan(), GRID16_DURATIONS)


def test_what_was_moved_is_not_scored() -> None:
    """Every changed cell stands in a frame that is left out, and so does the frame after it."""
    before = piece()
    after = with_mistakes(before, 0.1, np.random.default_rng(1))
    assert after.scored_T is not None
    changed_T = (after.pitch_TV != before.pitch_TV).any(axis=1)
    assert 0 < changed_T.sum() < len(before) / 2
    assert not after.scored_T[changed_T].any()
    assert not after.scored_T[1:][changed_T[:-1]].any()
    assert after.scored_T.mean() > 0.5


def test_the_rhythm_stays() -> None:
    """A note that went wrong still differs from its neighbours, and what is held or struck is as before."""
    before = piece()
    after = with_mistakes(before, 0.1, np.random.default_rng(2))
    assert (after.state_TV == before.state_TV).all() and (after.length_T == before.length_T).all()
    moved = np.diff(before.pitch_TV, axis=0) != 0
    assert ((np.diff(after.pitch_TV, axis=0) != 0) == moved).all()


def test_no_mistakes_are_asked_for_and_none_made() -> None:
    """A share of nothing gives the same piece."""
    before = piece()
    assert with_mistakes(before, 0.0, np.random.default_rng(3)) is before
