"""What is hidden of training pieces: inside the piece, of the parts that are asked for, and of every kind."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

pytest.importorskip("torch")

import itertools

from stretto.frames.parts import ONSET, PartFrames
from stretto.train.holes import SEVERAL, TASKS, Task, draw_holes, draw_task

QUARTER = 24
N_PARTS = 4


def window(first: int, n: int) -> PartFrames:
    """Quarters from some tick of a piece on."""
    pitch_TV = np.full((n, N_PARTS), 60, np.int16)
    tick_T = np.arange(first, first + QUARTER * n, QUARTER, dtype=np.int32)
    return PartFrames(tick_T=tick_T, pitch_TV=pitch_TV, state_TV=np.full_like(pitch_TV, ONSET), end=first + QUARTER * n)


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize("n", [3, 12, 64])
def test_holes_lie_inside_the_piece(name: str, n: int) -> None:
    frames = window(240, n)
    given = (0,) if name in ("harmonize", "parts in a gap") else ()
    for seed in range(40):
        holes = draw_holes(Task(name=name, given=given), frames, np.random.default_rng(seed))
        assert bool(holes) == (name != "compose") or name == "vary"
        for hole in holes:
            assert 240 <= hole.start < hole.end
            assert hole.start < frames.end
            assert hole.part not in given


def test_several_gaps_leave_something_between_them() -> None:
    n_several = 0
    for seed in range(200):
        holes = draw_holes(Task(name="gap"), window(96, 80), np.random.default_rng(seed))
        spans = sorted({(hole.start, hole.end) for hole in holes})
        n_several += len(spans) > 1
        assert all(end < start for (_, end), (start, _) in itertools.pairwise(spans))
    assert n_several / 200 == pytest.approx(SEVERAL, abs=0.1)


def test_tasks_come_by_their_shares() -> None:
    rng = np.random.default_rng(1)
    found = Counter(draw_task(N_PARTS, rng).name for _ in range(3000))
    assert {name: n / 3000 for name, n in found.items()} == pytest.approx(TASKS, abs=0.04)
