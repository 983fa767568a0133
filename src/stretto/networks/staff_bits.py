"""What is known of every pitch before a staff strikes: it sounds, it was struck a bar ago, places like this went on so.

Some of it is read off the past (it sounds, the staff's last strikes, strikes at musical lags, what is to be recalled,
how lately a pitch or its class was heard); the rest comes of an attention to earlier moments that were like the one
before this: it copies what they went on with, as pitches, and as moves from the staff's last note, so that sequences
and answers at other pitches come to mind too.
"""

# Shapes: B pieces, T moments, M = B * T, S earlier moments, V staves, P pitches, X bits, A heads, D durations,
# L lengths, K lags, W moves.

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from stretto.frames.staff_example import DURATIONS, LENGTHS, N_LAGS
from stretto.networks.staff_batch import NO_DURATION, NONE, StaffBatch

if TYPE_CHECKING:
    from stretto.networks.staves import Last

N_STRIKES = 4
"""Last strikes of the staff that are kept apart."""

FADES = (0.6, 0.85, 0.96)
"""How much of a pitch's presence lasts from moment to moment."""

CLASS_FADES = (0.8, 0.95)
"""The same of a pitch class, on all staves."""

WIDEST = 24
"""Semitones of moves that are copied."""

N_FAR = 48
"""Quarters back to which moments come to mind: twelve bars of 4/4; what is older is told as a recall, or at a lag."""


class StaffBits(nn.Module):
    """Makes them."""

    def __init__(self, v: int, n_whole: int, n_heads: int, n_attention: int) -> None:
        """Make the weights of the attention, at random."""
        super().__init__()
        self.v, self.n_heads = v, n_heads
        self.n_of_pitch = 2 + N_STRIKES + N_LAGS + 1 + len(FADES) + len(CLASS_FADES) + 2 * n_heads
        self.n_of_staff = N_LAGS + 1 + n_heads
        self.n_of_duration = n_heads
        self.query = nn.Linear(n_whole, n_heads * n_attention)
        self.address = nn.Linear(n_whole, n_heads * n_attention)
        self.nowhere = nn.Parameter(torch.zeros(n_heads))
        self.far = nn.Parameter(torch.zeros(N_FAR, n_heads))

    @dataclass(frozen=True, eq=False, kw_only=True)
    class Found:
        """What is known; `M` counts all moments."""

        still_MVPX: Tensor
        copied_MVPX: Tensor
        of_staff_MVX: Tensor
        """How much speaks for it that the staff strikes at all: lags at which it did, what is asked, what is copied."""
        durations_MVAD: Tensor
        length_MAL: Tensor

        def score(self, ask_RX: Tensor) -> Tensor:
            """Score of every pitch, (R, P), for every staff of every moment in turn, R = M * V."""
            n, p = self.still_MVPX.shape[-1], self.still_MVPX.shape[-2]
            still_RPX = self.still_MVPX.view(-1, p, n)
            copied_RPX = self.copied_MVPX.reshape(len(ask_RX), p, -1)
            score_RP1 = still_RPX @ ask_RX[:, :n, None] + copied_RPX @ ask_RX[:, n:, None]
            return score_RP1[..., 0]

        def duration_hints(self, moment_J: Tensor, staff_J: Tensor) -> Tensor:
            """Of every duration, (J, D, A)."""
            return self.durations_MVAD[moment_J, staff_J].transpose(1, 2)

    def forward(self, batch: StaffBatch, whole_BTX: Tensor, last: Last) -> Found:
        """All that is known at every moment.

        Args:
            batch: the pieces.
            whole_BTX: what is known of the whole before each moment.
            last: what each staff struck last.
        """
        b, t = batch.mask_BT.shape
        with torch.no_grad():
            still_BTVPX, lags_BTVK = self._still(batch, last)
        share_BATS = self._shares(batch, whole_BTX)
        copied_BTVPX, counted_BTVA = self._copied(batch, share_BATS, last)
        asked_BTV1 = still_BTVPX[..., 2 + N_STRIKES + N_LAGS].sum(-1, keepdim=True).clamp(max=1)
        longs = functional.one_hot(batch.outer_duration_BTV, len(DURATIONS) + 1)[..., :-1].float()
        durations = torch.einsum("bats,bsvd->btvad", share_BATS, longs)
        lengths = torch.einsum("bats,bsl->btal", share_BATS, functional.one_hot(batch.length_BT, len(LENGTHS)).float())
        return StaffBits.Found(
            still_MVPX=still_BTVPX.flatten(0, 1),
            copied_MVPX=copied_BTVPX.flatten(0, 1),
            of_staff_MVX=torch.cat([lags_BTVK, asked_BTV1, counted_BTVA], -1).view(b * t, self.v, -1),
            durations_MVAD=durations.flatten(0, 1),
            length_MAL=lengths.flatten(0, 1),
        )

    def _still(self, batch: StaffBatch, last: Last) -> tuple[Tensor, Tensor]:
        """What is read off the past, (B, T, V, P, X), and whether the staff struck at each lag, (B, T, V, K)."""
        roll, held = batch.roll_BTVP, batch.held_BTVP
        b, _, v, p = roll.shape
        others = (held.sum(2, keepdim=True) - held).clamp(max=1)
        row = torch.arange(b, device=roll.device)[:, None]
        strikes, place = [], last.place_BTV
        for _ in range(N_STRIKES):
            at = place.clamp(min=0)
            there = (place != NONE)[..., None]
            strikes.append(roll.gather(1, at[..., None].expand(-1, -1, -1, p)) * there)
            place = torch.where(place != NONE, last.place_BTV.gather(1, at), NONE)
        lag_BTK = batch.lag_BTK
        lags = [
            roll[row, lag_BTK[..., k].clamp(min=0)] * (lag_BTK[..., k] != NONE)[..., None, None] for k in range(N_LAGS)
        ]
        asked = torch.zeros_like(roll) if batch.asked_BTVP is None else batch.asked_BTVP
        faded = [_faded(roll, fade) for fade in FADES]
        class_BTP = _by_class(roll.sum(2))
        faded += [_faded(class_BTP, fade)[:, :, None].expand(-1, -1, v, -1) for fade in CLASS_FADES]
        found = torch.stack([held, others, *strikes, *lags, asked, *faded], -1)
        return found, torch.stack([lag.amax(-1) for lag in lags], -1)

    def _shares(self, batch: StaffBatch, whole_BTX: Tensor) -> Tensor:
        """How much each earlier moment fills the mind of each, (B, A, T, S)."""
        b, t = batch.mask_BT.shape
        query = self.query(whole_BTX).view(b, t, self.n_heads, -1).transpose(1, 2)
        address = self.address(whole_BTX).view(b, t, self.n_heads, -1).transpose(1, 2)
        score = query @ address.transpose(2, 3) / math.sqrt(query.shape[-1])
        quarters = torch.div(_tick_of(batch)[:, :, None] - _tick_of(batch)[:, None], 24, rounding_mode="floor")
        far = self.far[quarters.clamp(0, N_FAR - 1)].permute(0, 3, 1, 2)
        past = torch.ones(t, t, dtype=torch.bool, device=score.device).tril(-1) & (quarters < N_FAR)
        score = (score + far).float().masked_fill(~past[:, None], -1e9)
        nowhere = self.nowhere[None, :, None, None].expand(b, -1, t, 1).float()
        return torch.cat([score, nowhere], -1).softmax(-1)[..., :-1]

    def _copied(self, batch: StaffBatch, share_BATS: Tensor, last: Last) -> tuple[Tensor, Tensor]:
        """What comes to mind: of every pitch, (B, T, V, P, 2 A), and whether the staff strikes, (B, T, V, A)."""
        roll = batch.roll_BTVP
        b, t, v, p = roll.shape
        exact = (share_BATS.flatten(1, 2) @ roll.flatten(2)).view(b, -1, t, v, p).permute(0, 2, 3, 4, 1)
        anchor = last.outer_BTV
        pitch = torch.arange(p, device=roll.device)
        move = pitch - anchor[..., None] + WIDEST
        near = (move >= 0) & (move <= 2 * WIDEST) & (anchor != NONE)[..., None]
        moves = torch.zeros(b, t, v, 2 * WIDEST + 1, device=roll.device)
        moves.scatter_add_(3, move.clamp(0, 2 * WIDEST), roll * near)
        moved = (share_BATS.flatten(1, 2) @ moves.flatten(2)).view(b, -1, t, v, 2 * WIDEST + 1)
        index = move.clamp(0, 2 * WIDEST)[:, None].expand(-1, self.n_heads, -1, -1, -1)
        at_pitch = moved.gather(4, index) * near[:, None]
        struck = (batch.count_BTV > 0).to(share_BATS.dtype)
        strikes = (share_BATS.flatten(1, 2) @ struck).view(b, -1, t, v).permute(0, 2, 3, 1)
        return torch.cat([exact, at_pitch.permute(0, 2, 3, 4, 1)], -1), strikes


def _tick_of(batch: StaffBatch) -> Tensor:
    """Ticks since the first moment, (B, T)."""
    table = torch.tensor(LENGTHS, device=batch.length_BT.device)
    ticks = table[batch.length_BT]
    return ticks.cumsum(1) - ticks


def _faded(roll_BT: Tensor, fade: float) -> Tensor:
    """A fading sum of the moments before each, (B, T, ...)."""
    out, trace = torch.empty_like(roll_BT), torch.zeros_like(roll_BT[:, 0])
    for t in range(roll_BT.shape[1]):
        out[:, t] = trace
        trace = fade * trace + (1 - fade) * roll_BT[:, t]
    return out


def _by_class(roll_BTP: Tensor) -> Tensor:
    """Of each pitch, how much of its class is struck, (B, T, P)."""
    p = roll_BTP.shape[-1]
    same_PP = (torch.arange(p, device=roll_BTP.device)[:, None] - torch.arange(p, device=roll_BTP.device)) % 12 == 0
    return roll_BTP @ same_PP.to(roll_BTP.dtype)


assert len(DURATIONS) == NO_DURATION
