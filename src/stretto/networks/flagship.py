"""The flagship with the parts head: a sparse biaxial RNN for a fixed number of parts.

Along time run one LSTM over what is the same in every key (motion, intervals, lengths) and
one LSTM per pitch whose weights all pitches share. Along the vertical axis one step is taken
per part, not per pitch: the state between two parts is constant, so the scores of all
pitches that the next part could take are one batched evaluation. An attention over earlier
frames copies what once followed a similar place: melodies return.

The joint likelihood is exact: each part picks "go on", "rest" or a new pitch given the parts
before it, then the frame picks its length.

Source: Johnson, "Generating Polyphonic Music Using Tied Parallel Networks" (EvoMUSART 2017).
Departures:
    1. The note axis steps over parts, not over 88 pitches: 4 steps a frame for a choir.
    2. Frames run from change to change and their length is predicted.
    3. A second, key-free LSTM and a copying attention along time.
    4. Pitches are seen relative to the tonic where it is known, else relative to each other.
    5. A recall of the piece (`networks.recall`), where `n_recalls` is not 0.
    6. Parallels, ranges and rests may be scored by style, and pitches by how they lead to the goal of their phrase.
"""

# Shapes: B pieces, T frames, V parts, P pitches, R relative pitches, O = 2 + P options,
# F fields, Y styles, G key-free state, H state of a pitch, E its input, D scorer, U vertical state,
# C context, A heads, L lengths, N = B * T.

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from stretto.frames.parts import HOLD, ONSET, UNKNOWN
from stretto.frames.plan import FIELD_NAMES, FIELDS, N_NEAR, goal_root, nearness_table
from stretto.networks.batch import Batch
from stretto.networks.cells import check_cell, recurrence
from stretto.networks.dropout import drop
from stretto.networks.features import heights, interval, motion
from stretto.networks.recall import Recall

NEVER = -1e9
SWIFT = 10.0
"""Factor on the tables by style: Adam moves an entry by the learning rate at most, and prohibitions need many nats."""
STYLE = FIELD_NAMES.index("style")


@dataclass(frozen=True, kw_only=True)
class Config:
    """Everything that shapes the network."""

    lowest: int = 36
    """MIDI pitch of index 0."""
    n_pitches: int = 48
    """36..83: C2 to B5, the range of a choir."""
    n_parts: int = 4
    order: tuple[int, ...] = (0, 3, 1, 2)
    """Parts in the order in which a frame is decided: the outer voices first."""
    durations: tuple[int, ...] = ()
    """Frame lengths in ticks, rising."""
    cell: str = "lstm"
    """What remembers along time, by name: one of `networks.cells`. The engine plays "lstm" alone."""
    n_state: int = 192
    """Units of the key-free recurrence."""
    n_pitch_state: int = 64
    """Units of the recurrence of each pitch."""
    n_pitch_input: int = 48
    n_scorer: int = 64
    n_vertical: int = 128
    n_heads: int = 4
    """Of the attention to earlier frames; 0 = none."""
    n_attention: int = 32
    n_recalls: int = 0
    """Heads of `networks.recall`, the memory of the piece; 0 = none."""
    n_context: int = 32
    dropout: float = 0.45
    height_jitter: float = 2.0
    """Standard deviation, in semitones, by which a piece's height is moved in training."""
    fields: tuple[str, ...] = FIELD_NAMES[:10]
    """What of the plan is heard, by name: the first so many of `frames.plan.FIELDS`."""
    by_style: bool = False
    """Each style has its own scores of parallel motion, of places in the range, and of rests:
    what one style does daily, another forbids."""

    def __post_init__(self) -> None:
        """Check what would otherwise fail far from here."""
        if sorted(self.order) != list(range(self.n_parts)):
            raise ValueError(f"order {self.order} is no order of {self.n_parts} parts")
        if tuple(self.fields) != FIELD_NAMES[: len(self.fields)]:
            raise ValueError(f"fields {self.fields} are not the first of {FIELD_NAMES}")
        if list(self.durations) != sorted(set(self.durations)) or not self.durations:
            raise ValueError("durations must rise and not be empty")
        check_cell(self.cell)


class Flagship(nn.Module):
    """See the head of this file."""

    def __init__(self, config: Config) -> None:
        """Make the weights, at random."""
        super().__init__()
        self.config = c = config
        v, n_pairs, n_lengths = c.n_parts, c.n_parts * (c.n_parts - 1) // 2, len(c.durations)
        self.motion_in = _table(v * 30, 32)
        self.interval_in = _table(n_pairs * 40, 24)
        self.degree_in = _table(v * 13, 16)
        self.length_in = _table(n_lengths, 16)
        sizes = [FIELDS[name] for name in c.fields]
        self.fields = _table(sum(sizes), c.n_context)
        n_seen = v * 32 + n_pairs * 24 + v * 16 + 16 + c.n_context
        self.time = recurrence(c.cell, n_seen, c.n_state, batch_first=True)
        self.near = nn.Parameter(torch.randn(2 * v, 2 * c.n_pitches + 1, c.n_pitch_input) * 0.05)
        self.key_in = _table(37, c.n_pitch_input)
        self.height_in = nn.Linear(8, c.n_pitch_input)
        self.state_in = nn.Linear(c.n_state, c.n_pitch_input)
        self.pitch_time = recurrence(c.cell, c.n_pitch_input, c.n_pitch_state)
        n_context = c.n_state + c.n_context
        self.query = _linear(n_context, c.n_heads * c.n_attention)
        self.address = _linear(n_context, c.n_heads * c.n_attention)
        self.nowhere = nn.Parameter(torch.zeros(c.n_heads))
        n_copies, n_copied_lengths = c.n_heads, c.n_heads * n_lengths
        if c.n_recalls:
            self.recall = Recall(c.n_recalls, c.n_pitches, c.durations, c.order)
            self.by_recall = nn.Parameter(torch.zeros(v, self.recall.n_features))
            n_copies += self.recall.n_features
            n_copied_lengths += c.n_recalls * n_lengths
        self.vertical_start = nn.Linear(n_context, c.n_vertical)
        self.vertical = nn.GRUCell(64, c.n_vertical)
        self.motion_up = _table(v * 30, 64)
        self.from_pitch = nn.Linear(c.n_pitch_state, c.n_scorer)
        self.from_vertical = nn.ModuleList(nn.Linear(c.n_vertical, c.n_scorer) for _ in range(v))
        self.from_copy = _linear(n_copies, c.n_scorer, bias=False)
        # One row of tables a part: its own last pitch, then each other part's new or last pitch, then the key.
        self.n_relations = 1 + 2 * (v - 1)
        self.relation = nn.EmbeddingBag(v * self.n_relations * (2 * c.n_pitches + 1) + v * 37, c.n_scorer, mode="sum")
        nn.init.normal_(self.relation.weight, std=0.1)
        n_styles = FIELDS["style"] if c.by_style else 1
        self.parallel = nn.Parameter(torch.zeros(n_styles, v, v, 2, 13, 13))
        if c.by_style:
            self.place = nn.Parameter(torch.zeros(n_styles, v, c.n_pitches))
            self.habit = nn.Parameter(torch.zeros(n_styles, v, 2))
        if "goal" in c.fields:
            n_aims = (n_styles, v, N_NEAR, FIELDS["close"], 2, 12)
            self.aim = nn.Parameter(torch.zeros(n_aims))
            self.aim_hold = nn.Parameter(torch.zeros(n_aims))
            self.near_goal: Tensor
            self.register_buffer("near_goal", torch.tensor(nearness_table()), persistent=False)
        self.score = nn.Parameter(torch.randn(v, c.n_scorer) * 0.1)
        self.height_score = nn.Parameter(torch.zeros(v, 8))
        n_hold = c.n_vertical + c.n_pitch_state + n_copies
        self.go_on = nn.ModuleList(nn.Sequential(nn.Linear(n_hold, 64), nn.SiLU(), nn.Linear(64, 2)) for _ in range(v))
        self.length = nn.Sequential(nn.Linear(c.n_vertical, 96), nn.SiLU(), nn.Linear(96, n_lengths))
        self.copy_length = _linear(n_copied_lengths, n_lengths, bias=False)
        nn.init.zeros_(self.copy_length.weight)
        self.apart: Tensor
        self.field_offset: Tensor
        self.register_buffer("apart", _apart(c.n_pitches), persistent=False)
        offsets = torch.tensor([0, *sizes]).cumsum(0)[:-1]
        self.register_buffer("field_offset", offsets, persistent=False)

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Log-probability, in nats, of every part's choice (B, T, V) and of every length (B, T)."""
        c = self.config
        b, t = batch.length_BT.shape
        before = torch.cat([torch.full_like(batch.pitch_BTV[:, :1], -2), batch.pitch_BTV[:, :-1]], 1)
        height_BP8 = self._heights(b)
        context_BTc = self.fields(batch.fields_BTF[..., : len(c.fields)] + self.field_offset).sum(2)
        motion_BTV = motion(batch.pitch_BTV, before)
        state_BTG = self._drop(self.time(self._drop(self._seen(batch, motion_BTV, context_BTc), 1))[0], 1)
        pitch_BTPH = self._drop(self._pitch_axis(batch, state_BTG, height_BP8), 1, 2)
        past_BTG = functional.pad(state_BTG, (0, 0, 1, 0))[:, :-1]
        past_BTPH = functional.pad(pitch_BTPH, (0, 0, 0, 0, 1, 0))[:, :-1]
        whole_BTC = torch.cat([past_BTG, context_BTc], -1)
        copied_BTVOA, copied_BTL = self._copies(batch, whole_BTC)
        if c.n_recalls:
            recalled_BTVOM, recalled_BTL = self.recall(batch)
            copied_BTVOA = torch.cat([copied_BTVOA, recalled_BTVOM], -1)
            copied_BTL = torch.cat([copied_BTL, recalled_BTL], -1)
        u_NU = torch.tanh(self.vertical_start(whole_BTC)).view(b * t, -1)
        view = _Frame(self, batch, before, past_BTPH, copied_BTVOA, height_BP8)
        log_p: list[Tensor] = [u_NU] * c.n_parts
        for part in c.order:
            u_drop = self._drop(u_NU.view(b, t, -1), 1).view(b * t, -1)
            log_p[part] = view.choose(part, u_drop)
            u_NU = self.vertical(self.motion_up(motion_BTV[..., part].reshape(-1) + part * 30), u_NU)
        length_BTL = self.length(self._drop(u_NU.view(b, t, -1), 1)) + self.copy_length(copied_BTL)
        return torch.stack(log_p, -1).view(b, t, -1), _length_score(length_BTL, batch)

    def _heights(self, n: int) -> Tensor:
        """Smooth features of absolute height, (B, P, 8); jittered in training."""
        c = self.config
        octave = (torch.arange(c.n_pitches, device=self.near.device).to(self.near.dtype) + c.lowest - 60) / 12
        shift = torch.randn(n, 1, device=octave.device) * c.height_jitter / 12 * self.training
        return heights(octave + shift.to(self.near.dtype))

    def _drop(self, x: Tensor, *shared: int) -> Tensor:
        """Variational dropout: one mask along the axes `shared`."""
        return drop(self, self.config.dropout, x, *shared)

    def _seen(self, batch: Batch, motion_BTV: Tensor, context_BTc: Tensor) -> Tensor:
        """What is the same in every key: motion, intervals, degrees, length, place."""
        pitch = batch.pitch_BTV
        v = self.config.n_parts
        part = torch.arange(v, device=pitch.device)
        pairs = [interval(pitch[..., i], pitch[..., j]) for i in range(v) for j in range(i + 1, v)]
        interval_BTI = torch.stack(pairs, -1) + 40 * torch.arange(len(pairs), device=pitch.device)
        known = (pitch >= 0) & (batch.tonic_B >= 0)[:, None, None]
        degree = torch.where(known, 1 + (pitch + self.config.lowest - batch.tonic_B[:, None, None]) % 12, 0)
        tables = (
            self.motion_in(motion_BTV + 30 * part),
            self.interval_in(interval_BTI),
            self.degree_in(degree + 13 * part),
        )
        return torch.cat([x.flatten(2) for x in tables] + [self.length_in(batch.length_BT), context_BTc], -1)

    def _pitch_axis(self, batch: Batch, state_BTG: Tensor, height_BP8: Tensor) -> Tensor:
        """State of every pitch after every frame, (B, T, P, H)."""
        c = self.config
        b, t, v = batch.pitch_BTV.shape
        slot = 2 * torch.arange(v, device=state_BTG.device) + (batch.state_BTV == ONSET)
        rows = torch.zeros(b * t, 2 * v * (c.n_pitches + 1), dtype=state_BTG.dtype, device=state_BTG.device)
        rows.scatter_(1, (slot * (c.n_pitches + 1) + batch.pitch_BTV + 1).view(b * t, v), 1.0)
        near = self.near[:, self.apart].reshape(rows.shape[1], -1)
        x = (rows @ near).view(b, t, c.n_pitches, -1)
        still = self.height_in(height_BP8) + self.key_in(self.key_rows(batch))
        x = torch.tanh(x + still[:, None] + self.state_in(state_BTG)[:, :, None])
        x = self._drop(x, 1, 2).transpose(0, 1).reshape(t, b * c.n_pitches, -1)
        out: Tensor = self.pitch_time(x)[0].view(t, b, c.n_pitches, -1).transpose(0, 1)
        return out

    def key_rows(self, batch: Batch) -> Tensor:
        """Row of the key's table for every pitch, (B, P): 0 unknown, else degree and mode."""
        pitch = torch.arange(self.config.n_pitches, device=batch.tonic_B.device) + self.config.lowest
        degree = (pitch[None] - batch.tonic_B[:, None]) % 12
        return torch.where(batch.tonic_B[:, None] >= 0, 1 + degree + 12 * batch.mode_B[:, None], 0)

    def _copies(self, batch: Batch, whole_BTC: Tensor) -> tuple[Tensor, Tensor]:
        """What earlier frames at similar places held: options (B, T, V, 1 + P, A), lengths (B, T, A * L)."""
        c = self.config
        b, t, v = batch.pitch_BTV.shape
        split = (b, t, c.n_heads, c.n_attention)
        query, address = (f(whole_BTC).view(split).transpose(1, 2) for f in (self.query, self.address))
        weight = query @ address.transpose(-1, -2) / math.sqrt(c.n_attention)
        later = torch.ones(t, t, dtype=torch.bool, device=weight.device).triu()
        nowhere = self.nowhere.view(1, -1, 1, 1).expand(b, -1, t, 1)
        weight = torch.cat([weight.masked_fill(later, NEVER), nowhere], -1).softmax(-1)[..., :-1]
        held = functional.one_hot(batch.pitch_BTV + 1, c.n_pitches + 1).to(weight.dtype).view(b, 1, t, -1)
        lengths = functional.one_hot(batch.length_BT, len(c.durations)).to(weight.dtype)[:, None]
        copied = (weight @ held).view(b, c.n_heads, t, v, c.n_pitches + 1).permute(0, 2, 3, 4, 1)
        return copied, (weight @ lengths).permute(0, 2, 1, 3).reshape(b, t, c.n_heads * len(c.durations))


class _Frame:
    """The vertical axis of all frames at once: one call of `choose` per part, in order."""

    def __init__(
        self, net: Flagship, batch: Batch, before: Tensor, past_BTPH: Tensor, copied: Tensor, height_BP8: Tensor
    ) -> None:
        c = net.config
        b, t, v = batch.pitch_BTV.shape
        self.net, self.batch, self.n, self.done = net, batch, b * t, list[int]()
        self.last_NV, self.new_NV = before.view(-1, v), batch.pitch_BTV.view(-1, v)
        self.state_NV, self.past_NPH = batch.state_BTV.view(-1, v), past_BTPH.reshape(b * t, c.n_pitches, -1)
        self.copied_NVOA = copied.reshape(b * t, v, c.n_pitches + 1, copied.shape[-1])
        self.height_NP8 = height_BP8[:, None].expand(b, t, -1, -1).reshape(b * t, c.n_pitches, 8)
        self.pitched_NPD = net.from_pitch(self.past_NPH)
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
            recalled_NOM = copied_NOA[..., net.config.n_heads :]
            onset_NP = onset_NP + recalled_NOM[:, 1:] @ net.by_recall[part]
        sounding = last_N >= 0
        own_NH = torch.where(sounding[:, None], self.past_NPH[row, last_N.clamp(min=0)], 0.0)
        hints = [u_NU, own_NH, copied_NOA[row, last_N.clamp(min=-1) + 1]]
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
        log_NO = torch.cat([go_on[:, None], rest[:, None], onset_NP], 1).log_softmax(1)
        same = new_N == last_N
        state = self.state_NV[:, part]
        target = torch.where(new_N < 0, torch.where(same, 0, 1), torch.where(state == HOLD, 0, new_N + 2))
        chosen = log_NO.gather(1, target[:, None])[:, 0]
        either = torch.logaddexp(log_NO[:, 0], chosen)
        self.all_same_N = self.all_same_N & same & (state != ONSET)
        self.done.append(part)
        return torch.where((state == UNKNOWN) & same, either, chosen)

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
        parallel = parallel * (SWIFT if c.by_style else 1.0)
        return torch.stack(bag, -1), parallel.expand(self.n, c.n_pitches)


def _table(n: int, width: int) -> nn.Embedding:
    table = nn.Embedding(n, width)
    nn.init.normal_(table.weight, std=0.3)
    return table


def _linear(n_in: int, n_out: int, *, bias: bool = True) -> nn.Linear:
    """A linear layer that may be empty, as those of an attention without heads, of which torch would warn."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Initializing zero-element tensors")
        return nn.Linear(n_in, n_out, bias=bias)


def _apart(n_pitches: int) -> Tensor:
    """Row of a table of distances for every pitch to come (columns) from none or every pitch (rows), (1 + P, P)."""
    step = torch.arange(n_pitches)
    apart = step[None, :] - step[:, None] + n_pitches
    return torch.cat([torch.zeros(1, n_pitches, dtype=torch.long), apart])


def _length_score(length_BTL: Tensor, batch: Batch) -> Tensor:
    """Log-probability of each frame's length; of at least that length where the plan cut it."""
    log_BTL = length_BTL.log_softmax(-1)
    exact = log_BTL.gather(-1, batch.length_BT[..., None])[..., 0]
    at_least = torch.arange(log_BTL.shape[-1], device=log_BTL.device) >= batch.length_BT[..., None]
    survived = log_BTL.masked_fill(~at_least, NEVER).logsumexp(-1)
    return torch.where(batch.cut_BT, survived, exact)
