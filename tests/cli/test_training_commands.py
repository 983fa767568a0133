"""`corpus` and `train`: what they report and refuse before any work."""

from __future__ import annotations

import importlib.util
import inspect
import json
import math
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from stretto.cli.progress import progress_line
from stretto.cli.train import train_command

CHOIR = Path(__file__).parent.parent / "data" / "choir"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three usable scores and one that is none, in folders inside a folder."""
    folder = tmp_path / "scores"
    shutil.copytree(CHOIR, folder / "choir")
    (folder / "broken.mid").write_bytes(b"no music")
    return folder


def test_corpus_says_what_is_usable_and_why_the_rest_is_not(stretto, folder: Path) -> None:
    lines = stretto("corpus", "scores").out.splitlines()
    assert lines[0] == "scores: 3 of 4 files usable"
    assert "1 skipped" in lines
    assert lines[-1].startswith("  broken.mid: ")


def test_corpus_answers_in_json(stretto, folder: Path) -> None:
    said = json.loads(stretto("corpus", "scores", "--json").out)
    assert len(said["usable"]) == 3
    assert [Path(skipped["path"]).name for skipped in said["skipped"]] == ["broken.mid"]


def test_corpus_says_what_other_players_can_use(stretto, folder: Path) -> None:
    """Four lines can be played by four strings, if they are long enough; no pianist has them on two staves."""
    lines = stretto("corpus", "scores", "--ensemble", "quartet").out.splitlines()
    assert lines[0] == "scores: 2 of 4 files usable"
    assert any(line.endswith("too short (6 bars)") for line in lines)
    found = stretto("corpus", "scores", "--ensemble", "keyboard").out
    assert found.startswith("scores: 0 of 4 files usable") and found.count("no keyboard part (4 parts)") == 3
    assert stretto("corpus", "scores", "--ensemble", "band").err == (
        "stretto: --ensemble 'band' is unknown; there are choir, keyboard and quartet\n"
    )


def test_corpus_refuses_a_folder_without_scores(stretto, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert stretto("corpus", "empty").err.startswith("stretto: empty: holds no scores; readable are .mid")
    (tmp_path / "file").write_bytes(b"")
    assert stretto("corpus", "file").err == "stretto: file: is a file, not a folder; name a folder of scores\n"


def test_train_without_torch_is_one_line(stretto, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    answer = stretto("train")
    assert answer.status == 2
    assert answer.err == 'stretto: training needs torch, which is not installed; pip install ".[train]"\n'


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """Stand-ins for torch and for the run; gives what it was asked for."""
    import sys
    from types import ModuleType

    asked: dict[str, object] = {}

    def run_recipe(name: str, **wishes: object) -> Path:
        asked.update(wishes, name=name)
        return Path("runs/x.safetensors")

    module = ModuleType("stretto.train.run")
    module.run_recipe = run_recipe  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "stretto.train.run", module)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    return asked


def test_train_hands_its_options_to_the_recipe(stretto, trained) -> None:
    assert stretto("train", "--recipe", "jsb16", "--minutes", "5", "--seed", "3").status == 0
    del trained["say"], trained["progress"]
    assert trained == {
        "name": "jsb16", "data": Path("data"), "out": Path("runs/jsb16"), "seed": 3, "minutes": 5.0,
    }  # fmt: skip


def test_train_goes_on_only_where_it_is_told_to(stretto, trained, tmp_path: Path) -> None:
    assert "holds no checkpoint to go on from" in stretto("train", "--resume").err
    run = tmp_path / "runs" / "chorale"
    run.mkdir(parents=True)
    (run / "checkpoint.pt").write_bytes(b"")
    assert "holds a run already; give --resume" in stretto("train").err
    assert trained == {}
    assert stretto("train", "--resume").status == 0
    assert trained["minutes"] == math.inf


def test_who_stops_a_run_hears_how_it_goes_on(stretto, trained, tmp_path: Path, monkeypatch) -> None:
    import sys

    def stopped(name: str, *, out: Path, **wishes: object) -> Path:
        if name == "choir":
            out.mkdir(parents=True)
            (out / "checkpoint.pt").write_bytes(b"")
        raise KeyboardInterrupt

    monkeypatch.setattr(sys.modules["stretto.train.run"], "run_recipe", stopped)
    assert stretto("train").err == "stopped\n", "nothing is kept yet"
    assert stretto("train", "--recipe", "choir", "-o", "r").err == (
        "what was learned until the last look lies in r; --resume -o r goes on\nstopped\n"
    )


@pytest.mark.train
def test_a_network_to_begin_with_that_is_not_there_is_said_before_the_folder_is_read(stretto, mine: Path) -> None:
    pytest.importorskip("torch")
    answer = stretto("train", "mine", "--from", "keybord")
    assert (answer.status, answer.out) == (2, "")
    assert answer.err == (
        "stretto: --from keybord: keybord is not there; name keyboard, quartet, none, or a network's file\n"
    )
    (mine.parent / "run").mkdir()
    assert stretto("train", "mine", "--from", "run").err.startswith("stretto: --from run: there is no network in it;")


@pytest.mark.train
def test_a_recipe_that_is_not_there_is_answered_with_all_that_are(stretto) -> None:
    pytest.importorskip("torch")
    assert stretto("train", "--recipe", "organ").err == (
        "stretto: no recipe 'organ'; there are choir, chorale, dynamics, jsb16, keyboard, quartet\n"
    )


def test_the_set_of_training_options_stays_small() -> None:
    assert list(inspect.signature(train_command).parameters) == [
        "folder", "recipe", "data", "out", "seed", "minutes", "resume", "start", "check_only", "as_json",
    ]  # fmt: skip


def piece(folder: Path, name: str, *, n_bars: int, seed: int) -> None:
    """Two hands in quarters, as a MIDI file."""
    from stretto.score.formats import write_score
    from stretto.score.model import Key, Meter, Part, Score

    rng = np.random.default_rng(seed)
    rows = [
        (24 * beat, 24, int(low + rng.choice((0, 4, 7, 9, 12))), 64, part, 1, 1, 127, 0)
        for beat in range(4 * n_bars)
        for part, low in ((0, 72), (1, 48))
    ]
    score = Score.build(rows, [Part(name="right"), Part(name="left")], meters=[Meter()], keys=[Key(mode="major")])
    folder.mkdir(exist_ok=True)
    write_score(score, folder / f"{name}.mid")


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """Two good files, a short one, and one that is none."""
    folder = tmp_path / "mine"
    piece(folder, "first", n_bars=16, seed=1)
    piece(folder, "second", n_bars=16, seed=2)
    piece(folder, "short", n_bars=2, seed=3)
    (folder / "broken.mid").write_bytes(b"no music")
    return folder


def test_a_folder_is_looked_through_without_torch(stretto, mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    lines = stretto("train", "mine", "--check-only").out.splitlines()
    assert lines[0].startswith("mine: 2 of 4 files used")
    assert lines[1:4] == [
        "  keyboard: right and left hand",
        "  256 notes in 32 bars, 1 minute of music",
        "  metres: 4/4 2",
    ]
    at = lines.index("left out: 2")
    assert lines[at + 1].startswith("  broken.mid: cannot be read: this is not a MIDI file")
    assert lines[at + 2] == "  short.mid: too short: 2 bars, and a piece needs at least 4"
    assert lines[-1] == 'time and memory: not measured, for torch is not installed; pip install ".[train]"'
    assert not (mine.parent / "runs").exists()


def test_a_program_reads_the_pre_flight_alone_on_stdout(stretto, mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    answer = stretto("train", "mine", "--check-only", "--json")
    said = json.loads(answer.out)
    assert (said["used"], said["left_out"], said["meters"]) == (2, 2, {"4/4": 2})
    assert [(file["name"], file["kind"]) for file in said["files"]] == [
        ("broken.mid", "unreadable"), ("first.mid", ""), ("second.mid", ""), ("short.mid", "short"),
    ]  # fmt: skip
    assert answer.err.startswith("mine: 2 of 4 files used")


def test_wishes_that_cannot_be_met_are_one_line(stretto, mine: Path, trained) -> None:
    assert stretto("train", "mine", "--recipe", "choir").err == (
        "stretto: a folder, mine, and a recipe, choir: name one of the two\n"
    )
    assert stretto("train", "--check-only", "--from", "keyboard").err == (
        "stretto: --from, --check-only: of a folder of your own, and none is named\n"
    )
    assert stretto("train", "mine", "--minutes", "0").err == "stretto: 0 minutes: give more than 0\n"
    assert stretto("train", "nowhere", "--check-only").err.startswith("stretto: nowhere: does not exist; name a folder")


@pytest.mark.train
def test_a_place_that_cannot_be_written_is_said_before_anything_is_measured(stretto, mine: Path) -> None:
    pytest.importorskip("torch")
    (mine.parent / "file").write_bytes(b"")
    answer = stretto("train", "mine", "-o", "file/run")
    assert (answer.status, "what to expect" in answer.out) == (2, False)
    assert answer.err == "stretto: file/run: cannot be written (Not a directory); name another folder\n"


@pytest.mark.train
def test_a_folder_is_measured_trained_and_gone_on_with(stretto, mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole way with a network of a few weights: the estimate, the run's folder, the network, and more minutes."""
    pytest.importorskip("torch")
    from stretto.train import estimate, folder

    small = {"n_state": 12, "n_seen": 8, "n_context": 6, "n_vertical": 8, "n_event": 6, "n_asked": 4, "n_heads": 2,
             "n_attention": 4, "n_ahead": 6}  # fmt: skip
    monkeypatch.setattr(folder, "SMALL", small)
    monkeypatch.setattr(folder, "PASSES", {True: 0.0, False: 0.0})
    monkeypatch.setattr(folder, "LEAST_STEPS", 2)
    monkeypatch.setattr(estimate, "MEASURED_SECONDS", 0.1)
    answer = stretto("train", "mine", "-o", "run", "--minutes", "1", "--from", "none")
    assert answer.status == 0
    assert re.search(r"about \d+ seconds for \d+ passes over your music on this machine \(2 steps of", answer.out)
    assert re.search(r"\d\.\d GB of memory at most", answer.out)
    assert answer.out.splitlines()[-2:] == [
        "wrote run/staves.safetensors", "compose with it: stretto compose --network run",
    ]  # fmt: skip
    assert json.loads((mine.parent / "run" / "preflight.json").read_text(encoding="utf-8"))["used"] == 2
    assert (mine.parent / "run" / "preflight.txt").read_text(encoding="utf-8").startswith("mine: 2 of 4 files used")
    assert "holds a run already; give --resume" in stretto("train", "mine", "-o", "run").err
    again = stretto("train", "--resume", "-o", "run")
    assert again.out.splitlines()[0] == "goes on with the 4 pieces that run began with"


@pytest.mark.parametrize(
    ("share", "seconds", "line"),
    [
        (0.0, 1.0, "reading .............................. 0 %"),
        (0.25, 10.0, "reading ########...................... 25 %, 30 s left"),
        (1.0, 10.0, "reading ############################## 100 %, 0 s left"),
    ],
)
def test_a_bar_shows_the_share_and_the_time_left(share: float, seconds: float, line: str) -> None:
    assert progress_line("reading", share, seconds) == line
