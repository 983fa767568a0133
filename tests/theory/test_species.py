"""Two lines of a species exercise: cantus firmus, mode, meetings."""

from __future__ import annotations

from fractions import Fraction

import pytest
from drawn_choir import choir

from stretto.errors import RequestError
from stretto.score.model import Key, Part
from stretto.theory.species import two_lines

DORIAN = "D4:4 F4:4 E4:4 D4:4"


def test_the_slower_part_is_the_cantus_firmus() -> None:
    """Above or below, and whatever the bars are."""
    moving = "r:2 D3:2 D3:2 A3:2 C4:2 C#4:2 D4:4"
    assert not two_lines(choir(DORIAN, moving), [0, 1]).above
    assert two_lines(choir(moving, DORIAN), [0, 1]).above


def test_syncopated_whole_notes_are_no_cantus_firmus() -> None:
    """Fourth species: as long as the cantus firmus, but for the first and the last."""
    assert not two_lines(choir(DORIAN, "r:2 D3:4 C4:4 C4:2 C#4:2 D4:2"), [0, 1]).above


def test_note_against_note_the_cantus_firmus_begins_and_ends_on_the_final_and_comes_down() -> None:
    assert two_lines(choir("A4:4 A4:4 C#5:4 D5:4", DORIAN), [0, 1]).above
    assert not two_lines(choir(DORIAN, "D3:4 D3:4 C#4:4 D4:4"), [0, 1]).above


def test_what_tells_nothing_leaves_the_lower_part_and_a_name_or_a_wish_goes_first() -> None:
    score = choir("D5:4 C5:4 D5:4", "D4:4 E4:4 D4:4")
    assert two_lines(score, [0, 1]).above
    assert not two_lines(score, [0, 1], cantus=0).above
    named = score.evolve(parts=[Part(name="Cantus firmus"), Part(name="Counterpoint")])
    assert not two_lines(named, [0, 1]).above


@pytest.mark.parametrize(
    ("line", "signature", "mode"),
    [
        ("D4:4 F4:4 E4:4 D4:4", 0, "dorian"),
        ("D4:4 F4:4 E4:4 D4:4", -1, "aeolian"),
        ("E4:4 C4:4 F4:4 E4:4", 0, "phrygian"),
        ("F4:4 A4:4 G4:4 F4:4", 0, "lydian"),
        ("G4:4 B4:4 A4:4 G4:4", 0, "mixolydian"),
        ("G4:4 B4:4 A4:4 G4:4", 1, "ionian"),
        ("B3:4 D4:4 C4:4 B3:4", 0, "locrian"),
    ],
)
def test_the_mode_is_the_final_in_the_signature(line: str, signature: int, mode: str) -> None:
    lines = two_lines(choir("D5:16", line, keys=[Key(fifths=signature)]), [0, 1], cantus=1)
    assert lines.mode == mode


def test_without_a_signature_the_notes_tell_the_scale() -> None:
    """B flat and E flat in the cantus firmus: G aeolian, the F sharp of the cadence notwithstanding."""
    lines = two_lines(choir("G4:4 G4:4 F#4:4 G4:4", "G3:4 Eb4:4 Bb3:4 G3:4", key=""), [0, 1], cantus=1)
    assert (lines.signature, lines.mode) == (-2, "aeolian")
    assert lines.sentence == "cantus firmus: lower voice, G aeolian"


def test_meetings_say_what_sounds_and_what_is_new() -> None:
    """A tied note meets two of the cantus firmus."""
    lines = two_lines(choir("r:2 A4:4 C#5:2 D5:4", "D4:4 E4:4 D4:4"), [0, 1], cantus=1)
    assert [(m.tick // 48, str(m.between), m.struck) for m in lines.meetings] == [
        (1, "P5", (False, True)),
        (2, "P4", (True, False)),
        (3, "M6", (False, True)),
        (4, "P8", (True, True)),
    ]
    assert lines.unit == 96 and lines.place_in_unit(72) == Fraction(3, 4)


def test_crossed_voices_are_a_negative_interval() -> None:
    lines = two_lines(choir("A4:4 D4:4 C#5:4 D5:4", DORIAN), [0, 1], cantus=1)
    assert [m.between.steps for m in lines.meetings] == [4, -2, 5, 7]


def test_a_single_part_is_refused_with_what_to_do() -> None:
    with pytest.raises(RequestError, match="two voices, and this score has 1; leave one part for each"):
        two_lines(choir(DORIAN), [0])
