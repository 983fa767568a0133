"""Every network's likelihood is that of a slow twin in plain NumPy, written one frame and one pitch at a time."""

from __future__ import annotations

from functools import partial

import numpy as np
import numpy_twins as twins
import pytest

torch = pytest.importorskip("torch")

from stretto.networks import (  # noqa: E402
    biaxial2015,
    bidirectional,
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

N_PITCHES, N_FRAMES = 4, 7

SMALL_STATE = {"n_pitches": N_PITCHES, "n_state": 5}
PAIRS = {
    "feed_forward": (
        feed_forward.FeedForward(feed_forward.Config(n_pitches=N_PITCHES, n_window=3, n_hidden=6)),
        twins.feed_forward_nats,
    ),
    "elman": (elman.Elman(elman.Config(**SMALL_STATE)), partial(twins.recurrent_nats, cell="elman")),
    "gru": (gru.Gru(gru.Config(**SMALL_STATE)), partial(twins.recurrent_nats, cell="gru")),
    "lstm": (lstm.Lstm(lstm.Config(**SMALL_STATE)), partial(twins.recurrent_nats, cell="lstm")),
    "convolution": (
        convolution.Convolution(convolution.Config(n_pitches=N_PITCHES, n_channels=5, n_layers=3, n_width=2)),
        twins.convolution_nats,
    ),
    "nade": (nade.Nade(nade.Config(n_pitches=N_PITCHES, n_hidden=6)), twins.nade_nats),
    "rnn_nade": (rnn_nade.RnnNade(rnn_nade.Config(**SMALL_STATE, n_hidden=6)), twins.rnn_nade_nats),
    "biaxial2015": (
        biaxial2015.Biaxial2015(biaxial2015.Config(n_pitches=N_PITCHES, n_time=(5, 4), n_note=(4, 3))),
        twins.biaxial2015_nats,
    ),
    "bidirectional": (
        bidirectional.Bidirectional(bidirectional.Config(**SMALL_STATE, gap_frames=2, n_phases=2)),
        twins.bidirectional_nats,
    ),
    "sparse_biaxial": (
        sparse_biaxial.SparseBiaxial(
            sparse_biaxial.Config(
                **SMALL_STATE, n_pitch_state=4, n_pitch_input=3, n_vertical=5, n_scorer=4, n_index=3, n_heads=2
            )
        ),
        twins.sparse_biaxial_nats,
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_the_likelihood_is_that_of_plain_loops(name: str) -> None:
    torch.manual_seed(5)
    net, twin = PAIRS[name]
    assert isinstance(net, RollNetwork)
    net = net.double().eval()
    for weight in net.parameters():
        weight.data += 0.3 * torch.randn_like(weight)
    roll = (np.random.default_rng(2).random((N_FRAMES, N_PITCHES)) < 0.4).astype(float)
    roll[4:6] = roll[0:2]  # so that there is something to remember
    batch = RollBatch.of([roll])
    double = RollBatch(roll_BTP=batch.roll_BTP.double(), mask_BT=batch.mask_BT, index_BT=batch.index_BT)
    with torch.no_grad():
        found = net.nll_per_frame(double)[0].numpy()
    weights = {key: value.numpy() for key, value in net.state_dict().items()}
    assert np.allclose(found, twin(weights, roll, net.config), rtol=0, atol=1e-9)
