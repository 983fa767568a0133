"""Several versions of every phrase side by side, of which the best goes on.

A piece of eight phrases that is good in all of them is rare among whole candidates; a good next
phrase is not. So the choice is made at every phrase end, and all candidates go on from the one kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

import numpy as np
from numpy.typing import NDArray

from stretto.engine.weights import FlagshipWeights
from stretto.evaluate.originality import CELL
from stretto.frames.canvas import ANY, OPEN, Canvas
from stretto.frames.echo import Echo
from stretto.frames.parts import PartFrames
from stretto.frames.plan import Plan
from stretto.score.model import TICKS_PER_QUARTER
from stretto.theory.cadence import KINDS
from stretto.verbs.chord_line import ChordLine
from stretto.verbs.judge import Verdict, judge
from stretto.verbs.rules import Rules
from stretto.verbs.sample import NO_PULLS, SIXTEENTH, Drawing, Drawn, Moment
from stretto.verbs.series import Row
from stretto.verbs.taste import Taste


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The piece that was kept, and how it compared."""

    piece: Drawn
    verdict: Verdict
    n_stages: int
    """Stretches, each of which was chosen among all candidates."""

    def written(self, frames: Callable[[PartFrames], PartFrames], tick: Callable[[int], int]) -> Chosen:
        """The same with other lengths of notes, where the network heard them longer or shorter."""
        acts = tuple(replace(act, tick=tick(act.tick)) for act in self.piece.acts)
        return replace(
            self,
            piece=replace(self.piece, frames=frames(self.piece.frames), acts=acts),
            verdict=replace(self.verdict, quoted=tuple(tick(t) for t in self.verdict.quoted)),
        )


def draw_by_phrases(
    weights: FlagshipWeights,
    plan: Plan,
    *,
    seeds: Sequence[int],
    taste: Taste,
    rules: Rules | None = None,
    guarded: bool = True,
    value_shares: Mapping[int, float] | None = None,
    canvas: Canvas | None = None,
    stops: Sequence[int] = (),
    echoes: Sequence[Echo] = (),
    pulls: Mapping[float, Sequence[Echo]] = NO_PULLS,
    chords: ChordLine | None = None,
    rows: Sequence[Row] = (),
    pulse: Sequence[int] = (),
    grid: int = SIXTEENTH,
    tick: Callable[[float], None] = lambda share: None,
) -> Chosen:
    """Draw one piece, choosing the best of `len(seeds)` versions at every phrase end.

    Args:
        weights: the network.
        plan: what is known of the piece.
        seeds: one a version.
        taste: temperature and top-p.
        rules: what must not happen; None = anything the network gives.
        guarded: silence, stuck notes and endless repetition are ended.
        value_shares: usual share of each note value, in ticks; none = not known.
        canvas: what is given; None = nothing is.
        stops: ticks at which the best version goes on; none = after each phrase, and at the end.
        echoes: passages that are asked to recall earlier ones.
        pulls: nats by which what echoes ask for is made likelier, or less likely.
        chords: which chord is asked for when; None = none is.
        rows: pitches whose order stays.
        pulse: ticks at which dotted beats begin.
        grid: ticks on which notes begin beside given ones.
        tick: told the share that is done.
    """
    n, cadences = len(seeds), cadences_of(plan)
    drawing = Drawing(
        weights,
        [plan] * n,
        seeds=seeds,
        taste=taste,
        rules=rules,
        guarded=guarded,
        canvases=[canvas] * n if canvas is not None else None,
        echoes=echoes,
        pulls=pulls,
        chords=chords,
        rows=rows,
        pulse=pulse,
        grid=grid,
    )
    open_TV = _open(canvas) if canvas is not None else None
    stops = stops or [*after_phrases(plan)[:-1], plan.end]
    kept: Moment | None = None
    for stop in stops:
        if kept is not None:
            drawing.resume(kept)
        drawing.advance(stop, tick)
        earlier = kept.piece if kept is not None else None
        reached = [moment for moment in drawing.moments if moment is not None]
        verdicts = [
            judge(m.piece, plan, cadences, value_shares=value_shares, before=earlier, open_TV=open_TV) for m in reached
        ]
        kept = reached[_best(verdicts)]
    if kept is None:
        raise ValueError("there is nothing to draw")
    return Chosen(piece=kept.piece, verdict=judge(kept.piece, plan, cadences, open_TV=open_TV), n_stages=len(stops))


def _open(canvas: Canvas) -> NDArray[np.bool_]:
    """What of a canvas is open, by eighths, (T, V)."""
    place_T = canvas.place_of(np.arange(0, canvas.frames.end, CELL, dtype=np.int32))
    pitch_TV = canvas.frames.pitch_TV[place_T]
    open_TV: NDArray[np.bool_] = (pitch_TV == OPEN) | (pitch_TV == ANY)
    return open_TV


def cadences_of(plan: Plan) -> tuple[str, ...]:
    """The cadence that each phrase is to make, as `theory.cadence` calls it; "other" = any."""
    closes = plan.closes or (0,) * len(plan.phrase_ends or ())
    return tuple(KINDS[close - 1] if close else "other" for close in closes)


def after_phrases(plan: Plan) -> list[int]:
    """Where the next phrase goes on: a voice may still come to rest within the beat of the last chord."""
    return [t + TICKS_PER_QUARTER for t in plan.phrase_ends or ()]


def _best(verdicts: Sequence[Verdict]) -> int:
    typical = median(verdict.nll_per_note for verdict in verdicts)
    return min(range(len(verdicts)), key=lambda i: verdicts[i].penalty(typical))
