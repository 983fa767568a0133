"""Everything that metrics say of one piece, as numbers under stable names."""

# Shapes: N pieces, F measures.

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from stretto.evaluate.metrics import (
    harmony,
    melody,
    overlap,
    pitch,
    repetition,
    rhythm,
    rl_tuner,
    structure,
    tonal,
    voices,
)
from stretto.evaluate.metrics.catalogue import Metric
from stretto.evaluate.metrics.reading import Reading
from stretto.score.model import Score

FAMILIES = (pitch, rhythm, melody, harmony, tonal, voices, structure, overlap, repetition, rl_tuner)

METRICS: Mapping[str, Metric] = {metric.name: metric for family in FAMILIES for metric in family.METRICS}
"""Name -> what it says; the order of every vector of measures."""


def measures(score: Score | Reading) -> dict[str, float]:
    """All METRICS of one piece, in their order; not a number where one is not defined.

    None of them depends on the key or the octave that the piece stands in, nor on its tempo, with two exceptions:
    `voices.outside` knows where singers' ranges lie, and those of `tonal` may move a little where another key asks for
    other names of notes (in 1 of 25 chorales).
    """
    reading = score if isinstance(score, Reading) else Reading(score)
    found: dict[str, float] = {}
    for family in FAMILIES:
        found |= family.measure(reading)
    return {name: float(found[name]) for name in METRICS}


def measure_matrix(pieces: Sequence[Mapping[str, float]]) -> NDArray[np.float64]:
    """Measures of several pieces, (N, F), columns in the order of METRICS."""
    return np.array([[piece[name] for name in METRICS] for piece in pieces]).reshape(len(pieces), len(METRICS))
