"""A stretch of a score as a score of its own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from stretto.score.model import TICKS_PER_QUARTER, Score
from stretto.theory.phrases import phrases_of
from stretto.theory.slices import slices_of


def excerpt(score: Score, start: int, end: int) -> Score:
    """What sounds from tick `start` up to `end`, both moved to the beginning.

    Notes that reach over an edge are cut there; the metre goes on as it was, so a stretch that starts inside a bar
    begins with a pickup. Signs that span an edge are left out.
    """
    notes = score.notes[(score.notes["onset"] < end) & (score.ends > start)].copy()
    ends = np.minimum(notes["onset"] + notes["duration"], end) - start
    notes["onset"] = np.maximum(notes["onset"] - start, 0)
    notes["duration"] = ends - notes["onset"]
    notes = notes[(notes["duration"] > 0) | (notes["grace"] > 0)]
    first = score.bar_index(start)
    bars = [bar for i, bar in enumerate(score.bars) if i >= first and bar.tick < end]
    inside = bool(start > bars[0].tick or bars[0].number == 0)
    numbered = [
        replace(bar, tick=max(0, bar.tick - start), number=i if inside else i + 1, repeat_end=0, repeat_start=False)
        for i, bar in enumerate(bars)
    ]
    marks = [
        replace(mark, tick=mark.tick - start, end=mark.end - start if mark.end >= 0 else -1)
        for mark in score.marks
        if start <= mark.tick < end and mark.end <= end
    ]
    return score.evolve(
        notes=notes,
        bars=tuple(numbered),
        end=end - start,
        meters=(replace(score.meter_at(start), tick=0),) if score.meters else (),
        keys=tuple(replace(key, tick=0) for key in [score.key_at(start)] if key is not None),
        tempos=(),
        clefs=(),
        marks=tuple(marks),
    )


def halves(score: Score, *, longest: int) -> list[tuple[int, int]]:
    """Stretches of at most about `longest` ticks, parted after the phrase ends nearest to equal shares."""
    n = max(1, -(-score.end // longest))
    slices = slices_of(score)
    after = []
    for phrase in phrases_of(score, slices=slices) if n > 1 else ():
        t = slices.at(phrase.close.settled)
        after.append(int(slices.tick_T[t] + slices.duration_T[t]))
    cuts = [0]
    for i in range(1, n):
        wished = i * score.end // n
        near = min((a for a in after if a < score.end), key=lambda a: abs(a - wished), default=wished)
        if near > cuts[-1]:
            cuts.append(near)
    return list(zip(cuts, [*cuts[1:], score.end], strict=True))


def without_tail(score: Score) -> Score:
    """The score without what lasts beyond one quarter after its last onset: how long a last chord is written is the
    edition's choice, not the composer's."""
    if not len(score.notes):
        return score
    end = int(score.notes["onset"].max()) + TICKS_PER_QUARTER
    return score if end >= score.end else excerpt(score, 0, end)
