"""Music drawn as text, for the other tests."""

from __future__ import annotations

import doctest

import pytest

from stretto.errors import ScoreReadError
from stretto.score import sketch as sketch_module
from stretto.score.model import UNSPELLED
from stretto.score.sketch import sketch


def test_repeated_pitch_is_struck_twice() -> None:
    """Two notes on one pitch do not merge into a long one."""
    notes = sketch("""
        67 | x---x---
        60 | x-------
    """)
    found = [(n["pitch"], n["onset"], n["duration"]) for n in notes]
    assert found == [(60, 0, 8), (67, 0, 4), (67, 4, 4)]


def test_names_spell_and_numbers_do_not() -> None:
    notes = sketch("""
        Bb3 | .x
        70  | x.
    """)
    assert notes["pitch"].tolist() == [70, 58]
    assert notes["fifths"].tolist() == [UNSPELLED, -2]


def test_a_step_lasts_as_many_ticks_as_asked_and_barlines_none() -> None:
    notes = sketch("60 | x-x- | x--.", step=24, part=2)
    assert notes["onset"].tolist() == [0, 48, 96]
    assert notes["duration"].tolist() == [48, 48, 72]
    assert notes["part"].tolist() == [2, 2, 2]


def test_a_hold_of_nothing_is_refused_with_its_place() -> None:
    with pytest.raises(ScoreReadError, match=r"^drawing, line 1, step 3: '\.-'; x strikes"):
        sketch("60 | x-.-")


@pytest.mark.parametrize("line", ["x---", "60 : x", "128 | x", "H4 | x"])
def test_a_line_without_a_pitch_is_refused(line: str) -> None:
    with pytest.raises(ScoreReadError, match="is no line like '67"):
        sketch(line)


def test_its_example_runs() -> None:
    assert doctest.testmod(sketch_module).failed == 0
