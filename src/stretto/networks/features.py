"""What one sees of parts without their key: how far each moved, how far apart two are, how high a pitch lies."""

# Shapes: any; pitches are indices from a network's lowest one, -1 rests, -2 has no past.

from __future__ import annotations

import torch
from torch import Tensor


def motion(pitch: Tensor, before: Tensor) -> Tensor:
    """Melodic interval of each part, 0..26 = -13..13; 27 begins after a rest, 28 rests, 29 has no past."""
    moved = (pitch - before).clamp(-13, 13) + 13
    silent = torch.where(pitch < 0, 28, 27)
    return torch.where((pitch >= 0) & (before >= 0), moved, torch.where(before == -2, 29, silent))


def interval(upper: Tensor, lower: Tensor) -> Tensor:
    """Interval between two parts, 0..38 = -2..36 and beyond; 39 = one of them rests."""
    return torch.where((upper >= 0) & (lower >= 0), (upper - lower).clamp(-2, 36) + 2, 39)


def heights(octave: Tensor) -> Tensor:
    """Eight smooth features of height in octaves from middle C."""
    waves = [f(k * octave) for k in (1.0, 2.0, 0.5) for f in (torch.sin, torch.cos)]
    return torch.stack([*waves, octave, octave * octave], -1)
