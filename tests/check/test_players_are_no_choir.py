"""The rules for chorales are for singers: what strings or a pianist play is not marked by them unasked."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import stretto
from stretto.check.folder import Task, check_folder
from stretto.check.sheet import load_sheet, sheet_of, sheet_text
from stretto.errors import RequestError
from stretto.score.formats import read_score
from stretto.score.model import Meter, Part, Score

sys.path.insert(0, str(Path(__file__).parents[1] / "theory"))
from drawn_choir import choir

HIGH = choir("C6 D6 C6:2", "E4 F4 E4:2", "G3 A3 G3:2", "C3 F2 C3:2", key="C major")
"""The highest voice lies where no soprano sings."""


def played(*names: str, programs: tuple[int, ...] = (-1, -1, -1, -1)) -> Score:
    return HIGH.evolve(parts=[Part(name=name, program=n) for name, n in zip(names, programs, strict=True)])


QUARTET = played("Violin I", "Violin II", "Viola", "Violoncello")


def test_a_quartet_is_not_marked_by_the_rules_for_singers() -> None:
    with pytest.raises(RequestError, match=r"written for strings, .* for the voices of a choir; a sheet of your own"):
        stretto.check(QUARTET)
    with pytest.raises(RequestError, match="written for strings"):
        stretto.check(played("", "", "", "", programs=(40, 40, 41, 42)))


def test_singers_are_marked_as_before_though_strings_play_them() -> None:
    named = played("Soprano", "Alto", "Tenor", "Bass", programs=(40, 40, 41, 42))
    assert stretto.check(named).counts == stretto.check(HIGH).counts
    assert stretto.check(HIGH).counts["range"] == 3


def test_a_sheet_of_a_teachers_is_followed_as_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "my.toml").write_text(sheet_text("chorale"), encoding="utf-8")
    for sheet in (sheet_of(sheet_text("chorale")), load_sheet(tmp_path / "my.toml")):
        assert stretto.check(QUARTET, sheet).counts["range"] == 3


def piano(*, length: int, up: int = 0) -> Score:
    """Chords of four notes in the right hand of a pianist and none in the left, one after the other."""
    rows = [
        (length * i, length, pitch + up, 0, 0, 1, 1, 127, 0) for i in range(16) for pitch in (48, 55, 64, 72 + i % 2)
    ]
    return Score.build(rows, [Part(name="Piano", n_staves=2)], meters=[Meter()], end=16 * length)


def test_a_pianists_chords_that_no_choir_moves_like_are_not_marked_by_them_either() -> None:
    """Chords in quarters are a pupil's, who may have mistaken the octave; quick ones that can be sung are marked."""
    with pytest.raises(
        RequestError, match=r"for a keyboard, where \d+ of 64 notes are too high or low to sing, and the"
    ):
        stretto.check(piano(length=6, up=24))
    assert stretto.check(piano(length=6, up=24), sheet_of(sheet_text("chorale"))).counts["range"] > 40
    assert stretto.check(piano(length=24, up=24)).counts["range"] > 40
    assert stretto.check(piano(length=6)).counts["range"] == 0


def test_of_a_folder_the_quartet_is_told_apart(tmp_path: Path) -> None:
    stretto.write_score(QUARTET, tmp_path / "quartet.musicxml")
    stretto.write_score(HIGH, tmp_path / "choir.musicxml")
    found = check_folder(Task(folder=tmp_path, out=None, sheet=load_sheet("chorale"), read=read_score), n_workers=1)
    assert [pupil.name for pupil in found.pupils] == ["choir"]
    assert [skipped.path.stem for skipped in found.unread] == ["quartet"]
    assert "written for strings" in found.unread[0].reason
