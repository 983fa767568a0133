"""What all sections of `verbs.py` share: the music they measure on, and the rows of the table."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stretto.evaluate.chorale import ChoraleCounts
from stretto.score.model import Score
from stretto.verbs.rework import Manner

N_VOICES = 4
RESAMPLED = 2000
"""Draws of a bootstrap over pieces."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One measure."""

    name: str
    found: str
    real: str = ""
    asked: str = ""
    ok: bool | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Music:
    """What is measured on."""

    real: list[Score]
    tested: list[Score]
    """Of them, those of the test split, which chose none of the ways of looking ahead."""
    sopranos: list[Score]
    """Of jsb16's test split: bare melodies."""
    files: list[Path]
    """Scores of all kinds for a few voices."""
    weights: Path | None
    n_pieces: int
    seed: int


def manner(music: Music, i: int) -> Manner:
    """How the i-th piece is drawn."""
    return Manner(seed=music.seed + i, weights=music.weights)


def share(counts: ChoraleCounts, name: str) -> float:
    """Of the strong beats."""
    return float(getattr(counts, name) / max(1, counts.n_strong))


def near(name: str, found: float, real: float, points: float) -> Row:
    """Within so many points of real music."""
    ok = abs(found - real) * 100 <= points
    return Row(name=name, found=f"{found:.1%}", real=f"{real:.1%}", asked=f"± {points:g}", ok=ok)


def at_most(name: str, found: float, most: float, real: float | None = None) -> Row:
    """Not more than so much."""
    shown = "" if real is None else f"{real:.4f}"
    return Row(name=name, found=f"{found:.4f}", real=shown, asked=f"<= {most:g}", ok=found <= most)


def told(items: Sequence[Score], name: str) -> Sequence[Score]:
    """The items, counted aloud."""
    for i, item in enumerate(items):
        print(f"\r{name}: {i + 1} of {len(items)}   ", end="", file=sys.stderr, flush=True)
        yield item
    print(file=sys.stderr)


def meter(score: Score) -> str:
    """The first, as "3/4"."""
    return f"{score.meters[0].numerator}/{score.meters[0].denominator}"
