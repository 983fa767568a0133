"""The simple recurrent network: one layer of tanh units that hear the last frame and themselves.

Source: Elman, "Finding Structure in Time" (Cognitive Science 14, 1990); on these rolls
Boulanger-Lewandowski, Bengio and Vincent (ICML 2012).
Departures: dropout before the output; Adam instead of Hessian-free optimisation.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn

from stretto.networks.independent import IndependentNetwork


@dataclass(frozen=True, kw_only=True)
class Config:
    """Everything that shapes the network."""

    n_pitches: int = 88
    n_state: int = 200
    dropout: float = 0.4


class Elman(IndependentNetwork):
    """See the head of this file."""

    def __init__(self, config: Config) -> None:
        """Make the weights, at random."""
        super().__init__(config.n_pitches, config.n_state, config.dropout)
        self.config = config
        self.time = nn.RNN(config.n_pitches, config.n_state, batch_first=True)

    def past(self, before_BTP: Tensor) -> Tensor:
        """State before each frame, (B, T, n_state)."""
        state: Tensor = self.time(before_BTP)[0]
        return state
