"""The biaxial RNN of 2015 is as its author published it."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from stretto.networks.biaxial2015 import N_INPUTS, Biaxial2015, Config, inputs  # noqa: E402
from stretto.networks.roll import RollBatch  # noqa: E402

pytestmark = pytest.mark.train


def test_every_pitch_has_eighty_inputs() -> None:
    assert N_INPUTS == 80


def test_the_published_layers_have_so_many_weights() -> None:
    """Four gates of each LSTM read input, state and two biases."""
    sizes = [(80, 300), (300, 300), (302, 100), (100, 50)]
    lstms = sum(4 * n * (m + n + 2) for m, n in sizes)
    assert sum(w.numel() for w in Biaxial2015(Config()).parameters()) == lstms + 2 * 50 + 2


def test_a_pitch_hears_its_neighbours_and_the_classes_from_its_own() -> None:
    roll = torch.zeros(1, 2, 40)
    roll[0, :, 20] = 1.0
    heard = inputs(roll, torch.tensor([[0, 5]]))[0]
    at_23 = heard[1, 23]
    vicinity = at_23[13:63].view(25, 2)
    assert vicinity[12 - 3].tolist() == [1.0, 0.0]  # held: it sounds and does not begin
    assert heard[0, 23, 13:63].view(25, 2)[12 - 3].tolist() == [1.0, 1.0]
    assert vicinity.sum() == 1.0
    assert at_23[63:75].tolist() == [float(i == 9) for i in range(12)]  # a minor third below is nine classes above
    assert at_23[75:79].tolist() == [1.0, -1.0, 1.0, -1.0]  # frame 5 is 0101, the smallest bit first
    assert at_23[0] == 23.0 and at_23[79] == 0.0


def test_drawing_note_by_note_hears_what_the_whole_piece_hears() -> None:
    """With the same tosses, chances of `forward` give the same roll."""
    torch.manual_seed(2)
    net = Biaxial2015(Config(n_pitches=9, n_time=(7, 6), n_note=(5, 4))).eval()
    for weight in net.parameters():
        weight.data += 0.4 * torch.randn_like(weight)
    drawn = net.sample(6, torch.Generator().manual_seed(4))
    with torch.no_grad():
        chance = torch.sigmoid(net(RollBatch.of([drawn.numpy()])))[0]
    generator = torch.Generator().manual_seed(4)
    tosses = torch.stack([torch.rand((), generator=generator) for _ in range(6 * 9)]).view(6, 9)
    assert torch.equal(drawn, (tosses < chance).float())
    assert 0 < drawn.mean() < 1


def test_transposing_the_input_transposes_the_states_along_time() -> None:
    """Where position and pitch class are not heard, and away from the ends of the keyboard."""
    torch.manual_seed(3)
    net = Biaxial2015(Config(n_pitches=60, n_time=(7, 6), n_note=(5, 4))).double().eval()
    net.time[0].weight_ih_l0.data[:, : 1 + 12] = 0.0
    roll = np.zeros((5, 60))
    roll[:, 25:35] = np.random.default_rng(0).random((5, 10)) < 0.4

    def heard(notes: np.ndarray) -> torch.Tensor:
        batch = RollBatch.of([notes])
        double = RollBatch(roll_BTP=batch.roll_BTP.double(), mask_BT=batch.mask_BT, index_BT=batch.index_BT)
        with torch.no_grad():
            b, t, p = double.roll_BTP.shape
            x = inputs(double.roll_BTP, double.index_BT).transpose(0, 1).reshape(t, b * p, N_INPUTS)
            out: torch.Tensor = net._through(net.time, x).view(t, p, -1)
            return out

    assert torch.allclose(heard(np.roll(roll, 5, axis=1))[:, 17:48], heard(roll)[:, 12:43], atol=1e-12)
    assert not torch.allclose(heard(np.roll(roll, 5, axis=1))[:, 12:43], heard(roll)[:, 12:43], atol=1e-3)
