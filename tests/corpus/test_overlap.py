"""Laying pieces over each other at every transposition and shift."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from stretto.corpus.overlap import OverlapIndex, agreement, grid_pitches
from stretto.frames.parts import REST, PartFrames


def chorale(seed: int, n: int = 60) -> NDArray[np.int16]:
    """Random four voices on a grid."""
    rng = np.random.default_rng(seed)
    return np.stack([rng.integers(low, low + 12, n) for low in (62, 57, 50, 40)], axis=1).astype(np.int16)


def slow_agreement(a: NDArray[np.int16], b: NDArray[np.int16]) -> float:
    """The definition, with loops."""
    best = 0
    for shift in range(-len(a) + 1, len(b)):
        for up in range(-24, 25):
            same = 0
            for i in range(len(a)):
                if 0 <= i + shift < len(b) and (a[i] >= 0).any():
                    moved = np.where(b[i + shift] >= 0, b[i + shift] + up, b[i + shift])
                    same += bool((a[i] == moved).all())
            best = max(best, same)
    return best / min((a >= 0).any(axis=1).sum(), (b >= 0).any(axis=1).sum())


def test_a_transposed_and_shifted_copy_agrees_wholly() -> None:
    """A fourth higher and three quarters later."""
    music = chorale(1)
    found = agreement(music[3:] + 5, music)
    assert (found.share, found.transposition, found.shift) == (1.0, 5, 3)


def test_a_repeat_written_out_still_agrees() -> None:
    """A A B holds A B as its second half."""
    a, b = chorale(1, 20), chorale(2, 30)
    assert agreement(np.vstack([a, b]), np.vstack([a, a, b])).share == 1.0


def test_other_music_hardly_agrees() -> None:
    """Two random pieces."""
    assert agreement(chorale(1), chorale(2)).share < 0.1


def test_one_voice_that_differs_spoils_its_quarters_only() -> None:
    """A changed alto in 15 of 60 quarters leaves three quarters of the piece."""
    changed = chorale(3)
    changed[:15, 1] += 1
    assert agreement(changed, chorale(3)).share == pytest.approx(0.75)


def test_sixteenths_under_quarters_find_a_shift_between_quarters() -> None:
    """The other encoding starts with an eighth's rest."""
    quarters = chorale(4, 40)
    sixteenths = np.vstack([np.full((2, 4), REST, np.int16), np.repeat(quarters, 4, axis=0)])
    found = agreement(quarters, sixteenths, stride=4)
    assert found.share == 1.0 and 2 <= found.shift <= 5


def test_silence_agrees_with_nothing() -> None:
    """Or two pieces with long rests would be taken for one."""
    silent = np.full((30, 4), REST, np.int16)
    assert agreement(silent, silent).share == 0.0
    assert agreement(chorale(1), silent).other == -1


def test_the_index_names_the_piece() -> None:
    """Of many pieces the one that is the same."""
    index = OverlapIndex([chorale(seed) for seed in range(20)])
    found = index.best(chorale(13) - 2)
    assert (found.other, found.share, found.transposition) == (13, 1.0, -2)
    assert OverlapIndex([]).best(chorale(1)).share == 0.0


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 9), st.integers(2, 9))
def test_the_fast_way_counts_what_the_slow_way_counts(seed: int, n: int, m: int) -> None:
    """Pieces from few pitches and rests, so that much agrees by chance."""
    rng = np.random.default_rng(seed)
    a, b = (rng.choice(np.array([REST, 60, 62]), (k, 2)).astype(np.int16) for k in (n, m))
    if (a >= 0).any() and (b >= 0).any():
        assert agreement(a, b).share == pytest.approx(slow_agreement(a, b))


def test_the_grid_shows_what_sounds_at_each_quarter() -> None:
    """Change frames at ticks 0, 12 and 30, read at every quarter of 24 ticks."""
    frames = PartFrames(
        tick_T=np.array([0, 12, 30], np.int32),
        pitch_TV=np.array([[60, 48], [62, 48], [64, REST]], np.int16),
        state_TV=np.ones((3, 2), np.int8),
        end=60,
    )
    assert grid_pitches(frames).tolist() == [[60, 48], [62, 48], [64, REST]]
    assert grid_pitches(frames, step=6).shape == (10, 2)
