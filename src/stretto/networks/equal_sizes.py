"""How wide a network must be with one cell to have as many weights as with another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import nn

from stretto.networks.flagship import Config, Flagship


def equal_sizes(cell: str, like: Config) -> tuple[int, int]:
    """`n_state` and `n_pitch_state` with which the flagship has, with this cell, as many weights as `like` has.

    First the axis of each pitch, with what reads it, is made equal by itself, then the whole network: else a cell
    of few weights a unit would spend them all where they cost most time.
    """
    plain = replace(like, cell=cell)
    pitch_state = _nearest(
        _pitch_weights(_shape(like)), lambda n: _pitch_weights(_shape(replace(plain, n_pitch_state=n)))
    )
    plain = replace(plain, n_pitch_state=pitch_state)
    return _nearest(n_weights(_shape(like)), lambda n: n_weights(_shape(replace(plain, n_state=n)))), pitch_state


def n_weights(network: nn.Module) -> int:
    """Trained numbers of a network."""
    return sum(weight.numel() for weight in network.parameters())


def _pitch_weights(net: Flagship) -> int:
    return n_weights(nn.ModuleList([net.pitch_time, net.from_pitch, net.go_on]))


def _shape(config: Config) -> Flagship:
    """A network without numbers."""
    with torch.device("meta"):
        return Flagship(config)


def _nearest(wished: int, count: Callable[[int], int]) -> int:
    """The width whose count, which rises with it, is nearest."""
    low, high = 1, 2
    while count(high) < wished:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if count(middle) < wished else (low, middle)
    return min((low, high), key=lambda n: abs(count(n) - wished))
