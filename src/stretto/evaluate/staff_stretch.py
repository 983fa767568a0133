"""A keyboard piece or a quartet as its measures see it: a staff a part, its key named, and no longer than real ones."""

from __future__ import annotations

from dataclasses import replace

from stretto.evaluate.staff_work import StaffWork
from stretto.score.model import Score
from stretto.theory.key import tonality
from stretto.theory.understand import understand

MOST_BARS = 64
"""Of a longer piece the first bars are measured, as of the real ones: many measures grow with the length."""


def stretch_of(work: StaffWork) -> StaffWork:
    """What is measured of a piece: its first bars."""
    return work.opening(MOST_BARS)


def score_of(stretch: StaffWork, *, names: tuple[str, ...] = ()) -> Score:
    """A stretch as a score, alike however its file was written: each staff a part in the key of the plan, notes named
    to fit that.

    Args:
        stretch: with its key in the plan; where that has none, it is found.
        names: of the parts.
    """
    score, plan = stretch.score(), stretch.plan
    if plan.tonic >= 0:
        score = score.evolve(keys=(tonality(plan.tonic, plan.mode).signature,))
    if names:
        score = score.evolve(parts=[replace(p, name=name) for p, name in zip(score.parts, names, strict=True)])
    return understand(score, pickup=plan.pickup)[0]
