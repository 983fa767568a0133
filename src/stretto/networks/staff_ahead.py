"""What is given of what is to come, for the staves network: read once, from the end.

As `networks.ahead` for the parts network: what a user fixed is known in advance, so a recurrence reads it from right
to left, edge by edge of the canvas; what comes of it at a moment is a summary of all that is given from there on, and
the next given note of each staff.
"""

# Shapes: B pieces, T moments, E edges of the canvas, V staves, P pitches, C heights, A state.

from __future__ import annotations

import torch
from torch import Tensor, nn

from stretto.networks.staff_batch import NONE, StaffBatch, StaffCanvasBatch

LEFT_EDGES = (3, 6, 9, 12, 18, 24, 36, 48, 72, 96, 144, 192, 288, 384)
"""Ticks to the next edge, in bins."""

SOON_EDGES = (6, 12, 24, 48, 96)
N_SOON = len(SOON_EDGES) + 1
"""How soon a given note comes, in bins."""


class StaffAhead(nn.Module):
    """See the head of this file."""

    def __init__(self, v: int, n_heights: int, n_state: int, horizon: int) -> None:
        """Make the weights, at random."""
        super().__init__()
        self.v, self.n_heights, self.horizon = v, n_heights, horizon
        n_long, n_input = len(LEFT_EDGES) + 1, 96
        self.struck_in = nn.Parameter(torch.randn(v * n_heights, n_input) * 0.2)
        self.open_in = nn.Linear(v, n_input)
        self.long_in = nn.Embedding(n_long, n_input)
        self.time = nn.GRU(n_input, n_state, batch_first=True)
        self.out = nn.Linear(n_state, n_state)
        self.left_in = nn.Embedding(n_long, n_state)

    def forward(self, batch: StaffBatch, height_BP: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor] | None]:
        """What each moment knows of what is given after it, (B, T, A); pitch and nearness of the next given notes.

        The second: pitch (NONE) and bin of SOON_EDGES, (B, T, V) each; None = there is no canvas.
        """
        canvas = batch.canvas
        b, t = batch.mask_BT.shape
        if canvas is None:
            return torch.zeros(b, t, self.time.hidden_size, device=height_BP.device), None
        edges = torch.tensor(LEFT_EDGES, device=height_BP.device)
        index = height_BP[:, None, None].expand(*canvas.roll_BEVP.shape)
        placed = torch.zeros(*canvas.roll_BEVP.shape[:3], self.n_heights, device=height_BP.device)
        placed = placed.scatter_(3, index, canvas.roll_BEVP).flatten(2)
        seen = placed @ self.struck_in + self.open_in(canvas.open_BEV.to(placed.dtype))
        seen = torch.tanh(seen + self.long_in(torch.bucketize(canvas.left_BE, edges)))
        back = _backwards(canvas.mask_BE)
        state_BEA = _turned(self.time(_turned(seen, back))[0], back)
        known_BE = ((canvas.roll_BEVP.flatten(2).any(-1) & canvas.mask_BE).long().flip(1).cummax(1)[0]).flip(1).bool()
        at_BT = canvas.ahead_BT.clamp(max=state_BEA.shape[1] - 1)
        row = torch.arange(b, device=at_BT.device)[:, None]
        known_BT = known_BE[row, at_BT] & (canvas.ahead_BT < state_BEA.shape[1]) & (canvas.left_BT <= self.horizon)
        left_BT = torch.bucketize(canvas.left_BT, edges)
        whole = torch.tanh(self.out(state_BEA)[row, at_BT] + self.left_in(left_BT))
        return whole * known_BT[..., None], self._next(canvas, at_BT, row)

    def _next(self, canvas: StaffCanvasBatch, at_BT: Tensor, row: Tensor) -> tuple[Tensor, Tensor]:
        """The next given note of each staff: pitch or NONE, and bin."""
        n_edges = canvas.outer_BEV.shape[1]
        edge_E = torch.arange(n_edges, device=at_BT.device)[None, :, None]
        here = torch.where(canvas.outer_BEV != NONE, edge_E, n_edges)
        next_BEV = here.flip(1).cummin(1)[0].flip(1)
        since_BE = canvas.left_BE.cumsum(1) - canvas.left_BE
        then_BTV = next_BEV[row, at_BT]
        there = (then_BTV < n_edges) & (canvas.ahead_BT < n_edges)[..., None]
        then_BTV = then_BTV.clamp(max=n_edges - 1)
        ticks = since_BE[row[..., None], then_BTV] - since_BE[row, at_BT][..., None] + canvas.left_BT[..., None]
        pitch = canvas.outer_BEV.gather(1, then_BTV)
        pitch = torch.where(there & (ticks <= self.horizon), pitch, NONE)
        return pitch, torch.bucketize(ticks, torch.tensor(SOON_EDGES, device=ticks.device))


def _backwards(mask_BE: Tensor) -> Tensor:
    """Places of the same pieces from the last to the first, padding last, (B, E)."""
    n_B1 = mask_BE.sum(1, keepdim=True)
    place = torch.arange(mask_BE.shape[1], device=mask_BE.device)
    return torch.where(mask_BE, n_B1 - 1 - place, place)


def _turned(x_BE: Tensor, place_BE: Tensor) -> Tensor:
    """Places in another order; (B, E, ...)."""
    return x_BE[torch.arange(len(x_BE), device=x_BE.device)[:, None], place_BE]
