"""Cadences by the names that musicians use, in the local key."""

from __future__ import annotations

import pytest
from drawn_choir import choir

from stretto.theory.cadence import KINDS, NAME_OF_KIND, NAMES, cadences_of

CLOSES = {
    "authentic": ("E4 D4 C4:2", "C4 B3 G3:2", "G3 F3 E3:2", "C3 G2 C3:2"),
    "half": ("E4 C4 B3:2", "C4 A3 G3:2", "G3 F3 D3:2", "C3 F2 G2:2"),
    "plagal": ("E4 F4 E4:2", "C4 C4 C4:2", "G3 A3 G3:2", "C3 F2 C3:2"),
    "deceptive": ("E4 D4 C4:2", "C4 B3 C4:2", "G3 G3 E3:2", "C3 G2 A2:2"),
}


def names(*lines: str, key: str) -> list[tuple[str, bool]]:
    return [(c.name, c.six_four) for c in cadences_of(choir(*lines, key=key))]


@pytest.mark.parametrize("name", CLOSES)
def test_cadences_have_their_names(name: str) -> None:
    assert names(*CLOSES[name], key="C major") == [(name, False)]


def test_a_phrygian_cadence_is_a_half_one_with_a_falling_semitone_in_the_bass() -> None:
    """iv6 - V in A minor; its kind stays what it was for networks that learned the kinds."""
    (close,) = cadences_of(choir("C5 D5 E5:2", "A4 A4 G#4:2", "E4 D4 B3:2", "A3 F3 E3:2", key="A minor"))
    assert close.name == "phrygian" and close.cadence.kind == "half" and close.cadence.phrygian
    (plain,) = cadences_of(choir("C5 D5 B4:2", "A4 A4 G#4:2", "E4 F4 E4:2", "A3 D3 E3:2", key="A minor"))
    assert plain.name == "half" and not plain.cadence.phrygian


def test_a_six_four_before_the_dominant_is_seen_through() -> None:
    """IV I64 V I is authentic; IV I64 V is half, and comes from IV."""
    whole = ("C5 C5 B4 C5:2", "A4 G4 G4 G4:2", "F4 E4 D4 E4:2", "F3 G3 G3 C3:2")
    assert names(*whole, key="C major") == [("authentic", True)]
    (half,) = cadences_of(choir("E5 C5 C5 B4:2", "G4 A4 G4 G4:2", "C4 F4 E4 D4:2", "C3 F3 G3 G3:2", key="C major"))
    assert half.name == "half" and half.six_four and half.cadence.before is not None
    assert half.cadence.before.root == 5


def test_every_kind_has_a_name() -> None:
    assert set(NAME_OF_KIND) == set(KINDS) and set(NAME_OF_KIND.values()) | {"phrygian"} == set(NAMES)
