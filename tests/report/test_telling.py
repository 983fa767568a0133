from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from stretto.evaluate.two_sample import Told
from stretto.report.telling_section import telling_body, telling_data, telling_sentence

TOLD = Told(
    by="gradient boosting", auc=0.83, low=0.78, high=0.88, real_auc=0.5, markov_auc=0.99, n_pairs=200,
    gave_away=("syncopations", "rests"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("auc", "word"),
    [(0.55, "hardly told from real music"), (0.7, "told now and then"), (0.83, "told from real music")],
)
def test_a_test_that_counts_has_a_verdict_by_its_auc(auc: float, word: str) -> None:
    assert replace(TOLD, auc=auc).word == word


@pytest.mark.parametrize("broken", [{"real_auc": 0.6}, {"real_auc": 0.4}, {"markov_auc": 0.9}])
def test_a_test_that_tells_real_from_real_or_misses_markov_does_not_count(broken: dict[str, float]) -> None:
    unfair = replace(TOLD, **broken)  # type: ignore[arg-type]
    assert unfair.word == "does not count"
    assert telling_sentence([unfair]) == ""


def test_the_sentence_is_of_the_classifier_that_tells_most() -> None:
    weak = replace(TOLD, by="network", auc=0.6)
    assert telling_sentence([weak, TOLD]) == (
        "A classifier finds the real one of a real piece and one of these in 83 % of all pairs (78 % to 88 %; guessing "
        "is 50 %); what gave them away: syncopations and rests."
    )


def test_page_and_data_say_the_same() -> None:
    page = "".join(ElementTree.tostring(element, encoding="unicode") for element in telling_body([TOLD]))
    assert all(figure in page for figure in ("0.83", "0.78 to 0.88", "0.50", "0.99", "200", "syncopations and rests"))
    (said,) = telling_data([TOLD])
    assert (said["counts"], said["verdict"], said["auc"]) == (True, "told from real music", 0.83)
    assert telling_body([]) == ()
