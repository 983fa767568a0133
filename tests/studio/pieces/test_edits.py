"""Edits of notes: what is named changes, all else stays, and every edit can be taken back."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

pytest.importorskip("fastapi", reason="needs pip install -e '.[studio]'")

from stretto.errors import RequestError, ScoreError
from stretto.score.model import NOTE, Bar, Mark, Meter, Part, Score
from stretto.score.musicxml_write import write_musicxml
from stretto.score.sketch import sketch
from stretto.studio.pieces import edits
from stretto.studio.pieces.documents import Document, document_of, view_of
from stretto.studio.pieces.edits import Add, Delete, Edit, Move, Resize, apply_edits

sys.path.insert(0, str(Path(__file__).parents[2] / "score"))
from made_scores import any_scores


def tune(*marks: Mark) -> Document:
    """Two bars of quarters up a scale, and a bass in halves."""
    notes = np.concatenate([
        sketch("""
            C4 | x....... ........
            D4 | .x...... ........
            E4 | ..x..... ........
            F4 | ...x.... ........
            G4 | ....x--- ........
        """.replace(" ........", ""), step=24),
        sketch("C3 | x---x---", step=24, part=1),
    ])  # fmt: skip
    bars = (Bar(tick=0, number=1), Bar(tick=96, number=2, barline="final"))
    return document_of(
        Score.build(notes, [Part(name="Tune"), Part(name="Bass")], end=192, bars=bars, meters=[Meter()], marks=marks)
    )


def hung(document: Document, index: int, kind: str = "lyric", **rest: object) -> Mark:
    """A mark on a note of a document."""
    note = document.score.notes[index]
    place = {name: int(note[name]) for name in ("part", "voice", "staff", "pitch", "grace")}
    return Mark(kind=kind, tick=int(note["onset"]), **{**place, **rest})  # type: ignore[arg-type]


def at(document: Document, onset: int, part: int = 0) -> int:
    """The number of the note that begins there."""
    notes = document.score.notes
    return int(document.ids_N[(notes["onset"] == onset) & (notes["part"] == part)][0])


def rows(document: Document) -> dict[int, tuple[int, ...]]:
    """Every note by its number, without its spelling."""
    names = ("onset", "duration", "pitch", "velocity", "part", "voice", "staff", "grace")
    columns = [document.score.notes[name].tolist() for name in names]
    return dict(zip(document.ids_N.tolist(), zip(*columns, strict=True), strict=True))


# --- one by one -------------------------------------------------------------------------------------------------


def test_a_drawn_note_is_there_with_a_number_of_its_own() -> None:
    before = tune()
    after = apply_edits(before, [Add(part=1, onset=48, duration=24, pitch=52)])
    assert set(rows(after)) - set(rows(before)) == {before.next_id}
    assert rows(after)[before.next_id] == (48, 24, 52, 0, 1, 2, 1, 0)  # beside the bass's half note: a second voice


def test_a_note_drawn_on_another_of_its_length_makes_a_chord() -> None:
    after = apply_edits(tune(), [Add(part=0, onset=24, duration=24, pitch=65)])
    assert rows(after)[after.next_id - 1][5] == 1


def test_a_syllable_and_a_fermata_go_with_the_note_that_is_moved() -> None:
    plain = tune()
    document = tune(
        hung(plain, 2, text="Lord", number=1), hung(plain, 2, "fermata"), Mark(kind="words", tick=24, part=0)
    )
    number = int(document.ids_N[2])
    onset = int(document.score.notes["onset"][2])
    after = apply_edits(document, [Move(ids=(number,), ticks=6, semitones=-2)])
    pitch = rows(after)[number][2]
    carried = {(mark.kind, mark.tick, mark.pitch) for mark in after.score.marks if mark.pitch >= 0}
    assert carried == {("lyric", onset + 6, pitch), ("fermata", onset + 6, pitch)}
    assert [mark.tick for mark in after.score.marks if mark.kind == "words"] == [24]


def test_what_hangs_on_a_deleted_note_goes_with_it_and_nothing_else_does() -> None:
    plain = tune()
    document = tune(*(hung(plain, i, text=str(i)) for i in range(4)))
    after = apply_edits(document, [Delete(ids=(int(document.ids_N[1]),))])
    assert [mark.text for mark in after.score.marks if mark.kind == "lyric"] == ["0", "2", "3"]


def test_a_slur_is_drawn_in_when_its_last_note_is_deleted_and_goes_with_its_last_but_one() -> None:
    plain = tune()
    slur = replace(hung(plain, 0, "slur"), part=0, pitch=60, tick=0, end=48, end_pitch=64)
    document = tune(slur)
    shorter = apply_edits(document, [Delete(ids=(at(document, 48),))])
    assert [(mark.tick, mark.end, mark.end_pitch) for mark in shorter.score.marks] == [(0, 24, 62)]
    assert apply_edits(shorter, [Delete(ids=(at(shorter, 24),))]).score.marks == ()


def test_a_syllable_stays_with_the_chord_when_its_top_note_is_deleted() -> None:
    document = apply_edits(tune(), [Add(part=0, onset=24, duration=24, pitch=69)])
    top = document.next_id - 1
    index = document.index_of()[top]
    sung = replace(document, score=document.score.evolve(marks=(hung(document, index, text="hark"),)))
    assert [mark.pitch for mark in apply_edits(sung, [Delete(ids=(top,))]).score.marks] == [62]


def test_notes_past_the_end_get_bars_and_the_final_barline_goes_to_the_last() -> None:
    document = tune()
    after = apply_edits(document, [Add(part=0, onset=300, duration=30, pitch=72)])
    assert [bar.tick for bar in after.score.bars] == [0, 96, 192, 288]
    assert [bar.barline for bar in after.score.bars] == ["", "", "", "final"]
    assert after.score.end == 384


def test_a_short_last_bar_is_filled_before_another_is_begun() -> None:
    short = Score.build(
        sketch("C4 | x...x..", step=24), [Part()], end=168, meters=[Meter()],
        bars=(Bar(tick=0, number=0), Bar(tick=24, number=1), Bar(tick=120, number=2)),
    )  # fmt: skip
    after = apply_edits(document_of(short), [Add(part=0, onset=200, duration=24, pitch=60)])
    assert ([bar.tick for bar in after.score.bars], after.score.end) == ([0, 24, 120, 216], 312)


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (Move(ids=(99,), ticks=1), "no note 99"),
        (Move(ids=(), ticks=1), "no note is named"),
        (Move(ids=(1,), ticks=-1), "before the piece"),
        (Move(ids=(1,), ticks=2**40), "at most"),
        (Move(ids=(1,), semitones=90), "pitch"),
        (Move(ids=(1,), semitones=-61), "pitch"),
        (Resize(ids=(1,), ticks=-24), "no length"),
        (Resize(ids=(1,), ticks=2**40), "at most"),
        (Add(part=2, onset=0, duration=1, pitch=60), "no part 3"),
        (Add(part=0, staff=2, onset=0, duration=1, pitch=60), "no staff 2"),
        (Add(part=0, onset=-1, duration=1, pitch=60), "begins in the piece"),
        (Add(part=0, onset=2**40, duration=1, pitch=60), "at most"),
        (Add(part=0, onset=0, duration=0, pitch=60), "at least a tick"),
        (Add(part=0, onset=0, duration=24, pitch=128), "0 to 127"),
        (Add(part=0, onset=12, duration=24, pitch=60, voice=1), "sounds there already"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(edit: Edit, says: str) -> None:
    with pytest.raises(RequestError, match=says) as caught:
        apply_edits(tune(), [edit])
    assert "\n" not in str(caught.value)


few_notes = st.tuples(st.integers(0, 8), st.integers(1, 4), st.integers(60, 62), st.integers(0, 1), st.integers(1, 2))


@settings(max_examples=150)
@given(notes=st.lists(few_notes, max_size=12), chosen=st.sets(st.integers(0, 11)))
def test_a_key_is_struck_while_it_is_held_where_two_notes_say_so(
    notes: list[tuple[int, int, int, int, int]], chosen: set[int]
) -> None:
    """As found by comparing every note that was changed with all others, one by one."""
    rows = [(onset, length, pitch, 0, part, voice, 1, 0, 0) for onset, length, pitch, part, voice in notes]
    changed_N = np.array([i in chosen for i in range(len(rows))], np.bool_)
    twice = any(
        (p, v, k) == (p2, v2, k2) and o < o2 + d2 and o2 < o + d
        for i, (o, d, k, p, v) in enumerate(notes) if i in chosen
        for j, (o2, d2, k2, p2, v2) in enumerate(notes) if j != i
    )  # fmt: skip
    score = Score.build([], [Part(), Part()], end=96, meters=[Meter()])
    try:
        edits._check_struck_once(score, np.array(rows, NOTE), changed_N)
    except RequestError:
        assert twice
    else:
        assert not twice


def test_all_notes_of_a_long_piece_are_moved_at_once() -> None:
    rows = [(24 * (i // 10), 24, 30 + i % 10 * 5, 80, 0, 1, 1, 0, 0) for i in range(20_000)]
    long = document_of(Score.build(rows, [Part()]))
    began = time.process_time()
    apply_edits(long, [Move(ids=tuple(long.ids_N.tolist()), semitones=1)])
    assert time.process_time() - began < 1.5  # 0.1 s; comparing each with all takes 4


def test_of_several_edits_none_is_done_when_one_cannot_be() -> None:
    document = tune()
    before = rows(document)
    with pytest.raises(RequestError):
        apply_edits(document, [Delete(ids=(1,)), Delete(ids=(1,))])
    assert rows(document) == before


def test_the_view_has_every_note_bar_and_part_of_the_piece() -> None:
    view = view_of(tune())
    assert [bar["end"] for bar in view["bars"]] == [96, 192]
    assert [part["name"] for part in view["parts"]] == ["Tune", "Bass"]
    assert [note["id"] for note in view["notes"]] == list(range(1, 8))
    assert view["ticksPerQuarter"] == 24


# --- laws -------------------------------------------------------------------------------------------------------


@st.composite
def edited(draw: st.DrawFn, *, deleted: bool = True) -> tuple[Document, Edit]:
    """Any score with notes, and an edit of some of them."""
    score = draw(any_scores())
    assume(len(score.notes))
    document = document_of(score)
    ids = tuple(sorted(draw(st.sets(st.sampled_from(document.ids_N.tolist()), min_size=1))))
    named = st.just(ids)
    edits: list[st.SearchStrategy[Edit]] = [
        st.builds(Move, ids=named, ticks=st.integers(-60, 200), semitones=st.integers(-14, 14)),
        st.builds(Resize, ids=named, ticks=st.integers(-24, 200)),
        st.builds(
            Add, part=st.just(0), onset=st.integers(0, 900), duration=st.integers(1, 200), pitch=st.integers(0, 127)
        ),
    ]
    return document, draw(st.one_of(*edits, *([st.builds(Delete, ids=named)] if deleted else [])))


def done(document: Document, edit: Edit) -> Document:
    try:
        return apply_edits(document, [edit])
    except ScoreError:
        raise
    except RequestError:
        assume(False)
        raise


def inverse(edit: Edit, after: Document) -> Edit:
    """Of an edit that takes no note away."""
    if isinstance(edit, Move):
        return Move(ids=edit.ids, ticks=-edit.ticks, semitones=-edit.semitones)
    if isinstance(edit, Resize):
        return Resize(ids=edit.ids, ticks=-edit.ticks)
    return Delete(ids=(after.next_id - 1,))


@settings(max_examples=50, deadline=None)
@given(edited(deleted=False))
def test_an_edit_and_its_inverse_give_the_same_music(case: tuple[Document, Edit]) -> None:
    document, edit = case
    after = done(document, edit)
    back = inverse(edit, after)
    try:
        again = apply_edits(after, [back])
    except RequestError as cause:  # the notes of the source stood on each other before
        assume("sounds there already" not in str(cause))
        raise
    assert rows(again) == rows(document)


@settings(max_examples=50, deadline=None)
@given(edited())
def test_notes_that_are_not_named_are_untouched_and_all_keep_their_numbers(case: tuple[Document, Edit]) -> None:
    document, edit = case
    after = done(document, edit)
    named = set(() if isinstance(edit, Add) else edit.ids)
    before, now = rows(document), rows(after)
    assert {number: now.get(number) for number in before if number not in named} == {
        number: row for number, row in before.items() if number not in named
    }
    assert len(now) - len(before) == (1 if isinstance(edit, Add) else -len(named) * isinstance(edit, Delete))
    assert named <= now.keys() or isinstance(edit, Delete)
    assert len(np.unique(after.ids_N)) == len(after.ids_N)
    assert after.next_id > max(after.ids_N.tolist(), default=0)


@settings(max_examples=40, deadline=None)
@given(edited())
def test_marks_on_no_note_stay_and_what_is_edited_can_be_written(case: tuple[Document, Edit]) -> None:
    document, edit = case
    after = done(document, edit)
    free = [mark for mark in document.score.marks if mark.pitch < 0 and mark.end_pitch < 0]
    assert [mark for mark in free if mark not in after.score.marks] == []
    write_musicxml(after.score)
