"""The benchmark: resumable runs, choice by validation, kept weights that give their figures again, honest tables."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("scipy")

from scipy.io import savemat  # noqa: E402

from stretto.bench.bench import Sets, evaluate_all, keep, run_all, wanted_runs  # noqa: E402
from stretto.bench.curves import curves_svg  # noqa: E402
from stretto.bench.entries import OURS, Entry, entries, entry  # noqa: E402
from stretto.bench.leaks import Overlap, leaked, overlap_of  # noqa: E402
from stretto.bench.mixture import mixture  # noqa: E402
from stretto.bench.results import PieceNats, Result  # noqa: E402
from stretto.bench.run import StoppedEarly, run_rolls  # noqa: E402
from stretto.bench.table import cost_table, leak_table, likelihood_tables, overlap_table, pieces_csv  # noqa: E402
from stretto.corpus.boulanger import N_PITCHES, RollSet, read_rolls  # noqa: E402
from stretto.errors import CorpusError, ModelError, RequestError  # noqa: E402

pytestmark = pytest.mark.train

SAID: list[str] = []
TINY = Entry(
    name="elman",
    title="tiny",
    network="stretto.networks.elman:Elman",
    sizes={"n_state": 5},
    schedule={"n_steps": 8, "check_every": 4, "batch_pieces": 2},
)


def rolls(seed: int, n: int) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(n):
        roll = np.zeros((int(rng.integers(5, 12)), N_PITCHES), np.uint8)
        roll[:, 30:40] = rng.random((len(roll), 10)) < 0.3
        roll[0, [30, 39]] = 1
        found.append(roll)
    return found


@pytest.fixture
def data() -> RollSet:
    return RollSet(name="JSB_Chorales", train=rolls(0, 6), valid=rolls(1, 3), test=rolls(2, 3))


@pytest.fixture
def folder(tmp_path: Path, data: RollSet) -> Path:
    def cells(found: list[np.ndarray]) -> np.ndarray:
        made = np.empty((1, len(found)), object)
        made[0, :] = found
        return made

    store = {f"{split}data": cells(getattr(data, split)) for split in ("train", "valid", "test")}
    savemat(tmp_path / "JSB_Chorales.mat", store)
    return tmp_path


def result(**changes: object) -> Result:
    made = Result(
        set_name="JSB_Chorales",
        network="lstm",
        title="LSTM",
        seed=0,
        kind="independent",
        n_parameters=1000,
        minutes=2.0,
        cpu_minutes=1.5,
        n_steps=10,
        n_steps_planned=10,
        n_trials=3,
        machine="a laptop",
        pieces={"valid": [PieceNats(nats=10.0, n_frames=2)], "test": [PieceNats(nats=9.0, n_frames=3)]},
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def test_a_run_that_is_stopped_goes_on_to_the_same_figures(tmp_path: Path, data: RollSet) -> None:
    """To the last digit."""
    whole, frames = run_rolls(TINY, data, tmp_path / "whole", seed=3, say=SAID.append)
    half = replace(TINY, schedule={**TINY.schedule, "n_steps": 8})
    from stretto.train.loop import train
    from stretto.train.rolls import RollTask

    recipe = half.recipe(data, 3)
    task = RollTask(recipe, lambda: half.network_class()(recipe.network), data)
    train(recipe, task, tmp_path / "half", until=5, say=SAID.append)
    mended, again = run_rolls(half, data, tmp_path / "half", seed=3, say=SAID.append)
    assert mended.pieces == whole.pieces
    assert np.array_equal(frames["test"], again["test"])


def test_the_best_of_validation_is_kept_and_counts_every_pitch(tmp_path: Path, data: RollSet) -> None:
    """A note that training music never has costs many nats, in its own frame alone."""
    strange = RollSet(name=data.name, train=data.train, valid=data.valid, test=[roll.copy() for roll in data.test])
    strange.test[0][2, 70] = 1
    plain, _ = run_rolls(TINY, data, tmp_path / "a", seed=0, say=SAID.append)
    best = min(nats for _, nats in plain.curve)
    assert plain.per_frame("valid") == pytest.approx(best, abs=2e-3)  # half precision of the kept weights
    odd, _ = run_rolls(TINY, strange, tmp_path / "b", seed=0, say=SAID.append)
    n_train = sum(len(roll) for roll in data.train)
    chance = 0.5 / (n_train + 1)
    assert odd.pieces["test"][0].nats - plain.pieces["test"][0].nats == pytest.approx(-np.log(chance / (1 - chance)))


def test_a_folder_of_another_run_is_not_gone_on_with(tmp_path: Path, data: RollSet) -> None:
    run_rolls(TINY, data, tmp_path, seed=0, say=SAID.append)
    with pytest.raises(RequestError, match="holds a run with seed 0, not 1"):
        run_rolls(TINY, data, tmp_path, seed=1, say=SAID.append)


def test_kept_weights_give_the_stored_figures_again(tmp_path: Path, folder: Path, monkeypatch) -> None:
    """And a stored figure that is not theirs is found out."""
    monkeypatch.setattr("stretto.bench.bench.entry", lambda name: TINY)
    sets = Sets(folder)
    results = run_all(wanted_runs(["JSB_Chorales"], ["elman"], 1), sets, tmp_path / "out", say=SAID.append)
    keep(tmp_path / "out", tmp_path / "kept")
    again, n_different = evaluate_all(tmp_path / "kept", sets, ["JSB_Chorales"], ["elman"], say=SAID.append)
    assert n_different == 0
    assert again[0].pieces == results[0].pieces
    assert again[0].minutes == results[0].minutes
    path = tmp_path / "kept" / "JSB_Chorales" / "elman" / "seed-0" / "result.json"
    stored = json.loads(path.read_text(encoding="utf-8"))
    stored["pieces"]["test"][1]["nats"] -= 1.0
    path.write_text(json.dumps(stored), encoding="utf-8")
    assert evaluate_all(tmp_path / "kept", sets, ["JSB_Chorales"], ["elman"], say=SAID.append)[1] == 1
    assert "DIFFERS" in SAID[-1]


def test_of_a_run_that_was_stopped_early_the_figures_are_kept_without_the_weights(
    tmp_path: Path, folder: Path, monkeypatch
) -> None:
    monkeypatch.setattr("stretto.bench.bench.entry", lambda name: TINY)
    sets = Sets(folder)
    run_all(wanted_runs(["JSB_Chorales"], ["elman"], 1), sets, tmp_path / "out", say=SAID.append)
    path = tmp_path / "out" / "JSB_Chorales" / "elman" / "seed-0" / "result.json"
    stored = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**stored, "n_steps_planned": stored["n_steps"] + 1}), encoding="utf-8")
    keep(tmp_path / "out", tmp_path / "kept")
    assert not list((tmp_path / "kept").rglob("*.safetensors"))
    again, n_different = evaluate_all(tmp_path / "kept", sets, ["JSB_Chorales"], ["elman"], say=SAID.append)
    assert n_different == 0 and not again[0].finished
    assert "as stored: it was stopped early" in SAID[-1]


def test_what_is_trained_is_not_trained_again(tmp_path: Path, folder: Path, monkeypatch) -> None:
    monkeypatch.setattr("stretto.bench.bench.entry", lambda name: TINY)
    wanted = wanted_runs(["JSB_Chorales"], ["elman"], 1)
    for _ in range(2):
        run_all(wanted, Sets(folder), tmp_path / "out", say=SAID.append)
    assert SAID[-1] == "JSB_Chorales/elman/seed-0: is trained already"


def test_every_network_that_ships_can_be_made_for_every_set() -> None:
    roll = np.zeros((4, 88), np.uint8)
    roll[:, [10, 29]] = 1
    for name in entries():
        for set_name in ("JSB_Chorales", "Nottingham", "MuseData", "Piano_midi"):
            recipe = entry(name).recipe(RollSet(name=set_name, train=[roll], valid=[roll], test=[roll]), 0)
            assert entry(name).network_class()(recipe.network).n_pitches == 20


def test_a_strangers_network_is_found_beside_him(tmp_path: Path, monkeypatch) -> None:
    code = "from stretto.networks.gru import Config, Gru\n\n\nclass MyNet(Gru):\n    pass\n"
    (tmp_path / "strangers.py").write_text(code, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    found = entry("strangers:MyNet")
    assert found.network_class()(found.config(7, {})).n_pitches == 7
    with pytest.raises(RequestError, match=r"^nowhere:Net: cannot be imported"):
        entry("nowhere:Net").network_class()
    with pytest.raises(RequestError, match="is no stretto"):
        entry("strangers:Config").network_class()
    with pytest.raises(RequestError, match=r"^no network 'lstn'; there are sparse_biaxial"):
        entry("lstn")


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("class Net(Gru):\n    kind = 'magic'", "its kind is 'magic'; one of joint"),
        ("class Config:\n    pass\n\nclass Net(Gru):\n    pass", "its Config must be a dataclass"),
        ("class Net(Gru):\n    def __init__(self, config):\n        raise OSError('no disk')", "OSError: no disk"),
        ("class Net(RollNetwork):\n    pass", "cannot be made or asked"),
        (
            "class Net(Gru):\n    def nll_per_frame(self, batch):\n        return batch.roll_BTP",
            r"must be of shape \(2, 3\)",
        ),
        ("class Net(Gru:", "cannot be imported"),
    ],
)
def test_what_is_wrong_with_a_strangers_network_is_said_before_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: RollSet, code: str, told: str
) -> None:
    module = f"strange_{abs(hash(code))}"
    head = "from stretto.networks.gru import Config, Gru\nfrom stretto.networks.roll import RollNetwork\n\n"
    (tmp_path / f"{module}.py").write_text(head + code + "\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RequestError, match=told):
        run_rolls(entry(f"{module}:Net"), data, tmp_path / "run", seed=0, say=SAID.append)
    assert not (tmp_path / "run").exists()


def test_other_music_of_the_same_name_is_another_run(tmp_path: Path, data: RollSet) -> None:
    """Else what was learned from may be tested on."""
    run_rolls(TINY, data, tmp_path, seed=0, say=SAID.append)
    other = replace(data, test=data.train[:1])
    with pytest.raises(RequestError, match="holds a run with data"):
        run_rolls(TINY, other, tmp_path, seed=0, say=SAID.append)


def test_a_run_without_its_frames_is_measured_again(tmp_path: Path, folder: Path, monkeypatch) -> None:
    """As after a kill between two files."""
    monkeypatch.setattr("stretto.bench.bench.entry", lambda name: TINY)
    wanted = wanted_runs(["JSB_Chorales"], ["elman"], 2)
    run_all(wanted, Sets(folder), tmp_path / "out", say=SAID.append)
    kept = tmp_path / "out" / wanted[1].folder
    (kept / "frames.npz").unlink()
    results = run_all(wanted, Sets(folder), tmp_path / "out", say=SAID.append)
    assert (kept / "frames.npz").exists()
    assert len(results) == 2
    (kept / "result.json").write_text("{", encoding="utf-8")
    with pytest.raises(ModelError, match=r"result.json: damaged"):
        run_all(wanted, Sets(folder), tmp_path / "out", say=SAID.append)


def test_a_budget_is_shared_by_what_is_left_and_hides_no_mistake(tmp_path: Path, folder: Path, monkeypatch) -> None:
    given = []

    def noted(*args: object, minutes: float, **kwargs: object) -> None:
        given.append(minutes)
        raise StoppedEarly("stopped")

    monkeypatch.setattr("stretto.bench.bench.entry", lambda name: TINY)
    wanted = wanted_runs(["JSB_Chorales"], ["elman"], 3)
    run_all(wanted[:1], Sets(folder), tmp_path, say=SAID.append)
    monkeypatch.setattr("stretto.bench.bench.run_rolls", noted)
    run_all(wanted, Sets(folder), tmp_path, budget_minutes=10, say=SAID.append)
    assert given[1:] == pytest.approx([5, 10], abs=0.1)
    with pytest.raises(CorpusError, match="holds no JSB_Chorales"):
        run_all(wanted, Sets(tmp_path / "nowhere"), tmp_path, budget_minutes=10, say=SAID.append)


def test_what_is_no_number_breaks_no_report() -> None:
    runs = [
        result(seed=0, curve=[(1.0, math.nan), (2.0, 3.0)]),
        result(seed=1, curve=[(1.0, math.nan), (2.0, math.nan)]),
    ]
    assert "nan" not in curves_svg(runs, "title")
    assert "nan" not in curves_svg(runs[1:], "title")
    overlap = Overlap(leaked=frozenset({0}), heard_before={"test": 0.0}, in_training={"test": 0.0})
    table = leak_table(runs, {"JSB_Chorales": overlap})
    assert table is not None and table.rows[0][3] == "-"


def test_only_ours_reads_voices() -> None:
    assert [run.entry.name for run in wanted_runs(["jsb16"], ["lstm", OURS], 1)] == [OURS]
    with pytest.raises(RequestError, match="only sparse_biaxial reads the voices"):
        wanted_runs(["jsb16"], ["lstm"], None)


def test_test_pieces_that_are_training_pieces_are_found(data: RollSet) -> None:
    data.test[1] = data.train[4].copy()
    assert leaked(data) == {1}
    overlap = overlap_of(data)
    assert overlap.leaked == {1} and 0 < overlap.in_training["test"] < 1


def test_what_is_heard_before_and_what_stands_in_training_is_counted() -> None:
    """By hand: a tune of ten frames, twice over, is new 10 times and heard before 7 times in passages of four."""
    tune, other = np.eye(10, 88, dtype=np.uint8), np.eye(10, 88, 40, dtype=np.uint8)
    still = np.ones((12, 88), np.uint8)
    told = RollSet(name="t", train=[tune], valid=[other, still], test=[np.concatenate([tune, tune])])
    overlap = overlap_of(told)
    assert overlap.heard_before["test"] == pytest.approx(7 / 17)
    # Three of the 13 passages of eight frames lie inside either tune; those across the seam are new.
    assert overlap.in_training["test"] == pytest.approx(6 / 13)
    assert overlap.in_training["valid"] == 0
    assert "41.2 %" in overlap_table({"t": overlap}).as_markdown()
    both = result(pieces={"valid": [], "test": [PieceNats(nats=2, n_frames=1), PieceNats(nats=9, n_frames=3)]})
    assert both.per_frame("test") == 11 / 4
    assert both.per_frame("test", frozenset({0})) == 3


def test_a_mixture_averages_chances_not_nats() -> None:
    """Of one frame with chances 1/2 and 1/8: 5/16."""
    pieces = {"valid": [PieceNats(nats=1.0, n_frames=1)], "test": [PieceNats(nats=1.0, n_frames=1)]}
    nats = [np.float32(np.log([n])) for n in (2, 8)]
    runs = [(result(pieces=pieces, seed=i), {"valid": x, "test": x}) for i, x in enumerate(nats)]
    mixed = mixture(runs)
    assert mixed.per_frame("test") == pytest.approx(-np.log(5 / 16))
    assert (mixed.n_members, mixed.n_parameters) == (2, 2000)


def test_tables_keep_kinds_apart_and_mark_what_is_not_sure() -> None:
    runs = [result(seed=0), result(seed=1, pieces=result().pieces | {"test": [PieceNats(nats=12.0, n_frames=3)]})]
    runs.append(
        result(
            network="rnn_rbm",
            title="RNN-RBM",
            kind="estimate",
            deviation={"test": 0.02},
            n_steps=5,
            too_small={"test": 0.004},
        )
    )
    independent, estimate = likelihood_tables(runs)
    assert independent.title.startswith("Independent Bernoulli")
    assert independent.rows[0][:2] == ["LSTM", "3.500 ± 0.707"]
    assert estimate.rows[0][1] == "3.000 † (estimate ± 0.020, too small by about 0.004)"
    unverified = next(row for row in estimate.rows if "DBN-LSTM" in row[0])
    assert unverified[0].startswith("*") and unverified[1] == "*3.47*"
    verified = next(row for row in independent.rows if "TCN" in row[0])
    assert verified[1] == "8.10" and "Bai" in verified[2]
    costs = cost_table(runs).as_markdown()
    assert "| 5 of 10 |" in costs and "| 1,000 |" in costs and "a laptop" in costs
    assert "Bai" not in independent.as_text()


def test_every_piece_has_a_line_for_paired_tests() -> None:
    lines = list(csv.DictReader(pieces_csv([result()]).splitlines()))
    assert [(line["split"], line["frames"], float(line["nats"])) for line in lines] == [
        ("valid", "2", 10.0),
        ("test", "3", 9.0),
    ]


@pytest.mark.corpus
def test_the_published_files_are_what_the_docs_say(data_folder: Path) -> None:
    """One test piece of Nottingham is a training piece; none elsewhere."""
    from stretto.corpus.boulanger import CHECKSUMS, find_file, is_published

    assert all(is_published(find_file(data_folder, name)) for name in CHECKSUMS)
    assert len(leaked(read_rolls(data_folder, "Nottingham"))) == 1
    assert leaked(read_rolls(data_folder, "JSB_Chorales")) == frozenset()


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_every_network_trains_on_a_gpu(tmp_path: Path, data: RollSet) -> None:
    """And is measured there as on the processor, within single precision; estimates draw otherwise."""
    from stretto.bench.run import measure_run

    for name in entries():
        quick = replace(entry(name), schedule={"n_steps": 2, "check_every": 1, "batch_pieces": 2}, by_set={})
        found, _ = run_rolls(quick, data, tmp_path / name, seed=0, device="cuda", say=SAID.append)
        again, _ = measure_run(quick, data, tmp_path / name, seed=0)
        near = pytest.approx(again.per_frame("test"), rel=0.05 if found.deviation else 1e-4)
        assert found.per_frame("test") == near, name
