"""What is written into given music is chosen among versions by its errors of part-writing, the joint's too."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import stretto
from stretto.check.library import check
from stretto.frames.canvas import Hole, canvas_of
from stretto.frames.parts import ONSET, PartFrames, notes_of_parts
from stretto.frames.plan import Plan
from stretto.theory.key import tonality
from stretto.verbs import phrasewise
from stretto.verbs.faults import n_errors, with_what_follows
from stretto.verbs.fill import stages

QUARTER = 24
PLAN = Plan(end=4 * QUARTER, tonic=0, mode="major", bar_starts=(0,), bar_meters=("4/4",), phrase_ends=())

# Soprano, alto, tenor, bass: C, C, d, d in major, with fifths between soprano and bass where the third chord comes.
CHORDS = [(67, 64, 60, 48), (67, 64, 60, 48), (69, 65, 62, 50), (69, 65, 62, 50)]


def chords(pitches: list[tuple[int, ...]]) -> PartFrames:
    """One chord a beat, all struck."""
    pitch_TV = np.array(pitches, np.int16)
    return PartFrames(
        tick_T=np.arange(len(pitches), dtype=np.int32) * QUARTER,
        pitch_TV=pitch_TV,
        state_TV=np.full(pitch_TV.shape, ONSET, np.int8),
        end=len(pitches) * QUARTER,
    )


def first(frames: PartFrames, beats: int) -> PartFrames:
    """What has been drawn when so many beats are."""
    return replace(frames.window(0, beats), end=beats * QUARTER)


def test_an_error_at_the_joint_is_heard_with_what_follows() -> None:
    whole, key = chords(CHORDS), tonality(0, "major")
    canvas = canvas_of(whole, [Hole(part=part, start=0, end=2 * QUARTER) for part in range(4)])
    drawn = first(whole, 2)
    assert n_errors(drawn, PLAN, key) == 0
    assert n_errors(with_what_follows(drawn, canvas), PLAN, key) == n_errors(whole, PLAN, key) > 0


def test_what_follows_is_taken_as_far_as_it_is_given() -> None:
    whole = chords(CHORDS)
    drawn = first(whole, 1)
    holes = [Hole(part=1, start=0, end=QUARTER), Hole(part=1, start=2 * QUARTER, end=3 * QUARTER)]
    heard = with_what_follows(drawn, canvas_of(whole, holes))
    assert heard.end == 2 * QUARTER
    assert heard.pitch_TV.tolist() == [list(chord) for chord in CHORDS[:2]]


def test_over_a_gap_that_is_still_open_nothing_is_joined() -> None:
    """A phrase ends a beat before the hole does: its last chord is not heard as long as if nothing came between."""
    whole = chords(CHORDS)
    canvas = canvas_of(whole, [Hole(part=part, start=QUARTER, end=3 * QUARTER) for part in range(4)])
    drawn = first(whole, 2)
    assert with_what_follows(drawn, canvas) is drawn


def test_what_is_given_and_sounds_on_where_the_drawing_stands_is_joined() -> None:
    """Nothing begins at that tick: the third chord, which is given, is half over."""
    whole = chords(CHORDS)
    canvas = canvas_of(whole, [Hole(part=part, start=0, end=2 * QUARTER) for part in range(4)])
    drawn = replace(first(whole, 3), end=2 * QUARTER + QUARTER // 2)
    heard = with_what_follows(drawn, canvas)
    assert heard.end == 4 * QUARTER
    assert notes_of_parts(heard).tolist() == notes_of_parts(whole).tolist()


def test_where_the_piece_ends_nothing_follows() -> None:
    whole = chords(CHORDS)
    canvas = canvas_of(whole, [Hole(part=0, start=2 * QUARTER, end=4 * QUARTER)])
    assert with_what_follows(whole, canvas) is whole


def test_a_phrase_that_ends_just_before_the_hole_does_is_drawn_with_what_leads_on() -> None:
    """Of the one beat between them all versions are alike, and so are their errors at the joint."""
    whole = chords(CHORDS * 4)
    canvas = canvas_of(whole, [Hole(part=part, start=4 * QUARTER, end=12 * QUARTER) for part in range(4)])
    for last, expected in ((10, [7, 12]), (9, [7, 10, 12]), (8, [7, 9, 12])):
        plan = replace(PLAN, end=16 * QUARTER, phrase_ends=(6 * QUARTER, last * QUARTER, 15 * QUARTER))
        assert stages(canvas, plan) == [beat * QUARTER for beat in expected]


@pytest.mark.parametrize("counted", [True, False])
def test_new_voices_and_new_bars_have_hardly_an_error(counted: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = [stretto.compose(bars=6, seed=seed).score for seed in range(4)]
    if not counted:
        monkeypatch.setattr(phrasewise, "n_errors", lambda *_: 0)
    added = 0
    for piece in pieces:
        added += check(stretto.harmonize(piece, keep=["soprano"], seed=3).score).n_errors
        added += check(stretto.infill(piece, bars="3-4", seed=3).score).n_errors - check(piece).n_errors
    assert (added <= 2) == counted
