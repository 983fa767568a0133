"""What comes to mind of the past of a piece."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from stretto.networks.memory import Memory  # noqa: E402

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
