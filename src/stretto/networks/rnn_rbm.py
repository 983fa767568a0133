"""A recurrent network hears the past and sets the biases of a Boltzmann machine, which then gives the chord: RNN-RBM.

Which notes go together is learned once, in the machine's weights; what the moment asks for comes from the past.
This split is what the biaxial networks inherit.

Source: Boulanger-Lewandowski, Bengio and Vincent, "Modeling Temporal Dependencies in High-Dimensional Sequences:
Application to Polyphonic Music Generation and Transcription" (ICML 2012), section 4, equations 7, 8 and 11.
Departures:
    1. AdamW, an average of the weights and dropout of the recurrent state, from random weights, instead of stochastic
       gradient descent from parts trained before.
    2. Likelihood by annealed importance sampling at every frame, with its deviation.
"""

# Shapes: B pieces, T frames, P pitches, U recurrent units, H hidden units.

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from stretto.networks.boltzmann import BoltzmannNetwork
from stretto.networks.dropout import drop
from stretto.networks.roll import RollBatch


@dataclass(frozen=True, kw_only=True)
class Config:
    """Everything that shapes the network."""

    n_pitches: int = 88
    n_state: int = 150
    n_hidden: int = 150
    dropout: float = 0.2
    n_gibbs: int = 15
    """Steps of contrastive divergence."""
    n_chains: int = 16
    n_temperatures: int = 100
    """Of the estimate of every single frame."""
    n_temperatures_measured: int = 500
    """With 100, likelihoods look too good by 0.045 nats after training; with 500 by 0.008."""


class RnnRbm(BoltzmannNetwork):
    """See the head of this file."""

    def __init__(self, config: Config) -> None:
        """Make the weights, at random."""
        super().__init__()
        self.config = c = config
        self.n_pitches, self.n_gibbs = c.n_pitches, c.n_gibbs
        self.n_chains, self.n_temperatures = c.n_chains, c.n_temperatures
        self.n_chains_measured, self.n_temperatures_measured = c.n_chains, c.n_temperatures_measured
        self.weight_PH = nn.Parameter(torch.randn(c.n_pitches, c.n_hidden) * 0.01)
        self.time = nn.RNN(c.n_pitches, c.n_state, batch_first=True)
        self.visible = nn.Linear(c.n_state, c.n_pitches)
        self.hidden = nn.Linear(c.n_state, c.n_hidden)
        nn.init.constant_(self.visible.bias, -3.0)  # few of the pitches sound

    def forward(self, batch: RollBatch) -> tuple[Tensor, Tensor]:
        """The biases of every frame given the frames before it."""
        return self.biases(batch.roll_BTP)

    def biases(self, roll_BTP: Tensor) -> tuple[Tensor, Tensor]:
        """Of the pitches, (B, T, P), and of the hidden units, (B, T, H), given the frames before."""
        before_BTP = functional.pad(roll_BTP, (0, 0, 1, 0))[:, :-1]
        state_BTU = drop(self, self.config.dropout, self.time(before_BTP)[0], 1)
        return self.visible(state_BTU), self.hidden(state_BTU)
