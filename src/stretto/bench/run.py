"""One run of the benchmark: train, pick by validation, test."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor, nn

from stretto.bench.audit import leak_of
from stretto.bench.entries import Entry
from stretto.bench.mixture import Frames
from stretto.bench.results import PieceNats, Result, result_of
from stretto.corpus.boulanger import Roll, RollSet
from stretto.errors import ModelError, RequestError
from stretto.networks.boltzmann import BoltzmannNetwork
from stretto.networks.roll import RollBatch
from stretto.score.opening import write_whole
from stretto.train.loop import Task, alone_in, train
from stretto.train.recipe import Schedule
from stretto.train.rolls import Compass, RollTask, measure_rolls
from stretto.train.run import check_same

Say = Callable[[str], None]
SPLITS = ("valid", "test")
WEIGHTS = "weights.safetensors"
"""Of a finished run, in half precision."""
N = TypeVar("N", bound=nn.Module)


class StoppedEarly(RequestError):
    """The minutes that were given ended before there was anything to measure."""


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
) -> tuple[Result, Frames]:
    """Train one network on one set from its last checkpoint, if there is one, and measure the best weights.

    Raises:
        RequestError: `folder` holds another run, or one that is going on.
        StoppedEarly: the minutes end before the first look at validation.
    """
    torch.set_flush_denormal(True)
    recipe = entry.recipe(data, seed)
    if n_steps is not None:
        recipe = replace(recipe, n_steps=n_steps, check_every=min(recipe.check_every, n_steps))
    task = RollTask(recipe, lambda: entry.network_class()(recipe.network), data, device=device)
    return run_task(
        recipe,
        task,
        lambda: measure_run(entry, data, folder, seed=seed, device=device),
        folder,
        minutes=minutes,
        say=say,
    )


def run_task(
    recipe: Schedule,
    task: Task[N],
    measured: Callable[[], tuple[Result, Frames]],
    folder: Path,
    *,
    minutes: float,
    say: Say,
) -> tuple[Result, Frames]:
    """Train from the last checkpoint, export the best weights, measure them, and keep what was found.

    Raises:
        RequestError: `folder` holds another run, or one that is going on.
        StoppedEarly: the minutes end before the first look at validation.
    """
    with alone_in(folder):
        check_same(recipe, folder)
        if is_done(folder):
            return Result.read(folder), stored_frames(folder)
        train(recipe, task, folder, minutes=minutes, say=say)
        if not (folder / "best.safetensors").exists():
            if (folder / "log.json").exists():
                raise RequestError(f"{folder}: its validation is no number; lower the learning rate in a new folder")
            raise StoppedEarly(f"{folder}: stopped before the first look at validation; give more minutes")
        export_weights(load_file(folder / "best.safetensors"), folder)
        result, frames = measured()
        # The result last: where it stands, everything stands.
        packed, arrays = io.BytesIO(), dict[str, Any](frames)
        np.savez_compressed(packed, **arrays)
        write_whole(folder / "frames.npz", packed.getvalue(), force=True)
        result.write(folder)
        return result, frames


def is_done(folder: Path) -> bool:
    """Whether a run has come to its end and has been measured."""
    return all((folder / name).exists() for name in ("result.json", "frames.npz")) and Result.read(folder).finished


def stored_frames(folder: Path) -> Frames:
    """Nats of every frame, by split; of networks that read voices none are kept."""
    if not (folder / "frames.npz").exists():
        return {}
    with np.load(folder / "frames.npz") as store:
        return {split: store[split] for split in store.files}


def export_weights(weights: dict[str, torch.Tensor], folder: Path) -> None:
    """Weights in half precision, which is what is measured: so that what is kept is what the table says."""
    halves = {name: tensor.half() if tensor.is_floating_point() else tensor for name, tensor in weights.items()}
    packed = save({name: tensor.contiguous() for name, tensor in halves.items()})
    write_whole(folder / WEIGHTS, packed, force=True)


def load_weights(net: nn.Module, folder: Path) -> None:
    """The exported weights, in single precision again.

    Raises:
        ModelError: they are missing, damaged, or another network's.
    """
    path = folder / WEIGHTS
    try:
        kept = load_file(path)
        net.load_state_dict({name: kept[name].to(tensor.dtype) for name, tensor in net.state_dict().items()})
    except (OSError, KeyError, RuntimeError, SafetensorError) as cause:
        raise ModelError(f"{path}: no weights of this network, or damaged ({cause}); train them again") from cause
    net.eval()


def measure_run(entry: Entry, data: RollSet, folder: Path, *, seed: int, device: str = "cpu") -> tuple[Result, Frames]:
    """The figures of the weights in a folder, and the nats of every frame.

    Raises:
        ModelError: the network hears what it is asked to foretell.
    """
    compass = Compass.of(data.train)
    stored = json.loads((folder / "recipe.json").read_text(encoding="utf-8"))["network"]
    net = entry.network_class()(entry.config_of(stored)).to(device)
    load_weights(net, folder)
    if (leak := leak_of(net, compass.inside(data.test[0]), np.random.default_rng(seed))) is not None:
        raise ModelError(f"{folder}: {entry.name} knows too much to be measured: {leak}")
    nats, errors = {}, {}
    for split in SPLITS:
        rolls: list[Roll] = getattr(data, split)
        if isinstance(net, BoltzmannNetwork):
            nats[split], errors[split] = _estimated(net, rolls, compass, device)
        else:
            nats[split] = measure_rolls(net, rolls, compass, device=device)
    result = result_of(
        folder,
        set_name=data.name,
        network=entry.name,
        title=entry.title,
        kind=entry.kind,
        seed=seed,
        n_trials=entry.n_trials.get(data.name, 1),
        net=net,
        pieces={split: [_piece(of_piece) for of_piece in of_split] for split, of_split in nats.items()},
        deviation={split: own for split, (own, _) in errors.items()},
        device=device,
        too_small={split: missing for split, (_, missing) in errors.items()},
    )
    return result, {split: np.concatenate(of_split).astype(np.float32) for split, of_split in nats.items()}


def _estimated(
    net: BoltzmannNetwork, rolls: list[Roll], compass: Compass, device: str
) -> tuple[list[NDArray[np.float64]], tuple[float, float]]:
    """Nats of every frame of every piece, carefully estimated, and the errors of their mean."""
    deviations: list[Tensor] = []

    def careful(batch: RollBatch) -> Tensor:
        nats_BT, deviation_BT = net.measure(batch)
        deviations.append(deviation_BT[batch.mask_BT].double().cpu())
        return nats_BT

    nats = measure_rolls(net, rolls, compass, device=device, nll_per_frame=careful)
    return nats, net.error_of(torch.cat(deviations))


def _piece(nats: NDArray[np.float64]) -> PieceNats:
    return PieceNats(nats=float(nats.sum()), n_frames=len(nats))
