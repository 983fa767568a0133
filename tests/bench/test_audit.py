"""The audit finds networks that know too much, and passes those that do not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch.nn import functional  # noqa: E402

from stretto.bench.audit import leak_of, leak_of_parts  # noqa: E402
from stretto.frames.example import example_of  # noqa: E402
from stretto.frames.parts import HOLD, UNKNOWN, frames_of_matrix  # noqa: E402
from stretto.frames.plan import Plan  # noqa: E402
from stretto.networks import (  # noqa: E402
    bidirectional,
    flagship,
    gru,
    memory,
    rbm,
    rnn_nade,
    rnn_rbm,
    sparse_biaxial,
)
from stretto.networks.batch import Batch  # noqa: E402
from stretto.networks.roll import RollBatch, RollNetwork  # noqa: E402

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
        bidirectional.Bidirectional(bidirectional.Config(n_pitches=12)),
        rnn_rbm.RnnRbm(rnn_rbm.Config(n_pitches=12)),
        rbm.Rbm(rbm.Config(n_pitches=12)),
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


class HearsItsGap(bidirectional.Bidirectional):
    def forward(self, batch: RollBatch, open_BT: torch.Tensor) -> torch.Tensor:
        return super().forward(batch, open_BT) + 0.01 * batch.roll_BTP


class SetByTheFrameItself(rnn_rbm.RnnRbm):
    def biases(self, roll_BTP: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        visible, hidden = super().biases(roll_BTP)
        return visible + 0.01 * roll_BTP, hidden


def test_who_hears_its_gap_or_is_set_by_the_frame_itself_is_found() -> None:
    torch.manual_seed(0)
    gaps = leak_of(HearsItsGap(bidirectional.Config(n_pitches=12)), MUSIC, np.random.default_rng(1))
    assert gaps is not None and "gap at frame 0" in gaps
    found = leak_of(SetByTheFrameItself(rnn_rbm.Config(n_pitches=12)), MUSIC, np.random.default_rng(1))
    assert found is not None and "foretell" in found


def test_a_memory_that_looks_ahead_in_its_second_block_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    honest = memory.Memory._weights

    def peeking(self, roll_BTP: torch.Tensor, first: int, end: int) -> torch.Tensor:
        weight = honest(self, roll_BTP, first, end)
        return weight.nan_to_num(neginf=0.0) if first else weight

    monkeypatch.setattr(memory.Memory, "_weights", peeking)
    net = sparse_biaxial.SparseBiaxial(sparse_biaxial.Config(n_pitches=12))
    found = leak_of(net, np.concatenate([MUSIC, MUSIC]), np.random.default_rng(1))
    assert found is not None and "hear what follows" in found


class KnowsTheLength(gru.Gru):
    def forward(self, batch: RollBatch) -> torch.Tensor:
        return super().forward(batch) + 0.001 * batch.mask_BT.sum(1)[:, None, None]


class HearsItselfInCompany(gru.Gru):
    def forward(self, batch: RollBatch) -> torch.Tensor:
        return super().forward(batch) + batch.roll_BTP * (len(batch.roll_BTP) > 1 and batch.roll_BTP.shape[1] > 48)


class HearsOnePitch(gru.Gru):
    def forward(self, batch: RollBatch) -> torch.Tensor:
        logit = super().forward(batch).clone()
        logit[..., 7] = logit[..., 7] + batch.roll_BTP[..., 7]
        return logit


class CountsATenth(gru.Gru):
    def nll_per_frame(self, batch: RollBatch) -> torch.Tensor:
        return 0.1 * super().nll_per_frame(batch)


class SaysNothing(gru.Gru):
    def forward(self, batch: RollBatch) -> torch.Tensor:
        return super().forward(batch) * torch.nan


@pytest.mark.parametrize("made", [KnowsTheLength, HearsItselfInCompany, HearsOnePitch, CountsATenth, SaysNothing])
def test_cheats_of_many_kinds_are_found(made: type[gru.Gru]) -> None:
    torch.manual_seed(0)
    assert leak_of(made(gru.Config(n_pitches=12)), MUSIC, np.random.default_rng(1)) is not None


class IsSureOfEverything(RollNetwork):
    """It gives no chances of single pitches, and finds all music likely."""

    n_pitches = 12

    def nll_per_frame(self, batch: RollBatch) -> torch.Tensor:
        return torch.full_like(batch.roll_BTP[..., 0], 0.05)

    def sample(self, n_frames: int, generator: torch.Generator, *, opening: torch.Tensor | None = None) -> torch.Tensor:
        raise NotImplementedError


def test_chances_of_all_chords_that_are_more_than_one_are_found() -> None:
    found = leak_of(IsSureOfEverything(), MUSIC, np.random.default_rng(1))
    assert found is not None and "add up to" in found


class HearsTheNextVoice(flagship.Flagship):
    def forward(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        parts, length = super().forward(batch)
        return parts + 0.01 * batch.pitch_BTV.roll(1, dims=2), length


class HearsHowItIsStruck(flagship.Flagship):
    def forward(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        parts, length = super().forward(batch)
        return parts + 0.01 * batch.state_BTV.roll(1, dims=2), length


class HearsTheLength(flagship.Flagship):
    def forward(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        parts, length = super().forward(batch)
        return parts + 0.01 * batch.length_BT[..., None], length


class IsTooSure(flagship.Flagship):
    def forward(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        parts, length = super().forward(batch)
        return 0.1 * parts, length


class SeesThePieceEnd(flagship.Flagship):
    def forward(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        parts, length = super().forward(batch)
        return parts, length - 0.001 * batch.length_BT.shape[1]


CHEATS = [HearsTheNextVoice, HearsHowItIsStruck, HearsTheLength, IsTooSure, SeesThePieceEnd]


@pytest.mark.parametrize("made", [flagship.Flagship, *CHEATS])
@pytest.mark.parametrize("unknown", [False, True])
def test_voices_are_audited_too(made: type[flagship.Flagship], unknown: bool) -> None:
    torch.manual_seed(0)
    net = made(flagship.Config(lowest=52, n_pitches=12, durations=(6, 12), n_recalls=2, n_state=8, n_vertical=8))
    matrix = np.random.default_rng(0).integers(55, 60, (16, 4)).astype(float)
    frames = frames_of_matrix(np.concatenate([matrix, matrix]), step=6)
    if not unknown:
        frames = replace(frames, state_TV=np.where(frames.state_TV == UNKNOWN, HOLD, frames.state_TV))
    example = example_of(frames, Plan(index_known=True), (6, 12))
    found = leak_of_parts(net, example, np.random.default_rng(1))
    assert (found is None) == (made is flagship.Flagship), found
