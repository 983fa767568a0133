from __future__ import annotations

from pathlib import Path

import pytest

from stretto.errors import CorpusError, RequestError
from stretto.report.sources import find_sources


def made(folder: Path, *names: str) -> list[Path]:
    """Empty files."""
    paths = [folder / name for name in names]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return paths


def test_a_folder_gives_its_scores_by_name_and_nothing_else(tmp_path: Path) -> None:
    b, a, *_ = made(tmp_path, "b.mid", "in/a.krn", "README.txt", "LICENSE.txt", "notes.pdf", ".hidden.mid")
    assert find_sources([tmp_path]).paths == (b, a)


def test_one_piece_in_two_formats_is_taken_once_from_the_fuller(tmp_path: Path) -> None:
    midi, xml, other = made(tmp_path, "piece.mid", "piece.musicxml", "other.mid")
    found = find_sources([tmp_path])
    assert set(found.paths) == {xml, other}
    assert found.twins == (midi,)


def test_files_that_are_named_are_all_taken_in_the_order_of_naming(tmp_path: Path) -> None:
    midi, xml = made(tmp_path, "piece.mid", "piece.musicxml")
    assert find_sources([midi, xml, midi]).paths == (midi, xml)


def test_a_pattern_stands_for_the_scores_it_matches(tmp_path: Path) -> None:
    made(tmp_path, "a1.mid", "a2.mid", "b1.mid", "a3.pdf")
    found = find_sources([str(tmp_path / "a*")])
    assert [path.name for path in found.paths] == ["a1.mid", "a2.mid"]


def test_what_is_not_there_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=r"nix: there is no such file or folder; name a score"):
        find_sources([tmp_path / "nix"])
    with pytest.raises(CorpusError, match="holds no scores; readable are"):
        find_sources([tmp_path])
    with pytest.raises(CorpusError, match="matches no scores"):
        find_sources([str(tmp_path / "*.mid")])
    with pytest.raises(RequestError, match="no pieces are named"):
        find_sources([])
