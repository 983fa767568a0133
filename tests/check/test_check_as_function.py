"""`stretto.check`: a file or a Score in, by a sheet's name."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import stretto
from stretto.errors import RequestError

sys.path.insert(0, str(Path(__file__).parents[1] / "theory"))
from drawn_choir import choir

FIFTHS = choir("G4 A4 G4:2", "D4 E4 D4:2", "B3 C4 B3:2", "C3 D3 G2:2", key="G major")
"""Soprano and bass go from a fifth to a fifth."""


def test_a_score_and_its_file_give_the_same_findings(tmp_path: Path) -> None:
    path = tmp_path / "exercise.musicxml"
    stretto.write_score(FIFTHS, path)
    of_score, of_file = stretto.check(FIFTHS), stretto.check(path, "chorale")
    assert of_score.counts["parallel-fifths"] >= 1
    assert [(f.fault.rule, f.bar, f.beat) for f in of_score.findings] == [
        (f.fault.rule, f.bar, f.beat) for f in of_file.findings
    ]


def test_it_can_be_called_whatever_has_been_imported() -> None:
    import stretto.check.sheet

    assert stretto.check(FIFTHS, stretto.check.sheet.load_sheet("chorale")).n_errors >= 1


def test_a_wish_that_cannot_be_met_is_one_line() -> None:
    with pytest.raises(RequestError, match="rules 'species9'"):
        stretto.check(FIFTHS, "species9")
    with pytest.raises(RequestError, match='key "H"'):
        stretto.check(FIFTHS, key="H")
