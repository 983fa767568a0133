"""Score <-> frames, exact both ways."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from stretto.frames.parts import (
    HOLD,
    ONSET,
    REST,
    UNKNOWN,
    cut_at,
    frames_of_matrix,
    notes_of_parts,
    part_frames,
    score_of_parts,
)
from stretto.frames.pitches import notes_of_pitches, pitch_frames
from stretto.score.model import UNSPELLED, Meter, Part, Score


def line(part: int, *notes: tuple[int, int, int]) -> list[tuple[int, ...]]:
    """Notes (onset, duration, pitch) of one part as Score rows."""
    return [(on, length, pitch, 0, part, 1, 1, UNSPELLED, 0) for on, length, pitch in notes]


def duet(*notes: tuple[int, ...]) -> Score:
    """A score of two parts in 4/4."""
    return Score.build(notes, [Part(name="soprano"), Part(name="bass")], meters=[Meter()])


def test_a_frame_begins_where_any_part_changes() -> None:
    """Soprano half note against two bass quarters makes two frames and a rest to the bar's end."""
    frames, notices = part_frames(duet(*line(0, (0, 48, 67)), *line(1, (0, 24, 48), (24, 24, 48))))
    assert frames.tick_T.tolist() == [0, 24, 48]
    assert frames.pitch_TV.tolist() == [[67, 48], [67, 48], [REST, REST]]
    assert frames.state_TV.tolist() == [[ONSET, ONSET], [HOLD, ONSET], [HOLD, HOLD]]
    assert frames.duration_T.tolist() == [24, 24, 48]
    assert notices == ()


def test_grid_frames_count_what_they_round() -> None:
    """A triplet on a grid of sixteenths is counted, not silently moved."""
    _, notices = part_frames(duet(*line(0, (0, 8, 67), (8, 8, 69), (16, 8, 71))), step=6)
    assert [(n.what, n.count) for n in notices] == [("notes rounded to a grid of 6 ticks", 3)]


def test_a_grace_and_a_second_note_of_a_part_are_counted() -> None:
    """A part holds one note at a time; what it hides is said."""
    rows = [*line(0, (0, 24, 67), (0, 24, 64)), (24, 0, 65, 0, 0, 1, 1, UNSPELLED, 1)]
    _, notices = part_frames(duet(*rows))
    assert {n.what.split(" left")[0]: n.count for n in notices} == {
        "grace notes": 1,
        "notes under a higher one of the same part": 1,
    }


def test_repeated_rows_of_a_matrix_have_unknown_articulation() -> None:
    """jsb16 cannot tell a held note from a repeated one, and the frames say so."""
    frames = frames_of_matrix(np.array([[67.0, 48], [67, 48], [67, 50], [np.nan, 50]]), step=6)
    assert frames.tick_T.tolist() == [0, 12, 18]
    assert frames.state_TV.tolist() == [[ONSET, ONSET], [UNKNOWN, ONSET], [HOLD, UNKNOWN]]


def test_frames_are_cut_where_asked_and_hold_what_sounds() -> None:
    """The notes stay what they were, on a grid as well."""
    score = duet(*line(0, (0, 192, 67)), *line(1, (0, 192, 48)))
    frames, _ = part_frames(score)
    split = cut_at(frames, [96])
    assert split.tick_T.tolist() == [0, 96]
    assert notes_of_parts(split).tolist() == notes_of_parts(frames).tolist()
    gridded, _ = part_frames(score, step=48, cuts=[60])
    assert gridded.tick_T.tolist() == [0, 48, 60, 96, 144]
    assert notes_of_parts(gridded).tolist() == notes_of_parts(frames).tolist()
    assert cut_at(frames, [24]).state_TV.tolist() == [[ONSET, ONSET], [HOLD, HOLD]]


melodies = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 40), st.integers(30, 90)), min_size=1, max_size=12
).map(lambda gaps: _in_a_row(gaps))


def _in_a_row(gaps: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    tick, notes = 0, []
    for gap, length, pitch in gaps:
        tick += gap
        notes.append((tick, length, pitch))
        tick += length
    return notes


@given(melodies, melodies)
def test_score_to_part_frames_and_back_is_the_identity(soprano: list, bass: list) -> None:
    """Any two lines survive, repeated notes included."""
    score = duet(*line(0, *soprano), *line(1, *bass))
    frames, notices = part_frames(score)
    assert notices == ()
    again = score_of_parts(frames, score.parts, meters=score.meters, bars=score.bars)
    assert again == score


@given(melodies)
def test_score_to_pitch_frames_and_back_is_the_identity(melody: list) -> None:
    """A line of one part survives the roll."""
    score = Score.build(line(0, *melody), [Part()], meters=[Meter()])
    frames, _ = pitch_frames(score)
    assert Score.build(notes_of_pitches(frames), [Part()], meters=[Meter()]) == score


def test_a_repeated_key_is_struck_twice_in_the_roll() -> None:
    """Two quarters on one pitch do not merge into a half note."""
    score = duet(*line(0, (0, 24, 67), (24, 24, 67)))
    frames, _ = pitch_frames(score)
    assert [(n["onset"], n["duration"]) for n in notes_of_pitches(frames)] == [(0, 24), (24, 24)]


def test_a_unison_of_two_parts_is_counted() -> None:
    """On one keyboard two parts on one key are one note."""
    _, notices = pitch_frames(duet(*line(0, (0, 24, 60)), *line(1, (0, 48, 60))))
    assert [n.count for n in notices] == [1]


def test_no_note_leaves_a_grid_uncounted() -> None:
    """Three notes of one part in one cell: the first stays, two are counted; one at the very end is kept."""
    frames, notices = part_frames(duet(*line(0, (0, 6, 60), (4, 6, 62), (10, 2, 64), (188, 4, 65))), parts=[0], step=24)
    assert (frames.pitch_TV[0, 0], frames.pitch_TV[-1, 0]) == (60, 65)
    said = {notice.what: notice.count for notice in notices}
    n_kept = int((frames.state_TV[:, 0] == ONSET).sum())
    assert n_kept + said["notes left out: an earlier one of their part begins in the same 24 ticks"] == 4


@given(st.lists(st.tuples(st.integers(0, 119), st.integers(1, 60), st.integers(40, 80)), min_size=1, max_size=12))
def test_any_notes_find_a_place_on_a_grid_of_pitches(rows: list[tuple[int, int, int]]) -> None:
    """Nothing falls off the end, and every key that sounds is seen."""
    frames, _ = pitch_frames(duet(*line(0, *rows)), step=24)
    sounding = set(np.flatnonzero(frames.roll_TP.any(axis=0)).tolist())
    assert sounding == {pitch for _, _, pitch in rows}


def test_a_note_is_either_rounded_or_left_out() -> None:
    """Onsets 0, 6, 12 and 24 on quarters: two are kept and longer, two share their cells, none counts twice."""
    score = duet(*line(0, *((tick, 6, 60 + tick) for tick in (0, 6, 12, 24))))
    frames, notices = part_frames(score, parts=[0], step=24)
    assert notes_of_parts(frames)["pitch"].tolist() == [60, 72]
    assert [notice.count for notice in notices] == [2, 2]


def test_a_note_that_begins_near_the_end_begins_with_the_last_cell() -> None:
    """Onset 115 of 120 ticks rounds to the end itself, where no frame is."""
    score = Score.build(line(0, (0, 24, 60), (115, 5, 67)), [Part()], meters=[Meter()], end=120)
    for notes in (notes_of_parts(part_frames(score, step=24)[0]), notes_of_pitches(pitch_frames(score, step=24)[0])):
        assert [(n["onset"], n["duration"], n["pitch"]) for n in notes] == [(0, 24, 60), (96, 24, 67)]


@given(melodies, st.sampled_from([1, 5, 6, 24, 200]))
@example([(0, 8, 60), (8, 1, 60)], 5)
def test_every_note_of_a_grid_is_kept_or_counted(melody: list, step: int) -> None:
    """Either layout, up to the very last tick: notes kept and notes left out make up the piece."""
    score = Score.build(line(0, *melody), [Part()], meters=[Meter()], end=melody[-1][0] + melody[-1][1])
    frames, notices = part_frames(score, step=step)
    assert len(notes_of_parts(frames)) + sum(n.count for n in notices if "left out" in n.what) == len(melody)
    roll, notices = pitch_frames(score, step=step)
    assert len(notes_of_pitches(roll)) + sum(n.count for n in notices if "doubled" in n.what) == len(melody)
