"""`--original` on staves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from stretto.errors import RequestError
from stretto.evaluate.staff_index import index_of
from stretto.evaluate.staff_work import StaffWork
from stretto.frames.plan import Plan
from stretto.frames.staves import STAFF_NOTE, staff_music
from stretto.verbs.staves.ensemble import Ensemble
from stretto.verbs.staves.originals import StaffOriginals, originality_for

PIANO = Ensemble(name="keyboard", staves=("right hand", "left hand"), ranges=((21, 108), (21, 108)))


def tune(seed: int) -> StaffWork:
    """Eight bars of quarters in both hands."""
    rng = np.random.default_rng(seed)
    rows = [
        (24 * i, 24, int(rng.integers(low, low + 12)), staff) for i in range(32) for staff, low in ((0, 60), (1, 40))
    ]
    music, _ = staff_music(np.array(rows, STAFF_NOTE), end=768, n_staves=2)
    plan = Plan(bar_starts=tuple(range(0, 768, 96)), bar_meters=("4/4",) * 8, end=768)
    return StaffWork(name=str(seed), music=music, plan=plan)


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> StaffWork:
    """The only piece that was learned from."""
    work = tune(1)
    index = index_of([work], [("Air", "bach")])
    for module in ("evaluate.staff_originality", "verbs.staves.originals"):
        monkeypatch.setattr(f"stretto.{module}.shipped_index", lambda repertoire: index)
    return work


def test_a_copy_is_refused_and_counted_and_a_new_piece_is_not(known: StaffWork) -> None:
    originals = originality_for(PIANO)
    assert not originals.refuses(tune(2).music, known.plan)
    assert originals.refuses(known.music.moved(2), known.plan)
    assert originals.n_refused == 1
    assert str(originals.give_up(8)) == (
        "--original: each of 8 versions of a passage copies more than is usual (8 bars as in bars 1-8 of Air (bach)); "
        "another --seed or a higher --temperature may do better, or leave --original out"
    )


def test_a_beginning_is_judged_by_what_there_is(known: StaffWork) -> None:
    opening = replace(known.music, notes=known.music.notes[known.music.notes["onset"] < 96 * 3])
    assert StaffOriginals(repertoire="keyboard").refuses(opening, known.plan)
    two = replace(known.music, notes=known.music.notes[known.music.notes["onset"] < 96 * 2])
    assert not StaffOriginals(repertoire="keyboard").refuses(two, known.plan)


def test_the_report_says_what_it_was_compared_with(known: StaffWork) -> None:
    (line,) = StaffOriginals(repertoire="keyboard", n_refused=1).said(tune(2).music, known.plan)
    assert line.startswith(
        "original: no 3 bars, nor their top line, are those of one of the 1 pieces that the network learned from, "
        "in any key; 1 version that did was not kept; of real works"
    )
    (line,) = StaffOriginals(repertoire="keyboard").said(tune(2).music, known.plan)
    assert "in any key; no version did; of real works" in line


@pytest.mark.parametrize("players", [replace(PIANO, name="staves"), PIANO.with_network(Path("mine.safetensors"))])
def test_a_network_of_ones_own_has_no_index(players: Ensemble) -> None:
    with pytest.raises(RequestError, match=r"^--original: there is no index of the music"):
        originality_for(players)
