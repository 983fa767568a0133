"""Which pitch a staff strikes next: scores in several frames of reference, each asked by the vertical state."""

# Shapes: B pieces, T moments, N events, V staves, P pitches, C heights above the tonic, K frames, Q asked of each, U.

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from stretto.networks.staff_ahead import N_SOON
from stretto.networks.staff_batch import NONE, StaffBatch

if TYPE_CHECKING:
    from stretto.networks.staves import Last


def height_of(tonic_B: Tensor, lowest: int, n_pitches: int) -> Tensor:
    """Semitones of every pitch above a low tonic, (B, P), 0..P + 10: tonics from F sharp on count from below.

    Args:
        tonic_B: pitch classes; -1 = unknown, counted as C.
        lowest: MIDI pitch of index 0.
        n_pitches: how many there are.
    """
    tonic_B = tonic_B.clamp(min=0)
    near_B = torch.where(tonic_B > 6, tonic_B - 12, tonic_B)
    # `lowest` shifts all alike, so heights need not know it.
    return torch.arange(n_pitches, device=tonic_B.device) + 6 - near_B[:, None]


class PitchScores(nn.Module):
    """Scores of every pitch for every event."""

    def __init__(
        self, v: int, n_pitches: int, n_heights: int, n_vertical: int, n_asked: int, *, looks_ahead: bool
    ) -> None:
        """Make the weights, at random.

        The frames: heights and degrees above the tonic; then intervals to an anchor: the staff's own last outer and
        inner note, the note before in this moment, each other staff's outer note (new, or the last), and, where the
        network looks ahead, each staff's next given note.
        """
        super().__init__()
        self.v, self.p, self.n_asked = v, n_pitches, n_asked
        self.n_anchors = 3 + (v - 1) + (v if looks_ahead else 0)
        self.looks_ahead = looks_ahead
        self.ask = nn.Linear(n_vertical, (2 + self.n_anchors) * n_asked)
        self.height = nn.Parameter(torch.randn(v * n_heights, n_asked) * 0.1)
        self.degree = nn.Parameter(torch.randn(v * 12, n_asked) * 0.1)
        self.n_heights = n_heights
        # One table an anchor and what it says: own ones one, other staves' new or last, given ones by how soon.
        self.kinds = (1, 1, 1, *[2 * v] * (v - 1), *([N_SOON] * v if looks_ahead else []))
        self.near = nn.ParameterList(
            nn.Parameter(torch.randn(v * k, 2 * n_pitches - 1, n_asked) * 0.1) for k in self.kinds
        )
        self.bias = nn.Parameter(torch.zeros(v, n_heights))

    def forward(
        self, batch: StaffBatch, u_NU: Tensor, last: Last, ahead: tuple[Tensor, Tensor] | None, height_BP: Tensor
    ) -> Tensor:
        """Scores, (N, P), as logits."""
        staff, moment = batch.event_staff_N, batch.event_moment_N
        piece_N = moment // batch.mask_BT.shape[1]
        asked_NKQ = self.ask(u_NU).view(len(u_NU), -1, self.n_asked)
        out_NP = torch.zeros(len(u_NU), self.p, device=u_NU.device)
        anchors = self._anchors(batch, last, ahead)
        for s in range(self.v):
            own = torch.nonzero(staff == s)[:, 0]
            height_NP = height_BP[piece_N[own]]
            score = self._of_key(asked_NKQ[own], height_NP, s)
            for k, (pitch_N, kind_N) in enumerate(anchors):
                score = score + self._of_anchor(asked_NKQ[own, 2 + k], pitch_N[own], kind_N[own], k, s)
            out_NP = out_NP.index_put((own,), score.to(out_NP.dtype))
        return out_NP

    def _of_key(self, asked_NKQ: Tensor, height_NP: Tensor, s: int) -> Tensor:
        rows = slice(s * self.n_heights, (s + 1) * self.n_heights)
        by_height_NC = asked_NKQ[:, 0] @ self.height[rows].T + self.bias[s]
        by_degree_ND = asked_NKQ[:, 1] @ self.degree[12 * s : 12 * s + 12].T
        return by_height_NC.gather(1, height_NP) + by_degree_ND.gather(1, height_NP % 12)

    def _of_anchor(self, asked_NQ: Tensor, pitch_N: Tensor, kind_N: Tensor, k: int, s: int) -> Tensor:
        """Score of every pitch by its interval to an anchor; 0 where there is none."""
        n_kinds = self.kinds[k]
        table_KWQ = self.near[k][s * n_kinds : (s + 1) * n_kinds]
        n, w = len(asked_NQ), 2 * self.p - 1
        if n_kinds == 1:
            by_interval_NW = asked_NQ @ table_KWQ[0].T
        else:
            by_interval_NW = torch.zeros(n, w, device=asked_NQ.device, dtype=asked_NQ.dtype)
            for kind in range(n_kinds):
                rows = torch.nonzero(kind_N == kind)[:, 0]
                if len(rows):
                    found = (asked_NQ[rows] @ table_KWQ[kind].T).to(by_interval_NW.dtype)
                    by_interval_NW = by_interval_NW.index_put((rows,), found)
        index_NP = torch.arange(self.p, device=asked_NQ.device) - pitch_N[:, None] + self.p - 1
        index_NP = index_NP.clamp(0, w - 1)
        there_N1 = (pitch_N != NONE).to(by_interval_NW.dtype)[:, None]
        score_NP: Tensor = by_interval_NW.gather(1, index_NP) * there_N1
        return score_NP

    def _anchors(
        self, batch: StaffBatch, last: Last, ahead: tuple[Tensor, Tensor] | None
    ) -> list[tuple[Tensor, Tensor]]:
        """Pitch (or NONE) and kind of every anchor of every event, (N,) each."""
        staff, moment = batch.event_staff_N, batch.event_moment_N
        outer_MV, last_MV = batch.outer_BTV.flatten(0, 1), last.outer_BTV.flatten(0, 1)
        nothing = torch.zeros_like(staff)
        found = [
            (last_MV[moment, staff], nothing),
            (last.inner_BTV.flatten(0, 1)[moment, staff], nothing),
            (batch.event_before_N, nothing),
        ]
        place = torch.empty(self.v, dtype=torch.long, device=staff.device)
        place[torch.tensor(batch.order, device=staff.device)] = torch.arange(self.v, device=staff.device)
        for k in range(1, self.v):
            other_N = (staff + k) % self.v
            new_N = outer_MV[moment, other_N]
            is_new_N = (place[other_N] < place[staff]) & (new_N != NONE)
            pitch_N = torch.where(is_new_N, new_N, last_MV[moment, other_N])
            found.append((pitch_N, 2 * other_N + is_new_N))
        if self.looks_ahead:
            for other in range(self.v):
                if ahead is None:
                    found.append((torch.full_like(staff, NONE), nothing))
                else:
                    pitch_MV, soon_MV = (x.flatten(0, 1) for x in ahead)
                    found.append((pitch_MV[moment, other], soon_MV[moment, other]))
        return found
