"""Measuring many files: one that breaks the code is told, and the others are not lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from drawn_pieces import hymn

import stretto
from stretto.report import work
from stretto.report.measured import Depth, Measured, measure_file
from stretto.report.work import Jobs, measure_all


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Two hymns, of which the first brings to light a fault of ours."""
    paths = [tmp_path / "odd.musicxml", tmp_path / "good.musicxml"]
    for path in paths:
        stretto.write_score(hymn(), path)

    def measure(path: Path, depth: Depth) -> Measured:
        if path.stem == "odd":
            raise IndexError("index 7")
        return measure_file(path, depth)

    monkeypatch.setattr(work, "measure_file", measure)
    return paths


def test_one_odd_file_does_not_end_the_run(files: list[Path]) -> None:
    own, _, skipped = measure_all(files, [], Depth(), n_portraits=0, jobs=Jobs())
    assert [piece.name for piece in own] == ["good.musicxml"]
    assert [(one.path.name, one.why) for one in skipped] == [("odd.musicxml", "IndexError: index 7")]


def test_of_one_file_alone_a_fault_of_ours_is_not_hidden(files: list[Path]) -> None:
    with pytest.raises(IndexError):
        measure_all(files[:1], [], Depth(), n_portraits=0, jobs=Jobs())
