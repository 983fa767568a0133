"""Where new bars lead back into given ones: what a teacher would mark there."""

from __future__ import annotations

from statistics import fmean

from stretto.check.library import check
from stretto.score.model import Score
from stretto.verbs.gaps import infill
from verbs_table import Music, Row, manner, told

FIRST_BARS = (3, 5, 7)
"""Of each two that are written anew."""


def seams(music: Music) -> list[Row]:
    """Two bars of real chorales written anew: errors in them and in the bar after, beside Bach's own."""
    found, real = list[int](), list[int]()
    for i, score in enumerate(told(music.real[: music.n_pieces], "seams")):
        for first in FIRST_BARS:
            if first + 2 <= max(bar.number for bar in score.bars):
                real.append(_errors(score, first))
                found.append(_errors(infill(score, first, first + 1, manner=manner(music, i)).score, first))
    return [
        Row(
            name=f"infill of 2 bars of real chorales, {len(found)} times: errors in them and the bar after",
            found=f"{fmean(found):.3f}",
            real=f"{fmean(real):.3f}",
        )
    ]


def _errors(score: Score, first: int) -> int:
    """In two bars and the one that follows."""
    return sum(f.severity == "error" and first <= f.bar <= first + 2 for f in check(score).findings)
