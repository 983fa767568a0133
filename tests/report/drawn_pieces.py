"""Pieces for the tests of reports: short, in four voices, with a cadence."""

from __future__ import annotations

import sys
from pathlib import Path

from stretto.score.model import Score

sys.path.insert(0, str(Path(__file__).parents[1] / "theory"))
from drawn_choir import choir

LINES = (
    "G4 G4 A4 B4 C5 B4 A4:2 B4 C5 D5 C5 B4 A4 G4:2",
    "D4 E4 F#4 G4 E4 G4 F#4:2 G4 G4 A4 G4 G4 F#4 D4:2",
    "B3 B3 D4 D4 C4 D4 D4:2 D4 E4 F#4 E4 D4 C4 B3:2",
    "G3 E3 D3 G3 A3 G3 D3:2 G3 C3 D3 E3 D3 D3 G2:2",
)
"""Two phrases in G major; the last cadence is authentic."""


def hymn(*, title: str = "Drawn hymn") -> Score:
    """Four voices, four bars, two fermatas."""
    return choir(*LINES, key="G major", fermatas=(6, 14), info={"title": title})
