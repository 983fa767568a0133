"""A finding in words, and the document in which it is marked."""

from __future__ import annotations

import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from stretto.check.faults import Fault, Finding
from stretto.check.marked import place_of, reason_of
from stretto.check.summary import csv_of
from stretto.score.model import Score

sys.path.insert(0, str(Path(__file__).parent.parent / "theory"))
from drawn_choir import choir


@pytest.fixture
def score() -> Score:
    return choir("C5:4", "G4:4", "E4:4", "C3:4")


def finding(parts: tuple[int, ...], **rest: object) -> Finding:
    fault = Fault(rule="spacing", tick=36, parts=parts, notes=())
    return Finding(
        fault=fault, number=1, severity="error", says="Voices stay close.", bar=1, beat=Fraction(5, 2), **rest
    )  # type: ignore[arg-type]


def test_a_place_names_bar_beat_and_voices_as_a_sentence_does(score: Score) -> None:
    assert place_of(finding(()), score) == "bar 1 beat 2 1/2"
    assert place_of(finding((1,)), score) == "bar 1 beat 2 1/2, alto"
    assert place_of(finding((0, 3)), score) == "bar 1 beat 2 1/2, soprano and bass"
    assert place_of(finding((0, 1, 2, 3)), score) == "bar 1 beat 2 1/2, soprano, alto, tenor and bass"


def test_a_reason_is_the_rule_and_what_bach_does(score: Score) -> None:
    assert reason_of(finding((0,), bach="Bach: in none of 370 chorales")) == (
        "Voices stay close. Bach: in none of 370 chorales."
    )
    assert reason_of(replace(finding((0,)), says="Stay close!")) == "Stay close!"


def test_a_name_that_a_spreadsheet_would_compute_is_kept_as_text() -> None:
    from stretto.check.folder import FolderChecked, Pupil
    from stretto.check.sheet import load_sheet

    pupil = Pupil(name="=1+1", path=Path("x/=1+1.mid"), severities={"error": 0, "licence": 0, "remark": 0}, rules={},
                  answer={"findings": [], "understood": []})  # fmt: skip
    checked = FolderChecked(folder=Path("x"), sheet=load_sheet("chorale"), pupils=(pupil,), unread=())
    assert csv_of(checked).splitlines()[1].startswith("'=1+1,")
