"""What the Elman, GRU and LSTM networks share: one recurrent layer over the last frames."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor, nn

from stretto.networks.independent import IndependentNetwork


@dataclass(frozen=True, kw_only=True)
class Config:
    """Everything that shapes the network."""

    n_pitches: int = 88
    n_state: int = 200
    dropout: float = 0.4


class Recurrent(IndependentNetwork):
    """A network that differs from its kin by its cell alone."""

    cell: ClassVar[type[nn.RNN] | type[nn.GRU] | type[nn.LSTM]]

    def __init__(self, config: Config) -> None:
        """Make the weights, at random."""
        super().__init__(config.n_pitches, config.n_state, config.dropout)
        self.config = config
        self.time = self.cell(input_size=config.n_pitches, hidden_size=config.n_state, batch_first=True)

    def past(self, before_BTP: Tensor) -> Tensor:
        """State before each frame, (B, T, n_state)."""
        state: Tensor = self.time(before_BTP)[0]
        return state
