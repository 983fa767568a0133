"""`corpus` and `train`: what they report and refuse before any work."""

from __future__ import annotations

import importlib.util
import inspect
import json
import math
import shutil
from pathlib import Path

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


def test_the_set_of_training_options_stays_small() -> None:
    assert list(inspect.signature(train_command).parameters) == ["recipe", "data", "out", "seed", "minutes", "resume"]


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
