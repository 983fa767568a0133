"""One layer of gated recurrent units: two gates decide what is kept and what is heard anew.

Source: Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder" (EMNLP 2014); on these rolls
Chung et al., "Empirical Evaluation of Gated Recurrent Neural Networks on Sequence Modeling" (2014).
Departures: dropout before the output; Adam instead of RMSProp with weight noise.
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


class Gru(IndependentNetwork):
    """See the head of this file."""

    def __init__(self, config: Config) -> None:
        """Make the weights, at random."""
        super().__init__(config.n_pitches, config.n_state, config.dropout)
        self.config = config
        self.time = nn.GRU(config.n_pitches, config.n_state, batch_first=True)

    def past(self, before_BTP: Tensor) -> Tensor:
        """State before each frame, (B, T, n_state)."""
        state: Tensor = self.time(before_BTP)[0]
        return state
