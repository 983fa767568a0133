"""What comes back, and whether an asked form is there."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_staves import drawn

from stretto.evaluate.staff_form import (
    form_likeness,
    likeness_of_bars,
    returning_bars,
    returning_passages,
)
from stretto.evaluate.staff_work import StaffWork


def tune(bars: str, *, bass: str = "") -> StaffWork:
    """A bar of 2/4 a letter, each letter another pair of pitches; the bass is one note a bar, by its own letters."""
    letters = sorted(set(bars) | set(bass))
    upper = [f"{60 + 2 * i} | " + "".join("x." if b == one else ".." for b in bars) for i, one in enumerate(letters)]
    upper += [f"{80 + i} | " + "".join(".x" if b == one else ".." for b in bars) for i, one in enumerate(letters)]
    low = bass or "a" * len(bars)
    lower = [f"{30 + 2 * i} | " + "".join("x-" if b == one else ".." for b in low) for i, one in enumerate(letters)]
    return drawn("\n".join(upper), "\n".join(lower), step=24, meter="2/4")


def test_likeness_is_what_both_bars_strike() -> None:
    work = tune("aba", bass="aab")
    assert likeness_of_bars(work, melody=True)[0].tolist() == [1, 0, 1]
    assert likeness_of_bars(work, melody=False)[0] == pytest.approx([1, 2 * 1 / 6, 2 * 2 / 6])


def test_a_bar_comes_back_four_bars_later_and_not_at_once() -> None:
    assert returning_bars(tune("aaaabcde", bass="aaaabcde")) == 0
    assert returning_bars(tune("abcdabef", bass="abcdabef")) == pytest.approx(2 / 8)


def test_a_passage_that_returns_is_measured_over_its_second_half_too() -> None:
    """abcd comes back as abce: three bars of four."""
    (found,) = returning_passages(tune("abcdabce", bass="aaaaaaaa"))
    assert found.melody == pytest.approx(3 / 4)
    # Two notes above and one below: the last bar has the bass alone in common.
    assert found.whole == pytest.approx((3 + 1 / 3) / 4)


def test_what_begins_otherwise_does_not_return() -> None:
    assert returning_passages(tune("abcdebcd")) == []


def test_an_asked_form_is_there_or_not() -> None:
    same, other = form_likeness(tune("abababcd", bass="abababcd"), "AABA")
    assert (same.melody, other.melody) == pytest.approx((1 / 3, 2 / 3))
    same, other = form_likeness(tune("ababcdab", bass="ababcdab"), "AABA")
    assert (same.melody, same.whole, other.melody, other.whole) == (1, 1, 0, 0)


def test_marks_and_small_letters_make_no_difference() -> None:
    work = tune("abcdab", bass="abcdab")
    assert form_likeness(work, "ABA'") == form_likeness(work, "aba")


def test_a_form_without_returns_has_no_likeness() -> None:
    same, other = form_likeness(tune("abcd"), "AB")
    assert np.isnan(same.melody) and other.melody == 0
