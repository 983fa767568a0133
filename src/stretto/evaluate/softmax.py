"""Multinomial logistic regression that is kept as a page of JSON: which of some classes a row of features is."""

# Shapes: N rows, F features, C classes.

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

N_ROUNDS = 400
CLIP = 4.0
"""Spreads from the mean beyond which a feature counts no further: music unlike all that was learned from."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Softmax:
    """A fitted classifier."""

    features: tuple[str, ...]
    classes: tuple[str, ...]
    mean_F: Floats
    spread_F: Floats
    weight_FC: Floats
    bias_C: Floats

    def probabilities(self, values_F: Floats) -> Floats:
        """Of each class, (C,)."""
        x_1F = _scaled(values_F[None], self.mean_F, self.spread_F)
        chances_C: Floats = _chances(x_1F @ self.weight_FC + self.bias_C)[0]
        return chances_C

    def name(self, values_F: Floats) -> str:
        """The likeliest class."""
        return self.classes[int(self.probabilities(values_F).argmax())]

    def to_json(self) -> str:
        """As text, four digits each."""
        said: dict[str, Any] = {"classes": self.classes, "bias": _short(self.bias_C), "features": {}}
        rows = zip(self.features, self.mean_F, self.spread_F, self.weight_FC, strict=True)
        for name, mean, spread, weight_C in rows:
            said["features"][name] = [_short(np.array([mean, spread])), _short(weight_C)]
        lines = [f'  "{name}": {json.dumps(row)}' for name, row in said["features"].items()]
        head = f'"classes": {json.dumps(self.classes)},\n"bias": {json.dumps(said["bias"])}'
        return f'{{{head},\n"features": {{\n' + ",\n".join(lines) + "\n}}\n"

    @classmethod
    def from_json(cls, text: str, features: Sequence[str]) -> Softmax:
        """What `to_json` wrote.

        Raises:
            ValueError: it was fitted on other features than the code has.
        """
        said = json.loads(text)
        if list(said["features"]) != list(features):
            raise ValueError("a fitted classifier has other features than the code; fit it again")
        rows = list(said["features"].values())
        mean, spread = np.array([row[0] for row in rows]).T
        return cls(
            features=tuple(features),
            classes=tuple(said["classes"]),
            mean_F=mean,
            spread_F=spread,
            weight_FC=np.array([row[1] for row in rows]),
            bias_C=np.array(said["bias"]),
        )


@cache
def shipped(name: str, features: tuple[str, ...]) -> Softmax:
    """One that lies in `evaluate/data`, read once."""
    text = files("stretto.evaluate").joinpath("data", name).read_text(encoding="utf-8")
    return Softmax.from_json(text, features)


def fit_softmax(
    values_NF: Floats,
    class_N: Sequence[str],
    *,
    features: Sequence[str],
    ridge: float,
    balance: float = 1.0,
    weight_N: Floats | None = None,
) -> Softmax:
    """Fit by gradient descent with Nesterov's momentum.

    Args:
        values_NF: features of rows.
        class_N: class of each.
        features: their names.
        ridge: pull of the weights to zero.
        balance: 1 = every class weighs the same, 0 = every row as `weight_N` says.
        weight_N: of the rows; None = the same.
    """
    classes = tuple(sorted(set(class_N)))
    mean, spread = values_NF.mean(axis=0), np.maximum(values_NF.std(axis=0), 1e-6)
    x_NF = _scaled(values_NF, mean, spread)
    is_NC = np.array([[name == one for one in classes] for name in class_N], float)
    own_NC = is_NC * (np.ones(len(is_NC)) if weight_N is None else weight_N)[:, None]
    share_N = (own_NC / own_NC.sum(axis=0) ** balance).sum(axis=1)
    share_N /= share_N.sum()
    # Twice the largest curvature of the softmax is a step that never overshoots.
    rate = 1.0 / (0.5 * float(np.linalg.norm(x_NF * np.sqrt(share_N)[:, None], 2)) ** 2 + ridge)
    weight, bias = np.zeros((x_NF.shape[1], len(classes))), np.zeros(len(classes))
    before, before_bias = weight, bias
    for i in range(N_ROUNDS):
        ahead, ahead_bias = (now + i / (i + 3) * (now - was) for now, was in ((weight, before), (bias, before_bias)))
        error_NC = share_N[:, None] * (_chances(x_NF @ ahead + ahead_bias) - is_NC)
        before, before_bias = weight, bias
        weight = ahead - rate * (x_NF.T @ error_NC + ridge * ahead)
        bias = ahead_bias - rate * error_NC.sum(axis=0)
    return Softmax(
        features=tuple(features), classes=classes, mean_F=mean, spread_F=spread, weight_FC=weight, bias_C=bias
    )


def _scaled(values_NF: Floats, mean_F: Floats, spread_F: Floats) -> Floats:
    return np.clip((values_NF - mean_F) / spread_F, -CLIP, CLIP)


def _chances(score_NC: Floats) -> Floats:
    power = np.exp(score_NC - score_NC.max(axis=1, keepdims=True))
    chances: Floats = power / power.sum(axis=1, keepdims=True)
    return chances


def _short(values: Floats) -> list[float]:
    return [float(f"{value:.5g}") for value in values]
