"""Voices on staves: what a closed score keeps, says once, or refuses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from page_scores import VOICES, chorale

from stretto.errors import RequestError
from stretto.render.layout import arrange, choir_of, is_hymn
from stretto.score.model import Clef, Mark, Meter, Part, Score

SOUNDING = ["onset", "duration", "pitch", "fifths"]


def sounding(score: Score) -> list[tuple[int, ...]]:
    return sorted(tuple(int(n) for n in note) for note in score.notes[SOUNDING])


@pytest.mark.parametrize("words", [False, True])
@pytest.mark.parametrize("layout", ["closed", "open", "auto"])
def test_every_sounding_note_is_kept(layout: str, words: bool) -> None:
    score = chorale(words=words)
    assert sounding(arrange(score, layout)) == sounding(score)  # type: ignore[arg-type]


def test_a_hymn_is_one_part_of_two_staves_with_two_voices_each() -> None:
    page = arrange(chorale())
    assert [part.n_staves for part in page.parts] == [2]
    seats = np.unique(page.notes[["staff", "voice"]]).tolist()
    assert sorted(seats) == [(1, 1), (1, 2), (2, 3), (2, 4)]
    assert [(c.staff, c.sign, c.line, c.octave) for c in page.clefs] == [(1, "G", 2, 0), (2, "F", 4, 0)]


def test_words_part_the_staves_so_that_no_barline_crosses_them() -> None:
    page = arrange(chorale(words=True))
    assert [(part.n_staves, part.group) for part in page.parts] == [(1, "Choir"), (1, "Choir")]
    assert {m.part for m in page.marks if m.kind == "lyric"} == {0}


def test_the_words_stand_once_under_the_soprano() -> None:
    score = chorale(words=True)
    page = arrange(score)
    assert [m.text for m in page.marks if m.kind == "lyric"] == [
        m.text for m in score.marks if m.kind == "lyric" and m.part == 0
    ]
    assert page.notices == ()


def test_other_words_of_a_lower_voice_are_counted() -> None:
    score = chorale(words=True)
    marks = [replace(m, text="Herr") if (m.tick, m.part) == (24, 3) else m for m in score.marks]
    notices = arrange(score.evolve(marks=marks)).notices
    assert [(n.count, n.what[:25]) for n in notices] == [(1, "syllables of lower voices")]


def test_voices_with_words_of_their_own_stay_on_their_staves() -> None:
    score = chorale(words=True)
    marks = [replace(m, text=m.text[::-1]) if m.part == 3 else m for m in score.marks]
    assert len(arrange(score.evolve(marks=marks)).parts) == 4


def test_fermatas_stand_above_for_the_soprano_and_below_for_the_bass() -> None:
    page = arrange(chorale())
    fermatas = [(m.tick, m.voice, m.extra) for m in page.marks if m.kind == "fermata"]
    assert sorted(fermatas) == [(120, 1, ""), (120, 4, "inverted"), (312, 1, ""), (312, 4, "inverted")]


def test_an_inner_voice_alone_keeps_its_fermata() -> None:
    score = chorale()
    marks = [m for m in score.marks if m.part != 0]
    page = arrange(score.evolve(marks=marks))
    assert [(m.tick, m.voice, m.extra) for m in page.marks if m.kind == "fermata" and m.voice < 3] == [
        (144, 2, "inverted"),
        (312, 2, "inverted"),
    ]


def test_a_dynamic_of_all_voices_is_printed_once() -> None:
    score = chorale()
    loud = [Mark(kind="dynamic", text="f", tick=24, part=part) for part in range(4)]
    soft = [Mark(kind="dynamic", text="p", tick=24, part=3)]
    page = arrange(score.evolve(marks=[*score.marks, *loud, *soft]))
    assert [(m.text, m.staff) for m in page.marks if m.kind == "dynamic"] == [("f", 1), ("p", 2)]


def test_an_open_score_has_a_treble_clef_an_octave_lower_for_the_tenor() -> None:
    score = chorale().evolve(clefs=[Clef(part=0, sign="C", line=1)])
    page = arrange(score, "open")
    assert [(c.part, c.sign, c.octave) for c in page.clefs] == [(0, "G", 0), (1, "G", 0), (2, "G", -1), (3, "F", 0)]
    assert {part.group for part in page.parts} == {"Choir"}


def test_clefs_of_the_source_stay_where_no_layout_is_asked_for() -> None:
    score = chorale(parts=("Cantus", "Altus", "Tenor", "Bassus")).evolve(clefs=[Clef(part=0, sign="C", line=1)])
    motet = score.evolve(notes=[tuple(n) for n in score.notes if n["part"] or n["onset"] % 48 == 0])
    shifted = motet.notes.copy()
    shifted["onset"][shifted["part"] % 2 == 1] += 6
    page = arrange(motet.evolve(notes=shifted))
    assert len(page.parts) == 4
    assert (page.clefs[0].sign, page.clefs[2].octave) == ("C", -1)


def test_four_strings_are_no_hymn() -> None:
    score = chorale(parts=("Violin I", "Violin II", "Viola", "Contrabass"))
    plain = score.evolve(parts=[replace(part, program=48) for part in score.parts])
    assert arrange(plain) == plain
    assert choir_of(plain) == (0, 1, 2, 3)
    assert not is_hymn(plain, (0, 1, 2, 3))
    assert len(arrange(plain, "closed").parts) == 1


def test_other_instruments_stay_below_the_folded_choir() -> None:
    score = chorale()
    notes = [tuple(n) for n in score.notes] + [(0, 24, 43, 0, 4, 1, 1, 1, 0)]
    bigger = score.evolve(notes=notes, parts=[*score.parts, Part(name="Continuo", program=19)])
    assert [p.name for p in arrange(bigger, "auto").parts] == [*VOICES, "Continuo"]
    page = arrange(bigger, "closed")
    assert [(p.name, p.n_staves) for p in page.parts] == [("Choir", 2), ("Continuo", 1)]
    assert page.notes["pitch"][page.notes["part"] == 1].tolist() == [43]


def test_what_is_not_four_voices_cannot_be_closed() -> None:
    duet = Score.build([(0, 24, 60, 0, 0, 1, 1, 0, 0)], [Part(), Part()], meters=[Meter()])
    with pytest.raises(RequestError, match="this score has 2 parts; use --layout open"):
        arrange(duet, "closed")
    upside_down = chorale(parts=VOICES).evolve(
        notes=[(*tuple(n)[:4], 3 - n["part"], *tuple(n)[5:]) for n in chorale().notes]
    )
    with pytest.raises(RequestError, match="from high to low"):
        arrange(upside_down, "closed")
