"""What remembers along time: the cells that can stand in one another's place.

A cell hears one frame after another and keeps a state. Elman's makes its state anew each time, from the
frame and the state before. A gate instead decides what of the state stays as it is, so a note heard long
ago need not pass through all that was heard since.

    memoryless   no state: the last frame alone, the measure of what remembering is worth
    elman        the state is made anew each time
    gru          two gates, which hear the state
    lstm         three gates, which hear the state, and a cell that only they touch
    mingru       one gate, which hears the last frame alone: all frames are computed at once

Source of the minGRU: Feng, Tung, Ahmed, Bengio and Hajimirsadeghi, "Were RNNs All We Needed?" (2024, arXiv
2410.01201), section 3.1.3: z_t = sigmoid(W x_t), g_t = W' x_t, h_t = (1 - z_t) h_{t-1} + z_t g_t.
Departures:
    1. The scan multiplies chances in blocks instead of adding logarithms: nothing is divided, so nothing
       overflows, and g_t may be negative, for which the paper's scan in log-space needs another g.
    2. One layer, as the other cells have here; the paper stacks several, since its gates are deaf to the state.
    3. W and W' have a bias, as torch's cells.
The other cells are torch's own: no departures of ours.
"""

# Shapes: B rows, T frames, I input, H hidden, C blocks, K frames of a block.

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from stretto.errors import RequestError


def recurrence(cell: str, n_in: int, n_state: int, *, batch_first: bool = False) -> nn.Module:
    """One layer of a cell, called as `nn.LSTM` is: (T, B, I), or (B, T, I) if `batch_first`, to states and the last.

    Raises:
        RequestError: there is no such cell.
    """
    check_cell(cell)
    return CELLS[cell](n_in, n_state, batch_first=batch_first)


def check_cell(cell: str) -> None:
    """Refuse a name that is no cell's.

    Raises:
        RequestError: there is no such cell.
    """
    if cell not in CELLS:
        raise RequestError(f"no cell {cell!r}; there are {', '.join(CELLS)}")


class MinGru(nn.Module):
    """See the head of this file."""

    def __init__(self, n_in: int, n_state: int, *, batch_first: bool = False) -> None:
        """Make the weights, at random, as wide as torch makes those of its cells."""
        super().__init__()
        self.batch_first = batch_first
        self.from_input = nn.Linear(n_in, 2 * n_state)
        for weight in self.parameters():
            nn.init.uniform_(weight, -1 / math.sqrt(n_state), 1 / math.sqrt(n_state))

    def forward(self, x: Tensor, h_1BH: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """All states, laid out as `x`, and the last one, (1, B, H)."""
        both = self.from_input(x.transpose(0, 1) if self.batch_first else x)
        # In half precision a share that stays of nearly 1 would be 1 itself, and nothing ever forgotten.
        gate, fresh = (both.float() if both.dtype == torch.bfloat16 else both).chunk(2, -1)
        new_TBH = torch.sigmoid(gate)
        added_TBH = new_TBH * fresh
        # The share that stays is sigmoid(-gate): 1 - sigmoid(gate) would lose its digits where it is small.
        kept_TBH = torch.sigmoid(-gate)
        if h_1BH is not None:
            added_TBH = torch.cat([added_TBH[:1] + kept_TBH[:1] * h_1BH, added_TBH[1:]])
        h_TBH = scan(kept_TBH, added_TBH)
        return (h_TBH.transpose(0, 1) if self.batch_first else h_TBH), h_TBH[-1:]


class Memoryless(nn.Module):
    """A layer that hears each frame alone."""

    def __init__(self, n_in: int, n_state: int, *, batch_first: bool = False) -> None:
        """Make the weights, at random; the layout matters to nothing but the last state."""
        super().__init__()
        self.batch_first = batch_first
        self.from_input = nn.Linear(n_in, n_state)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """All states, laid out as `x`, and the last one, (1, B, H)."""
        h = torch.tanh(self.from_input(x))
        return h, h[:, -1][None] if self.batch_first else h[-1:]


CELLS: dict[str, Callable[..., nn.Module]] = {
    "memoryless": Memoryless,
    "elman": nn.RNN,
    "gru": nn.GRU,
    "lstm": nn.LSTM,
    "mingru": MinGru,
}


WIDE = 16_384
"""Numbers of a frame from which one step after the other is quickest: blocks pay where steps are too small."""


def scan(kept_TBH: Tensor, added_TBH: Tensor) -> Tensor:
    """h_t = kept_t h_{t-1} + added_t from h = 0, for all t, in about 2 sqrt(T) steps unless frames are wide.

    Args:
        kept_TBH: between 0 and 1, so that no product overflows.
        added_TBH: any numbers.
    """
    found: Tensor = _Scan.apply(kept_TBH, added_TBH)  # type: ignore[no-untyped-call]
    return found


class _Scan(torch.autograd.Function):
    """The scan, whose gradient is a scan backwards in time: no step in between need be remembered."""

    @staticmethod
    def forward(ctx: Any, kept_TBH: Tensor, added_TBH: Tensor) -> Tensor:
        h_TBH = _scanned(kept_TBH, added_TBH)
        ctx.save_for_backward(kept_TBH, h_TBH)
        return h_TBH

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, from_h_TBH: Tensor) -> tuple[Tensor, Tensor]:
        kept_TBH, h_TBH = ctx.saved_tensors
        # What h_t is to the loss: what it is itself, and kept_{t+1} of what h_{t+1} is.
        kept_next = torch.cat([kept_TBH[1:], torch.zeros_like(kept_TBH[:1])])
        from_added = _scanned(kept_next.flip(0), from_h_TBH.flip(0)).flip(0)
        from_kept = torch.zeros_like(kept_TBH)
        torch.mul(from_added[1:], h_TBH[:-1], out=from_kept[1:])
        return from_kept, from_added


def _scanned(kept_TBH: Tensor, added_TBH: Tensor) -> Tensor:
    """The scan without a gradient: within all blocks at once, then from block to block."""
    t, *rest = kept_TBH.shape
    if math.prod(rest) >= WIDE:
        h_TBH = added_TBH.clone()
        for i in range(1, t):
            h_TBH[i].addcmul_(kept_TBH[i], h_TBH[i - 1])
        return h_TBH
    k = max(1, math.isqrt(t))
    n_blocks = -(-t // k)
    share_TBH, h_TBH = (x.new_zeros(n_blocks * k, *rest) for x in (kept_TBH, added_TBH))
    share_TBH[:t], h_TBH[:t] = kept_TBH, added_TBH
    share, h = (x.view(n_blocks, k, *rest) for x in (share_TBH, h_TBH))
    for i in range(1, k):
        h[:, i].addcmul_(share[:, i], h[:, i - 1])
        share[:, i].mul_(share[:, i - 1])  # from here on: what is left at i of the state before the block
    for block in range(1, n_blocks):
        h[block].addcmul_(share[block], h[block - 1, -1])
    return h_TBH[:t]
