"""Memory of the piece itself: where have these last frames been heard before, and what came then?

Music repeats. Every earlier frame is weighed by how well the frames before it agree with the frames
before this one; what sounded there, in these weights, is what memory expects here. Within a frame
memory listens on: each note drawn makes the places likelier that have it too.

Only the past of the same piece is read, so likelihoods stay exact. The few weights are the same
for all pitches and keys: memory cannot overfit to tunes.

Source: pointer networks of Vinyals, Fortunato and Jaitly (2015) and the cache of Grave, Joulin and Usunier,
"Improving Neural Language Models with a Continuous Cache" (ICLR 2017).
Departures: the key of a place is the music before it, not a hidden state; the weights change within a frame.
"""

# Shapes: B pieces, T frames, S = T places that may be remembered, P pitches, K notes of the fullest frame,
# L = K + 1 levels (notes drawn so far), R heads.

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

LONGEST_RUN = 24
"""Frames of exact agreement that are counted."""
BLURRED = 8
"""Frames of which the rough likeness counts."""
BLOCK = 256
"""Frames that are looked up together, so that long pieces need little room."""
N_LAGS = 64
CYCLE = 16
NEAR_CERTAIN = 0.002
"""Expectations are kept this far from 0 and 1 when they are made logits."""


class Memory(nn.Module):
    """What the past of a piece makes one expect, for every pitch."""

    def __init__(self, n_heads: int) -> None:
        """Start with longer agreement weighing more, in one head more than in the next."""
        super().__init__()
        self.n_heads = n_heads
        length = torch.log1p(torch.arange(LONGEST_RUN + 1.0))
        self.run = nn.Parameter(torch.stack([length * (1.0 + r) for r in range(n_heads)], 1))
        self.likeness = nn.Parameter(torch.full((BLURRED, n_heads), 0.3))
        self.lag = nn.Parameter(torch.zeros(N_LAGS, n_heads))
        self.cycle = nn.Parameter(torch.zeros(CYCLE, n_heads))
        self.nothing = nn.Parameter(torch.full((n_heads,), 2.0))
        self.nothing_falls = nn.Parameter(torch.full((n_heads,), 1.0))
        self.strictness = nn.Parameter(torch.full((n_heads,), 1.0))

    @property
    def n_features(self) -> int:
        """Of a pitch: expectation and its logit, for each head."""
        return 2 * self.n_heads

    def forward(self, roll_BTP: Tensor) -> tuple[Tensor, Tensor]:
        """What memory says.

        Returns:
            Features of each pitch of each frame given the past and the notes below it, (B, T, P, 2R); and how much
            memory trusts itself before the first note of a frame, (B, T, R).
        """
        with torch.autocast(roll_BTP.device.type, enabled=False):  # nearly certain chances need all their digits
            blocks = [
                self._block(roll_BTP, first, min(first + BLOCK, roll_BTP.shape[1]))
                for first in range(0, roll_BTP.shape[1], BLOCK)
            ]
        chance, trust = (torch.cat(of_blocks, 1) for of_blocks in zip(*blocks, strict=True))
        return with_odds(chance), trust

    def shares(self, roll_BTP: Tensor) -> Tensor:
        """How much of each frame's mind each earlier frame fills before the first note, (B, T, S, R)."""
        weight_BTSR = self._weights(roll_BTP, 0, roll_BTP.shape[1])
        nothing_BT1R = self.nothing.expand(*weight_BTSR.shape[:2], 1, -1)
        return torch.cat([weight_BTSR, nothing_BT1R], 2).softmax(2)[:, :, :-1]

    def _block(self, roll_BTP: Tensor, first: int, end: int) -> tuple[Tensor, Tensor]:
        """Chance of each pitch, (B, end - first, P, R), and trust, (B, end - first, R), of frames `first` to `end`."""
        now_BTP, known_BSP = roll_BTP[:, first:end], roll_BTP[:, :end]
        b, t, p = now_BTP.shape
        weight_BTSR = self._weights(roll_BTP, first, end)
        n_below_BTP = (now_BTP.cumsum(-1) - now_BTP).long()
        n_levels = int(now_BTP.sum(-1).max()) + 1
        differ_BTLS = _differences(now_BTP, known_BSP, n_below_BTP, n_levels)
        level_L = torch.arange(n_levels, device=roll_BTP.device)
        chances, trusts = [], []
        for head in range(self.n_heads):
            placed_BTLS = weight_BTSR[..., head][:, :, None] - functional.softplus(self.strictness[head]) * differ_BTLS
            none_L = self.nothing[head] - self.nothing_falls[head] * level_L
            share_BTLS = torch.softmax(torch.cat([placed_BTLS, none_L[:, None].expand(b, t, -1, 1)], -1), -1)
            chance_BTLP = torch.matmul(share_BTLS[..., :-1].flatten(1, 2), known_BSP).view(b, t, n_levels, p)
            chances.append(chance_BTLP.gather(2, n_below_BTP[:, :, None])[:, :, 0])
            trusts.append(1 - share_BTLS[:, :, 0, -1])
        return torch.stack(chances, -1), torch.stack(trusts, -1)

    def _weights(self, roll_BTP: Tensor, first: int, end: int) -> Tensor:
        """How much each earlier frame comes to mind before the first note of each frame, (B, T, S, R), as logits."""
        with torch.no_grad():
            like_BTS, same_BTS = _agreement(roll_BTP, first, end)
            run_BTS, still_BTS, blurred = torch.zeros_like(like_BTS), torch.ones_like(like_BTS), []
            for back in range(1, LONGEST_RUN + 1):
                still_BTS = still_BTS * _delayed(same_BTS, back)
                run_BTS += still_BTS
                if back <= BLURRED:
                    blurred.append(_delayed(like_BTS, back))
            run_BTS, likeness_BTSK = run_BTS[:, LONGEST_RUN:].long(), torch.stack(blurred, -1)[:, LONGEST_RUN:]
            frame_S = torch.arange(end, device=roll_BTP.device)
            lag_TS = frame_S[first:, None] - frame_S
            future_TS1 = (lag_TS <= 0)[..., None]
            lag_TS = lag_TS.clamp(min=0)
        weight = functional.embedding(run_BTS, self.run) + likeness_BTSK @ self.likeness
        weight = weight + functional.embedding(_rough(lag_TS), self.lag)
        weight = weight + functional.embedding(lag_TS % CYCLE, self.cycle)
        return weight.masked_fill(future_TS1, -torch.inf)


def with_odds(chance: Tensor) -> Tensor:
    """Chances and, after them on the last axis, their logits, scaled to about -1..1."""
    odds = torch.logit(chance.clamp(NEAR_CERTAIN, 1 - NEAR_CERTAIN)) / 6
    return torch.cat([chance, odds], -1)


def _agreement(roll_BTP: Tensor, first: int, end: int) -> tuple[Tensor, Tensor]:
    """How alike frames are, as a cosine, and whether they are the same, from LONGEST_RUN before `first`: (B, T, S)."""
    known_BSP = roll_BTP[:, :end]
    wanted = functional.pad(known_BSP, (0, 0, LONGEST_RUN, 0))[:, first:]
    size_BT1, size_BS1 = wanted.sum(-1, keepdim=True), known_BSP.sum(-1, keepdim=True)
    common_BTS = wanted @ known_BSP.transpose(1, 2)
    like_BTS = common_BTS / (size_BT1 * size_BS1.transpose(1, 2)).sqrt().clamp(min=1)
    same_BTS = (2 * common_BTS == size_BT1 + size_BS1.transpose(1, 2)).to(like_BTS)
    return like_BTS, same_BTS


def _differences(now_BTP: Tensor, known_BSP: Tensor, n_below_BTP: Tensor, n_levels: int) -> Tensor:
    """Pitches up to the note last drawn that an earlier frame has otherwise, (B, T, L, S)."""
    level_L1 = torch.arange(n_levels, device=now_BTP.device)[:, None]
    # Level l has heard the pitches up to its l-th note.
    n_upto_BT1P = (n_below_BTP + now_BTP.long())[:, :, None]
    heard_BTLP = ((n_upto_BT1P <= level_L1) & (n_below_BTP[:, :, None] < level_L1)).to(now_BTP)
    sign_BTLP = heard_BTLP * (1 - 2 * now_BTP[:, :, None])
    common_BTLS: Tensor = torch.matmul(sign_BTLP, known_BSP.transpose(1, 2)[:, None])
    return common_BTLS + (heard_BTLP * now_BTP[:, :, None]).sum(-1, keepdim=True)


def _delayed(grid_BTS: Tensor, back: int) -> Tensor:
    """Both axes shifted by `back` frames; nothing before the piece agrees with anything."""
    _, t, s = grid_BTS.shape
    return functional.pad(grid_BTS, (back, 0, back, 0))[:, :t, :s]


def _rough(lag_TS: Tensor) -> Tensor:
    """Lags in bins: singly up to 32, then ever wider."""
    wide = 32 + (4 * torch.log2(lag_TS.clamp(min=1) / 32)).clamp(min=0).long()
    return torch.where(lag_TS < 32, lag_TS, wide).clamp(max=N_LAGS - 1)
