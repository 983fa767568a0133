"""Metre and pickup of pieces whose source does not say: those under which the network is least surprised.

`jsb16` holds bare pitches. A network that has learned metre from the pieces that say theirs
can hear it in those that do not; what it is not sure of stays unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch

from stretto.corpus.piece import Piece
from stretto.frames.example import example_of
from stretto.frames.plan import Plan, bar_ticks
from stretto.networks.batch import Batch
from stretto.networks.flagship import Flagship
from stretto.score.model import TICKS_PER_QUARTER

HYPOTHESES = tuple((meter, 24 * beats) for meter in ("4/4", "3/4") for beats in range(int(meter[0])))
"""Metre, and pickup in ticks."""

MARGIN = 3.0
"""Nats by which the best hypothesis must lead the next."""


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
    out: list[Piece] = []
    labelled = unsure = right = wrong = silent = 0
    for piece in pieces:
        plan = piece.plan
        known = plan.bar_starts is not None
        if plan.style != style or (known and not _hypothesis_of(plan)):
            out.append(piece)
            continue
        heard = hear_meter(net, piece)
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
def hear_meter(net: Flagship, piece: Piece) -> tuple[str, int] | None:
    """The metre and pickup (ticks) that fit a piece's notes best, or None if two fit nearly alike."""
    net.eval()
    bare = piece.plan.without("meter")
    examples = [
        example_of(piece.frames, with_meter(bare, meter, pickup), net.config.durations) for meter, pickup in HYPOTHESES
    ]
    batch = Batch.of(examples, lowest=net.config.lowest)
    parts, length = net(batch)
    nats = -((parts.sum(-1) + length) * batch.mask_BT).sum(1)
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
