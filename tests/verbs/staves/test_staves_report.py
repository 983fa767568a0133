"""What is said of texture, of room, and of wishes that are none."""

import numpy as np
import pytest

from stretto.errors import RequestError
from stretto.frames.staves import STAFF_NOTE, StaffMusic
from stretto.verbs.rules import pitch_range
from stretto.verbs.staves.ensemble import KEYBOARD
from stretto.verbs.staves.report import room_report, texture_report
from stretto.verbs.staves.request import checked_request
from stretto.verbs.staves.rules import StaffRules

TRIADS = np.array([(24 * i, 24, pitch, 0) for i in range(4) for pitch in (60, 64, 67)], STAFF_NOTE)
"""Four quarters of three notes."""


def test_a_texture_far_from_the_one_asked_for_is_said_beside_it() -> None:
    """Three notes a quarter are near four, and far from eight."""
    music = StaffMusic(notes=TRIADS, end=96, n_staves=2)
    assert texture_report(music) == "3.0 notes a quarter, 3 together at most"
    assert texture_report(music, 4.0) == "3.0 notes a quarter, 3 together at most"
    assert texture_report(music, 8.0) == "3.0 notes a quarter where 8.0 were asked for, 3 together at most"


def test_given_notes_that_fill_the_limit_are_named() -> None:
    """Beside triads three notes together leave no room, four do."""
    assert room_report(TRIADS, StaffRules(max_polyphony=4)) == []
    assert room_report(TRIADS, None) == []
    assert room_report(TRIADS, StaffRules(max_polyphony=3)) == [
        "up to 3 of the given notes sound together; --max-polyphony 3 leaves no room for new ones there"
    ]


def test_what_is_no_metre_is_not_called_a_rare_one() -> None:
    """A number alone is none; 5/4 is one that the network has not learned."""
    for meter, said in (("17", "is none; possible are"), ("5/4", "too few pieces")):
        with pytest.raises(RequestError, match=said):
            checked_request(
                KEYBOARD, style=None, key=None, meter=meter, bars=8, pickup="auto", tempo=None, density=None, seed=1
            )


def test_a_range_upside_down_is_said_to_be_so() -> None:
    """80-20 is understood, and refused."""
    with pytest.raises(RequestError, match="the lowest pitch comes first"):
        pitch_range("left hand=80-20", example="cello")
