"""Several versions of every phrase side by side, of which the best goes on.

A piece of eight phrases that is good in all of them is rare among whole candidates; a good next
phrase is not. So the choice is made at every phrase end, and all candidates go on from the one kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from stretto.engine.weights import FlagshipWeights
from stretto.frames.echo import Echo
from stretto.frames.plan import Plan
from stretto.score.model import TICKS_PER_QUARTER
from stretto.verbs.judge import Verdict, judge
from stretto.verbs.rules import Rules
from stretto.verbs.sample import NO_PULLS, Drawing, Drawn, Moment, Taste


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The piece that was kept, and how it compared."""

    piece: Drawn
    verdict: Verdict
    n_stages: int
    """Phrases, each of which was chosen among all candidates."""


def draw_by_phrases(
    weights: FlagshipWeights,
    plan: Plan,
    cadences: Sequence[str],
    *,
    seeds: Sequence[int],
    taste: Taste,
    rules: Rules | None = None,
    value_shares: Mapping[int, float] | None = None,
    echoes: Sequence[Echo] = (),
    pulls: Mapping[float, Sequence[Echo]] = NO_PULLS,
    tick: Callable[[float], None] = lambda share: None,
) -> Chosen:
    """Draw one piece, choosing the best of `len(seeds)` versions at every phrase end.

    Args:
        weights: the network.
        plan: what is known of the piece.
        cadences: kind of cadence planned for each phrase end.
        seeds: one a version.
        taste: temperature and top-p.
        rules: what must not happen; None = anything the network gives.
        value_shares: usual share of each note value, in ticks; none = not known.
        echoes: passages that are asked to recall earlier ones.
        pulls: nats by which what echoes ask for is made likelier, or less likely.
        tick: told the share that is done.
    """
    drawing = Drawing(weights, [plan] * len(seeds), seeds=seeds, taste=taste, rules=rules, echoes=echoes, pulls=pulls)
    # A voice may still come to rest, or set out again, within the beat of the last chord.
    stops = [*(t + TICKS_PER_QUARTER for t in (plan.phrase_ends or ())[:-1]), plan.end]
    kept: Moment | None = None
    for stop in stops:
        if kept is not None:
            drawing.resume(kept)
        drawing.advance(stop, tick)
        earlier = kept.piece if kept is not None else None
        reached = [moment for moment in drawing.moments if moment is not None]
        verdicts = [judge(m.piece, plan, cadences, value_shares=value_shares, before=earlier) for m in reached]
        kept = reached[_best(verdicts)]
    if kept is None:
        raise ValueError("a plan has at least one phrase")
    return Chosen(piece=kept.piece, verdict=judge(kept.piece, plan, cadences), n_stages=len(stops))


def _best(verdicts: Sequence[Verdict]) -> int:
    typical = median(verdict.nll_per_note for verdict in verdicts)
    return min(range(len(verdicts)), key=lambda i: verdicts[i].penalty(typical))
