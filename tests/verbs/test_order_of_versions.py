"""Errors are counted only of versions that may still be the best, and the order is that of all counts."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from stretto.frames.parts import ONSET, PartFrames
from stretto.frames.plan import Plan
from stretto.verbs import phrasewise
from stretto.verbs.asked import Asked
from stretto.verbs.phrasewise import BEYOND, CLOSE_ENOUGH, ERROR
from stretto.verbs.taste import Taste


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Which versions' errors were counted, in order; a version's frames are here its number and its errors."""
    numbers: list[int] = []

    def n_errors(frames: tuple[int, int], *_: object) -> int:
        numbers.append(frames[0])
        return frames[1]

    monkeypatch.setattr(phrasewise, "n_errors", n_errors)
    monkeypatch.setattr(phrasewise, "plan_key", lambda plan: None)
    return numbers


def in_order(marks: list[float], errors: list[int]) -> Any:
    """The numbers of versions of which the first lists say what is taken off, and how many errors each has."""
    reached: Any = [SimpleNamespace(piece=SimpleNamespace(frames=frames)) for frames in enumerate(errors)]
    verdicts: Any = [SimpleNamespace(nll_per_note=0.0, penalty=lambda typical, mark=mark: mark) for mark in marks]
    plan: Any = SimpleNamespace(tonic=-1, mode="")
    versions = phrasewise._in_order(reached, verdicts, None, plan, Asked(taste=Taste(), checked=True))
    return (version.piece.frames[0] for version in versions)


@pytest.mark.parametrize("seed", range(8))
def test_versions_come_as_if_all_errors_were_counted(counted: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    marks, errors = rng.integers(0, 6, 16) / 2, rng.integers(0, 4, 16)  # many are as good as others
    close = np.argsort(marks, kind="stable")[:CLOSE_ENOUGH]
    in_all = marks + BEYOND
    in_all[close] = marks[close] + ERROR * errors[close]
    assert list(in_order(marks.tolist(), errors.tolist())) == np.argsort(in_all, kind="stable").tolist()
    assert sorted(counted) == sorted(close.tolist())


def test_the_best_without_errors_is_counted_alone(counted: list[int]) -> None:
    assert next(in_order([3.0, 1.0, 2.0], [0, 0, 0])) == 1
    assert counted == [1]


def test_one_with_errors_is_held_against_those_behind_it(counted: list[int]) -> None:
    assert next(in_order([1.0, 1.2, 1.4, 9.0], [2, 1, 0, 0])) == 2
    assert counted == [0, 1, 2]


@pytest.mark.parametrize(("tonic", "best"), [(0, 1), (2, 0)])
def test_of_versions_of_a_new_piece_the_one_in_the_asked_key_is_preferred(
    tonic: int, best: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two scales that are as good else: the first in D major, the other in C major."""
    monkeypatch.setattr(phrasewise, "n_errors", lambda *_: 0)
    scale = np.array([0, 4, 7, 2, 5, 9, 11, 7, 0], np.int16)[:, None]
    versions: Any = [
        SimpleNamespace(
            piece=SimpleNamespace(
                frames=PartFrames(
                    tick_T=24 * np.arange(len(scale), dtype=np.int32),
                    pitch_TV=60 + up + scale,
                    state_TV=np.full(scale.shape, ONSET, np.int8),
                    end=24 * len(scale),
                )
            )
        )
        for up in (2, 0)
    ]
    verdicts: Any = [SimpleNamespace(nll_per_note=0.0, penalty=lambda typical: 1.0) for _ in versions]
    plan = Plan(end=24 * len(scale), tonic=tonic, mode="major")
    found = phrasewise._in_order(versions, verdicts, None, plan, Asked(taste=Taste(), checked=True))
    assert next(found) is versions[best]
