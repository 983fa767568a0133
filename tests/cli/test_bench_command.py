"""`bench` and `compose --network`: what they refuse before any work, and what they write."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

CHOIR = Path(__file__).parent.parent / "data" / "choir"


@pytest.mark.train
@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--set", "Bach"], "no set 'Bach'; there are JSB_Chorales, Nottingham, MuseData, Piano_midi, jsb16, or give"),
        (["--set", "Nottingham"], "data: holds no Nottingham.mat; give --data its folder"),
        (["--set", "Nottingham", "--network", "lstn"], "no network 'lstn'; there are sparse_biaxial, rnn_nade"),
        (["--budget-minutes", "0"], "0 minutes: give more than 0"),
        (["scores", "--set", "Nottingham"], "give either --set or a folder, not both"),
        (["nowhere"], "nowhere: does not exist; name a folder of scores"),
        (["scores"], "scores: 3 of 3 scores can be used; at least 4 are needed"),
        (["--device", "tpu"], "--device tpu: is not there"),
        (["--device", "meta"], "--device meta: networks train on cpu and cuda"),
        (["--network", "nowhere:Net", "--budget-minutes", "1"], "nowhere:Net: cannot be imported"),
        (["--listen", "--evaluate"], "--listen trains and measures nothing"),
        (["--budget-minutes", "nan"], "nan minutes: give more than 0"),
        (["jsb16"], "jsb16 is the name of a public set; give the folder another"),
        (["--listen", "--set", "Nottingham", "--network", "gruu"], "no network 'gruu'; there are sparse_biaxial, rnn"),
        (["--evaluate", "--weights", "empty"], "empty: holds no weights of sparse_biaxial"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(stretto, tmp_path: Path, words: list[str], line: str) -> None:
    pytest.importorskip("torch")
    shutil.copytree(CHOIR, tmp_path / "scores")
    for i in range(2):
        shutil.copytree(CHOIR, tmp_path / "jsb16" / str(i))
    said = stretto("bench", *words)
    assert said.status == 2 and line in said.err
    assert said.err.count("\n") == 1


@pytest.mark.train
def test_a_folder_of_scores_gives_a_table(stretto, tmp_path: Path) -> None:
    """Six pieces, one network, and everything that is written."""
    pytest.importorskip("torch")
    for i in range(2):
        shutil.copytree(CHOIR, tmp_path / "scores" / str(i))
    said = stretto("bench", "scores", "--network", "elman", "--seeds", "1", "--budget-minutes", "0.1", "-o", "out")
    assert "4 pieces to learn from, 1 to choose by, 1 to test" in said.out
    assert "Elman RNN" in said.out
    again = stretto(
        "bench", "scores", "--network", "elman", "--seeds", "1", "--budget-minutes", "0.05", "-o", "out", "--json"
    )
    assert json.loads(again.out)[0]["network"] == "elman" and "4 pieces to learn from" in again.err
    (run,) = json.loads((tmp_path / "out" / "benchmarks.json").read_text(encoding="utf-8"))
    assert run["network"] == "elman" and run["set"] == "scores" and run["test_nats_per_frame"] > 0
    page = (tmp_path / "out" / "benchmarks.md").read_text(encoding="utf-8")
    assert "Independent Bernoulli" in page and "ac0e608527cc411c" in page
    assert (tmp_path / "out" / "benchmarks.csv").read_text(encoding="utf-8").count("\n") == 3


@pytest.mark.train
def test_a_network_of_the_benchmark_plays(stretto, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    said = stretto("compose", "--network", "elman", "--bars", "4", "--seed", "3", "-o", "piece.musicxml")
    assert said.out.startswith("Elman RNN, 4 bars of quarters in C, seed 3\n")
    first = (tmp_path / "piece.musicxml").read_bytes()
    stretto("compose", "--network", "elman", "--bars", "4", "--seed", "3", "-o", "piece.musicxml", "--force")
    assert (tmp_path / "piece.musicxml").read_bytes() == first
    assert "know C and 4/4 alone" in stretto("compose", "--network", "elman", "--key", "D major").err
    assert "give 1 to 64" in stretto("compose", "--network", "elman", "--bars", "900").err


@pytest.mark.train
def test_one_opening_is_continued_on_one_page(stretto, tmp_path: Path) -> None:
    """Real piece first, then the network; everything inside one file, and without any data."""
    pytest.importorskip("torch")
    stretto("bench", "--listen", "--network", "elman", "-o", "heard")
    page = (tmp_path / "heard" / "listen-JSB_Chorales.html").read_text(encoding="utf-8")
    assert page.count("<audio") == page.count("<svg") == 2
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")
