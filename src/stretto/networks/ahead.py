"""What is given of what is to come: the backward pass of the flagship.

A recurrent network that goes from left to right knows the past alone. A given melody, or the bars after a gap,
are known in advance, so they are read from right to left, once, before the first frame is drawn: over what is the
same in every key, and for each pitch. What comes of it at a frame is a summary of all that is given from there on.
Where nothing more is given it is zero, and the network hears what it would hear without a canvas.

Source: Schuster and Paliwal, "Bidirectional Recurrent Neural Networks" (1997), for the two directions.
Departures:
    1. The two directions do not hear the same: forwards all that has been drawn, backwards what is given alone. So
       the likelihood of what is open stays exact, and drawing is one pass.
    2. What is given is heard from `horizon` ticks before it begins: at first two quarters, since all that comes after a
       gap names the piece to a network that knows its training pieces, and then, once it hears dreams, further
       (`train.dreams`).
"""

# Shapes: B pieces, T frames, K canvas frames, V parts, P pitches, A whole state, Q state of a pitch, E its input.

from __future__ import annotations

import torch
from torch import Tensor, nn

from stretto.frames.canvas import ANY, OPEN
from stretto.frames.parts import ONSET, REST
from stretto.networks.batch import CanvasBatch
from stretto.networks.features import motion

LEFT_EDGES = (3, 6, 9, 12, 18, 24, 36, 48, 72, 96, 144, 192, 288, 384)
"""Ticks to the next change on the canvas, in bins."""

N_SAID = 2 * 16
"""What a part does on the canvas: open, any pitch, rest, a pitch of unknown degree, or one of twelve; held or begun."""


class Ahead(nn.Module):
    """See the head of this file."""

    def __init__(self, n_parts: int, n_pitches: int, lowest: int, n_whole: int, n_pitch: int, horizon: int) -> None:
        """Make the weights, at random."""
        super().__init__()
        self.n_parts, self.n_pitches, self.lowest, self.horizon = n_parts, n_pitches, lowest, horizon
        n_long = len(LEFT_EDGES) + 1
        n_input = 32
        self.said_in = _table(n_parts * N_SAID, 16)
        self.motion_in = _table(n_parts * 30, 16)
        self.long_in = _table(n_long, 16)
        self.time = nn.GRU(n_parts * 32 + 16, n_whole, batch_first=True)
        self.near = nn.Parameter(torch.randn(2 * n_parts, 2 * n_pitches + 1, n_input) * 0.05)
        self.key_in = _table(37, n_input)
        self.state_in = nn.Linear(n_whole, n_input)
        self.pitch_time = nn.GRU(n_input, n_pitch)
        self.left_in = _table(n_long, n_whole)
        self.whole_out = nn.Linear(n_whole, n_whole)
        self.pitch_left = nn.Embedding(n_long, n_pitch)
        nn.init.zeros_(self.pitch_left.weight)

    def forward(self, canvas: CanvasBatch, tonic_B: Tensor, key_BP: Tensor) -> tuple[Tensor, Tensor]:
        """What each frame knows of what is given from it on: of the whole (B, T, A), and for each pitch (B, T, P, Q).

        Args:
            canvas: what is given.
            tonic_B: pitch class of the tonic; -1 = unknown.
            key_BP: row of the key's table for every pitch.
        """
        back_BK = _backwards(canvas.mask_BK)
        seen_BKS = self._seen(canvas, tonic_B)
        state_BKA = _turned(self.time(_turned(seen_BKS, back_BK))[0], back_BK)
        x_BKPE = self._near(canvas) + self.key_in(key_BP)[:, None] + self.state_in(state_BKA)[:, :, None]
        b, k, p, _ = x_BKPE.shape
        x_KNE = _turned(torch.tanh(x_BKPE), back_BK).transpose(0, 1).reshape(k, b * p, -1)
        pitch_BKPQ = self.pitch_time(x_KNE)[0].view(k, b, p, -1).transpose(0, 1)
        pitch_BKPQ = _turned(pitch_BKPQ, back_BK)
        known_BK = _known(canvas).to(state_BKA.dtype)
        row = torch.arange(b, device=tonic_B.device)[:, None]
        known_BT = known_BK[row, canvas.place_BT] * (canvas.left_BT <= self.horizon)
        left_BT = torch.bucketize(canvas.left_BT, torch.tensor(LEFT_EDGES, device=tonic_B.device))
        # The same state means one thing a sixteenth before the next change and another two bars before it.
        whole_BTA = torch.tanh(self.whole_out(state_BKA)[row, canvas.place_BT] + self.left_in(left_BT))
        gate_BTQ = 2 * torch.sigmoid(self.pitch_left(left_BT))
        pitch_BTPQ = pitch_BKPQ[row, canvas.place_BT] * gate_BTQ[:, :, None]
        return whole_BTA * known_BT[..., None], pitch_BTPQ * known_BT[..., None, None]

    def _seen(self, canvas: CanvasBatch, tonic_B: Tensor) -> Tensor:
        """What is the same in every key: degrees, motion to the next canvas frame, lengths."""
        pitch = canvas.pitch_BKV
        part = torch.arange(self.n_parts, device=pitch.device)
        degree = 4 + (pitch + self.lowest - tonic_B[:, None, None]) % 12
        degree = torch.where((tonic_B < 0)[:, None, None], 3, degree)
        said = torch.where(pitch >= 0, degree, pitch + 3)  # ANY 0, OPEN 1, REST 2
        said = 2 * said + (canvas.state_BKV == ONSET)
        after = torch.cat([pitch[:, 1:], torch.full_like(pitch[:, :1], OPEN)], 1)
        after = torch.where(canvas.mask_BK[:, :, None] & (after >= REST), after, -2)
        moved = motion(torch.where(pitch >= REST, pitch, -2), after)
        long = torch.bucketize(canvas.ticks_BK, torch.tensor(LEFT_EDGES, device=pitch.device))
        tables = (self.said_in(said + N_SAID * part), self.motion_in(moved + 30 * part))
        return torch.cat([x.flatten(2) for x in tables] + [self.long_in(long)], -1)

    def _near(self, canvas: CanvasBatch) -> Tensor:
        """How the notes of every canvas frame are seen from each pitch, (B, K, P, E)."""
        b, k, v = canvas.pitch_BKV.shape
        p = self.n_pitches
        kind = self.near.dtype
        slot = 2 * torch.arange(v, device=canvas.pitch_BKV.device) + (canvas.state_BKV == ONSET)
        rows = torch.zeros(b * k, 2 * v * (p + 1), dtype=kind, device=self.near.device)
        rows.scatter_(1, (slot * (p + 1) + canvas.pitch_BKV.clamp(min=REST) + 1).view(b * k, v), 1.0)
        return (rows @ self.near[:, apart(p).to(self.near.device)].reshape(rows.shape[1], -1)).view(b, k, p, -1)


def next_given(canvas: CanvasBatch) -> tuple[Tensor, Tensor]:
    """Where each part is heard to go when the canvas next changes: pitch, or below 0 (B, T, V); and in ticks (B, T)."""
    after = torch.cat([canvas.pitch_BKV[:, 1:], torch.full_like(canvas.pitch_BKV[:, :1], OPEN)], 1)
    known = torch.cat([canvas.mask_BK[:, 1:], torch.zeros_like(canvas.mask_BK[:, :1])], 1)
    after = torch.where(known[..., None], after, OPEN)
    row = torch.arange(len(after), device=after.device)[:, None]
    return after[row, canvas.place_BT], canvas.left_BT


def apart(n_pitches: int) -> Tensor:
    """Row of a table of distances for every pitch to come (columns) from none or every pitch (rows), (1 + P, P)."""
    step = torch.arange(n_pitches)
    distance = step[None, :] - step[:, None] + n_pitches
    return torch.cat([torch.zeros(1, n_pitches, dtype=torch.long), distance])


def _known(canvas: CanvasBatch) -> Tensor:
    """Whether anything is given from each canvas frame on, (B, K)."""
    given_BK = ((canvas.pitch_BKV != OPEN).any(-1) & canvas.mask_BK).long()
    return given_BK.flip(1).cummax(1)[0].flip(1).bool()


def _backwards(mask_BK: Tensor) -> Tensor:
    """Places of the same pieces from the last to the first, padding last, (B, K)."""
    n_B1 = mask_BK.sum(1, keepdim=True)
    place_K = torch.arange(mask_BK.shape[1], device=mask_BK.device)
    return torch.where(mask_BK, n_B1 - 1 - place_K, place_K)


def _turned(x_BK: Tensor, place_BK: Tensor) -> Tensor:
    """Places in another order; (B, K, ...)."""
    return x_BK[torch.arange(len(x_BK), device=x_BK.device)[:, None], place_BK]


def _table(n: int, width: int) -> nn.Embedding:
    table = nn.Embedding(n, width)
    nn.init.normal_(table.weight, std=0.3)
    return table


assert (ANY, OPEN, REST) == (-3, -2, -1)  # `said` counts them from below
