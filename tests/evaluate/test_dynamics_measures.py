"""How planned dynamics are measured."""

import numpy as np
import pytest

from stretto.evaluate.dynamics import Tables, habits, likeness
from stretto.frames.dynamics import CRESCENDO, GOES_ON, MARKS, Dynamics

P, F = MARKS.index("p"), MARKS.index("f")


def piece(marks: list[int], wedges: list[int]) -> Dynamics:
    """Of some beats."""
    return Dynamics(mark_T=np.array(marks), wedge_T=np.array(wedges))


def test_a_table_of_what_always_follows_is_nearly_sure() -> None:
    """p and f alternate every beat: a chain knows, a blind count does not."""
    pieces = [piece([P, F] * 200, [0] * 400)]
    chain, blind = (Tables.count(pieces, order=order) for order in (1, 0))
    assert chain.nats(pieces[0])[0] / 400 < 0.05
    assert blind.nats(pieces[0])[0] / 400 == pytest.approx(np.log(2), abs=0.1)


def test_chances_of_a_table_sum_to_one_and_nothing_goes_on_from_nothing() -> None:
    """In both kinds."""
    pieces = [piece([P, 0, F], [CRESCENDO, GOES_ON, 0])]
    for order in (0, 1):
        tables = Tables.count(pieces, order=order)
        assert tables.mark.sum(-1) == pytest.approx(1)
        assert tables.wedge.sum(-1) == pytest.approx(1)
        assert not tables.wedge[0, :, GOES_ON].any()


def test_likeness_is_one_where_the_levels_are_the_same() -> None:
    """And a plan that is always mf is as far as the levels are from mf."""
    real = [np.array([2.0, 2.0, 5.0, 5.0]), np.array([3.0, 3.0])]
    found = likeness(real, real)
    assert (found.correlation, found.within, found.error) == (pytest.approx(1), pytest.approx(1), 0)
    assert found.error_of_mf == pytest.approx((2 + 2 + 1 + 1 + 1 + 1) / 6)
    assert likeness([np.full(4, 4.0)], real[:1]).correlation == 0


def test_habits_are_counted() -> None:
    """Two bars of two beats: one mark each, a hairpin of one beat."""
    found = habits([piece([P, 0, F, 0], [0, CRESCENDO, 0, 0])], n_bars=2)
    assert (found.marks_per_bar, found.hairpins_per_bar, found.hairpin_beats) == (1, 0.5, 1)
    assert found.level_shares == {"pp": 0, "p": 0.5, "mp": 0, "mf": 0, "f": 0.5, "ff": 0}
    assert found.opening_shares["p"] == 1
