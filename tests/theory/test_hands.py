"""Two hands that share the notes of a piano."""

from __future__ import annotations

import numpy as np

from stretto.frames.staves import STAFF_NOTE, staff_music
from stretto.score.model import Notes
from stretto.score.sketch import sketch
from stretto.theory.hands import split_hands, too_wide


def hands(notes: Notes) -> list[tuple[int, int, int]]:
    """(onset, pitch, hand), sorted."""
    hand_N = split_hands(*(notes[name].astype(np.int64) for name in ("onset", "duration", "pitch")))
    return sorted(zip(notes["onset"].tolist(), notes["pitch"].tolist(), hand_N.tolist(), strict=True))


def in_order(notes: Notes) -> list[int]:
    """The hand of each note, from the lowest up at each moment in turn."""
    return [hand for _, _, hand in hands(notes)]


def test_a_melody_that_dips_below_middle_c_stays_in_the_right_hand() -> None:
    notes = sketch(
        """
        67 | x---............
        64 | ....x---........
        60 | ........x---....
        57 | ............x---
        43 | x-------........
        40 | ........x-------
    """,
        step=6,
    )
    assert {hand for _, pitch, hand in hands(notes) if pitch >= 57} == {0}
    assert {hand for _, pitch, hand in hands(notes) if pitch <= 43} == {1}


def test_the_left_hand_plays_above_middle_c_where_the_right_is_higher_still() -> None:
    notes = sketch(
        """
        88 | x---
        84 | x---
        64 | x---
        60 | x---
    """,
        step=6,
    )
    assert [hand for _, _, hand in hands(notes)] == [1, 1, 0, 0]


def test_no_hand_is_asked_for_more_than_a_tenth_where_two_can_share() -> None:
    """Six notes over three octaves: the gap below C5 is the widest, and yet a hand from C3 to A4 reaches too far."""
    notes = sketch(
        """
        79 | x-
        76 | x-
        69 | x-
        64 | x-
        52 | x-
        48 | x-
    """,
        step=24,
    )
    for hand in (0, 1):
        own = [pitch for _, pitch, other in hands(notes) if other == hand]
        assert max(own) - min(own) <= 16


def test_what_is_held_counts_for_the_reach() -> None:
    """The left hand holds C2: the tenor notes above are for the right."""
    notes = sketch(
        """
        60 | ..x-x-
        57 | ..x-x-
        36 | x-----
    """,
        step=12,
    )
    assert hands(notes)[0] == (0, 36, 1)
    assert {hand for _, pitch, hand in hands(notes) if pitch > 36} == {0}


def test_the_order_of_the_notes_does_not_matter() -> None:
    notes = sketch(
        """
        72 | x-x-
        55 | x-x-
        40 | x---
    """,
        step=12,
    )
    mixed = notes[[4, 0, 2, 1, 3]]
    assert hands(mixed) == hands(notes)


def test_no_notes_have_no_hands() -> None:
    empty = np.zeros(0, np.int64)
    assert split_hands(empty, empty, empty).tolist() == []


def test_chords_beyond_a_tenth_are_named_with_their_place() -> None:
    rows = [(0, 24, 60, 0), (0, 24, 77, 0), (24, 24, 36, 1), (24, 24, 52, 1), (48, 24, 36, 1), (60, 12, 60, 1)]
    music, _ = staff_music(np.array(rows, STAFF_NOTE), end=96, n_staves=2)
    assert [(s.tick, s.staff, s.span) for s in too_wide(music)] == [(0, 0, 17)]
    assert [(s.tick, s.staff) for s in too_wide(music, reach=12)] == [(0, 0), (24, 1)]


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
    assert in_order(notes) == [1, 1, 1, 0, 0, 0] * 2


def test_a_held_bass_keeps_its_hand() -> None:
    """While the low C sounds, its hand cannot take the G two octaves above; the other can."""
    notes = sketch("""
        C2 | x-------
        G4 | .x.x.x.x
        C5 | ..x.x.x.
        """)
    assert in_order(notes) == [1] + [0] * 7


def test_a_line_that_climbs_slowly_does_not_hop_between_hands() -> None:
    """One hand follows it as long as it can."""
    scale = split_hands(np.arange(12) * 12, np.full(12, 12), np.arange(60, 72))
    assert np.count_nonzero(np.diff(scale)) <= 1
