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

from stretto.networks.roll import RollBatch, RollNetwork


class IndependentNetwork(RollNetwork):
    """One logit a pitch from the frames before."""

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

    def nll_per_frame(self, batch: RollBatch) -> Tensor:
        """Nats of each frame, (B, T)."""
        logit = self(batch)
        return functional.binary_cross_entropy_with_logits(logit, batch.roll_BTP, reduction="none").sum(-1)

    @torch.no_grad()
    def sample(self, n_frames: int, generator: torch.Generator, *, opening: Tensor | None = None) -> Tensor:
        """Frame by frame, every pitch by its own toss."""
        self.eval()
        roll = torch.zeros(n_frames, self.n_pitches)
        start = 0 if opening is None else len(opening)
        if opening is not None:
            roll[:start] = opening
        for t in range(start, n_frames):
            chance_P = torch.sigmoid(self(RollBatch.of([roll[: t + 1].numpy()]))[0, t])
            roll[t] = (torch.rand(self.n_pitches, generator=generator) < chance_P).float()
        return roll
