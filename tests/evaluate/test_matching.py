from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from drawn_works import hymn

from stretto.evaluate.evidence import Facts, Stretch, Work, work_of
from stretto.evaluate.matching import cost, match_of, matched, twins
from stretto.theory.key import parse_key

pytest.importorskip("scipy", reason="scikit-learn brings it")

PLAIN = work_of(hymn()).stretches[0]


def stretch(quarters: float = 32, meter: str = "4/4", key: str = "G major", **rest: object) -> Stretch:
    facts = Facts(
        **{  # type: ignore[arg-type]
            "quarters": quarters,
            "meter": meter,
            "key": parse_key(key),
            "n_voices": 4,
            "density": 5.0,
            "opens": True,
            "closes": True,
            **rest,
        }
    )
    return replace(PLAIN, facts=facts)


def works(n: int, name: str, *stretches: Stretch) -> list[Work]:
    return [Work(name=f"{name}{i}", stretches=stretches, score=PLAIN.score, fermatas=True) for i in range(n)]


def test_length_metre_mode_and_voices_cost_and_the_same_costs_nothing() -> None:
    facts = stretch().facts
    assert cost(facts, facts) == 0
    other_metre, other_mode = stretch(meter="3/4").facts, stretch(key="G minor").facts
    longer, near = stretch(40).facts, stretch(33).facts
    assert cost(facts, other_metre) > cost(facts, other_mode) > cost(facts, longer) > cost(facts, near) > 0
    assert cost(facts, longer) == pytest.approx(10)
    assert cost(facts, stretch(key="D major").facts) == pytest.approx(0.3)


def test_each_stretch_stands_beside_a_real_one_of_its_metre_and_mode_and_none_twice() -> None:
    own = works(12, "a", stretch(32)) + works(12, "b", stretch(48, "3/4", "A minor"))
    real = works(20, "x", stretch(30)) + works(20, "y", stretch(50, "3/4", "A minor"))
    sample = matched(own, real, np.random.default_rng(1))
    found = match_of(sample)
    assert (found.meter, found.mode) == (1, 1)
    assert 0.93 < found.length < 0.97
    assert sample.n_pairs == 24
    assert len(set(sample.work_N[~sample.own_N].tolist())) == 24


def test_no_work_and_no_pair_stands_in_two_hands() -> None:
    own, real = works(30, "a", stretch(20), stretch(28)), works(30, "x", stretch(24), stretch(26))
    # Two versions of one work.
    real[1] = replace(real[1], name=real[0].name)
    sample = matched(own, real, np.random.default_rng(0))
    hands = [set(sample.hand_N[sample.work_N == work].tolist()) for work in np.unique(sample.work_N)]
    assert all(len(own_hands) == 1 for own_hands in hands)
    assert sample.hand_N[::2].tolist() == sample.hand_N[1::2].tolist()
    versions = set(sample.hand_N[np.isin(sample.work_N, [30, 31])].tolist())
    assert len(versions) == 1


def test_a_sample_can_be_limited() -> None:
    own, real = works(40, "a", stretch()), works(40, "x", stretch())
    assert matched(own, real, np.random.default_rng(0), most=20).n_pairs == 20


def test_twins_stand_in_one_hand_with_all_their_stretches() -> None:
    own, real = works(3, "a", stretch(20), stretch(28)), works(3, "x", stretch(30))
    sample = twins(own, real, [(0, 2), (1, 1), (2, 0)])
    assert sample.own_N.tolist() == [True] * 6 + [False] * 3
    assert sample.hand_N.tolist() == [0, 0, 1, 1, 2, 2, 0, 1, 2]
    assert match_of(sample).length == pytest.approx(20 / 30)
