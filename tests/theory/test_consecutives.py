"""How two voices come to fifths and octaves, drawn move by move, and beside music21."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_choir import choir
from music21 import note, voiceLeading

from stretto.theory.consecutives import is_contrary, is_hidden, is_parallel, is_unequal, leaps
from stretto.theory.key import estimate_key
from stretto.theory.texture import Move, Texture
from stretto.theory.voice_leading import FIFTH, OCTAVE


def move(upper: str, lower: str) -> Move:
    """The one move of two voices."""
    score = choir(upper, lower)
    (found,) = Texture(score, (0, 1), estimate_key(score)).moves(0, 1)
    return found


@pytest.mark.parametrize(
    ("upper", "lower", "fifths", "octaves"),
    [
        ("G4 A4", "C4 D4", True, False),
        ("G5 A5", "C4 D4", True, False),
        ("G4 A5", "C4 D4", True, False),  # a fifth to a twelfth the same way
        ("C5 D5", "C4 D4", False, True),
        ("C4 D4", "C4 D4", False, True),
        ("C4 D5", "C4 D4", False, True),  # a unison to an octave
        ("G4 A4", "C4 D3", False, False),  # contrary
        ("G4 A4", "C#4 D4", False, False),  # from a diminished fifth
        ("B3 A3", "E4 D4", False, False),  # fourths between voices that cross
        ("E4 F4", "C4 D4", False, False),
    ],
)
def test_parallels_are_told(upper: str, lower: str, fifths: bool, octaves: bool) -> None:
    found = move(upper, lower)
    assert (is_parallel(found, FIFTH), is_parallel(found, OCTAVE)) == (fifths, octaves)


def test_contrary_ones_are_told_apart() -> None:
    assert is_contrary(move("G4 A4", "C4 D3"), FIFTH)
    assert is_contrary(move("C5 G4", "C4 G4"), OCTAVE)
    assert not is_contrary(move("G4 A4", "C4 D4"), FIFTH)


def test_hidden_ones_come_from_another_interval_in_one_direction() -> None:
    assert is_hidden(move("E4 A4", "C4 D4"), FIFTH)
    assert is_hidden(move("E4 C5", "A3 C4"), OCTAVE)
    assert is_hidden(move("G4 C4", "D4 C4"), OCTAVE)  # to a unison
    assert is_hidden(move("B3 C5", "E4 F4"), FIFTH)  # from a fourth between voices that cross
    assert not is_hidden(move("E4 A4", "E4 D4"), FIFTH)  # contrary
    assert not is_hidden(move("G4 A4", "C4 D4"), FIFTH)  # parallel


def test_a_hidden_one_with_a_step_above_is_told_from_one_with_a_leap() -> None:
    assert leaps(move("E4 A4", "C4 D4"))
    assert not leaps(move("F#4 G4", "A3 C4"))
    assert not leaps(move("F4 G4", "A3 C4"))
    assert leaps(move("E4 G4", "A3 C4"))


def test_a_diminished_fifth_before_a_perfect_one_is_unequal() -> None:
    assert is_unequal(move("F4 G4", "B3 C4"))
    assert not is_unequal(move("F4 E4", "B3 C4"))
    assert not is_unequal(move("F4 G4", "B3 C3"))


def test_a_move_is_told_in_notes() -> None:
    assert str(move("C5 D5", "F4 G4")) == "F4-C5 to G4-D5"


def test_a_voice_that_stays_or_rests_makes_no_move() -> None:
    for upper, lower in (("G4 G4", "C4 D4"), ("G4 r A4", "C4 r D4")):
        score = choir(upper, lower)
        assert list(Texture(score, (0, 1), estimate_key(score)).moves(0, 1)) == []


def test_random_moves_are_what_music21_says() -> None:
    """Voices that do not cross; a diminished fifth is no fifth to either."""
    rng = np.random.default_rng(3)
    compared = 0
    for _ in range(400):
        a, b = rng.choice(["C5", "D5", "E5", "F5", "G5", "A5", "B5"], 2, replace=False)
        c, d = rng.choice(["C4", "D4", "E4", "F4", "G4", "A4", "B4"], 2, replace=False)
        found = move(f"{a} {b}", f"{c} {d}")
        theirs = voiceLeading.VoiceLeadingQuartet(*(note.Note(name) for name in (a, b, c, d)))
        assert (is_parallel(found, FIFTH) or is_contrary(found, FIFTH)) == theirs.parallelFifth()
        assert (is_parallel(found, OCTAVE) or is_contrary(found, OCTAVE)) == theirs.parallelUnisonOrOctave()
        if not is_unequal(found):
            assert is_hidden(found, FIFTH) == theirs.hiddenFifth(), (a, b, c, d)
            assert is_hidden(found, OCTAVE) == theirs.hiddenOctave(), (a, b, c, d)
            compared += 1
    assert compared > 300
