"""What forms are drawn from is counted in real pieces."""

from __future__ import annotations

import numpy as np

from stretto.corpus.piece import Piece
from stretto.frames.parts import PartFrames
from stretto.frames.plan import Plan
from stretto.train.habits import phrase_habits


def test_phrase_habits_are_counted_by_style_and_metre() -> None:
    """Pickups, fermatas within the bar, and how long the last chord is."""
    frames = PartFrames(
        tick_T=np.array([0, 24, 120, 168, 360], np.int32),
        pitch_TV=np.full((5, 4), 60, np.int16),
        state_TV=np.ones((5, 4), np.int8),
        end=408,
    )
    plan = Plan(
        style="bach",
        tonic=0,
        mode="major",
        bar_starts=(0, 24, 120, 216, 312),
        bar_meters=("4/4",) * 5,
        pickup=24,
        end=408,
        phrase_ends=(168, 360),
        goals=(15, 1),
        closes=(3, 1),
    )
    counts = phrase_habits([Piece(name="x", work="x", frames=frames, plan=plan)])["bach"]["4/4"]
    assert counts["n_pieces"] == 1
    assert dict(counts["pickups"]) == {24: 1}
    assert dict(counts["steps"]) == {"start-24:168": 1, "48:192": 1}
    assert dict(counts["final"]) == {"24:48": 1}
    assert dict(counts["cadences"]) == {"major:inner:15:3": 1, "major:final:1:1": 1}
    assert dict(counts["harmonies"]) == {
        f"major:{place}:{voice}:0:=:{goal}": 1
        for voice in (0, 3)
        for place, goal in (("inner", "15:3"), ("final", "1:1"))
    }
