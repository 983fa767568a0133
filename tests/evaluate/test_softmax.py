"""A small classifier that is kept as JSON."""

from __future__ import annotations

import numpy as np
import pytest

from stretto.evaluate.softmax import Softmax, fit_softmax

RNG = np.random.default_rng(0)
CENTRES = {"low": (-2.0, 0.0), "middle": (0.0, 1.5), "high": (2.0, 0.0)}
NAMES = ["low", "middle", "high"] * 60
ROWS = np.array([RNG.normal(CENTRES[name], 0.5) for name in NAMES])
FITTED = fit_softmax(ROWS, NAMES, features=("x", "y"), ridge=0.001)


def test_it_names_what_lies_near_what_it_learned() -> None:
    asked = {name: [FITTED.name(RNG.normal(centre, 0.5)) for _ in range(50)] for name, centre in CENTRES.items()}
    assert all(np.mean([one == name for one in own]) >= 0.9 for name, own in asked.items())


def test_chances_sum_to_one_and_lie_between_at_a_border() -> None:
    chances = FITTED.probabilities(np.array([-1.0, 0.75]))
    assert chances.sum() == pytest.approx(1)
    assert chances[FITTED.classes.index("high")] < 0.02 < 0.1 < chances[FITTED.classes.index("low")]


def test_balance_lets_a_rare_class_be_named() -> None:
    """Ninety of one, ten of the other, overlapping: unbalanced the border moves towards the rare."""
    rows = np.concatenate([RNG.normal(0, 1, (90, 1)), RNG.normal(1, 1, (10, 1))])
    names = ["often"] * 90 + ["rare"] * 10
    even, plain = (fit_softmax(rows, names, features=("x",), ridge=0.001, balance=b) for b in (1.0, 0.0))
    assert even.name(np.array([1.0])) == "rare"
    assert plain.name(np.array([1.0])) == "often"


def test_it_is_written_and_read_again() -> None:
    again = Softmax.from_json(FITTED.to_json(), ("x", "y"))
    asked = np.array([0.3, 0.9])
    assert again.probabilities(asked) == pytest.approx(FITTED.probabilities(asked), abs=1e-3)
    with pytest.raises(ValueError, match="other features"):
        Softmax.from_json(FITTED.to_json(), ("x", "z"))
