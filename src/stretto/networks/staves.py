"""The staves network: a sparse recurrent network for any number of notes on a few staves.

Along time runs one LSTM, moment by moment, over what is the same in every key. Inside a moment a small vertical
recurrence steps from note to note, staff by staff: before each step it says which pitch the staff strikes next, in
its direction, or that it strikes no more; after each note, how long it lasts; after all, when the next moment comes.
So any texture has an exact likelihood, and the work grows with the notes that there are.

Which pitch is next is a sum of scores in several frames of reference, each seen through what the vertical state asks
of it: the key, the place on the staff, the interval to the staff's last notes, to the note just taken, to the other
staves, to what is given next; and of what is known of every pitch (`networks.staff_bits`): that it sounds, was struck
a bar ago, is to be recalled, is what earlier places like this one went on with.

Source: Johnson, "Generating Polyphonic Music Using Tied Parallel Networks" (EvoMUSART 2017), for the two axes;
Boulanger-Lewandowski et al., "Modeling Temporal Dependencies in High-Dimensional Sequences" (ICML 2012), for exact
chords inside a recurrence.
Departures: the note axis steps over notes, not over pitches; each note says its own length; moments are as far apart
as the music says, not on a grid.
"""

# Shapes: B pieces, T moments, M moments that are there, V staves, P pitches, C heights above the tonic, N events,
# J notes, K frames of reference, Q asked of each, U vertical, G state, D durations, L lengths, F fields.

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from stretto.frames.staff_example import DURATIONS, LENGTHS, N_LAGS
from stretto.frames.staff_fields import STAFF_FIELDS
from stretto.networks.dropout import drop
from stretto.networks.staff_ahead import StaffAhead
from stretto.networks.staff_batch import NO_DURATION, NONE, StaffBatch
from stretto.networks.staff_bits import StaffBits
from stretto.networks.staff_scores import PitchScores, height_of
from stretto.networks.swift_lstm import SwiftLstm

MAX_NTH = 6
"""Notes of a staff that are counted apart."""

NEVER = -1e9


@dataclass(frozen=True, kw_only=True)
class StavesConfig:
    """Everything that shapes the network."""

    staves: tuple[str, ...] = ("right hand", "left hand")
    """From the top."""
    ranges: tuple[tuple[int, int], ...] = ((21, 108), (21, 108))
    """MIDI pitches that each player has."""
    upward: tuple[bool, ...] = (False, True)
    """Of each staff: its notes are said from the lowest up; else from the highest down."""
    order: tuple[int, ...] = (0, 1)
    """In which a moment is decided."""
    composers: tuple[str, ...] = ()
    lowest: int = 21
    n_pitches: int = 88
    n_state: int = 512
    n_seen: int = 256
    n_context: int = 48
    n_vertical: int = 256
    n_event: int = 96
    n_asked: int = 40
    n_heads: int = 4
    n_attention: int = 32
    n_ahead: int = 128
    dropout: float = 0.2
    dropout_ahead: float = 0.15
    horizon: int = 192
    """Ticks before something given from which on it is heard."""

    def __post_init__(self) -> None:
        """Check what would otherwise fail far from here."""
        v = len(self.staves)
        if sorted(self.order) != list(range(v)) or len(self.upward) != v or len(self.ranges) != v:
            raise ValueError(f"order, directions or ranges are not those of {v} staves")


class Said(NamedTuple):
    """Log-probabilities, in nats."""

    choice_N: Tensor
    """Of every event: its pitch, or that there is no more; 0 of what is given."""
    duration_N: Tensor
    """Of every event's duration; 0 where there is none, or it is given."""
    length_BT: Tensor


class Staves(nn.Module):
    """See the head of this file."""

    def __init__(self, config: StavesConfig) -> None:
        """Make the weights, at random."""
        super().__init__()
        self.config = c = config
        v, p, n_lengths, n_durations = len(c.staves), c.n_pitches, len(LENGTHS), len(DURATIONS)
        self.n_heights = p + 11
        self.fields = _table(sum(STAFF_FIELDS.values()), c.n_context)
        self.struck_in = _table(v * self.n_heights, c.n_seen, 0.15)
        self.held_in = _table(v * self.n_heights, c.n_seen, 0.05)
        self.motion_in = _table(v * 30, c.n_seen, 0.15)
        self.count_in = _table(v * MAX_NTH, c.n_seen, 0.1)
        self.duration_in = _table(v * (n_durations + 1), c.n_seen, 0.1)
        self.length_in = _table(n_lengths, c.n_seen, 0.15)
        self.context_in = nn.Linear(c.n_context, c.n_seen)
        self.time = SwiftLstm(c.n_seen, c.n_state)
        self.bits = StaffBits(v, c.n_state + c.n_context, c.n_heads, c.n_attention)
        n_whole = c.n_state + c.n_context
        if c.n_ahead:
            self.ahead = StaffAhead(v, self.n_heights, c.n_ahead, c.horizon)
            n_whole += c.n_ahead
        self.vertical_start = nn.Linear(n_whole, c.n_vertical)
        self.staff_in = _table(v, c.n_event)
        self.pitch_in = _table(v * self.n_heights, c.n_event, 0.2)
        self.event_motion = _table(v * 30, c.n_event, 0.2)
        self.event_interval = _table(v * 30, c.n_event, 0.2)
        self.event_duration = _table(n_durations + 1, c.n_event, 0.2)
        self.vertical = nn.GRUCell(c.n_event, c.n_vertical)
        self.scores = PitchScores(v, p, self.n_heights, c.n_vertical, c.n_asked, looks_ahead=c.n_ahead > 0)
        self.ask_bits = nn.Linear(c.n_vertical, v * self.bits.n_of_pitch)
        nn.init.normal_(self.ask_bits.weight, std=0.01)
        self.bit_score = nn.Parameter(torch.zeros(v, self.bits.n_of_pitch))
        self.no_more = nn.Sequential(nn.Linear(c.n_vertical + c.n_event, 64), nn.SiLU(), nn.Linear(64, 1))
        self.nth_in = _table(v * MAX_NTH, c.n_event)
        self.no_more_hints = nn.Linear(self.bits.n_of_staff, 1, bias=False)
        self.last_in = nn.Linear(c.n_vertical, 96)
        self.last_pitch = _table(v * self.n_heights, 96, 0.1)
        self.last_nth = _table(v * MAX_NTH, 96, 0.1)
        self.last_out = nn.Linear(96, n_durations)
        self.last_before = _table(n_durations + 1, n_durations, 0.02)
        self.last_outer = _table(v * (n_durations + 1), n_durations, 0.02)
        self.last_hints = nn.Linear(c.n_vertical, self.bits.n_of_duration)
        self.length_in_hidden = nn.Linear(c.n_vertical, 96)
        self.length_out = nn.Linear(96, n_lengths)
        self.length_hints = nn.Linear(c.n_vertical, v + N_LAGS + 3 + c.n_heads)

    def forward(self, batch: StaffBatch) -> Said:
        """Log-probability of every choice, duration and length."""
        c = self.config
        b, t = batch.mask_BT.shape
        offset_F = torch.tensor([0, *STAFF_FIELDS.values()]).cumsum(0)[:-1].to(batch.fields_BTF.device)
        context_BTc = self.fields(batch.fields_BTF + offset_F).sum(2)
        last = _last(batch)
        seen_BTS = drop(self, c.dropout, torch.tanh(self._seen(batch, last, context_BTc)), 1)
        state_BTG = drop(self, c.dropout, self.time(seen_BTS)[0], 1)
        past_BTG = functional.pad(state_BTG, (0, 0, 1, 0))[:, :-1]
        whole_BTX = torch.cat([past_BTG, context_BTc], -1)
        bits = self.bits(batch, whole_BTX, last)
        ahead_outer = None
        if c.n_ahead:
            ahead_BTA, ahead_outer = self.ahead(batch, self._heights_of(batch))
            whole_BTX = torch.cat([whole_BTX, drop(self, c.dropout_ahead, ahead_BTA, 1)], -1)
        start_MU = torch.tanh(self.vertical_start(whole_BTX)).view(b * t, -1)
        before_NU, final_MU = self._vertical_axis(batch, start_MU, last.outer_BTV)
        asked_NU = drop(self, c.dropout, before_NU)
        choice_N = self._choices(batch, asked_NU, bits, last, ahead_outer)
        duration_N = self._durations(batch, asked_NU, bits, last)
        length_BT = self._lengths(batch, drop(self, c.dropout, final_MU), bits)
        return Said(choice_N, duration_N, length_BT)

    def _heights_of(self, batch: StaffBatch) -> Tensor:
        """Row of a table of heights above the tonic of every pitch, (B, P)."""
        return height_of(batch.tonic_B, self.config.lowest, self.config.n_pitches)

    def _seen(self, batch: StaffBatch, last: Last, context_BTc: Tensor) -> Tensor:
        """What each moment shows in any key, (B, T, S)."""
        staff = torch.arange(len(self.config.staves), device=batch.tonic_B.device)
        high_BTVC = self._placed(batch.roll_BTVP, batch)
        held_BTVC = self._placed(batch.held_BTVP, batch)
        rolls = high_BTVC.flatten(2) @ self.struck_in.weight + held_BTVC.flatten(2) @ self.held_in.weight
        moved_BTV = moved(batch.outer_BTV, last.outer_BTV) + 30 * staff
        counted_BTV = batch.count_BTV.clamp(max=MAX_NTH - 1) + MAX_NTH * staff
        long_BTV = batch.outer_duration_BTV + (NO_DURATION + 1) * staff
        said = self.motion_in(moved_BTV).sum(2) + self.count_in(counted_BTV).sum(2) + self.duration_in(long_BTV).sum(2)
        found: Tensor = rolls + said + self.length_in(batch.length_BT) + self.context_in(context_BTc)
        return found

    def _placed(self, roll_BTVP: Tensor, batch: StaffBatch) -> Tensor:
        """A roll by height above the tonic, (B, T, V, C)."""
        b, t, v, _ = roll_BTVP.shape
        out = torch.zeros(b, t, v, self.n_heights, device=roll_BTVP.device)
        index = self._heights_of(batch)[:, None, None].expand(b, t, v, -1)
        return out.scatter_(3, index, roll_BTVP)

    def _vertical_axis(self, batch: StaffBatch, start_MU: Tensor, last_BTV: Tensor) -> tuple[Tensor, Tensor]:
        """State before every event, (N, U), and after the last of every moment, (B * T, U)."""
        x_NE = self._events(batch, last_BTV)
        u = start_MU[batch.moment_of_rank_M]
        befores, afters, at = [], [], 0
        for n in batch.n_at_slot:
            u = u[:n]
            befores.append(u)
            u = self.vertical(x_NE[at : at + n], u)
            afters.append(u)
            at += n
        # The last event of the moment of rank r stands in the last slot that has more than r events.
        ends = torch.tensor(batch.n_at_slot, device=start_MU.device)
        n_m = len(batch.moment_of_rank_M)
        slot_M = (ends[None] > torch.arange(n_m, device=ends.device)[:, None]).sum(1) - 1
        row_M = (ends.cumsum(0) - ends)[slot_M] + torch.arange(n_m, device=ends.device)
        final = torch.zeros_like(start_MU).index_put((batch.moment_of_rank_M,), torch.cat(afters)[row_M].to(start_MU))
        return torch.cat(befores), final

    def _events(self, batch: StaffBatch, last_BTV: Tensor) -> Tensor:
        """What the vertical axis hears of every event, (N, E)."""
        staff, pitch, moment = batch.event_staff_N, batch.event_pitch_N, batch.event_moment_N
        last_N = last_BTV.flatten(0, 1)[moment, staff]
        piece_N = moment // batch.mask_BT.shape[1]
        height_N = self._heights_of(batch)[piece_N, pitch.clamp(min=0)] + self.n_heights * staff
        is_note = (pitch != NONE).to(self.staff_in.weight.dtype)[:, None]
        x_NE = self.pitch_in(height_N) + self.event_motion(moved(pitch, last_N) + 30 * staff)
        x_NE = x_NE + self.event_interval(moved(pitch, batch.event_before_N) + 30 * staff)
        found: Tensor = is_note * (x_NE + self.event_duration(batch.event_duration_N)) + self.staff_in(staff)
        return found

    def _choices(
        self, batch: StaffBatch, u_NU: Tensor, bits: Bits, last: Last, ahead_outer: tuple[Tensor, Tensor] | None
    ) -> Tensor:
        """Log-probability of each event among all pitches and "no more", (N,)."""
        c, staff, moment = self.config, batch.event_staff_N, batch.event_moment_N
        score_NP = self.scores(batch, u_NU, last, ahead_outer, self._heights_of(batch))
        n_bits = self.bits.n_of_pitch
        # What is asked of the bits is asked once a staff, before its first note.
        first = torch.nonzero(batch.event_nth_N == 0)[:, 0]
        place_F = moment[first] * len(c.staves) + staff[first]
        ask_FX = self.ask_bits(u_NU[first]).view(len(first), len(c.staves), n_bits)
        ask_FX = ask_FX[torch.arange(len(first)), staff[first]] + self.bit_score[staff[first]]
        nothing_RX = torch.zeros(batch.count_BTV.numel(), n_bits, device=u_NU.device)
        ask_RX = nothing_RX.index_copy(0, place_F, ask_FX.float())
        score_NP = score_NP + bits.score(ask_RX)[moment * len(c.staves) + staff]
        nth_N = batch.event_nth_N.clamp(max=MAX_NTH - 1) + MAX_NTH * staff
        no_more_N = self.no_more(torch.cat([u_NU, self.nth_in(nth_N)], -1))[:, 0]
        hints_N = self.no_more_hints(bits.of_staff_MVX[moment, staff])[:, 0]
        no_more_N = no_more_N + hints_N * (batch.event_nth_N == 0)
        no_more_N = no_more_N.masked_fill(must_strike(batch), NEVER)
        pitch_P = torch.arange(c.n_pitches, device=u_NU.device)
        up_N = torch.tensor(c.upward, device=u_NU.device)[staff][:, None]
        before_N1 = batch.event_before_N[:, None]
        barred = (before_N1 != NONE) & torch.where(up_N, pitch_P <= before_N1, pitch_P >= before_N1)
        limits_V2 = torch.tensor(c.ranges, device=u_NU.device) - c.lowest
        barred |= (pitch_P < limits_V2[staff, :1]) | (pitch_P > limits_V2[staff, 1:])
        logits_NO = torch.cat([no_more_N[:, None], score_NP.masked_fill(barred, NEVER)], 1)
        log_p = functional.log_softmax(logits_NO.float(), -1).gather(1, batch.event_pitch_N[:, None] + 1)[:, 0]
        return log_p.masked_fill(_given(batch), 0.0)

    def _durations(self, batch: StaffBatch, u_NU: Tensor, bits: Bits, last: Last) -> Tensor:
        """Log-probability of the duration of each event, (N,)."""
        note = torch.nonzero(batch.event_pitch_N != NONE)[:, 0]
        staff, moment, pitch = batch.event_staff_N[note], batch.event_moment_N[note], batch.event_pitch_N[note]
        height_J = self._heights_of(batch)[moment // batch.mask_BT.shape[1], pitch] + self.n_heights * staff
        nth_J = batch.event_nth_N[note].clamp(max=MAX_NTH - 1) + MAX_NTH * staff
        hidden_JX = functional.silu(self.last_in(u_NU[note]) + self.last_pitch(height_J) + self.last_nth(nth_J))
        logits_JD = self.last_out(hidden_JX) + self.last_before(batch.event_before_duration_N[note])
        outer_J = last.duration_BTV.flatten(0, 1)[moment, staff] + (NO_DURATION + 1) * staff
        logits_JD = logits_JD + self.last_outer(outer_J)
        ask_JX = self.last_hints(u_NU[note])
        logits_JD = logits_JD + torch.einsum("jdx,jx->jd", bits.duration_hints(moment, staff), ask_JX)
        log_p = functional.log_softmax(logits_JD.float(), -1)
        chosen = log_p.gather(1, batch.event_duration_N[note][:, None])[:, 0]
        out = torch.zeros(len(u_NU), device=u_NU.device).index_put((note,), chosen)
        return out.masked_fill(_given(batch), 0.0)

    def _lengths(self, batch: StaffBatch, u_MU: Tensor, bits: Bits) -> Tensor:
        """Log-probability of the length of each moment, (B, T); at least so long, where it was cut."""
        b, t = batch.mask_BT.shape
        logits_ML = self.length_out(functional.silu(self.length_in_hidden(u_MU)))
        classes = [batch.soonest_BTV, batch.lag_left_BTK, batch.to_beat_BT2]
        asked_left = batch.asked_left_BT
        classes.append(torch.full_like(batch.length_BT, len(LENGTHS)) if asked_left is None else asked_left)
        class_MX = torch.cat([x.reshape(b * t, -1) for x in classes], 1)
        hints_MXL = functional.one_hot(class_MX, len(LENGTHS) + 1)[..., :-1].to(logits_ML.dtype)
        hints_MXL = torch.cat([hints_MXL, bits.length_MAL.to(logits_ML.dtype)], 1)
        logits_ML = logits_ML + torch.einsum("mxl,mx->ml", hints_MXL, self.length_hints(u_MU))
        log_p = functional.log_softmax(logits_ML.float(), -1).view(b, t, -1)
        chosen_BT = log_p.gather(2, batch.length_BT[..., None])[..., 0]
        at_least_BTL = log_p.flip(-1).logcumsumexp(-1).flip(-1)
        at_least_BT = at_least_BTL.gather(2, batch.length_BT[..., None])[..., 0]
        out = torch.where(batch.cut_BT, at_least_BT, chosen_BT)
        return out.masked_fill(batch.given_BTV.all(-1) | ~batch.mask_BT, 0.0)


class Last(NamedTuple):
    """What each staff struck last before every moment."""

    outer_BTV: Tensor
    inner_BTV: Tensor
    duration_BTV: Tensor
    place_BTV: Tensor
    """The moment; NONE."""


Bits = StaffBits.Found


def moved(to: Tensor, since: Tensor) -> Tensor:
    """Rows for a move: semitones -13..13, then from silence, to silence, silent throughout."""
    apart = (to - since).clamp(-13, 13) + 13
    apart = torch.where((to != NONE) & (since == NONE), 27, apart)
    apart = torch.where((to == NONE) & (since != NONE), 28, apart)
    return torch.where((to == NONE) & (since == NONE), 29, apart)


def must_strike(batch: StaffBatch) -> Tensor:
    """Events at which something must be struck at last: the first of the last open staff, nothing yet struck, (N,)."""
    b, t = batch.mask_BT.shape
    order = list(batch.order)
    count_MV = batch.count_BTV.reshape(b * t, -1)[:, order]
    open_MV = ~batch.given_BTV.reshape(b * t, -1)[:, order]
    rank = torch.arange(len(order), device=count_MV.device)
    last_open_M = torch.where(open_MV, rank, -1).max(1)[0]
    place = torch.empty(len(order), dtype=torch.long, device=count_MV.device)
    place[torch.tensor(order, device=count_MV.device)] = rank
    rank_N, moment = place[batch.event_staff_N], batch.event_moment_N
    before_MV = count_MV.cumsum(1) - count_MV
    nothing_N = before_MV[moment, rank_N] == 0
    here_N = (rank_N == last_open_M[moment]) & (batch.event_nth_N == 0)
    return here_N & nothing_N & ~batch.free_BT.reshape(-1)[moment]


def _given(batch: StaffBatch) -> Tensor:
    return batch.given_BTV.flatten(0, 1)[batch.event_moment_N, batch.event_staff_N]


def _last(batch: StaffBatch) -> Last:
    """What each staff struck last, before each moment."""
    t = batch.mask_BT.shape[1]
    place_T = torch.arange(t, device=batch.mask_BT.device)[None, :, None]
    struck_BTV = torch.where(batch.outer_BTV != NONE, place_T, NONE)
    upto_BTV = struck_BTV.cummax(1)[0]
    place_BTV = functional.pad(upto_BTV, (0, 0, 1, 0), value=NONE)[:, :t]
    at = place_BTV.clamp(min=0)
    there = place_BTV != NONE
    return Last(
        torch.where(there, batch.outer_BTV.gather(1, at), NONE),
        torch.where(there, batch.inner_BTV.gather(1, at), NONE),
        torch.where(there, batch.outer_duration_BTV.gather(1, at), NO_DURATION),
        place_BTV,
    )


def _table(n: int, width: int, std: float = 0.3) -> nn.Embedding:
    table = nn.Embedding(n, width)
    nn.init.normal_(table.weight, std=std)
    return table
