"""What a teacher would mark: bars that are copied, notes that sound against the same altered."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stretto.evaluate.phrase_close import frame_slices
from stretto.frames.parts import ONSET, PartFrames
from stretto.frames.plan import Plan
from stretto.verbs.judge import _clash, _n_copied

QUARTER, BAR, EIGHTHS = 24, 96, 8


def piece(*sopranos: int) -> PartFrames:
    """Quarters over a C major chord."""
    pitch_TV = np.array([(soprano, 67, 60, 48) for soprano in sopranos], np.int16)
    tick_T = np.arange(0, QUARTER * len(sopranos), QUARTER, dtype=np.int32)
    state_TV = np.full(pitch_TV.shape, ONSET, np.int8)
    return PartFrames(tick_T=tick_T, pitch_TV=pitch_TV, state_TV=state_TV, end=QUARTER * len(sopranos))


def copied(frames: PartFrames, *, opened: Sequence[int], since: int = 0) -> int:
    """Copies among the open bars, counted from 0."""
    n_bars = frames.end // BAR
    plan = Plan(bar_starts=tuple(range(0, frames.end, BAR)), bar_meters=("4/4",) * n_bars, end=frames.end)
    open_TV = np.zeros((n_bars * EIGHTHS, 4), bool)
    for bar in opened:
        open_TV[bar * EIGHTHS : (bar + 1) * EIGHTHS] = True
    return _n_copied(frames, plan, since, open_TV)


def test_a_new_bar_that_was_there_before_is_a_copy() -> None:
    same = piece(72, 74, 76, 72, 76, 77, 79, 76, 72, 74, 76, 72)
    assert copied(same, opened=[2]) == 1
    assert copied(same, opened=[1]) == 0
    assert copied(piece(72, 74, 76, 72, 76, 77, 79, 76, 72, 74, 76, 71), opened=[2]) == 0


def test_a_copy_may_begin_within_a_bar() -> None:
    assert copied(piece(72, 74, 76, 77, 79, 76, 72, 72, 76, 77, 79, 76), opened=[2]) == 1


def test_given_bars_and_bars_judged_before_count_for_nothing() -> None:
    same = piece(72, 74, 76, 72, 72, 74, 76, 72, 76, 77, 79, 76)
    assert copied(same, opened=[0]) == 0
    assert copied(same, opened=[1], since=2 * BAR) == 0
    assert copied(same, opened=[1], since=BAR + QUARTER) == 1


def test_a_note_against_the_same_altered_is_marked_as_long_as_it_lasts() -> None:
    """E flat over E for two quarters; F over E is a suspension as any other."""
    slices = frame_slices(
        PartFrames(
            tick_T=np.array([0, 24, 72], np.int32),
            pitch_TV=np.array([(72, 67, 64, 48), (75, 67, 64, 48), (77, 67, 64, 48)], np.int16),
            state_TV=np.full((3, 4), ONSET, np.int8),
            end=96,
        )
    )
    assert _clash(slices, tonic=0, since=0) == 2
    assert _clash(slices, tonic=0, since=72) == 0
    assert _clash(slices, tonic=-1, since=0) == 0
