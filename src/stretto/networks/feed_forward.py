"""A feed-forward network over a window: it hears the last few frames, and forgets all before them.

Source: Rumelhart, Hinton and Williams, "Learning representations by back-propagating errors" (Nature 323, 1986);
on these rolls the MLP of Boulanger-Lewandowski, Bengio and Vincent (ICML 2012).
Departures: rectified units, dropout, AdamW and an average of the weights.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from stretto.networks.independent import IndependentNetwork


@dataclass(frozen=True, kw_only=True)
class Config:
    """Everything that shapes the network."""

    n_pitches: int = 88
    n_window: int = 8
    """Frames that are heard."""
    n_hidden: int = 200
    dropout: float = 0.4


class FeedForward(IndependentNetwork):
    """See the head of this file."""

    def __init__(self, config: Config) -> None:
        """Make the weights, at random."""
        super().__init__(config.n_pitches, config.n_hidden, config.dropout)
        self.config = c = config
        self.layers = nn.Sequential(
            nn.Linear(c.n_window * c.n_pitches, c.n_hidden),
            nn.ReLU(),
            nn.Dropout(c.dropout),
            nn.Linear(c.n_hidden, c.n_hidden),
            nn.ReLU(),
        )

    def past(self, before_BTP: Tensor) -> Tensor:
        """What the window says, (B, T, n_hidden); before the piece is silence."""
        n = self.config.n_window
        padded = functional.pad(before_BTP, (0, 0, n - 1, 0))
        window = torch.cat([padded[:, i : i + before_BTP.shape[1]] for i in range(n)], -1)
        out: Tensor = self.layers(window)
        return out
