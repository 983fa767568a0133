"""What was copied is said, bar by bar, and what is copied is passed over where there is a choice."""

from __future__ import annotations

from stretto.frames.plan import Plan
from stretto.verbs.report import copied_report

PLAN = Plan(bar_starts=(0, 24, 120, 216, 312, 408, 504), pickup=24, end=600)


def test_stretches_that_overlap_are_one() -> None:
    assert copied_report([24, 36, 48], PLAN) == [
        "bars 1-3: 9 quarters stand so in a piece that the network learned from; another --seed gives others"
    ]
    assert len(copied_report([24, 312], PLAN)) == 2
    assert copied_report([], PLAN) == []
