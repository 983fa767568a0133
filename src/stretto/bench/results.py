"""What one run found, as it is kept on disk."""

from __future__ import annotations

import json
import math
import platform
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import nn

from stretto.errors import ModelError
from stretto.networks.roll import Kind
from stretto.train.loop import write_json


@dataclass(frozen=True, kw_only=True)
class PieceNats:
    """One piece of a split."""

    nats: float
    """Of all its frames together."""
    n_frames: int


@dataclass(frozen=True, kw_only=True)
class Result:
    """One network, one set, one seed."""

    set_name: str
    network: str
    title: str
    seed: int
    kind: Kind
    n_parameters: int
    minutes: float
    """Wall time of training."""
    cpu_minutes: float
    n_steps: int
    n_steps_planned: int
    n_trials: int
    machine: str
    n_members: int = 1
    """Networks whose chances are averaged; 1 = a single network."""
    pieces: dict[str, list[PieceNats]]
    """By split, in the order of the set."""
    deviation: dict[str, float] = field(default_factory=dict)
    """Of an estimate: its own standard deviation, by split, in nats a frame."""
    too_small: dict[str, float] = field(default_factory=dict)
    """Of an estimate: by how much it is too small on average, nearly, by split, in nats a frame."""
    figures: dict[str, float] = field(default_factory=dict)
    """What the set has beside nats a frame, such as note-wise nats of jsb16."""
    curve: list[tuple[float, float]] = field(default_factory=list)
    """Minutes of training and validation nats a frame."""

    def per_frame(self, split: str, without: frozenset[int] = frozenset()) -> float:
        """Nats a frame over a split, all frames alike, but for the pieces numbered in `without`; NaN = none is left."""
        kept = [piece for i, piece in enumerate(self.pieces[split]) if i not in without]
        if not kept:
            return math.nan
        return sum(piece.nats for piece in kept) / sum(piece.n_frames for piece in kept)

    @property
    def finished(self) -> bool:
        """Whether training went to its end."""
        return self.n_steps >= self.n_steps_planned

    def write(self, folder: Path) -> None:
        """Keep it as result.json."""
        write_json(folder / "result.json", asdict(self))

    @classmethod
    def read(cls, folder: Path) -> Result:
        """From result.json."""
        path = folder / "result.json"
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            stored["pieces"] = {
                split: [PieceNats(**piece) for piece in pieces] for split, pieces in stored["pieces"].items()
            }
            stored["curve"] = [(minutes, nats) for minutes, nats in stored["curve"]]
            return cls(**stored)
        except (ValueError, KeyError, TypeError) as cause:
            raise ModelError(f"{path}: damaged ({cause}); delete it and call again") from cause


def result_of(
    folder: Path,
    *,
    set_name: str,
    network: str,
    title: str,
    kind: Kind,
    seed: int,
    n_trials: int,
    net: nn.Module,
    pieces: dict[str, list[PieceNats]],
    deviation: dict[str, float] | None = None,
    too_small: dict[str, float] | None = None,
    figures: dict[str, float] | None = None,
    device: str = "cpu",
) -> Result:
    """Figures of a network, with what its run's folder says of its training.

    A folder of kept weights has no log any more: there the stored result says it.
    """
    if (folder / "progress.json").exists():
        trained = _trained(folder, device)
    else:
        kept = Result.read(folder)
        names = ("minutes", "cpu_minutes", "n_steps", "n_steps_planned", "machine", "curve")
        trained = {name: getattr(kept, name) for name in names}
    return Result(
        set_name=set_name,
        network=network,
        title=title,
        kind=kind,
        seed=seed,
        n_trials=n_trials,
        n_parameters=sum(weight.numel() for weight in net.parameters()),
        pieces=pieces,
        deviation=deviation or {},
        too_small=too_small or {},
        figures=figures or {},
        **trained,
    )


def _trained(folder: Path, device: str) -> dict[str, Any]:
    """How long a run took, and its curve."""
    progress, log, recipe = (
        json.loads((folder / name).read_text(encoding="utf-8")) for name in ("progress.json", "log.json", "recipe.json")
    )
    per_frame = "per_frame" if "per_frame" in log[0] else "per_frame16"
    return {
        "minutes": progress["seconds"] / 60,
        "cpu_minutes": progress["cpu_seconds"] / 60,
        "n_steps": progress["step"],
        "n_steps_planned": recipe["n_steps"],
        "machine": this_machine(device),
        "curve": [(line["seconds"] / 60, line[per_frame]) for line in log],
    }


def stored_results(folder: Path) -> Iterator[tuple[Path, Result]]:
    """All runs that lie under a folder, in the order of their names."""
    for path in sorted(folder.glob("*/*/seed-*/result.json")):
        yield path.parent, Result.read(path.parent)


def this_machine(device: str = "cpu") -> str:
    """What the figures were made on."""
    if device.startswith("cuda"):
        return torch.cuda.get_device_name(device)
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        found = re.search(r"^model name\s*: (.*)$", info.read_text(encoding="utf-8"), re.MULTILINE)
        model = found[1] if found else model
    return f"one thread of {model}"
