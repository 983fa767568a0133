"""Training of the staves network from pieces to weights that the engine can play."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.numpy import save_file
from safetensors.torch import load_file

from stretto.corpus.staves import StaffPiece
from stretto.engine.eight_bits import in_eight_bits
from stretto.errors import RequestError
from stretto.networks.staves import Staves
from stretto.train.loop import say_if_unfinished, steps_done, train, trained, write_json
from stretto.train.staff_recipe import StavesRecipe
from stretto.train.staff_source import StaffSource
from stretto.train.staves import StavesTask

Say = Callable[[str], None]


def train_staves(
    chosen: StavesRecipe,
    training: Sequence[StaffPiece],
    valid: Sequence[StaffPiece],
    out: Path,
    *,
    minutes: float,
    say: Say = print,
) -> Path | None:
    """Train on pieces, going on from the last checkpoint in `out`, and export the best weights.

    Returns:
        The exported weights; None = the minutes ran out before there was anything to export.
    """
    source = StaffSource(training, valid, chosen)
    train(chosen, StavesTask(chosen, source), out, minutes=minutes, say=say)
    if not (out / "best.safetensors").exists():
        say(f"stopped at step {steps_done(out)}; --resume goes on")
        return None
    say_if_unfinished(chosen, out, say)
    return export_staves(best_staves(chosen, out), chosen, out, about=about(training))


def best_staves(chosen: StavesRecipe, folder: Path) -> Staves:
    """The network with the best validation so far."""
    net = Staves(chosen.network)
    net.load_state_dict(load_file(folder / "best.safetensors"))
    return net.eval()


def export_staves(net: Staves, chosen: StavesRecipe, folder: Path, *, about: dict[str, Any]) -> Path:
    """Write weights, what they are for, and what they learned from, in one file.

    Big matrices are in eight bits, the rest in half precision; see `engine.eight_bits`.

    Raises:
        RequestError: a weight is beyond what half precision can hold.
    """
    tensors = {name: tensor.to(torch.float16).contiguous().numpy() for name, tensor in net.state_dict().items()}
    if any(not np.isfinite(tensor).all() for tensor in tensors.values()):
        raise RequestError(f"{folder}: the weights have grown beyond half precision; train with a lower rate")
    path = folder / f"{chosen.name}.safetensors"
    about = {**about, **trained(folder)}
    metadata = {"staves": json.dumps(asdict(chosen.network)), "about": json.dumps(about), "recipe": chosen.name}
    save_file(in_eight_bits(tensors), path, metadata=metadata)
    write_json(folder / "about.json", about)
    return path


def about(pieces: Sequence[StaffPiece]) -> dict[str, Any]:
    """What a network learned from, as plain data: pieces, notes, and the commonest metres, periods and composers."""

    def counted(names: Sequence[str]) -> dict[str, int]:
        return dict(Counter(name for name in names if name).most_common(24))

    return {
        "n_pieces": len(pieces),
        "n_notes": sum(len(piece.music.notes) for piece in pieces),
        "meters": counted([piece.plan.bar_meters[0] if piece.plan.bar_meters else "" for piece in pieces]),
        "periods": counted([piece.period for piece in pieces]),
        "composers": counted([piece.composer for piece in pieces]),
        "licences": counted([piece.licence for piece in pieces]),
    }
