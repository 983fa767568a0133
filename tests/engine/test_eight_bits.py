"""Big matrices in eight bits: what is rounded, what is not, and which files still play."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from stretto.engine.eight_bits import BIG, in_eight_bits, in_floats, read_tensors
from stretto.engine.staff_weights import load_staves
from stretto.errors import RequestError

SHIPPED = Path(str(files("stretto.engine").joinpath("data")))


def matrix(*, seed: int = 0) -> np.ndarray:
    """Rows of very unlike size, as those of a table in which some pitches are rare."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(128, 64)).astype(np.float32) * 10.0 ** rng.integers(-6, 2, size=(128, 1))


def test_a_weight_is_rounded_by_its_own_row_alone() -> None:
    weights = matrix()
    back = in_floats(in_eight_bits({"m": weights}))["m"]
    worst = np.abs(back - weights).max(1) / np.abs(weights).max(1)
    assert worst.max() <= 1 / 254 * 1.001
    assert worst.min() > 1 / 300, "nothing was rounded at all"


def test_a_row_of_zeros_stays_zero_and_its_largest_weight_stays_itself() -> None:
    weights = matrix()
    weights[3] = 0
    back = in_floats(in_eight_bits({"m": weights}))["m"]
    assert not back[3].any()
    most = np.abs(weights).argmax(1)
    rows = np.arange(len(weights))
    np.testing.assert_allclose(back[rows, most], weights[rows, most], rtol=1e-6)


def test_biases_and_small_tables_stay_as_they_are() -> None:
    small = {"bias": np.linspace(-1, 1, BIG, dtype=np.float16), "table": np.full((8, 64), 0.1, np.float16)}
    stored = in_eight_bits(small)
    assert all(stored[name] is tensor for name, tensor in small.items())


def test_what_is_stored_twice_is_stored_alike() -> None:
    once = in_eight_bits({"m": matrix(), "bias": np.ones(4, np.float16)})
    kept = in_eight_bits(once)
    assert all(kept[name] is tensor for name, tensor in once.items()), "neither numbers nor scales are packed again"
    again = in_eight_bits(in_floats(once))
    np.testing.assert_array_equal(again["m.int8"], once["m.int8"])


def test_a_file_in_half_precision_is_read_as_it_is(tmp_path: Path) -> None:
    old = {"m": matrix().astype(np.float16), "bias": np.ones(4, np.float16)}
    save_file(old, tmp_path / "old.safetensors", metadata={"said": "so"})
    said, tensors = read_tensors(tmp_path / "old.safetensors", np.float64)
    assert said == {"said": "so"}
    for name, tensor in old.items():
        np.testing.assert_array_equal(tensors[name], tensor.astype(np.float64))


@pytest.mark.parametrize("name", ["keyboard", "quartet"])
def test_networks_that_ship_are_in_eight_bits(name: str) -> None:
    """scripts/eight_bits.py puts one there that is not."""
    stored = load_file(SHIPPED / f"{name}.safetensors")
    assert in_eight_bits(stored).keys() == stored.keys()
    assert any(tensor.dtype == np.int8 for tensor in stored.values())


def test_a_matrix_without_its_own_scale_is_one_line(tmp_path: Path) -> None:
    path = SHIPPED / "keyboard.safetensors"
    with safe_open(str(path), framework="numpy") as store:
        said = store.metadata()
    assert json.loads(said["staves"])["staves"] == ["right hand", "left hand"]
    stored = load_file(path)
    first = next(name for name in stored if name.endswith(".scale"))
    for broken in ({k: v for k, v in stored.items() if k != first}, {**stored, first: stored[first][:1]}):
        save_file(broken, tmp_path / "broken.safetensors", metadata=said)
        with pytest.raises(RequestError, match=r"broken\.safetensors: no network of staves .*scale"):
            load_staves(tmp_path / "broken.safetensors")
