"""Choosing one of several options, to taste."""

# Shapes: S streams, O = 2 + P options, P pitches.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.engine.flagship import FIRST_PITCH, GO_ON, TAKE_REST
from stretto.errors import RequestError

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]


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


def pick(log_SO: Floats, rngs: Sequence[np.random.Generator], taste: Taste) -> Ints:
    """An option for each stream: first whether a pitch is struck, as the network has it, then which, to taste."""
    p_SO = np.exp(log_SO.astype(np.float64))
    going_on_S, resting_S, struck_SP = p_SO[:, GO_ON], p_SO[:, TAKE_REST], p_SO[:, FIRST_PITCH:]
    at_S = _random(rngs) * (going_on_S + resting_S + struck_SP.sum(axis=1))
    option_S = np.where(at_S < going_on_S, GO_ON, TAKE_REST)
    strikes = np.flatnonzero(at_S >= going_on_S + resting_S)
    if len(strikes):
        option_S[strikes] = FIRST_PITCH + categorical(
            _tasted(struck_SP[strikes], taste), [rngs[s] for s in strikes.tolist()]
        )
    return option_S


def _tasted(p_SP: Floats, taste: Taste) -> Floats:
    """Weights of the pitches after temperature and top-p."""
    q_SP: Floats = p_SP / p_SP.max(axis=1, keepdims=True)
    if taste.temperature != 1:
        q_SP **= 1 / taste.temperature
    if taste.top_p < 1:
        order_SP = np.argsort(-q_SP, axis=1)
        falling_SP = np.take_along_axis(q_SP, order_SP, axis=1)
        before_SP = np.cumsum(falling_SP, axis=1) - falling_SP
        falling_SP[before_SP >= taste.top_p * q_SP.sum(axis=1, keepdims=True)] = 0
        np.put_along_axis(q_SP, order_SP, falling_SP, axis=1)
    return q_SP


def categorical(weight_SO: Floats, rngs: Sequence[np.random.Generator]) -> Ints:
    """An index for each stream, drawn by weight."""
    total_SO = weight_SO.cumsum(axis=1)
    at_S = _random(rngs).astype(total_SO.dtype) * total_SO[:, -1]
    index_S: Ints = np.minimum((total_SO <= at_S[:, None]).sum(axis=1), weight_SO.shape[1] - 1)
    return index_S


def _random(rngs: Sequence[np.random.Generator]) -> Floats:
    return np.array([rng.random() for rng in rngs])
