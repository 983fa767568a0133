"""Weights from a safetensors file, laid out for the engine."""

# Shapes: Y styles, V parts, P pitches, E pitch input, D scorer.

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from stretto.engine.ahead import N_NEXT, AheadWeights
from stretto.engine.cells import Gru, Lstm, lstm_of
from stretto.engine.recall import RecallWeights
from stretto.errors import ModelError
from stretto.frames.plan import FIELD_NAMES, FIELDS, N_NEAR

SWIFT = 10
"""Factor on the tables by style, as in `networks.flagship`."""

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False, kw_only=True)
class FlagshipWeights:
    """Everything that `FlagshipEngine` multiplies with."""

    dtype: np.dtype[Any]
    lowest: int
    n_pitches: int
    n_parts: int
    order: tuple[int, ...]
    durations: tuple[int, ...]
    n_state: int
    n_pitch_state: int
    n_heads: int
    n_attention: int
    seen: Floats
    """(rows, 4 G): what motions, intervals, degrees and lengths, in this order, add to the gates of `time`."""
    seen_offset: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], int]
    """First row of each part's motions, each pair's intervals, each part's degrees, and of the lengths."""
    fields: Floats
    field_offset: NDArray[np.int64]
    time: Lstm
    context_in: Floats
    """(C, 4 G): what the context adds to the gates of `time`."""
    near: Floats
    """(2 V, windows, P, E): how a note of a part, held or struck, is seen from every pitch."""
    key_in: Floats
    height_in_PE: Floats
    state_in: Floats
    state_in_bias: Floats
    pitch_time: Lstm
    from_whole: Floats
    """(G + C, U + 2 A K): from state and context to the start of the vertical axis, the address and the query."""
    from_whole_bias: Floats
    nowhere: Floats
    n_vertical: int
    vertical: Gru
    vertical_in: Floats
    """(V, 30, 3 U): what a part's motion adds to the gates of `vertical`."""
    from_pitch: Floats
    from_pitch_bias: Floats
    from_vertical: Floats
    from_vertical_bias: Floats
    from_copy: Floats
    relation: Floats
    """(V, relations, windows, P, D)."""
    relation_key: Floats
    """(V, 37, D)."""
    parallel: Floats
    """(Y, V, V, 2, 13, 13, P): style, part, other, whether that moved, interval before, the other's pitch class."""
    aim_YV: Floats | None
    """(Y, V, nearness, close, minor, degree): how a pitch leads to its phrase's goal; None = goals are not heard."""
    aim_hold_YV: Floats | None
    """The same for the pitch that a part holds."""
    score: Floats
    place_YVP: Floats
    """How a pitch suits a part for its height alone."""
    habit_YV2: Floats
    """How a part is given to going on, and to falling silent."""
    hold_in: Floats
    hold_in_bias: Floats
    hold_out: Floats
    hold_out_bias: Floats
    length_in_up: Floats
    length_in_up_bias: Floats
    length_out: Floats
    length_out_bias: Floats
    copy_length: Floats
    recall: RecallWeights | None
    """None: the network has no memory of the piece but attention."""
    ahead: AheadWeights | None
    """None: the network hears nothing of what is given of what is to come."""
    n_pitch_ahead: int
    hears_echoes: bool

    @property
    def n_styles(self) -> int:
        """Styles with scores of their own; 1 = all alike."""
        return len(self.parallel)

    @property
    def n_lengths(self) -> int:
        """Number of frame lengths."""
        return len(self.durations)


def load_weights(path: Path, *, dtype: Any = np.float32) -> FlagshipWeights:
    """Read a network that `stretto train` wrote.

    Raises:
        ModelError: the file is missing, damaged, or of another network.
    """
    if not path.is_file():
        raise ModelError(f"{path}: the weights are not there; install Stretto again, or train with `stretto train`")
    try:
        with safe_open(str(path), framework="numpy") as store:
            tensors = {name: store.get_tensor(name) for name in store.keys()}  # noqa: SIM118 (no iterator)
            config = json.loads((store.metadata() or {})["config"])
        _check_playable(path, config)
        return _checked(weights_of(tensors, config, dtype=dtype))
    except ModelError:
        raise
    except (SafetensorError, KeyError, ValueError, IndexError, TypeError) as cause:
        raise ModelError(
            f"{path}: no network that this version can play ({cause}); name one that `stretto train` wrote, or "
            "install Stretto again"
        ) from cause


def _check_playable(path: Path, config: Mapping[str, Any]) -> None:
    """Refuse what `networks.flagship` can be trained as but the engine does not play.

    Raises:
        ModelError: it remembers with another cell, or has no attention.
    """
    cell, n_heads = config.get("cell", "lstm"), config.get("n_heads")
    if cell != "lstm" or n_heads == 0:
        what = f"with {cell} cells" if cell != "lstm" else "without attention"
        raise ModelError(f"{path}: a network {what}, which only training plays; the engine needs lstm and attention")


def _checked(weights: FlagshipWeights) -> FlagshipWeights:
    """The weights, if their tables fit together.

    Raises:
        ValueError: they are those of an older or another network.
    """
    w = weights
    y, v, p = w.n_styles, w.n_parts, w.n_pitches
    shapes = {
        "parallel": (w.parallel, (y, v, v, 2, 13, 13, p)),
        "place": (np.broadcast_to(w.place_YVP, (y, v, p)), (y, v, p)),
        "habit": (w.habit_YV2, (y, v, 2)),
        "aim": (w.aim_YV, (y, v, N_NEAR, FIELDS["close"], 2, 12)),
        "aim_hold": (w.aim_hold_YV, (y, v, N_NEAR, FIELDS["close"], 2, 12)),
    }
    for name, (table, shape) in shapes.items():
        if table is not None and table.shape != shape:
            raise ValueError(f"table {name} has shape {table.shape}, not {shape}")
    return weights


def weights_of(tensors: Mapping[str, NDArray[Any]], config: Mapping[str, Any], *, dtype: Any) -> FlagshipWeights:
    """Lay out tensors named as in `networks.flagship`; `config` has the fields of its Config."""
    kind = np.dtype(dtype)
    t = {name: np.asarray(tensor).astype(kind) for name, tensor in tensors.items()}
    v, p = config["n_parts"], config["n_pitches"]
    height_P8 = heights((np.arange(p) + config["lowest"] - 60) / 12).astype(kind)
    size, n_relations = 2 * p + 1, 2 * v - 1 + (N_NEXT * v if config.get("n_ahead") else 0)
    relation = t["relation.weight"]
    tables = relation[: v * n_relations * size].reshape(v, n_relations, size, -1)
    parts = range(v)
    swift = kind.type(SWIFT if config.get("by_style") else 1)
    heard = config.get("fields", FIELD_NAMES[:10])

    # What is to come is added apart: it is there only where there is a canvas.
    n_whole = config["n_state"] + config["n_context"]
    of_whole = [t["vertical_start.weight"][:, :n_whole], t["address.weight"], t["query.weight"]]
    time = lstm_of(*(t[f"time.{n}_l0"] for n in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")))
    n_pairs = v * (v - 1) // 2
    blocks = {"motion": v, "interval": n_pairs, "degree": v, "length": 1}
    seen = _through_tables([(t[f"{name}_in.weight"], n) for name, n in blocks.items()], time.input)
    offset = np.cumsum([0, *(len(table) for table in seen)])[:-1]

    def each(name: str) -> Floats:
        return np.stack([t[name.format(part)] for part in parts])

    return FlagshipWeights(
        dtype=kind,
        lowest=config["lowest"],
        n_pitches=p,
        n_parts=v,
        order=tuple(config["order"]),
        durations=tuple(config["durations"]),
        n_state=config["n_state"],
        n_pitch_state=config["n_pitch_state"],
        n_heads=config["n_heads"],
        n_attention=config["n_attention"],
        seen=np.concatenate(seen),
        seen_offset=(offset[:v], offset[v : v + n_pairs], offset[v + n_pairs : -1], int(offset[-1])),
        fields=t["fields.weight"],
        field_offset=np.cumsum([0, *(FIELDS[name] for name in heard)])[:-1],
        time=time,
        context_in=time.input[-config["n_context"] :],
        near=_windows(t["near"], p),
        key_in=t["key_in.weight"],
        height_in_PE=height_P8 @ t["height_in.weight"].T + t["height_in.bias"],
        state_in=t["state_in.weight"],
        state_in_bias=t["state_in.bias"],
        pitch_time=lstm_of(*(t[f"pitch_time.{n}_l0"] for n in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))),
        from_whole=np.concatenate(of_whole).T.copy(),
        from_whole_bias=np.concatenate([t[f"{name}.bias"] for name in ("vertical_start", "address", "query")]),
        nowhere=t["nowhere"],
        n_vertical=config["n_vertical"],
        vertical=Gru(np.ascontiguousarray(t["vertical.weight_hh"].T), t["vertical.bias_hh"]),
        vertical_in=(t["motion_up.weight"] @ t["vertical.weight_ih"].T + t["vertical.bias_ih"]).reshape(v, 30, -1),
        from_pitch=t["from_pitch.weight"],
        from_pitch_bias=t["from_pitch.bias"],
        from_vertical=each("from_vertical.{}.weight"),
        from_vertical_bias=each("from_vertical.{}.bias"),
        from_copy=t["from_copy.weight"],
        relation=_windows(tables, p),
        relation_key=relation[v * n_relations * size :].reshape(v, 37, -1),
        parallel=_around(swift * t["parallel"], p),
        aim_YV=SWIFT * t["aim"] if "aim" in t else None,
        aim_hold_YV=SWIFT * t["aim_hold"] if "aim_hold" in t else None,
        score=t["score"],
        place_YVP=t["height_score"] @ height_P8.T + swift * t.get("place", np.zeros((1, 1, 1), kind)),
        habit_YV2=swift * t.get("habit", np.zeros((1, v, 2), kind)),
        hold_in=each("go_on.{}.0.weight"),
        hold_in_bias=each("go_on.{}.0.bias"),
        hold_out=each("go_on.{}.2.weight"),
        hold_out_bias=each("go_on.{}.2.bias"),
        length_in_up=t["length.0.weight"],
        length_in_up_bias=t["length.0.bias"],
        length_out=t["length.2.weight"],
        length_out_bias=t["length.2.bias"],
        copy_length=t["copy_length.weight"],
        recall=RecallWeights.of(t),
        ahead=AheadWeights.of(t, v, p, config.get("horizon", 0)),
        n_pitch_ahead=config.get("n_pitch_ahead", 0),
        hears_echoes=bool(config.get("echoes")),
    )


def _through_tables(tables: Sequence[tuple[Floats, int]], weight_IO: Floats) -> list[Floats]:
    """What every row of some tables becomes under the weights that hear it.

    A table is given with its number of equal blocks; the blocks' rows stand in the input one after the other.
    """
    found, at = list[Floats](), 0
    for table, n in tables:
        for block in np.split(table, n):
            found.append(block @ weight_IO[at : at + table.shape[1]])
            at += table.shape[1]
    return found


def heights(octave: Floats) -> Floats:
    """Eight smooth features of height in octaves from middle C, as `networks.features.heights`."""
    waves = [f(k * octave) for k in (1.0, 2.0, 0.5) for f in (np.sin, np.cos)]
    return np.stack([*waves, octave, octave * octave], axis=-1)


def _windows(table: Floats, n_pitches: int) -> Floats:
    """Relative tables (..., R, D) as all their windows (..., R + 1, P, D), without a copy.

    The last window is row 0 throughout: no pitch to be relative to.
    """
    silent = np.repeat(table[..., :1, :], n_pitches, axis=-2)
    padded = np.concatenate([table, silent], axis=-2)
    view: Floats = sliding_window_view(padded, n_pitches, axis=-2).swapaxes(-1, -2)
    return view


def _around(table: Floats, n_pitches: int) -> Floats:
    """A table over intervals modulo 12 as a table over pitches, for each pitch class they are counted from.

    The last class stands for "not known", whose score is the table's last entry for every pitch.
    """
    step = np.arange(n_pitches)
    after = [(step - pitch_class) % 12 for pitch_class in range(12)] + [np.full(n_pitches, 12)]
    return np.stack([table[..., row] for row in after], axis=-2)
