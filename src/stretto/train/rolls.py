"""How networks on piano-rolls are trained and measured."""

# Shapes: T frames, P pitches.

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from stretto.corpus.boulanger import Roll, RollSet
from stretto.networks.roll import RollBatch, RollNetwork
from stretto.train.loop import Check, Task
from stretto.train.recipe import Schedule

MEASURED_TOGETHER = 3000
"""Frames, padding included, that are measured as one batch."""
BLUR_FRAMES = 10.0
"""Standard deviation of the disorder in which windows are sorted by length."""


@dataclass(frozen=True, kw_only=True)
class RollRecipe(Schedule):
    """A training run of a network on rolls."""

    set_name: str
    network: Any
    """The network's own Config, with the pitches that training music uses."""
    lowest: int
    """Column of the roll that is the network's first pitch."""
    data: str
    """Fingerprint of the music: other music of the same name is another run's."""
    code: str = ""
    """The same of the module of a network that does not ship."""
    batch_pieces: int = 4
    max_frames: int = 256


@dataclass(frozen=True, kw_only=True)
class Compass:
    """The pitches that sound in training; every other has a small chance of its own, so that chances are of all 88."""

    lowest: int
    """Column of the roll."""
    n_pitches: int
    n_outside: int
    chance_outside: float

    @classmethod
    def of(cls, rolls: Sequence[Roll]) -> Compass:
        """From training rolls alone; a pitch that never sounds in N frames sounds half a time in N + 1."""
        sounding = np.flatnonzero(np.any([roll.any(axis=0) for roll in rolls], axis=0))
        lowest, highest = int(sounding[0]), int(sounding[-1])
        n_pitches = highest - lowest + 1
        chance = 0.5 / (sum(len(roll) for roll in rolls) + 1)
        return cls(
            lowest=lowest,
            n_pitches=n_pitches,
            n_outside=rolls[0].shape[1] - n_pitches,
            chance_outside=chance,
        )

    def inside(self, roll: Roll) -> Roll:
        """The columns of the compass."""
        return roll[:, self.lowest : self.lowest + self.n_pitches]

    def outside_nats(self, roll: Roll) -> NDArray[np.float64]:
        """What the other columns cost each frame."""
        n_sounding = roll.sum(axis=1) - self.inside(roll).sum(axis=1).astype(float)
        silent = -np.log1p(-self.chance_outside)
        nats: NDArray[np.float64] = self.n_outside * silent + n_sounding * (-np.log(self.chance_outside) - silent)
        return nats


class RollTask(Task[RollNetwork]):
    """Training of a network on the rolls of a set."""

    def __init__(
        self, recipe: RollRecipe, make: Callable[[], RollNetwork], data: RollSet, *, device: str = "cpu"
    ) -> None:
        """Cut the rolls to the compass of the training music."""
        self._recipe, self._make, self._device = recipe, make, torch.device(device)
        self.compass = Compass.of(data.train)
        self._train = [self.compass.inside(roll) for roll in data.train]
        self._valid = data.valid
        # A long piece is as many windows as it fills, so that every frame is drawn about equally often.
        self._slots = np.repeat(
            np.arange(len(self._train)), [-(-len(roll) // recipe.max_frames) for roll in self._train]
        )
        self._lengths = np.minimum([len(self._train[i]) for i in self._slots], recipe.max_frames)

    def make(self) -> RollNetwork:
        """A network with fresh weights."""
        return self._make().to(self._device)

    def loss(self, net: RollNetwork, rng: np.random.Generator) -> Tensor:
        """Nats a frame, or what the network is trained by, of windows drawn anew."""
        windows, starts = self._draw(rng)
        generator = torch.Generator(self._device).manual_seed(int(rng.integers(2**62)))
        return net.training_loss(RollBatch.of(windows, starts=starts).to(self._device), generator)

    def check(self, net: RollNetwork) -> Check:
        """Nats a frame of the validation pieces."""
        found = nats_per_frame(measure_rolls(net, self._valid, self.compass, device=self._device), self._valid)
        return Check(score=found, unit="nats/frame", figures={"per_frame": found})

    def _draw(self, rng: np.random.Generator) -> tuple[list[Roll], list[int]]:
        """Windows of similar length, and the frames they begin at."""
        n = min(self._recipe.batch_pieces, len(self._slots))
        order = np.argsort(self._lengths + rng.normal(0, BLUR_FRAMES, len(self._lengths)))
        first = min(max(0, int(rng.integers(len(order))) - n // 2), len(order) - n)
        windows, starts = [], []
        for slot in order[first : first + n]:
            roll = self._train[self._slots[slot]]
            start = int(rng.integers(0, max(1, len(roll) - self._recipe.max_frames + 1)))
            windows.append(roll[start : start + self._recipe.max_frames])
            starts.append(start)
        return windows, starts


@torch.no_grad()
def measure_rolls(
    net: RollNetwork,
    rolls: Sequence[Roll],
    compass: Compass,
    *,
    device: torch.device | str = "cpu",
    nll_per_frame: Callable[[RollBatch], Tensor] | None = None,
) -> list[NDArray[np.float64]]:
    """Nats of every frame of every piece, all pitches together, first frame included.

    Args:
        net: the network.
        rolls: the pieces.
        compass: which pitches the network knows.
        device: where it lies.
        nll_per_frame: another way of asking it; its own if there is none.
    """
    net.eval()
    found: list[NDArray[np.float64]] = [np.empty(0)] * len(rolls)
    for group in _together([len(roll) for roll in rolls]):
        batch = RollBatch.of([compass.inside(rolls[i]) for i in group]).to(device)
        nats_BT = (nll_per_frame or net.nll_per_frame)(batch).double().cpu().numpy()
        for i, nats_T in zip(group, nats_BT, strict=True):
            found[i] = nats_T[: len(rolls[i])] + compass.outside_nats(rolls[i])
    return found


def nats_per_frame(nats: Sequence[NDArray[np.float64]], rolls: Sequence[Roll]) -> float:
    """The mean over all frames of all pieces."""
    return float(sum(of_piece.sum() for of_piece in nats) / sum(len(roll) for roll in rolls))


def _together(lengths: Sequence[int]) -> list[list[int]]:
    """Pieces of similar length, as many as are measured at once."""
    groups: list[list[int]] = []
    for i in sorted(range(len(lengths)), key=lengths.__getitem__):
        if groups and lengths[i] * (len(groups[-1]) + 1) <= MEASURED_TOGETHER:
            groups[-1].append(i)
        else:
            groups.append([i])
    return groups
