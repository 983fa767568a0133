"""The vertical axis of the flagship: what each part does in a frame, given the parts decided before it.

All frames of a batch at once, since what was drawn before each of them is known in training: one call of `choose`
per part, in order. The state between two parts is constant, so the scores of all pitches that the next part could
take are one batched evaluation.
"""

# Shapes: B pieces, T frames, N = B * T, V parts, P pitches, O = 2 + P options, H state of a pitch, U vertical state,
# D scorer, M features of recall, A copies.

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional

from stretto.frames.canvas import GIVEN, STRUCK
from stretto.frames.parts import HOLD, ONSET, UNKNOWN
from stretto.frames.plan import FIELD_NAMES, goal_root
from stretto.networks.ahead import next_given
from stretto.networks.batch import Batch

if TYPE_CHECKING:
    from stretto.networks.flagship import Flagship

NEVER = -1e9
SWIFT = 10.0
"""Factor on the tables by style: Adam moves an entry by the learning rate at most, and prohibitions need many nats."""
NEXT_EDGES = (6, 12, 24, 48, 96, 192)
"""Ticks within which a note to come is seen from every pitch, up to the horizon: a sixteenth to two bars."""
N_NEXT = len(NEXT_EDGES)
STYLE, GOAL, CLOSE, TO_PHRASE = (FIELD_NAMES.index(name) for name in ("style", "goal", "close", "to_phrase"))


class VerticalAxis:
    """The vertical axis of all frames at once: one call of `choose` per part, in order."""

    def __init__(
        self,
        net: Flagship,
        batch: Batch,
        before: Tensor,
        past_BTPH: Tensor,
        copied: Tensor,
        height_BP8: Tensor,
        ahead_BTPQ: Tensor | None,
    ) -> None:
        """Hear the past, what it offers to copy, and what is given of what comes."""
        c = net.config
        b, t, v = batch.pitch_BTV.shape
        self.net, self.batch, self.n, self.done = net, batch, b * t, list[int]()
        self.last_NV, self.new_NV = before.view(-1, v), batch.pitch_BTV.view(-1, v)
        self.state_NV, self.past_NPH = batch.state_BTV.view(-1, v), past_BTPH.reshape(b * t, c.n_pitches, -1)
        self.copied_NVOA = copied.reshape(b * t, v, c.n_pitches + 1, copied.shape[-1])
        self.height_NP8 = height_BP8[:, None].expand(b, t, -1, -1).reshape(b * t, c.n_pitches, 8)
        self.pitched_NPD = net.from_pitch(self.past_NPH)
        self.ahead_NPQ = ahead_BTPQ.reshape(b * t, c.n_pitches, -1) if ahead_BTPQ is not None else None
        if self.ahead_NPQ is not None:
            self.pitched_NPD = self.pitched_NPD + net.from_ahead(self.ahead_NPQ)
        self.next_NV, self.next_bin_N = _next(batch, c.horizon)
        self.choice_NV = batch.choice_BTV.view(-1, v) if batch.choice_BTV is not None else None
        self.key_NP = net.key_rows(batch)[:, None].expand(b, t, -1).reshape(b * t, -1)
        self.all_same_N = torch.ones(b * t, dtype=torch.bool, device=before.device)
        self.free_N = batch.free_BT.reshape(-1)
        style_N = batch.fields_BTF[..., STYLE].reshape(-1)
        self.style_N = style_N if c.by_style else torch.zeros_like(style_N)

    def choose(self, part: int, u_NU: Tensor) -> Tensor:
        """Log-probability of what `part` does, (N,), given the parts chosen so far."""
        net, last_N, new_N = self.net, self.last_NV[:, part], self.new_NV[:, part]
        row = torch.arange(self.n, device=u_NU.device)
        bag, parallel_NP = self._relations(part)
        related = net.relation(bag.view(-1, bag.shape[-1])).view(self.pitched_NPD.shape)
        copied_NOA = self.copied_NVOA[:, part]
        feature = self.pitched_NPD + net.from_vertical[part](u_NU)[:, None] + related + net.from_copy(copied_NOA[:, 1:])
        onset_NP = functional.silu(feature) @ net.score[part] + parallel_NP + self.height_NP8 @ net.height_score[part]
        if net.config.n_recalls:
            recalled_NOM = copied_NOA[..., net.config.n_heads : net.config.n_heads + net.recall.n_features]
            onset_NP = onset_NP + recalled_NOM[:, 1:] @ net.by_recall[part]
        sounding = last_N >= 0
        own_NH = torch.where(sounding[:, None], self.past_NPH[row, last_N.clamp(min=0)], 0.0)
        hints = [u_NU, own_NH, copied_NOA[row, last_N.clamp(min=-1) + 1]]
        if net.config.n_ahead:
            hints.append(self._own_ahead(last_N))
        hold_N2 = net.go_on[part](torch.cat(hints, -1))
        if net.config.by_style:
            onset_NP = onset_NP + SWIFT * net.place[self.style_N, part]
            hold_N2 = hold_N2 + SWIFT * net.habit[self.style_N, part]
        go_on, rest = hold_N2.unbind(-1)
        if "goal" in net.config.fields:
            onset_aim_NP, hold_aim_N = self._aim(part, last_N)
            onset_NP, go_on = onset_NP + onset_aim_NP, go_on + hold_aim_N
        never = torch.full_like(go_on, NEVER)
        is_last = len(self.done) == net.config.n_parts - 1
        must_change = self.all_same_N & ~self.free_N if is_last else torch.zeros_like(self.all_same_N)
        go_on = torch.where((last_N == -2) | must_change, never, go_on)
        rest = torch.where(last_N == -1, never, rest)
        onset_NP = self._unstruck(onset_NP, last_N, must_change)
        options_NO = torch.cat([go_on[:, None], rest[:, None], onset_NP], 1)
        choice_N = self.choice_NV[:, part] if self.choice_NV is not None else None
        if choice_N is not None:
            struck_N1 = (choice_N == STRUCK)[:, None]
            not_struck_1O = torch.arange(options_NO.shape[1], device=row.device)[None] < 2
            options_NO = options_NO.masked_fill(struck_N1 & not_struck_1O, NEVER)
        log_NO = options_NO.log_softmax(1)
        same = new_N == last_N
        state = self.state_NV[:, part]
        target = torch.where(new_N < 0, torch.where(same, 0, 1), torch.where(state == HOLD, 0, new_N + 2))
        chosen = log_NO.gather(1, target[:, None])[:, 0]
        either = torch.logaddexp(log_NO[:, 0], chosen)
        self.all_same_N = self.all_same_N & same & (state != ONSET)
        self.done.append(part)
        found_N = torch.where((state == UNKNOWN) & same, either, chosen)
        return found_N if choice_N is None else found_N.masked_fill(choice_N == GIVEN, 0.0)

    def _own_ahead(self, last_N: Tensor) -> Tensor:
        """What is given of what comes, for the pitch that a part holds, (N, Q)."""
        if self.ahead_NPQ is None:
            return torch.zeros(self.n, self.net.config.n_pitch_ahead, device=last_N.device)
        row = torch.arange(self.n, device=last_N.device)
        return torch.where((last_N >= 0)[:, None], self.ahead_NPQ[row, last_N.clamp(min=0)], 0.0)

    def _aim(self, part: int, last_N: Tensor) -> tuple[Tensor, Tensor]:
        """Scores of every pitch, (N, P), and of holding the last one, (N,), on the way to the phrase's last chord."""
        net = self.net
        goal_N, close_N, to_phrase_N = (
            self.batch.fields_BTF[..., FIELD_NAMES.index(name)].reshape(-1) for name in ("goal", "close", "to_phrase")
        )
        tonic_N = self.batch.tonic_B[:, None].expand(self.batch.length_BT.shape).reshape(-1)
        known_N = (goal_N > 0) & (tonic_N >= 0)
        root_N = torch.where(known_N, tonic_N + goal_root(goal_N), 0)
        pitch = torch.arange(net.config.n_pitches, device=goal_N.device) + net.config.lowest
        degree_NP = (pitch - root_N[:, None]) % 12
        which = (self.style_N, part, net.near_goal[to_phrase_N], close_N, (goal_N - 1).clamp(min=0) % 2)
        onset_NP = net.aim[which].gather(1, degree_NP)
        held_N1 = degree_NP.gather(1, last_N.clamp(min=0)[:, None])
        hold_N = net.aim_hold[which].gather(1, held_N1)[:, 0]
        return SWIFT * onset_NP * known_N[:, None], SWIFT * hold_N * (known_N & (last_N >= 0))

    def _unstruck(self, onset_NP: Tensor, last_N: Tensor, must_change: Tensor) -> Tensor:
        """Where articulation is unknown, a change that must happen cannot be the same pitch again."""
        unknown = must_change & (self.batch.fused_B[:, None].expand(self.batch.length_BT.shape).reshape(-1))
        blocked = functional.one_hot(last_N.clamp(min=0), onset_NP.shape[1]).bool() & (unknown & (last_N >= 0))[:, None]
        return onset_NP.masked_fill(blocked, NEVER)

    def _relations(self, part: int) -> tuple[Tensor, Tensor]:
        """Rows of the relation table for every pitch, (N, P, K), and the score of parallel motion, (N, P)."""
        c = self.net.config
        pitch = torch.arange(c.n_pitches, device=self.last_NV.device)
        size = 2 * c.n_pitches + 1
        base = part * self.net.n_relations

        def rows(from_N: Tensor, table: int) -> Tensor:
            apart = pitch - from_N[:, None] + c.n_pitches
            return torch.where(from_N[:, None] >= 0, apart, 0) + (base + table) * size

        last_N = self.last_NV[:, part]
        n_known = 1 + 2 * (c.n_parts - 1)
        bag = [rows(last_N, 0), self.key_NP + c.n_parts * self.net.n_relations * size + 37 * part]
        parallel = torch.zeros(1, device=pitch.device)
        for k, other in enumerate(w for w in range(c.n_parts) if w != part):
            was, now = self.last_NV[:, other], self.new_NV[:, other]
            if other not in self.done:
                bag.append(rows(was, c.n_parts + k))
                continue
            bag.append(rows(now, 1 + k))
            known = (last_N >= 0) & (was >= 0) & (now >= 0)
            interval = torch.where(known, (last_N - was) % 12, 12)[:, None]
            after = torch.where(known[:, None], (pitch - now[:, None]) % 12, 12)
            style, moved = self.style_N[:, None], (now != was).long()[:, None]
            parallel = parallel + self.net.parallel[style, part, other, moved, interval, after]
        if c.n_ahead:
            for other in range(c.n_parts):
                to_come_N = torch.where(self.next_bin_N < N_NEXT, self.next_NV[:, other], -1)
                table_N1 = torch.where(to_come_N >= 0, self.next_bin_N, 0)[:, None]
                bag.append(rows(to_come_N, n_known + N_NEXT * other) + size * table_N1)
        parallel = parallel * (SWIFT if c.by_style else 1.0)
        return torch.stack(bag, -1), parallel.expand(self.n, c.n_pitches)


def _next(batch: Batch, horizon: int) -> tuple[Tensor, Tensor]:
    """The pitch that each part is known to take when something given next changes, (N, V), and how soon, in bins (N,).

    Bin N_NEXT: not known, or too far off.
    """
    if batch.canvas is None:
        nowhere_N = torch.full_like(batch.length_BT, N_NEXT).view(-1)
        return torch.full_like(batch.pitch_BTV, -1).view(len(nowhere_N), -1), nowhere_N
    next_BTV, left_BT = next_given(batch.canvas)
    bin_BT = torch.bucketize(left_BT, torch.tensor(NEXT_EDGES, device=left_BT.device))
    bin_BT = torch.where(left_BT <= horizon, bin_BT, N_NEXT)
    return next_BTV.reshape(-1, next_BTV.shape[-1]), bin_BT.view(-1)
