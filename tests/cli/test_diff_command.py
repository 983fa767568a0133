"""`diff`: what it says, its exit status, and the page with both scores."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from stretto.score.formats import read_score, write_score

sys.path.insert(0, str(Path(__file__).parent.parent / "theory"))
from drawn_choir import choir


@pytest.fixture(autouse=True)
def scores(tmp_path: Path) -> None:
    lower = "G3 D3 G3 E3 B2 C3 G3 D3"
    write_score(choir("G4 A4 B4 C5 D5 C5 B4 A4", lower, key="G major"), tmp_path / "a.musicxml")
    write_score(choir("G4 A4 Bb4 C5 D5 C5:2 A4", lower, key="G major"), tmp_path / "b.musicxml")
    inserted = choir("G4 A4 B4 C5 E5:4 D5 C5 B4 A4", "G3 D3 G3 E3 C3:4 B2 C3 G3 D3", key="G major")
    write_score(inserted, tmp_path / "c.musicxml")


def test_the_same_music_is_told_by_words_and_status_whatever_the_format(stretto) -> None:
    stretto("convert", "a.musicxml", "a.krn")
    answer = stretto("diff", "a.musicxml", "a.krn")
    assert (answer.status, answer.out, answer.err) == (0, "a.musicxml and a.krn: the same music\n", "")


def test_changes_are_told_by_bar_beat_and_part_and_the_status_is_one(stretto) -> None:
    answer = stretto("diff", "a.musicxml", "b.musicxml")
    assert answer.status == 1
    assert answer.out.splitlines() == [
        "bar 1 beat 3, part 1: B4 became Bb4",
        "bar 2 beat 2, part 1: C5: quarter became half",
        "bar 2 beat 3, part 1: B4 quarter removed",
        "a.musicxml and b.musicxml: 2 notes changed, 0 added, 1 removed",
    ]


def test_an_inserted_bar_is_one_line_and_its_notes_come_when_asked(stretto) -> None:
    lines = stretto("diff", "a.musicxml", "c.musicxml").out.splitlines()
    assert lines == ["bar 2 added, with 2 notes", "a.musicxml and c.musicxml: 1 bar added"]
    assert "bar 2 beat 1, part 1: E5 whole added" in stretto("diff", "a.musicxml", "c.musicxml", "--all").out


def test_json_says_the_same_for_programs(stretto) -> None:
    answer = stretto("diff", "a.musicxml", "b.musicxml", "--json")
    said = json.loads(answer.out)
    assert (answer.status, said["same"], said["bars"], said["signs"]) == (1, False, [], [])
    assert [(n["kind"], n["what"]) for n in said["notes"]] == [
        ("changed", ["pitch"]), ("changed", ["length"]), ("removed", []),
    ]  # fmt: skip
    assert said["notes"][0]["before"] == {
        "name": "B4", "pitch": 71, "tick": 48, "duration": 24, "bar": 1, "beat": 3.0,
    }  # fmt: skip
    assert json.loads(stretto("diff", "a.musicxml", "c.musicxml", "--json").out)["bars"] == [
        {"kind": "added", "bar": 2}
    ]


def test_the_page_shows_a_changed_part_twice_and_an_unchanged_one_once(stretto) -> None:
    stretto("diff", "a.musicxml", "b.musicxml", "-o", "both.musicxml", "-o", "both.svg")
    both = read_score("both.musicxml")
    assert [part.name for part in both.parts] == ["part 1 (before)", "part 1", "part 2"]
    assert [int((both.notes["part"] == p).sum()) for p in range(3)] == [8, 7, 8]
    root = ElementTree.parse("both.musicxml").getroot()
    colours = [note.get("color") for note in root.iter("note") if note.get("color")]
    assert (colours.count("#009E73"), colours.count("#D55E00"), colours.count("#0072B2")) == (4, 1, 0)
    page = "".join(ElementTree.parse("both.svg").getroot().itertext())
    assert "B4 quarter removed" in page and "2 notes changed, 0 added, 1 removed" in page


def test_a_page_with_an_inserted_bar_has_the_bars_of_both(stretto) -> None:
    stretto("diff", "c.musicxml", "a.musicxml", "-o", "both.musicxml")
    both = read_score("both.musicxml")
    assert [bar.tick for bar in both.bars] == [0, 96, 192]
    assert sorted(int(n["pitch"]) for n in both.notes if 96 <= n["onset"] < 192) == [48, 76]


def test_trouble_is_status_two(stretto) -> None:
    answer = stretto("diff", "a.musicxml", "nowhere.musicxml")
    assert (answer.status, answer.out) == (2, "")
    assert "nowhere.musicxml: does not exist" in answer.err
