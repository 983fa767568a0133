"""Ours with the pitches head: a sparse biaxial RNN for any polyphony.

Along time run one LSTM over the whole frame and one LSTM per pitch whose weights all pitches
share. Along the vertical axis one step is taken per note that sounds, not per pitch: between two
notes the state is constant, so the chances of all pitches above a note are one batched evaluation.

A frame is read upwards. Every pitch is asked whether it sounds, given the notes below it: the
product over all pitches is the exact joint likelihood of the chord.

Source: Johnson, "Generating Polyphonic Music Using Tied Parallel Networks" (EvoMUSART 2017).
Departures:
    1. The note axis steps over sounding notes: about 4 steps a frame instead of 88.
    2. A second LSTM along time hears the frame as a whole.
    3. Pitches know where they stand: the public sets are all in C.
    4. A memory of the piece (`networks.memory`) tells every pitch what once followed a similar place.
    5. A GRU cell upwards instead of an LSTM; the notes below are heard by the scorer too, as intervals.
    6. The number of the frame, counted modulo 16, is heard; there is no articulation.
    7. Variational dropout.
"""

# Shapes: B pieces, T frames, P pitches, K notes of the fullest frame, N = B * T,
# G frame state, E input and H state of a pitch, U vertical state, D scorer.

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from stretto.networks.dropout import drop
from stretto.networks.intervals import Intervals
from stretto.networks.memory import Memory
from stretto.networks.roll import LogitNetwork, RollBatch


@dataclass(frozen=True, kw_only=True)
class Config:
    """Everything that shapes the network."""

    n_pitches: int = 88
    n_index: int = 16
    """Frames are counted modulo this."""
    n_state: int = 160
    n_pitch_state: int = 48
    n_pitch_input: int = 48
    n_vertical: int = 96
    n_scorer: int = 64
    n_heads: int = 2
    """Of the memory of the piece."""
    dropout: float = 0.4


class SparseBiaxial(LogitNetwork):
    """See the head of this file."""

    def __init__(self, config: Config) -> None:
        """Make the weights, at random."""
        super().__init__()
        self.config = c = config
        self.n_pitches = p = c.n_pitches
        self.index = nn.Embedding(c.n_index, 24)
        self.frame_in = nn.Linear(2 * p, c.n_state)
        self.time = nn.LSTM(c.n_state + 24, c.n_state, batch_first=True)
        # How a note is seen from every pitch: by the interval alone, at all distances.
        self.near = Intervals(p, 2, c.n_pitch_input)
        self.place = nn.Parameter(torch.randn(p, c.n_pitch_input) * 0.1)
        self.state_in = nn.Linear(c.n_state, c.n_pitch_input)
        self.pitch_time = nn.LSTM(c.n_pitch_input, c.n_pitch_state)
        self.vertical_start = nn.Linear(c.n_state + 24, c.n_vertical)
        self.note_in = nn.Embedding(p, 48)
        self.step_in = nn.Embedding(p + 1, 24)
        self.vertical = nn.GRUCell(48 + 24 + c.n_pitch_state, c.n_vertical)
        self.from_pitch = nn.Linear(c.n_pitch_state, c.n_scorer)
        self.from_vertical = nn.Linear(c.n_vertical, c.n_scorer, bias=False)
        self.from_place = nn.Parameter(torch.randn(p, c.n_scorer) * 0.1)
        self.below = Intervals(p, 1, c.n_scorer, below=True)
        self.memory = Memory(c.n_heads)
        self.from_memory = nn.Linear(self.memory.n_features, c.n_scorer, bias=False)
        self.from_trust = nn.Linear(c.n_heads, c.n_vertical, bias=False)
        self.by_memory = nn.Linear(self.memory.n_features, 1, bias=False)
        self.score = nn.Linear(c.n_scorer, 1)
        nn.init.constant_(self.score.bias, -3.0)  # few of the pitches sound

    def forward(self, batch: RollBatch) -> Tensor:
        """Logit of every pitch given the frames before it and the notes below it, (B, T, P)."""
        roll_BTP = batch.roll_BTP
        b, t, p = roll_BTP.shape
        past_BTG, past_BTPH = self._past(batch)
        context = torch.cat([past_BTG, self.index(batch.index_BT % self.config.n_index)], -1)
        remembered_BTPM, trust_BTR = self.memory(roll_BTP)
        start_BTU = torch.tanh(self.vertical_start(context) + self.from_trust(trust_BTR))
        u_NKU = self._upwards(start_BTU.view(b * t, -1), roll_BTP, past_BTPH)
        n_below_BTP = roll_BTP.cumsum(-1).long() - roll_BTP.long()
        scored_NKD = self.from_vertical(self._drop(u_NKU.view(b, t, *u_NKU.shape[1:]), 1, 2)).flatten(0, 1)
        row = n_below_BTP.view(b * t, p, 1).expand(-1, -1, scored_NKD.shape[-1])
        feature = self.from_pitch(past_BTPH) + scored_NKD.gather(1, row).view(b, t, p, -1)
        feature = (
            feature
            + self.below(roll_BTP.view(b * t, 1, p)).view(b, t, p, -1)
            + self.from_place
            + self.from_memory(remembered_BTPM)
        )
        scored = self.score(self._drop(functional.silu(feature), 1, 2)) + self.by_memory(remembered_BTPM)
        out: Tensor = scored[..., 0]
        return out

    def draw_frame(self, roll_TP: Tensor, generator: torch.Generator) -> Tensor:
        """From the lowest pitch up, note by note."""
        roll_TP, pitch = roll_TP.clone(), 0
        while pitch < self.n_pitches:
            drawn = torch.rand(self.n_pitches, generator=generator) < self.last_chances(roll_TP)
            drawn[:pitch] = False
            if not drawn.any():
                break
            pitch = int(drawn.nonzero()[0]) + 1
            roll_TP[-1, pitch - 1] = 1.0
        return roll_TP[-1]

    def _past(self, batch: RollBatch) -> tuple[Tensor, Tensor]:
        """State of the whole, (B, T, G), and of every pitch, (B, T, P, H), before each frame."""
        c, roll = self.config, batch.roll_BTP
        b, t, p = roll.shape
        begun = (roll - functional.pad(roll, (0, 0, 1, 0))[:, :-1]).clamp(min=0)
        index = self.index(batch.index_BT % c.n_index)
        heard = torch.cat([torch.tanh(self.frame_in(torch.cat([roll, begun], -1))), index], -1)
        state_BTG = self._drop(self.time(self._drop(heard, 1))[0], 1)
        near = self.near(torch.stack([roll, begun], 2).view(b * t, 2, p)).view(b, t, p, -1)
        x = torch.tanh(near + self.place + self.state_in(state_BTG)[:, :, None])
        x = self._drop(x, 1, 2).transpose(0, 1).reshape(t, b * p, -1)
        pitch_BTPH = self._drop(self.pitch_time(x)[0].view(t, b, p, -1).transpose(0, 1), 1, 2)
        before = functional.pad(state_BTG, (0, 0, 1, 0))[:, :-1]
        return before, functional.pad(pitch_BTPH, (0, 0, 0, 0, 1, 0))[:, :-1]

    def _upwards(self, u_NU: Tensor, roll_BTP: Tensor, past_BTPH: Tensor) -> Tensor:
        """Vertical state after no note, one note, two ... of each frame, (N, K + 1, U)."""
        p = roll_BTP.shape[-1]
        roll_NP, past_NPH = roll_BTP.reshape(-1, p), past_BTPH.reshape(len(u_NU), p, -1)
        fullest = int(roll_NP.sum(-1).max())
        # The sounding pitches first, from the lowest up.
        order_NP = torch.argsort(1 - roll_NP, dim=-1, stable=True)
        row = torch.arange(len(u_NU), device=u_NU.device)
        states, last_N = [u_NU], torch.full_like(row, -1)
        for k in range(fullest):
            pitch_N = order_NP[:, k]
            step_N = (pitch_N - last_N).clamp(0, p)
            note = torch.cat([self.note_in(pitch_N), self.step_in(step_N), past_NPH[row, pitch_N]], -1)
            u_NU = self.vertical(note, u_NU)
            states.append(u_NU)
            last_N = pitch_N
        return torch.stack(states, 1)

    def _drop(self, x: Tensor, *shared: int) -> Tensor:
        """Variational dropout: one mask along the axes `shared`."""
        return drop(self, self.config.dropout, x, *shared)
