"""Runs shared with training music, by brute force and by hand."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from stretto.evaluate.originality import Library


def music(seed: int, n: int = 64) -> NDArray[np.int16]:
    """Random four voices by eighth."""
    rng = np.random.default_rng(seed)
    return np.stack([rng.integers(low, low + 8, n) for low in (62, 57, 50, 40)], axis=1).astype(np.int16)


def longest_by_loops(piece: NDArray[np.int16], others: list[NDArray[np.int16]]) -> int:
    """The definition, cell by cell."""
    best = 0
    for other in others:
        for i in range(len(piece)):
            for j in range(len(other)):
                run = 0
                ups = set()
                while i + run < len(piece) and j + run < len(other):
                    mine, theirs = piece[i + run], other[j + run]
                    both = (mine >= 0) & (theirs >= 0)
                    if not (mine >= 0).any() or ((mine >= 0) != (theirs >= 0)).any():
                        break
                    ups |= set((mine - theirs)[both].tolist())
                    if len(ups) > 1:
                        break
                    run += 1
                best = max(best, run)
    return best


def test_a_transposed_quotation_is_found_with_its_length_and_place() -> None:
    """Ten eighths of the third piece, a fourth higher, from the seventh eighth on."""
    library = [music(seed) for seed in range(6)]
    piece = music(99)
    piece[6:16] = library[3][20:30] + 5
    found = Library(library).originality(piece).all_voices
    assert (found.quarters, found.piece, found.at) == (5.0, 3, 3.0)


def test_a_run_does_not_cross_from_one_piece_to_the_next() -> None:
    """The end of one and the start of the next."""
    library = [music(0), music(1)]
    piece = np.vstack([library[0][-8:], library[1][:8]])
    assert Library(library).originality(piece).all_voices.quarters == 4.0


def test_a_quotation_in_three_voices_is_found_whichever_they_are() -> None:
    """All but the alto are another's."""
    library = [music(seed) for seed in range(4)]
    piece = music(99)
    piece[10:30][:, [0, 2, 3]] = library[2][10:30][:, [0, 2, 3]]
    found = Library(library).originality(piece)
    assert found.three_voices.quarters == 10.0 and found.three_voices.piece == 2
    assert found.all_voices.quarters < 2


def test_a_copy_with_one_eighth_in_ten_changed_is_a_near_copy() -> None:
    """Thirty eighths with three changed notes."""
    library = [music(seed) for seed in range(4)]
    piece = music(99)
    piece[10:40] = library[1][5:35] - 2
    piece[[14, 24, 34], 1] += 1
    found = Library(library).originality(piece)
    assert found.all_voices.quarters == 4.5
    assert found.near_copy.quarters == 15.0 and found.near_copy.piece == 1


def test_one_changed_in_five_is_none() -> None:
    """Then no run of ten has nine in common."""
    library = [music(1)]
    piece = library[0] + 3
    piece[4::5, 0] += 1
    found = Library(library).originality(piece)
    assert found.all_voices.quarters == 2.0 and found.near_copy.quarters == 2.0


def test_silence_is_not_shared() -> None:
    """Rests of all voices end a run; a rest of one voice is part of it."""
    piece = music(5)
    piece[8] = -1
    piece[20:30, 3] = -1
    found = Library([piece.copy()]).originality(piece)
    assert found.all_voices.quarters == (64 - 9) / 2


def test_an_empty_library_shares_nothing() -> None:
    """And an empty piece neither."""
    assert Library([]).originality(music(1)).all_voices.quarters == 0
    assert Library([music(1)]).originality(music(1)[:0]).near_copy.piece == -1


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_hashing_finds_what_loops_find(seed: int) -> None:
    """Short pieces of few pitches and rests, so that much is shared."""
    rng = np.random.default_rng(seed)
    pieces = [rng.choice(np.array([-1, 60, 61]), (int(rng.integers(1, 9)), 2)).astype(np.int16) for _ in range(4)]
    expected = longest_by_loops(pieces[0], pieces[1:])
    assert Library(pieces[1:]).originality(pieces[0]).all_voices.quarters == expected / 2


@pytest.mark.slow
def test_a_hundred_pieces_are_compared_with_1300_in_a_minute() -> None:
    """Random pieces; real ones share more and take longer."""
    library = Library([music(seed, 200) for seed in range(1300)])
    started = time.perf_counter()
    for seed in range(2000, 2096):
        library.originality(music(seed, 128))
    assert time.perf_counter() - started < 60
