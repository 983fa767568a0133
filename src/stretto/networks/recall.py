"""Recall: what the parts sang where this has been heard before in the piece.

The memory of `networks.memory` for parts whose frames run from change to change. A place of the past is a sixteenth;
how well it fits grows from sixteenth to sixteenth as the music agrees with what was sung then, all parts together and
each part's own melody, and within a frame from part to part. So agreement is a recurrence, and cheap to play.

117 weights a head, the same for all pitches, keys and parts: recall cannot learn tunes by heart. How much a part heeds
it is learned for each part.

Source and departures: as of `networks.memory`.
"""

# Shapes: B pieces, T frames, S sixteenths of the past, V parts, G = 1 + V (all parts together, then each),
# P pitches, L lengths, K knots or rates, R heads.

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from stretto.frames.plan import SIXTEENTH
from stretto.networks.batch import Batch
from stretto.networks.memory import with_odds

KNOTS = (0, 1, 2, 4, 8, 16, 32)
"""Sixteenths of unbroken agreement between which its weight is linear; the last is the longest that counts."""
RATES = (0.5, 0.8, 0.94)
"""How much of the likeness of all parts is kept from one sixteenth to the next, from rough to patient."""
OWN_RATE = 0.9
"""The same of a part's own."""
N_LAGS = 48
CYCLE = 48
"""Sixteenths after which distances count alike: three bars of 4/4, four of 3/4."""
FAR = -1e9


class Recall(nn.Module):
    """What the past of a piece makes one expect of every part."""

    def __init__(self, n_heads: int, n_pitches: int, durations: Sequence[int], order: Sequence[int]) -> None:
        """Start with longer agreement weighing more, in one head more than in the next."""
        super().__init__()
        self.n_heads, self.n_pitches, self.order = n_heads, n_pitches, tuple(order)
        self.ticks_L: Tensor
        self.hats_NK: Tensor
        self.register_buffer("ticks_L", torch.tensor(list(durations)), persistent=False)
        self.register_buffer("hats_NK", _hats(), persistent=False)
        rising_K = torch.log1p(torch.tensor(KNOTS, dtype=torch.float))
        rising_KR = torch.stack([rising_K * (1.0 + r) / 2 for r in range(n_heads)], 1)
        self.run = nn.Parameter(rising_KR.clone())
        self.own_run = nn.Parameter(rising_KR.clone())
        self.likeness = nn.Parameter(torch.ones(len(RATES), n_heads))
        self.own_likeness = nn.Parameter(torch.ones(n_heads))
        self.lag = nn.Parameter(torch.zeros(N_LAGS, n_heads))
        self.cycle = nn.Parameter(torch.zeros(CYCLE, n_heads))
        self.nothing = nn.Parameter(torch.full((n_heads,), 2.0))
        self.nothing_falls = nn.Parameter(torch.ones(n_heads))
        self.strictness = nn.Parameter(torch.ones(n_heads))

    @property
    def n_features(self) -> int:
        """Of an option: its chance and the logit of that, for each head."""
        return 2 * self.n_heads

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """What the past makes one expect.

        Returns:
            Features of every part's pitches, rest first, given the past and the parts before it in the order,
            (B, T, V, 1 + P, 2R); the chance of every length given all parts, (B, T, L * R).
        """
        with torch.autocast(batch.pitch_BTV.device.type, enabled=False):  # nearly certain chances need their digits
            return self._forward(batch)

    def _forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        kind = self.lag.dtype
        begin_BT, pitch_BSV, left_BS = self._grid(batch)
        run_BTSG, like_BTSK, own_BTSV = self._agreement(begin_BT, pitch_BSV)
        together_BTSR = self._together(begin_BT, run_BTSG[..., 0], like_BTSK)
        sung_BSVO = functional.one_hot(pitch_BSV + 1, self.n_pitches + 1).to(kind)
        strict_R = functional.softplus(self.strictness)
        differ_BTS1 = torch.zeros_like(together_BTSR[..., :1])
        chances: list[Tensor] = [differ_BTS1] * len(self.order)
        for n_heard, part in enumerate(batch.order or self.order):
            own_BTSR = self.hats_NK[run_BTSG[..., 1 + part]] @ self.own_run
            own_BTSR = own_BTSR + own_BTSV[..., part, None] * self.own_likeness
            share_BTSR = self._shares(together_BTSR + own_BTSR - strict_R * differ_BTS1, n_heard)
            chances[part] = torch.einsum("btsr,bso->btor", share_BTSR, sung_BSVO[:, :, part])
            differ_BTS1 = differ_BTS1 + (batch.pitch_BTV[:, :, None, part] != pitch_BSV[:, None, :, part])[..., None]
        share_BTSR = self._shares(together_BTSR - strict_R * differ_BTS1, len(self.order))
        left_BSL = (left_BS[..., None] == self.ticks_L).to(kind)
        length_BTLR = torch.einsum("btsr,bsl->btlr", share_BTSR, left_BSL)
        return with_odds(torch.stack(chances, 2)), length_BTLR.flatten(2)

    def _grid(self, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
        """Where frames begin in ticks, (B, T); of sixteenths the pitches, (B, S, V), and ticks to the next frame."""
        ticks_BT = self.ticks_L[batch.length_BT] * batch.mask_BT
        end_BT = ticks_BT.cumsum(1)
        n_places = -(-int(end_BT[:, -1].max()) // SIXTEENTH)
        at_S = torch.arange(n_places, device=end_BT.device) * SIXTEENTH
        frame_BS = torch.searchsorted(end_BT, at_S.expand(len(end_BT), -1).contiguous(), right=True)
        frame_BS = frame_BS.clamp(max=end_BT.shape[1] - 1)
        pitch_BSV = batch.pitch_BTV.gather(1, frame_BS[..., None].expand(-1, -1, batch.pitch_BTV.shape[-1]))
        return end_BT - ticks_BT, pitch_BSV, end_BT.gather(1, frame_BS) - at_S

    @torch.no_grad()
    def _agreement(self, begin_BT: Tensor, pitch_BSV: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """How well the music before each frame agrees with that before each place.

        Returns:
            Unbroken agreement in sixteenths, (B, T, S, G), and likeness of late, of all parts (B, T, S, K) and of each
            part (B, T, S, V), 0..1.
        """
        b, s, v = pitch_BSV.shape
        rate_K = torch.tensor(RATES, dtype=self.lag.dtype, device=self.lag.device)
        run_BSG = pitch_BSV.new_zeros(b, s, v + 1)
        like_BSK, own_BSV = self.lag.new_zeros(b, s, len(RATES)), self.lag.new_zeros(b, s, v)
        rows = [(run_BSG, like_BSK, own_BSV)]
        for n in range(s):
            same_BSV = pitch_BSV[:, n, None] == pitch_BSV
            same_BSG = torch.cat([same_BSV.all(-1, keepdim=True), same_BSV], -1)
            run_BSG = _later(((run_BSG + 1) * same_BSG).clamp(max=KNOTS[-1]))
            like_BSK = _later(rate_K * like_BSK + (1 - rate_K) * same_BSV.to(rate_K.dtype).mean(-1, keepdim=True))
            own_BSV = _later(OWN_RATE * own_BSV + (1 - OWN_RATE) * same_BSV)
            rows.append((run_BSG, like_BSK, own_BSV))
        n_heard_BT = (begin_BT + SIXTEENTH - 1).div(SIXTEENTH, rounding_mode="floor")
        piece_B1 = torch.arange(b, device=begin_BT.device)[:, None]
        run, like, own = (torch.stack(of_all, 1)[piece_B1, n_heard_BT] for of_all in zip(*rows, strict=True))
        return run, like, own

    def _together(self, begin_BT: Tensor, run_BTS: Tensor, like_BTSK: Tensor) -> Tensor:
        """How much each place comes to mind before a part is heard, (B, T, S, R), as logits; never what is to come."""
        place_S = torch.arange(run_BTS.shape[-1], device=begin_BT.device) * SIXTEENTH
        ahead_BTS = begin_BT[..., None] - place_S
        lag_BTS = ahead_BTS.clamp(min=0).div(SIXTEENTH, rounding_mode="floor")
        lag_N = torch.arange(int(lag_BTS.max()) + 1, device=begin_BT.device)
        by_lag_NR = functional.embedding(_rough(lag_N), self.lag) + functional.embedding(lag_N % CYCLE, self.cycle)
        logit_BTSR = self.hats_NK[run_BTS] @ self.run + like_BTSK @ self.likeness
        logit_BTSR = logit_BTSR + functional.embedding(lag_BTS, by_lag_NR)
        return logit_BTSR.masked_fill((ahead_BTS <= 0)[..., None], FAR)

    def _shares(self, logit_BTSR: Tensor, n_heard: int) -> Tensor:
        """Each place's share of what comes to mind, after so many parts; the rest is nothing's."""
        nothing_R = self.nothing - self.nothing_falls * n_heard
        nothing = nothing_R.expand(*logit_BTSR.shape[:2], 1, -1)
        return torch.cat([logit_BTSR, nothing], 2).softmax(2)[:, :, :-1]


def _hats() -> Tensor:
    """Of every length of a run how much it is each knot, (1 + longest, K)."""
    run_N = torch.arange(KNOTS[-1] + 1.0)
    hats_NK = torch.zeros(len(run_N), len(KNOTS))
    for k, (left, right) in enumerate(pairwise(KNOTS)):
        share_N = (run_N - left) / (right - left)
        inside_N = (share_N >= 0) & (share_N <= 1)
        hats_NK[inside_N, k], hats_NK[inside_N, k + 1] = 1 - share_N[inside_N], share_N[inside_N]
    return hats_NK


def _later(x_BSX: Tensor) -> Tensor:
    """As it is one place further on."""
    return functional.pad(x_BSX[:, :-1], (0, 0, 1, 0))


def _rough(lag_N: Tensor) -> Tensor:
    """Distances in bins: singly up to 16, then ever wider."""
    wide = 16 + (5 * torch.log2(lag_N.clamp(min=1) / 16)).clamp(min=0).long()
    return torch.where(lag_N < 16, lag_N, wide).clamp(max=N_LAGS - 1)
