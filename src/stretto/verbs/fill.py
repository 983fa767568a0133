"""Filling the holes of a document: the one way in which every verb draws."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from stretto.engine.weights import FlagshipWeights
from stretto.errors import RequestError
from stretto.frames.canvas import Canvas, Hole, canvas_of
from stretto.frames.parts import PartFrames
from stretto.frames.plan import Plan
from stretto.score.model import TICKS_PER_QUARTER
from stretto.verbs.asked import Asked
from stretto.verbs.phrasewise import Chosen, after_phrases, draw_by_phrases
from stretto.verbs.series import rows_of
from stretto.verbs.syllables import Place, canvas_sung

STAGE_BARS = 2
"""Bars after which the best version goes on, where no phrase ends are known."""

LAST_STAGE = 2 * TICKS_PER_QUARTER
"""Shortest last stretch: what leads to music that is given must have room, as of one beat all versions are alike."""

NOTHING_BEGINS = "no note begins in what is open, so nothing can be new; open the bar before it too"


def fill(
    weights: FlagshipWeights,
    frames: PartFrames,
    holes: Sequence[Hole],
    plan: Plan,
    *,
    seeds: Sequence[int],
    asked: Asked,
    syllables: Sequence[Place] = (),
    until: int | None = None,
    tick: Callable[[float], None] = lambda share: None,
) -> Chosen:
    """Fill the holes, choosing the best of `len(seeds)` versions phrase by phrase; the piece is the whole.

    Args:
        weights: the network.
        frames: the piece; what it has in the holes is not heard.
        holes: what is open.
        plan: what is known of the piece.
        seeds: one a version.
        asked: what is wished, without the canvas and the rows that the holes make.
        syllables: where notes must begin, so that words stay.
        until: tick up to which they are filled; None = all.
        tick: told the share that is done.
    """
    canvas = canvas_sung(canvas_of(frames, holes), syllables)
    chosen = draw_by_phrases(
        weights,
        plan,
        seeds=seeds,
        asked=replace(asked, canvas=canvas, rows=rows_of(frames, holes)),
        stops=_up_to(until, stages(canvas, plan)),
        tick=tick,
    )
    # After what was drawn all is given, so that a frame of the piece begins there.
    return replace(chosen, piece=replace(chosen.piece, frames=chosen.piece.frames.followed_by(frames)))


def _up_to(until: int | None, stops: Sequence[int]) -> list[int]:
    """The stops before a tick, and the tick."""
    return [*stops] if until is None or until >= stops[-1] else [*(stop for stop in stops if stop < until), until]


def stages(canvas: Canvas, plan: Plan) -> list[int]:
    """Ticks at which the best version goes on: after phrase ends, else every two bars, and where all is filled.

    A phrase that ends just before the last hole does is drawn with what leads on.

    Raises:
        RequestError: nothing is open.
    """
    open_K = canvas.open_KV.any(axis=1)
    if not open_K.any():
        raise RequestError(NOTHING_BEGINS)
    first, last = np.flatnonzero(open_K)[[0, -1]]
    start = int(canvas.frames.tick_T[first])
    end = int(canvas.frames.tick_T[last] + canvas.frames.duration_T[last])
    if plan.phrase_ends and len(plan.phrase_ends) > 1:
        stops = after_phrases(plan)
    else:
        stops = [*(plan.bar_starts or ())[STAGE_BARS::STAGE_BARS]]
    return [*(stop for stop in stops if start < stop <= end - LAST_STAGE), end]
