"""Tells 4/4 from 3/4 by the notes alone: onsets, long notes, bass and harmony, by their place.

Where the barlines stand is not known to it either: it looks at how accents repeat after six, eight, twelve and
sixteen eighths, and how well they fold into bars of each length. It reads pitches, onsets and
durations, never a time signature, a barline, a fermata, or the first bar's length.
"""

# Shapes: N pieces, F features, T cells of an eighth.

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stretto.score.model import NOTE, Notes
from stretto.theory.accents import CELL, KINDS, accents

Floats = NDArray[np.float64]

METERS = ("3/4", "4/4")
LAGS = (6, 8, 12, 16)
"""Eighths: a bar and two of 3/4, a bar and two of 4/4."""
BARS = (6, 8)

FEATURES = tuple(
    f"{kind} {how}" for kind in KINDS for how in (*(f"lag {n}" for n in LAGS), *(f"bar {n}" for n in BARS))
)


@dataclass(frozen=True, eq=False, kw_only=True)
class MeterClassifier:
    """Logistic regression on FEATURES."""

    mean_F: Floats
    spread_F: Floats
    weight_F: Floats
    bias: float

    def probability_of_four(self, notes: Notes) -> float:
        """Probability that music is in 4/4, against 3/4."""
        z = float(((meter_features(notes) - self.mean_F) / self.spread_F) @ self.weight_F + self.bias)
        return 1 / (1 + float(np.exp(-np.clip(z, -30, 30))))

    def name(self, notes: Notes) -> str:
        """ "4/4" or "3/4"."""
        return METERS[int(self.probability_of_four(notes) >= 0.5)]

    def save(self, path: Path) -> None:
        """Write as JSON."""
        values = {
            "features": list(FEATURES),
            "mean": self.mean_F.round(6).tolist(),
            "spread": self.spread_F.round(6).tolist(),
            "weight": self.weight_F.round(6).tolist(),
            "bias": round(self.bias, 6),
        }
        path.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")


def meter_features(notes: Notes) -> Floats:
    """How the accents repeat and fold, (F,)."""
    # Only these three columns are passed on: nothing that the score says of its metre can be seen.
    bare = np.zeros(len(notes), NOTE)
    for column in ("onset", "pitch", "duration"):
        bare[column] = notes[column]
    if not len(bare):
        return np.zeros(len(FEATURES))
    bare["onset"] -= bare["onset"].min() // CELL * CELL
    accents_TK = accents(bare, int((bare["onset"] + bare["duration"]).max()))
    values = []
    for signal in accents_TK.T:
        flat = signal - signal.mean()
        power = float((flat**2).mean()) or 1.0
        values += [float((flat[lag:] * flat[:-lag]).mean()) / power if len(flat) > lag else 0.0 for lag in LAGS]
        values += [_folded(flat, bar) / power for bar in BARS]
    return np.array(values)


def _folded(flat_T: Floats, bar: int) -> float:
    """Variance of the mean bar: how much of the signal every bar has in common."""
    place = np.arange(len(flat_T)) % bar
    count = np.bincount(place, minlength=bar)
    mean = np.bincount(place, weights=flat_T, minlength=bar) / np.maximum(count, 1)
    return float((mean**2 * count).sum() / len(flat_T))


def fit_meter_classifier(
    pieces: Sequence[Notes], meters: Sequence[str], *, ridge: float = 0.05, n_rounds: int = 50
) -> MeterClassifier:
    """Fit by Newton's method; both metres weigh the same, however many pieces each has.

    Args:
        pieces: notes of real pieces.
        meters: "4/4" or "3/4" of each.
        ridge: pull of the weights to zero.
        n_rounds: of Newton's method.
    """
    x = np.array([meter_features(notes) for notes in pieces])
    y = np.array([METERS.index(meter) for meter in meters], float)
    mean, spread = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-6)
    x = np.hstack([(x - mean) / spread, np.ones((len(x), 1))])
    share = np.where(y == 1, 0.5 / max(1, (y == 1).sum()), 0.5 / max(1, (y == 0).sum()))
    pull = ridge * np.r_[np.ones(x.shape[1] - 1), 1e-6]
    weight = np.zeros(x.shape[1])
    for _ in range(n_rounds):
        p = 1 / (1 + np.exp(-np.clip(x @ weight, -30, 30)))
        slope = x.T @ (share * (p - y)) + pull * weight
        curve = (x.T * (share * p * (1 - p))) @ x + np.diag(pull)
        weight -= np.linalg.solve(curve, slope)
    return MeterClassifier(mean_F=mean, spread_F=spread, weight_F=weight[:-1], bias=float(weight[-1]))


@cache
def shipped_meter_classifier() -> MeterClassifier:
    """The one fitted by scripts/fit_meter_classifier.py on chorales that are in no test set."""
    text = files("stretto.evaluate").joinpath("data/meter.json").read_text(encoding="utf-8")
    values = json.loads(text)
    if tuple(values["features"]) != FEATURES:
        raise ValueError("data/meter.json has other features than the code; run scripts/fit_meter_classifier.py")
    return MeterClassifier(
        mean_F=np.array(values["mean"]),
        spread_F=np.array(values["spread"]),
        weight_F=np.array(values["weight"]),
        bias=values["bias"],
    )
