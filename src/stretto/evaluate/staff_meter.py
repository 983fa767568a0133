"""Names the metre of a keyboard piece or a quartet by its notes alone: 4/4, 3/4, 6/8, 2/4 or 2/2.

How accents repeat and fold tells the length of a bar and of its beats; the note values tell whether the beat is written
as a quarter or a half (4/4 and 2/2 have bars of one length) and whether a bar holds two quarters or four. It reads
pitches, onsets and durations, never a time signature, a barline, or the first bar's length.
"""

# Shapes: N notes, F features, T cells of an eighth.

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stretto.evaluate.softmax import Softmax, shipped
from stretto.score.model import NOTE, Notes
from stretto.theory.accents import CELL, KINDS, accents

Floats = NDArray[np.float64]

METERS = ("2/2", "2/4", "3/4", "4/4", "6/8")
FILE = "staff_meter.json"
EAR_FILE = "staff_meter_ear.json"

LAGS = (1, 2, 3, 4, 6, 8, 12, 16)
"""Eighths; a beat, a bar, two bars of the five metres."""
BARS = (2, 3, 4, 6, 8, 12)
VALUES = (3, 4, 6, 8, 12, 16, 18, 24, 36, 48, 72, 96)
"""Ticks of note values; others count as the nearest in proportion."""

LONGEST = 64 * 96
"""Ticks from the first note on that are read: the metre of a long piece is told by its first pages."""

FEATURES = (
    *(f"{kind} {how}" for kind in KINDS for how in (*(f"lag {n}" for n in LAGS), *(f"bar {n}" for n in BARS))),
    *(f"lasts {n}" for n in VALUES),
    *(f"next after {n}" for n in VALUES),
    *(f"bass after {n}" for n in VALUES),
    "density",
)


def staff_meter_features(notes: Notes) -> Floats:
    """How accents repeat and fold, and which note values there are, (F,)."""
    # Only these three columns are passed on: nothing that the score says of its metre can be seen.
    bare = np.zeros(len(notes), NOTE)
    for column in ("onset", "pitch", "duration"):
        bare[column] = notes[column]
    if not len(bare):
        return np.zeros(len(FEATURES))
    bare["onset"] -= bare["onset"].min() // CELL * CELL
    bare = bare[bare["onset"] < LONGEST]
    end = int(bare["onset"].max()) + CELL
    values = list[float]()
    for signal in accents(bare, end).T:
        flat = signal - signal.mean()
        power = float((flat**2).mean()) or 1.0
        values += [float((flat[lag:] * flat[:-lag]).mean()) / power if len(flat) > lag else 0.0 for lag in LAGS]
        values += [_folded(flat, bar) / power for bar in BARS]
    onset = np.unique(bare["onset"])
    values += _value_shares(bare["duration"])
    values += _value_shares(np.diff(onset))
    values += _value_shares(np.diff(_bass_onsets(bare)))
    return np.array([*values, float(np.log(24 * len(bare) / max(1, end)))])


def _folded(flat_T: Floats, bar: int) -> float:
    """Variance of the mean bar beyond what chance gives to so few bars."""
    place = np.arange(len(flat_T)) % bar
    count = np.bincount(place, minlength=bar)
    mean = np.bincount(place, weights=flat_T, minlength=bar) / np.maximum(count, 1)
    chance = bar / len(flat_T) * float((flat_T**2).mean())
    return float((mean**2 * count).sum() / len(flat_T)) - chance


def _value_shares(ticks: NDArray[np.integer]) -> list[float]:
    """Share of each of VALUES."""
    if not len(ticks):
        return [0.0] * len(VALUES)
    away = np.abs(np.log(np.maximum(ticks, 1))[:, None] - np.log(np.array(VALUES))[None])
    shares: list[float] = (np.bincount(away.argmin(axis=1), minlength=len(VALUES)) / len(ticks)).tolist()
    return shares


def _bass_onsets(notes: Notes) -> NDArray[np.int64]:
    """Where the lowest note of all that are struck lies under the lower half of the piece."""
    low = notes["pitch"] <= np.median(notes["pitch"])
    return np.unique(notes["onset"][low]).astype(np.int64)


def shipped_staff_meter() -> Softmax:
    """The one that judges: fitted by scripts/fit_staff_classifiers.py on one half of the training works."""
    return shipped(FILE, FEATURES)


def shipped_meter_ear() -> Softmax:
    """The one by which versions are chosen: of the other half, and of stretches from four bars on.

    What has been chosen by a judge cannot be measured by it.
    """
    return shipped(EAR_FILE, FEATURES)
