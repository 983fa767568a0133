"""Parts that hold several voices come apart into lines, and together again with nothing lost."""

from __future__ import annotations

import numpy as np
import pytest

from stretto.score.model import Clef, Mark, Score
from stretto.score.musicxml_write import write_musicxml
from stretto.score.text import read_text
from stretto.theory.understand import understand
from stretto.verbs.gaps import infill
from stretto.verbs.lines import closed, opened
from stretto.verbs.rework import Manner, harmonize

HYMN = """
title: Hymn
key: D major
meter: 4/4

part: Women
  1 | F#4 F#4 G4 A4 |
  2 | A4h E4h |

part: Men
  1 | D4 D4 E4 F#4 |
  2 | F#4h C#4h |
"""


def hymn() -> Score:
    return understand(read_text(HYMN.encode(), "hymn.txt"))[0]


def closed_score() -> Score:
    """Two voices on one staff, stems up and down, with a word under the lower one."""
    score = hymn()
    notes = score.notes.copy()
    notes["voice"] = 1 + notes["part"]
    notes["part"] = 0
    word = Mark(kind="lyric", tick=24, part=0, voice=2, staff=1, pitch=62, number=1, text="la", extra="single")
    return score.evolve(parts=score.parts[:1], notes=notes, clefs=(), marks=(word,))


def chords() -> Score:
    """The same as chords of one voice."""
    score = closed_score()
    notes = score.notes.copy()
    notes["voice"] = 1
    return score.evolve(notes=notes, marks=())


def lines_of(score: Score) -> list[list[int]]:
    return [score.notes["pitch"][score.notes["part"] == p].tolist() for p in range(len(score.parts))]


@pytest.mark.parametrize("make", [closed_score, chords])
def test_two_voices_on_a_staff_are_two_lines_from_the_top(make: object) -> None:
    whole, lines = opened(make())  # type: ignore[operator]
    assert lines_of(whole) == [[66, 66, 67, 69, 69, 64], [62, 62, 64, 66, 66, 61]]
    assert [line.part for line in lines] == [0, 0]


def test_each_line_has_the_clefs_of_its_staff() -> None:
    clefs = (Clef(part=0), Clef(part=0, tick=96, octave=-1))
    score = closed_score().evolve(clefs=clefs)
    whole, lines = opened(score)
    assert [clef.part for clef in whole.clefs] == [0, 1, 0, 1]
    assert closed(whole, (0, 1), lines, score).clefs == clefs


@pytest.mark.parametrize("make", [closed_score, chords, hymn])
def test_lines_put_together_again_are_the_score_as_it_was(make: object) -> None:
    score = make()  # type: ignore[operator]
    whole, lines = opened(score)
    back = closed(whole, range(len(lines)), lines, score)
    order = ["part", "onset", "voice", "pitch"]
    assert np.array_equal(np.sort(back.notes, order=order), np.sort(score.notes, order=order))
    assert (back.parts, back.marks) == (score.parts, score.marks)


def test_a_mark_goes_with_its_voice() -> None:
    whole, _ = opened(closed_score())
    assert [mark.part for mark in whole.marks] == [1]


def test_a_melody_with_a_chord_now_and_then_stays_one_line() -> None:
    score = hymn()
    kept = (score.notes["part"] == 0) | (score.notes["onset"] == 0)
    notes = score.notes[kept].copy()
    notes["part"] = 0
    whole, lines = opened(score.evolve(parts=score.parts[:1], notes=notes, clefs=()))
    assert len(lines) == 1 and len(whole.parts) == 1


def test_what_is_new_stands_beside_a_staff_with_two_voices() -> None:
    before = closed_score()
    after = harmonize(before, manner=Manner(seed=3, candidates=1)).score
    assert len(after.parts) == 3  # the staff of two, tenor and bass
    own = after.notes[after.notes["part"] == 0]
    assert sorted(zip(own["onset"], own["pitch"], strict=True)) == sorted(
        zip(before.notes["onset"], before.notes["pitch"], strict=True)
    )
    assert sorted(set(own["voice"].tolist())) == [1, 2]
    assert [mark for mark in after.marks if mark.kind == "lyric"] == list(before.marks)


@pytest.mark.parametrize("having", [(1,), (1, 2)])
def test_a_new_note_has_the_fermata_of_its_own_line_in_its_own_voice(having: tuple[int, ...]) -> None:
    """Two voices on a staff may meet on one pitch, and one sign may stand for both."""
    before = closed_score()
    pitches = {1: 64, 2: 61}
    ends = [Mark(kind="fermata", tick=144, part=0, voice=v, staff=1, pitch=pitches[v]) for v in having]
    after = harmonize(before.evolve(marks=tuple(ends)), keep=["soprano"], manner=Manner(seed=3, candidates=1)).score
    notes = {(n["voice"], n["onset"], n["pitch"]) for n in after.notes[after.notes["part"] == 0]}
    own = [mark for mark in after.marks if mark.kind == "fermata" and mark.part == 0]
    assert sorted(mark.voice for mark in own) == [*having]
    assert all((mark.voice, mark.tick, mark.pitch) in notes for mark in own)


def test_new_fermatas_of_two_voices_on_a_staff_stand_above_and_below() -> None:
    """Both above would be one sign over the other."""
    before = closed_score()
    ends = [
        Mark(kind="fermata", tick=144, part=0, voice=voice, staff=1, pitch=pitch) for voice, pitch in ((1, 64), (2, 61))
    ]
    after = infill(before.evolve(marks=tuple(ends)), 1, 2, manner=Manner(seed=3, candidates=1)).score
    found = sorted((mark.voice, mark.extra) for mark in after.marks if mark.kind == "fermata")
    assert found == [(1, ""), (2, "inverted")]
    page = write_musicxml(after)[0].decode()
    assert page.count('<fermata type="inverted"') == page.count('<fermata type="upright"') == 1
