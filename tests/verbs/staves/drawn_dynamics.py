"""A dynamics network of random weights, and music for it."""

from __future__ import annotations

import numpy as np

from stretto.engine.dynamics import DynamicsWeights, weights_of
from stretto.frames.dynamics import MARKS, N_FORCE, N_TOLD
from stretto.frames.dynamics_features import N_FEATURES
from stretto.frames.plan import Plan
from stretto.frames.staves import STAFF_NOTE, StaffMusic


def random_dynamics_network(seed: int = 0, *, busy: float = 1.0) -> DynamicsWeights:
    """As training writes it, small; it marks as often as `busy` says, and anywhere."""
    rng = np.random.default_rng(seed)
    shapes = {
        "composer.weight": (1, 2),
        "see.weight": (4, N_FEATURES + 2 + N_TOLD),
        "see.bias": (4,),
        "mark.0.weight": (6, 13),
        "mark.0.bias": (6,),
        "mark.2.weight": (len(MARKS), 6),
        "mark.2.bias": (len(MARKS),),
        "wedge.0.weight": (6, 13 + len(MARKS)),
        "wedge.0.bias": (6,),
        "wedge.2.weight": (4, 6),
        "wedge.2.bias": (4,),
        "level.0.weight": (6, 8),
        "level.0.bias": (6,),
        "level.2.weight": (6, 6),
        "level.2.bias": (6,),
    }
    for name, n_in, n in (("hear.{}_l0", 4, 4), ("hear.{}_l0_reverse", 4, 4), ("write.{}_l0", 8 + N_FORCE, 5)):
        for kind, shape in (("weight_ih", (3 * n, n_in)), ("weight_hh", (3 * n, n)), ("bias_ih", (3 * n,))):
            shapes[name.format(kind)] = shape
        shapes[name.format("bias_hh")] = (3 * n,)
    tensors = {name: 0.5 * rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    tensors["mark.2.bias"][0] -= busy
    tensors["wedge.2.bias"][3] += 2
    return weights_of(tensors, {"composers": (), "n_composer": 2, "n_heard": 4})


def bars(text: str, *, n_staves: int = 2, period: str = "romantic") -> tuple[StaffMusic, Plan]:
    """A character a quarter, four a bar: x = every staff strikes, o = the first alone, - = held, . = silence."""
    rows = []
    for i, sign in enumerate(text):
        if sign in "xo":
            held = len(text[i + 1 :]) - len(text[i + 1 :].lstrip("-"))
            staves = range(n_staves) if sign == "x" else [0]
            rows += [(24 * i, 24 * (1 + held), 72 - 12 * staff, staff) for staff in staves]
    notes = np.array(sorted(rows, key=lambda row: (row[0], row[3])), STAFF_NOTE)
    n_bars = -(-len(text) // 4)
    plan = Plan(
        bar_starts=tuple(range(0, 96 * n_bars, 96)), bar_meters=("4/4",) * n_bars, end=96 * n_bars, period=period
    )
    return StaffMusic(notes=notes, end=96 * n_bars, n_staves=n_staves), plan
