"""Readings of drawn music, for the tests of metrics."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2] / "theory"))
from drawn_choir import choir

from stretto.evaluate.metrics.reading import Reading


def read(*lines: str, **rest: Any) -> Reading:
    """A reading of music drawn with `choir`."""
    return Reading(choir(*lines, **rest))
