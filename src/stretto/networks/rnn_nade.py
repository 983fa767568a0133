"""A recurrent network hears the past and sets the biases of a NADE, which then gives the chord: RNN-NADE.

The exact member of the family that the RNN-RBM began: the chances of a chord still hold together,
and can be written down.

Source: Boulanger-Lewandowski, Bengio and Vincent, "Modeling Temporal Dependencies in High-Dimensional Sequences:
Application to Polyphonic Music Generation and Transcription" (ICML 2012), section 6, with equations 7, 8 and 11;
the NADE as in `nade.py`.
Departures:
    1. Weights of the NADE's two sides apart, as Larochelle and Murray (2011) have them.
    2. AdamW instead of Hessian-free optimisation, which was worth 0.3 nats a frame on JSB Chorales in the paper.
    3. Dropout: of the frame heard, of the recurrent state and of the NADE's hidden units.
"""

# Shapes: B pieces, T frames, P pitches, N = B * T, U recurrent units, H hidden units.

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from stretto.networks.dropout import drop
from stretto.networks.nade import SILENT_LOGIT, NadeLayer
from stretto.networks.roll import LogitNetwork, RollBatch


@dataclass(frozen=True, kw_only=True)
class Config:
    """Everything that shapes the network."""

    n_pitches: int = 88
    n_state: int = 200
    n_hidden: int = 150
    dropout: float = 0.3
    """Of the recurrent state, where the biases are read from it."""
    dropout_heard: float = 0.1
    """Of the notes of the last frame."""
    dropout_hidden: float = 0.1
    """Of the NADE's hidden units."""


class RnnNade(LogitNetwork):
    """See the head of this file."""

    def __init__(self, config: Config) -> None:
        """Make the weights, at random."""
        super().__init__()
        self.config = c = config
        self.n_pitches = c.n_pitches
        self.time = nn.RNN(c.n_pitches, c.n_state, batch_first=True)
        self.visible = nn.Linear(c.n_state, c.n_pitches)
        self.hidden = nn.Linear(c.n_state, c.n_hidden)
        self.layer = NadeLayer(c.n_pitches, c.n_hidden, c.dropout_hidden)
        nn.init.constant_(self.visible.bias, SILENT_LOGIT)

    def forward(self, batch: RollBatch) -> Tensor:
        """Logit of every pitch given the frames before it and the pitches below it, (B, T, P)."""
        visible_BTP, hidden_BTH = self.biases(batch.roll_BTP)
        out: Tensor = self.layer(visible_BTP.flatten(0, 1), hidden_BTH.flatten(0, 1), batch.roll_BTP.flatten(0, 1))
        return out.view_as(batch.roll_BTP)

    def biases(self, roll_BTP: Tensor) -> tuple[Tensor, Tensor]:
        """What the past of each frame makes of its NADE: biases of pitches, (B, T, P), and hidden units, (B, T, H)."""
        c = self.config
        before_BTP = functional.pad(roll_BTP, (0, 0, 1, 0))[:, :-1]
        state_BTU = self.time(drop(self, c.dropout_heard, before_BTP))[0]
        state_BTU = drop(self, c.dropout, state_BTU, 1)
        return self.visible(state_BTU), self.hidden(state_BTU)

    def draw_frame(self, roll_TP: Tensor, generator: torch.Generator) -> Tensor:
        """From the lowest pitch up, note by note."""
        visible_BTP, hidden_BTH = self.biases(roll_TP[None])
        return self.layer.draw(visible_BTP[0, -1], hidden_BTH[0, -1], generator)
