"""Dynamics beat by beat."""

import numpy as np

from stretto.frames.dynamics import (
    CRESCENDO,
    DIMINUENDO,
    GOES_ON,
    MARKS,
    Dynamics,
    InForce,
    beats_of,
    dynamics_of,
    levels_of,
)
from stretto.frames.plan import Plan

P, F, SF, FP = (MARKS.index(text) for text in ("p", "f", "sf", "fp"))


def drawn(marks: str, wedges: str) -> Dynamics:
    """A word or a dot a beat; hairpins as < > and =, which goes on with one."""
    mark_T = [MARKS.index(word if word != "." else "") for word in marks.split()]
    return Dynamics(mark_T=np.array(mark_T), wedge_T=np.array([".<>=".index(sign) for sign in wedges.split()]))


def test_beats_are_quarters_or_dotted_quarters() -> None:
    """A bar of 3/4 has three, one of 6/8 two."""
    plan = Plan(bar_starts=(0, 72), bar_meters=("3/4", "6/8"), end=144)
    assert beats_of(plan, 144).tick_T.tolist() == [0, 24, 48, 72, 108]
    assert beats_of(plan, 144).place_T.tolist() == [0, 1, 2, 0, 1]


def test_a_pickup_is_the_end_of_a_bar() -> None:
    """Of a bar and a half of 4/4 the first half has its third and fourth beat."""
    beats = beats_of(Plan(bar_starts=(0, 36), bar_meters=("4/4", "4/4"), pickup=36, end=132), 132)
    assert beats.tick_T.tolist() == [0, 12, 36, 60, 84, 108]
    assert beats.place_T.tolist() == [2, 3, 0, 1, 2, 3]


def test_marks_and_hairpins_fall_on_beats() -> None:
    """p, a crescendo over three quarters, f: words are no marks, and p again says nothing."""
    beats = beats_of(Plan(bar_starts=(0, 96), bar_meters=("4/4", "4/4"), end=192), 192)
    dynamics = [(0, "p"), (0, "dolce"), (24, "p"), (100, "f"), (144, "rfz")]
    found = dynamics_of(dynamics, [(26, 96, "crescendo")], beats)
    expected = drawn("p . . . f . sf .", ". < = = . . . .")
    assert found.mark_T.tolist() == expected.mark_T.tolist()
    assert found.wedge_T.tolist() == expected.wedge_T.tolist()
    assert found.spans == [(1, 4, CRESCENDO)]


def test_two_hairpins_in_a_row_are_two() -> None:
    """< and > meet."""
    assert drawn(". . . .", "< = > =").spans == [(0, 2, CRESCENDO), (2, 4, DIMINUENDO)]


def test_what_is_in_force_follows_the_marks() -> None:
    """After fp it is p; a sforzato changes nothing; a crescendo is told until a level is marked."""
    force = InForce().after(F, 0).after(FP, CRESCENDO)
    assert (force.level, force.wedge, force.led) == (P, CRESCENDO, CRESCENDO)
    force = force.after(SF, GOES_ON).after(0, 0)
    assert (force.level, force.wedge, force.led, force.since_mark) == (P, 0, CRESCENDO, 1)
    assert InForce(led=CRESCENDO).after(F, 0).led == 0


def test_levels_run_along_hairpins() -> None:
    """From p to f in three beats; without a mark, one step."""
    assert levels_of(drawn("p . . f .", "< = = . .")).tolist() == [2, 3, 4, 5, 5]
    assert levels_of(drawn("f . . .", "> = . .")).tolist() == [5, 4.5, 4, 4]
