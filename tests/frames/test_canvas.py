"""What is given and what is open: a note belongs where it begins."""

from __future__ import annotations

import numpy as np

from stretto.frames.canvas import ANY, FREE, GIVEN, OPEN, STRUCK, Hole, canvas_of, given_first
from stretto.frames.parts import HOLD, ONSET, REST, PartFrames


def two_parts() -> PartFrames:
    """A part that sings quarters over one that holds, then rests."""
    return PartFrames(
        tick_T=np.array([0, 24, 48, 72], np.int32),
        pitch_TV=np.array([[60, 48], [62, 48], [64, 50], [65, REST]], np.int16),
        state_TV=np.array([[ONSET, ONSET], [ONSET, HOLD], [ONSET, ONSET], [ONSET, HOLD]], np.int8),
        end=96,
    )


def test_a_note_that_begins_before_a_hole_is_given_to_its_end() -> None:
    canvas = canvas_of(two_parts(), [Hole(part=1, start=24, end=72)])
    assert canvas.frames.pitch_TV[:, 1].tolist() == [48, 48, OPEN, REST]


def test_a_note_that_begins_in_a_hole_is_open_to_its_end() -> None:
    canvas = canvas_of(two_parts(), [Hole(part=1, start=0, end=12)])
    assert canvas.frames.pitch_TV[:, 1].tolist() == [OPEN, OPEN, 50, REST]


def test_nothing_changes_on_the_canvas_inside_a_hole_of_all_parts() -> None:
    canvas = canvas_of(two_parts(), [Hole(part=p, start=0, end=96) for p in (0, 1)])
    assert canvas.frames.tick_T.tolist() == [0]
    assert canvas.left_at(np.array([0, 30], np.int32)).tolist() == [96, 66]


def test_what_is_given_of_a_frame_is_said_part_by_part() -> None:
    canvas = canvas_of(two_parts(), [Hole(part=0, start=24, end=72)])
    given_TV = canvas.given_at(np.array([0, 24, 36, 72], np.int32))
    assert given_TV.tolist() == [[GIVEN, GIVEN], [FREE, GIVEN], [FREE, GIVEN], [GIVEN, GIVEN]]


def test_a_kept_rhythm_says_when_notes_begin_and_not_which() -> None:
    canvas = canvas_of(two_parts(), [Hole(part=1, start=0, end=96, keep_rhythm=True)])
    assert canvas.frames.pitch_TV[:, 1].tolist() == [ANY, ANY, ANY, REST]
    given_TV = canvas.given_at(np.array([0, 12, 24, 48, 72], np.int32))
    assert given_TV[:, 1].tolist() == [STRUCK, GIVEN, GIVEN, STRUCK, GIVEN]


def test_given_parts_are_decided_first_in_their_usual_order() -> None:
    assert given_first((2, 1), (0, 3, 1, 2)) == (1, 2, 0, 3)
