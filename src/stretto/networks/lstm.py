"""One layer of long short-term memory: a cell that gates protect, so that what is far back is not forgotten.

Source: Hochreiter and Schmidhuber, "Long Short-Term Memory" (Neural Computation 9, 1997), with the forget gate of Gers,
Schmidhuber and Cummins (2000); on these rolls Chung et al. (2014) and Bai, Kolter and Koltun (2018).
Departures: dropout before the output.
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


class Lstm(IndependentNetwork):
    """See the head of this file."""

    def __init__(self, config: Config) -> None:
        """Make the weights, at random."""
        super().__init__(config.n_pitches, config.n_state, config.dropout)
        self.config = config
        self.time = nn.LSTM(config.n_pitches, config.n_state, batch_first=True)

    def past(self, before_BTP: Tensor) -> Tensor:
        """State before each frame, (B, T, n_state)."""
        state: Tensor = self.time(before_BTP)[0]
        return state
