"""Big matrices of a network in eight bits: half the room of half precision, and the same music.

In a safetensors file a big matrix `x` is two tensors: `x.int8`, whole numbers from -127 to 127, and `x.scale`, what
they are multiplied with, single precision, one for each row (what the last axis runs along). A row is rounded to at
most 1/254 of its largest weight. Whatever is small, or has one axis, stays as it was: biases and single scores cost
no room and are felt directly. A file without such pairs is read as it is, so networks in half precision still play.

What this costs in nats a note, and why not coarser or finer: docs/decisions/0029.
"""

# Shapes: R rows of a matrix, W weights of a row.

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open

Array = NDArray[Any]

LEVELS = 127
"""Whole numbers on either side of 0; -128 is left out, so that a row and its negative are the same."""

BIG, LONG = 4096, 16
"""Weights, and weights of a row, from which on a matrix is put in eight bits; a short row is not worth a scale."""

NUMBERS, SCALE = ".int8", ".scale"
"""After a matrix's name: the tensors that stand for it."""


def in_eight_bits(tensors: Mapping[str, Array]) -> dict[str, Array]:
    """Weights as they are stored: each big matrix as two tensors, everything else as it is.

    Args:
        tensors: any floating type, finite.
    """
    stored: dict[str, Array] = {}
    for name, weights in tensors.items():
        is_floating = np.issubdtype(weights.dtype, np.floating)
        if weights.ndim < 2 or weights.size < BIG or weights.shape[-1] < LONG or not is_floating:
            stored[name] = weights
            continue
        rows_RW = weights.astype(np.float32)
        scale_R1 = np.abs(rows_RW).max(-1, keepdims=True) / np.float32(LEVELS)
        # A row of zeros has the scale 0 and stays zeros; a quotient can be over 127 by the rounding of its scale.
        numbers_RW = np.rint(np.divide(rows_RW, scale_R1, out=np.zeros_like(rows_RW), where=scale_R1 > 0))
        stored[name + NUMBERS] = numbers_RW.clip(-LEVELS, LEVELS).astype(np.int8)
        stored[name + SCALE] = scale_R1
    return stored


def in_floats(stored: Mapping[str, Array], dtype: Any = np.float32) -> dict[str, Array]:
    """Weights as they are multiplied with; the inverse of `in_eight_bits`, as far as that rounded.

    Raises:
        KeyError: a matrix lacks its scale.
        ValueError: a scale is not of its matrix.
    """
    tensors: dict[str, Array] = {}
    for name, found in stored.items():
        matrix = name.removesuffix(NUMBERS)
        if matrix != name:
            scale_R1 = stored[matrix + SCALE]
            if scale_R1.shape != (*found.shape[:-1], 1):
                raise ValueError(f"the scale of {matrix} is that of another matrix")
            tensors[matrix] = found.astype(dtype) * scale_R1.astype(dtype)
        elif name.removesuffix(SCALE) + NUMBERS not in stored:
            tensors[name] = found.astype(dtype)
    return tensors


def read_tensors(path: Path, dtype: Any = np.float32) -> tuple[dict[str, str], dict[str, Array]]:
    """What a network's file says of itself, and its weights, in whichever form they are stored.

    Raises:
        OSError, SafetensorError: it is missing, or damaged.
        KeyError, ValueError: a matrix in eight bits lacks its scale, or has another's.
    """
    with safe_open(str(path), framework="numpy") as store:
        stored = {name: store.get_tensor(name) for name in store.keys()}  # noqa: SIM118 (no iterator)
        return store.metadata() or {}, in_floats(stored, dtype)
