"""What a passage is asked to recall."""

from __future__ import annotations

import numpy as np

from stretto.frames.echo import NOTHING, Echo, echoed
from stretto.frames.parts import HOLD, ONSET, REST, PartFrames


def canon() -> PartFrames:
    """A leader sings quarters and a half note, a follower rests."""
    return PartFrames(
        tick_T=np.array([0, 24, 48, 96], np.int32),
        pitch_TV=np.array([[60, REST], [62, REST], [64, REST], [67, REST]], np.int16),
        state_TV=np.array([[ONSET, HOLD]] * 4, np.int8),
        end=120,
    )


def test_the_follower_is_told_what_the_leader_sang_moved() -> None:
    ticks = np.array([36, 48, 60, 72], np.int32)
    found = echoed(canon(), [Echo(part=1, start=48, end=72, lag=48, source=0, up=-12)], ticks)
    assert found.pitch_TV[:, 1].tolist() == [NOTHING, 48, 48, NOTHING]
    assert found.struck_TV[:, 1].tolist() == [False, True, False, False]
    assert found.left_T.tolist() == [0, 24, 12, 0]
    assert (found.pitch_TV[:, 0] == NOTHING).all()


def test_a_note_that_still_sounds_has_no_end_yet() -> None:
    """At tick 72 the leader's half note from 48 is recalled after a quarter: it lasts until 96, which nobody knows."""
    found = echoed(canon(), [Echo(part=1, start=0, end=120, lag=24, source=0)], np.array([72, 96], np.int32))
    assert found.pitch_TV[:, 1].tolist() == [64, 64]
    assert found.left_T.tolist() == [0, 24]


def test_before_the_beginning_there_is_nothing_to_recall() -> None:
    found = echoed(canon(), [Echo(part=1, start=0, end=120, lag=48, source=0)], np.array([0, 24], np.int32))
    assert (found.pitch_TV == NOTHING).all() and (found.left_T == 0).all()
