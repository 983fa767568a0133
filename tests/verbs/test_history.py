"""What streams recall side by side is what each recalls alone."""

from __future__ import annotations

import numpy as np
import pytest

from stretto.engine.flagship import Recalled
from stretto.frames.echo import NOTHING, Echo, echoed
from stretto.frames.parts import HOLD, ONSET, PartFrames
from stretto.verbs.history import History

LOWEST = 36
ECHOES = [
    Echo(part=0, start=48, end=200, lag=48, source=0),
    Echo(part=1, start=60, end=160, lag=24, source=0, up=-5),
    Echo(part=1, start=96, end=300, lag=90, source=1, up=-12),
]


@pytest.fixture
def history() -> History:
    """Three streams of two parts, of sixty frames of different lengths: more than there is room for at first."""
    rng = np.random.default_rng(4)
    history, tick_S = History(3, 2), np.zeros(3, int)
    for _ in range(80):
        state_SV = np.where(rng.random((3, 2)) < 0.5, ONSET, HOLD)
        history.add(tick_S, rng.integers(34, 52, (3, 2)), state_SV)
        tick_S = tick_S + rng.choice([3, 6, 12], 3)
    return history


def alone(frames: PartFrames, tick: int) -> tuple[list[int], list[bool], int]:
    """As `frames.echo` has it for one piece, pitches as the network counts them."""
    found = echoed(frames, ECHOES, np.array([tick], np.int32))
    pitches = [p if p < 0 else p - LOWEST if p >= LOWEST else NOTHING for p in found.pitch_TV[0].tolist()]
    return pitches, found.struck_TV[0].tolist(), int(found.left_T[0])


def of_stream(found: Recalled, stream: int) -> tuple[list[int], list[bool], int]:
    return found.pitch_SV[stream].tolist(), found.struck_SV[stream].tolist(), int(found.left_S[stream])


@pytest.mark.parametrize("ticks", [(50, 97, 150), (61, 130, 40), (199, 96, 299), (10, 20, 30)])
def test_each_stream_recalls_what_it_would_alone(history: History, ticks: tuple[int, int, int]) -> None:
    frames = [history.frames(s, 900) for s in range(3)]
    found = history.recalled(ECHOES, np.array(ticks), np.full(3, 900), lowest=LOWEST)
    assert [of_stream(found, s) for s in range(3)] == [alone(frames[s], tick) for s, tick in enumerate(ticks)]


def test_what_goes_on_from_one_stream_has_its_frames(history: History) -> None:
    frames = history.frames(1, 900)
    other = History(4, 2)
    other.resume(frames)
    for name in ("tick_T", "pitch_TV", "state_TV"):
        assert np.array_equal(getattr(other.frames(3, 900), name), getattr(frames, name))
    found = other.recalled(ECHOES, np.full(4, 120), np.full(4, 900), lowest=LOWEST)
    assert of_stream(found, 2) == alone(frames, 120)
