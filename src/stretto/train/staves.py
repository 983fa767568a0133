"""How the staves network is trained and measured: its loss, its figures in nats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from stretto.frames.staff_example import StaffExample
from stretto.networks.staff_batch import NONE, StaffBatch
from stretto.networks.staves import Staves, StavesConfig
from stretto.train.loop import Check, Task
from stretto.train.staff_recipe import StavesRecipe
from stretto.train.staff_source import StaffSource


@dataclass(frozen=True, kw_only=True)
class StavesFit:
    """How well a network foretells some pieces, in nats a note that it had to choose."""

    per_note: float
    choices: float
    durations: float
    lengths: float
    n_notes: int


class StavesTask(Task[Staves]):
    """Training of the staves network on the pieces of a source."""

    def __init__(self, recipe: StavesRecipe, source: StaffSource) -> None:
        """Nothing is read yet."""
        self._recipe, self._source = recipe, source

    def make(self) -> Staves:
        """A network with fresh weights."""
        return Staves(self._recipe.network)

    def loss(self, net: Staves, rng: np.random.Generator) -> torch.Tensor:
        """Nats a moment of a batch drawn anew."""
        batch = batch_of(self._source.draw(self._recipe.batch_pieces, rng), net.config)
        said = net(batch)
        open_BT = (~batch.given_BTV).any(-1) & batch.mask_BT
        nats: torch.Tensor = -(said.choice_N.sum() + said.duration_N.sum() + said.length_BT.sum()) / open_BT.sum()
        return nats

    def check(self, net: Staves) -> Check:
        """Nats a note of the validation pieces."""
        found, given = measure(net, self._source.valid), measure(net, self._source.valid_given)
        spoken = (
            f"{found.choices:.3f} pitch + {found.durations:.3f} duration + {found.lengths:.3f} time, "
            f"{given.per_note:.3f} under a given top"
        )
        return Check(
            score=found.per_note, unit="nats/note", figures={**vars(found), "given": given.per_note}, spoken=spoken
        )


def batch_of(examples: Sequence[StaffExample], config: StavesConfig) -> StaffBatch:
    """Examples side by side; staves that are given throughout in all of them are decided first."""
    given = [piece.given.given_TV.all(0) for piece in examples if piece.given is not None]
    throughout = np.all(given, axis=0) if given else np.zeros(len(config.staves), bool)
    order = sorted(config.order, key=lambda staff: not throughout[staff])
    return StaffBatch.of(examples, lowest=config.lowest, n_pitches=config.n_pitches, upward=config.upward, order=order)


@torch.no_grad()
def measure(net: Staves, pieces: Sequence[StaffExample], *, batch: int = 8) -> StavesFit:
    """Exact likelihood of pieces, first moment included."""
    net.eval()
    total = np.zeros(3)
    n_notes = 0
    ordered = sorted(pieces, key=len)
    for i in range(0, len(ordered), batch):
        data = batch_of(ordered[i : i + batch], net.config)
        said = net(data)
        total -= [float(said.choice_N.sum()), float(said.duration_N.sum()), float(said.length_BT.sum())]
        given_N = data.given_BTV.flatten(0, 1)[data.event_moment_N, data.event_staff_N]
        n_notes += int(((data.event_pitch_N != NONE) & ~given_N).sum())
    choices, durations, lengths = (total / max(1, n_notes)).tolist()
    return StavesFit(
        per_note=float(total.sum() / max(1, n_notes)),
        choices=choices,
        durations=durations,
        lengths=lengths,
        n_notes=n_notes,
    )
