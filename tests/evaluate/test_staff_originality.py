"""What a keyboard piece or a quartet shares with the music that its network learned from."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_staves import wandering

from stretto.evaluate.staff_index import index_of
from stretto.evaluate.staff_originality import REAL, knows, shipped_index, staff_originality, usual


@pytest.mark.parametrize("repertoire", list(REAL))
def test_the_shipped_index_is_that_of_thousands_of_bars(repertoire: str) -> None:
    index = shipped_index(repertoire)
    assert len(index.codes[0]) > 50_000
    assert len({piece.title for piece in index.pieces}) > 50
    # Nine bars of ten can be compared; the others are held chords and rests.
    assert np.mean(index.codes[0] > 0) > 0.7


@pytest.mark.parametrize("repertoire", list(REAL))
def test_random_music_copies_nothing(repertoire: str) -> None:
    for seed in range(20):
        work = wandering(seed, n_bars=32)
        found = staff_originality(work.music, work.plan, repertoire)
        assert found.passages == () and not found.copies


def test_a_copy_is_told_whole_before_its_top_line(monkeypatch: pytest.MonkeyPatch) -> None:
    known = wandering(3)
    index = index_of([known], [("Air", "bach")])
    monkeypatch.setattr("stretto.evaluate.staff_originality.shipped_index", lambda repertoire: index)
    found = staff_originality(known.music, known.plan, "keyboard")
    assert found.copies
    assert [str(p) for p in found.passages] == [
        "10 bars as in bars 1-10 of Air (bach)",
        "10 bars as in the top line of bars 1-10 of Air (bach)",
    ]


def test_only_the_repertoires_have_an_index() -> None:
    assert [knows(name) for name in ("keyboard", "quartet", "choir", "staves")] == [True, True, False, False]


def test_what_is_usual_is_said_in_figures() -> None:
    assert usual("quartet") == (
        "of real works unknown to the network 99.3 % share no 3 bars with what it learned from, "
        "98.6 % not even the top line of so many"
    )
