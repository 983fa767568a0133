"""Two bars that stand in the training music are known again, in any key; other music is not."""

from __future__ import annotations

import numpy as np
import pytest

from stretto.evaluate.quotations import CELLS, Fingerprints, shipped_fingerprints


def music(seed: int, n: int = 200) -> np.ndarray:
    """Four voices by eighths."""
    return np.random.default_rng(seed).integers(48, 72, (n, 4)).astype(np.int16)


def test_a_stretch_of_a_known_piece_is_found_where_it_begins() -> None:
    known = Fingerprints.of([music(1), music(2)])
    asked = music(3)
    asked[50 : 50 + CELLS + 4] = music(2)[100 : 100 + CELLS + 4] + 5
    assert known.quoted(asked).tolist() == [50, 51, 52, 53, 54]


@pytest.mark.parametrize("change", [0, CELLS // 2, CELLS - 1])
def test_one_other_note_makes_it_another_stretch(change: int) -> None:
    known = Fingerprints.of([music(1)])
    asked = music(1)[40 : 40 + CELLS]
    assert known.quoted(asked).tolist() == [0]
    asked[change, 2] += 1
    assert known.quoted(asked).tolist() == []


def test_music_that_is_shorter_or_unknown_is_no_quotation() -> None:
    assert Fingerprints.of([music(1)]).quoted(music(1)[: CELLS - 1]).tolist() == []
    assert Fingerprints.of([]).quoted(music(1)).tolist() == []


def test_those_that_ship_take_few_other_stretches_for_their_own() -> None:
    known = shipped_fingerprints()
    assert len(known) > 300_000
    assert len(known.quoted(music(5, 100_000))) < 100, "one in three thousand"
