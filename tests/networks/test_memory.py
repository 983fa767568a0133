"""What comes to mind of the past of a piece."""

from __future__ import annotations

import numpy as np
import numpy_twins as twins
import pytest

torch = pytest.importorskip("torch")

from stretto.networks.memory import Memory  # noqa: E402
from stretto.networks.roll import RollBatch  # noqa: E402
from stretto.networks.sparse_biaxial import Config, SparseBiaxial  # noqa: E402

pytestmark = pytest.mark.train
BAR = 8


def test_a_bar_that_returns_is_recalled_from_where_it_stood() -> None:
    generator = torch.Generator().manual_seed(0)
    bar_TP = (torch.rand(BAR, 12, generator=generator) < 0.3).float()
    other_TP = (torch.rand(BAR, 12, generator=generator) < 0.3).float()
    share_TSR = Memory(2).shares(torch.cat([bar_TP, other_TP, bar_TP])[None])[0]
    frame = torch.arange(2 * BAR + 2, 3 * BAR)
    assert (share_TSR[frame].argmax(1) == frame[:, None] - 2 * BAR).all()


def test_nothing_that_is_still_to_come_is_recalled_and_shares_leave_room_for_nothing() -> None:
    roll_BTP = (torch.rand(1, 3 * BAR, 12, generator=torch.Generator().manual_seed(1)) < 0.3).float()
    share_TSR = Memory(2).shares(roll_BTP)[0]
    assert share_TSR.permute(2, 0, 1).triu(0).abs().max() == 0
    assert (share_TSR.sum(1) < 1).all()


def shaken() -> Memory:
    torch.manual_seed(3)
    memory = Memory(2).double()
    for weight in memory.parameters():
        weight.data += 0.3 * torch.randn_like(weight)
    return memory


def test_memory_is_that_of_plain_loops_far_back_too() -> None:
    """Eighty frames of a bar that returns with a note changed: long runs, far lags, and the cycle come round."""
    rng = np.random.default_rng(0)
    roll = np.tile((rng.random((26, 4)) < 0.4).astype(float), (4, 1))[:80]
    roll[53] = 1 - roll[53]
    memory = shaken()
    with torch.no_grad():
        chance_TPM, trust_TR = (x[0].numpy() for x in memory(torch.from_numpy(roll)[None]))
    weights = {f"memory.{key}": value.numpy() for key, value in memory.state_dict().items()}
    for t in (1, 27, 40, 60, 79):
        assert np.allclose(twins.remembered(weights, roll, t, 0, memory)[1], trust_TR[t], rtol=0, atol=1e-9)
        for pitch in range(4):
            assert np.allclose(
                twins.remembered(weights, roll, t, pitch, memory)[0], chance_TPM[t, pitch, :2], atol=1e-9
            )


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither what is said nor what is heard."""
    torch.manual_seed(0)
    sizes = {"n_state": 6, "n_pitch_state": 4, "n_pitch_input": 4, "n_vertical": 5, "n_scorer": 4}
    net = SparseBiaxial(Config(n_pitches=5, **sizes)).double().eval()
    bar = (np.random.default_rng(1).random((7, 5)) < 0.4).astype(float)
    roll = np.tile(bar, (3, 1))[:19]

    def nats(of: np.ndarray) -> torch.Tensor:
        with torch.no_grad():
            return net.nll_per_frame(RollBatch.of([of]).to(torch.float64))[0]

    whole = nats(roll)
    monkeypatch.setattr("stretto.networks.memory.BLOCK", 4)
    assert torch.allclose(nats(roll), whole, rtol=0, atol=1e-12)
    for t in range(1, len(roll)):
        changed = roll.copy()
        changed[t:] = 1 - changed[t:]
        assert torch.allclose(nats(changed)[:t], whole[:t], rtol=0, atol=1e-12)
