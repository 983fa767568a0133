"""Harmonies: where chords change, and what is left out."""

from __future__ import annotations

import pytest
from drawn_choir import choir, without_names

from stretto.score.model import Score
from stretto.theory.harmonies import harmonies

PHRASE = (
    "E4 F4 E4 D4 E4 D4 D4 C4",
    "C4 C4 C4 B3 C4 C4 B3 G3",
    "G3 A3 G3 G3 G3 A3 G3 E3",
    "C3 F3 G3 G3 C3 F3 G3 C3",
)


def told(score: Score) -> list[tuple[float, str]]:
    """Quarter and numeral of every harmony."""
    return [(h.tick / 24, h.numeral) for h in harmonies(score)]


def test_each_beat_has_its_numeral() -> None:
    names = ["I", "IV", "I64", "V", "I", "ii65", "V", "I"]
    assert told(choir(*PHRASE, key="C major")) == list(enumerate(names))


def test_passing_notes_and_suspensions_are_left_out() -> None:
    """Eighths that pass between thirds, and a fourth held over the dominant: three chords."""
    score = choir(
        "C5:1/2 D5:1/2 E5 D5:2 E5:4",
        "E4:1/2 F4:1/2 G4 G4:2 G4:4",
        "G4 C4:1 C4 B3 C4:4",
        "C3:2 G3:2 C3:4",
        key="C major",
    )
    assert told(score) == [(0, "I"), (2, "V"), (4, "I")]


def test_a_seventh_that_passes_makes_a_dominant_a_seventh_chord_from_there() -> None:
    score = choir("D5:2 C5:2", "B4:2 G4:2", "G4 F4 E4:2", "G3:2 C3:2", key="C major")
    assert told(score) == [(0, "V"), (1, "V7"), (2, "I")]


def test_a_bass_that_moves_within_the_chord_makes_a_new_inversion() -> None:
    score = choir("C5:2 B4:2", "G4:2 G4:2", "E4:2 D4:2", "C3 E3 G3 B2", key="C major")
    assert told(score) == [(0, "I"), (1, "I6"), (2, "V"), (3, "V6")]


@pytest.mark.parametrize("named", [True, False])
def test_a_german_sixth_is_told_by_its_names_or_its_key(named: bool) -> None:
    score = choir("C5 C5 B4 C5", "G4 F#4 G4 G4", "Eb4 Eb4 D4 Eb4", "C3 Ab2 G2 C3", key="C minor")
    names = [name for _, name in told(score if named else without_names(score))]
    assert names == ["i", "Ger65", "V", "i"]


def test_applied_dominants_are_named_by_what_they_lead_to() -> None:
    score = choir("E4 F#4 G4 G4 F4 E4", "C4 C4 B3 Bb3 A3 G3", "G3 A3 D4 E4 C4 C4", "C3 D3 G2 C3 F3 C3", key="C major")
    assert [name for _, name in told(score)] == ["I", "V7/V", "V", "V7/IV", "IV", "I"]


def test_numerals_do_not_change_when_all_is_moved() -> None:
    score = choir(*PHRASE, meter="4/4")
    for up in range(1, 12):
        notes = without_names(score).notes.copy()
        notes["pitch"] += up
        assert told(score.evolve(notes=notes)) == told(score)


def test_no_notes_have_no_harmony() -> None:
    assert harmonies(choir("r:4")) == []


def test_a_diminished_seventh_without_its_fifth_is_told_by_its_names() -> None:
    """A sharp, C sharp, G in B minor: the seventh degree's; by sound alone it would be a triad on G."""
    score = choir("D5 C#5 D5:2", "B4 A#4 B4:2", "F#4 G4 F#4:2", "B3 C#4 B3:2", key="B minor")
    assert [name for _, name in told(score)] == ["i", "viio65", "i"]
