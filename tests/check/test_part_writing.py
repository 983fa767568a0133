"""What is wrong is found, and what is right is left alone: exercises in three and four parts."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from stretto.check.check import Checked, check_score
from stretto.check.sheet import load_sheet
from stretto.score.formats import read_score
from stretto.score.model import Score

sys.path.insert(0, str(Path(__file__).parent))
from part_writing import CLEAN, MISPRINTED, OPENINGS, PLANTED, Planted

SHEET = load_sheet("chorale")


def told(checked: Checked) -> list[str]:
    """Every error in words."""
    return [
        f"bar {f.bar} beat {f.beat} {f.fault.parts} {f.fault.rule}: {f.fault.detail}"
        for f in checked.findings
        if f.severity == "error"
    ]


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.name)
def test_a_planted_fault_is_found_where_it_is(planted: Planted) -> None:
    checked = check_score(planted.score, SHEET)
    places = [(f.fault.rule, f.bar, f.beat, f.fault.parts) for f in checked.findings if f.severity == "error"]
    assert (planted.rule, planted.bar, planted.beat, planted.parts) in places, told(checked)


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.name)
def test_a_planted_fault_is_the_only_error(planted: Planted) -> None:
    checked = check_score(planted.score, SHEET)
    errors = {f.fault.rule for f in checked.findings if f.severity == "error"}
    assert errors <= {planted.rule} | planted.brings, told(checked)


@pytest.mark.parametrize("score", CLEAN.values(), ids=CLEAN.keys())
def test_what_textbooks_write_raises_no_error(score: Score) -> None:
    assert told(check_score(score, SHEET)) == []


@pytest.mark.parametrize("path", [p for p in OPENINGS if p.stem != MISPRINTED], ids=lambda path: path.stem)
def test_what_bach_wrote_raises_no_error(path: Path) -> None:
    assert told(check_score(read_score(path), SHEET)) == []


def test_a_misprint_in_an_edition_of_bach_is_found() -> None:
    (path,) = (path for path in OPENINGS if path.stem == MISPRINTED)
    found = [(f.fault.rule, f.bar, f.beat) for f in check_score(read_score(path), SHEET).findings]
    assert ("parallel-octaves", 3, 4) in found
