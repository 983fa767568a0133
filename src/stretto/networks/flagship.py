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
    6. What is given of what is to come is read backwards (`networks.ahead`), and given parts are decided first.
    7. Parallels, ranges and rests may be scored by style, and pitches by how they lead to the goal of their phrase.
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

from stretto.frames.canvas import GIVEN
from stretto.frames.parts import ONSET, REST
from stretto.frames.plan import FIELD_NAMES, FIELDS, N_NEAR, nearness_table
from stretto.networks.ahead import Ahead, apart
from stretto.networks.batch import Batch
from stretto.networks.cells import check_cell, recurrence
from stretto.networks.dropout import drop
from stretto.networks.features import heights, interval, motion
from stretto.networks.recall import Recall
from stretto.networks.vertical import N_NEXT, NEVER, VerticalAxis

N_ECHOED = 2
"""Of an option: it is what is to be recalled, and that begins here."""


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
    n_ahead: int = 0
    """Units of the backward pass over what is given of what is to come, `networks.ahead`; 0 = none."""
    n_pitch_ahead: int = 24
    """The same for each pitch."""
    dropout_ahead: float = 0.4
    """Of what the backward pass tells."""
    horizon: int = 192
    """Ticks before something given begins or ends from which on it is heard: two bars of 4/4."""
    echoes: bool = False
    """Passages can be asked to recall earlier ones, `frames.echo`."""
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
        n_ahead = n_pitch_ahead = 0
        if c.n_ahead:
            self.ahead = Ahead(v, c.n_pitches, c.lowest, c.n_ahead, c.n_pitch_ahead, c.horizon)
            n_ahead, n_pitch_ahead = c.n_ahead, c.n_pitch_ahead
            self.from_ahead = nn.Linear(c.n_pitch_ahead, c.n_scorer, bias=False)
        if c.echoes:
            n_copies, n_copied_lengths = n_copies + N_ECHOED, n_copied_lengths + n_lengths
            self.ticks_L: Tensor
            self.register_buffer("ticks_L", torch.tensor(list(c.durations)), persistent=False)
        self.vertical_start = nn.Linear(n_context + n_ahead, c.n_vertical)
        self.vertical = nn.GRUCell(64, c.n_vertical)
        self.motion_up = _table(v * 30, 64)
        self.from_pitch = nn.Linear(c.n_pitch_state, c.n_scorer)
        self.from_vertical = nn.ModuleList(nn.Linear(c.n_vertical, c.n_scorer) for _ in range(v))
        self.from_copy = _linear(n_copies, c.n_scorer, bias=False)
        # One row of tables a part: its own last pitch, then each other part's new or last pitch, then where each part
        # is known to go, soon or later; then the key.
        self.n_relations = 1 + 2 * (v - 1) + (N_NEXT * v if c.n_ahead else 0)
        self.relation = nn.EmbeddingBag(v * self.n_relations * (2 * c.n_pitches + 1) + v * 37, c.n_scorer, mode="sum")
        nn.init.normal_(self.relation.weight, std=0.1)
        self._make_tables_by_style()
        self.score = nn.Parameter(torch.randn(v, c.n_scorer) * 0.1)
        self.height_score = nn.Parameter(torch.zeros(v, 8))
        n_hold = c.n_vertical + c.n_pitch_state + n_copies + n_pitch_ahead
        self.go_on = nn.ModuleList(nn.Sequential(nn.Linear(n_hold, 64), nn.SiLU(), nn.Linear(64, 2)) for _ in range(v))
        self.length = nn.Sequential(nn.Linear(c.n_vertical, 96), nn.SiLU(), nn.Linear(96, n_lengths))
        self.copy_length = _linear(n_copied_lengths, n_lengths, bias=False)
        nn.init.zeros_(self.copy_length.weight)
        self.apart: Tensor
        self.field_offset: Tensor
        self.register_buffer("apart", apart(c.n_pitches), persistent=False)
        offsets = torch.tensor([0, *sizes]).cumsum(0)[:-1]
        self.register_buffer("field_offset", offsets, persistent=False)

    def _make_tables_by_style(self) -> None:
        """What each style does daily or forbids, and how it leads to the goals of its phrases."""
        c, v = self.config, self.config.n_parts
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

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Log-probability, in nats, of every part's choice (B, T, V) and of every length (B, T); 0 of what is given."""
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
        if c.echoes:
            echoed_BTVOE, echoed_BTL = self._echoes(batch)
            copied_BTVOA = torch.cat([copied_BTVOA, echoed_BTVOE], -1)
            copied_BTL = torch.cat([copied_BTL, echoed_BTL], -1)
        whole_BTC, ahead_BTPQ = self._look_ahead(batch, whole_BTC)
        u_NU = torch.tanh(self.vertical_start(whole_BTC)).view(b * t, -1)
        view = VerticalAxis(self, batch, before, past_BTPH, copied_BTVOA, height_BP8, ahead_BTPQ)
        log_p: list[Tensor] = [u_NU] * c.n_parts
        for part in batch.order or c.order:
            u_drop = self._drop(u_NU.view(b, t, -1), 1).view(b * t, -1)
            log_p[part] = view.choose(part, u_drop)
            u_NU = self.vertical(self.motion_up(motion_BTV[..., part].reshape(-1) + part * 30), u_NU)
        length_BTL = self.length(self._drop(u_NU.view(b, t, -1), 1)) + self.copy_length(copied_BTL)
        length_BT = _length_score(length_BTL, batch)
        if batch.choice_BTV is not None:
            length_BT = length_BT.masked_fill((batch.choice_BTV == GIVEN).all(-1), 0.0)
        return torch.stack(log_p, -1).view(b, t, -1), length_BT

    def _look_ahead(self, batch: Batch, whole_BTC: Tensor) -> tuple[Tensor, Tensor | None]:
        """What is known of the whole, with what is given of what comes; and that for each pitch, (B, T, P, Q)."""
        if not self.config.n_ahead:
            return whole_BTC, None
        if batch.canvas is None:
            return functional.pad(whole_BTC, (0, self.config.n_ahead)), None
        ahead_BTA, ahead_BTPQ = self.ahead(batch.canvas, batch.tonic_B, self.key_rows(batch))
        rate = self.config.dropout_ahead
        ahead_BTA, ahead_BTPQ = drop(self, rate, ahead_BTA, 1), drop(self, rate, ahead_BTPQ, 1, 2)
        return torch.cat([whole_BTC, ahead_BTA], -1), ahead_BTPQ

    def _echoes(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """What is to be recalled, as options (B, T, V, 1 + P, 2) and as lengths (B, T, L)."""
        c = self.config
        kind = self.near.dtype
        if batch.echo_BTV is None or batch.echo_struck_BTV is None or batch.echo_left_BT is None:
            b, t, v = batch.pitch_BTV.shape
            nothing = torch.zeros(b, t, v, c.n_pitches + 1, N_ECHOED, dtype=kind, device=self.near.device)
            return nothing, nothing.new_zeros(b, t, len(c.durations))
        known = (batch.echo_BTV >= REST) & (batch.echo_BTV < c.n_pitches)
        held = functional.one_hot(batch.echo_BTV.clamp(REST, c.n_pitches - 1) + 1, c.n_pitches + 1).to(kind)
        held = held * known[..., None]
        struck = held * batch.echo_struck_BTV[..., None]
        left_BTL = (batch.echo_left_BT[..., None] == self.ticks_L).to(kind)
        return torch.stack([held, struck], -1), left_BTL

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


def _table(n: int, width: int) -> nn.Embedding:
    table = nn.Embedding(n, width)
    nn.init.normal_(table.weight, std=0.3)
    return table


def _linear(n_in: int, n_out: int, *, bias: bool = True) -> nn.Linear:
    """A linear layer that may be empty, as those of an attention without heads, of which torch would warn."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Initializing zero-element tensors")
        return nn.Linear(n_in, n_out, bias=bias)


def _length_score(length_BTL: Tensor, batch: Batch) -> Tensor:
    """Log-probability of each frame's length; of at least that length where the plan cut it."""
    log_BTL = length_BTL.log_softmax(-1)
    exact = log_BTL.gather(-1, batch.length_BT[..., None])[..., 0]
    at_least = torch.arange(log_BTL.shape[-1], device=log_BTL.device) >= batch.length_BT[..., None]
    survived = log_BTL.masked_fill(~at_least, NEVER).logsumexp(-1)
    return torch.where(batch.cut_BT, survived, exact)
