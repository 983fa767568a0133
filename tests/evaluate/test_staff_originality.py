"""What a keyboard piece or a quartet shares with the music that its network learned from."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_staves import wandering

from stretto.evaluate.staff_index import index_of
from stretto.evaluate.staff_originality import (
    REAL,
    knows,
    originality_of_staves,
    repertoire_of,
    shipped_index,
    staff_originality,
    usual,
)
from stretto.score.model import Part, Score


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
        "99.3 % not even the top line of so many"
    )


def parts(*names: str, staves: int = 1, percussion: bool = False) -> Score:
    """Bars of rests."""
    return Score.build([], [Part(name=name, n_staves=staves, percussion=percussion) for name in names], end=96)


def test_a_score_tells_what_it_is_for() -> None:
    assert repertoire_of(parts("Piano", staves=2)) == "keyboard"
    assert repertoire_of(parts("right", "left")) == "keyboard"
    assert repertoire_of(parts("Violin I", "Violin II", "Viola", "Violoncello")) == "quartet"
    assert repertoire_of(parts("Soprano", "Alto", "Tenor", "Bass")) == ""
    assert repertoire_of(parts("Piano")) == ""
    assert repertoire_of(parts("Drums", "Bells", percussion=True)) == ""
    assert originality_of_staves(parts("Flute")) is None


def test_what_is_shared_is_said_in_words_and_for_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    known = wandering(3)
    index = index_of([known], [("Air", "bach")])
    monkeypatch.setattr("stretto.evaluate.staff_originality.shipped_index", lambda repertoire: index)
    found = originality_of_staves(known.score())
    assert found is not None
    whose = "Of the 1 keyboard pieces that the keyboard network learned from"
    assert found.sentences()[0] == f"{whose}: 10 bars as in bars 1-10 of Air (bach)."
    assert found.as_json()[0] == {
        "melody": False,
        "bars": 10,
        "start": 0,
        "end": 960,
        "title": "Air",
        "composer": "bach",
        "first": 1,
    }
    none = originality_of_staves(wandering(4).score())
    assert none is not None and none.sentences() == [
        "No 3 bars of it, and not even their top line, are those of one of "
        "the 1 keyboard pieces that the keyboard network learned from."
    ]
