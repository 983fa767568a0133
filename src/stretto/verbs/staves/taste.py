"""Choosing among options of many pieces at once, to taste."""

# Shapes: A pieces, O options, D durations or lengths.

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.verbs.taste import Taste

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]


def pick_strikes(weight_AO: Floats, rngs: Sequence[np.random.Generator], taste: Taste) -> Ints:
    """What a staff of every piece strikes next, or that it strikes no more, (A,).

    Whether it strikes is left to the network, as decision 0011 has it, for a cooler taste would thin the texture
    and leave players silent for good; which pitch is a matter of taste.
    """
    weight_AO = weight_AO.astype(np.float64)
    more_A = np.array([rng.random() for rng in rngs]) * weight_AO.sum(1) >= weight_AO[:, 0]
    choice_A = np.zeros(len(weight_AO), int)
    if more_A.any():
        striking = [rng for rng, more in zip(rngs, more_A, strict=True) if more]
        choice_A[more_A] = 1 + pick_rows(weight_AO[more_A, 1:], striking, taste)
    return choice_A


def pick_rows(weight_AO: Floats, rngs: Sequence[np.random.Generator], taste: Taste) -> Ints:
    """An option of every piece, by its weights after temperature and top-p, (A,)."""
    weight_AO = weight_AO.astype(np.float64) / weight_AO.max(1, keepdims=True)
    if taste.temperature != 1:
        weight_AO **= 1 / taste.temperature
    if taste.top_p < 1:
        order = np.argsort(-weight_AO, axis=1)
        sorted_AO = np.take_along_axis(weight_AO, order, 1)
        before_AO = sorted_AO.cumsum(1) - sorted_AO
        sorted_AO[before_AO >= taste.top_p * sorted_AO.sum(1, keepdims=True)] = 0
        np.put_along_axis(weight_AO, order, sorted_AO, 1)
    total_AO = weight_AO.cumsum(1)
    at_A = np.array([rng.random() for rng in rngs]) * total_AO[:, -1]
    found: Ints = np.minimum((total_AO <= at_A[:, None]).sum(1), weight_AO.shape[1] - 1)
    return found


def cut_at(share_AD: Floats, ticks_D: Ints, left_A: Ints) -> Floats:
    """Shares of lengths under a limit, and, as one more option, of all that reach it, (A, D + 1)."""
    inside_AD = ticks_D < left_A[:, None]
    out = np.zeros((len(share_AD), share_AD.shape[1] + 1))
    out[:, :-1] = np.where(inside_AD, share_AD, 0)
    out[:, -1] = np.where(inside_AD, 0, share_AD).sum(1)
    return out
