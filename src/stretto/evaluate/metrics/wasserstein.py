"""How much must be moved, and how far, to make one distribution of another."""

# Shapes: N and M values.

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike


def wasserstein(values: ArrayLike, others: ArrayLike, weights: ArrayLike, other_weights: ArrayLike) -> float:
    """First Wasserstein distance of two weighted sets of numbers, in the unit of the numbers.

    The area between the two cumulative distributions, as SciPy's `wasserstein_distance`. Weights are scaled to sum
    to 1.

    >>> wasserstein([0, 1, 3], [5, 6, 8], [1, 1, 1], [1, 1, 1])
    5.0

    Args:
        values: (N,).
        others: (M,).
        weights: of `values`, (N,), none negative.
        other_weights: of `others`, (M,).

    Returns:
        The distance; not a number where one side has no weight.
    """
    x = np.concatenate([np.asarray(values, float), np.asarray(others, float)])
    own, theirs = np.asarray(weights, float), np.asarray(other_weights, float)
    if own.sum() <= 0 or theirs.sum() <= 0:
        return float("nan")
    mass = np.concatenate([own / own.sum(), -theirs / theirs.sum()])
    order = np.argsort(x, kind="stable")
    return float(np.abs(np.cumsum(mass[order]))[:-1] @ np.diff(x[order]))


def rank_distance(counts: Mapping[str, float], reference: Mapping[str, float]) -> float:
    """Wasserstein distance of two histograms of names, each name at its rank by frequency in the reference.

    Names that the reference lacks come after all others, the rarest first. So it costs little to have a bit too much
    of the second commonest thing, and much to have what is rarely or never there.

    *Source*: the Grader of Fang et al. 2020. *Departures*: names equally common are in alphabetical order.

    >>> rank_distance({"a": 1, "c": 1}, {"a": 3, "b": 1})
    0.75
    """
    known = sorted((name for name, count in reference.items() if count > 0), key=lambda name: (-reference[name], name))
    if not known:
        return float("nan")
    new = sorted((name for name in counts if reference.get(name, 0) <= 0), key=lambda name: (counts[name], name))
    names = [*known, *new]
    ranks = np.arange(len(names))
    own = [counts.get(name, 0) for name in names]
    return wasserstein(ranks, ranks, own, [max(reference.get(name, 0), 0) for name in names])
