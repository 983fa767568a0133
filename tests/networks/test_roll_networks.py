"""What every network on piano-rolls promises: exact likelihoods that look neither ahead nor above."""

from __future__ import annotations

from functools import partial
from itertools import product

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch import Tensor  # noqa: E402

from stretto.networks import (  # noqa: E402
    biaxial2015,
    convolution,
    elman,
    feed_forward,
    gru,
    lstm,
    nade,
    rnn_nade,
    sparse_biaxial,
)
from stretto.networks.roll import RollBatch, RollNetwork  # noqa: E402

pytestmark = pytest.mark.train

N_PITCHES = 5


def made(net: RollNetwork) -> RollNetwork:
    """With weights large enough to matter."""
    for weight in net.parameters():
        weight.data += 0.3 * torch.randn_like(weight)
    return net


def sparse(n_pitches: int = N_PITCHES, dropout: float = 0.2) -> RollNetwork:
    sizes = {"n_state": 6, "n_pitch_state": 4, "n_pitch_input": 4, "n_vertical": 5, "n_scorer": 4}
    return made(sparse_biaxial.SparseBiaxial(sparse_biaxial.Config(n_pitches=n_pitches, dropout=dropout, **sizes)))


def recurrent(cell: str, n_pitches: int = N_PITCHES, dropout: float = 0.2) -> RollNetwork:
    module = {"Elman": elman, "Gru": gru, "Lstm": lstm}[cell]
    return made(getattr(module, cell)(module.Config(n_pitches=n_pitches, n_state=12, dropout=dropout)))


def window(n_pitches: int = N_PITCHES, dropout: float = 0.2) -> RollNetwork:
    config = feed_forward.Config(n_pitches=n_pitches, n_window=3, n_hidden=24, dropout=dropout)
    return made(feed_forward.FeedForward(config))


def holes(n_pitches: int = N_PITCHES, dropout: float = 0.2) -> RollNetwork:
    config = convolution.Config(n_pitches=n_pitches, n_channels=16, n_layers=2, n_width=2, dropout=dropout)
    return made(convolution.Convolution(config))


def of_2015(n_pitches: int = N_PITCHES, dropout: float = 0.2) -> RollNetwork:
    config = biaxial2015.Config(n_pitches=n_pitches, n_time=(12, 12), n_note=(10, 8), dropout=dropout)
    return made(biaxial2015.Biaxial2015(config))


def nade_with_past(n_pitches: int = N_PITCHES, dropout: float = 0.2) -> RollNetwork:
    rates = {"dropout": dropout, "dropout_heard": dropout, "dropout_hidden": dropout}
    return made(rnn_nade.RnnNade(rnn_nade.Config(n_pitches=n_pitches, n_state=16, n_hidden=12, **rates)))


def nade_alone(n_pitches: int = N_PITCHES, dropout: float = 0.2) -> RollNetwork:
    return made(nade.Nade(nade.Config(n_pitches=n_pitches, n_hidden=12, dropout=dropout)))


FORGETFUL = [nade_alone]
"""Networks for which every frame is the first."""
NETWORKS = [
    sparse,
    of_2015,
    nade_with_past,
    *(partial(recurrent, cell) for cell in ("Elman", "Gru", "Lstm")),
    window,
    holes,
]


@pytest.fixture(autouse=True)
def same_weights() -> None:
    torch.manual_seed(1)


def batch_of(rolls: list[np.ndarray]) -> RollBatch:
    """In float64, for exact sums."""
    found = RollBatch.of(rolls)
    return RollBatch(roll_BTP=found.roll_BTP.double(), mask_BT=found.mask_BT, index_BT=found.index_BT)


def random_roll(seed: int, n_frames: int = 6, n_pitches: int = N_PITCHES) -> np.ndarray:
    return (np.random.default_rng(seed).random((n_frames, n_pitches)) < 0.4).astype(int)


def nats(net: RollNetwork, rolls: list[np.ndarray]) -> Tensor:
    with torch.no_grad():
        return net.double().eval().nll_per_frame(batch_of(rolls))


@pytest.mark.parametrize("make", NETWORKS + FORGETFUL)
def test_all_chords_together_have_probability_one(make) -> None:
    """After any past, in the first frame too."""
    for past in (random_roll(3, 4), random_roll(0, 0)):
        chords = [np.vstack([past, chord]) for chord in product((0, 1), repeat=N_PITCHES)]
        assert float(torch.exp(-nats(make(), chords)[:, -1]).sum()) == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize("make", NETWORKS)
def test_no_frame_knows_what_comes_after_it(make) -> None:
    net, roll = make(), random_roll(5)
    before = nats(net, [roll])
    for t in range(1, len(roll)):
        changed = roll.copy()
        changed[t:] = 1 - changed[t:]
        after = nats(net, [changed])
        assert torch.allclose(
            after[0, :t], before[0, :t], rtol=0, atol=1e-12
        )  # products of other shapes round otherwise


@pytest.mark.parametrize("make", NETWORKS)
def test_a_frame_hears_the_one_before_it(make) -> None:
    net, roll = make(), random_roll(5)
    before = nats(net, [roll])
    for t in range(1, len(roll)):
        changed = roll.copy()
        changed[t - 1] = 1 - changed[t - 1]
        assert abs(float(nats(net, [changed])[0, t] - before[0, t])) > 1e-6


@pytest.mark.parametrize("make", FORGETFUL)
def test_what_hears_each_frame_alone_hears_no_other(make) -> None:
    net, roll = make(), random_roll(5)
    changed = roll.copy()
    changed[:-1] = 1 - changed[:-1]
    assert torch.equal(nats(net, [changed])[0, -1], nats(net, [roll])[0, -1])


@pytest.mark.parametrize("make", [sparse, of_2015, nade_with_past, nade_alone])
def test_a_pitch_hears_the_notes_below_it_and_none_above(make) -> None:
    """Of its own frame; its own cell is not in its chance either."""
    net, roll = make().double().eval(), random_roll(7)
    with torch.no_grad():
        logit = net(batch_of([roll]))[0, -1]
        for pitch in range(N_PITCHES):
            changed = roll.copy()
            changed[-1, pitch:] = 1 - changed[-1, pitch:]
            other = net(batch_of([changed]))[0, -1]
            assert torch.allclose(other[: pitch + 1], logit[: pitch + 1], atol=1e-12)
            if pitch + 1 < N_PITCHES:
                assert not torch.allclose(other[pitch + 1 :], logit[pitch + 1 :], atol=1e-6)


@pytest.mark.parametrize("make", NETWORKS + FORGETFUL)
def test_padding_changes_nothing(make) -> None:
    net, short, long = make(), random_roll(1, 4), random_roll(2, 9)
    together = nats(net, [short, long])
    assert torch.allclose(together[0, :4], nats(net, [short])[0], atol=1e-12)
    assert torch.allclose(together[1], nats(net, [long])[0], atol=1e-12)


@pytest.mark.parametrize("make", NETWORKS + FORGETFUL)
def test_padding_changes_no_training_loss(make) -> None:
    """Which is the mean over all frames, of short pieces and long ones alike."""
    net, rolls = make(dropout=0.0).double(), [random_roll(1, 4), random_roll(2, 9)]

    def loss(of: list[np.ndarray]) -> float:
        return float(net.training_loss(batch_of(of), torch.Generator().manual_seed(0)).detach())

    assert loss(rolls) == pytest.approx((4 * loss(rolls[:1]) + 9 * loss(rolls[1:])) / 13, abs=1e-9)


@pytest.mark.parametrize("make", NETWORKS)
def test_one_phrase_can_be_learned_by_heart_and_is_then_sampled(make) -> None:
    """Under 0.05 nats a frame, and drawing from it gives the phrase back."""
    phrase = random_roll(11, 8)
    net = make(dropout=0.0)
    optimiser = torch.optim.Adam(net.parameters(), lr=0.02)
    data = RollBatch.of([phrase])
    for _ in range(400):
        optimiser.zero_grad()
        loss = net.nll_per_frame(data).mean()
        loss.backward()
        optimiser.step()
    assert float(loss.detach()) < 0.05
    drawn = net.sample(8, torch.Generator().manual_seed(0), opening=data.roll_BTP[0, :2])
    assert drawn.tolist() == phrase.tolist()


@pytest.mark.parametrize("make", NETWORKS + FORGETFUL)
def test_what_is_drawn_comes_as_often_as_its_likelihood_says(make) -> None:
    """First frames of two pitches: four chords, 400 draws, within four standard deviations."""
    net = make(2).eval()
    chords = [np.array([chord]) for chord in product((0, 1), repeat=2)]
    with torch.no_grad():
        chance = torch.exp(-net.nll_per_frame(RollBatch.of(chords)))[:, 0].tolist()
    generator = torch.Generator().manual_seed(3)
    drawn = [tuple(net.sample(1, generator)[0].int().tolist()) for _ in range(400)]
    for chord, p in zip(product((0, 1), repeat=2), chance, strict=True):
        assert drawn.count(chord) / 400 == pytest.approx(p, abs=4 * (p * (1 - p) / 400) ** 0.5)
