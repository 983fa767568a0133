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
        b, t, p = roll_BTP.shape
        weight_BTSR = self._weights(roll_BTP)
        n_below_BTP = (roll_BTP.cumsum(-1) - roll_BTP).long()
        n_levels = int(roll_BTP.sum(-1).max()) + 1
        differ_BTLS = self._differences(roll_BTP, n_below_BTP, n_levels)
        expected = []
        for head in range(self.n_heads):
            placed_BTLS = weight_BTSR[..., head][:, :, None] - functional.softplus(self.strictness[head]) * differ_BTLS
            none_L = self.nothing[head] - self.nothing_falls[head] * torch.arange(n_levels, device=roll_BTP.device)
            none_BTL1 = none_L[:, None].expand(b, t, n_levels, 1)
            share_BTLS = torch.softmax(torch.cat([placed_BTLS, none_BTL1], -1), -1)
            trust = 1 - share_BTLS[:, :, 0, -1:]
            heard_BTLP = torch.matmul(share_BTLS[..., :-1].flatten(1, 2), roll_BTP).view(b, t, n_levels, p)
            # What is left for no memory at all counts as even odds of the memories' own share.
            expected.append((heard_BTLP.gather(2, n_below_BTP[:, :, None])[:, :, 0], trust))
        chance = torch.stack([e for e, _ in expected], -1)
        odds = torch.logit(chance.clamp(NEAR_CERTAIN, 1 - NEAR_CERTAIN)) / 6
        return torch.cat([chance, odds], -1), torch.cat([trust for _, trust in expected], -1)

    def _weights(self, roll_BTP: Tensor) -> Tensor:
        """How much each earlier frame comes to mind before the first note of each frame, (B, T, S, R), as logits."""
        with torch.no_grad():
            t = roll_BTP.shape[1]
            size_BT1 = roll_BTP.sum(-1, keepdim=True)
            common_BTS = roll_BTP @ roll_BTP.transpose(1, 2)
            like_BTS = common_BTS / (size_BT1 * size_BT1.transpose(1, 2)).sqrt().clamp(min=1)
            same_BTS = (2 * common_BTS == size_BT1 + size_BT1.transpose(1, 2)).float()
            run_BTS, still_BTS = torch.zeros_like(like_BTS), torch.ones_like(like_BTS)
            shifted = []
            for back in range(1, LONGEST_RUN + 1):
                still_BTS = still_BTS * _delayed(same_BTS, back)
                run_BTS += still_BTS
                if back <= BLURRED:
                    shifted.append(_delayed(like_BTS, back))
            lag_TS = torch.arange(t)[:, None] - torch.arange(t)
            early_TS = lag_TS <= 0
            lag_TS = lag_TS.to(roll_BTP.device).clamp(min=0)
        weight = functional.embedding(run_BTS.long(), self.run)
        weight = weight + torch.stack(shifted, -1) @ self.likeness
        weight = (
            weight + functional.embedding(_rough(lag_TS), self.lag) + functional.embedding(lag_TS % CYCLE, self.cycle)
        )
        return weight.masked_fill(early_TS.to(roll_BTP.device)[..., None], -torch.inf)

    def _differences(self, roll_BTP: Tensor, n_below_BTP: Tensor, n_levels: int) -> Tensor:
        """Pitches up to the note last drawn that an earlier frame has otherwise, (B, T, L, S)."""
        b, t, p = roll_BTP.shape
        level_L1 = torch.arange(n_levels, device=roll_BTP.device)[:, None]
        # Level l has heard the pitches up to its l-th note.
        heard_BTLP = ((n_below_BTP + roll_BTP.long())[:, :, None] <= level_L1) & (n_below_BTP[:, :, None] < level_L1)
        heard_BTLP = heard_BTLP.float()
        sign_BTLP = heard_BTLP * (1 - 2 * roll_BTP[:, :, None])
        common_BTLS = torch.matmul(sign_BTLP.flatten(1, 2), roll_BTP.transpose(1, 2)).view(b, t, n_levels, t)
        return common_BTLS + (heard_BTLP * roll_BTP[:, :, None]).sum(-1, keepdim=True)


def _delayed(grid_BTS: Tensor, back: int) -> Tensor:
    """Both axes shifted by `back` frames; nothing before the piece agrees with anything."""
    t = grid_BTS.shape[1]
    return functional.pad(grid_BTS, (back, 0, back, 0))[:, :t, :t]


def _rough(lag_TS: Tensor) -> Tensor:
    """Lags in bins: singly up to 32, then ever wider."""
    wide = 32 + (4 * torch.log2(lag_TS.clamp(min=1) / 32)).clamp(min=0).long()
    return torch.where(lag_TS < 32, lag_TS, wide).clamp(max=N_LAGS - 1)
