"""The training loop: one process, checkpoints, a running average, and a kill it survives."""

from __future__ import annotations

import copy
import json
import math
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

from stretto.errors import RequestError
from stretto.frames.example import Example
from stretto.frames.parts import ONSET
from stretto.frames.plan import AT_PHRASE_END, FIELD_NAMES
from stretto.networks.batch import Batch
from stretto.networks.flagship import Flagship
from stretto.score.opening import write_whole
from stretto.train.recipe import Recipe

CHECKPOINT_SECONDS = 120


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


@dataclass
class Progress:
    """What a checkpoint holds beside the weights."""

    step: int = 0
    seconds: float = 0.0
    best: float = math.inf
    log: list[dict[str, float]] = field(default_factory=list)


@torch.no_grad()
def measure(net: Flagship, pieces: Sequence[Example], *, batch: int = 12) -> Fit:
    """Exact likelihood of whole pieces, frames weighted alike, first frame included."""
    net.eval()
    total = onset = 0.0
    n_cells = n_sixteenths = n_onsets = 0
    ordered = sorted(pieces, key=len)
    for i in range(0, len(ordered), batch):
        group = ordered[i : i + batch]
        data = Batch.of(group, lowest=net.config.lowest)
        parts, length = net(data)
        mask = data.mask_BT
        struck = (data.state_BTV == ONSET) & (data.pitch_BTV >= 0) & mask[..., None]
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


def train(
    recipe: Recipe,
    source: Source,
    folder: Path,
    *,
    until: int | None = None,
    minutes: float = math.inf,
    say: Callable[[str], None] = print,
) -> Flagship:
    """Train from the last checkpoint in `folder`, if there is one; keep the best averaged weights.

    Args:
        recipe: what to train.
        source: training and validation pieces.
        folder: receives checkpoint.pt, best.safetensors, recipe.json and log.json.
        until: stop after this step; None = the recipe's last.
        minutes: stop after this long; the next call goes on from there.
        say: receives a line now and then.

    Returns:
        The averaged network as it stands; the one with the best validation is in best.safetensors.

    Raises:
        RequestError: another run trains in `folder` at the same time.
    """
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(recipe.seed)
    net = Flagship(recipe.network)
    average = copy.deepcopy(net)
    optimiser = torch.optim.AdamW(
        net.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay, betas=(0.9, 0.98)
    )
    progress = _resume(folder, net, average, optimiser)
    checkpoint = _Checkpoint(folder)
    write_json(folder / "recipe.json", recipe.as_json())
    started = saved = time.monotonic()
    before = progress.seconds
    last = recipe.n_steps if until is None else min(until, recipe.n_steps)
    while progress.step < last and time.monotonic() - started < minutes * 60:
        # Seeded by the step, so that a resumed run draws what an unbroken one would have drawn.
        rng = np.random.default_rng((recipe.seed, progress.step))
        torch.manual_seed(recipe.seed * 1_000_003 + progress.step)
        nats = _step(recipe, net, optimiser, source.draw(recipe.batch_pieces, rng), progress.step)
        progress.step += 1
        _average_in(average, net, recipe.average, progress.step)
        progress.seconds = before + time.monotonic() - started
        if progress.step % recipe.check_every == 0 or progress.step == recipe.n_steps:
            _check(recipe, average, source, progress, nats, folder, say)
        if time.monotonic() - saved > CHECKPOINT_SECONDS or progress.step == recipe.n_steps:
            checkpoint.save(net, average, optimiser, progress)
            saved = time.monotonic()
    checkpoint.save(net, average, optimiser, progress)
    return average


def _step(recipe: Recipe, net: Flagship, optimiser: torch.optim.Optimizer, pieces: list[Example], step: int) -> float:
    """One optimiser step; returns training nats per frame."""
    for group in optimiser.param_groups:
        group["lr"] = _rate(recipe, step)
    net.train()
    data = Batch.of(pieces, lowest=net.config.lowest)
    parts, length = net(data)
    weight_BT = weights(recipe, data)
    nats = -((parts.sum(-1) + length) * weight_BT).sum() / weight_BT.sum()
    optimiser.zero_grad()
    nats.backward()
    nn.utils.clip_grad_norm_(net.parameters(), recipe.clip_norm)
    optimiser.step()
    return float(nats.detach())


def weights(recipe: Recipe, data: Batch) -> torch.Tensor:
    """How much is learned from each frame, (B, T)."""
    to_phrase_BT = data.fields_BTF[..., FIELD_NAMES.index("to_phrase")]
    closing_BT = (to_phrase_BT == AT_PHRASE_END) | (to_phrase_BT == AT_PHRASE_END + 1)
    return data.scored_BT * (1 + (recipe.close_weight - 1) * closing_BT)


def _rate(recipe: Recipe, step: int) -> float:
    falling = 0.5 * (1 + math.cos(math.pi * min(1.0, step / recipe.n_steps)))
    return recipe.learning_rate * (min(1.0, step / recipe.warmup_steps) * falling * 0.97 + 0.03)


@torch.no_grad()
def _average_in(average: nn.Module, net: nn.Module, decay: float, step: int) -> None:
    young = min(decay, (1 + step) / (10 + step))
    for kept, fresh in zip(average.parameters(), net.parameters(), strict=True):
        kept.lerp_(fresh, 1 - young)


def _check(
    recipe: Recipe,
    average: Flagship,
    source: Source,
    progress: Progress,
    nats: float,
    folder: Path,
    say: Callable[[str], None],
) -> None:
    found = measure(average, source.valid)
    entry = {"step": progress.step, "seconds": progress.seconds, "train_nats_per_frame": nats, **vars(found)}
    progress.log.append(entry)
    if found.per_note < progress.best:
        progress.best = found.per_note
        scratch = folder / "best.tmp"
        save_file({k: v.contiguous() for k, v in average.state_dict().items()}, scratch)
        scratch.replace(folder / "best.safetensors")
    write_json(folder / "log.json", progress.log)
    left = progress.seconds / progress.step * (recipe.n_steps - progress.step) / 60
    say(
        f"{recipe.name} step {progress.step}/{recipe.n_steps}: valid {found.per_note:.4f} nats/note "
        f"(best {progress.best:.4f}), {found.per_cell:.4f} a cell, train {nats:.2f} nats/frame, "
        f"{progress.step / progress.seconds:.2f} steps/s, {left:.0f} min left"
    )


class _Checkpoint:
    """The file a run goes on from; one run's only."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "checkpoint.pt"
        self._stamp = self._written()

    def _written(self) -> int:
        return self._path.stat().st_mtime_ns if self._path.exists() else 0

    def save(self, net: nn.Module, average: nn.Module, optimiser: torch.optim.Optimizer, progress: Progress) -> None:
        """Write everything that training needs to go on."""
        if self._written() != self._stamp:
            raise RequestError(f"{self._path}: another run has written it; let one run train in a folder at a time")
        state = {
            "net": net.state_dict(),
            "average": average.state_dict(),
            "optimiser": optimiser.state_dict(),
            "progress": vars(progress),
        }
        scratch = self._path.with_suffix(f".{os.getpid()}")
        torch.save(state, scratch)
        scratch.replace(self._path)
        self._stamp = self._written()


def write_json(path: Path, data: object) -> None:
    """Write plain data whole: a kill leaves the old file or the new one."""
    write_whole(path, (json.dumps(data, indent=1) + "\n").encode(), force=True)


def steps_done(folder: Path) -> int:
    """Steps that the checkpoint in a folder has behind it; 0 where there is none."""
    path = folder / "checkpoint.pt"
    return int(torch.load(path, weights_only=True)["progress"]["step"]) if path.exists() else 0


def _resume(folder: Path, net: nn.Module, average: nn.Module, optimiser: torch.optim.Optimizer) -> Progress:
    path = folder / "checkpoint.pt"
    if not path.exists():
        return Progress()
    state: dict[str, Any] = torch.load(path, weights_only=True)
    net.load_state_dict(state["net"])
    average.load_state_dict(state["average"])
    optimiser.load_state_dict(state["optimiser"])
    return Progress(**state["progress"])
