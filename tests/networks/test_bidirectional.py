"""The bidirectional LSTM fills gaps: it hears what follows them, and nothing inside them."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from stretto.networks.bidirectional import Bidirectional, Config  # noqa: E402
from stretto.networks.roll import RollBatch  # noqa: E402

pytestmark = pytest.mark.train

N_PITCHES = 3


@pytest.fixture
def net() -> Bidirectional:
    torch.manual_seed(0)
    made = Bidirectional(Config(n_pitches=N_PITCHES, n_state=10, gap_frames=2, n_phases=3, dropout=0.0)).eval()
    for weight in made.parameters():
        weight.data += 0.3 * torch.randn_like(weight)
    return made


def random_roll(seed: int, n_frames: int = 9) -> np.ndarray:
    return (np.random.default_rng(seed).random((n_frames, N_PITCHES)) < 0.4).astype(int)


def nats(net: Bidirectional, rolls: list[np.ndarray]) -> torch.Tensor:
    with torch.no_grad():
        return net.nll_per_frame(RollBatch.of(rolls))


def test_what_stands_in_a_gap_is_not_heard(net: Bidirectional) -> None:
    """Its own chances stay; those of frames around it do not."""
    roll, open_T = random_roll(1), torch.tensor([3, 4])
    flags = torch.zeros(1, 9, dtype=torch.bool)
    flags[0, open_T] = True
    other = roll.copy()
    other[3:5] = 1 - other[3:5]
    after = roll.copy()
    after[5] = 1 - after[5]
    with torch.no_grad():
        first, same, heard = (net(RollBatch.of([r]), flags)[0, 3:5] for r in (roll, other, after))
    assert torch.equal(first, same)
    assert not torch.allclose(first, heard, atol=1e-4)


def test_all_chords_of_one_frame_in_a_gap_have_probability_one(net: Bidirectional) -> None:
    rolls = []
    for chord in product((0, 1), repeat=N_PITCHES):
        roll = random_roll(2)
        roll[4] = chord
        rolls.append(roll)
    assert float(torch.exp(-nats(net, rolls)[:, 4]).sum()) == pytest.approx(1.0, abs=1e-5)


def test_padding_changes_nothing(net: Bidirectional) -> None:
    short, long = random_roll(1, 5), random_roll(2, 9)
    together = nats(net, [short, long])
    assert torch.allclose(together[0, :5], nats(net, [short])[0], atol=1e-6)
    assert torch.allclose(together[1], nats(net, [long])[0], atol=1e-6)


def test_a_phrase_is_learned_by_heart_and_its_gaps_are_filled(net: Bidirectional) -> None:
    phrase = random_roll(7, 12)
    batch, generator = RollBatch.of([phrase]), torch.Generator().manual_seed(0)
    optimiser = torch.optim.Adam(net.parameters(), lr=0.02)
    for _ in range(300):
        optimiser.zero_grad()
        net.training_loss(batch, generator).backward()
        optimiser.step()
    assert float(nats(net, [phrase]).mean()) < 0.05
    open_T = torch.zeros(12, dtype=torch.bool)
    open_T[4:6] = True
    holed = batch.roll_BTP[0].clone()
    holed[4:6] = 0.0
    assert net.fill(holed, open_T, generator).tolist() == phrase.tolist()
    assert net.sample(12, generator, opening=batch.roll_BTP[0, :10]).shape == (12, N_PITCHES)


def test_a_short_piece_without_a_gap_teaches_nothing(net: Bidirectional) -> None:
    """And breaks nothing: the loss is a number for every shift."""
    generator = torch.Generator().manual_seed(0)
    losses = [float(net.training_loss(RollBatch.of([random_roll(0, 2)]), generator).detach()) for _ in range(12)]
    assert np.isfinite(losses).all() and 0.0 in losses
