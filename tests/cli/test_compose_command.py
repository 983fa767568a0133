"""`stretto compose` with a stand-in for the network: options, names of files, what is said."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from stretto.cli.compose import compose_command, folder_name
from stretto.cli.files import NAMES
from stretto.errors import RequestError
from stretto.theory.voice_leading import CHOIR_RANGES
from stretto.verbs.rules import Rules

Stretto = Callable[..., object]


def test_without_a_name_a_new_folder_receives_all_six_files(stretto, composed, tmp_path: Path) -> None:
    answer = stretto("compose")
    assert answer.status == 0
    assert sorted(p.name for p in (tmp_path / "stretto-b-flat-major-7").iterdir()) == sorted(NAMES)


def test_a_second_piece_of_the_same_name_overwrites_nothing(stretto, composed, tmp_path: Path) -> None:
    for _ in range(3):
        stretto("compose")
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "stretto-b-flat-major-7", "stretto-b-flat-major-7-2", "stretto-b-flat-major-7-3",
    ]  # fmt: skip


def test_it_says_what_it_made_and_where_and_what_a_format_left_out(stretto, composed) -> None:
    answer = stretto("compose")
    lines = answer.out.splitlines()
    assert lines[0] == "bach, Bb major, 4/4, 2 bars, pickup of 1 quarter, seed 7"
    assert lines[1].startswith("1.23 nats per note; composed in 0.5 s, written in ")
    assert lines[2] == "  kept the best of 8 candidates"
    folder = Path("stretto-b-flat-major-7")
    assert lines[3] == "  sound: follows the velocities of the file, note by note"
    assert lines[4] == f"wrote {folder / 'piece.mid'} (left out: slurs)"
    assert lines[5:] == [f"wrote {folder / name}" for name in NAMES[1:]]
    assert answer.err == ""


def test_named_files_are_written_and_no_folder_is_made(stretto, composed, tmp_path: Path) -> None:
    assert stretto("compose", "-o", "a.mid", "-o", "my-roll.png", "--layout", "open").status == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.mid", "my-roll.png"]
    assert composed["layouts"] == {"open"}


def test_a_name_without_extension_is_a_folder(stretto, composed, tmp_path: Path) -> None:
    assert stretto("compose", "-o", "mine").status == 0
    assert sorted(p.name for p in (tmp_path / "mine").iterdir()) == sorted(NAMES)


def test_an_existing_file_is_refused_before_anything_is_composed(stretto, composed, tmp_path: Path) -> None:
    (tmp_path / "a.mid").write_bytes(b"old")
    answer = stretto("compose", "-o", "a.mid")
    assert (answer.status, answer.out) == (2, "")
    assert answer.err == "stretto: a.mid: exists already; give --force to overwrite it, or another name\n"
    assert "key" not in composed
    assert stretto("compose", "-o", "a.mid", "--force").status == 0
    assert (tmp_path / "a.mid").read_bytes() == b"music"


def test_an_unknown_extension_is_refused_in_one_line(stretto, composed) -> None:
    answer = stretto("compose", "-o", "piece.docx")
    assert answer.status == 2
    assert answer.err.startswith("stretto: piece.docx: cannot write .docx; writable are .mid,")
    assert answer.err.count("\n") == 1


def test_a_wish_that_cannot_be_met_is_one_line_and_leaves_nothing(stretto, monkeypatch, tmp_path: Path) -> None:
    def refuse(**wishes: object) -> None:
        raise RequestError("0 bars: a piece has 2 to 64")

    monkeypatch.setattr("stretto.verbs.compose", refuse)
    answer = stretto("compose", "--bars", "0")
    assert (answer.status, answer.out, answer.err) == (2, "", "stretto: 0 bars: a piece has 2 to 64\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("failure", [KeyboardInterrupt, RequestError("no page")])
def test_when_a_file_cannot_be_made_no_half_folder_stays(stretto, composed, monkeypatch, tmp_path, failure) -> None:
    def write(score: object, path: Path, **options: object) -> tuple[()]:
        if path.suffix == ".pdf":
            raise failure
        path.write_bytes(b"music")
        return ()

    monkeypatch.setattr("stretto.cli.files.write_output", write)
    status = 130 if failure is KeyboardInterrupt else 2
    assert stretto("compose").status == status
    assert stretto("compose", "-o", "new").status == status
    assert list(tmp_path.iterdir()) == []
    there = tmp_path / "there"
    there.mkdir()
    (there / "piece.mid").write_bytes(b"old")
    assert stretto("compose", "-o", "there", "--force").status == status
    assert [path.name for path in there.iterdir()] == ["piece.mid"]


@pytest.mark.parametrize(
    ("out", "line"),
    [
        (["full/piece"], "is a file, not a folder"),
        (["full"], "is a file without extension"),
        (["part", "part/piece.mid"], "stands in the folder part as well"),
    ],
)
def test_a_place_that_cannot_be_is_refused_before_anything_is_composed(
    stretto, composed, tmp_path: Path, out: list[str], line: str
) -> None:
    (tmp_path / "full").write_bytes(b"")
    (tmp_path / "part").mkdir()
    answer = stretto("compose", *(word for name in out for word in ("-o", name)))
    assert (answer.status, composed) == (2, {})
    assert line in answer.err


def test_json_is_all_that_is_printed_where_it_is_asked_for(stretto, composed) -> None:
    said = json.loads(stretto("compose", "--json").out)
    assert {k: said[k] for k in ("style", "key", "meter", "bars", "pickup_beats", "seed", "nats_per_note")} == {
        "style": "bach", "key": "Bb major", "meter": "4/4", "bars": 2, "pickup_beats": 1.0, "seed": 7,
        "nats_per_note": 1.234,
    }  # fmt: skip
    assert said["originality"] is None
    assert [Path(file["path"]).name for file in said["files"]] == list(NAMES)
    assert said["files"][0]["notices"] == [{"what": "slurs left out", "count": 3, "where": ""}]


def test_every_option_reaches_the_composer(stretto, composed) -> None:
    stretto(
        "compose", "--style", "hymn", "--key", "f# minor", "--meter", "3/4", "--bars", "12", "--pickup", "1",
        "--tempo", "90.5", "--seed", "3", "--temperature", "0.8", "--top-p", "0.95", "-n", "4",
        "--form", "ABA", "--imitate", "--original", "--chords", "I | V | I", "--forbid", "leaps,chromatic",
        "--allow", "crossing", "--range", "alto=55-72", "--no-guard", "-o", "a.mid",
    )  # fmt: skip
    assert {k: v for k, v in composed.items() if k not in ("progress", "layouts")} == {
        "style": "hymn", "key": "f# minor", "meter": "3/4", "bars": 12, "pickup": "1", "tempo": 90.5, "seed": 3,
        "temperature": 0.8, "top_p": 0.95, "candidates": 4, "form": "ABA", "imitate": True, "original": True,
        "chords": "I | V | I", "guard": False,
        "rules": Rules(
            ranges=(*CHOIR_RANGES[:1], (55, 72), *CHOIR_RANGES[2:]), crossing=False, leaps=True, chromatic=True
        ),
    }  # fmt: skip


def test_the_defaults_are_those_of_the_library() -> None:
    from stretto.verbs import compose

    library = inspect.signature(compose).parameters
    for name, parameter in inspect.signature(compose_command).parameters.items():
        if name in library:
            assert parameter.default == library[name].default, name


@pytest.mark.parametrize(
    ("key", "name"),
    [("G major", "stretto-g-major-7"), ("F# minor", "stretto-f-sharp-minor-7"), ("Eb minor", "stretto-e-flat-minor-7")],
)
def test_a_folder_is_named_after_key_and_seed_in_plain_letters(key: str, name: str) -> None:
    assert folder_name(key, 7) == name


def test_the_guard_rails_can_be_taken_away(stretto, composed) -> None:
    stretto("compose", "--no-rules", "-o", "a.mid")
    assert composed["rules"] is None


@pytest.mark.parametrize("option", ["--forbid", "--allow", "--range"])
def test_rails_that_are_taken_away_cannot_be_changed_too(stretto, composed, option: str) -> None:
    answer = stretto("compose", "--no-rules", option, "leaps", "-o", "a.mid")
    assert (answer.status, composed) == (2, {})
    assert answer.err == f"stretto: {option}: --no-rules lifts all guard rails; leave one or the other out\n"


@pytest.mark.parametrize("option", ["--forbid", "--allow", "--range"])
def test_a_rule_that_is_none_is_refused_before_anything_is_composed(stretto, composed, option: str) -> None:
    answer = stretto("compose", option, "jumps", "-o", "a.mid")
    assert (answer.status, composed) == (2, {})
    assert "jumps" in answer.err
