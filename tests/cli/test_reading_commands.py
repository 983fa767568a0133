"""`convert`, `show` and `play`: what they understand, say and refuse, on real files."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from stretto.errors import RenderError
from stretto.render.output import is_roll
from stretto.score.formats import read_score, write_score
from stretto.score.model import Score

KERN = Path(__file__).parent.parent / "data" / "damaged" / "phrase.krn"

REPEATED_ABC = "X:1\nT:Twice\nM:4/4\nL:1/4\nK:G\n|: GABc :| d4 |]\n"


@pytest.fixture
def tune(tmp_path: Path) -> Path:
    """A tune with a repeat."""
    path = tmp_path / "tune.abc"
    path.write_text(REPEATED_ABC, encoding="utf-8")
    return path


def test_convert_says_what_it_read_and_wrote(stretto, tune: Path) -> None:
    answer = stretto("convert", "tune.abc", "tune.mid")
    assert (answer.status, answer.err) == (0, "")
    lines = answer.out.splitlines()
    assert lines[0] == "read tune.abc: 1 part, 2 bars, 4/4, 5 notes"
    assert "wrote tune.mid" in lines
    assert [int(pitch) for pitch in read_score("tune.mid").notes["pitch"]] == [67, 69, 71, 72, 74]


def test_convert_writes_repeats_out_only_when_asked(stretto, tune: Path) -> None:
    answer = stretto("convert", "tune.abc", "tune.mid", "--expand")
    assert "  repeats: written out, 2 bars became 3" in answer.out.splitlines()
    assert len(read_score("tune.mid").notes) == 9


def test_convert_says_what_a_midi_file_leaves_unsaid(stretto, tmp_path: Path, small_score: Score) -> None:
    write_score(small_score, tmp_path / "bare.mid")
    assert "  key: " in stretto("convert", "bare.mid", "a.mid").out
    said = stretto("convert", "bare.mid", "b.mid", "--key", "F major", "--meter", "3/4", "--pickup", "1").out
    assert "key: " not in said
    score = read_score("b.mid")
    assert (score.keys[0].fifths, score.keys[0].mode, score.meters[0].numerator) == (-1, "major", 3)


@pytest.mark.parametrize(
    ("option", "value", "line"),
    [
        ("--key", "H major", 'key "H major" is unknown'),
        ("--pickup", "some", "pickup 'some' is not none or a number of beats"),
        ("--pickup", "9", "pickup of 9"),
        ("--meter", "4/0", "4/0"),
    ],
)
def test_an_impossible_wish_is_one_line_and_nothing_is_written(stretto, tune, option, value, line) -> None:
    answer = stretto("convert", "tune.abc", "tune.mid", option, value)
    assert (answer.status, answer.err.count("\n")) == (2, 1)
    assert line in answer.err
    assert not Path("tune.mid").exists()


def test_convert_refuses_before_it_reads(stretto, tune: Path) -> None:
    assert stretto("convert", "missing.mid", "tune.abc").err.startswith("stretto: tune.abc: exists already")
    assert "the folder nowhere does not exist" in stretto("convert", "tune.abc", "nowhere/a.mid").err
    assert "cannot write a file without extension" in stretto("convert", "tune.abc", "midi").err


def test_convert_answers_in_json(stretto, tmp_path: Path) -> None:
    shutil.copy(KERN, tmp_path / "phrase.krn")
    said = json.loads(stretto("convert", "phrase.krn", "phrase.mid", "--json").out)
    assert (said["bars"], said["pickup_ticks"], said["meters"]) == (3, 24, ["3/4"])
    assert said["keys"] == [{"fifths": 1, "mode": "minor"}]
    assert said["files"][0]["path"] == "phrase.mid"
    assert said["files"][0]["notices"]
    assert said["notices"] == []


def test_play_writes_a_sound(stretto, tune: Path) -> None:
    answer = stretto("play", "tune.abc", "-o", "tune.wav", "--instrument", "organ")
    assert answer.status == 0, answer.err
    assert Path("tune.wav").read_bytes()[:4] == b"RIFF"
    assert "\n  sound: no dynamics are marked, so mezzo forte\n" in answer.out


def test_convert_says_what_a_sound_follows_and_nothing_of_it_for_notes(stretto, tune: Path) -> None:
    assert "  sound: " in stretto("convert", "tune.abc", "tune.flac").out
    assert "sound: " not in stretto("convert", "tune.abc", "tune.mid").out


def test_play_refuses_a_name_that_is_no_sound(stretto, tune: Path) -> None:
    assert stretto("play", "tune.abc", "-o", "tune.mid").err.startswith("stretto: tune.mid: .mid is no sound")


def test_play_without_a_player_is_one_line(stretto, tune: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing_here() -> None:
        raise RenderError("no sound player found (looked for aplay); install one of them")

    monkeypatch.setattr("stretto.render.play.check_player", nothing_here)
    answer = stretto("play", "tune.abc")
    assert (answer.status, answer.out) == (2, "")
    assert answer.err == "stretto: no sound player found (looked for aplay); install one of them\n"


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """Stand-in for the engraver; gives what it was asked for."""
    asked: list[dict[str, object]] = []

    def write(score: Score, path: Path, **options: object) -> tuple[()]:
        asked.append({"path": path, **options})
        path.write_bytes(b"picture")
        return ()

    monkeypatch.setattr("stretto.render.output.write_output", write)
    return asked


def test_show_names_the_picture_where_there_is_no_screen(stretto, tune: Path, drawn, monkeypatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    answer = stretto("show", "tune.abc", "--layout", "open")
    assert answer.status == 0
    path = drawn[0]["path"]
    assert isinstance(path, Path)
    assert (path.name, drawn[0]["layout"], drawn[0]["roll"]) == ("tune.pdf", "open", None)
    assert f"wrote {path}" in answer.out
    assert "there is no screen here" in answer.out
    shutil.rmtree(path.parent)


def test_show_opens_the_picture_where_there_is_a_screen(stretto, tune: Path, drawn, monkeypatch) -> None:
    opened: list[Path] = []
    monkeypatch.setattr("stretto.cli.show.open_picture", lambda path: opened.append(path) or True)
    answer = stretto("show", "tune.abc", "--roll")
    assert [path.name for path in opened] == ["tune-roll.png"]
    assert drawn[0]["roll"] is True
    assert "no screen" not in answer.out
    shutil.rmtree(opened[0].parent)


def test_show_keeps_the_picture_under_a_name_and_opens_nothing(stretto, tune: Path, drawn, monkeypatch) -> None:
    monkeypatch.setattr("stretto.cli.show.open_picture", lambda path: pytest.fail("opened"))
    assert stretto("show", "tune.abc", "-o", "page.svg").status == 0
    assert Path("page.svg").exists()
    assert "page.svg: exists already" in stretto("show", "tune.abc", "-o", "page.svg").err
    assert "tune.wav: .wav is no picture" in stretto("show", "tune.abc", "-o", "tune.wav").err


@pytest.mark.parametrize(
    ("name", "is_one"),
    [("roll.svg", True), ("piece-roll.png", True), ("stroll.svg", False), ("rolling-hills.pdf", False)],
)
def test_only_the_word_roll_asks_for_a_roll(name: str, is_one: bool) -> None:
    """A stroll is a page."""
    assert is_roll(Path(name)) is is_one
