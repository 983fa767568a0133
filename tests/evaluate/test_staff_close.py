"""How a piece of any texture ends."""

from __future__ import annotations

import pytest
from drawn_staves import drawn

from stretto.evaluate.staff_close import close_of, heard_key, shares
from stretto.evaluate.staff_work import StaffWork
from stretto.theory.key import parse_key


def ends_on(upper: str, lower: str, *, mode: str = "major") -> StaffWork:
    """Two bars of the tonic and subdominant of C, then what is drawn."""
    return drawn(
        f"""
        G4 | x-x-x-x- ........ {upper.replace("d", "x").replace("t", ".")}
        A4 | ........ x-x-x-x- ........ ........
        B4 | ........ ........ {"x-------" if "d" in upper else "........"} ........
        C5 | ........ ........ ........ {"x-------" if "t" in upper else "........"}
        E5 | ........ ........ ........ {"x-------" if "t" in upper else "........"}
        """,
        f"""
        C3 | x------- ........ ........ {"x-------" if "t" in lower else "........"}
        F3 | ........ x------- ........ ........
        G3 | ........ ........ {"x-------" if "d" in lower else "........"} {"x-------" if "f" in lower else "........"}
        """,
        tonic=0,
        mode=mode,
    )


CADENCE = ends_on("d-------t.......", "dt")


def test_dominant_and_tonic_close() -> None:
    close = close_of(CADENCE)
    assert close.closes and close.tonic_bass and close.with_third and close.settled


def test_without_its_dominant_a_tonic_does_not_close() -> None:
    close = close_of(ends_on("........t.......", "t"))
    assert close.tonic_chord and not close.from_dominant and not close.closes


def test_a_tonic_over_its_fifth_does_not_close() -> None:
    close = close_of(ends_on("d-------t.......", "df"))
    assert not close.tonic_bass and not close.closes


def test_an_end_on_the_dominant_is_open() -> None:
    close = close_of(CADENCE.opening(3))
    assert not close.tonic_chord and not close.closes


def test_a_broken_last_chord_is_one_chord() -> None:
    broken = drawn(
        """
        D5 | x---x--- ........
        B4 | x---x--- ........
        G4 | ........ ..x.....
        C5 | ........ ...x....
        E5 | ........ ....x---
        """,
        """
        G3 | x---x--- ........
        C3 | ........ x-------
        """,
        tonic=0,
        mode="major",
    )
    assert close_of(broken).closes


def test_in_another_key_the_same_notes_do_not_close() -> None:
    assert not close_of(CADENCE, parse_key("F major")).closes


def test_nothing_has_no_close() -> None:
    empty = drawn("C5 | ........", "C3 | ........")
    assert not close_of(empty).tonic_bass


def test_the_heard_key_is_that_of_the_notes() -> None:
    assert str(heard_key(CADENCE)) == "C major"


def test_shares_are_those_of_pieces() -> None:
    found = shares([close_of(CADENCE), close_of(CADENCE.opening(3))])
    assert found["closes"] == pytest.approx(0.5)
