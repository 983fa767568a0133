"""Metre and pickup of pieces whose source does not say: those that fit notes and phrases best.

`jsb16` holds bare pitches. A network that has learned metre from the pieces that say theirs
can hear it in those that do not; but what it has heard too little of surprises it as little as
anything, so where phrases end, how far apart, and how common a metre is, have their say.
What is not sure stays unknown.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import torch

from stretto.corpus.piece import Piece
from stretto.frames.example import example_of
from stretto.frames.plan import Plan, bar_ticks
from stretto.networks.batch import Batch
from stretto.networks.flagship import Flagship
from stretto.score.model import TICKS_PER_QUARTER
from stretto.train.phrase_ear import marks_phrases

HYPOTHESES = tuple((meter, TICKS_PER_QUARTER * beats) for meter in ("4/4", "3/4") for beats in range(int(meter[0])))
"""Metre, and pickup in ticks."""

MARGIN = 3.0
"""Nats by which the best hypothesis must lead the next."""

SMOOTH = 0.3
"""Added to every count of phrases."""


class BarSense:
    """What pieces that say their metre teach of phrases: how long they are, and where in the bar they end."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        """Count; a metre of which nothing is known is only rare, not impossible."""
        self._prior: Counter[tuple[str, int]] = Counter(dict.fromkeys(HYPOTHESES, 0.5))
        self._length: dict[str, Counter[int]] = {}
        self._place: dict[str, Counter[int]] = {}
        for piece in pieces:
            hypothesis = _hypothesis_of(piece.plan)
            if hypothesis is None:
                continue
            self._prior[hypothesis] += 1
            if marks_phrases(piece):
                meter, pickup = hypothesis
                self._length.setdefault(meter, Counter()).update(_lengths(piece.plan))
                self._place.setdefault(meter, Counter()).update(_places(piece.plan, meter, pickup))

    def log_p(self, plan: Plan, meter: str, pickup: int) -> float:
        """Log-probability of a metre and pickup, and of the plan's phrases under them, up to a constant."""
        prior = math.log(self._prior[meter, pickup] / sum(self._prior.values()))
        lengths = _log_p(_lengths(plan), self._length.get(meter), 24)
        places = _log_p(_places(plan, meter, pickup), self._place.get(meter), int(meter[0]))
        return prior + lengths + places


def _lengths(plan: Plan) -> list[int]:
    """Quarters from each phrase end to the next."""
    ends = plan.phrase_ends or ()
    return [min(24, round((b - a) / TICKS_PER_QUARTER)) for a, b in pairwise(ends)]


def _places(plan: Plan, meter: str, pickup: int) -> list[int]:
    """Quarter of the bar in which each inner phrase ends."""
    return [(t - pickup) % bar_ticks(meter) // TICKS_PER_QUARTER for t in (plan.phrase_ends or ())[:-1]]


def _log_p(found: Sequence[int], counts: Counter[int] | None, n_kinds: int) -> float:
    known = counts or Counter()
    total = sum(known.values()) + SMOOTH * n_kinds
    return sum(math.log((known[value] + SMOOTH) / total) for value in found)


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """What labelling gave."""

    pieces: list[Piece]
    n_labelled: int
    n_unsure: int
    n_right: int
    """Of the pieces whose metre was known and hidden: heard right, pickup included."""
    n_wrong: int
    n_silent: int
    """Of those: not sure enough to say."""


def label_meters(net: Flagship, pieces: Sequence[Piece], *, style: str = "bach") -> Labelled:
    """Give a metre to every piece of `style` that has none, and test the ear on those that have one."""
    own = [piece for piece in pieces if piece.plan.style == style and not piece.fused]
    sense = BarSense(own)
    out: list[Piece] = []
    labelled = unsure = right = wrong = silent = 0
    for piece in pieces:
        plan = piece.plan
        known = plan.bar_starts is not None
        if plan.style != style or (known and not _hypothesis_of(plan)):
            out.append(piece)
            continue
        # A piece whose metre is known must not be its own witness.
        heard = hear_meter(net, piece, BarSense([p for p in own if p is not piece]) if known else sense)
        if known:
            out.append(piece)
            right += heard == _hypothesis_of(plan)
            wrong += heard is not None and heard != _hypothesis_of(plan)
            silent += heard is None
        elif heard is None:
            out.append(piece)
            unsure += 1
        else:
            out.append(replace(piece, plan=with_meter(plan, *heard)))
            labelled += 1
    return Labelled(pieces=out, n_labelled=labelled, n_unsure=unsure, n_right=right, n_wrong=wrong, n_silent=silent)


@torch.no_grad()
def hear_meter(net: Flagship, piece: Piece, sense: BarSense) -> tuple[str, int] | None:
    """The metre and pickup (ticks) that fit a piece's notes and phrases best, or None if two fit nearly alike."""
    net.eval()
    bare = piece.plan.without("meter")
    examples = [
        example_of(piece.frames, with_meter(bare, meter, pickup), net.config.durations) for meter, pickup in HYPOTHESES
    ]
    batch = Batch.of(examples, lowest=net.config.lowest)
    parts, length = net(batch)
    nats = -((parts.sum(-1) + length) * batch.mask_BT).sum(1)
    nats -= torch.tensor([sense.log_p(piece.plan, *hypothesis) for hypothesis in HYPOTHESES])
    best, second = nats.topk(2, largest=False)[0].tolist()
    return HYPOTHESES[int(nats.argmin())] if second - best >= MARGIN else None


def with_meter(plan: Plan, meter: str, pickup: int) -> Plan:
    """The plan with bars of one metre up to its end."""
    full = bar_ticks(meter)
    starts = [0] if pickup else []
    starts += list(range(pickup, max(plan.end, pickup + 1), full))
    return replace(plan, bar_starts=tuple(starts), bar_meters=(meter,) * len(starts), pickup=pickup)


def _hypothesis_of(plan: Plan) -> tuple[str, int] | None:
    """The metre and pickup of a plan, if they are among those that can be heard."""
    if len(set(plan.bar_meters)) != 1 or plan.pickup % TICKS_PER_QUARTER:
        return None
    found = (plan.bar_meters[0], plan.pickup)
    return found if found in HYPOTHESES else None
