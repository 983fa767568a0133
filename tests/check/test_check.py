"""Checking as a whole: what is found is placed, counted and explained."""

from __future__ import annotations

from pathlib import Path
import sys

from stretto.check.check import check_score
from stretto.check.sheet import load_sheet

sys.path.insert(0, str(Path(__file__).parent.parent / "theory"))
from drawn_choir import choir  # noqa: E402


def test_parallel_fifths_are_found_where_they_arrive() -> None:
    score = choir("G4 A4 B4 C5", "D4 E4 D4 E4", "B3 C4 G3 G3", "G3 A3 G3 C3", key="G major")
    found = [(f.fault.rule, f.bar, f.beat, f.fault.parts) for f in check_score(score, load_sheet("chorale")).findings]
    assert ("parallel-fifths", 1, 2, (1, 3)) in found
    assert ("parallel-octaves", 1, 2, (0, 3)) in found
