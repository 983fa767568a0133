"""What hangs on a note that is written anew goes over to the new one, where it suits it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stretto.score.model import Mark, Part, Score
from stretto.score.text import read_text
from stretto.theory.understand import understand
from stretto.verbs.gaps import continue_, infill, vary
from stretto.verbs.marks import marks_over, order_kept
from stretto.verbs.rework import Manner, harmonize

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


ARIA = """
key: C major
meter: 4/4

part: Soprano
  1 | G4 A4 B4 C5 |
  2 | D5 C5 D5 E5 |
  3 | E5h D5q C5 |
  4 | E5 D5 C5h |
"""


def tied(kind: str, text: str = "") -> Mark:
    """On the later of the two tied notes of the second line of `OLD`, if that note lasts to 60."""
    return Mark(kind=kind, tick=48, text=text, part=0, pitch=69)


@pytest.mark.parametrize(
    ("mark", "new", "found"),
    [
        (tied("articulation", "accent"), (24, 36, 72), [(48, 72)]),
        (tied("articulation", "accent"), (24, 48, 72), []),
        (tied("articulation", "accent"), (48, 12, 72), []),
        (tied("lyric", "la"), (48, 12, 72), [(48, 72)]),
        (tied("lyric", "la"), (24, 36, 72), [(48, 72)]),
        (tied("lyric", "la"), (24, 12, 72), []),
        (tied("fermata"), (24, 36, 72), []),
    ],
)
def test_a_sign_on_the_later_of_two_tied_notes_goes_or_stays_with_the_note(
    mark: Mark, new: tuple[int, int, int], found: list[tuple[int, int]]
) -> None:
    notes = [(0, 24, 67, 0, 0, 1, 1, 127, 0), (24, 36, 69, 0, 0, 1, 1, 127, 0)]
    piece = Score.build(notes, [Part()], marks=[mark])
    fresh = Score.build([(*new, 0, 0, 1, 1, 127, 0)], [Part()]).notes
    assert [(m.tick, m.pitch) for m in marks_over(piece, piece.notes["onset"] >= 24, fresh)] == found


def test_a_sign_is_of_the_last_note_that_began_on_its_pitch() -> None:
    """The second of two notes on a pitch stays, and keeps what hangs on it where the first has just ended."""
    notes = [(0, 24, 67, 0, 0, 1, 1, 127, 0), (24, 24, 67, 0, 0, 1, 1, 127, 0)]
    mark = Mark(kind="articulation", tick=24, text="accent", part=0, pitch=67)
    piece = Score.build(notes, [Part()], marks=[mark])
    assert marks_over(piece, piece.notes["onset"] < 24, piece.notes[:0]) == [mark]


def test_all_that_hangs_on_notes_goes_with_them_where_their_order_is_kept() -> None:
    marks = [
        on("lyric", 24, "la"),
        on("lyric", 48, "lo"),
        on("fermata", 48),
        on("articulation", 24, "staccato"),
        on("technical", 48, "fingering:3"),
        on("slur", 0, end=24, end_pitch=69),
        on("slur", 24, end=48, end_pitch=71),
    ]
    piece = score(*marks)
    gone = piece.notes["onset"] >= 24
    fresh = Score.build([(36, 12, 69, 0, 0, 1, 1, 127, 0), (48, 48, 71, 0, 0, 1, 1, 127, 0)], [Part()]).notes
    order = order_kept(piece.notes[gone], fresh, {0})
    assert order == {(0, 24): 36, (0, 48): 48}
    found = marks_over(piece, gone, fresh, order)
    assert [(m.kind, m.tick, m.pitch, m.end, m.end_pitch) for m in found] == [
        (m.kind, 36 if m.tick == 24 else m.tick, m.pitch, 36 if m.end == 24 else m.end, m.end_pitch)
        for m in piece.marks
    ]
    assert order_kept(piece.notes[gone], fresh[:1], {0}) == {}


def aria(*marks: Mark) -> Score:
    """A melody with a note tied into its third bar."""
    whole, _ = understand(read_text(ARIA.encode(), "aria.txt"))
    notes = whole.notes[whole.notes["onset"] != 192]
    notes["duration"][notes["onset"] == 168] += 48
    return whole.evolve(notes=notes, marks=marks)


def fermata(tick: int, pitch: int) -> Mark:
    return Mark(kind="fermata", tick=tick, part=0, voice=1, staff=1, pitch=pitch)


QUICK = Manner(seed=5, candidates=1)


def test_the_fermata_of_a_tied_note_is_replaced() -> None:
    """It stands on the part after the barline; none is left there for a pitch that sounds no more."""
    accent = Mark(kind="articulation", tick=192, text="accent", part=0, voice=1, staff=1, pitch=76)
    for seed in range(3):
        found = infill(aria(fermata(192, 76), accent), 2, 2, manner=Manner(seed=seed, candidates=1))
        notes = found.score.notes
        (mark,) = (m for m in found.score.marks if m.kind == "fermata")
        (held,) = notes[(notes["onset"] <= mark.tick) & (found.score.ends > mark.tick)]
        assert held["onset"] <= 192 < held["onset"] + held["duration"]
        assert (mark.tick, mark.pitch) == (max(192, int(held["onset"])), int(held["pitch"]))
        accents = [m for m in found.score.marks if m.kind == "articulation"]
        said = any("1 articulation of bar 3 went with the note on which it hung" in line for line in found.report)
        assert [m.pitch for m in accents] == ([] if said else [int(held["pitch"])])


def test_a_fermata_stays_on_the_later_of_two_tied_notes_where_the_rhythm_stays() -> None:
    found = infill(aria(fermata(192, 76)), 2, 2, keep_rhythm=True, manner=QUICK).score
    (mark,) = (m for m in found.marks if m.kind == "fermata")
    assert (mark.tick, mark.pitch) == (192, int(found.notes["pitch"][found.notes["onset"] == 168][0]))


def test_new_voices_have_fermatas_under_those_that_are_given_alone() -> None:
    found = harmonize(aria(fermata(72, 72)), manner=QUICK).score
    assert {mark.part for mark in found.marks if mark.kind == "fermata"} == {0, 1, 2, 3}
    ends = [mark for mark in found.marks if mark.kind == "fermata"]
    notes = {(int(n["part"]), int(n["onset"])): int(n["onset"] + n["duration"]) for n in found.notes}
    assert all(mark.tick <= 72 < notes[mark.part, mark.tick] for mark in ends)


def test_a_variation_adds_no_fermata() -> None:
    before = aria(fermata(72, 72))
    found = vary(before, 1.0, keep_rhythm=True, manner=QUICK).score
    assert [mark.tick for mark in found.marks if mark.kind == "fermata"] == [72]


def test_a_fermata_keeps_its_shape() -> None:
    found = infill(aria(replace(fermata(72, 72), text="angled")), 1, 1, keep_rhythm=True, manner=QUICK).score
    assert [mark.text for mark in found.marks if mark.kind == "fermata"] == ["angled"]


def test_new_bars_have_fermatas_where_their_phrases_end_and_old_ones_get_none() -> None:
    before = aria(fermata(72, 72))
    found = continue_(before, 4, manner=QUICK).score
    ticks = [mark.tick for mark in found.marks if mark.kind == "fermata"]
    assert [tick for tick in ticks if tick < before.end] == [72]
    assert any(tick >= before.end for tick in ticks)
