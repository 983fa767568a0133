"""Variational dropout: one mask for all that a thing is heard in."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def drop(net: nn.Module, rate: float, x: Tensor, *shared: int) -> Tensor:
    """`x` with a share `rate` of it set to nothing while `net` is in training; one mask along the axes `shared`.

    Source: Gal and Ghahramani, "A Theoretically Grounded Application of Dropout in Recurrent Neural Networks" (2016).
    """
    if not net.training or not rate:
        return x
    shape = [1 if i in shared else n for i, n in enumerate(x.shape)]
    return x * (torch.rand(shape, device=x.device) >= rate) / (1 - rate)
