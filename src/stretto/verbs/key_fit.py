"""How clearly notes say the key that is asked for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stretto.frames.plan import Plan
from stretto.score.model import Notes
from stretto.theory.key import BELLMAN_BUDGE, KRUMHANSL_KESSLER, Profiles, pitch_class_weights, rank_keys


def key_behind(notes: Notes, plan: Plan) -> float:
    """How much worse the key of a plan fits than the best other one, by the two profiles' mean; 0 if better."""
    weights = pitch_class_weights(notes)
    return float(np.mean([_behind(weights, plan, profiles) for profiles in (BELLMAN_BUDGE, KRUMHANSL_KESSLER)]))


def _behind(weights: NDArray[np.float64], plan: Plan, profiles: Profiles) -> float:
    ranked = rank_keys(weights, profiles=profiles)
    own = next(r.fit for r in ranked if (r.key.tonic, r.key.mode) == (plan.tonic, plan.mode))
    return ranked[0].fit - own
