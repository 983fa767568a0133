"""The audit finds networks that know too much, and passes those that do not."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch.nn import functional  # noqa: E402

from stretto.bench.audit import leak_of, leak_of_parts  # noqa: E402
from stretto.frames.example import example_of  # noqa: E402
from stretto.frames.parts import frames_of_matrix  # noqa: E402
from stretto.frames.plan import Plan  # noqa: E402
from stretto.networks import flagship, gru, rnn_nade, sparse_biaxial  # noqa: E402
from stretto.networks.batch import Batch  # noqa: E402
from stretto.networks.roll import RollBatch  # noqa: E402

pytestmark = pytest.mark.train

MUSIC = (np.random.default_rng(0).random((20, 12)) < 0.3).astype(np.uint8)


class HearsTheFuture(gru.Gru):
    """The frame itself stands where the frame before should."""

    def forward(self, batch: RollBatch) -> torch.Tensor:
        return self.chance(self.past(functional.pad(batch.roll_BTP, (0, 0, 0, 1))[:, 1:]))


class HearsItself(rnn_nade.RnnNade):
    def forward(self, batch: RollBatch) -> torch.Tensor:
        return super().forward(batch) + batch.roll_BTP


@pytest.mark.parametrize(
    "net",
    [
        gru.Gru(gru.Config(n_pitches=12)),
        rnn_nade.RnnNade(rnn_nade.Config(n_pitches=12)),
        sparse_biaxial.SparseBiaxial(sparse_biaxial.Config(n_pitches=12)),
    ],
)
def test_honest_networks_pass(net) -> None:
    assert leak_of(net, MUSIC, np.random.default_rng(1)) is None


def test_who_hears_the_future_is_found() -> None:
    torch.manual_seed(0)
    found = leak_of(HearsTheFuture(gru.Config(n_pitches=12)), MUSIC, np.random.default_rng(1))
    assert found is not None and "hear what follows" in found


def test_who_hears_itself_is_found() -> None:
    torch.manual_seed(0)
    found = leak_of(HearsItself(rnn_nade.Config(n_pitches=12)), MUSIC, np.random.default_rng(1))
    assert found is not None and "hears itself" in found


class HearsTheNextVoice(flagship.Flagship):
    def forward(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        parts, length = super().forward(batch)
        return parts + 0.01 * batch.pitch_BTV.roll(1, dims=2), length


@pytest.mark.parametrize(("made", "honest"), [(flagship.Flagship, True), (HearsTheNextVoice, False)])
def test_voices_are_audited_too(made: type[flagship.Flagship], honest: bool) -> None:
    torch.manual_seed(0)
    net = made(flagship.Config(durations=(6, 12), n_recalls=2, n_state=8, n_pitch_state=6, n_vertical=8))
    matrix = np.random.default_rng(0).integers(55, 60, (16, 4)).astype(float)
    example = example_of(frames_of_matrix(np.concatenate([matrix, matrix]), step=6), Plan(index_known=True), (6, 12))
    found = leak_of_parts(net, example, np.random.default_rng(1))
    assert (found is None) == honest
