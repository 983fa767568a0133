"""What the Boltzmann machines share: their energy, their draws, and how large their sum of all chords is about.

A chord is likely where its energy is low; the sum over all 2^P chords that makes chances of energies cannot be written
down, only estimated: by a walk of many chains from a machine whose sum is known to the one in question.

Source: Salakhutdinov and Murray, "On the Quantitative Analysis of Deep Belief Networks" (ICML 2008), section 3;
contrastive divergence: Hinton, "Training Products of Experts by Minimizing Contrastive Divergence" (2002).
"""

# Shapes: N machines that share weights, each with its own biases; C chains, P pitches, H hidden units.

from __future__ import annotations

import math
from abc import abstractmethod
from itertools import pairwise

import torch
from torch import Tensor
from torch.nn import functional

from stretto.networks.roll import RollBatch, RollNetwork

MACHINES_TOGETHER = 512
WALK = 400
"""Steps of Gibbs sampling from one drawn frame to the next."""


def free_energy(chord: Tensor, visible: Tensor, hidden: Tensor, weight_PH: Tensor) -> Tensor:
    """Minus the log of what a chord weighs, hidden units summed out; the last axis of all but the weights goes away."""
    return -(chord * visible).sum(-1) - functional.softplus(hidden + chord @ weight_PH).sum(-1)


def gibbs(
    chord: Tensor, visible: Tensor, hidden: Tensor, weight_PH: Tensor, generator: torch.Generator, warmth: float = 1.0
) -> Tensor:
    """One step from chord to hidden units and back."""
    felt = _toss(warmth * (hidden + chord @ weight_PH), generator)
    return _toss(visible + warmth * (felt @ weight_PH.T), generator)


@torch.no_grad()
def log_sum(
    visible_NP: Tensor,
    hidden_NH: Tensor,
    weight_PH: Tensor,
    generator: torch.Generator,
    *,
    n_chains: int,
    n_temperatures: int,
) -> tuple[Tensor, Tensor]:
    """Log of the sum over all chords, by annealed importance sampling, and its standard deviation, (N,) each.

    The walk begins at the machine without weights, whose chords are independent tosses of its visible biases.
    The estimate is right on average for the sum, hence on average too small for its log: likelihoods look too good.
    """
    visible_1P, hidden_1H = visible_NP[:, None], hidden_NH[:, None]
    chord_NCP = _toss(visible_1P.expand(-1, n_chains, -1), generator)
    log_weight_NC = chord_NCP.new_zeros(chord_NCP.shape[:2])
    warmths = torch.linspace(0, 1, n_temperatures + 1).tolist()
    for cool, warm in pairwise(warmths):
        felt_NCH = hidden_1H + chord_NCP @ weight_PH
        log_weight_NC += (functional.softplus(warm * felt_NCH) - functional.softplus(cool * felt_NCH)).sum(-1)
        chord_NCP = gibbs(chord_NCP, visible_1P, hidden_1H, weight_PH, generator, warm)
    known_N = functional.softplus(visible_NP).sum(-1) + weight_PH.shape[1] * math.log(2)
    mean_N = torch.logsumexp(log_weight_NC, 1) - math.log(n_chains)
    relative_NC = torch.exp(log_weight_NC - mean_N[:, None])
    return known_N + mean_N, relative_NC.std(1) / math.sqrt(n_chains)


class BoltzmannNetwork(RollNetwork):
    """A network whose frames are Boltzmann machines with the same weights and each its own biases."""

    kind = "estimate"
    weight_PH: Tensor
    n_chains: int
    n_temperatures: int
    n_chains_measured: int
    n_temperatures_measured: int
    """Of figures, which are worth more time than the looks while training."""
    n_gibbs: int

    @abstractmethod
    def biases(self, roll_BTP: Tensor) -> tuple[Tensor, Tensor]:
        """Of the pitches, (B, T, P), and of the hidden units, (B, T, H), given the frames before."""

    def training_loss(self, batch: RollBatch, generator: torch.Generator) -> Tensor:
        """Contrastive divergence: how much lower the energy of music is than that of what is drawn from it."""
        visible_BTP, hidden_BTH = self.biases(batch.roll_BTP)
        drawn_BTP = batch.roll_BTP
        with torch.no_grad():
            for _ in range(self.n_gibbs):
                drawn_BTP = gibbs(drawn_BTP, visible_BTP, hidden_BTH, self.weight_PH, generator)
        music_BT = free_energy(batch.roll_BTP, visible_BTP, hidden_BTH, self.weight_PH)
        return (music_BT - free_energy(drawn_BTP, visible_BTP, hidden_BTH, self.weight_PH))[batch.mask_BT].mean()

    def nll_per_frame(self, batch: RollBatch) -> Tensor:
        """A quick estimate of the nats of each frame, (B, T); the same weights give the same."""
        return self.estimate(batch, n_chains=self.n_chains, n_temperatures=self.n_temperatures)[0]

    @torch.no_grad()
    def measure(self, batch: RollBatch) -> tuple[Tensor, Tensor]:
        """A careful estimate of the nats of each frame, and the standard deviations, (B, T) each."""
        return self.estimate(batch, n_chains=self.n_chains_measured, n_temperatures=self.n_temperatures_measured)

    def error_of(self, deviation_N: Tensor) -> tuple[float, float]:
        """Of the mean over frames with these deviations: its own, and by how much it is too small on average.

        The log of an average that is right on average falls short by half its variance, nearly.
        """
        own = float(deviation_N.square().sum().sqrt() / len(deviation_N))
        return own, float(deviation_N.square().mean() / 2)

    @torch.no_grad()
    def estimate(self, batch: RollBatch, *, n_chains: int, n_temperatures: int) -> tuple[Tensor, Tensor]:
        """Nats of each frame and their standard deviation, (B, T) each; those of padding are zero."""
        generator = torch.Generator(batch.roll_BTP.device).manual_seed(0)
        visible_BTP, hidden_BTH = self.biases(batch.roll_BTP)
        energy_BT = free_energy(batch.roll_BTP, visible_BTP, hidden_BTH, self.weight_PH)
        nats_BT, deviation_BT = torch.zeros_like(energy_BT), torch.zeros_like(energy_BT)
        sums = [
            log_sum(v, h, self.weight_PH, generator, n_chains=n_chains, n_temperatures=n_temperatures)
            for v, h in zip(
                torch.split(visible_BTP[batch.mask_BT], MACHINES_TOGETHER),
                torch.split(hidden_BTH[batch.mask_BT], MACHINES_TOGETHER),
                strict=True,
            )
        ]
        nats_BT[batch.mask_BT] = energy_BT[batch.mask_BT] + torch.cat([total for total, _ in sums])
        deviation_BT[batch.mask_BT] = torch.cat([deviation for _, deviation in sums])
        return nats_BT, deviation_BT

    @torch.no_grad()
    def sample(self, n_frames: int, generator: torch.Generator, *, opening: Tensor | None = None) -> Tensor:
        """Frame by frame, each after a walk from the frame before it."""
        self.eval()
        roll = torch.zeros(n_frames, self.n_pitches, device=self.weight_PH.device)
        given = 0 if opening is None else len(opening)
        if opening is not None:
            roll[:given] = opening
        for t in range(given, n_frames):
            visible_BTP, hidden_BTH = self.biases(roll[None, : t + 1])
            chord = _toss(visible_BTP[0, -1], generator)
            for step in range(WALK):
                warmth = min(1.0, 2 * (step + 1) / WALK)  # warmed up, then left to settle
                chord = gibbs(chord, visible_BTP[0, -1], hidden_BTH[0, -1], self.weight_PH, generator, warmth)
            roll[t] = chord
        return roll


def _toss(logit: Tensor, generator: torch.Generator) -> Tensor:
    return (torch.rand(logit.shape, generator=generator, device=logit.device) < torch.sigmoid(logit)).to(logit)
