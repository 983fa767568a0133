"""How the flagship with the parts head is trained and measured: its loss, its weights, its figures in nats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch

from stretto.frames.canvas import GIVEN, given_first
from stretto.frames.example import Example
from stretto.frames.parts import ONSET
from stretto.frames.plan import AT_PHRASE_END, FIELD_NAMES
from stretto.networks.batch import Batch
from stretto.networks.flagship import Flagship
from stretto.train.loop import Check, Task
from stretto.train.recipe import Recipe


class Source(Protocol):
    """Where a run's pieces come from."""

    @property
    def valid(self) -> Sequence[Example]:
        """Pieces that choose the best weights."""
        ...

    def draw(self, n: int, rng: np.random.Generator) -> list[Example]:
        """`n` training pieces of similar length."""
        ...


@dataclass(frozen=True, kw_only=True)
class Fit:
    """How well a network foretells some pieces, in nats."""

    per_cell: float
    """Nats a part and sixteenth: "note-wise" of the jsb16 literature (their grid has a cell for each)."""
    per_frame16: float
    """Nats a sixteenth, all parts together."""
    per_note: float
    """Nats a note that begins, lengths included."""
    per_onset_cell: float
    """Nats of part choices alone, over the cells where a note begins."""


class PartsTask(Task[Flagship]):
    """Training of the flagship on the pieces of a source."""

    def __init__(self, recipe: Recipe, source: Source) -> None:
        """Nothing is read yet."""
        self._recipe, self._source = recipe, source

    def make(self) -> Flagship:
        """A network with fresh weights."""
        return Flagship(self._recipe.network)

    def loss(self, net: Flagship, rng: np.random.Generator) -> torch.Tensor:
        """Nats a frame of a batch drawn anew."""
        pieces = self._source.draw(self._recipe.batch_pieces, rng)
        data = Batch.of(pieces, lowest=net.config.lowest, order=order_of(pieces, net.config.order))
        parts, length = net(data)
        weight_BT = weights(self._recipe, data)
        nats: torch.Tensor = -((parts.sum(-1) + length) * weight_BT).sum() / weight_BT.sum()
        return nats

    def check(self, net: Flagship) -> Check:
        """Nats a note of the validation pieces."""
        found = measure(net, self._source.valid)
        spoken = f"{found.per_cell:.4f} a cell"
        return Check(score=found.per_note, unit="nats/note", figures=vars(found), spoken=spoken)


@torch.no_grad()
def measure(net: Flagship, pieces: Sequence[Example], *, batch: int = 12) -> Fit:
    """Exact likelihood of whole pieces, frames weighted alike, first frame included."""
    net.eval()
    total = onset = 0.0
    n_cells = n_sixteenths = n_onsets = 0
    ordered = sorted(pieces, key=len)
    for i in range(0, len(ordered), batch):
        group = ordered[i : i + batch]
        data = Batch.of(group, lowest=net.config.lowest, order=order_of(group, net.config.order))
        parts, length = net(data)
        mask = data.mask_BT
        struck = (data.state_BTV == ONSET) & (data.pitch_BTV >= 0) & mask[..., None]
        if data.choice_BTV is not None:
            struck &= data.choice_BTV != GIVEN
        total -= float((parts.sum(-1) + length)[mask].sum())
        onset -= float(parts[struck].sum())
        n_onsets += int(struck.sum())
        n_sixteenths += sum(piece.n_sixteenths for piece in group)
    n_cells = n_sixteenths * net.config.n_parts
    return Fit(
        per_cell=total / n_cells,
        per_frame16=total / n_sixteenths,
        per_note=total / n_onsets,
        per_onset_cell=onset / n_onsets,
    )


def weights(recipe: Recipe, data: Batch) -> torch.Tensor:
    """How much is learned from each frame, (B, T)."""
    to_phrase_BT = data.fields_BTF[..., FIELD_NAMES.index("to_phrase")]
    closing_BT = (to_phrase_BT == AT_PHRASE_END) | (to_phrase_BT == AT_PHRASE_END + 1)
    scored_BT = data.scored_BT
    if data.choice_BTV is not None:
        scored_BT = scored_BT & (data.choice_BTV != GIVEN).any(-1)
    return scored_BT * (1 + (recipe.close_weight - 1) * closing_BT)


def order_of(pieces: Sequence[Example], usual: Sequence[int]) -> tuple[int, ...]:
    """The usual order of the parts, but those that are given throughout, in all pieces, first."""
    given = [(piece.given.choice_TV == GIVEN).all(0) for piece in pieces if piece.given is not None]
    throughout = np.flatnonzero(np.all(given, axis=0)).tolist() if given else []
    return given_first(throughout, usual)
