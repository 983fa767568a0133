"""The networks that ship, each read once."""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from stretto.engine.weights import FlagshipWeights, load_weights

COMPOSES, ALL_VERBS = "chorale", "choir"
"""Names of the networks: one that composes from nothing, one that hears what is given."""


@cache
def shipped_weights(name: str = COMPOSES) -> FlagshipWeights:
    """A network that comes with Stretto."""
    with as_file(files("stretto.engine").joinpath(f"data/{name}.safetensors")) as path:
        return load_weights(path)


def choir_weights(path: Path | None = None) -> FlagshipWeights:
    """The network that hears what is given, or another of its kind."""
    return shipped_weights(ALL_VERBS) if path is None else load_weights(path)
