"""Several versions of every passage side by side, of which the best goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Protocol

import numpy as np

from stretto.engine.staff_weights import StavesWeights
from stretto.errors import RequestError
from stretto.frames.plan import Plan
from stretto.frames.staff_canvas import StaffCanvas, in_holes
from stretto.frames.staves import StaffMusic, StaffNotes
from stretto.verbs.fill import NOTHING_BEGINS
from stretto.verbs.so_far import by_bars, show_kept
from stretto.verbs.staves.asked import StaffAsked
from stretto.verbs.staves.draw import StaffDrawing, StaffDrawn, StaffMoment
from stretto.verbs.staves.judge import StaffVerdict, judge

STAGE_BARS = 4
"""Bars after which the best version goes on."""

HEARD_BARS = 24
"""Bars before the first open one that are heard: what the network keeps in mind is shorter."""

REDRAWN = 4
"""How often a passage is drawn anew, if all its versions copy the training music."""


class Originality(Protocol):
    """Which versions may be kept."""

    def refuses(self, music: StaffMusic, plan: Plan) -> bool:
        """Whether a piece, or its beginning, shares more with the training music than is usual."""
        ...

    def give_up(self, n_versions: int) -> RequestError:
        """What is said where every version was refused."""
        ...


@dataclass(frozen=True, kw_only=True)
class StaffChosen:
    """The piece that was kept, and how it compared."""

    piece: StaffDrawn
    verdict: StaffVerdict
    n_stages: int
    """Passages, each of which was chosen among all candidates."""
    fresh: StaffNotes
    """Notes that were drawn."""


def choose(
    weights: StavesWeights,
    plan: Plan,
    *,
    seeds: Sequence[int],
    asked: StaffAsked,
    originality: Originality | None = None,
    until: int | None = None,
    tick: Callable[[float], None] = lambda share: None,
) -> StaffChosen:
    """Draw one piece, or what is open of one, choosing the best of `len(seeds)` versions passage by passage.

    Args:
        weights: the network.
        plan: what is known of the piece.
        seeds: of each version.
        asked: what is given and wished.
        originality: versions that copy are not kept; None = they are.
        until: tick up to which is drawn; None = all that is open.
        tick: told the share that is done, now and then; a `Watch` is shown the music too.

    Raises:
        RequestError: nothing is open; or all versions copy.
    """
    stops = stages(plan, asked.canvas)
    if until is not None and until < stops[-1]:
        stops = [*(stop for stop in stops if stop < until), until]
    start = _start(plan, asked.canvas)
    kept = _after_given(weights, plan, asked, start, tick)
    drawing: StaffDrawing | None = None
    for stop in stops:
        earlier, found = kept, None
        since = earlier.piece.music.end if earlier is not None else start
        for again in range(1 + (REDRAWN if originality is not None else 0)):
            if drawing is None or again:
                own = [seed + 7919 * (stop + again) * bool(again) for seed in seeds]
                drawing = StaffDrawing(weights, [plan] * len(seeds), seeds=own, asked=asked, start=start)
            if earlier is not None:
                drawing.resume(earlier)
            drawing.advance(stop, by_bars(tick, drawing, plan.bar_starts or (0,), since))
            found = _best([m for m in drawing.moments if m is not None], earlier, plan, asked, originality)
            if found is not None:
                break
        if found is None:
            assert originality is not None
            raise originality.give_up(len(seeds) * (1 + REDRAWN))
        kept = found
        show_kept(tick, kept.piece.music, kept.piece.music.end)
    assert kept is not None
    piece = _with_rest(kept.piece, asked.canvas)
    verdict = judge(piece, plan, ends_open=_ends_open(plan, asked.canvas))
    return StaffChosen(piece=piece, verdict=verdict, n_stages=len(stops), fresh=_fresh(piece, asked.canvas))


def stages(plan: Plan, canvas: StaffCanvas | None = None) -> list[int]:
    """Ticks at which the best version goes on: every four bars, and where all is filled.

    Raises:
        RequestError: nothing is open.
    """
    first, last = 0, plan.end
    if canvas is not None:
        holes = [hole for hole in canvas.holes if not hole.silent and hole.start < hole.end]
        if not holes:
            raise RequestError(NOTHING_BEGINS)
        first, last = min(hole.start for hole in holes), max(hole.end for hole in holes)
    bars = [tick for tick in [*(plan.bar_starts or ())][bool(plan.pickup) :] if first <= tick < last]
    # The last passage is no shorter than the others: of one bar or two all versions are alike.
    inner = bars[STAGE_BARS : len(bars) - STAGE_BARS + 1 : STAGE_BARS]
    return [*inner, last]


def _start(plan: Plan, canvas: StaffCanvas | None) -> int:
    """The tick from which on is heard: some bars before the first that is open."""
    if canvas is None:
        return 0
    first = min(hole.start for hole in canvas.holes if not hole.silent)
    bars = [tick for tick in plan.bar_starts or () if tick <= first]
    return bars[-HEARD_BARS] if len(bars) > HEARD_BARS else 0


def _after_given(
    weights: StavesWeights, plan: Plan, asked: StaffAsked, start: int, tick: Callable[[float], None]
) -> StaffMoment | None:
    """Where the first note is open, all before it given and so the same for all versions; None = from the start."""
    if asked.canvas is None:
        return None
    first = min(hole.start for hole in asked.canvas.holes if not hole.silent)
    if first <= start:
        return None
    alone = StaffDrawing(weights, [plan], seeds=[0], asked=replace(asked, guarded=False), start=start)
    alone.advance(first, lambda _: tick(first / plan.end))  # what is given is done
    kept = alone.moments[0]
    assert kept is not None
    show_kept(tick, kept.piece.music, kept.piece.music.end)
    return kept


def _best(
    reached: Sequence[StaffMoment],
    before: StaffMoment | None,
    plan: Plan,
    asked: StaffAsked,
    originality: Originality | None,
) -> StaffMoment | None:
    """The version from which least is taken off that does not copy; None = all do."""
    older = before.piece if before is not None else None
    if len(reached) == 1 and originality is None:
        return reached[0]
    ends_open = _ends_open(plan, asked.canvas)
    verdicts = [
        judge(moment.piece, plan, before=older, ends_open=ends_open, figures=asked.figures) for moment in reached
    ]
    typical = median(verdict.nll_per_note for verdict in verdicts)
    in_order = sorted(range(len(reached)), key=lambda i: verdicts[i].penalty(typical))
    kept = (
        reached[i] for i in in_order if originality is None or not originality.refuses(reached[i].piece.music, plan)
    )
    return next(kept, None)


def _ends_open(plan: Plan, canvas: StaffCanvas | None) -> bool:
    """The end of the piece is new."""
    return canvas is None or any(hole.end >= plan.end for hole in canvas.holes)


def _with_rest(piece: StaffDrawn, canvas: StaffCanvas | None) -> StaffDrawn:
    """The piece, and after what was drawn what is given."""
    if canvas is None:
        return piece
    given, music = canvas.given, piece.music
    later = given.notes[given.notes["onset"] >= music.end]
    notes = np.concatenate([music.notes, later])
    return replace(piece, music=replace(music, notes=notes, end=max(given.end, music.end)))


def _fresh(piece: StaffDrawn, canvas: StaffCanvas | None) -> StaffNotes:
    notes = piece.music.notes
    if canvas is None:
        return notes
    found: StaffNotes = notes[in_holes(notes, canvas.holes)]
    return found
