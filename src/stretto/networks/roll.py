"""What every network on piano-rolls shares: the batch it reads, and what it promises.

A roll has a cell for each frame and pitch: sounding or not. Held and repeated notes look alike,
as in the public benchmarks.
"""

# Shapes: B pieces, T frames, P pitches.

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

Kind = Literal["joint", "independent", "estimate", "gaps"]
"""What a network's nats are: of whole chords, exact; of a product over pitches, exact but a weaker family; a bound
or an estimate, never exact; of gaps whose future is known. Figures of two kinds never stand in one table."""


@dataclass(frozen=True, eq=False, kw_only=True)
class RollBatch:
    """Pieces of different lengths, padded; the padding is masked by `mask_BT`."""

    roll_BTP: Tensor
    """1 = sounding, 0 = silent, as floats."""
    mask_BT: Tensor
    index_BT: Tensor
    """Number of each frame in its piece, from 0: all that a benchmark may know beside the past."""

    @classmethod
    def of(cls, rolls: Sequence[NDArray[Any]], *, starts: Sequence[int] = ()) -> RollBatch:
        """Pad to the longest.

        Args:
            rolls: (T, P) each, 0 or 1.
            starts: frame of its piece at which each begins; none = they are whole.
        """
        longest = max(len(roll) for roll in rolls)
        padded = np.zeros((len(rolls), longest, rolls[0].shape[1]), np.float32)
        for row, roll in zip(padded, rolls, strict=True):
            row[: len(roll)] = roll
        lengths = torch.tensor([len(roll) for roll in rolls])
        first = torch.tensor([*starts] or [0] * len(rolls))
        return cls(
            roll_BTP=torch.from_numpy(padded),
            mask_BT=torch.arange(longest) < lengths[:, None],
            index_BT=first[:, None] + torch.arange(longest),
        )

    def to(self, where: torch.device | str | torch.dtype) -> RollBatch:
        """The same, elsewhere, or with cells of another kind of number."""
        if isinstance(where, torch.dtype):
            return replace(self, roll_BTP=self.roll_BTP.to(where))
        return RollBatch(
            roll_BTP=self.roll_BTP.to(where), mask_BT=self.mask_BT.to(where), index_BT=self.index_BT.to(where)
        )


class RollNetwork(nn.Module, ABC):
    """A network that says how likely every frame is; `kind` says given what, and how exactly."""

    kind: ClassVar[Kind] = "joint"
    n_pitches: int

    def training_loss(self, batch: RollBatch, generator: torch.Generator) -> Tensor:
        """What training makes small: nats a frame, unless a network is trained by other means than its likelihood.

        Args:
            batch: training pieces, or windows of them.
            generator: of every draw that the loss itself needs.
        """
        return self.nll_per_frame(batch)[batch.mask_BT].mean()

    @abstractmethod
    def nll_per_frame(self, batch: RollBatch) -> Tensor:
        """Nats of each frame given those before it, all its pitches together, (B, T); the padding's mean nothing."""

    @abstractmethod
    def sample(self, n_frames: int, generator: torch.Generator, *, opening: Tensor | None = None) -> Tensor:
        """A new roll, (T, P), that begins with `opening`, if one is given."""


def nats_of_tosses(logit: Tensor, sounds: Tensor) -> Tensor:
    """Nats of every cell as a toss of its own; in single precision at least."""
    exact = logit.float() if logit.dtype == torch.bfloat16 else logit
    return functional.binary_cross_entropy_with_logits(exact, sounds, reduction="none")


class LogitNetwork(RollNetwork):
    """One that gives each pitch of a frame a logit: the chance of a chord is the product over its pitches."""

    @abstractmethod
    def forward(self, batch: RollBatch) -> Tensor:
        """Logit of every pitch given the frames before it, (B, T, P)."""

    @abstractmethod
    def draw_frame(self, roll_TP: Tensor, generator: torch.Generator) -> Tensor:
        """A new last frame, (P,), of a roll whose last frame is still silent."""

    def nll_per_frame(self, batch: RollBatch) -> Tensor:
        """Nats of each frame, (B, T)."""
        return nats_of_tosses(self(batch), batch.roll_BTP).sum(-1)

    @torch.no_grad()
    def sample(self, n_frames: int, generator: torch.Generator, *, opening: Tensor | None = None) -> Tensor:
        """Frame by frame."""
        self.eval()
        roll = torch.zeros(n_frames, self.n_pitches)
        start = 0 if opening is None else len(opening)
        if opening is not None:
            roll[:start] = opening
        for t in range(start, n_frames):
            roll[t] = self.draw_frame(roll[: t + 1], generator)
        return roll

    def last_chances(self, roll_TP: Tensor) -> Tensor:
        """How likely each pitch of the last frame sounds, (P,)."""
        return torch.sigmoid(self(RollBatch.of([roll_TP.numpy()]))[0, -1])
