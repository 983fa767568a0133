"""Where voices lie beside each other."""

from __future__ import annotations

from drawn_choir import choir

from stretto.score.model import Score
from stretto.theory.key import estimate_key
from stretto.theory.placing import crossings, outside, overlaps, silences, wide_places
from stretto.theory.texture import Texture


def texture(*lines: str) -> Texture:
    score: Score = choir(*lines)
    return Texture(score, tuple(range(len(lines))), estimate_key(score))


def test_a_wide_stretch_is_told_once_at_its_widest() -> None:
    found = [(a.name, b.name) for a, b in wide_places(texture("C5 E5 D5 C5", "C4 C4 C4 C4"), 0, 1, 12)]
    assert found == [("E5", "C4")]
    found = [(a.name, b.name) for a, b in wide_places(texture("C5 E5 D5 C5", "C4 C4 A3 C4"), 0, 1, 12)]
    assert found == [("D5", "A3")]  # lower, and a step wider


def test_an_octave_is_not_wide() -> None:
    assert list(wide_places(texture("C5", "C4"), 0, 1, 12)) == []


def test_each_stretch_of_crossing_is_told_note_by_note() -> None:
    runs = list(crossings(texture("C5 A4 G4 C5 G4", "E4 C5 B4 E4 A4"), 0, 1))
    assert [[(a.name, b.name) for a, b in run] for run in runs] == [[("A4", "C5"), ("G4", "B4")], [("G4", "A4")]]


def test_a_voice_that_passes_what_its_neighbour_left_overlaps() -> None:
    """The alto goes to F4, above the soprano's E4 of before."""
    assert [(a.name, b.name) for a, b in overlaps(texture("E4 A4", "C4 F4"), 0, 1)] == [("E4", "F4")]
    assert [(a.name, b.name) for a, b in overlaps(texture("E5 B4", "C5 G4"), 0, 1)] == [("C5", "B4")]


def test_voices_that_meet_or_cross_do_not_overlap() -> None:
    assert list(overlaps(texture("E4 G4", "C4 E4"), 0, 1)) == []
    assert list(overlaps(texture("E4 E4", "C4 F4"), 0, 1)) == []  # crossing


def test_notes_outside_a_range_are_told() -> None:
    assert [note.name for note in outside(texture("C4 B5 B3 A5", "C3"), 0, 60, 81)] == ["B5", "B3"]


def test_a_rest_counts_while_another_voice_sings() -> None:
    assert list(silences(texture("C5 r r C5 r", "E4 E4 r E4 r"), 0)) == [(24, 48)]
