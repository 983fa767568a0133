from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from stretto.evaluate import two_sample
from stretto.evaluate.evidence import Work, work_of
from stretto.evaluate.real_chorales import real_chorales
from stretto.evaluate.two_sample import tell
from stretto.score.model import Score

pytest.importorskip("sklearn", reason='needs pip install "stretto[report]"')

PHRASE = 4 * 96


@pytest.fixture(scope="module")
def chorales() -> list[Work]:
    return [work_of(score, name) for name, score in real_chorales()[:44]]


@pytest.fixture(autouse=True)
def few_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(two_sample, "N_SEEDS", 1)
    monkeypatch.setattr(two_sample, "N_SPLITS", 1)
    monkeypatch.setattr(two_sample, "MOST_MARKOV", 25)


def alto_moved(score: Score, seed: int) -> Score:
    """Every third note of the alto a step higher: wrong, and nothing else."""
    notes = score.notes.copy()
    alto = np.flatnonzero(notes["part"] == 1)
    notes["pitch"][alto[seed % 3 :: 3]] += 1
    return score.evolve(notes=notes)


def spoilt(works: Sequence[Work]) -> list[Work]:
    return [work_of(alto_moved(work.score, i), work.name) for i, work in enumerate(works)]


def test_spoilt_chorales_are_told_from_their_originals_and_by_what(chorales: list[Work]) -> None:
    real = chorales[:24]
    found = tell(spoilt(real), real, [(i, i) for i in range(len(real))])
    boosting = found.told[0]
    assert boosting.auc > 0.95
    assert 0.9 < boosting.low <= boosting.auc <= boosting.high
    assert any("alto" in why or "dissonan" in why or "scale" in why for why in boosting.gave_away)
    assert all(", real " in why for why in boosting.gave_away)


def test_real_chorales_are_not_told_from_real_ones(chorales: list[Work]) -> None:
    found = tell(chorales[::2], chorales[1::2])
    for told in found.told:
        assert 0.25 < told.auc < 0.75
        assert told.markov_auc > 0.85
        assert told.match is not None and told.match.length > 0.75


def test_a_seed_gives_the_same_figures_with_any_number_of_processes(chorales: list[Work]) -> None:
    pairs = [(i, i) for i in range(20)]
    own = spoilt(chorales[:20])
    assert tell(own, chorales[:20], pairs) == tell(own, chorales[:20], pairs, jobs=2)


def test_too_few_pieces_are_not_tested(chorales: list[Work]) -> None:
    found = tell(chorales[:19], chorales[19:])
    assert found.told == ()
    assert found.why == "too few to tell: 19 pieces on the smaller side, 20 are needed"


def test_versions_of_one_work_count_once(chorales: list[Work]) -> None:
    same = [replace(work, name="one") for work in chorales[:22]]
    assert tell(chorales[22:], same).why.startswith("too few to tell: 1 piece ")


def test_without_scikit_learn_it_is_said_how_to_get_it(chorales: list[Work], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(two_sample, "can_learn", lambda: False)
    assert tell(chorales, chorales).why == 'it needs scikit-learn: pip install "stretto[report]"'
