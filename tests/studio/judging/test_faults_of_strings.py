"""Check, on the page, of a string quartet."""

import pytest

pytest.importorskip("fastapi")

from stretto.check.sheet import sheet_text
from stretto.score.abc_read import read_abc
from stretto.studio.judging.findings import faults_of
from stretto.studio.pieces.documents import Document, document_of

LINES = ("c'' d'' c''2", "E F E2", "G, A, G,2", "C, F,, C,2")
"""The highest lies where no soprano sings."""


def four(*names: str) -> Document:
    text = "".join(
        f'V:{n} name="{name}"\n{line} |\n' for n, (name, line) in enumerate(zip(names, LINES, strict=True), 1)
    )
    return document_of(read_abc(f"X:1\nM:4/4\nL:1/4\nK:C\n{text}".encode(), "four.abc"))


def test_a_quartet_has_a_reason_in_place_of_faults_and_singers_have_faults() -> None:
    quartet = four("Violin I", "Violin II", "Viola", "Violoncello")
    found = faults_of(quartet)
    assert found["faults"] == [] and found["why"].startswith("this is written for strings")
    assert found["why"].endswith("a sheet of your own is followed as it is written") and "--" not in found["why"]
    for marked in (
        faults_of(quartet, sheet=sheet_text("chorale")),
        faults_of(four("Soprano", "Alto", "Tenor", "Bass")),
    ):
        assert marked["why"] == "" and [fault["rule"] for fault in marked["faults"]].count("range") == 3
