"""Drawn hymns for the tests of what classifiers see."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from stretto.score.model import Score

sys.path.insert(0, str(Path(__file__).parents[1] / "theory"))
from drawn_choir import choir

LINES = (
    "G4 G4 A4 B4 C5 B4 A4:2 B4 C5 D5 C5 B4 A4 G4:2",
    "D4 E4 F#4 G4 E4 G4 F#4:2 G4 G4 A4 G4 G4 F#4 D4:2",
    "B3 B3 D4 D4 C4 D4 D4:2 D4 E4 F#4 E4 D4 C4 B3:2",
    "G3 E3 D3 G3 A3 G3 D3:2 G3 C3 D3 E3 D3 D3 G2:2",
)


def hymn(*, fermatas: tuple[int, ...] = (6, 14), **rest: Any) -> Score:
    """Four bars of 4/4 in G major, a phrase end in the middle."""
    return choir(*LINES, key="G major", fermatas=fermatas, **rest)
