"""Recurrent cells and activations in NumPy, one step at a time."""

# Shapes: N rows, I input, H hidden.

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class Lstm:
    """Weights of an LSTM, its sigmoid gates halved so that one tanh serves all four."""

    input: Floats
    """(I, 4 H), gates in the order input, forget, output, cell."""
    hidden: Floats
    """(H, 4 H)."""
    bias: Floats


@dataclass(frozen=True, eq=False)
class Gru:
    """Weights of a GRU cell that act on its state, gates in the order reset, update, new."""

    hidden: Floats
    """(H, 3 H)."""
    bias: Floats


def lstm_of(w_ih: Floats, w_hh: Floats, b_ih: Floats, b_hh: Floats) -> Lstm:
    """From torch's layout (gates i, f, g, o in rows)."""
    n = w_hh.shape[1]
    order = np.r_[0 : 2 * n, 3 * n : 4 * n, 2 * n : 3 * n]
    half = np.ones(4 * n, w_ih.dtype)
    # sigmoid(x) = (1 + tanh(x / 2)) / 2, and NumPy's tanh is several times faster than exp and divide.
    half[: 3 * n] = 0.5
    from_input, from_hidden = (np.ascontiguousarray((w[order] * half[:, None]).T) for w in (w_ih, w_hh))
    return Lstm(from_input, from_hidden, (b_ih + b_hh)[order] * half)


def lstm_step(from_x_N4H: Floats, h_NH: Floats, c_NH: Floats, cell: Lstm) -> tuple[Floats, Floats]:
    """New hidden state and cell, given what the input adds to the gates: x @ cell.input."""
    n = h_NH.shape[1]
    z = h_NH @ cell.hidden
    z += from_x_N4H
    z += cell.bias
    np.tanh(z, out=z)
    new = z[:, 3 * n :].copy()
    z *= 0.5  # the gates; all of z, as that is faster than three quarters of its columns
    z += 0.5
    c = z[:, n : 2 * n] * c_NH
    c += z[:, :n] * new
    return z[:, 2 * n : 3 * n] * np.tanh(c), c


def gru_step(from_x: Floats, h_NH: Floats, cell: Gru) -> Floats:
    """New hidden state, given what the input adds to the gates, its bias included, (N, 3 H)."""
    n = h_NH.shape[1]
    from_h = h_NH @ cell.hidden
    from_h += cell.bias
    gate = 0.5 * np.tanh(0.5 * (from_x[:, : 2 * n] + from_h[:, : 2 * n])) + 0.5
    new = np.tanh(from_x[:, 2 * n :] + gate[:, :n] * from_h[:, 2 * n :])
    update = gate[:, n:]
    out: Floats = new + update * (h_NH - new)
    return out


def silu(x: Floats) -> Floats:
    """x * sigmoid(x)."""
    half = 0.5 * x
    out: Floats = np.tanh(half)
    out *= half
    out += half
    return out


def log_softmax(x: Floats) -> Floats:
    """Along the last axis."""
    shifted = x - x.max(axis=-1, keepdims=True)
    out: Floats = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return out
