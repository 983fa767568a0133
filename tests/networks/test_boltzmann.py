"""Boltzmann machines: their estimates lie where the sum over all chords lies, and training lowers it."""

from __future__ import annotations

from itertools import product

import numpy as np
import numpy_twins as twins
import pytest

torch = pytest.importorskip("torch")

from stretto.networks import rbm, rnn_rbm  # noqa: E402
from stretto.networks.boltzmann import BoltzmannNetwork, log_sum  # noqa: E402
from stretto.networks.roll import RollBatch  # noqa: E402

pytestmark = pytest.mark.train

N_PITCHES = 5
CHORDS = torch.tensor(list(product((0.0, 1.0), repeat=N_PITCHES)))


def machine(*, seed: int = 0) -> rbm.Rbm:
    torch.manual_seed(seed)
    net = rbm.Rbm(rbm.Config(n_pitches=N_PITCHES, n_hidden=4, n_chains=400, n_temperatures=200))
    for weight in net.parameters():
        weight.data += torch.randn_like(weight)
    return net


def with_past(*, seed: int = 0) -> rnn_rbm.RnnRbm:
    torch.manual_seed(seed)
    net = rnn_rbm.RnnRbm(
        rnn_rbm.Config(n_pitches=N_PITCHES, n_state=6, n_hidden=4, n_chains=300, n_temperatures=100, dropout=0.0)
    )
    for weight in net.parameters():
        weight.data += 0.7 * torch.randn_like(weight)
    return net


def random_roll(seed: int, n_frames: int = 6) -> np.ndarray:
    return (np.random.default_rng(seed).random((n_frames, N_PITCHES)) < 0.4).astype(int)


def exact_nats(net: BoltzmannNetwork, roll: np.ndarray) -> np.ndarray:
    """By plain loops over all chords and all hidden units, frame after frame."""
    batch = RollBatch.of([roll])
    with torch.no_grad():
        visible, hidden = (b[0].double().numpy() for b in net.biases(batch.roll_BTP))
    weight = net.weight_PH.detach().double().numpy()

    def weighs(chord: np.ndarray, b: np.ndarray, c: np.ndarray) -> float:
        total = 0.0
        for units in product((0, 1), repeat=weight.shape[1]):
            h = np.array(units)
            total += np.exp(chord @ b + h @ c + chord @ weight @ h)
        return float(total)

    chords = [np.array(chord) for chord in product((0, 1), repeat=N_PITCHES)]
    nats = []
    for frame, b, c in zip(roll, visible, hidden, strict=True):
        nats.append(np.log(sum(weighs(chord, b, c) for chord in chords)) - np.log(weighs(frame, b, c)))
    return np.array(nats)


def test_the_annealed_sum_is_the_sum_over_all_chords() -> None:
    """Within four of its own deviations, and these are small."""
    for seed in range(5):
        net = machine(seed=seed)
        from_all = torch.logsumexp(-_energy(net, CHORDS), 0)
        generator = torch.Generator().manual_seed(seed)
        chains = {"n_chains": 400, "n_temperatures": 200}
        found, deviation = log_sum(net.visible_P[None], net.hidden_H[None], net.weight_PH, generator, **chains)
        assert abs(float(found - from_all)) < 4 * float(deviation) + 1e-3
        assert 0 < float(deviation) < 0.05


def _energy(net: rbm.Rbm, chords: torch.Tensor) -> torch.Tensor:
    from stretto.networks.boltzmann import free_energy

    return free_energy(chords, net.visible_P, net.hidden_H, net.weight_PH).detach()


@pytest.mark.parametrize("make", [machine, with_past])
def test_estimates_lie_where_plain_loops_over_all_chords_lie(make) -> None:
    net, roll = make(), random_roll(3)
    nats, deviation = net.eval().measure(RollBatch.of([roll]))
    assert np.abs(nats[0].numpy() - exact_nats(net, roll)).max() < 0.1
    assert (deviation >= 0).all() and deviation.max() < 0.1


@pytest.mark.parametrize("make", [machine, with_past])
def test_all_chords_together_have_a_probability_of_about_one(make) -> None:
    past = random_roll(1, 3)
    rolls = [np.vstack([past, chord]) for chord in CHORDS.numpy().astype(int)]
    nats = make().eval().nll_per_frame(RollBatch.of(rolls))[:, -1]
    assert float(torch.exp(-nats).sum()) == pytest.approx(1.0, abs=0.05)


def test_the_biases_are_those_of_plain_loops() -> None:
    net, roll = with_past().eval(), random_roll(4)
    weights = {key: value.numpy() for key, value in net.state_dict().items()}
    with torch.no_grad():
        visible_TP, hidden_TH = (b[0].numpy() for b in net.biases(RollBatch.of([roll]).roll_BTP))
    for t, (visible_P, hidden_H) in enumerate(twins.rnn_rbm_biases(weights, roll)):
        assert np.allclose(visible_TP[t], visible_P, atol=1e-5)
        assert np.allclose(hidden_TH[t], hidden_H, atol=1e-5)


def test_no_frame_knows_what_comes_after_it() -> None:
    net, roll = with_past().eval(), random_roll(5)
    with torch.no_grad():
        before = net.biases(RollBatch.of([roll]).roll_BTP)
        for t in range(1, len(roll)):
            changed = roll.copy()
            changed[t:] = 1 - changed[t:]
            after = net.biases(RollBatch.of([changed]).roll_BTP)
            assert all(torch.equal(a[:, : t + 1], b[:, : t + 1]) for a, b in zip(after, before, strict=True))
            if t + 1 < len(roll):
                assert not torch.equal(after[0][:, t + 1 :], before[0][:, t + 1 :])


@pytest.mark.parametrize("make", [machine, with_past])
def test_padding_changes_no_training_loss(make, monkeypatch: pytest.MonkeyPatch) -> None:
    """With draws that are no draws: every chord's opposite."""
    monkeypatch.setattr("stretto.networks.boltzmann.gibbs", lambda chord, *rest: 1 - chord)
    net, rolls = make().eval(), [random_roll(0, 3), random_roll(1, 7)]

    def loss(of: list[np.ndarray]) -> float:
        return float(net.training_loss(RollBatch.of(of), torch.Generator()).detach())

    assert loss(rolls) == pytest.approx((3 * loss(rolls[:1]) + 7 * loss(rolls[1:])) / 10, abs=1e-5)
    assert abs(loss(rolls)) > 0.1


@pytest.mark.parametrize("make", [machine, with_past])
def test_divergence_learns_a_phrase(make) -> None:
    """The exact likelihood, by enumeration, of what was learned rises by far; draws then resemble it."""
    net, phrase = make(), np.tile(np.eye(N_PITCHES, dtype=int)[[0, 2]], (4, 1))
    before = exact_nats(net, phrase).mean()
    optimiser = torch.optim.Adam(net.parameters(), lr=0.03)
    generator = torch.Generator().manual_seed(0)
    batch = RollBatch.of([phrase] * 8)
    for _ in range(300):
        optimiser.zero_grad()
        net.training_loss(batch, generator).backward()
        optimiser.step()
    after = exact_nats(net, phrase).mean()
    assert after < before - 1
    assert after < (0.95 if make is machine else 0.3)  # without a past, one of two chords: log 2
    drawn = net.sample(8, generator, opening=batch.roll_BTP[0, :2])
    assert (drawn.numpy() == phrase).mean() > (0.5 if make is machine else 0.9)
