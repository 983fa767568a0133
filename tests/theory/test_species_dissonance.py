"""What a note of a counterpoint is against its cantus firmus."""

from __future__ import annotations

import pytest
from drawn_choir import choir

from stretto.theory.species import two_lines
from stretto.theory.species_dissonance import treatments


def kinds(upper: str, lower: str, cantus: int = 1) -> list[str]:
    """Of all that is not consonant, in the order of time."""
    return [t.kind for t in treatments(two_lines(choir(upper, lower), [0, 1], cantus=cantus)) if t.kind != "consonant"]


@pytest.mark.parametrize(
    ("upper", "lower", "kind"),
    [
        ("A4:2 G4:2 A4:4", "D4:4 C4:4", "neighbour"),
        ("A4:2 G4:2 F4:4", "D4:4 D4:4", "passing"),
        ("A4:2 G4:2 E5:4", "D4:4 C4:4", "by leap"),
        ("D5:2 G4:2 F4:4", "D4:4 D4:4", "by leap"),
        ("A4:2 G4:2 G4:4", "D4:4 C4:4", "anticipation"),
        ("A4:4 G4:4 A4:4", "F4:4 D4:4 D4:4", "on the beat"),
        ("E5 D5 B4 C5 D5:4", "E4:4 F4:4", "cambiata"),
        ("E5 D5 B4 A4 G4:4", "E4:4 C4:4", "by leap"),
    ],
)
def test_a_struck_dissonance_is_named_by_how_it_is_reached_and_left(upper: str, lower: str, kind: str) -> None:
    assert kinds(upper, lower)[0] == kind


@pytest.mark.parametrize(
    ("upper", "lower", "kind"),
    [
        ("r:2 D5:4 C#5:2 D5:4", "F4:4 E4:4 D4:4", "suspension"),
        ("r:2 D5:4 E5:2 F5:4", "F4:4 E4:4 D4:4", "retardation"),
        ("r:2 D5:4 B4:2 D5:4", "F4:4 E4:4 D4:4", "unresolved"),
        ("E5:2 D5:4 C5:2", "E4:4 C4:4", "unprepared"),
        ("r:2 D5:2 D5:2 C#5:2 D5:4", "F4:4 E4:4 D4:4", "struck suspension"),
        ("r:2 D5:3 B4 C#5:2 D5:4", "F4:4 E4:4 D4:4", "ornamented suspension"),
        ("r:2 D5:3 C5:1/2 B4:1/2 C5:2 D5:4", "F4:4 E4:4 D4:4", "ornamented suspension"),
    ],
)
def test_a_tied_dissonance_is_named_by_what_comes_before_and_after(upper: str, lower: str, kind: str) -> None:
    assert [found for found in kinds(upper, lower) if found not in ("passing", "neighbour")] == [kind]


def test_below_the_cantus_firmus_a_second_opens_to_a_third() -> None:
    """The lower voice is held and goes down: 2-3; it could as well be 4-5."""
    assert kinds("F4:4 E4:4 D4:4", "r:2 D4:4 C#4:2 D4:4", cantus=0) == ["suspension"]


def test_the_resolution_is_the_note_on_the_half_and_not_the_one_before() -> None:
    """D5, C5 early, C5 in its place."""
    lines = two_lines(choir("r:2 D5:3 C#5 C#5:2 D5:4", "F4:4 E4:4 D4:4"), [0, 1], cantus=1)
    (found,) = [t for t in treatments(lines) if t.held and t.kind != "consonant"]
    assert (found.kind, found.resolution) == ("ornamented suspension", 2)


def test_a_double_neighbour_goes_round_its_note() -> None:
    """G A F G over C: the fourth above and the sixth; over E flat both are dissonant."""
    assert kinds("D5 E5 C5 D5 B4:4", "D4:4 G4:4") == ["double neighbour", "double neighbour"]
