"""Which file is made by what, and what is refused before any work."""

from __future__ import annotations

from pathlib import Path

import pytest

from stretto.errors import RenderError, ScoreWriteError
from stretto.render.output import OUTPUTS, SOUNDS, check_output, is_roll, write_output
from stretto.render.sound_file import SUFFIXES
from stretto.score.model import Meter, Part, Score


@pytest.mark.parametrize(
    ("name", "roll"),
    [
        ("roll.png", True), ("my-Roll.svg", True), ("a/piano roll.pdf", True), ("piece.png", False),
        ("roll/piece.png", False), ("roll.mid", False),
    ],
)  # fmt: skip
def test_a_picture_named_roll_is_the_piano_roll(name: str, roll: bool) -> None:
    assert is_roll(Path(name)) is roll


def test_every_sound_that_can_be_encoded_can_be_asked_for() -> None:
    assert tuple(SUFFIXES) == SOUNDS


def test_what_cannot_be_written_is_refused_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "old.mid").write_bytes(b"")
    (tmp_path / "folder.mid").mkdir()
    for name, line in (
        ("a.docx", f"cannot write .docx; writable are {', '.join(OUTPUTS)}"),
        ("a", "cannot write a file without extension"),
        ("old.mid", "exists already; give --force"),
        ("folder.mid", "is a folder; name a file"),
        ("nowhere/a.mid", "does not exist; make it, or name another"),
    ):
        with pytest.raises(ScoreWriteError, match=line):
            check_output(tmp_path / name)
    check_output(tmp_path / "old.mid", force=True)
    check_output(tmp_path / "NEW.MID")


def test_a_refused_file_is_left_as_it_was(tmp_path: Path) -> None:
    score = Score.build([(0, 24, 60, 64, 0, 1, 1, 127, 0)], [Part()], meters=[Meter()])
    (tmp_path / "a.mid").write_bytes(b"old")
    with pytest.raises(ScoreWriteError):
        write_output(score, tmp_path / "a.mid")
    assert (tmp_path / "a.mid").read_bytes() == b"old"
    write_output(score, tmp_path / "a.mid", force=True)
    assert (tmp_path / "a.mid").read_bytes()[:4] == b"MThd"
    assert [path.name for path in tmp_path.iterdir()] == ["a.mid"]


def test_a_score_without_parts_has_no_picture(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="nothing to draw"):
        write_output(Score.build([], []), tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []
