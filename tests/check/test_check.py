"""Checking as a whole: what is found is placed, counted and explained."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from stretto.check.check import check_score
from stretto.check.sheet import load_sheet
from stretto.score.formats import read_score
from stretto.score.model import Part

sys.path.insert(0, str(Path(__file__).parent.parent / "theory"))
from drawn_choir import choir, without_names

SHEET = load_sheet("chorale")

FIFTHS = ("B4 C5 A4 B4", "D4 E4 F#4 G4", "G3 G3 A3 D4", "G2 C3 D3 G2")
"""Tenor and bass: C3-G3 to D3-A3."""


def test_a_finding_says_where_what_and_how_often_bach_does_it() -> None:
    checked = check_score(choir(*FIFTHS, key="G major"), SHEET)
    (finding,) = (f for f in checked.findings if f.severity == "error")
    assert (finding.bar, finding.beat, finding.fault.parts) == (1, 3, (2, 3))
    assert finding.fault.detail == "C3-G3 to D3-A3"
    assert finding.says == "Two voices a perfect fifth apart do not both go on to another perfect fifth."
    assert finding.bach.startswith("Bach: in 4 of 370 chorales")
    assert checked.n_errors == 1 == checked.counts["parallel-fifths"]
    assert str(checked.key) == "G major"


def test_music_that_nobody_could_sing_is_said_to_be_none_for_singers() -> None:
    """The same chords two octaves higher are a pianist's, perhaps."""
    assert len(check_score(choir(*FIFTHS, key="G major"), SHEET).sentences) == 2
    high = ("B6 C7 A6 B6", "D6 E6 F#6 G6", "G5 G5 A5 D6", "G4 C5 D5 G4")
    assert check_score(choir(*high, key="G major"), SHEET).sentences[2] == (
        "16 of 16 notes are too high or low to sing: if it is not for four singers, these rules say little of it"
    )


def test_the_notes_of_a_fault_are_the_four_that_make_it() -> None:
    checked = check_score(choir(*FIFTHS, key="G major"), SHEET)
    (finding,) = (f for f in checked.findings if f.severity == "error")
    found = checked.score.notes[list(finding.fault.notes)]
    assert sorted(found["pitch"].tolist()) == [48, 50, 55, 57]


def test_a_pickup_counts_from_the_end_of_its_bar() -> None:
    """The second chord of a piece that begins on the fourth beat is on the first of bar 1."""
    checked = check_score(choir(*FIFTHS, key="G major", pickup=24), SHEET)
    (finding,) = (f for f in checked.findings if f.severity == "error")
    assert (finding.bar, finding.beat) == (1, 2)


def test_findings_are_numbered_as_they_are_read() -> None:
    checked = check_score(choir("C5 D5 C5 D5", "G4 A4 G4 A4", "E4 F4 E4 F4", "C3 D3 C3 D3", key="C major"), SHEET)
    assert [f.number for f in checked.findings] == list(range(1, len(checked.findings) + 1))
    places = [(f.bar, f.beat) for f in checked.findings]
    assert places == sorted(places)
    assert checked.counts["parallel-fifths"] == 3


def test_remarks_are_counted_after_all_else_though_they_are_read_between() -> None:
    """So a page without remarks counts 1, 2, 3, and the library gives the numbers that the page has."""
    score = choir("C5 D5 C5 D5", "G4 A4 G4 A4", "E4 F4 E4 F4", "C3 D3 C3 D3", key="C major")
    rules = (replace(r, severity="remark") if r.id == "parallel-octaves" else r for r in SHEET.rules)
    checked = check_score(score, replace(SHEET, rules=tuple(rules)))
    light = [f.severity == "remark" for f in checked.findings]
    assert light.index(True) < len(light) - 1 - light[::-1].index(False)
    by_number = sorted(checked.findings, key=lambda f: f.number)
    assert [f.number for f in by_number] == list(range(1, len(light) + 1))
    assert [f.severity == "remark" for f in by_number] == sorted(light)


def test_halves_of_beats_are_told() -> None:
    checked = check_score(
        choir("E5:1/2 F5:1/2 E5:3", "C5 C5:3", "G4:1/2 A4:1/2 G4:3", "C4:1/2 D4:1/2 C4:3", key="C major"), SHEET
    )
    fifths = [f.beat for f in checked.findings if f.fault.rule in ("parallel-fifths", "fifths-by-ornament")]
    assert fifths == [Fraction(3, 2), 2]


def test_a_phrase_ends_between_parallels_that_are_none() -> None:
    """From a chord under a fermata to the next phrase no parallels are asked for."""
    held = choir(*FIFTHS, key="G major", fermatas=(1,))
    assert check_score(held, SHEET).counts["parallel-fifths"] == 0
    assert check_score(choir(*FIFTHS, key="G major"), SHEET).counts["parallel-fifths"] == 1


def test_what_sounds_counts_and_not_the_names() -> None:
    """A leading tone written as A flat in A minor resolves like G sharp, and makes no augmented second."""
    lines = ("A4 A4 Ab4 A4", "E4 F4 E4 E4", "C4 D4 B3 C#4", "A2 D3 E3 A2")
    checked = check_score(choir(*lines, key="A minor"), SHEET)
    assert checked.n_errors == 0
    assert [(f.fault.rule, f.fault.detail, f.severity) for f in checked.findings if "name" in f.fault.rule] == [
        ("note-name", "Ab4 is heard as G#4", "licence")
    ]


def test_a_leading_tone_that_steps_down_in_an_inner_voice_is_on_its_way() -> None:
    lines = ("D5 B4 A4 B4", "F#4 E4 F#4 G4", "A3 G3 D4 D4", "D3 E3 D3 G2")
    found = [(f.fault.rule, f.fault.detail) for f in check_score(choir(*lines, key="G major"), SHEET).findings]
    assert ("leading-tone-descends", "F#4 to E4, V to vi") in found


def test_fifths_of_an_inner_voice_with_a_note_between_are_a_licence() -> None:
    score = choir("C5 B4 C5:2", "E4:1/2 C4:1/2 D4 E4:2", "C4 G3 G3:2", "A3 G3 C3:2", key="C major")
    found = [(f.fault.rule, f.severity, f.fault.detail, f.beat) for f in check_score(score, SHEET).findings]
    assert ("ornamented-parallels-inside", "licence", "A3-E4 to G3-D4", 2) in found
    assert not any(rule == "ornamented-parallels" for rule, *_ in found)


def test_an_instrument_beside_the_choir_may_have_the_third() -> None:
    played, held = ("E5 B4 E5:2", "G5 G5 G5:2")
    sung = ("C5 D5 C5:2", "G4 G4 G4:2", "E4 D4 E4:2", "C3 G2 C3:2")
    names = [Part(name=name) for name in ("Horn", "Soprano", "Alto", "Tenor", "Bass")]
    scores = [choir(line, *sung, key="C major").evolve(parts=names) for line in (played, held)]
    assert [check_score(score, SHEET).counts.get("third-missing", 0) for score in scores] == [0, 1]


def test_a_midi_file_finds_what_a_notated_one_finds() -> None:
    lines = ("E4 F4 G#4 A4", "C4 D4 B3 C4", "A3 A3 E3 E3", "A2 D3 E3 A2")
    named, bare = choir(*lines, key="A minor"), without_names(choir(*lines))
    found = [[(f.fault.rule, f.fault.detail) for f in check_score(s, SHEET).findings] for s in (named, bare)]
    assert found[0] == found[1]
    assert ("augmented-interval", "F4 G#4, augmented second") in found[0]


@pytest.mark.corpus
def test_errors_are_rare_in_bach() -> None:
    """In 370 chorales: under half an error each, and most have none."""
    folder = Path(os.environ["STRETTO_DATA"]) / "noncommercial/bach-370-chorales"
    errors = [check_score(read_score(path), SHEET).n_errors for path in sorted(folder.glob("*.krn"))]
    assert sum(errors) / len(errors) < 0.5
    assert sum(n == 0 for n in errors) > 0.6 * len(errors)
