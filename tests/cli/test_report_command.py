"""`report`: what it says, what it writes, and how it refuses."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import Answer
from stretto.score.formats import write_score

sys.path.insert(0, str(Path(__file__).parents[1] / "report"))
from drawn_pieces import hymn

Run = Callable[..., Answer]


@pytest.fixture
def piece(tmp_path: Path) -> Path:
    path = tmp_path / "hymn.musicxml"
    write_score(hymn(), path)
    return path


def test_it_answers_both_questions_and_writes_a_page(stretto: Run, piece: Path) -> None:
    answer = stretto("report", "hymn.musicxml", "--no-audio")
    assert answer.status == 0
    lines = answer.out.splitlines()
    assert lines[0].startswith("Drawn hymn, beside ")
    assert any(line.startswith("Is it any good? ") for line in lines)
    assert any(line.startswith("Is it mine? ") for line in lines)
    assert lines[-1] == "wrote report.html"
    assert "Drawn hymn" in (piece.parent / "report.html").read_text(encoding="utf-8")


def test_a_page_that_is_there_stays_and_the_next_gets_a_number(stretto: Run, piece: Path) -> None:
    (piece.parent / "report.html").write_text("mine", encoding="utf-8")
    assert stretto("report", "hymn.musicxml", "--no-audio").out.endswith("wrote report-2.html\n")
    assert (piece.parent / "report.html").read_text(encoding="utf-8") == "mine"
    refused = stretto("report", "hymn.musicxml", "-o", "report.html")
    assert (refused.status, refused.err) == (
        2, "stretto: report.html: exists already; give --force to overwrite it, or another name\n"
    )  # fmt: skip


def test_json_is_one_object_and_no_page_unless_one_is_named(stretto: Run, piece: Path) -> None:
    answer = stretto("report", "hymn.musicxml", "--json")
    said = json.loads(answer.out)
    assert (answer.status, said["title"], len(said["pieces"])) == (0, "Drawn hymn", 1)
    assert not list(piece.parent.glob("*.html"))


def test_what_cannot_be_read_is_named_beside_what_can(stretto: Run, piece: Path) -> None:
    (piece.parent / "bad.mid").write_bytes(b"hello")
    answer = stretto("report", ".", "--no-audio", "-o", "page.html")
    assert answer.status == 0
    assert "1 file not read\n  bad.mid: this is not a MIDI file" in answer.out


NOT_THERE = "there is no such file or folder; name a score, a folder of scores or a pattern"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("nix.mid",), f"nix.mid: {NOT_THERE}"),
        (("hymn.musicxml", "-o", "page.pdf"), "page.pdf: a report is a page; name a file ending in .html"),
        (("hymn.musicxml", "--against", "nix"), f"nix: {NOT_THERE}"),
    ],
)
def test_refusals_are_one_line(stretto: Run, piece: Path, arguments: tuple[str, ...], line: str) -> None:
    answer = stretto("report", *arguments)
    assert (answer.status, answer.out, answer.err) == (2, "", f"stretto: {line}\n")
