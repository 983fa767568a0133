"""Two scores compared: what became of each note, and which bars are the same bar."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stretto.score.compare import compare
from stretto.score.model import Bar, Key, Mark, Meter, Part, Score

sys.path.insert(0, str(Path(__file__).parent.parent / "theory"))
from drawn_choir import choir

UPPER = "G4 A4 B4 C5 D5 C5 B4 A4 G4 F#4 G4:2"
LOWER = "G3 D3 G3 E3 B2 C3 G3 D3 B2 D3 G2:2"


def became(before: Score, after: Score) -> list[tuple[str, tuple[str, ...], int, int]]:
    """Kind, what, part, and pitch now (or before)."""
    return [(c.kind, c.what, c.tone.part, c.tone.pitch) for c in compare(before, after).notes]


def test_a_score_is_the_same_as_itself() -> None:
    score = choir(UPPER, LOWER, key="G major")
    assert compare(score, score).same


def test_another_pitch_another_length_and_a_missing_note_are_told_apart() -> None:
    before = choir("G4 A4 B4:2 C5 B4 A4:2", LOWER)
    after = choir("G4 Bb4 B4 r C5 B4 r A4", LOWER)
    assert became(before, after) == [
        ("changed", ("pitch",), 0, 70), ("changed", ("length",), 0, 71), ("changed", ("length", "moved"), 0, 69),
    ]  # fmt: skip
    fewer = choir("G4 r B4:2 C5 B4 A4:2", LOWER)
    assert became(before, fewer) == [("removed", (), 0, 69)]
    assert became(fewer, before) == [("added", (), 0, 69)]


def test_a_note_is_moved_by_two_quarters_at_most() -> None:
    before = choir("G4 r r r", "C3:4")
    assert became(before, choir("r r G4 r", "C3:4")) == [("changed", ("moved",), 0, 67)]
    assert became(before, choir("r r r G4", "C3:4")) == [("removed", (), 0, 67), ("added", (), 0, 67)]


def test_of_two_notes_at_one_time_the_nearer_is_what_became_of_it() -> None:
    """E and A stood there, F and B flat stand there: each is a semitone higher."""
    one, two = (Score.build([(0, 24, p, 64, 0, 1, 1, 127, 0) for p in pair], [Part()]) for pair in ((64, 69), (65, 70)))
    changes = compare(one, two).notes
    pairs = [(c.before.pitch, c.after.pitch) for c in changes if c.before is not None and c.after is not None]
    assert pairs == [(64, 65), (69, 70)]


def test_another_name_of_the_same_key_is_a_change_of_spelling_only_where_both_are_known() -> None:
    sharp, flat = choir("F#4:4"), choir("Gb4:4")
    assert became(sharp, flat) == [("changed", ("spelling",), 0, 66)]
    unknown = flat.notes.copy()
    unknown["fifths"] = 127
    assert became(sharp, flat.evolve(notes=unknown)) == []


def test_a_note_given_to_another_voice_is_one_change() -> None:
    before, after = choir("G4:2 A4:2", "D4:2 r:2"), choir("G4:2 r:2", "D4:2 A4:2")
    assert became(before, after) == [("changed", ("part",), 1, 69)]


def test_an_inserted_bar_is_one_bar_more() -> None:
    before = choir(UPPER, LOWER)
    inserted = choir(
        "G4 A4 B4 C5 E5 E5 E5 E5 D5 C5 B4 A4 G4 F#4 G4:2", "G3 D3 G3 E3 C3 C3 C3 C3 B2 C3 G3 D3 B2 D3 G2:2"
    )
    found = compare(before, inserted)
    assert found.bars == ((0, 0), (None, 1), (1, 2), (2, 3))
    assert {c.kind for c in found.notes} == {"added"}
    assert {c.tone.place.bar for c in found.notes} == {1}
    assert found.signs == ()
    assert compare(inserted, before).bars == ((0, 0), (1, None), (2, 1), (3, 2))


def test_a_changed_bar_beside_an_inserted_one_is_still_the_same_bar() -> None:
    before = choir(UPPER, LOWER)
    after = choir("G4 A4 B4 C5 E5 E5 E5 E5 D5 C5 Bb4 A4 G4 F#4 G4:2", "G3 D3 G3 E3 C3 C3 C3 C3 B2 C3 G3 D3 B2 D3 G2:2")
    found = compare(before, after)
    assert found.bars == ((0, 0), (None, 1), (1, 2), (2, 3))
    assert [(c.tone.pitch, c.tone.place.bar) for c in found.notes if c.kind == "changed"] == [(70, 2)]


def test_a_pickup_that_is_new_leaves_the_bars_as_they_are() -> None:
    before = choir(UPPER, LOWER)
    after = choir(f"D4 {UPPER}", f"r {LOWER}", pickup=24)
    found = compare(before, after)
    assert found.bars == ((None, 0), (0, 1), (1, 2), (2, 3))
    assert [(c.kind, c.tone.pitch, c.tone.place.into) for c in found.notes] == [("added", 62, 72)]


def test_parts_are_known_by_their_names_wherever_they_stand() -> None:
    before = choir("C5:4", "G4:4", "E4:4", "C3:4")
    order = [3, 0, 1, 2]  # where each part goes
    notes = before.notes.copy()
    notes["part"] = [order[p] for p in notes["part"]]
    parts = [before.parts[order.index(n)] for n in range(4)]
    assert compare(before, before.evolve(notes=notes, parts=parts)).notes == ()
    fewer = before.evolve(notes=before.notes[before.notes["part"] != 3], parts=before.parts[:3])
    found = compare(before, fewer)
    assert found.parts[-1] == (3, None)
    assert [(c.kind, c.tone.pitch) for c in found.notes] == [("removed", 48)]


def test_metre_key_and_signs_that_changed_are_told() -> None:
    before = choir(UPPER, LOWER, key="G major", fermatas=(10,))
    marks = [replace(mark, tick=216) for mark in before.marks] + [Mark(kind="words", tick=0, text="dolce", part=0)]
    after = before.evolve(keys=[Key(fifths=2, mode="major")], meters=[Meter(symbol="common")], marks=marks)
    found = [(c.what, c.kind, c.before, c.after) for c in compare(before, after).signs]
    assert found == [
        ("key", "changed", "1 sharp, major", "2 sharps, major"), ("words", "added", "", "dolce"),
        ("fermata", "added", "", "fermata"), ("fermata", "added", "", "fermata"),
        ("fermata", "removed", "fermata", ""), ("fermata", "removed", "fermata", ""),
    ]  # fmt: skip


def test_how_loud_and_in_which_staff_is_not_compared() -> None:
    before = choir(UPPER, LOWER)
    notes = before.notes.copy()
    notes["velocity"], notes["voice"] = 90, 2
    assert compare(before, before.evolve(notes=notes)).same


@st.composite
def tunes(draw: st.DrawFn) -> Score:
    rows = draw(st.lists(st.tuples(st.integers(0, 15), st.integers(1, 8), st.integers(60, 64)), max_size=12))
    notes = {(12 * onset, pitch): (12 * onset, 12 * length, pitch, 0, 0, 1, 1, 127, 0) for onset, length, pitch in rows}
    bars = [Bar(tick=96 * i, number=i + 1) for i in range(4)]
    return Score.build(list(notes.values()), [Part(name="Flute")], meters=[Meter()], bars=bars, end=384)


@given(tunes(), tunes())
def test_the_changes_lead_from_one_score_to_the_other_and_back(before: Score, after: Score) -> None:
    found = compare(before, after)
    gone = [c.before.index for c in found.notes if c.before is not None]
    new = [c.after.index for c in found.notes if c.after is not None]
    assert len(set(gone)) == len(gone) and len(set(new)) == len(new)
    assert len(before.notes) - len(gone) == len(after.notes) - len(new)  # the rest are the same notes
    back = compare(after, before)
    assert (found.count("added"), found.count("changed")) == (back.count("removed"), back.count("changed"))
    assert found.same == (np.array_equal(before.notes, after.notes))
