"""MGEval: features by hand, densities beside SciPy, and what overlap and KL say of sets that differ."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from readings import choir, read

from stretto.evaluate.metrics.mgeval import (
    FEATURES,
    between,
    compare,
    density,
    features,
    overlap_and_kl,
    within,
)


def test_features_of_a_line_are_counted_by_hand() -> None:
    """C E G E in quarters, a bar; then C for a bar."""
    found = features(read("C5 E5 G5 E5 C5:4", key="C"))
    assert list(found) == list(FEATURES)
    assert found["pitch count"] == [3] and found["note count"] == [5] and found["pitch range"] == [7]
    assert found["pitch classes"][[0, 4, 7]] == pytest.approx([2 / 5, 2 / 5, 1 / 5])
    moves = found["pitch-class transitions"].reshape(12, 12)
    assert (moves[0, 4], moves[4, 7], moves[7, 4], moves[4, 0]) == (0.25, 0.25, 0.25, 0.25)
    assert found["pitch interval"] == pytest.approx([(4 + 3 + 3 + 4) / 4])
    assert found["inter-onset interval"] == [1]
    assert found["note lengths"][[0, 2]] == pytest.approx([1 / 5, 4 / 5])  # whole, quarter
    lengths = found["note-length transitions"].reshape(12, 12)
    assert (lengths[2, 2], lengths[2, 0]) == (0.75, 0.25)
    assert found["pitch count a bar"] == [2] and found["note count a bar"] == [2.5]


def test_features_do_not_depend_on_the_key() -> None:
    one, other = features(choir("C5 E5 G5 C5", "C4:4", key="C")), features(choir("E5 G#5 B5 E5", "E4:4", key="E"))
    assert all(np.allclose(one[name], other[name]) for name in FEATURES)


def test_a_transition_does_not_lead_from_one_line_to_another() -> None:
    assert features(read("C5 C5", "G4 G4"))["pitch-class transitions"].reshape(12, 12).trace() == pytest.approx(1)


def test_distances_are_euclidean_and_each_pair_counts_once() -> None:
    points = np.array([[0.0, 0], [3, 4], [0, 1]])
    assert sorted(within(points)) == pytest.approx(sorted([5, 1, np.hypot(3, 3)]))
    assert between(points[:1], points[1:]) == pytest.approx([5, 1])
    assert len(within(points[:1])) == 0


@pytest.mark.parametrize("seed", range(3))
def test_a_density_is_that_of_scipy(seed: int) -> None:
    stats = pytest.importorskip("scipy.stats")
    values = np.random.default_rng(seed).gamma(2, 3, 200)
    width = values.std(ddof=1) * len(values) ** -0.2
    grid = np.linspace(values.min() - 3 * width, values.max() + 3 * width, 1000)
    expected = stats.gaussian_kde(values)(grid)
    assert np.abs(density(values, grid, width) - expected).max() < 1e-4 * expected.max()


def test_the_same_distances_overlap_wholly_and_differ_by_nothing() -> None:
    values = np.random.default_rng(0).normal(5, 1, 500)
    assert overlap_and_kl(values, values) == pytest.approx((1, 0))


def test_a_shift_of_the_same_shape_counts_because_the_grid_is_one() -> None:
    """Two normal curves two spreads apart overlap by 0.317; KL of one from the other is 2 nats, less the smoothing."""
    rng = np.random.default_rng(1)
    values = rng.normal(0, 1, 4000)
    overlap, kl = overlap_and_kl(values, values + 2)
    assert overlap == pytest.approx(0.317, abs=0.03)
    assert kl == pytest.approx(2, rel=0.15)
    assert overlap_and_kl(values, values + 50)[0] < 1e-6


def test_sets_without_spread_are_the_same_or_wholly_apart() -> None:
    assert overlap_and_kl(np.zeros(10), np.zeros(10)) == pytest.approx((1, 0))
    assert overlap_and_kl(np.zeros(10), np.ones(10))[0] < 0.01


def test_real_beside_real_overlaps_more_than_beside_copies_of_one_piece() -> None:
    """A set that repeats the mean piece is near to all real ones, and is found out by its own lack of spread."""
    rng = np.random.default_rng(3)
    names = ["C5", "D5", "E5", "F5", "G5", "A5", "B5"]

    def piece() -> dict[str, np.ndarray]:
        return features(read(" ".join(names[i] for i in rng.integers(0, int(rng.integers(3, 8)), 32))))

    real, other = [piece() for _ in range(30)], [piece() for _ in range(30)]
    same = {row.feature: row for row in compare(other, real)}
    copies = {row.feature: row for row in compare([real[0]] * 30, real)}
    assert same["pitch count"].overlap > 0.8 and same["pitch count"].kl < 0.5
    assert np.mean([same[name].overlap for name in FEATURES]) > np.mean([copies[name].overlap for name in FEATURES])
    assert copies["pitch classes"].intra_own < 1e-6 < 0.01 < copies["pitch classes"].intra_real
    assert [row.feature for row in compare(other, real)] == list(FEATURES)


def test_two_pieces_are_too_few_to_compare() -> None:
    pieces = [features(read("C5 D5")), features(read("C5 E5"))]
    assert all(np.isnan(row.overlap) and not np.isnan(row.inter) for row in compare(pieces, pieces))
