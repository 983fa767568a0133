"""Music by staves: what is struck, what is given, and where moments begin."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from stretto.errors import ScoreError
from stretto.frames.canvas import Hole
from stretto.frames.echo import Echo
from stretto.frames.plan import Plan
from stretto.frames.staff_canvas import staff_canvas
from stretto.frames.staff_example import LENGTHS, asked_at, lags_at, look_back, moments, staff_example, to_beat
from stretto.frames.staff_fields import STAFF_FIELDS, staff_fields
from stretto.frames.staves import STAFF_NOTE, density, polyphony, staff_music, staves_of_score
from stretto.score.model import Meter, Part, Score

sys.path.insert(0, str(Path(__file__).parent))
from drawn_moments import plan_of, staves


def test_a_key_that_is_struck_again_ends_what_it_sounded():
    notes = np.array([(0, 48, 60, 0), (24, 24, 60, 0), (24, 12, 60, 0), (0, 48, 60, 1)], STAFF_NOTE)
    music, said = staff_music(notes, end=96, n_staves=2)
    assert music.notes.tolist() == [(0, 24, 60, 0), (0, 48, 60, 1), (24, 24, 60, 0)]
    assert [(notice.what, notice.count) for notice in said] == [
        ("notes doubled by another on the same key", 1),
        ("notes cut short by the next one on the same key", 1),
    ]


def test_music_may_have_no_notes_yet():
    music, said = staff_music(np.zeros(0, STAFF_NOTE), end=96, n_staves=2)
    assert (len(music.notes), polyphony(music), said) == (0, 0.0, ())


@pytest.mark.parametrize("note", [(0, 0, 60, 0), (90, 12, 60, 0), (0, 12, 60, 2)])
def test_a_note_of_no_length_no_staff_or_beyond_the_end_is_refused(note):
    with pytest.raises(ScoreError):
        staff_music(np.array([note], STAFF_NOTE), end=96, n_staves=2)


def test_a_piano_part_gives_two_staves_and_the_voice_is_left_out():
    notes = [
        (0, 24, 72, 0, 0, 1, 1, 0, 0),
        (0, 24, 64, 0, 1, 1, 1, 0, 0),
        (0, 48, 40, 0, 1, 5, 2, 0, 0),
        (24, 0, 62, 0, 1, 1, 1, 0, 1),
    ]
    score = Score.build(notes, [Part(), Part(n_staves=2)], meters=[Meter()])
    music, said = staves_of_score(score, [[-1], [0, 1]])
    assert music.notes.tolist() == [(0, 24, 64, 0), (0, 48, 40, 1)]
    assert [(notice.what, notice.count) for notice in said] == [("grace notes left out", 1)]


def test_density_and_polyphony_are_those_of_the_drawing():
    music = staves("67 | x.x.x.x.\n64 | x...x...", "48 | x-------")
    assert density(music) == pytest.approx(7 / 4)
    # Three notes sound in the first eighth of each half, one in the other gaps, two where the top alone strikes.
    assert polyphony(music) == pytest.approx((3 + 1 + 2 + 1) / 4)


def test_a_moment_begins_where_anything_is_struck_and_long_gaps_are_split():
    ticks, free = moments(np.array([0, 24, 24 + 96 + 7]), np.array([60]), 0, 150)
    # From 60 it is 67 to 127: no length says that, so 66 and 1; what is cut, and what follows, need strike nothing.
    assert ticks.tolist() == [0, 24, 60, 126, 127, 148]
    assert free.tolist() == [True, False, True, True, False, True]


def test_a_canvas_gives_what_begins_outside_its_holes():
    music = staves("72 | x-x-x-x-", "48 | x---x---")
    canvas = staff_canvas(music, [Hole(part=0, start=24, end=72)])
    assert canvas.given.notes[["onset", "pitch"]].tolist() == [(0, 72), (0, 48), (48, 48), (72, 72)]
    assert canvas.open_at(np.array([0, 24, 71, 72])).tolist() == [
        [False, False], [True, False], [True, False], [False, False]
    ]  # fmt: skip
    assert canvas.edges().tolist() == [0, 24, 48, 72]


def test_an_example_says_what_was_not_the_networks_to_choose():
    music = staves("72 | x-x-x-x-", "48 | x---x---")
    example = staff_example(music, plan_of(music), ("x",), canvas=staff_canvas(music, [Hole(part=0, start=24, end=72)]))
    assert example.tick_T.tolist() == [0, 24, 48, 72]
    assert [LENGTHS[i] for i in example.length_T] == [24, 24, 24, 24]
    assert example.cut_T.tolist() == [True, True, True, True]
    assert example.given is not None
    assert example.given.given_TV.tolist() == [[True, True], [False, True], [False, True], [True, True]]
    assert example.given.left_T.tolist()[:3] == [24, 24, 24]


def test_lags_follow_the_metre():
    waltz = Plan(bar_starts=(0, 72), bar_meters=("3/4", "3/4"), end=144)
    gigue = Plan(bar_starts=(0, 72), bar_meters=("6/8", "6/8"), end=144)
    at = np.array([72], np.int32)
    assert lags_at(waltz, at).tolist() == [[24, 48, 72, 144, 216, 288, 576]]
    assert lags_at(gigue, at).tolist() == [[36, 36, 72, 144, 216, 288, 576]]
    assert lags_at(Plan(), at).tolist() == [[24, 48, 96, 192, 288, 384, 768]]


def test_looking_back_finds_the_moment_that_began_then_and_how_long_it_was():
    ticks = np.array([0, 24, 36, 96], np.int32)
    found, left = look_back(ticks, 192, np.full((4, 1), 72, np.int32))
    assert found[:, 0].tolist() == [-1, -1, -1, 1]
    assert left[:, 0].tolist() == [0, 0, 0, 12]
    # At 36 a lag of 12 goes back to 24, after which the next moment is this one.
    found, left = look_back(ticks, 192, np.full((4, 1), 12, np.int32))
    assert (found[2, 0], left[2, 0]) == (1, 12)


def test_a_pickup_counts_its_beats_to_the_barline():
    plan = Plan(bar_starts=(0, 36), bar_meters=("4/4", "4/4"), pickup=36, end=132)
    assert to_beat(plan, np.array([0, 12, 36, 60], np.int32)).tolist() == [[12, 36], [24, 24], [24, 96], [24, 72]]


def test_an_echo_asks_for_what_was_struck_a_lag_ago_moved():
    music = staves("72 | x-x-....", "48 | x-------")
    asked, left = asked_at(music.notes, [Echo(part=1, start=48, end=96, lag=48, source=0, up=-12)], np.array([48, 60]))
    assert asked[["onset", "pitch", "staff"]].tolist() == [(48, 60, 1), (72, 60, 1)]
    assert left.tolist() == [24, 12]


def test_fields_tell_style_texture_and_the_bar_of_eight():
    music = staves("72 | x-------" * 1, end=96 * 10)
    plan = plan_of(music, pickup=0)
    row = dict(zip(STAFF_FIELDS, staff_fields(plan, np.array([96 * 9], np.int32), ("y", "x"))[0].tolist(), strict=True))
    assert (row["bar_of_eight"], row["period"], row["composer"]) == (2, 2, 2)
    hidden = staff_fields(plan.without("style", "texture", "meter"), np.array([0], np.int32), ("x",))[0]
    row = dict(zip(STAFF_FIELDS, hidden.tolist(), strict=True))
    assert (row["period"], row["composer"], row["density"], row["polyphony"], row["bar_of_eight"]) == (0, 0, 0, 0, 0)
