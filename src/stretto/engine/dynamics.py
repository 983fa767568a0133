"""The dynamics network in NumPy: it reads a finished piece, and says what dynamics each beat may have."""

# Shapes: T beats, F features, S numbers in force, M marks, W what hairpins do, L levels, H hidden, R richness told.

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from stretto.engine.cells import Gru, gru_step, log_softmax, silu
from stretto.errors import ModelError
from stretto.frames.dynamics import GOES_ON, MARKS, N_FORCE, N_TOLD, Dynamics, force_of
from stretto.frames.dynamics_features import N_FEATURES

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class Layer:
    """x -> x @ weight + bias."""

    weight: Floats
    bias: Floats

    def __call__(self, x: Floats) -> Floats:
        """Of any number of rows."""
        out: Floats = x @ self.weight + self.bias
        return out


@dataclass(frozen=True, eq=False)
class GruLayer:
    """A GRU with what its input adds to the gates."""

    input: Layer
    cell: Gru

    def run(self, x_TI: Floats) -> Floats:
        """Its state after every row, (T, H)."""
        from_x = self.input(x_TI)
        state = np.zeros((1, len(self.cell.hidden)), x_TI.dtype)
        out = np.zeros((len(x_TI), state.shape[1]), x_TI.dtype)
        for t in range(len(x_TI)):
            state = gru_step(from_x[t : t + 1], state, self.cell)
            out[t] = state[0]
        return out


@dataclass(frozen=True, eq=False, kw_only=True)
class DynamicsWeights:
    """Everything that `DynamicsEngine` multiplies with."""

    composers: tuple[str, ...]
    composer: Floats
    """(1 + composers, E), 0 = unknown."""
    see: Layer
    forwards: GruLayer
    backwards: GruLayer
    write: GruLayer
    mark: tuple[Layer, Layer]
    wedge: tuple[Layer, Layer]
    level: tuple[Layer, Layer]


def load_dynamics(path: Path, *, dtype: Any = np.float32) -> DynamicsWeights:
    """Read a network that `stretto train --recipe dynamics` wrote.

    Raises:
        ModelError: the file is missing, damaged, or of another network.
    """
    if not path.is_file():
        raise ModelError(f"{path}: the weights are not there; install Stretto again, or train with `stretto train`")
    try:
        with safe_open(str(path), framework="numpy") as store:
            tensors = {name: store.get_tensor(name).astype(dtype) for name in store.keys()}  # noqa: SIM118
            config = json.loads((store.metadata() or {})["config"])
        return weights_of(tensors, config)
    except (SafetensorError, KeyError, ValueError, IndexError, TypeError) as cause:
        raise ModelError(f"{path}: no weights of the dynamics network ({cause}); install Stretto again") from cause


@cache
def shipped_dynamics() -> DynamicsWeights:
    """The network that comes with Stretto."""
    with as_file(files("stretto.engine").joinpath("data/dynamics.safetensors")) as path:
        return load_dynamics(path)


def weights_of(tensors: Mapping[str, Floats], config: Mapping[str, Any]) -> DynamicsWeights:
    """Lay out tensors named as in `networks.dynamics`; `config` has the fields of its DynamicsConfig.

    Raises:
        ValueError: they are of a network that sees other things.
    """

    def layer(name: str) -> Layer:
        return Layer(np.ascontiguousarray(tensors[f"{name}.weight"].T), tensors[f"{name}.bias"])

    def gru(name: str, suffix: str = "") -> GruLayer:
        w_ih, w_hh, b_ih, b_hh = (
            tensors[f"{name}.{n}_l0{suffix}"] for n in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        )
        return GruLayer(Layer(np.ascontiguousarray(w_ih.T), b_ih), Gru(np.ascontiguousarray(w_hh.T), b_hh))

    see = layer("see")
    if len(see.weight) != N_FEATURES + config["n_composer"] + N_TOLD:
        raise ValueError(f"it sees {len(see.weight)} numbers, not {N_FEATURES + config['n_composer'] + N_TOLD}")
    write = gru("write")
    if len(write.input.weight) != 2 * config["n_heard"] + N_FORCE:
        raise ValueError("what is in force has another length")
    return DynamicsWeights(
        composers=tuple(config["composers"]),
        composer=tensors["composer.weight"],
        see=see,
        forwards=gru("hear"),
        backwards=gru("hear", "_reverse"),
        write=write,
        mark=(layer("mark.0"), layer("mark.2")),
        wedge=(layer("wedge.0"), layer("wedge.2")),
        level=(layer("level.0"), layer("level.2")),
    )


class DynamicsEngine:
    """Writes the dynamics of one piece, beat after beat: `marks`, then `wedges` given the mark."""

    def __init__(
        self,
        weights: DynamicsWeights,
        features_TF: Floats,
        *,
        composer: str = "",
        told_R: Floats | None = None,
    ) -> None:
        """Read the piece.

        Args:
            weights: the network.
            features_TF: of every beat, as `frames.dynamics_features` has them.
            composer: a slug; one that the network does not know is as good as none.
            told_R: how richly it is to be marked, as `frames.dynamics.richness`; None = as comes.
        """
        self._w = w = weights
        known = 1 + w.composers.index(composer) if composer in w.composers else 0
        told = np.zeros(N_TOLD) if told_R is None else told_R
        whole = np.concatenate([w.composer[known], told]).astype(w.composer.dtype)
        rows = np.concatenate([features_TF, np.broadcast_to(whole, (len(features_TF), len(whole)))], axis=1)
        seen_TE = silu(w.see(rows.astype(whole.dtype)))
        self._heard = np.concatenate([w.forwards.run(seen_TE), w.backwards.run(seen_TE[::-1])[::-1]], axis=1)
        self.restart()

    def restart(self) -> None:
        """Begin again with the first beat."""
        self._state = np.zeros((1, len(self._w.write.cell.hidden)), self._heard.dtype)
        self._t = -1

    @property
    def n_beats(self) -> int:
        """Beats of the piece."""
        return len(self._heard)

    def levels(self) -> Floats:
        """Log-probability of how loud every beat is, by the notes alone, (T, L): pp to ff."""
        first, second = self._w.level
        out: Floats = log_softmax(second(silu(first(self._heard))))
        return out

    def marks(self, force_S: Floats) -> Floats:
        """Go on to the next beat; log-probability of each of its marks, (M,).

        Args:
            force_S: what is in force when it begins, as `InForce.numbers`.
        """
        self._t += 1
        row = np.concatenate([self._heard[self._t], force_S])[None].astype(self._state.dtype)
        self._state = gru_step(self._w.write.input(row), self._state, self._w.write.cell)
        first, second = self._w.mark
        out: Floats = log_softmax(second(silu(first(self._both()))))[0]
        return out

    def wedges(self, mark: int, *, in_force: bool) -> Floats:
        """Log-probability of what hairpins do in this beat, (W,).

        Args:
            mark: that stands in the beat.
            in_force: a hairpin is, and may go on.
        """
        told = np.eye(len(MARKS), dtype=self._state.dtype)[None, mark]
        first, second = self._w.wedge
        logits = second(silu(first(np.concatenate([self._both(), told], axis=1))))
        if not in_force:
            logits[:, GOES_ON] = -np.inf
        out: Floats = log_softmax(logits)[0]
        return out

    def _both(self) -> Floats:
        return np.concatenate([self._heard[self._t][None], self._state], axis=1)


def dynamics_nats(engine: DynamicsEngine, found: Dynamics) -> Floats:
    """Nats of the dynamics of a piece, (T, 2): each beat's mark, and its hairpins."""
    out = np.zeros((engine.n_beats, 2))
    wedge_before = np.append(0, found.wedge_T[:-1])
    for t, force in enumerate(force_of(found)):
        mark, wedge = int(found.mark_T[t]), int(found.wedge_T[t])
        out[t, 0] = -engine.marks(force)[mark]
        out[t, 1] = -engine.wedges(mark, in_force=bool(wedge_before[t]))[wedge]
    return out
