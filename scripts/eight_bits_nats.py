"""What eight bits cost a network of staves, in nats a note on works that it has not learned from.

    python scripts/eight_bits_nats.py NETWORK PIECES.npz [--windows N]

NETWORK is an exported file in half precision, or a run's best.safetensors with its export beside it; PIECES.npz is
what `scripts/staff_pieces.py` wrote. Needs torch.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import torch

from stretto.corpus.staves import load_staff_pieces, split_staves
from stretto.engine.eight_bits import Array, in_eight_bits, in_floats
from stretto.networks.staves import Staves
from stretto.train.folder import read_start
from stretto.train.staff_recipe import staff_recipe
from stretto.train.staff_source import StaffSource
from stretto.train.staves import measure


def forms(tensors: Mapping[str, Array]) -> Iterator[tuple[str, dict[str, Array]]]:
    """The same weights, stored in several ways and read again."""
    yield "as they are", dict(tensors)
    yield "eight bits, a scale a row", in_floats(in_eight_bits(tensors))
    split = {
        name: w.reshape(-1, 64) if w.ndim > 1 and w.shape[-1] % 64 == 0 and w.size >= 4096 else w
        for name, w in tensors.items()
    }
    grouped = in_floats(in_eight_bits(split))
    yield "eight bits, a scale for 64", {name: grouped[name].reshape(w.shape) for name, w in tensors.items()}


def main() -> None:
    """Print nats a note in every form, on the same windows of the test pieces."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", type=Path)
    parser.add_argument("pieces", type=Path)
    parser.add_argument("--windows", type=int, default=60, help="of at most 384 moments")
    asked = parser.parse_args()
    start = read_start(asked.network, asked.network.stem)
    _, _, test = split_staves(load_staff_pieces(asked.pieces))
    recipe = staff_recipe("quartet" if len(start.config.staves) == 4 else "keyboard")
    windows = StaffSource(test, test, recipe).valid[: asked.windows]
    whole = {name: tensor.numpy().astype(np.float32) for name, tensor in start.weights.items()}
    plain = None
    for form, tensors in forms(whole):
        net = Staves(start.config)
        net.load_state_dict({name: torch.from_numpy(tensor) for name, tensor in tensors.items()})
        found = measure(net, windows)
        plain = found.per_note if plain is None else plain
        print(f"{form:28} {found.per_note:.4f} nats a note ({found.per_note - plain:+.5f}), {found.n_notes:,} notes")


if __name__ == "__main__":
    main()
