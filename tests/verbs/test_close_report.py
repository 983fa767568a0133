"""An end that closes badly is told, and only where it is new and heard."""

from __future__ import annotations

import numpy as np
import pytest

from stretto.frames.canvas import Hole
from stretto.frames.parts import ONSET, REST, PartFrames
from stretto.frames.plan import Plan
from stretto.verbs.report import close_report

G_MAJOR = Plan(bar_starts=(0, 96), end=192, tonic=7)
UPPER, WHOLE = [Hole(part=v, start=0, end=144) for v in (1, 2, 3)], [Hole(part=v, start=0, end=192) for v in range(4)]
BETTER = "the last chord is not the tonic triad in root position; another --seed may close better"
AS_GIVEN = "the piece ends away from its tonic, as the given soprano does"


def ending(*pitches: int) -> PartFrames:
    """A chord of C, one that closes at tick 96, and silence."""
    pitch_TV = np.array([(72, 67, 64, 48), pitches, (REST,) * 4], np.int16)
    state_TV = np.full((3, 4), ONSET, np.int8)
    return PartFrames(tick_T=np.array([0, 96, 144], np.int32), pitch_TV=pitch_TV, state_TV=state_TV, end=192)


@pytest.mark.parametrize(
    ("pitches", "holes", "imagined", "said"),
    [
        ((74, 71, 67, 55), WHOLE, (), []),
        ((74, 70, 67, 55), WHOLE, (), []),
        ((74, 71, 67, 47), WHOLE, (), [BETTER]),
        ((74, 69, 66, 50), UPPER, (), [BETTER]),
        ((69, 66, 62, 50), UPPER, (), [AS_GIVEN]),
        ((74, 69, 66, 50), UPPER, (1, 2, 3), []),
        ((74, 69, 66, 50), [Hole(part=1, start=0, end=96)], (), []),
    ],
)
def test_an_end_is_judged_where_it_is_new(
    pitches: tuple[int, ...], holes: list[Hole], imagined: tuple[int, ...], said: list[str]
) -> None:
    assert close_report(ending(*pitches), holes, G_MAJOR, imagined=imagined) == said
