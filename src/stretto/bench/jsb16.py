"""The benchmark jsb16 in the same table: the flagship with the parts head, which reads voices instead of rolls."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from stretto.bench.audit import leak_of_parts
from stretto.bench.entries import entry
from stretto.bench.mixture import Frames
from stretto.bench.results import PieceNats, Result, result_of
from stretto.bench.run import Say, load_weights, run_task
from stretto.corpus.boulanger import find_file
from stretto.errors import ModelError
from stretto.frames.example import Example
from stretto.networks.flagship import Config, Flagship
from stretto.train.jsb16 import Jsb16
from stretto.train.parts import PartsTask, measure
from stretto.train.recipe import recipe

NAME = "jsb16"
TITLE = "sparse biaxial (ours)"


def run_jsb16(
    network: str, data: Path, folder: Path, *, seed: int, minutes: float = math.inf, say: Say = print
) -> tuple[Result, Frames]:
    """Train the flagship from its last checkpoint, if there is one, and measure the best weights.

    Raises:
        RequestError: `folder` holds another run, or one that is going on.
        StoppedEarly: the minutes end before the first look at validation.
        CorpusError: the file is not under `data`.
    """
    benchmark = Jsb16(find_file(data, "Jsb16thSeparated.npz"))
    chosen = recipe(NAME, seed=seed)
    return run_task(
        chosen,
        PartsTask(chosen, benchmark),
        lambda: measure_jsb16(network, benchmark, folder, seed=seed),
        folder,
        minutes=minutes,
        say=say,
    )


def measure_jsb16(network: str, benchmark: Jsb16, folder: Path, *, seed: int) -> tuple[Result, Frames]:
    """The figures of the weights in a folder.

    Raises:
        ModelError: the network hears what it is asked to foretell.
    """
    lists: dict[str, Any] = json.loads((folder / "recipe.json").read_text(encoding="utf-8"))["network"]
    sizes: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in lists.items()}
    net = Flagship(Config(**sizes))
    load_weights(net, folder)
    if (leak := leak_of_parts(net, benchmark.test[0], np.random.default_rng(seed))) is not None:
        raise ModelError(f"{folder}: {network} knows too much to be measured: {leak}")
    figures, pieces = {}, {}
    for split in ("valid", "test"):
        examples: list[Example] = getattr(benchmark, split)
        found = measure(net, examples)
        figures[f"{split} note-wise"] = found.per_cell
        figures[f"{split} a frame"] = found.per_frame16
        figures[f"{split} onsets alone"] = found.per_onset_cell
        pieces[split] = [_piece(net, example) for example in examples]
    result = result_of(
        folder,
        set_name=NAME,
        network=network,
        title=TITLE,
        kind="joint",
        seed=seed,
        n_trials=entry(network).n_trials.get(NAME, 1),
        net=net,
        pieces=pieces,
        figures=figures,
    )
    return result, {}


def _piece(net: Flagship, example: Example) -> PieceNats:
    nats = measure(net, [example]).per_frame16 * example.n_sixteenths
    return PieceNats(nats=float(np.float64(nats)), n_frames=example.n_sixteenths)
