"""How fast our network on rolls trains, beside torch's dense note axis of the same size, in one run on one thread.

    python scripts/bench_training.py --data FOLDER

Forward, backward and optimiser, in frames of music (no padding) a CPU-second; the very configuration and batches behind
the row of JSB_Chorales. The dense peer is the biaxial RNN as first published, cut to ours in size: along time the same
LSTM for each pitch, along pitch an LSTM of as many units as our vertical state, stepping over every pitch instead of
every note.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from stretto.bench.entries import OURS, entry
from stretto.corpus.boulanger import read_rolls
from stretto.networks.biaxial2015 import Biaxial2015
from stretto.networks.biaxial2015 import Config as DenseConfig
from stretto.networks.roll import RollNetwork
from stretto.train.loop import optimiser_of
from stretto.train.rolls import Compass, RollRecipe, RollTask

N_STEPS = 30
TARGET = 2000


def frames_per_second(make: Callable[[], RollNetwork], recipe: RollRecipe, data_folder: Path) -> float:
    """Frames of music a CPU-second over training steps."""
    torch.manual_seed(0)
    counted: list[int] = []

    class Counted(RollTask):
        def loss(self, net: RollNetwork, rng: np.random.Generator) -> torch.Tensor:
            counted.append(sum(len(window) for window in self._draw(np.random.default_rng(len(counted)))[0]))
            return super().loss(net, np.random.default_rng(len(counted) - 1))

    task = Counted(recipe, make, read_rolls(data_folder, recipe.set_name))
    net = task.make().train()
    optimiser = optimiser_of(recipe, net)
    started = 0.0
    for step in range(N_STEPS + 3):
        if step == 3:  # warm by now
            counted.clear()
            started = time.process_time()
        with torch.autocast("cpu", torch.bfloat16, enabled=recipe.bfloat16):
            loss = task.loss(net, np.random.default_rng(step))
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), recipe.clip_norm)
        optimiser.step()
    return sum(counted) / (time.process_time() - started)


def main() -> None:
    """Print both speeds and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("data"))
    folder = parser.parse_args().data
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    compass = Compass.of(read_rolls(folder, "JSB_Chorales").train)
    ours = entry(OURS)
    recipe = ours.recipe("JSB_Chorales", compass, 0)
    c = recipe.network
    dense = DenseConfig(n_pitches=compass.n_pitches, n_time=(c.n_pitch_state,) * 2, n_note=(c.n_vertical,) * 2)
    speed = frames_per_second(lambda: ours.network_class()(c), recipe, folder)
    peer = frames_per_second(lambda: Biaxial2015(dense), recipe, folder)
    print(f"ours          {speed:7.0f} frames a CPU-second (at least {TARGET})")
    print(f"dense axis    {peer:7.0f} frames a CPU-second, same sizes, same batches")
    print(f"ratio         {speed / peer:7.1f}")


if __name__ == "__main__":
    main()
