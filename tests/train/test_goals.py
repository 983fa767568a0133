"""Goals are read from the notes, and told along the way to them."""

from __future__ import annotations

import numpy as np

from stretto.corpus.piece import Piece
from stretto.frames.parts import HOLD, ONSET, PartFrames
from stretto.frames.plan import FIELD_NAMES, Plan, goal_code, goal_root, nearness_table
from stretto.theory.cadence import KINDS
from stretto.train.goals import with_goals

CHORDS = ((72, 67, 64, 48), (71, 67, 62, 55), (74, 71, 65, 55), (72, 67, 64, 48))
"""C, G; G7, C."""


def piece(**plan: object) -> Piece:
    """Two phrases of two chords, a quarter each."""
    pitch = np.array(CHORDS, np.int16)
    moved = np.diff(pitch, axis=0, prepend=np.int16(-9)) != 0
    frames = PartFrames(
        tick_T=np.arange(0, 96, 24, dtype=np.int32),
        pitch_TV=pitch,
        state_TV=np.where(moved, ONSET, HOLD).astype(np.int8),
        end=96,
    )
    return Piece(name="x", work="x", frames=frames, plan=Plan(tonic=0, mode="major", **plan))


def test_each_phrase_has_its_chord_and_cadence() -> None:
    """A half close on the dominant, then a full close on the tonic."""
    found = with_goals([piece(phrase_ends=(24, 72))])[0].plan
    assert found.goals == (goal_code(7, minor=False), goal_code(0, minor=False))
    assert [KINDS[close - 1] for close in found.closes] == ["half", "perfect authentic"]


def test_without_phrases_there_are_no_goals() -> None:
    """Nor are they known once the phrases are hidden."""
    assert with_goals([piece()])[0].plan.goals == ()
    hidden = with_goals([piece(phrase_ends=(24, 72))])[0].plan.without("phrase")
    assert hidden.goals == hidden.closes == ()
    assert not hidden.fields_at(np.array([0, 24], np.int32))[:, FIELD_NAMES.index("goal")].any()


def test_the_goal_is_told_up_to_its_chord_and_the_next_one_after() -> None:
    """At 24 the first phrase ends; at 48 the second is under way."""
    plan = with_goals([piece(phrase_ends=(24, 72))])[0].plan
    told = plan.fields_at(np.array([0, 24, 48, 72, 90], np.int32))
    dominant, tonic = plan.goals
    assert told[:, FIELD_NAMES.index("goal")].tolist() == [dominant, dominant, tonic, tonic, tonic]
    near = [nearness_table()[value] for value in told[:, FIELD_NAMES.index("to_phrase")].tolist()]
    assert near == [1, 0, 1, 0, 4]


def test_a_goal_says_root_and_mode() -> None:
    """Codes and back."""
    for degree in range(12):
        for minor in (False, True):
            code = goal_code(degree, minor=minor)
            assert 1 <= code <= 24 and goal_root(code) == degree and (code - 1) % 2 == minor
