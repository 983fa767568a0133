"""Humdrum **kern out: what was read is written so that it reads the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from stretto.score.kern_read import read_kern
from stretto.score.kern_write import write_kern
from stretto.score.model import UNSPELLED, Bar, Mark, Meter, Part, Score

CHOIR = sorted((Path(__file__).parents[1] / "data" / "choir").glob("*.krn"))


def again(score: Score) -> Score:
    return read_kern(write_kern(score)[0], "written.krn")


def text(score: Score) -> str:
    return write_kern(score)[0].decode("utf-8")


@pytest.mark.parametrize("path", CHOIR, ids=lambda path: path.stem[-20:])
def test_a_psalm_comes_back_as_it_was(path: Path) -> None:
    score = read_kern(path.read_bytes(), path.name)
    assert again(score) == score
    assert write_kern(score)[1] == ()


def test_a_full_page_of_signs_comes_back_as_it_was() -> None:
    score = read_kern(_page(), "page.krn")
    assert {mark.kind for mark in score.marks} >= {
        "slur", "lyric", "dynamic", "wedge", "fermata", "articulation", "ornament", "grace-slash", "words", "tie-split",
    }  # fmt: skip
    assert again(score) == score
    assert write_kern(score)[1] == ()


def _page() -> bytes:
    rows = """
        **kern **kern **text **dynam
        *part1 *part1 * *
        *staff2 *staff1 * *
        *Ipiano *Ipiano * *
        *clefF4 *clefG2 * *
        *k[b-] *k[b-] * *
        *F: *F: * *
        *M3/4 *M3/4 * *
        *MM80 *MM80 * *
        4r (4cc Ah p<
        =1!|: =1!|: =1!|: =1!|:
        * *^ * *
        . . 8qqa . .
        . . 8qb- . .
        2.F; 4f' 4cc)T la- [
        ! !LO:TX:b:t=dolce ! ! !
        . [4g~ 12dd -ter f
        . . 12cc . .
        . . 12b- . .
        . 4g] 4a . .
        * *v *v * *
        =2:|! =2:|! =2:|! =2:|!
        2.FF 2.ff&2.aa . .
        == == == ==
        *- *- *- *-
    """
    lines = ["\t".join(row.split()).replace("&", " ") for row in rows.strip().split("\n")]
    return ("!!!OTL: Study\n!!!COM: Anna Nowak\n" + "\n".join(lines) + "\n").encode()


def test_the_bass_stands_leftmost() -> None:
    score = Score.build(
        [(0, 96, 72, 0, 0, 1, 1, 0, 0), (0, 96, 48, 0, 1, 1, 1, 0, 0)],
        [Part(name="Canto"), Part(name="Basso")],
        meters=[Meter()],
    )
    assert "\n1C\t1cc\n" in text(score)


def test_a_note_over_a_barline_is_tied_and_an_odd_length_is_cut_at_the_beat() -> None:
    score = Score.build([(24, 132, 60, 0, 0, 1, 1, 0, 0)], [Part()], meters=[Meter()])
    cells = [line for line in text(score).split("\n") if line[:1].isdigit() or line[:1] == "["]
    assert cells == ["4r", "[2.c", "2c_", "8c]", "8r", "4r"]
    assert again(score).notes.tolist() == score.notes.tolist()


def test_tuplets_and_lengths_off_any_value_keep_their_ticks() -> None:
    rows = [(0, 8, 60, 0, 0, 1, 1, 0, 0), (8, 8, 62, 0, 0, 1, 1, 2, 0), (16, 8, 64, 0, 0, 1, 1, 4, 0)]
    rows += [(24, 5, 65, 0, 0, 1, 1, -1, 0), (29, 19, 67, 0, 0, 1, 1, 1, 0)]
    score = Score.build(rows, [Part()], meters=[Meter()])
    assert again(score).notes.tolist() == score.notes.tolist()


def test_notes_that_overlap_in_a_voice_get_a_lane_of_their_own() -> None:
    rows = [(0, 48, 60, 0, 0, 1, 1, 0, 0), (24, 48, 64, 0, 0, 1, 1, 4, 0)]
    score = Score.build(rows, [Part()], meters=[Meter()])
    data, notices = write_kern(score)
    back = read_kern(data, "written.krn")
    assert [n.tolist()[:3] for n in back.notes] == [n.tolist()[:3] for n in score.notes]
    assert any("overlap" in notice.what for notice in notices)


def test_a_note_without_a_name_is_spelled_by_the_key_and_counted() -> None:
    score = Score.build([(0, 96, 61, 0, 0, 1, 1, UNSPELLED, 0)], [Part()], meters=[Meter()])
    data, notices = write_kern(score)
    assert read_kern(data, "written.krn").notes["pitch"].tolist() == [61]
    assert any("without a fitting name" in notice.what for notice in notices)


def test_endings_become_section_labels() -> None:
    bars = [
        Bar(tick=0, number=1),
        Bar(tick=96, number=2, ending="1", repeat_end=2),
        Bar(tick=192, number=3, ending="2"),
    ]
    score = Score.build(
        [(tick, 96, 60, 0, 0, 1, 1, 0, 0) for tick in (0, 96, 192)], [Part()], bars=bars, meters=[Meter()], end=288
    )
    back = again(score)
    assert back.bars == score.bars
    assert back.info["expansion"] == "A,A1,A,A2"


def test_what_kern_cannot_hold_is_counted() -> None:
    score = Score.build(
        [(0, 96, 60, 90, 0, 1, 1, 0, 0)],
        [Part()],
        meters=[Meter()],
        marks=[Mark(kind="chord-symbol", tick=0, text="C", part=0)],
        info={"mood": "gay"},
    )
    told = {notice.what for notice in write_kern(score)[1]}
    assert told == {"velocities left out", "marks left out: chord-symbol", "facts about the piece left out: mood"}


@pytest.mark.parametrize("names", [("", ""), ("Piano", "Piano"), ("Piano", ""), ("left", "right")])
def test_two_parts_for_keyboard_stay_two(names: tuple[str, str]) -> None:
    """As the tracks of a MIDI file; a reader would take them for the hands of one piano, which most such spines are."""
    parts = [Part(name=name, program=0) for name in names]
    score = Score.build([(0, 96, 72 - 12 * part, 0, part, 1, 1, 0, 0) for part in (0, 1)], parts, meters=[Meter()])
    data, lost = write_kern(score)
    back = read_kern(data, "again.krn")
    assert back.notes.tolist() == score.notes.tolist()
    assert tuple(part.name for part in back.parts) == names
    left_out = sum(notice.count for notice in lost if "instruments left out" in notice.what)
    assert [part.program for part in back.parts].count(-1) == left_out == (0 if names[0] == "left" else 2)


def test_a_dynamic_that_is_no_level_becomes_words_or_is_counted() -> None:
    marks = [
        Mark(kind="dynamic", tick=24 * place, text=text, part=0) for place, text in enumerate(["p", "sempre", "("])
    ]
    quarters = [(tick, 24, 60, 0, 0, 1, 1, 0, 0) for tick in range(0, 96, 24)]
    score = Score.build(quarters, [Part()], meters=[Meter()], marks=marks)
    assert [(mark.kind, mark.tick, mark.text) for mark in again(score).marks] == [
        ("dynamic", 0, "p"), ("words", 24, "sempre")
    ]  # fmt: skip
    told = {notice.what: notice.count for notice in write_kern(score)[1]}
    assert told == {"dynamics written as words": 1, "marks left out: dynamic": 1}


def test_words_inside_a_held_note_move_to_the_next_and_are_counted() -> None:
    words = Mark(kind="words", tick=24, text="dolce", part=0, staff=1, extra="above")
    notes = [(tick, 48, 60, 0, 0, 1, 1, 0, 0) for tick in (0, 48)]
    score = Score.build(notes, [Part()], meters=[Meter()], marks=[words])
    assert [(mark.tick, mark.text) for mark in again(score).marks] == [(48, "dolce")]
    assert [(n.what, n.count) for n in write_kern(score)[1]] == [
        ("directions, words or lines inside held notes, moved", 1)
    ]


def test_a_sign_on_each_note_of_a_chord_is_written_once_and_counted() -> None:
    notes = [(0, 96, pitch, 0, 0, 1, 1, 0, 0) for pitch in (60, 72)]
    dots = [Mark(kind="articulation", text="staccato", part=0, voice=1, staff=1, pitch=pitch) for pitch in (60, 72)]
    score = Score.build(notes, [Part()], meters=[Meter()], marks=dots)
    assert len(again(score).marks) == 1
    assert [(n.what, n.count) for n in write_kern(score)[1]] == [("signs on several notes of a chord written once", 1)]


def test_unnamed_notes_are_counted_once_each_however_often_they_are_tied_and_graces_too() -> None:
    notes = [(0, 300, 61, 0, 0, 1, 1, UNSPELLED, 0), (0, 0, 63, 0, 0, 1, 1, UNSPELLED, 1)]
    lost = write_kern(Score.build(notes, [Part()], meters=[Meter()]))[1]
    assert [(n.what, n.count) for n in lost] == [("notes without a fitting name spelled by the key", 2)]


def test_a_score_without_parts_is_still_a_file() -> None:
    assert len(again(Score.build([], []).evolve()).notes) == 0
