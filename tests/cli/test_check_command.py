"""`check`: text, JSON, marked files, and a folder of which nothing is lost."""

from __future__ import annotations

import csv
import json
import os
import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from stretto.score.formats import read_score, write_score
from stretto.score.model import Score

sys.path.insert(0, str(Path(__file__).parent.parent / "theory"))
from drawn_choir import choir

SHEET = """
title = "Two rules"
kind = "chorale"

[rules.parallel-fifths]
severity = "error"
says = "Fifths do not follow each other."

[rules.parallel-octaves]
severity = "remark"
says = "Octaves are heard."
"""


@pytest.fixture
def faulty() -> Score:
    """Octaves of soprano and bass and fifths of alto and bass, from beat 1 to 2; the tenor stands still."""
    return choir("G4 A4 B4:2", "D4 E4 D4:2", "B3 B3 B3:2", "G3 A3 G3:2", key="G major")


@pytest.fixture
def clean() -> Score:
    return choir("B4 A4 B4:2", "G4 F#4 G4:2", "D4 D4 D4:2", "G3 D3 G3:2", key="G major")


@pytest.fixture(autouse=True)
def sheet(tmp_path: Path) -> None:
    (tmp_path / "two.toml").write_text(SHEET, encoding="utf-8")


@pytest.fixture
def classroom(tmp_path: Path, faulty: Score, clean: Score) -> Path:
    folder = tmp_path / "class"
    (folder / "b").mkdir(parents=True)
    write_score(faulty, folder / "Anna.musicxml")
    write_score(clean, folder / "b" / "=Ben.mid")
    (folder / "Carl.mscz").write_bytes(b"PK")
    (folder / "Dora.musicxml").write_text("<score-partwise", encoding="utf-8")
    write_score(choir("C4"), folder / "Emil.musicxml")
    return folder


def test_a_finding_says_number_place_parts_notes_rule_and_severity(stretto, faulty: Score) -> None:
    write_score(faulty, Path("a.musicxml"))
    lines = stretto("check", "a.musicxml", "--rules", "two.toml").out.splitlines()
    assert lines[3] == "1 error   bar 1 beat 2, alto and bass: parallel fifths: G3-D4 to A3-E4"
    assert lines[4].strip().startswith("Fifths do not follow each other.")
    assert "2 errors, 0 licences, 1 remark; --all lists the remarks" in lines[-1]
    assert not any("remark " in line for line in lines[:-1])


def test_remarks_are_listed_when_asked_and_numbered_after_the_rest(stretto, faulty: Score) -> None:
    write_score(faulty, Path("a.musicxml"))
    out = stretto("check", "a.musicxml", "--rules", "two.toml", "--all").out
    assert re.findall(r"^(\d) (error|remark)", out, flags=re.M) == [
        ("1", "error"), ("2", "error"), ("3", "remark"),
    ]  # fmt: skip


def test_json_has_all_findings_with_their_notes(stretto, faulty: Score) -> None:
    write_score(faulty, Path("a.musicxml"))
    said = json.loads(stretto("check", "a.musicxml", "--rules", "two.toml", "--json").out)
    assert (said["errors"], said["licences"], said["remarks"]) == (2, 0, 1)
    first = said["findings"][0]
    assert (first["rule"], first["bar"], first["beat"], first["parts"]) == ("parallel-fifths", 1, 2, ["Alto", "Bass"])
    assert {(n["part"], n["tick"], n["pitch"]) for n in first["notes"]} == {
        ("Alto", 0, 62), ("Bass", 0, 55), ("Alto", 24, 64), ("Bass", 24, 57),
    }  # fmt: skip
    assert said["per_rule"] == {"parallel-fifths": 2, "parallel-octaves": 1}


def test_marked_files_are_of_the_document_that_came(stretto, faulty: Score) -> None:
    two_staves = faulty.notes.copy()
    two_staves["voice"] = 1 + two_staves["part"] % 2
    two_staves["staff"] = 1 + two_staves["part"] // 2
    two_staves["part"] = 0
    piano = Score.build(two_staves, [faulty.parts[0]], meters=faulty.meters, keys=faulty.keys, end=faulty.end)
    write_score(piano, Path("a.musicxml"))
    answer = stretto("check", "a.musicxml", "--rules", "two.toml", "-o", "m.musicxml", "-o", "m.svg")
    assert (answer.status, answer.err) == (0, "")
    assert "wrote m.musicxml" in answer.out
    assert np.array_equal(read_score("m.musicxml").notes, read_score("a.musicxml").notes)
    root = ElementTree.parse("m.musicxml").getroot()
    assert [w.text for w in root.iter("words")] == [
        "1 parallel fifths: G3-D4 to A3-E4", "2 parallel fifths: A3-E4 to G3-D4",
    ]  # fmt: skip
    assert sum(note.get("color") is not None for note in root.iter("note")) == 6
    page = "".join(ElementTree.parse("m.svg").getroot().itertext())
    for said in ("2 errors", "bar 1 beat 2, alto and bass", "Fifths do not follow each other."):
        assert said in page


def test_what_cannot_be_written_is_said_before_the_work(stretto, faulty: Score) -> None:
    write_score(faulty, Path("a.musicxml"))
    answer = stretto("check", "a.musicxml", "-o", "a.mid")
    assert (answer.status, answer.out) == (2, "")
    assert "a.mid: .mid cannot show marked notes" in answer.err
    assert "exists already" in stretto("check", "a.musicxml", "-o", "a.musicxml").err


def test_a_folder_gives_marked_files_and_a_summary_and_loses_nothing(stretto, classroom: Path) -> None:
    answer = stretto("check", "class", "--rules", "two.toml", "-o", "out")
    assert (answer.status, answer.err) == (0, "")
    assert "2 exercises checked: 2 errors, 0 licences, 1 remark; 1 without an error; 3 files not read" in answer.out
    made = sorted(p.relative_to("out").as_posix() for p in Path("out").rglob("*") if p.is_file())
    assert made == [
        "Anna-marked.musicxml", "Anna-marked.pdf", "b/=Ben-marked.musicxml", "b/=Ben-marked.pdf",
        "summary.csv", "summary.html",
    ]  # fmt: skip
    rows = list(csv.DictReader(Path("out/summary.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [(r["pupil"], r["errors"], r["parallel-fifths"]) for r in rows] == [
        ("Anna", "2", "2"), ("b/=Ben", "0", "0"), ("Carl.mscz", "", ""), ("Dora.musicxml", "", ""),
        ("Emil.musicxml", "", ""),
    ]  # fmt: skip
    assert ".mscz is no score format" in rows[2]["not read"]
    assert "the XML is broken" in rows[3]["not read"]
    assert "for 3 or 4 voices" in rows[4]["not read"]


class Page(HTMLParser):
    """Links, addresses and text of a page; every tag must be closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br"):
            self.open.append(tag)
        self.links += [str(value) for name, value in attrs if name in ("href", "src")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data + " "


def test_pupils_are_listed_as_in_a_class_list(stretto, tmp_path: Path, clean: Score) -> None:
    names = ["Änne", "bob", "Carl", "łukasz", "Zoë"]
    (tmp_path / "class").mkdir()
    for name in names:
        write_score(clean, tmp_path / "class" / f"{name}.txt")
    said = json.loads(stretto("check", "class", "--json").out)
    assert [pupil["name"] for pupil in said["pupils"]] == names


def test_the_summary_page_needs_nothing_else_and_links_to_files_that_exist(stretto, classroom: Path) -> None:
    stretto("check", "class", "--rules", "two.toml", "-o", "out")
    page = Page(Path("out/summary.html").read_text(encoding="utf-8"))
    assert page.open == []
    files = [link for link in page.links if not link.startswith("#")]
    assert files == ["Anna-marked.pdf", "Anna-marked.musicxml", "b/%3DBen-marked.pdf", "b/%3DBen-marked.musicxml"]
    assert all((Path("out") / link.replace("%3D", "=")).exists() for link in files)
    for said in ("Carl.mscz: .mscz is no score format", "Fifths do not follow each other.", "parallel fifths (2)"):
        assert said in page.text


def test_a_second_run_does_not_take_marked_files_for_exercises_nor_overwrite(stretto, classroom: Path) -> None:
    stretto("check", "class", "--rules", "two.toml", "-o", "class/out")
    refused = stretto("check", "class", "--rules", "two.toml", "-o", "class/out")
    assert (refused.status, refused.out) == (2, "")
    assert "exists already; give --force" in refused.err
    again = stretto("check", "class", "--rules", "two.toml", "-o", "class/out", "--force")
    assert "2 exercises checked" in again.out


def test_marked_files_do_not_go_among_the_exercises(stretto, classroom: Path) -> None:
    refused = stretto("check", "class", "-o", "class/b/..", "--force")
    assert (refused.status, refused.err.count("\n")) == (2, 1)
    assert "holds the exercises" in refused.err


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="every file name is text there")
def test_a_name_that_is_no_text_loses_neither_its_pupil_nor_the_summary(stretto, classroom: Path) -> None:
    (classroom / "Anna.musicxml").rename(os.fsdecode(os.fsencode(classroom) + b"/Andr\xe9.musicxml"))
    answer = stretto("check", "class", "--rules", "two.toml", "-o", "out")
    assert (answer.status, answer.err) == (0, "")
    page = Page(Path("out/summary.html").read_text(encoding="utf-8"))
    assert "Andr%E9-marked.pdf" in page.links and "Andr\ufffd" in page.text
    assert "Andr?" in Path("out/summary.csv").read_text(encoding="utf-8-sig")


def test_a_folder_without_out_gets_a_new_one_and_json_alone_writes_nothing(stretto, classroom: Path) -> None:
    said = json.loads(stretto("check", "class", "--rules", "two.toml", "--json").out)
    assert not Path("class-checked").exists()
    assert [(p["name"], p["errors"]) for p in said["pupils"]] == [("Anna", 2), ("b/=Ben", 0)]
    assert [Path(u["path"]).name for u in said["unread"]] == ["Carl.mscz", "Dora.musicxml", "Emil.musicxml"]
    assert said["per_rule"]["parallel-fifths"] == {"findings": 2, "pupils": 1}
    stretto("check", "class", "--rules", "two.toml")
    stretto("check", "class", "--rules", "two.toml")
    assert Path("class-checked/summary.html").exists() and Path("class-checked-2/summary.html").exists()


def test_a_folder_of_nothing_is_one_line(stretto, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    answer = stretto("check", "empty")
    assert (answer.status, answer.err.count("\n")) == (2, 1)
    assert "holds no files" in answer.err
    (tmp_path / "empty" / "a.pdf").write_bytes(b"%PDF")
    assert "none of 1 files can be checked; the first, a.pdf: .pdf is no score format" in stretto("check", "empty").err
