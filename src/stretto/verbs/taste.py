"""Choosing one of several options, to taste."""

# Shapes: O = 2 + P options, P pitches.

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.engine.flagship import FIRST_PITCH, GO_ON, TAKE_REST
from stretto.errors import RequestError

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, kw_only=True)
class Taste:
    """How freely to draw."""

    temperature: float = 1.0
    """Of the choice *which* pitch is struck; *whether* one is struck is left to the network, or
    cooling would thin the texture."""
    top_p: float = 1.0
    """Keep only the likeliest pitches that together have this share."""


MAX_CANDIDATES = 64


def check_drawing(temperature: float, top_p: float, candidates: int) -> None:
    """Refuse a taste, or a number of versions, that is none.

    Raises:
        RequestError: says what is possible.
    """
    if not 0.05 <= temperature <= 5 or not 0 < top_p <= 1:
        raise RequestError(f"temperature {temperature:g}, top-p {top_p:g}: possible are 0.05 to 5, and over 0 to 1")
    if not 1 <= candidates <= MAX_CANDIDATES:
        raise RequestError(f"{candidates} candidates: possible are 1 to {MAX_CANDIDATES}")


def pick(log_O: Floats, rng: np.random.Generator, taste: Taste) -> int:
    """An option: first whether a pitch is struck, as the network has it, then which, to taste."""
    p = np.exp(log_O.astype(np.float64))
    going_on, resting, struck = float(p[GO_ON]), float(p[TAKE_REST]), p[FIRST_PITCH:]
    at = rng.random() * (going_on + resting + float(struck.sum()))
    if at < going_on:
        return GO_ON
    if at < going_on + resting:
        return TAKE_REST
    return FIRST_PITCH + categorical(_tasted(struck, taste), rng)


def _tasted(p_P: Floats, taste: Taste) -> Floats:
    """Weights of the pitches after temperature and top-p."""
    q: Floats = p_P / p_P.max()
    if taste.temperature != 1:
        q **= 1 / taste.temperature
    if taste.top_p < 1:
        order = np.argsort(-q)
        before = np.cumsum(q[order]) - q[order]
        q[order[before >= taste.top_p * q.sum()]] = 0
    return q


def categorical(weights: Floats, rng: np.random.Generator) -> int:
    """An index, drawn by weight."""
    total = weights.cumsum()
    return min(int(total.searchsorted(rng.random() * total[-1], side="right")), len(weights) - 1)
