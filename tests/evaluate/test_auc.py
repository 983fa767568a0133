from __future__ import annotations

import numpy as np
import pytest

from stretto.evaluate.auc import auc, auc_interval, auc_of_columns

OWN = np.array([True, True, False, False])


@pytest.mark.parametrize(
    ("scores", "area"), [([3, 4, 1, 2], 1.0), ([1, 2, 3, 4], 0.0), ([2, 4, 1, 3], 0.75), ([1, 1, 1, 1], 0.5)]
)
def test_auc_is_the_share_of_pairs_in_which_the_right_one_is_higher(scores: list[float], area: float) -> None:
    assert auc(np.array(scores, float), OWN) == area


def test_columns_are_judged_alone_and_what_is_not_defined_is_least() -> None:
    pytest.importorskip("scipy")
    values = np.array([[3, 1, np.nan], [4, 1, np.nan], [1, 1, 0], [2, 1, 0]], np.float32)
    assert auc_of_columns(values, OWN).tolist() == [1, 0.5, 0]


def test_works_are_drawn_not_stretches() -> None:
    rng = np.random.default_rng(0)
    scores, own = rng.normal(size=200) + np.repeat([0.5, 0], 100), np.repeat([True, False], 100)
    alone = auc_interval(scores, own, np.arange(200), twins=False, rng=np.random.default_rng(1))
    # Ten stretches that say the same are one witness.
    tenfold = auc_interval(
        np.repeat(scores[::10], 10), own, np.repeat(np.arange(20), 10), twins=False, rng=np.random.default_rng(1)
    )
    assert alone[0] < auc(scores, own) < alone[1]
    assert tenfold[1] - tenfold[0] > 2 * (alone[1] - alone[0])


def test_twins_are_drawn_together() -> None:
    # Each twin beats its original alone: a draw of pairs that parted them would see it lose to others.
    rng = np.random.default_rng(0)
    height = np.repeat(rng.normal(size=50) * 1e-6, 1)
    scores, own = np.concatenate([height + 1, height]), np.repeat([True, False], 50)
    work = np.concatenate([np.arange(50)] * 2)
    assert auc_interval(scores, own, work, twins=True, rng=rng) == (1.0, 1.0)
