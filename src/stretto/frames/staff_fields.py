"""What the staves network is told at every tick of a plan, beside the notes: field by field, 0 = unknown."""

# Shapes: T moments, F fields.

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stretto.frames.plan import FIELD_NAMES, FIELDS, PERIODS, Plan

PERIOD_BARS = 8
"""Bars are counted modulo so many: phrases of two, four and eight bars stand on it."""

MAX_COMPOSERS = 24

DENSITIES = (0.8, 1.2, 1.6, 2.1, 2.7, 3.3, 4.0, 5.0, 6.2, 8.0, 11.0)
"""Edges of the field "density", in notes struck a quarter."""

POLYPHONIES = (1.2, 1.6, 2.0, 2.5, 3.0, 3.5, 4.2, 5.2)
"""Edges of the field "polyphony", in notes sounding together."""

FROM_PLAN = ("mode", "meter", "sixteenth", "subtick", "bar", "to_end")
"""Fields that are those of `frames.plan`."""

STAFF_FIELDS: dict[str, int] = {
    **{name: FIELDS[name] for name in FROM_PLAN},
    "bar_of_eight": 1 + PERIOD_BARS,
    "period": 1 + len(PERIODS),
    "composer": 1 + MAX_COMPOSERS,
    "density": 2 + len(DENSITIES),
    "polyphony": 2 + len(POLYPHONIES),
}
"""Name -> number of values."""


def staff_fields(plan: Plan, tick_T: NDArray[np.int32], composers: Sequence[str]) -> NDArray[np.int16]:
    """What is told at each tick, (T, F), in the order of STAFF_FIELDS.

    Args:
        plan: what is known of the piece.
        tick_T: where moments begin.
        composers: those that the network has a name for, in its order; others are unknown.
    """
    told_TF = plan.fields_at(tick_T)
    columns = [told_TF[:, FIELD_NAMES.index(name)] for name in FROM_PLAN]
    columns.append(_bar_of_eight(plan, tick_T))
    period = 1 + PERIODS.index(plan.period) if plan.period in PERIODS else 0
    composer = 1 + list(composers).index(plan.composer) if plan.composer in composers else 0
    density = 1 + int(np.searchsorted(DENSITIES, plan.density)) if plan.density else 0
    together = 1 + int(np.searchsorted(POLYPHONIES, plan.polyphony)) if plan.polyphony else 0
    columns += [np.full(len(tick_T), value, np.int16) for value in (period, composer, density, together)]
    return np.stack(columns, axis=1).astype(np.int16)


def _bar_of_eight(plan: Plan, tick_T: NDArray[np.int32]) -> NDArray[np.int16]:
    """Bars since bar 1, modulo 8; a pickup counts to the bar before."""
    if plan.bar_starts is None:
        return np.zeros(len(tick_T), np.int16)
    bar_T = np.searchsorted(np.array(plan.bar_starts), tick_T, side="right") - 1 - (plan.pickup > 0)
    found: NDArray[np.int16] = (1 + bar_T % PERIOD_BARS).astype(np.int16)
    return found
