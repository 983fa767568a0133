"""One run of the benchmark: train, pick by validation, test."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file

from stretto.bench.entries import Entry
from stretto.bench.results import PieceNats, Result, this_machine
from stretto.corpus.boulanger import Roll, RollSet
from stretto.errors import RequestError
from stretto.networks.roll import RollNetwork
from stretto.train.loop import train
from stretto.train.rolls import Compass, RollRecipe, RollTask, measure_rolls
from stretto.train.run import check_same

Say = Callable[[str], None]
SPLITS = ("valid", "test")


def run_rolls(
    entry: Entry,
    data: RollSet,
    folder: Path,
    *,
    seed: int,
    minutes: float = math.inf,
    n_steps: int | None = None,
    device: str = "cpu",
    say: Say = print,
) -> Result:
    """Train one network on one set from its last checkpoint, if there is one, and measure the best weights.

    Raises:
        RequestError: `folder` holds another run, or the minutes end before the first look at validation.
    """
    torch.set_flush_denormal(True)
    compass = Compass.of(data.train)
    recipe = entry.recipe(data.name, compass.n_pitches, seed)
    if n_steps is not None:
        recipe = replace(recipe, n_steps=n_steps, check_every=min(recipe.check_every, n_steps))
    check_same(recipe, folder)
    task = RollTask(recipe, lambda: entry.network_class()(recipe.network), data, device=device)
    train(recipe, task, folder, minutes=minutes, say=say)
    if not (folder / "best.safetensors").exists():
        raise RequestError(f"{folder}: stopped before the first look at validation; give more minutes")
    net = task.make()
    _export(load_file(folder / "best.safetensors"), folder)
    load_weights(net, folder)
    return measured(entry, recipe, net, data, folder, device=device)


def _export(weights: dict[str, torch.Tensor], folder: Path) -> None:
    """Weights in half precision, which is what is measured: so that what is kept is what the table says."""
    halves = {name: tensor.half() if tensor.is_floating_point() else tensor for name, tensor in weights.items()}
    save_file({name: tensor.contiguous() for name, tensor in halves.items()}, folder / "weights.safetensors")


def load_weights(net: RollNetwork, folder: Path) -> None:
    """The exported weights, in single precision again."""
    kept = load_file(folder / "weights.safetensors")
    net.load_state_dict(
        {name: tensor.float() if tensor.is_floating_point() else tensor for name, tensor in kept.items()}
    )


def measured(
    entry: Entry, recipe: RollRecipe, net: RollNetwork, data: RollSet, folder: Path, *, device: str = "cpu"
) -> Result:
    """The result of a network as it stands, kept in its folder beside the nats of every frame."""
    compass = Compass.of(data.train)
    frames, deviation = {}, {}
    for split in SPLITS:
        rolls: list[Roll] = getattr(data, split)
        frames[split] = measure_rolls(net, rolls, compass, device=device)
        if (found := getattr(net, "mean_deviation", None)) is not None:
            deviation[split] = float(found)
    valid, test = (np.concatenate(frames[split]).astype(np.float32) for split in SPLITS)
    np.savez_compressed(folder / "frames.npz", valid=valid, test=test)
    log = json.loads((folder / "log.json").read_text(encoding="utf-8"))
    progress = json.loads((folder / "progress.json").read_text(encoding="utf-8"))
    result = Result(
        set_name=data.name,
        network=entry.name,
        title=entry.title,
        seed=recipe.seed,
        kind=entry.kind,
        n_parameters=sum(weight.numel() for weight in net.parameters()),
        minutes=progress["seconds"] / 60,
        cpu_minutes=progress["cpu_seconds"] / 60,
        n_steps=progress["step"],
        n_steps_planned=recipe.n_steps,
        n_trials=entry.n_trials,
        machine=this_machine(),
        pieces={split: [_piece(nats) for nats in of_split] for split, of_split in frames.items()},
        deviation=deviation,
        curve=[(line["seconds"] / 60, line["per_frame"]) for line in log],
    )
    result.write(folder)
    return result


def _piece(nats: NDArray[np.float64]) -> PieceNats:
    return PieceNats(nats=float(nats.sum()), n_frames=len(nats))
