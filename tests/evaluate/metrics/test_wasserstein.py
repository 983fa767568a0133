"""Distances between distributions: by hand, and beside SciPy."""

from __future__ import annotations

import numpy as np
import pytest

from stretto.evaluate.metrics.wasserstein import rank_distance, wasserstein


def test_all_mass_moves_as_far_as_it_must() -> None:
    assert wasserstein([0], [3], [1], [1]) == 3
    assert wasserstein([0, 1], [0, 1], [1, 1], [3, 1]) == pytest.approx(0.25)
    assert wasserstein([0, 4], [0, 4], [2, 2], [5, 5]) == 0
    assert np.isnan(wasserstein([0], [1], [0], [1]))


@pytest.mark.parametrize("seed", range(5))
def test_the_distance_is_that_of_scipy(seed: int) -> None:
    stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(seed)
    values, others = rng.integers(0, 12, 9), rng.normal(4, 3, 14)
    weights, other_weights = rng.random(9), rng.integers(0, 4, 14) + 0.1
    expected = stats.wasserstein_distance(values, others, weights, other_weights)
    assert wasserstein(values, others, weights, other_weights) == pytest.approx(expected)


def test_names_stand_at_their_rank_in_the_reference() -> None:
    """A step too many of the second commonest costs little, of the rarest much."""
    reference = {"step": 6, "repeat": 3, "third": 1}
    assert rank_distance(reference, reference) == 0
    assert rank_distance({"step": 5, "repeat": 4, "third": 1}, reference) == pytest.approx(0.1)
    assert rank_distance({"step": 5, "repeat": 3, "third": 2}, reference) == pytest.approx(0.2)


def test_what_the_reference_lacks_comes_last_with_the_rarest_first() -> None:
    """Half "a", a quarter each beyond: at ranks 1 and 2, the rarer nearer."""
    assert rank_distance({"a": 4, "new": 1, "newer": 3}, {"a": 1}) == pytest.approx((1 * 1 + 3 * 2) / 8)
    assert rank_distance({"a": 1}, {"a": 1, "gone": 0}) == 0
    assert np.isnan(rank_distance({"a": 1}, {}))
