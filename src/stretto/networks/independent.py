"""What the networks share that guess every pitch of a frame on its own: a chord is then many coin tosses.

Exact, but a weaker family than a joint likelihood: it cannot say that two notes go together,
only that both are likely. Figures of the two stand in tables of their own.
"""

# Shapes: B pieces, T frames, P pitches, D features of the past.

from __future__ import annotations

from abc import abstractmethod

import torch
from torch import Tensor, nn
from torch.nn import functional

from stretto.networks.roll import LogitNetwork, RollBatch


class IndependentNetwork(LogitNetwork):
    """One logit a pitch from the frames before."""

    kind = "independent"

    def __init__(self, n_pitches: int, n_features: int, dropout: float) -> None:
        """Make what turns the past into chances."""
        super().__init__()
        self.n_pitches = n_pitches
        self.drop = nn.Dropout(dropout)
        self.chance = nn.Linear(n_features, n_pitches)
        nn.init.constant_(self.chance.bias, -3.0)  # few of the pitches sound

    @abstractmethod
    def past(self, before_BTP: Tensor) -> Tensor:
        """Features of the past of each frame, (B, T, D); `before_BTP` holds at t what sounded at t - 1."""

    def forward(self, batch: RollBatch) -> Tensor:
        """Logit of every pitch given the frames before, (B, T, P)."""
        before_BTP = functional.pad(batch.roll_BTP, (0, 0, 1, 0))[:, :-1]
        out: Tensor = self.chance(self.drop(self.past(before_BTP)))
        return out

    def draw_frame(self, roll_TP: Tensor, generator: torch.Generator) -> Tensor:
        """Every pitch by its own toss."""
        return (torch.rand(self.n_pitches, generator=generator) < self.last_chances(roll_TP)).float()
