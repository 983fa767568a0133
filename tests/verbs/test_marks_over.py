"""What hangs on a note that is written anew goes over to the new one, where it suits it."""

from __future__ import annotations

import pytest

from stretto.score.model import Mark, Part, Score
from stretto.verbs.marks import marks_over

OLD = ((0, 24, 67), (24, 24, 69), (48, 48, 71))
"""Onset, duration, pitch: the first stays, the others are written anew."""


def score(*marks: Mark) -> Score:
    notes = [(onset, length, pitch, 0, 0, 1, 1, 127, 0) for onset, length, pitch in OLD]
    return Score.build(notes, [Part()], marks=marks)


def left(mark: Mark, *new: tuple[int, int, int]) -> list[tuple[int, int]]:
    """Tick and pitch of what is left of a mark, where these notes stand for the last two."""
    piece = score(mark)
    fresh = Score.build([(t, length, pitch, 0, 0, 1, 1, 127, 0) for t, length, pitch in new], [Part()]).notes
    return [(m.tick, m.pitch) for m in marks_over(piece, piece.notes["onset"] >= 24, fresh)]


def on(kind: str, tick: int, text: str = "", **more: int) -> Mark:
    pitch = {onset: pitch for onset, _, pitch in OLD}[tick]
    return Mark(kind=kind, tick=tick, text=text, part=0, pitch=pitch, **more)


SAME_LENGTH, SHORTER, ELSEWHERE = (24, 24, 72), (24, 12, 72), (36, 12, 72)


@pytest.mark.parametrize(
    ("mark", "new", "found"),
    [
        (on("lyric", 24, "la"), SAME_LENGTH, [(24, 72)]),
        (on("lyric", 24, "la"), SHORTER, [(24, 72)]),
        (on("lyric", 24, "la"), ELSEWHERE, []),
        (on("articulation", 24, "staccato"), SAME_LENGTH, [(24, 72)]),
        (on("articulation", 24, "staccato"), SHORTER, []),
        (on("technical", 24, "up-bow"), SAME_LENGTH, [(24, 72)]),
        (on("technical", 24, "fingering:3"), SAME_LENGTH, []),
        (on("fermata", 24), SAME_LENGTH, []),
        (on("articulation", 24, "accent", grace=1), SAME_LENGTH, []),
        (on("lyric", 0, "la"), ELSEWHERE, [(0, 67)]),
        (Mark(kind="dynamic", tick=24, text="p", part=0), ELSEWHERE, [(24, -1)]),
    ],
)
def test_a_sign_goes_over_to_a_note_that_it_suits(
    mark: Mark, new: tuple[int, int, int], found: list[tuple[int, int]]
) -> None:
    assert left(mark, new) == found


def test_a_slur_stays_where_notes_begin_at_both_its_ends() -> None:
    slur = on("slur", 0, end=48, end_pitch=71)
    piece = score(slur)
    fresh = Score.build([(48, 48, 74, 0, 0, 1, 1, 127, 0)], [Part()]).notes
    (stays,) = marks_over(piece, piece.notes["onset"] >= 24, fresh)
    assert (stays.pitch, stays.end_pitch) == (67, 74)
    assert left(slur, (24, 72, 72)) == []


@pytest.mark.parametrize(("new_onset", "ends"), [(48, [64]), (60, [])])
def test_a_slur_into_another_line_ends_on_its_new_note_or_goes(new_onset: int, ends: list[int]) -> None:
    """A pianist's slur leads from the upper line into the lower, of which a note is written anew."""
    notes = [(0, 48, 67, 0, 0, 1, 1, 127, 0), (48, 48, 69, 0, 0, 1, 1, 127, 0), (48, 24, 62, 0, 1, 2, 1, 127, 0)]
    slur = Mark(kind="slur", tick=0, part=0, voice=1, staff=1, pitch=67, end=48, end_pitch=62)
    piece = Score.build(notes, [Part(), Part()], marks=[slur])
    fresh = Score.build([(new_onset, 12, 64, 0, 1, 2, 1, 127, 0)], [Part(), Part()]).notes
    assert [mark.end_pitch for mark in marks_over(piece, piece.notes["part"] == 1, fresh)] == ends
