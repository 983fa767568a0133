"""Phrases under a given melody or over a given bass lead where real ones do."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np

from stretto.frames.canvas import Hole
from stretto.frames.parts import frames_of_matrix
from stretto.frames.plan import Plan, goal_code
from stretto.theory.cadence import KINDS
from stretto.verbs.goals import with_goals
from stretto.verbs.phrasewise import cadences_of

QUARTERS = 24
ENDS = (3 * 24, 7 * 24)
PLAN = Plan(style="bach", tonic=0, mode="major", end=8 * 24, phrase_ends=ENDS)
# Two phrases in C major: the soprano is left on the second degree, then by step to the tonic.
MATRIX = np.array(
    [
        [72, 67, 64, 48],
        [71, 67, 62, 55],
        [72, 67, 64, 48],
        [74, 67, 59, 55],
        [76, 67, 60, 48],
        [76, 67, 60, 48],
        [74, 67, 59, 55],
        [72, 67, 64, 48],
    ],
    float,
)
FRAMES = frames_of_matrix(MATRIX, step=QUARTERS)


def under_soprano() -> list[Hole]:
    """The three lower voices open."""
    return [Hole(part=p, start=0, end=PLAN.end) for p in (1, 2, 3)]


def planned(holes: list[Hole], plan: Plan = PLAN) -> list[tuple[tuple[int, str], ...]]:
    """Goals and cadences of two hundred plans."""
    plans = [with_goals(plan, FRAMES, holes, np.random.default_rng(seed)) for seed in range(200)]
    return [tuple(zip(p.goals, cadences_of(p), strict=True)) for p in plans]


def test_a_melody_that_steps_down_to_the_tonic_closes_perfectly() -> None:
    last = Counter(plan[1] for plan in planned(under_soprano()))
    assert last[goal_code(0, minor=False), "perfect authentic"] > 150
    assert {kind for _, kind in last} <= {*KINDS}


def test_a_melody_that_ends_on_the_second_degree_pauses_on_the_dominant() -> None:
    first = Counter(goal for (goal, _), _ in planned(under_soprano()))
    assert first.most_common(1)[0][0] == goal_code(7, minor=False)
    assert first[goal_code(0, minor=False)] == 0, "no tonic chord has the second degree"


def test_phrases_whose_chord_is_given_are_not_planned() -> None:
    gap = [Hole(part=p, start=4 * QUARTERS, end=6 * QUARTERS) for p in range(4)]
    assert set(planned(gap)) == {((0, "other"), (0, "other"))}


def test_phrases_that_are_wholly_open_close_as_real_ones_do() -> None:
    second = [Hole(part=p, start=4 * QUARTERS, end=PLAN.end) for p in range(4)]
    plans = planned(second)
    assert {plan[0] for plan in plans} == {(0, "other")}
    assert {goal for _, (goal, _) in plans} == {goal_code(0, minor=False)}


def test_a_style_that_was_never_counted_plans_nothing() -> None:
    assert set(planned(under_soprano(), replace(PLAN, style=""))) == {((0, "other"), (0, "other"))}
    assert with_goals(replace(PLAN, phrase_ends=None), FRAMES, under_soprano(), np.random.default_rng(0)).goals == ()
