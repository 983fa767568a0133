"""Hands are parted as a pianist would part them."""

from __future__ import annotations

import numpy as np

from stretto.corpus.hand_split import split_hands
from stretto.score.model import Notes
from stretto.score.sketch import sketch


def hands(notes: Notes) -> list[int]:
    """0 = right, 1 = left, from the lowest note up at each moment in turn."""
    order = np.lexsort((notes["pitch"], notes["onset"]))
    own = notes[order]
    found: list[int] = split_hands(own["onset"], own["onset"] + own["duration"], own["pitch"]).tolist()
    return found


def test_a_melody_over_its_bass_is_two_hands() -> None:
    """Far apart, in contrary motion."""
    notes = sketch("""
        C5 | x...
        D5 | .x..
        E5 | ..xx
        C3 | x.x.
        G2 | .x.x
        """)
    assert hands(notes) == [1, 0] * 4


def test_a_chord_is_parted_where_no_hand_has_to_stretch() -> None:
    """Six notes over three octaves: three for each hand."""
    notes = sketch("""
        E5 | x-x-
        C5 | x-x-
        G4 | x-x-
        G3 | x-x-
        E3 | x-x-
        C3 | x-x-
        """)
    assert hands(notes) == [1, 1, 1, 0, 0, 0] * 2


def test_a_held_bass_keeps_its_hand() -> None:
    """While the low C sounds, its hand cannot take the G two octaves above; the other can."""
    notes = sketch("""
        C2 | x-------
        G4 | .x.x.x.x
        C5 | ..x.x.x.
        """)
    assert hands(notes) == [1] + [0] * 7


def test_a_line_that_climbs_slowly_does_not_hop_between_hands() -> None:
    """One hand follows it as long as it can."""
    scale = split_hands(np.arange(12) * 12, np.arange(12) * 12 + 12, np.arange(60, 72))
    assert np.count_nonzero(np.diff(scale)) <= 1
