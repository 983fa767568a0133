"""Dynamics with words at the same place are printed beside each other."""

from __future__ import annotations

import pytest

from stretto.render.dynamics_in_words import in_words
from stretto.render.page import render_pages
from stretto.score.model import Mark, Meter, Part, Score
from stretto.score.sketch import sketch


def dynamic(text: str, tick: int = 0, part: int = 0) -> Mark:
    return Mark(kind="dynamic", text=text, tick=tick, part=part, extra="below")


@pytest.mark.parametrize(
    ("texts", "says"),
    [(["et animé", "p"], ["p et animé"]), (["f", "più"], ["più f"]),
     (["dolce", "p", "sempre più"], ["sempre più p dolce"]),
     (["f", "ff"], ["f", "ff"]), (["dolce", "espr."], ["dolce", "espr."]), (["p"], ["p"])],
)  # fmt: skip
def test_what_is_said_at_one_place_is_one_text_in_the_order_of_speech(texts: list[str], says: list[str]) -> None:
    assert [mark.text for mark in in_words(map(dynamic, texts))] == says


def test_words_of_another_place_or_part_stay_by_themselves() -> None:
    marks = (dynamic("p"), dynamic("dolce", tick=24), dynamic("dolce", part=1), dynamic("dolce", tick=24, part=1))
    assert in_words(marks) == marks


def test_on_the_page_the_sign_and_its_words_are_one_text_in_which_the_sign_is_a_sign() -> None:
    notes = sketch("C4 | x-x-x-x-", step=12)
    score = Score.build(notes, [Part()], meters=[Meter()], marks=[dynamic("et animé"), dynamic("p")])
    (page,) = render_pages(score)
    found = [group for group in page.body.iter("g") if "dynam" in (group.get("class") or "").split()]
    assert len(found) == 1
    assert "et animé" in "".join(found[0].itertext())
    assert found[0].find(".//use") is not None
