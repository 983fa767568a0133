"""Verbatim runs of four bars."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from drawn_staves import drawn, wandering

from stretto.evaluate.staff_runs import KnownMoments
from stretto.evaluate.staff_work import StaffWork
from stretto.frames.plan import Plan
from stretto.frames.staves import staff_music


def joined(first: StaffWork, n_first: int, second: StaffWork, start: int, end: int) -> StaffWork:
    """Some bars of the first, then some of the second."""
    head, tail = first.opening(n_first), second.between(96 * start, 96 * end)
    late = tail.music.notes.copy()
    late["onset"] += head.music.end
    music, _ = staff_music(np.concatenate([head.music.notes, late]), end=head.music.end + tail.music.end, n_staves=2)
    n = n_first + end - start
    plan = Plan(bar_starts=tuple(range(0, 96 * n, 96)), bar_meters=("4/4",) * n, end=96 * n)
    return StaffWork(name="joined", music=music, plan=plan)


KNOWN = [wandering(seed, n_bars=12) for seed in range(5)]


@pytest.mark.parametrize("melody", [False, True])
def test_a_piece_knows_itself_in_every_key(melody: bool) -> None:
    asked = replace(KNOWN[2], music=KNOWN[2].music.moved(-3))
    found = KnownMoments(KNOWN, melody=melody).runs(asked)
    assert (found.n_known, found.owner, found.at) == (found.n_windows, 2, 0)
    assert found.n_windows == 12 * 4 - 16 + 1


def test_a_stranger_has_none() -> None:
    found = KnownMoments(KNOWN, melody=False).runs(wandering(99, n_bars=12))
    assert (found.n_known, found.owner, found.at) == (0, -1, -1)


def test_four_borrowed_bars_are_found_and_three_are_not() -> None:
    library = KnownMoments(KNOWN, melody=False)
    four, three = (joined(wandering(99, n_bars=12), 3, KNOWN[1], 5, 5 + n) for n in (4, 3))
    assert (library.runs(four).n_known, library.runs(four).owner, library.runs(four).at) == (1, 1, 3 * 96)
    assert library.runs(three).n_known == 0


def test_one_changed_note_parts_a_run() -> None:
    other = replace(KNOWN[0], music=replace(KNOWN[0].music, notes=KNOWN[0].music.notes.copy()))
    middle = np.flatnonzero((other.music.notes["onset"] == 96 * 6) & (other.music.notes["staff"] == 1))
    other.music.notes["pitch"][middle] += 1
    found = KnownMoments(KNOWN, melody=False).runs(other)
    # Sixteen moments a window: all that hold the changed one are gone.
    assert found.n_known == found.n_windows - 16
    assert KnownMoments(KNOWN, melody=True).runs(other).n_known == found.n_windows


def test_another_hand_or_length_is_no_excuse() -> None:
    notes = KNOWN[3].music.notes.copy()
    notes["duration"] = 6
    notes["staff"] = 0
    music, _ = staff_music(notes, end=KNOWN[3].music.end, n_staves=2)
    found = KnownMoments(KNOWN, melody=False).runs(replace(KNOWN[3], music=music))
    assert found.n_known == found.n_windows


def test_a_repeated_note_and_a_trill_are_nobodys() -> None:
    drum = drawn("C5 | " + "x" * 64, "C3 | .", step=12)
    trill = drawn("C5 | " + "x." * 32 + "\n D5 | " + ".x" * 32, "C3 | .", step=12)
    scale = drawn("C5 | " + "x..." * 16 + "\n D5 | " + ".x.x" * 16 + "\n E5 | " + "..x." * 16, "C3 | .", step=12)
    assert [KnownMoments([w], melody=True).runs(w).n_windows for w in (drum, trill)] == [0, 0]
    assert KnownMoments([scale], melody=True).runs(scale).n_windows > 0


def test_runs_do_not_cross_from_one_known_piece_to_the_next() -> None:
    two = joined(KNOWN[0], 12, KNOWN[1], 0, 12)
    found = KnownMoments(KNOWN, melody=False).runs(two)
    assert found.n_windows - found.n_known == 15


def test_movements_of_ones_own_work_do_not_count() -> None:
    """The same music stands in its own work and, later, in another."""
    own = [replace(KNOWN[0], work="sonata"), replace(KNOWN[1], work="sonata")]
    asked = replace(KNOWN[0], name="once more", work="sonata")
    assert KnownMoments(own, melody=False).runs(asked).n_known == 0
    for others in ([*own, replace(KNOWN[0], work="rondo")], [replace(KNOWN[0], work="rondo"), *own]):
        found = KnownMoments(others, melody=False).runs(asked)
        assert found.n_known == found.n_windows
        assert others[found.owner].work == "rondo"


def test_nothing_is_known_where_nothing_was_given() -> None:
    assert KnownMoments([], melody=False).runs(KNOWN[0]).n_known == 0
