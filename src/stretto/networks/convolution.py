"""A temporal convolutional network: layers whose holes double, so that the last hears far back in few steps.

Source: Bai, Kolter and Koltun, "An Empirical Evaluation of Generic Convolutional and Recurrent Networks for
Sequence Modeling" (2018), after WaveNet (van den Oord et al. 2016).
Departures:
    1. No weight normalisation; one convolution a block instead of two.
    2. A layer of width one first; units are rectified before a convolution, and nothing after the sum.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional

from stretto.networks.independent import IndependentNetwork


@dataclass(frozen=True, kw_only=True)
class Config:
    """Everything that shapes the network."""

    n_pitches: int = 88
    n_channels: int = 150
    n_layers: int = 4
    n_width: int = 3
    """Frames that one layer sees, `2 ** layer` apart: together 1 + 2 * (2 ** n_layers - 1)."""
    dropout: float = 0.4


class Convolution(IndependentNetwork):
    """See the head of this file."""

    def __init__(self, config: Config) -> None:
        """Make the weights, at random."""
        super().__init__(config.n_pitches, config.n_channels, config.dropout)
        self.config = c = config
        self.first = nn.Conv1d(c.n_pitches, c.n_channels, 1)
        self.layers = nn.ModuleList(
            nn.Conv1d(c.n_channels, c.n_channels, c.n_width, dilation=2**i) for i in range(c.n_layers)
        )

    def past(self, before_BTP: Tensor) -> Tensor:
        """What the layers hear of the past, (B, T, n_channels)."""
        x = self.first(before_BTP.transpose(1, 2))
        for i, layer in enumerate(self.layers):
            # Padded on the left alone: no frame hears what comes after it.
            heard = layer(functional.pad(functional.relu(x), ((self.config.n_width - 1) * 2**i, 0)))
            x = x + self.drop(heard)
        return functional.relu(x).transpose(1, 2)
