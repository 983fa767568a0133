"""The dynamics network in NumPy gives torch's numbers."""

from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
import pytest

from stretto.engine.dynamics import DynamicsEngine, dynamics_nats, load_dynamics, shipped_dynamics
from stretto.errors import ModelError
from stretto.frames.dynamics import N_TOLD, Dynamics, InForce, beats_of, force_of, richness
from stretto.frames.dynamics_features import N_FEATURES, features_of
from stretto.frames.plan import Plan
from stretto.frames.staves import STAFF_NOTE, StaffMusic


def some_dynamics(rng: np.random.Generator, n: int = 17) -> Dynamics:
    """Any marks; hairpins that go on only where one is."""
    wedge_T = rng.integers(0, 4, n)
    for t in range(n):
        if wedge_T[t] == 3 and (t == 0 or not wedge_T[t - 1]):
            wedge_T[t] = 1
    return Dynamics(mark_T=rng.integers(0, 9, n), wedge_T=wedge_T)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small network of random weights, as training writes it."""
    torch = pytest.importorskip("torch")
    from stretto.networks.dynamics import DynamicsConfig, DynamicsNetwork
    from stretto.train.dynamics import export_dynamics

    torch.manual_seed(3)
    config = DynamicsConfig(composers=("haydn",), n_seen=5, n_heard=6, n_written=7, n_choice=8)
    return export_dynamics(DynamicsNetwork(config), tmp_path_factory.mktemp("tiny"), half=False)


@pytest.mark.train
@pytest.mark.parametrize("composer", ["", "haydn"])
def test_numpy_and_torch_agree(tiny: Path, composer: str) -> None:
    """Nats of every mark and every hairpin, of two pieces of unlike length in one batch."""
    torch = pytest.importorskip("torch")
    from safetensors.torch import load_file

    from stretto.networks.dynamics import DynamicsConfig, DynamicsExample, DynamicsNetwork, batch_of

    rng = np.random.default_rng(0)
    told = richness(0.3, 0.0)
    pieces = [
        (rng.normal(size=(n, N_FEATURES)).astype(np.float32), some_dynamics(rng, n), told * keep)
        for n, keep in ((17, 1), (9, 0))
    ]
    net = DynamicsNetwork(DynamicsConfig(composers=("haydn",), n_seen=5, n_heard=6, n_written=7, n_choice=8))
    net.load_state_dict(load_file(tiny))
    examples = [
        DynamicsExample(
            features_TF=features,
            composer=int(composer == "haydn"),
            told_R=told_R,
            force_TS=force_of(found),
            mark_T=found.mark_T,
            wedge_T=found.wedge_T,
            level_T=np.arange(len(found.mark_T)) % 7 - 1,
        )
        for features, found, told_R in pieces
    ]
    with torch.no_grad():
        of_mark, of_wedge, of_level = net.eval().nats(batch_of(examples))
    weights = load_dynamics(tiny)
    for i, (features, found, told_R) in enumerate(pieces):
        engine = DynamicsEngine(weights, features, composer=composer, told_R=told_R)
        nats, levels = dynamics_nats(engine, found), engine.levels()
        n = len(nats)
        assert np.allclose(nats[:, 0], of_mark[i, :n].numpy(), atol=1e-5)
        assert np.allclose(nats[:, 1], of_wedge[i, :n].numpy(), atol=1e-5)
        known = np.arange(n) % 7 > 0
        assert np.allclose(-levels[known, (np.arange(n) % 7 - 1)[known]], of_level[i, :n].numpy()[known], atol=1e-5)
        assert not of_level[i, :n].numpy()[~known].any()


@pytest.mark.train
def test_the_choices_of_a_beat_sum_to_one(tiny: Path) -> None:
    """And nothing goes on where no hairpin is in force."""
    rng = np.random.default_rng(1)
    engine = DynamicsEngine(load_dynamics(tiny), rng.normal(size=(3, N_FEATURES)))
    assert np.exp(engine.marks(InForce().numbers())).sum() == pytest.approx(1)
    barred, allowed = np.exp(engine.wedges(2, in_force=False)), np.exp(engine.wedges(2, in_force=True))
    assert barred.sum() == pytest.approx(1) and allowed.sum() == pytest.approx(1)
    assert barred[3] == 0 < allowed[3]


def test_weights_that_are_not_there_are_one_line(tmp_path: Path) -> None:
    """As is a file of something else."""
    with pytest.raises(ModelError, match="the weights are not there"):
        load_dynamics(tmp_path / "none.safetensors")
    (tmp_path / "bad.safetensors").write_bytes(b"no tensors")
    with pytest.raises(ModelError, match="no weights of the dynamics network"):
        load_dynamics(tmp_path / "bad.safetensors")


def test_told_numbers_are_one_of_each_kind() -> None:
    """How many marks, how many hairpins."""
    assert richness(0.0, 0.5).tolist() == [1, 0, 0, 0, 0, 0, 0, 1]
    assert len(richness(9, 9)) == N_TOLD


def test_the_network_that_ships_is_small_and_finds_low_octaves_louder_than_a_high_thin_line() -> None:
    """Under half a megabyte; told nothing but the notes of two pieces."""
    with as_file(files("stretto.engine").joinpath("data/dynamics.safetensors")) as path:
        assert path.stat().st_size < 500_000
    weights = shipped_dynamics()
    assert "chopin" in weights.composers
    thin = [(24 * i, 24, 79, 0) for i in range(32)]
    thick = [(12 * i, 12, p, int(p < 50)) for i in range(64) for p in (31, 43, 67, 72, 76, 79)]
    loud = []
    for rows in (thin, thick):
        music = StaffMusic(notes=np.array(rows, STAFF_NOTE), end=768, n_staves=2)
        plan = Plan(bar_starts=tuple(range(0, 768, 96)), bar_meters=("4/4",) * 8, end=768, period="romantic")
        engine = DynamicsEngine(weights, features_of(music, plan, beats_of(plan, 768)))
        loud.append(float((np.exp(engine.levels()) @ np.arange(6)).mean()))
    assert loud[1] > loud[0] + 1
