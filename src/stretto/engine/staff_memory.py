"""What one piece of a staves engine remembers, to go on from it later: of several versions the best goes on."""

# Shapes: T moments.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.engine.staves import StavesEngine

BY_MOMENT = ("tick_NT", "went_NTH", "address_NTX")
STANDING = (
    "ends_NVP", "strikes_NVZP", "faded_NVZP", "faded_NZC", "outer_NV", "inner_NV", "duration_NV",
)  # fmt: skip
"""What `engine.staff_past.StaffPast` keeps: one row a moment, and as it stands."""


@dataclass(frozen=True, eq=False, kw_only=True)
class StaffMemory:
    """Of one piece after its last moment."""

    state: tuple[NDArray[Any], NDArray[Any]]
    """Of the recurrence along time."""
    past: Mapping[str, NDArray[Any]]
    n_moments: int


def memory_of(engine: StavesEngine, piece: int) -> StaffMemory:
    """All that one piece remembers."""
    past, t = engine.past, engine.past.t
    kept = {name: getattr(past, name)[piece, :t].copy() for name in BY_MOMENT}
    kept |= {name: getattr(past, name)[piece].copy() for name in STANDING}
    return StaffMemory(state=(engine.h_NG[piece].copy(), engine.c_NG[piece].copy()), past=kept, n_moments=t)


def resume(engine: StavesEngine, memory: StaffMemory) -> None:
    """Every piece goes on from there; all must be in the key that it was in."""
    past, n, t = engine.past, engine.n, memory.n_moments
    engine.h_NG, engine.c_NG = (np.repeat(x[None], n, axis=0) for x in memory.state)
    for name in STANDING:
        setattr(past, name, np.repeat(memory.past[name][None], n, axis=0))
    for name in BY_MOMENT:
        table = getattr(past, name)
        if table.shape[1] < t:
            table = np.concatenate(
                [table, np.zeros((n, t - table.shape[1] + 64, *table.shape[2:]), table.dtype)], axis=1
            )
            setattr(past, name, table)
        table[:, :t] = memory.past[name]
        table[:, t:] = 0
    past.t = t
