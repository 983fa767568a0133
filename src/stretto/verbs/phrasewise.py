"""Several versions of every phrase side by side, of which the best goes on.

A piece of eight phrases that is good in all of them is rare among whole candidates; a good next
phrase is not. So the choice is made at every phrase end, and all candidates go on from the one kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush
from statistics import median

import numpy as np
from numpy.typing import NDArray

from stretto.engine.weights import FlagshipWeights
from stretto.evaluate.originality import CELL
from stretto.frames.canvas import Canvas
from stretto.frames.parts import PartFrames, notes_of_parts
from stretto.frames.plan import Plan
from stretto.score.model import TICKS_PER_QUARTER
from stretto.theory.cadence import KINDS
from stretto.verbs.asked import Asked
from stretto.verbs.faults import n_errors, with_what_follows
from stretto.verbs.judge import Verdict, judge, plan_key
from stretto.verbs.key_fit import key_behind
from stretto.verbs.originals import Originals, derived
from stretto.verbs.sample import Drawing, Drawn, Moment
from stretto.verbs.so_far import by_bars, show_kept
from stretto.verbs.tilt import Tilt, figures

REDRAWN = 4
"""How often a stretch is drawn anew, if all its versions copy the training music."""

CLOSE_ENOUGH = 8
"""Versions of which the errors of part-writing are counted: the best by all else, as counting takes its time."""

ERROR = 1.5
"""What is taken off for each."""

LIKENESS = 1.0
"""What is given for each nat by which figures tell a version for real."""

KEY_BEHIND = 3.0
"""What is taken off a new piece for each unit by which another key's profile fits better than that of the asked one."""

BEYOND = 1000.0
"""What puts the versions of which no errors are counted behind those of which they are."""


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The piece that was kept, and how it compared."""

    piece: Drawn
    verdict: Verdict
    n_stages: int
    """Stretches, each of which was chosen among all candidates."""

    def then(self, more: Chosen) -> Chosen:
        """With what was drawn after it, into the same piece."""
        one, other = self.piece, more.piece
        piece = replace(
            other,
            nats=one.nats + other.nats,
            n_notes=one.n_notes + other.n_notes,
            n_forbidden=one.n_forbidden + other.n_forbidden,
            acts=one.acts + other.acts,
        )
        return Chosen(piece=piece, verdict=more.verdict, n_stages=self.n_stages + more.n_stages)

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
    asked: Asked,
    value_shares: Mapping[int, float] | None = None,
    stops: Sequence[int] = (),
    tick: Callable[[float], None] = lambda share: None,
) -> Chosen:
    """Draw one piece, choosing the best of `len(seeds)` versions at every phrase end.

    Args:
        weights: the network.
        plan: what is known of the piece.
        seeds: of each version.
        asked: what is given and wished.
        value_shares: usual share of each note value, in ticks; none = not known.
        stops: ticks at which the best version goes on; none = after each phrase, and at the end.
        tick: told the share that is done, now and then; a `Watch` is shown the frames too.
    """
    cadences = cadences_of(plan)
    drawing = Drawing(weights, [plan] * len(seeds), seeds=seeds, asked=asked)
    open_TV = _open(asked.canvas) if asked.canvas is not None else None
    stops = stops or [*after_phrases(plan)[:-1], plan.end]
    kept = _after_given(weights, plan, asked, tick)
    for stop in stops:
        earlier = kept
        before = earlier.piece if earlier is not None else None
        since = before.frames.end if before is not None else 0
        for version in _drawings(drawing, plan, seeds, stop):
            drawing = version
            if earlier is not None:
                drawing.resume(earlier)
            drawing.advance(stop, by_bars(tick, drawing, plan.bar_starts or (0,), since))
            reached = [moment for moment in drawing.moments if moment is not None]
            verdicts = [
                judge(m.piece, plan, cadences, value_shares=value_shares, before=before, open_TV=open_TV)
                for m in reached
            ]
            kept = _best(_in_order(reached, verdicts, before, plan, asked), asked.originals)
            if kept is not None:
                show_kept(tick, kept.piece.frames, kept.at)
                break
    if kept is None:
        raise ValueError("there is nothing to draw")
    return Chosen(piece=kept.piece, verdict=judge(kept.piece, plan, cadences, open_TV=open_TV), n_stages=len(stops))


def _drawings(going: Drawing, plan: Plan, seeds: Sequence[int], stop: int) -> Iterator[Drawing]:
    """Those in which a stretch up to `stop` is drawn until a version may be kept: the one going on, then others.

    Raises:
        CopyError: after the last of them.
    """
    yield going
    originals = going.asked.originals
    if originals is None:
        return
    for again in range(1, 1 + REDRAWN):
        originals.n_redrawn += 1
        new = derived(seeds, stop, again)
        yield Drawing(going.weights, [plan] * len(seeds), seeds=new, asked=going.asked)
    raise originals.give_up(len(seeds) * (1 + REDRAWN))


def _after_given(weights: FlagshipWeights, plan: Plan, asked: Asked, tick: Callable[[float], None]) -> Moment | None:
    """Where the first note is open, all before it given and so the same for all versions; None = from the start."""
    if asked.canvas is None:
        return None
    first = int(asked.canvas.open_KV.any(axis=1).argmax())
    if not first:
        return None
    alone = Drawing(weights, [plan], seeds=[0], asked=asked)
    start = int(asked.canvas.frames.tick_T[first])
    alone.advance(start, lambda _: tick(start / plan.end))  # what is given is done
    kept = alone.moments[0]
    assert kept is not None
    show_kept(tick, kept.piece.frames, kept.at)
    return kept


def _open(canvas: Canvas) -> NDArray[np.bool_]:
    """What of a canvas is open, by eighths, (T, V)."""
    return canvas.open_KV[canvas.place_of(np.arange(0, canvas.frames.end, CELL, dtype=np.int32))]


def cadences_of(plan: Plan) -> tuple[str, ...]:
    """The cadence that each phrase is to make, as `theory.cadence` calls it; "other" = any."""
    closes = plan.closes or (0,) * len(plan.phrase_ends or ())
    return tuple(KINDS[close - 1] if close else "other" for close in closes)


def after_phrases(plan: Plan) -> list[int]:
    """Where the next phrase goes on: a voice may still come to rest within the beat of the last chord."""
    return [t + TICKS_PER_QUARTER for t in plan.phrase_ends or ()]


def _in_order(
    reached: Sequence[Moment], verdicts: Sequence[Verdict], before: Drawn | None, plan: Plan, asked: Asked
) -> Iterator[Moment]:
    """The versions, from the one from which least is taken off in all.

    Counting errors takes its time, and only adds to what is taken off: it is done for a version when it comes first.
    """
    typical = median(verdict.nll_per_note for verdict in verdicts)
    marks = np.array([verdict.penalty(typical) for verdict in verdicts])
    if asked.likeness is not None:
        marks -= LIKENESS * np.array([_likeness(moment.piece, plan, asked.likeness) for moment in reached])
    if asked.checked and asked.canvas is None and plan.tonic >= 0 and plan.mode:
        marks += KEY_BEHIND * np.array([key_behind(notes_of_parts(moment.piece.frames), plan) for moment in reached])
    uncounted = set[int]()
    if asked.checked:
        order = np.argsort(marks, kind="stable")
        marks[order[CLOSE_ENOUGH:]] += BEYOND
        uncounted = set(order[:CLOSE_ENOUGH].tolist())
    since, key = (before.frames.end if before is not None else 0), plan_key(plan)
    waiting = [(mark, i) for i, mark in enumerate(marks.tolist())]
    heapify(waiting)
    while waiting:
        mark, i = heappop(waiting)
        if i in uncounted:
            uncounted.remove(i)
            heard = reached[i].piece.frames
            if asked.canvas is not None:
                heard = with_what_follows(heard, asked.canvas)
            heappush(waiting, (mark + ERROR * n_errors(heard, plan, key, since), i))
        else:
            yield reached[i]


def _likeness(piece: Drawn, plan: Plan, likeness: Tilt) -> float:
    frames = piece.frames
    found = figures(frames.tick_T.astype(int), frames.pitch_TV.astype(int), plan.tonic, plan.pickup % TICKS_PER_QUARTER)
    return likeness.nats_of(found)


def _best(versions: Iterable[Moment], originals: Originals | None) -> Moment | None:
    """The first that does not copy; None = all do."""
    return next((v for v in versions if originals is None or not originals.refuses(v.piece.frames)), None)
