"""The biaxial RNN of 2015 is as its author published it."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from stretto.networks import sparse_biaxial  # noqa: E402
from stretto.networks.biaxial2015 import N_INPUTS, Biaxial2015, Config, inputs  # noqa: E402
from stretto.networks.roll import LogitNetwork, RollBatch  # noqa: E402

pytestmark = pytest.mark.train

KNOW_WHERE_THEY_ARE = ("frame_in.weight", "place", "note_in.weight", "from_place", "step_in.weight")
"""Weights of the sparse biaxial network that tell one pitch from another by more than intervals; the last, because
the step to the lowest note of a frame is its height."""


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


def logits(net: LogitNetwork, roll: np.ndarray) -> torch.Tensor:
    """(T, P), in float64."""
    batch = RollBatch.of([roll])
    double = RollBatch(roll_BTP=batch.roll_BTP.double(), mask_BT=batch.mask_BT, index_BT=batch.index_BT)
    with torch.no_grad():
        out: torch.Tensor = net.double().eval()(double)[0]
    return out


def in_the_middle(n_pitches: int, first: int) -> np.ndarray:
    """The same music in ten neighbouring columns, `first` the lowest."""
    roll = np.zeros((6, n_pitches))
    roll[:, first : first + 10] = np.random.default_rng(0).random((6, 10)) < 0.4
    return roll


def test_transposing_the_input_transposes_the_output_as_far_as_the_note_axis_forgets() -> None:
    """It starts at the lowest pitch, so it hears the music begin later: the difference fades with the height."""
    torch.manual_seed(3)
    up, n_pitches = 12, 100  # an octave, so that what a pitch sees of the scale repeats
    net = Biaxial2015(Config(n_pitches=n_pitches, n_time=(7, 6), n_note=(5, 4)))
    net.time[0].weight_ih_l0.data[:, : 1 + 12] = 0.0
    low, high = logits(net, in_the_middle(n_pitches, 60)), logits(net, in_the_middle(n_pitches, 60 + up))
    difference_P = (high[:, up:] - low[:, :-up]).abs().amax(0)
    assert difference_P[0] > 1e-4
    assert all(difference_P[i + 12] < difference_P[i] / 10 for i in (0, 12, 24))
    assert difference_P[60:].max() < 1e-9
    assert (low[:, 60:70].max() - low[:, 60:70].min()) > 1e-3


def sparse(n_pitches: int) -> sparse_biaxial.SparseBiaxial:
    torch.manual_seed(4)
    sizes = {"n_state": 6, "n_pitch_state": 4, "n_pitch_input": 4, "n_vertical": 5, "n_scorer": 4}
    net = sparse_biaxial.SparseBiaxial(sparse_biaxial.Config(n_pitches=n_pitches, dropout=0.0, **sizes))
    for weight in net.parameters():
        weight.data += 0.3 * torch.randn_like(weight)
    return net


def silenced(net: sparse_biaxial.SparseBiaxial, names: set[str]) -> sparse_biaxial.SparseBiaxial:
    """Without the weights `names`, those of them that there are."""
    for name, weight in net.named_parameters():
        if name in names:
            weight.data.zero_()
    return net


def test_transposing_the_input_transposes_the_output_of_ours() -> None:
    """Exactly, at every pitch that is on the keyboard both times, once the weights that know a place are silent."""
    up, n_pitches = 5, 40
    net = silenced(sparse(n_pitches), {*KNOW_WHERE_THEY_ARE})
    low, high = (logits(net, in_the_middle(n_pitches, first)) for first in (12, 12 + up))
    assert torch.allclose(high[:, up:], low[:, :-up], rtol=0, atol=1e-12)
    assert not torch.allclose(high[:, :-up], low[:, :-up], atol=1e-3)


@pytest.mark.parametrize("name", KNOW_WHERE_THEY_ARE)
def test_each_weight_that_knows_a_place_alone_keeps_ours_from_transposing(name: str) -> None:
    """So nothing stands in that list that need not."""
    up, n_pitches = 5, 40
    net = silenced(sparse(n_pitches), {*KNOW_WHERE_THEY_ARE} - {name})
    assert name in dict(net.named_parameters())
    low, high = (logits(net, in_the_middle(n_pitches, first)) for first in (12, 12 + up))
    assert not torch.allclose(high[:, up:], low[:, :-up], rtol=0, atol=1e-6)
