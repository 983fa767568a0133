"""A bidirectional LSTM: one reads forwards, one backwards, and a frame in a gap is guessed from both sides.

It fills gaps and does not foretell: its nats are of frames whose future is known, a task of its own.

Source: Schuster and Paliwal, "Bidirectional Recurrent Neural Networks" (1997); Graves and Schmidhuber (2005);
filling and refilling music as in Hadjeres, Pachet and Nielsen, "DeepBach" (ICML 2017).
Departures:
    1. Gaps are blanked at the input, with a sign that they are; pitches of a frame are independent.
    2. Training opens gaps of a few frames; a new piece begins as one long gap, which training never shows.
"""

# Shapes: B pieces, T frames, P pitches.

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from stretto.networks.roll import RollBatch, RollNetwork, nats_of_tosses


@dataclass(frozen=True, kw_only=True)
class Config:
    """Everything that shapes the network."""

    n_pitches: int = 88
    n_state: int = 150
    """Of each direction."""
    gap_frames: int = 4
    n_phases: int = 4
    """One frame in so many is open at a time, in gaps."""
    n_refills: int = 2
    """Rounds in which a new piece is heard again and its frames are drawn anew."""
    dropout: float = 0.4


class Bidirectional(RollNetwork):
    """See the head of this file."""

    kind = "gaps"

    def __init__(self, config: Config) -> None:
        """Make the weights, at random."""
        super().__init__()
        self.config = c = config
        self.n_pitches = c.n_pitches
        self.time = nn.LSTM(c.n_pitches + 2, c.n_state, batch_first=True, bidirectional=True)
        self.drop = nn.Dropout(c.dropout)
        self.chance = nn.Linear(2 * c.n_state, c.n_pitches)
        nn.init.constant_(self.chance.bias, -3.0)  # few of the pitches sound

    def forward(self, batch: RollBatch, open_BT: Tensor) -> Tensor:
        """Logit of every pitch of the open frames given all that is not open, before and after, (B, T, P)."""
        known_BT1 = (~open_BT & batch.mask_BT)[..., None]
        heard = torch.cat([batch.roll_BTP * known_BT1, open_BT[..., None], batch.mask_BT[..., None]], -1)
        # What pads a short piece is neither known nor open, and is told apart from silence.
        out: Tensor = self.chance(self.drop(self._both_ways(heard.to(batch.roll_BTP), batch.mask_BT)))
        return out

    def nll_per_frame(self, batch: RollBatch) -> Tensor:
        """Nats of each frame inside a gap: in as many passes as phases, each opens every so-manieth gap, (B, T)."""
        c = self.config
        nats_BT = torch.zeros_like(batch.roll_BTP[..., 0])
        for phase in range(c.n_phases):
            open_BT = (batch.index_BT // c.gap_frames) % c.n_phases == phase
            nats_BT = torch.where(open_BT, self._nats(batch, open_BT), nats_BT)
        return nats_BT

    def training_loss(self, batch: RollBatch, generator: torch.Generator) -> Tensor:
        """Nats of a frame in gaps that lie anywhere."""
        c = self.config
        shift = int(torch.randint(c.gap_frames * c.n_phases, (), generator=generator, device=generator.device))
        open_BT = ((batch.index_BT + shift) // c.gap_frames) % c.n_phases == 0
        counted_BT = open_BT & batch.mask_BT
        # Short pieces may lie between two gaps.
        return (self._nats(batch, open_BT) * counted_BT).sum() / counted_BT.sum().clamp(min=1)

    @torch.no_grad()
    def fill(self, roll_TP: Tensor, open_T: Tensor, generator: torch.Generator) -> Tensor:
        """The open frames drawn one by one, each hearing those drawn before it and all that was given."""
        self.eval()
        roll_TP, open_T = roll_TP.clone(), open_T.clone()
        for t in open_T.nonzero().flatten().tolist():
            batch = RollBatch.of([roll_TP.cpu().numpy()]).to(roll_TP.device)
            chance_P = torch.sigmoid(self(batch, open_T[None])[0, t])
            roll_TP[t] = (torch.rand(self.n_pitches, generator=generator) < chance_P.cpu()).float().to(roll_TP.device)
            open_T[t] = False
        return roll_TP

    @torch.no_grad()
    def sample(self, n_frames: int, generator: torch.Generator, *, opening: Tensor | None = None) -> Tensor:
        """All after the opening is one gap; then every gap of a few frames is opened and filled again, in rounds."""
        roll = torch.zeros(n_frames, self.n_pitches)
        given = 0 if opening is None else len(opening)
        if opening is not None:
            roll[:given] = opening
        frame = torch.arange(n_frames)
        roll = self.fill(roll, frame >= given, generator)
        for _ in range(self.config.n_refills):
            for start in range(given, n_frames, self.config.gap_frames):
                roll = self.fill(roll, (frame >= start) & (frame < start + self.config.gap_frames), generator)
        return roll

    def _nats(self, batch: RollBatch, open_BT: Tensor) -> Tensor:
        return nats_of_tosses(self(batch, open_BT), batch.roll_BTP).sum(-1)

    def _both_ways(self, heard_BTF: Tensor, mask_BT: Tensor) -> Tensor:
        """States of both directions; the backward one begins at the last frame of each piece, not in the padding."""
        lengths = mask_BT.sum(1).cpu()
        packed = nn.utils.rnn.pack_padded_sequence(heard_BTF, lengths, batch_first=True, enforce_sorted=False)
        state, _ = nn.utils.rnn.pad_packed_sequence(
            self.time(packed)[0], batch_first=True, total_length=heard_BTF.shape[1]
        )
        return state
