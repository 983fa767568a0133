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


def test_a_score_without_parts_is_still_a_file() -> None:
    assert len(again(Score.build([], []).evolve()).notes) == 0
