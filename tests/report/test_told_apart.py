from __future__ import annotations

from dataclasses import replace

import pytest
from drawn_pieces import hymn

from stretto.evaluate.two_sample import Told, TwoSample
from stretto.report import told_apart as module
from stretto.report.measured import Depth, Measured, measure_score
from stretto.report.told_apart import stretch_ticks, told_apart

pytest.importorskip("sklearn", reason='needs pip install "stretto[report]"')

TOLD = Told(by="boosting", auc=0.7, low=0.6, high=0.8, real_auc=0.5, markov_auc=0.99, n_pairs=25, gave_away=("rests",))


@pytest.fixture(scope="module")
def pieces() -> list[Measured]:
    one = measure_score(hymn(), Depth(own=False, longest=768))
    return [replace(one, path=f"piece {i}.mid") for i in range(25)]


def test_few_pieces_are_not_cut_for_classifiers_and_it_is_said(pieces: list[Measured]) -> None:
    assert stretch_ticks(19, shipped=True) == 0
    assert 0 < stretch_ticks(20, shipped=True) < stretch_ticks(20, shipped=False)
    said = told_apart(pieces[:19], [], shipped=True, seed=0, jobs=1)
    assert said == ((), ["No two-sample test: 19 pieces are too few to tell, 20 are needed."])
    assert told_apart(pieces[:1], [], shipped=True, seed=0, jobs=1) == ((), [])


def test_without_scikit_learn_one_line_says_so(pieces: list[Measured], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "can_learn", lambda: False)
    assert stretch_ticks(100, shipped=True) == 0
    _, (note,) = told_apart(pieces, [], shipped=True, seed=0, jobs=1)
    assert 'pip install "stretto[report]"' in note


def test_too_few_real_pieces_are_said_too_and_none_is_beside_itself(pieces: list[Measured]) -> None:
    real = [*pieces[:20], *(replace(piece, path=f"real {i}.mid") for i, piece in enumerate(pieces[:7]))]
    _, (note,) = told_apart(pieces, real, shipped=False, seed=0, jobs=1)
    assert note == "No two-sample test: too few to tell: 7 pieces on the smaller side, 20 are needed."


@pytest.mark.parametrize(
    ("figures", "why"),
    [({"real_auc": 0.61}, "tells real pieces from real ones"), ({"markov_auc": 0.9}, "not see through a Markov model")],
)
def test_a_control_that_fails_is_told_with_what_would_help(
    pieces: list[Measured], monkeypatch: pytest.MonkeyPatch, figures: dict[str, float], why: str
) -> None:
    monkeypatch.setattr(module, "tell", lambda *_, **__: TwoSample(told=(replace(TOLD, **figures), TOLD)))  # type: ignore[arg-type]
    (unfair, fair), (note,) = told_apart(pieces, [], shipped=True, seed=0, jobs=1)
    assert not unfair.counts
    assert fair.counts and fair.word == "told now and then"
    assert why in note
    assert "--against" in note
