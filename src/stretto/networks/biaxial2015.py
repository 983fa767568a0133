"""The biaxial RNN of 2015: one recurrent network along time for every pitch, one along pitch for every frame.

All pitches share the weights of the first, all frames those of the second. The first hears what sounded around its
pitch a frame ago; the second reads these states upwards and decides note after note, hearing the last decision.

Source: Johnson, "Composing Music With Recurrent Neural Networks" (2015), and the hyper-parameters of its public code,
danieldjohnson/biaxial-rnn-music-composition: layers, 80 inputs, two outputs, dropout.
Departures:
    1. Rolls cannot tell a held note from a repeated one: a note is articulated where its pitch was silent a frame ago.
       The articulate output is trained as published, but the likelihood of a roll is that of its notes alone.
    2. As many pitches as asked for, instead of the 78 from C1 to F7.
    3. The first frame is foretold too, after silence, and states begin at zero (there: at fixed random numbers).
    4. torch's LSTM: candidates of a cell are squashed by tanh (there: not at all), and gates have two biases.
    5. Outside the keyboard is silence; there the lowest pitches heard the highest ones through negative indices.
    6. The beat counts 16 frames of the set, quarters or eighths (there: sixteenths), and pitch classes from column 0.
"""

# Shapes: B pieces, T frames, P pitches, F inputs, H state along time, U state along pitch.

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from stretto.networks.dropout import drop
from stretto.networks.roll import LogitNetwork, RollBatch, nats_of_tosses

N_CLASSES = 12
REACH = 12
"""Semitones up and down that a pitch hears of the last frame."""
N_BEAT_BITS = 4
PLAY, ARTICULATE = 0, 1
N_INPUTS = 1 + N_CLASSES + 2 * (2 * REACH + 1) + N_CLASSES + N_BEAT_BITS + 1
"""Position, pitch class, vicinity (play and articulate), count of each class, beat, and a constant."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """Everything that shapes the network; the sizes are the published ones."""

    n_pitches: int = 88
    n_time: tuple[int, int] = (300, 300)
    n_note: tuple[int, int] = (100, 50)
    dropout: float = 0.5
    """Of the outputs of every LSTM."""


class Biaxial2015(LogitNetwork):
    """See the head of this file."""

    def __init__(self, config: Config) -> None:
        """Make the weights, at random."""
        super().__init__()
        self.config = c = config
        self.n_pitches = c.n_pitches
        self.time = nn.ModuleList([nn.LSTM(N_INPUTS, c.n_time[0]), nn.LSTM(*c.n_time)])
        self.note = nn.ModuleList([nn.LSTM(c.n_time[1] + 2, c.n_note[0]), nn.LSTM(*c.n_note)])
        self.chance = nn.Linear(c.n_note[1], 2)

    def forward(self, batch: RollBatch) -> Tensor:
        """Logit of every pitch given the frames before it and the notes below it, (B, T, P)."""
        return self.both(batch)[..., PLAY]

    def training_loss(self, batch: RollBatch, generator: torch.Generator) -> Tensor:
        """Nats of play, and of articulate where a note sounds, a frame."""
        played_BTP2 = torch.stack([batch.roll_BTP, begun(batch.roll_BTP)], -1)
        nats = nats_of_tosses(self.both(batch), played_BTP2)
        counted = torch.stack([torch.ones_like(batch.roll_BTP), batch.roll_BTP], -1)
        return (nats * counted).sum((-1, -2))[batch.mask_BT].mean()

    def both(self, batch: RollBatch) -> Tensor:
        """Logits of play and articulate, (B, T, P, 2)."""
        roll_BTP = batch.roll_BTP
        b, t, p = roll_BTP.shape
        heard_BTP = functional.pad(roll_BTP, (0, 0, 1, 0))[:, :-1]
        x = inputs(heard_BTP, batch.index_BT - 1).transpose(0, 1).reshape(t, b * p, N_INPUTS)
        state = self._through(self.time, x).view(t, b, p, -1)
        below_BTP2 = functional.pad(torch.stack([roll_BTP, begun(roll_BTP)], -1), (0, 0, 1, 0))[:, :, :-1]
        along_pitch = torch.cat([state.permute(2, 1, 0, 3), below_BTP2.permute(2, 0, 1, 3)], -1).view(p, b * t, -1)
        out: Tensor = self.chance(self._through(self.note, along_pitch)).view(p, b, t, 2).permute(1, 2, 0, 3)
        return out

    @torch.no_grad()
    def sample(self, n_frames: int, generator: torch.Generator, *, opening: Tensor | None = None) -> Tensor:
        """Frame by frame, the states along time kept, as in the original."""
        self.eval()
        roll = torch.zeros(n_frames, self.n_pitches, device=self.chance.bias.device)
        given = 0 if opening is None else len(opening)
        if opening is not None:
            roll[:given] = opening
        states: list[tuple[Tensor, Tensor] | None] = [None, None]
        last_2P = torch.zeros(2, self.n_pitches, device=roll.device)
        for t in range(n_frames):
            x = inputs_of(last_2P[None, None], torch.tensor([[t - 1]], device=roll.device))[0]
            for i, layer in enumerate(self.time):
                x, states[i] = layer(x, states[i])
            if t >= given:
                roll[t] = self._draw_upwards(x[0], last_2P[PLAY], generator)
            last_2P = torch.stack([roll[t], roll[t] * (1 - last_2P[PLAY])])
        return roll

    def draw_frame(self, roll_TP: Tensor, generator: torch.Generator) -> Tensor:
        """A new last frame, the past heard from its beginning."""
        return self.sample(len(roll_TP), generator, opening=roll_TP[:-1])[-1]

    def _draw_upwards(self, state_PH: Tensor, before_P: Tensor, generator: torch.Generator) -> Tensor:
        frame_P = torch.zeros_like(before_P)
        states: list[tuple[Tensor, Tensor] | None] = [None, None]
        below_2 = torch.zeros(2, device=state_PH.device)
        for pitch in range(self.n_pitches):
            x = torch.cat([state_PH[pitch], below_2])[None, None]
            for i, layer in enumerate(self.note):
                x, states[i] = layer(x, states[i])
            chance = torch.sigmoid(self.chance(x)[0, 0, PLAY])
            frame_P[pitch] = float(torch.rand((), generator=generator) < chance.cpu())
            below_2 = torch.stack([frame_P[pitch], frame_P[pitch] * (1 - before_P[pitch])])
        return frame_P

    def _through(self, layers: nn.ModuleList, x: Tensor) -> Tensor:
        for layer in layers:
            x = drop(self, self.config.dropout, layer(x)[0], 0)  # one mask a sequence, as in the original
        return x


def begun(roll_BTP: Tensor) -> Tensor:
    """Notes whose pitch was silent a frame ago."""
    return roll_BTP * (1 - functional.pad(roll_BTP, (0, 0, 1, 0))[:, :-1])


def inputs(heard_BTP: Tensor, index_BT: Tensor) -> Tensor:
    """What each pitch hears of frames, (B, T, P, F); `index_BT` are their numbers."""
    return inputs_of(torch.stack([heard_BTP, begun(heard_BTP)], 2), index_BT)


def inputs_of(state_BT2P: Tensor, index_BT: Tensor) -> Tensor:
    """The same from play and articulate, (B, T, 2, P)."""
    b, t, _, p = state_BT2P.shape
    pitch_P = torch.arange(p, device=state_BT2P.device)
    class_PC = functional.one_hot(pitch_P % N_CLASSES, N_CLASSES).to(state_BT2P)
    # Window by window: play and articulate of the 25 pitches around each.
    vicinity = functional.pad(state_BT2P, (REACH, REACH)).unfold(-1, 2 * REACH + 1, 1)
    vicinity = vicinity.permute(0, 1, 3, 4, 2).flatten(3)
    count_BTC = state_BT2P[:, :, PLAY] @ class_PC
    # Rotated, so that the class of the pitch itself comes first.
    context = count_BTC[..., (pitch_P[:, None] + torch.arange(N_CLASSES, device=pitch_P.device)) % N_CLASSES]
    bits_BT4 = (index_BT[..., None] >> torch.arange(N_BEAT_BITS, device=index_BT.device)) & 1
    shared = [pitch_P[:, None].to(state_BT2P).expand(b, t, p, 1), class_PC.expand(b, t, p, N_CLASSES)]
    beat = (2 * bits_BT4 - 1).to(state_BT2P)[:, :, None].expand(b, t, p, N_BEAT_BITS)
    return torch.cat([*shared, vicinity, context, beat, torch.zeros_like(shared[0])], -1)
