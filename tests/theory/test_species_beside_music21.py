"""Intervals and motions beside music21: what differs, differs for a reason that is written down."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
import theory_species


def test_every_difference_from_music21_has_its_reason() -> None:
    """Names, consonance, motion, parallel and direct fifths and octaves of random notes."""
    asked, differ = theory_species.compared(1500)
    assert set(asked.values()) == {1500}
    assert set(differ) <= set(theory_species.REASONS)
    assert sum(differ.values()) < 0.02 * sum(asked.values())


def test_names_and_consonance_agree_but_for_a_falling_chromatic_semitone() -> None:
    _, differ = theory_species.compared(1500, seed=2)
    assert {key for key in differ if key[0] in ("name", "consonance", "motion")} <= {("name", "A1", "d1")}
