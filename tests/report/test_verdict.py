from __future__ import annotations

from math import nan

import numpy as np
import pytest

from stretto.report.verdict import Spread, judge, judge_folder, left_out

HUNDRED = Spread.of(range(100))


@pytest.mark.parametrize(
    ("value", "word", "side"),
    [
        (50, "like real music", ""),
        (80, "within its range", ""),
        (98.5, "outside the middle 95 %", "high"),
        (1, "outside the middle 95 %", "low"),
        (200, "beyond every real piece", "high"),
        (-1, "beyond every real piece", "low"),
    ],
)
def test_a_value_is_judged_by_its_rank_among_real_ones(value: float, word: str, side: str) -> None:
    found = judge(value, HUNDRED)
    assert (found.word, found.side) == (word, side)


def test_equal_values_count_half_so_that_what_all_pieces_have_is_usual() -> None:
    zeros = Spread.of([0.0] * 90 + [1.0] * 10)
    assert zeros.below(0.0) == pytest.approx(0.45)
    assert judge(0.0, zeros).word == "like real music"


def test_of_a_few_real_pieces_only_what_lies_beyond_all_is_outside() -> None:
    few = Spread.of([1.0, 2.0, 3.0])
    assert judge(1.0, few).word == "within its range"
    assert judge(0.0, few).word == "outside the middle 95 %"


def test_what_is_not_measured_has_no_verdict_and_leaves_the_spread_alone() -> None:
    assert judge(nan, HUNDRED).word == "not measured"
    assert judge(1.0, Spread.of([])).word == "not measured"
    spread = Spread.of([3.0, nan, 1.0])
    assert (spread.mean, spread.sd, len(spread)) == (2.0, pytest.approx(np.sqrt(2)), 2)


def test_a_folder_like_real_music_lies_above_it_half_the_time() -> None:
    found = judge_folder(range(100), HUNDRED)
    assert found.above == pytest.approx(0.5)
    assert found.word == "like real music"
    assert found.outside == pytest.approx(0.04)


def test_a_folder_that_lies_above_nearly_all_real_pieces_is_told_apart() -> None:
    assert judge_folder([90.0, 95.0, 99.0] * 4, HUNDRED).word == "higher: tells them apart"
    assert judge_folder([20.0, 30.0, 25.0] * 4, HUNDRED).word == "leans lower"
    assert judge_folder([20.0, 30.0], HUNDRED).word == "too few to tell"
    assert judge_folder([nan], HUNDRED).word == "not measured"


def test_real_pieces_lie_outside_each_other_as_often_as_the_middle_says() -> None:
    values = np.random.default_rng(1).normal(size=(200, 50))
    values[0] = 9.0
    shares = left_out(values)
    assert shares[0] == 1.0
    assert shares[1:].mean() == pytest.approx(0.05, abs=0.01)


def test_a_measure_that_a_real_piece_lacks_counts_for_nothing() -> None:
    values = np.tile(np.arange(30.0)[:, None], (1, 2))
    values[15, 1] = nan
    assert left_out(values)[15] == 0.0
    assert np.isnan(left_out(values[:1])).all()


def test_values_that_differ_by_what_computing_rounds_are_equal() -> None:
    noisy = Spread.of([1.1e-16, -1e-17, 0.0, 1e-16] * 10)
    assert noisy.below(0.0) == 0.5 == noisy.below(3e-17)
    values = np.array([[1e-16 * i] for i in range(30)])
    assert left_out(values).sum() == 0
