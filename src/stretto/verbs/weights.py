"""The network that ships, read once."""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from stretto.engine.weights import FlagshipWeights, load_weights


@cache
def shipped_weights() -> FlagshipWeights:
    """The network that comes with Stretto: it composes, and hears what is given."""
    with as_file(files("stretto.engine").joinpath("data/choir.safetensors")) as path:
        return load_weights(path)


def choir_weights(path: Path | None = None) -> FlagshipWeights:
    """The network that ships, or another of its kind."""
    return shipped_weights() if path is None else load_weights(path)
