"""One restricted Boltzmann machine for all frames: which notes go together, and nothing of what was before.

Source: Smolensky (1986); Hinton (2002); on these rolls Boulanger-Lewandowski, Bengio and Vincent (ICML 2012).
Departures: AdamW instead of stochastic gradient descent; none found in the model.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from stretto.networks.boltzmann import BoltzmannNetwork, free_energy, log_sum
from stretto.networks.roll import RollBatch


@dataclass(frozen=True, kw_only=True)
class Config:
    """Everything that shapes the network."""

    n_pitches: int = 88
    n_hidden: int = 150
    n_gibbs: int = 15
    """Steps of contrastive divergence."""
    n_chains: int = 200
    n_temperatures: int = 10_000
    """Of its only estimate, which takes seconds; with 1,000 its standard deviation is 0.15 nats after training."""
    n_chains_measured: int = 1000


class Rbm(BoltzmannNetwork):
    """See the head of this file."""

    def __init__(self, config: Config) -> None:
        """Make the weights, at random."""
        super().__init__()
        self.config = c = config
        self.n_pitches, self.n_gibbs = c.n_pitches, c.n_gibbs
        self.n_chains, self.n_temperatures = c.n_chains, c.n_temperatures
        self.n_chains_measured, self.n_temperatures_measured = c.n_chains_measured, c.n_temperatures
        self.weight_PH = nn.Parameter(torch.randn(c.n_pitches, c.n_hidden) * 0.01)
        self.visible_P = nn.Parameter(torch.full((c.n_pitches,), -3.0))  # few of the pitches sound
        self.hidden_H = nn.Parameter(torch.zeros(c.n_hidden))

    def forward(self, batch: RollBatch) -> tuple[Tensor, Tensor]:
        """The biases of every frame."""
        return self.biases(batch.roll_BTP)

    def biases(self, roll_BTP: Tensor) -> tuple[Tensor, Tensor]:
        """The same at every frame."""
        shape = roll_BTP.shape[:2]
        return self.visible_P.expand(*shape, -1), self.hidden_H.expand(*shape, -1)

    @torch.no_grad()
    def estimate(self, batch: RollBatch, *, n_chains: int, n_temperatures: int) -> tuple[Tensor, Tensor]:
        """As in every machine, with one sum for all frames."""
        generator = torch.Generator(batch.roll_BTP.device).manual_seed(0)
        machine = self.visible_P[None], self.hidden_H[None], self.weight_PH
        total, deviation = log_sum(*machine, generator, n_chains=n_chains, n_temperatures=n_temperatures)
        energy_BT = free_energy(batch.roll_BTP, self.visible_P, self.hidden_H, self.weight_PH)
        return (energy_BT + total) * batch.mask_BT, deviation * batch.mask_BT

    def error_of(self, deviation_N: Tensor) -> tuple[float, float]:
        """All frames share one sum, hence one error."""
        return float(deviation_N.mean()), float(deviation_N.square().mean() / 2)
