"""What one run found, as it is kept on disk."""

from __future__ import annotations

import json
import platform
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

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
    figures: dict[str, float] = field(default_factory=dict)
    """What the set has beside nats a frame, such as note-wise nats of jsb16."""
    curve: list[tuple[float, float]] = field(default_factory=list)
    """Minutes of training and validation nats a frame."""

    def per_frame(self, split: str, without: frozenset[int] = frozenset()) -> float:
        """Nats a frame over a split, all frames alike, the pieces numbered in `without` left out."""
        kept = [piece for i, piece in enumerate(self.pieces[split]) if i not in without]
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
        stored = json.loads((folder / "result.json").read_text(encoding="utf-8"))
        stored["pieces"] = {
            split: [PieceNats(**piece) for piece in pieces] for split, pieces in stored["pieces"].items()
        }
        stored["curve"] = [(minutes, nats) for minutes, nats in stored["curve"]]
        return cls(**stored)


def stored_results(folder: Path) -> Iterator[tuple[Path, Result]]:
    """All runs that lie under a folder, in the order of their names."""
    for path in sorted(folder.glob("*/*/seed-*/result.json")):
        yield path.parent, Result.read(path.parent)


def this_machine() -> str:
    """What the figures were made on."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        found = re.search(r"^model name\s*: (.*)$", info.read_text(encoding="utf-8"), re.MULTILINE)
        model = found[1] if found else model
    return f"one thread of {model}"
