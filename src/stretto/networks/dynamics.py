"""The dynamics network: a GRU that reads a finished piece both ways, and one that writes its dynamics beat by beat.

The first hears what the music does around every beat; the second is told what is in force and draws, in this order,
the beat's mark and what hairpins do in it. Each is a categorical choice, so that the likelihood is exact. On its side
the reader says how loud it takes every beat to be, whatever is written: by that one of several plans is chosen.

Source: of the cell, Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder" (2014); of reading both
ways, Schuster and Paliwal, "Bidirectional Recurrent Neural Networks" (1997). The task is our own.
Departures: none found.
"""

# Shapes: B pieces, T beats, F features, S numbers in force, M marks, W what hairpins do, L levels, H hidden.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from stretto.frames.dynamics import FF, GOES_ON, MARKS, N_FORCE, N_LEVELS, N_TOLD
from stretto.frames.dynamics_features import N_FEATURES


@dataclass(frozen=True, kw_only=True)
class DynamicsConfig:
    """Everything that shapes the network."""

    composers: tuple[str, ...] = ()
    """Those that it has a name for; others are unknown."""
    n_features: int = N_FEATURES
    n_composer: int = 8
    n_seen: int = 64
    """Of what is seen of a beat."""
    n_heard: int = 64
    """Hidden units of each direction that reads."""
    n_written: int = 96
    """Hidden units of what writes."""
    n_choice: int = 48
    """Hidden units of each choice."""
    dropout: float = 0.25


@dataclass(frozen=True, eq=False)
class DynamicsBatch:
    """Pieces, or windows of pieces, side by side."""

    features_BTF: Tensor
    composer_B: Tensor
    """1 + place in the config's composers; 0 = unknown."""
    told_BR: Tensor
    """How richly each is marked; zeros = unknown."""
    force_BTS: Tensor
    mark_BT: Tensor
    wedge_BT: Tensor
    level_BT: Tensor
    """How loud each beat is, 0 = pp to 5 = ff; -1 = not known."""
    length_B: Tensor
    """Beats of each; what follows is padding."""

    @property
    def mask_BT(self) -> Tensor:
        """True where there is a beat."""
        return torch.arange(self.mark_BT.shape[1])[None] < self.length_B[:, None]


@dataclass(frozen=True, eq=False, kw_only=True)
class DynamicsExample:
    """A piece as the network learns it."""

    features_TF: NDArray[np.float32]
    composer: int
    told_R: NDArray[np.float32]
    force_TS: NDArray[np.float32]
    mark_T: NDArray[np.int64]
    wedge_T: NDArray[np.int64]
    level_T: NDArray[np.int64]


def batch_of(examples: Sequence[DynamicsExample]) -> DynamicsBatch:
    """Pad to the longest."""
    longest = max(len(example.mark_T) for example in examples)

    def padded(rows: NDArray[np.generic]) -> Tensor:
        out = np.zeros((longest, *rows.shape[1:]), rows.dtype)
        out[: len(rows)] = rows
        return torch.from_numpy(out)

    return DynamicsBatch(
        features_BTF=torch.stack([padded(example.features_TF) for example in examples]),
        composer_B=torch.tensor([example.composer for example in examples]),
        told_BR=torch.from_numpy(np.stack([example.told_R for example in examples])),
        force_BTS=torch.stack([padded(example.force_TS) for example in examples]),
        mark_BT=torch.stack([padded(example.mark_T) for example in examples]),
        wedge_BT=torch.stack([padded(example.wedge_T) for example in examples]),
        level_BT=torch.stack([padded(1 + example.level_T) for example in examples]) - 1,
        length_B=torch.tensor([len(example.mark_T) for example in examples]),
    )


class DynamicsNetwork(nn.Module):
    """See the head of this file."""

    def __init__(self, config: DynamicsConfig) -> None:
        """Make the weights, at random."""
        super().__init__()
        self.config = c = config
        self.composer = nn.Embedding(1 + len(c.composers), c.n_composer)
        self.see = nn.Linear(c.n_features + c.n_composer + N_TOLD, c.n_seen)
        self.hear = nn.GRU(c.n_seen, c.n_heard, batch_first=True, bidirectional=True)
        self.write = nn.GRU(2 * c.n_heard + N_FORCE, c.n_written, batch_first=True)
        n_all = 2 * c.n_heard + c.n_written
        self.mark = nn.Sequential(nn.Linear(n_all, c.n_choice), nn.SiLU(), nn.Linear(c.n_choice, len(MARKS)))
        self.wedge = nn.Sequential(nn.Linear(n_all + len(MARKS), c.n_choice), nn.SiLU(), nn.Linear(c.n_choice, 4))
        self.level = nn.Sequential(nn.Linear(2 * c.n_heard, c.n_choice), nn.SiLU(), nn.Linear(c.n_choice, FF))
        self.drop = nn.Dropout(c.dropout)

    def forward(self, batch: DynamicsBatch) -> tuple[Tensor, Tensor, Tensor]:
        """Log-probability of every mark, (B, T, M), and, given the mark, of what hairpins do, (B, T, W).

        Beside them, that of every level by what is heard alone, (B, T, L).
        """
        heard_BTH = self._heard(batch)
        written_BTH, _ = self.write(torch.cat([heard_BTH, batch.force_BTS], -1))
        both = self.drop(torch.cat([heard_BTH, written_BTH], -1))
        mark = torch.log_softmax(self.mark(both), -1)
        told = nn.functional.one_hot(batch.mark_BT, len(MARKS)).to(both)
        logits = self.wedge(torch.cat([both, told], -1))
        # Nothing goes on where no hairpin is in force: the first of the three says that none is.
        barred_BT = batch.force_BTS[..., N_LEVELS] > 0
        barred_BTW = barred_BT[..., None] & (torch.arange(4) == GOES_ON)
        wedge = torch.log_softmax(logits.masked_fill(barred_BTW, -torch.inf), -1)
        return mark, wedge, torch.log_softmax(self.level(heard_BTH), -1)

    def nats(self, batch: DynamicsBatch) -> tuple[Tensor, Tensor, Tensor]:
        """Nats of every beat's mark and of its hairpins, (B, T) each; 0 in the padding.

        Beside them, those of its level by what is heard alone, no part of the likelihood; 0 where it is not known.
        """
        mark, wedge, level = self(batch)
        of_mark = -mark.gather(-1, batch.mark_BT[..., None])[..., 0]
        of_wedge = -wedge.gather(-1, batch.wedge_BT[..., None])[..., 0]
        zero = torch.zeros_like(of_mark)
        known_BT = batch.mask_BT & (batch.level_BT >= 0)
        of_level = -level.gather(-1, batch.level_BT.clamp(min=0)[..., None])[..., 0]
        return (
            torch.where(batch.mask_BT, of_mark, zero),
            torch.where(batch.mask_BT, of_wedge, zero),
            torch.where(known_BT, of_level, zero),
        )

    def _heard(self, batch: DynamicsBatch) -> Tensor:
        """What is heard around every beat, (B, T, 2 H)."""
        n = batch.mark_BT.shape[1]
        whole = torch.cat([self.composer(batch.composer_B), batch.told_BR], -1)[:, None].expand(-1, n, -1)
        seen = nn.functional.silu(self.see(torch.cat([batch.features_BTF, whole], -1)))
        # Backwards it begins at the last beat of each piece, not in the padding.
        packed = nn.utils.rnn.pack_padded_sequence(
            self.drop(seen), batch.length_B, batch_first=True, enforce_sorted=False
        )
        heard, _ = nn.utils.rnn.pad_packed_sequence(self.hear(packed)[0], batch_first=True, total_length=n)
        out: Tensor = self.drop(heard)
        return out
