"""The NumPy engine gives torch's numbers, and music that the plan asks for."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import save_file

from stretto.engine.flagship import FlagshipEngine, Keys
from stretto.engine.likelihood import likelihood
from stretto.engine.weights import FlagshipWeights, load_weights
from stretto.errors import ModelError
from stretto.frames.example import Example, example_of
from stretto.frames.parts import HOLD, ONSET, REST, PartFrames
from stretto.frames.plan import N_FIELDS, Plan

HERE = Path(__file__).parent


def golden() -> list[dict]:
    """Pieces and torch's float64 log-probabilities of them."""
    return json.loads((HERE / "golden_flagship.json").read_text(encoding="utf-8"))


def piece(entry: dict, durations: tuple[int, ...]) -> Example:
    """A golden piece as an example."""
    said = entry["piece"]
    frames = PartFrames(
        tick_T=np.array(said["tick"], np.int32),
        pitch_TV=np.array(said["pitch"], np.int16),
        state_TV=np.array(said["state"], np.int8),
        end=said["end"],
    )
    plan = {k: tuple(v) if isinstance(v, list) else v for k, v in said["plan"].items()}
    return example_of(frames, Plan(**plan), durations)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 1e-4), (np.float64, 1e-8)])
def test_the_engine_equals_torch(dtype: type, tolerance: float) -> None:
    """Nats of every frame, part by part, against values that torch made."""
    weights = load_weights(HERE / "golden.safetensors", dtype=dtype)
    for entry in golden():
        found = likelihood(weights, piece(entry, weights.durations))
        torch_T = np.sum(entry["part_TV"], axis=1) + entry["length_T"]
        np.testing.assert_allclose(found.part_TV.sum(axis=1) + found.length_T, torch_T, atol=tolerance, rtol=0)


def test_every_distribution_sums_to_one() -> None:
    """Options of each part, and lengths, after any past."""
    weights = load_weights(HERE / "golden.safetensors", dtype=np.float64)
    for entry in golden():
        for total in _totals(weights, piece(entry, weights.durations)):
            assert total == pytest.approx(1, abs=1e-9)


def _totals(weights: FlagshipWeights, example: Example) -> list[float]:
    engine = FlagshipEngine(weights, Keys(tonic_S=np.array([example.tonic]), mode_S=np.array([example.mode])))
    totals = []
    for t in range(len(example)):
        engine.begin_frame(example.fields_TF[t : t + 1].astype(int), example.free_T[t : t + 1])
        for v in weights.order:
            totals.append(float(np.exp(engine.options(v)).sum()))
            pitch = example.pitch_TV[t : t + 1, v].astype(int)
            engine.choose(
                v, np.where(pitch >= 0, pitch - weights.lowest, -1), example.state_TV[t : t + 1, v].astype(int)
            )
        totals.append(float(np.exp(engine.lengths()).sum()))
        engine.end_frame(example.length_T[t : t + 1].astype(int))
    return totals


def test_streams_do_not_hear_each_other() -> None:
    """A piece has the same likelihood alone and beside another."""
    weights = load_weights(HERE / "golden.safetensors", dtype=np.float64)
    first, second = (piece(entry, weights.durations) for entry in golden()[:2])
    alone = _first_options(weights, [first])
    together = _first_options(weights, [first, second])
    np.testing.assert_allclose(together[:, 0], alone[:, 0], atol=1e-12)


def test_going_on_from_a_memory_is_as_if_nothing_had_been_in_between() -> None:
    """A piece of 300 sixteenths, which is more than there is room for at first, and then the same end twice."""
    weights = load_weights(HERE / "golden.safetensors", dtype=np.float64)
    engine = FlagshipEngine(weights, Keys(tonic_S=np.array([-1, -1]), mode_S=np.array([0, 0])))
    fields_SF, free_S, length_S = np.zeros((2, N_FIELDS), int), np.zeros(2, bool), np.array([1, 2])

    def play(tune: list[int]) -> np.ndarray:
        heard = []
        for step in tune:
            engine.begin_frame(fields_SF, free_S)
            for v in weights.order:
                heard.append(engine.options(v))
                engine.choose(v, np.array([step, step + 1]) + v, np.array([ONSET, ONSET]))
            heard.append(engine.lengths())
            engine.end_frame(length_S)
        return np.concatenate(heard, axis=1)

    play([0, 3, 1, 4, 2] * 15)
    memory = engine.memory(1)
    first = play([0, 3, 1])
    engine.resume(memory)
    np.testing.assert_allclose(play([0, 3, 1])[1], first[1], atol=1e-12)


def _first_options(weights: FlagshipWeights, pieces: list[Example]) -> np.ndarray:
    keys = Keys(tonic_S=np.array([p.tonic for p in pieces]), mode_S=np.array([p.mode for p in pieces]))
    engine = FlagshipEngine(weights, keys)
    heard = []
    for t in range(8):
        engine.begin_frame(
            np.stack([p.fields_TF[t] for p in pieces]).astype(int), np.stack([p.free_T[t] for p in pieces])
        )
        for v in weights.order:
            heard.append(engine.options(v))
            pitch = np.array([p.pitch_TV[t, v] for p in pieces]).astype(int)
            state = np.array([p.state_TV[t, v] for p in pieces]).astype(int)
            engine.choose(v, np.where(pitch >= 0, pitch - weights.lowest, -1), state)
        engine.end_frame(np.array([p.length_T[t] for p in pieces]).astype(int))
    return np.stack(heard)


def test_transposing_music_key_and_all_leaves_relations_alone() -> None:
    """Without absolute height the network hears the same piece a fourth higher."""
    weights = load_weights(HERE / "golden.safetensors", dtype=np.float64)
    weights.height_in_PE[:] = weights.height_in_PE[0]
    weights.place_YVP[:] = 0
    low = np.array([[52, 55, 57, 60], [52, 57, 57, 60], [53, 57, 58, 62]], np.int16)

    def heard(up: int) -> np.ndarray:
        frames = PartFrames(
            tick_T=np.array([0, 24, 48], np.int32),
            pitch_TV=low + np.int16(up),
            state_TV=np.array([[ONSET] * 4, [HOLD, ONSET, HOLD, ONSET], [ONSET] * 4], np.int8),
            end=72,
        )
        return _all_pitches(weights, example_of(frames, Plan(tonic=(5 + up) % 12, mode="major"), weights.durations))

    here, there = heard(0), heard(5)
    # The same scores, five pitches up; only what falls off the edge of the range differs.
    np.testing.assert_allclose(there[:, 5:] - there[:, 10:11], here[:, :-5] - here[:, 5:6], atol=1e-9)


def _all_pitches(weights: FlagshipWeights, example: Example) -> np.ndarray:
    engine = FlagshipEngine(weights, Keys(tonic_S=np.array([example.tonic]), mode_S=np.array([example.mode])))
    rows = []
    for t in range(len(example)):
        engine.begin_frame(example.fields_TF[t : t + 1].astype(int), example.free_T[t : t + 1])
        for v in weights.order:
            rows.append(engine.options(v)[0, 2:])
            pitch = example.pitch_TV[t : t + 1, v].astype(int)
            engine.choose(
                v, np.where(pitch == REST, -1, pitch - weights.lowest), example.state_TV[t : t + 1, v].astype(int)
            )
        engine.end_frame(example.length_T[t : t + 1].astype(int))
    return np.stack(rows)


def test_damaged_weights_are_named_in_one_line(tmp_path: Path) -> None:
    """A truncated file is no traceback."""
    bad = tmp_path / "half.safetensors"
    bad.write_bytes((HERE / "golden.safetensors").read_bytes()[:1000])
    with pytest.raises(ModelError, match=r"half\.safetensors: no network that this version can play"):
        load_weights(bad)


def test_weights_of_another_network_are_refused_in_one_line(tmp_path: Path) -> None:
    """No config, and tables of another shape."""
    with safe_open(str(HERE / "golden.safetensors"), framework="numpy") as store:
        tensors = {name: store.get_tensor(name) for name in store.keys()}  # noqa: SIM118 (no iterator)
        metadata = store.metadata()
    path = tmp_path / "other.safetensors"
    save_file(tensors, path, metadata={"config": "{}"})
    with pytest.raises(ModelError, match=r"other\.safetensors: no network that this version can play \('n_parts'\)"):
        load_weights(path)
    save_file({**tensors, "aim": tensors["aim"][0]}, path, metadata=metadata)
    with pytest.raises(ModelError, match="table aim has shape"):
        load_weights(path)


def script() -> ModuleType:
    """scripts/make_golden.py as a module."""
    path = HERE.parent.parent / "scripts" / "make_golden.py"
    spec = importlib.util.spec_from_file_location("make_golden", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.train
def test_the_golden_values_are_those_of_the_script(tmp_path: Path) -> None:
    """Nobody edited them by hand, and torch still gives them."""
    module = script()
    module.FOLDER = tmp_path
    module.main()
    fresh = json.loads((tmp_path / "golden_flagship.json").read_text(encoding="utf-8"))
    for new, old in zip(fresh, golden(), strict=True):
        assert new["piece"] == old["piece"]
        np.testing.assert_allclose(new["part_TV"], old["part_TV"], atol=1e-9)
        np.testing.assert_allclose(new["length_T"], old["length_T"], atol=1e-9)
