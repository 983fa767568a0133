"""Errors of part-writing in a piece in the making, by the rule sheet that `stretto check` uses."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from stretto.check.check import check_score
from stretto.check.sheet import RuleSheet, load_sheet
from stretto.frames.canvas import Canvas
from stretto.frames.parts import PartFrames, cut_at, notes_of_parts
from stretto.frames.plan import Plan
from stretto.score.model import TICKS_PER_QUARTER
from stretto.theory.key import Tonality
from stretto.verbs.assemble import bare_score, fermatas_of

CONTEXT = 8 * TICKS_PER_QUARTER
"""What is looked at before the stretch that is asked about, so that its harmonies are heard as they go on."""

JOINT = 2 * TICKS_PER_QUARTER
"""What is looked at of the given music that follows: the seam has its errors too."""

SEVENTHS = ("seventh-rises", "seventh-of-other-chord")
"""Rules that are no errors, and still count: of Bach's sevenths nineteen in twenty fall, whatever their excuse."""


@cache
def counted() -> RuleSheet:
    """The rules of the chorale sheet of which every breach counts."""
    return load_sheet("chorale").only(lambda rule: rule.severity == "error" or rule.id in SEVENTHS)


def n_errors(frames: PartFrames, plan: Plan, key: Tonality, since: int = 0) -> int:
    """Errors from a beat before `since` on: what stood open there has been resolved by now, or not."""
    first = max(0, int(np.searchsorted(frames.tick_T, since - CONTEXT, side="right")) - 1)
    marks = fermatas_of(notes_of_parts(frames), plan.phrase_ends or (), plan.bar_starts or ())
    score = bare_score(frames, plan, keys=(key.signature,), marks=marks)
    late = score.evolve(notes=score.notes[score.ends > frames.tick_T[first]])
    found = check_score(late, counted(), key=key).findings
    return sum(finding.fault.tick >= since - TICKS_PER_QUARTER for finding in found)


def with_what_follows(frames: PartFrames, canvas: Canvas) -> PartFrames:
    """The frames, and after them what is given from where they end, as far as nothing in it is open.

    Within a hole that is not filled to its end, nothing: what is given beyond it does not follow on the last chord.
    """
    start = frames.end
    given = replace(canvas, frames=cut_at(canvas.frames, [start]))
    open_T = given.open_KV.any(axis=1) & (given.frames.tick_T >= start)
    end = min(start + JOINT, int(given.frames.tick_T[open_T.argmax()]) if open_T.any() else canvas.frames.end)
    return frames if end <= start else frames.followed_by(given.frames, end)
