"""Species counterpoint by masters raises no error: 45 two-voice examples of Fux, as written and in other clothes."""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path

import pytest

from stretto.check.check import Checked, check_score
from stretto.check.sheet import load_sheet
from stretto.score.model import Key, Meter, Score

sys.path.insert(0, str(Path(__file__).parent))
from fux_gradus import FIGURES, Figure, choir, timed, without_names

ALL = list(FIGURES.values())

LICENCES = {
    "broken-ligature": {"73", "75"},
    "leaps-outline-dissonance": {"6", "21", "35", "43", "45"},
    "minor-sixth-down": {"41", "42", "57", "75"},
    "octaves-on-downbeats": {"55"},
    "repeated-note": {"15"},
    "voices-cross": {"14", "37", "39", "55", "60", "75", "78", "82", "84a"},
    "voices-far-apart": {"43"},
    "wide-range": {"37", "39", "60"},
}
"""What Fux allows himself, and in which figures."""


def checked(score: Score, species: int) -> Checked:
    return check_score(score, load_sheet(f"species{species}"))


def errors(score: Score, species: int) -> list[tuple[str, int, Fraction, str]]:
    return [
        (f.fault.rule, f.bar, f.beat, f.fault.detail) for f in checked(score, species).findings if f.severity == "error"
    ]


def transposed(score: Score, fifths: int) -> Score:
    """Up or down by fifths, within an octave, with the signature of its new place."""
    notes = score.notes.copy()
    semitones = (fifths * 7 + 6) % 12 - 6
    notes["pitch"] += semitones
    notes["fifths"] += fifths
    return score.evolve(notes=notes, keys=[Key(fifths=fifths)])


@pytest.mark.parametrize("figure", ALL, ids=lambda f: f.number)
def test_fux_makes_no_error(figure: Figure) -> None:
    assert errors(figure.score(), figure.species) == []


@pytest.mark.parametrize("figure", ALL, ids=lambda f: f.number)
def test_fux_makes_no_error_where_no_note_has_a_name(figure: Figure) -> None:
    """As a MIDI file gives it."""
    assert errors(without_names(figure.score()), figure.species) == []


@pytest.mark.parametrize("figure", ALL, ids=lambda f: f.number)
@pytest.mark.parametrize(
    ("stretch", "meter"),
    [(Fraction(1, 2), "2/4"), (Fraction(1, 2), "4/4"), (Fraction(2), "4/2"), (Fraction(1), "3/2")],
    ids=["halved", "two to a bar", "doubled", "against the bar"],
)
def test_note_values_are_told_by_the_cantus_firmus(figure: Figure, stretch: Fraction, meter: str) -> None:
    """Cantus firmi in half notes, in breves, and in bars that do not fit them."""
    assert errors(figure.score(stretch=stretch, meter=meter), figure.species) == []


@pytest.mark.parametrize("figure", ALL, ids=lambda f: f.number)
@pytest.mark.parametrize("fifths", [-4, -1, 3])
def test_the_mode_is_the_same_in_every_key(figure: Figure, fifths: int) -> None:
    """Dorian on B flat with four flats, on G with one, on B with three sharps."""
    assert errors(transposed(figure.score(), fifths), figure.species) == []


def test_what_fux_allows_himself_is_a_licence_and_no_more() -> None:
    found: dict[str, set[str]] = {}
    for figure in ALL:
        for finding in checked(figure.score(), figure.species).findings:
            if finding.severity == "licence":
                found.setdefault(finding.fault.rule, set()).add(figure.number)
    assert found == LICENCES


@pytest.mark.parametrize("figure", ALL, ids=lambda f: f.number)
def test_the_cantus_firmus_and_its_mode_are_found(figure: Figure) -> None:
    """In the first species too, where both parts are in whole notes."""
    score = figure.score(keys=[Key(fifths=0)])
    mode = figure.mode.rstrip("0123456789")
    final = {"dorian": "D", "phrygian": "E", "lydian": "F", "mixolydian": "G", "aeolian": "A", "ionian": "C"}[mode]
    assert checked(score, figure.species).sentences[1] == f"cantus firmus: {figure.cantus} voice, {final} {mode}"


def test_a_tie_lost_in_copying_figure_86a_is_no_error_in_florid_counterpoint() -> None:
    """Bar 11 ends on A, and A begins bar 12 as a seventh that resolves."""
    figure = FIGURES["86a"]
    place = figure.counterpoint.split().index("A4:3") + 1
    assert errors(figure.score({place: "A4:2 A4"}), 5) == []


def test_three_against_one_pass_through_a_dissonance() -> None:
    """Fux, p. 63: in triple time the middle note may be dissonant if all move by step."""
    upper = timed("D5 C5 B4 A4 C5 D5 G4 B4 C#5 D5:6", "2")
    assert errors(choir(upper, timed("D4 F4 E4 D4", "6"), meter="3/2"), 2) == []


MAJOR_AND_MINOR = {
    "first species in E flat major": (
        1, "Eb major", "Bb4 C5 D5 Eb5 G5 F5 Eb5 D5 Eb5", "Eb4 Ab4 F4 G4 Eb4 Ab4 C4 F4 Eb4",
    ),
    "first species in G minor, the counterpoint below": (
        1, "G minor", "G4 Bb4 A4 G4 C5 Bb4 A4 G4", "G3 G3 F3 Eb3 Eb3 G3 F#3 G3",
    ),
    "second species in C major": (
        2, "C major", "r C5 A4 B4 C5 D5 E5 C5 B4 A4 G4 A4 B4:4 C5:4", "C4 D4 E4 C4 G4 E4 D4 C4",
    ),
}  # fmt: skip
"""Written for this test: species, key, upper line, lower line."""


@pytest.mark.parametrize("name", MAJOR_AND_MINOR)
def test_major_and_minor_are_modes_too(name: str) -> None:
    species, key, upper, lower = MAJOR_AND_MINOR[name]
    usual = {1: ("4", "4"), 2: ("2", "4")}[species]
    score = choir(timed(upper, usual[0]), timed(lower, usual[1]), meter="2/2", key=key)
    assert errors(score, species) == []


def test_bars_and_beats_are_those_of_the_score() -> None:
    """The crossing in figure 37 is on the second half of bar 5."""
    found = checked(FIGURES["37"].score(), 2).findings
    assert [(f.bar, f.beat) for f in found if f.fault.rule == "voices-cross"] == [(5, Fraction(2))]
    assert FIGURES["37"].score().meters == (Meter(numerator=2, denominator=2),)
