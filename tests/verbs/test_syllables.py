"""Words stay under a line that is written anew, as its notes begin where syllables do; what cannot stay is named."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from stretto.frames.canvas import FREE, GIVEN, STRUCK, Hole, canvas_of
from stretto.frames.parts import frames_of_matrix
from stretto.score.model import Mark, Score
from stretto.score.text import read_text
from stretto.theory.understand import understand
from stretto.verbs.gaps import infill
from stretto.verbs.hearing import document_for
from stretto.verbs.report import left_out_report
from stretto.verbs.rework import Manner, harmonize
from stretto.verbs.syllables import canvas_sung, syllables_of

QUICK = Manner(seed=3, candidates=1)

HYMN = """
key: G major
meter: 4/4

part: Soprano
  1 | G4 A4 B4e C5e D5q |
  2 | C5e B4e A4q B4e A4e G4e F#4e |
  3 | G4q A4 B4 C5 |
  4 | A4h G4h |
"""

JIG = """
key: G major
meter: 6/8

part: Soprano
  1 | G4e A4e B4e B4e A4e G4e |
  2 | A4s B4s A4e G4e F#4q D4e |
  3 | G4e A4e B4e B4q A4e |
  4 | G4h. |
"""


def sung(text: str) -> Score:
    """A melody with a syllable under every note, of which every other one is of the second verse alone."""
    score, _ = understand(read_text(text.encode(), "sung.txt"))
    words = [
        Mark(
            kind="lyric",
            tick=int(note["onset"]),
            part=0,
            voice=1,
            staff=1,
            pitch=int(note["pitch"]),
            number=1 + k % 2,
            text=f"la{k}",
            extra="single",
        )
        for k, note in enumerate(score.notes)
    ]
    return score.evolve(marks=(*score.marks, *words))


def words_of(score: Score) -> list[tuple[int, str]]:
    return sorted((mark.tick, mark.text) for mark in score.marks if mark.kind == "lyric")


def on_notes(score: Score) -> bool:
    """Every word hangs on a note that begins there."""
    notes = {(int(n["part"]), int(n["onset"]), int(n["pitch"])) for n in score.notes}
    return all((m.part, m.tick, m.pitch) in notes for m in score.marks if m.kind == "lyric")


@pytest.mark.parametrize("text", [HYMN, JIG])
@pytest.mark.parametrize("seed", range(3))
def test_all_words_stay_where_a_line_is_written_anew(text: str, seed: int) -> None:
    """In a jig, too, which the network hears twice as long as it is written."""
    before = sung(text)
    found = infill(before, 2, 3, manner=replace(QUICK, seed=seed))
    assert words_of(found.score) == words_of(before)
    assert on_notes(found.score)
    assert not any("word" in line for line in found.report)
    assert not np.array_equal(found.score.notes, before.notes)


def test_all_words_stay_under_two_voices_on_a_staff() -> None:
    melody = sung(HYMN)
    whole = harmonize(melody, manner=QUICK).score
    notes = whole.notes[whole.notes["part"] < 2].copy()
    notes["voice"], notes["part"] = 1 + notes["part"], 0
    below = notes[(notes["voice"] == 2) & (notes["onset"] >= 96)][::2]
    words = [
        Mark(kind="lyric", tick=int(n["onset"]), part=0, voice=2, staff=1, pitch=int(n["pitch"]), number=1, text="lo")
        for n in below
    ]
    before = whole.evolve(
        parts=whole.parts[:1],
        notes=notes,
        clefs=(),
        marks=(*(mark for mark in whole.marks if mark.part == 0), *words),
    )
    after = infill(before, 2, 3, manner=QUICK).score
    assert words_of(after) == words_of(before)
    assert on_notes(after)
    sung_by = {(int(n["voice"]), int(n["onset"]), int(n["pitch"])) for n in after.notes}
    assert all((m.voice, m.tick, m.pitch) in sung_by for m in after.marks if m.kind == "lyric")


def test_syllables_of_notes_that_stay_ask_for_nothing() -> None:
    before = sung(HYMN)
    document = document_for(before, None)
    hole = Hole(part=0, start=96, end=132)
    assert syllables_of(document, [hole]) == [(0, 96), (0, 108), (0, 120)]
    assert syllables_of(document, [replace(hole, keep_rhythm=True)]) == []
    assert syllables_of(document, [replace(hole, keep_pitches=True)]) == []
    assert syllables_of(document, [replace(hole, part=1)]) == []


def test_a_syllable_is_struck_and_all_around_it_stays_free() -> None:
    frames = frames_of_matrix(np.array([[60.0, 50.0], [62, 50], [64, 52], [65, 53]]), step=24)
    canvas = canvas_sung(canvas_of(frames, [Hole(part=0, start=24, end=96)]), [(0, 36), (1, 48), (0, 0)])
    at = np.array([0, 24, 36, 37, 48], np.int32)
    assert canvas.given_at(at)[:, 0].tolist() == [GIVEN, FREE, STRUCK, FREE, FREE]
    assert canvas.given_at(at)[:, 1].tolist() == [GIVEN] * 5


def test_what_could_not_stay_is_named() -> None:
    """Words with their bars, four at most; other signs by kind."""
    before = sung(HYMN)
    document = document_for(before, None)
    slurs = [
        Mark(kind="slur", tick=t, end=t + 12, part=0, voice=1, staff=1, pitch=p, end_pitch=q)
        for t, p, q in ((96, 72, 71), (48, 71, 72))
    ]
    marked = replace(document, before=before.evolve(marks=(*before.marks, *slurs)))
    gone = [mark for mark in before.marks if mark.kind == "lyric" and mark.text not in ("la5", "la6")]
    assert left_out_report(marked, before.evolve(marks=tuple(gone))) == [
        "the words 'la5' of bar 2, 'la6' of bar 2 went with the notes on which they hung",
        "1 slur of bar 1, 1 slur of bar 2 went with the notes on which they hung",
    ]
    assert left_out_report(document, before.evolve(marks=before.marks[1:])) == [
        "the word 'la0' of bar 1 went with the note on which it hung"
    ]
    (line,) = left_out_report(document, before.evolve(marks=before.marks[6:]))
    assert line == (
        "the words 'la0' of bar 1, 'la1' of bar 1, 'la2' of bar 1, 'la3' of bar 1 and 2 more "
        "went with the notes on which they hung"
    )
