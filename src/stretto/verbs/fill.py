"""Filling the holes of a document: the one way in which every verb draws."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from stretto.engine.weights import FlagshipWeights
from stretto.frames.canvas import ANY, OPEN, Canvas, Hole, canvas_of
from stretto.frames.echo import Echo
from stretto.frames.parts import PartFrames
from stretto.frames.plan import Plan
from stretto.score.model import TICKS_PER_QUARTER
from stretto.verbs.chord_line import ChordLine
from stretto.verbs.judge import Verdict, judge
from stretto.verbs.rules import Rules
from stretto.verbs.sample import Drawing, Drawn, Moment, Taste

STAGE_BARS = 2
"""Bars after which the best version goes on, where no phrase ends are known."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Filled:
    """The holes filled with the version that was kept."""

    frames: PartFrames
    """The whole piece, given notes included."""
    piece: Drawn
    verdict: Verdict
    n_stages: int


def fill(
    weights: FlagshipWeights,
    frames: PartFrames,
    holes: Sequence[Hole],
    plan: Plan,
    *,
    seeds: Sequence[int],
    taste: Taste,
    rules: Rules | None,
    echoes: Sequence[Echo] = (),
    chords: ChordLine | None = None,
    tick: Callable[[float], None] = lambda share: None,
) -> Filled:
    """Fill the holes, choosing the best of `len(seeds)` versions phrase by phrase.

    Args:
        weights: the network.
        frames: the piece; what it has in the holes is not heard.
        holes: what is open.
        plan: what is known of the piece.
        seeds: one a version.
        taste: temperature and top-p.
        rules: what must not happen; None = anything the network gives.
        echoes: passages that are asked to recall earlier ones.
        chords: which chord is asked for when; None = none is.
        tick: told the share that is done.
    """
    canvas = canvas_of(frames, holes)
    n = len(seeds)
    drawing = Drawing(
        weights, [plan] * n, seeds=seeds, taste=taste, rules=rules, canvases=[canvas] * n, echoes=echoes, chords=chords
    )
    cadences = ("other",) * len(plan.phrase_ends or ())
    kept: Moment | None = None
    stops = stages(canvas, plan)
    for stop in stops:
        if kept is not None:
            drawing.resume(kept)
        drawing.advance(stop, tick)
        earlier = kept.piece if kept is not None else None
        reached = [moment for moment in drawing.moments if moment is not None]
        verdicts = [judge(m.piece, plan, cadences, before=earlier) for m in reached]
        typical = median(verdict.nll_per_note for verdict in verdicts)
        kept = reached[min(range(n), key=lambda i: verdicts[i].penalty(typical))]
    if kept is None:
        raise ValueError("a canvas has something open")
    whole = _joined(kept.piece.frames, frames)
    return Filled(frames=whole, piece=kept.piece, verdict=judge(kept.piece, plan, cadences), n_stages=len(stops))


def stages(canvas: Canvas, plan: Plan) -> list[int]:
    """Ticks at which the best version goes on: after phrase ends, else every two bars, and where all is filled."""
    open_K = ((canvas.frames.pitch_TV == OPEN) | (canvas.frames.pitch_TV == ANY)).any(axis=1)
    first, last = np.flatnonzero(open_K)[[0, -1]]
    start = int(canvas.frames.tick_T[first])
    end = int(canvas.frames.tick_T[last] + canvas.frames.duration_T[last])
    if plan.phrase_ends and len(plan.phrase_ends) > 1:
        # A voice may still come to rest, or set out again, within the beat of the last chord.
        stops = [t + TICKS_PER_QUARTER for t in plan.phrase_ends]
    else:
        stops = [*(plan.bar_starts or ())[STAGE_BARS::STAGE_BARS]]
    return [*(stop for stop in stops if start < stop < end), end]


def _joined(drawn: PartFrames, before: PartFrames) -> PartFrames:
    """What was drawn, and after it the piece as it was; all is given from there on, so a frame begins there."""
    rest = before.tick_T >= drawn.end
    return PartFrames(
        tick_T=np.concatenate([drawn.tick_T, before.tick_T[rest]]),
        pitch_TV=np.concatenate([drawn.pitch_TV, before.pitch_TV[rest]]),
        state_TV=np.concatenate([drawn.state_TV, before.state_TV[rest]]),
        end=before.end,
    )
