"""What notes say to a pitch by their intervals alone: all pitches share the weights.

It is the convolution of images along one axis, the keyboard, and computes the same. A kernel as long as the
keyboard is quicker as one matrix product.
"""

# Shapes: N frames, C channels, P pitches, E features.

from __future__ import annotations

import torch
from torch import Tensor, nn


class Intervals(nn.Module):
    """Features of every pitch from the notes at all distances, or from those below it."""

    def __init__(self, n_pitches: int, n_channels: int, n_features: int, *, below: bool = False) -> None:
        """Make the weights, at random; `below` leaves out the pitch itself and all above it."""
        super().__init__()
        self.n_pitches, self.below = n_pitches, below
        n_intervals = n_pitches - 1 if below else 2 * n_pitches - 1
        bound = (n_channels * n_intervals or 1) ** -0.5
        # Of an interval of -(n_pitches - 1) first.
        self.weight = nn.Parameter(torch.empty(n_features, n_channels, n_intervals).uniform_(-bound, bound))

    def forward(self, heard_NCP: Tensor) -> Tensor:
        """(N, C, P) -> (N, P, E)."""
        p = self.n_pitches
        weight = nn.functional.pad(self.weight, (0, p)) if self.below else self.weight
        # Row i of the windows is how pitch P - 1 - i hears all pitches.
        by_pitch_ECPP = weight.unfold(-1, p, 1).flip(2)
        matrix = by_pitch_ECPP.permute(1, 3, 2, 0).reshape(-1, p * weight.shape[0])
        return (heard_NCP.flatten(1) @ matrix).view(len(heard_NCP), p, -1)
