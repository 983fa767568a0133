"""Weights of the staves network as the engine multiplies with them, read from a safetensors file."""

# Shapes: V staves, P pitches, C heights above the tonic, Q asked of a frame of reference, U vertical, G state, S seen.

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from stretto.engine.cells import Gru, Lstm, lstm_of
from stretto.engine.eight_bits import read_tensors
from stretto.errors import RequestError
from stretto.frames.staff_fields import STAFF_FIELDS

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, kw_only=True)
class StavesShape:
    """What a network was made for, as its file says."""

    staves: tuple[str, ...]
    """From the top."""
    ranges: tuple[tuple[int, int], ...]
    """MIDI pitches."""
    upward: tuple[bool, ...]
    order: tuple[int, ...]
    composers: tuple[str, ...]
    lowest: int
    n_pitches: int
    n_heads: int
    horizon: int

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> StavesShape:
        """From the file's plain data."""
        return cls(
            staves=tuple(config["staves"]),
            ranges=tuple((low, high) for low, high in config["ranges"]),
            upward=tuple(config["upward"]),
            order=tuple(config["order"]),
            composers=tuple(config["composers"]),
            lowest=config["lowest"],
            n_pitches=config["n_pitches"],
            n_heads=config["n_heads"],
            horizon=config["horizon"],
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class StavesWeights:
    """A network that the engine can play."""

    shape: StavesShape
    about: Mapping[str, Any]
    """What else the file says of itself: styles, metres, the music it learned from."""
    t: Mapping[str, Floats]
    """Tensors by their names in `networks.staves`."""
    time: Lstm
    vertical: Gru
    event: Mapping[str, Floats]
    """Tables of what each event adds to the gates of the vertical axis; `staff` holds the bias."""
    field_offset: NDArray[np.int64]

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of all weights."""
        return self.t["fields.weight"].dtype

    @classmethod
    def of(cls, config: Mapping[str, Any], about: Mapping[str, Any], tensors: Mapping[str, Floats]) -> StavesWeights:
        """From named tensors."""
        t = {**tensors, **_laid_out(tensors, len(config["staves"]))}
        w_in, bias = t["vertical.weight_ih"].T, t["vertical.bias_ih"]
        names = ("pitch_in", "event_motion", "event_interval", "event_duration", "staff_in")
        event = {name: t[f"{name}.weight"] @ w_in for name in names}
        event["staff_in"] = event["staff_in"] + bias
        time = lstm_of(*(t[f"time.{name}_l0"] for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")))
        return cls(
            shape=StavesShape.of(config),
            about=about,
            t=t,
            time=time,
            vertical=Gru(np.ascontiguousarray(t["vertical.weight_hh"].T), t["vertical.bias_hh"]),
            event=event,
            field_offset=np.cumsum([0, *STAFF_FIELDS.values()])[:-1],
        )


def _laid_out(t: Mapping[str, Floats], v: int) -> dict[str, Floats]:
    """Matrices as the engine multiplies with them: inputs in rows, staves apart."""
    out: dict[str, Floats] = {}
    turned = {
        "query": "bits.query", "address": "bits.address", "vertical_start": "vertical_start", "last_in": "last_in",
        "last_out": "last_out", "last_hints": "last_hints", "length_in_hidden": "length_in_hidden",
        "length_out": "length_out", "length_hints": "length_hints", "scores.ask": "scores.ask",
    }  # fmt: skip
    for name, source in turned.items():
        out[name] = np.ascontiguousarray(t[f"{source}.weight"].T)
    out["query_bias"], out["address_bias"] = t["bits.query.bias"], t["bits.address.bias"]
    ask = t["ask_bits.weight"].reshape(v, -1, t["ask_bits.weight"].shape[1])
    out["ask_bits"] = np.ascontiguousarray(ask.swapaxes(1, 2))
    out["ask_bits.bias"] = t["ask_bits.bias"].reshape(v, -1) + t["bit_score"]
    n_vertical = t["ask_bits.weight"].shape[1]
    out["no_more.u"] = np.ascontiguousarray(t["no_more.0.weight"][:, :n_vertical].T)
    out["no_more.nth"] = t["nth_in.weight"] @ t["no_more.0.weight"][:, n_vertical:].T + t["no_more.0.bias"]
    for name in ("height", "degree"):
        out[f"scores.{name}"] = t[f"scores.{name}"].reshape(v, -1, t[f"scores.{name}"].shape[1])
    return out


def load_staves(path: Path, dtype: type[np.floating[Any]] = np.float32) -> StavesWeights:
    """Read what training exported.

    Raises:
        RequestError: there is no such file, or it holds no staves network.
    """
    try:
        said, tensors = read_tensors(path, dtype)
        return StavesWeights.of(json.loads(said["staves"]), json.loads(said.get("about", "{}")), tensors)
    except FileNotFoundError:
        raise RequestError(f"{path}: there is no such network") from None
    except (OSError, SafetensorError, KeyError, ValueError) as cause:
        raise RequestError(f"{path}: no network of staves ({cause}); give what `stretto train FOLDER` wrote") from cause


def is_staves_network(path: Path) -> bool:
    """Whether a file holds one, and not a network of another kind."""
    try:
        with safe_open(path, framework="numpy") as store:
            return "staves" in (store.metadata() or {})
    except (OSError, SafetensorError):
        return False
