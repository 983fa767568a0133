"""An index that names copies of training music and cannot be played."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from drawn_staves import drawn, wandering

from stretto.errors import ModelError
from stretto.evaluate.staff_index import StaffIndex, index_of, unpack
from stretto.evaluate.staff_work import StaffWork
from stretto.frames.plan import Plan
from stretto.frames.staves import staff_music

WORKS = [wandering(0), wandering(1, beats=3, pickup=24), wandering(2, n_bars=6)]
INDEX = index_of(WORKS, [("Air", "bach"), ("Minuet", ""), ("March", "haydn")])


def later(work: StaffWork, start: int, end: int, ticks: int) -> StaffWork:
    """Some ticks of a piece, pushed back behind a bar of its own."""
    notes = work.music.notes
    notes = notes[(notes["onset"] >= start) & (notes["onset"] < end)].copy()
    notes["onset"] += ticks - start
    own = wandering(77, n_bars=ticks // 96).music.notes if ticks >= 96 else notes[:0]
    total = ticks + end - start
    music, _ = staff_music(np.concatenate([own, notes]), end=total, n_staves=2)
    starts = tuple(range(0, total, 96))
    return StaffWork(
        name="later", music=music, plan=Plan(bar_starts=starts, bar_meters=("4/4",) * len(starts), end=total)
    )


def test_a_copy_is_named_bar_by_bar_in_any_key() -> None:
    copy = replace(WORKS[0], music=WORKS[0].music.moved(4))
    (found,) = INDEX.passages(copy, melody=False)
    assert (found.bars, found.start, found.end, found.first) == (10, 0, 960, 1)
    assert str(found) == "10 bars as in bars 1-10 of Air (bach)"
    (tune,) = INDEX.passages(copy, melody=True)
    assert str(tune) == "10 bars as in the top line of bars 1-10 of Air (bach)"


def test_a_pickup_is_bar_nought() -> None:
    """The pickup and the bar after it are one stretch too, of its own length, which is too rare to be looked up."""
    (found,) = INDEX.passages(WORKS[1], melody=False)
    assert found.piece.title == "Minuet"
    assert (found.first, found.bars) in ((0, 11), (1, 10))
    assert "of Minuet" in str(found) and not str(found).endswith(")")


def test_three_whole_bars_are_a_copy_and_two_are_none() -> None:
    three, two = (later(WORKS[0], 96 * 4, 96 * (4 + n), 96 * 2) for n in (3, 2))
    (found,) = INDEX.passages(three, melody=False)
    assert (found.bars, found.start, found.first) == (3, 96 * 2, 5)
    assert INDEX.passages(two, melody=False) == []


def test_four_bars_from_the_middle_of_a_bar_are_found() -> None:
    shifted = later(WORKS[0], 96 * 2 + 48, 96 * 6 + 48, 96)
    (found,) = INDEX.passages(shifted, melody=False)
    assert (found.bars, found.first, found.start) == (3, 4, 96 + 48)


def test_a_stranger_shares_nothing() -> None:
    assert all(INDEX.passages(wandering(seed), melody=m) == [] for seed in range(50, 60) for m in (False, True))


def test_a_tune_over_another_bass_is_known_by_its_top_line_alone() -> None:
    notes = WORKS[2].music.notes.copy()
    notes["pitch"][notes["staff"] == 1] = np.arange(36, 36 + (notes["staff"] == 1).sum())
    music, _ = staff_music(notes, end=WORKS[2].music.end, n_staves=2)
    other = replace(WORKS[2], music=music)
    assert INDEX.passages(other, melody=False) == []
    assert [p.piece.title for p in INDEX.passages(other, melody=True)] == ["March"]


def test_a_repeated_note_is_nobodys() -> None:
    drum = drawn("C5 | " + "x" * 64, "C3 | .", step=12)
    assert index_of([drum], [("Drum", "")]).passages(drum, melody=True) == []


def test_it_is_written_and_read_again() -> None:
    again = unpack(INDEX.pack())
    assert again.pieces == INDEX.pieces
    assert [str(p) for p in again.passages(WORKS[2], melody=False)] == ["6 bars as in bars 1-6 of March (haydn)"]


@pytest.mark.parametrize("harm", [lambda d: d[:-20], lambda d: b"x" + d, lambda d: d[:40] + b"\x00\x00" + d[42:]])
def test_a_damaged_file_is_said_to_be_so(harm: object) -> None:
    with pytest.raises(ModelError, match=r"^bars\.bin: .*install Stretto again"):
        unpack(harm(INDEX.pack()), "bars.bin")  # type: ignore[operator]


def test_an_empty_index_knows_nothing() -> None:
    assert StaffIndex([], [np.zeros(0, np.uint32)] * 2).passages(WORKS[0], melody=False) == []
