"""Measures of one piece: the same names for every score, and nothing that a key or a tempo changes."""

from __future__ import annotations

import math
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "theory"))
from drawn_choir import choir

from stretto.evaluate.measures import FAMILIES, METRICS, measure_matrix, measures
from stretto.evaluate.metrics import overlap
from stretto.evaluate.metrics.reading import Reading
from stretto.score.model import Key, Mark, Part, Score, Tempo

PHRASE = choir(
    "G4 A4 B4 C5 D5 C5 B4:2 D5 E5 D5:1/2 C5:1/2 B4 A4:1/2 B4:1/2 A4 G4:2",
    "D4 D4 D4 E4 F#4 E4 D4:2 G4 G4 G4 G4 E4 D4:1/2 C4:1/2 B3:2",
    "B3 A3 G3 G3 A3 A3 G3:2 B3 C4 D4 D4 C4 A3 D4:2",
    "G3 F#3 G3 C3 D3 A2 G2:2 G3 C3 B2 G2 A2 D3 G2:2",
    key="G",
    fermatas=(6, 14),
)


def moved(score: Score, up: int) -> Score:
    """The same music, transposed, its signature too."""
    notes = score.notes.copy()
    notes["pitch"] += up
    notes["fifths"] = 127
    away = (up * 7 + 5) % 12 - 5
    keys = [Key(tick=k.tick, fifths=k.fifths + away, mode=k.mode) for k in score.keys]
    marks = [Mark(kind=m.kind, tick=m.tick, part=m.part) for m in score.marks]
    return score.evolve(notes=notes, keys=keys, marks=marks)


def differing(one: Score, other: Score) -> list[str]:
    a, b = measures(one), measures(other)
    return [name for name in a if a[name] != pytest.approx(b[name], abs=1e-9, nan_ok=True)]


@pytest.mark.parametrize("up", [-12, -5, 1, 2, 7, 12])
def test_no_measure_but_the_ranges_depends_on_the_key(up: int) -> None:
    assert set(differing(PHRASE, moved(PHRASE, up))) <= {"voices.outside"}


def test_no_measure_depends_on_the_tempo() -> None:
    assert differing(PHRASE, PHRASE.evolve(tempos=[Tempo(qpm=Fraction(37))])) == []


STRANGE = {
    "empty": Score.build([], []),
    "no notes": Score.build([], [Part(name="nothing")]),
    "one note": choir("C5"),
    "one line": choir("C5 D5 E5 F5"),
    "two parts": choir("C5 D5 E5", "C4:3"),
    "rests": choir("r:4", "r:4", "r:4", "r:4", end=96),
    "a silent part": choir("C5 D5 E5", "r:3", "C3:3"),
    "held": choir("C5:40", "E4:40", "G3:40", "C3:40"),
    "seven parts": choir(*["C4 D4"] * 7, meter=""),
    "a drum": Score.build([(0, 24, 38, 90, 0, 1, 1, 127, 0)], [Part(percussion=True)]),
    "a grace": Score.build([(0, 0, 60, 90, 0, 1, 1, 127, 1), (0, 24, 62, 90, 0, 1, 1, 127, 0)], [Part()]),
    "chords": Score.build([(24 * i, 24, 60 + p, 0, 0, 1, 1, 127, 0) for i in range(9) for p in (0, 4, 7)], [Part()]),
    "one length": choir("C5:1/2 " * 30, meter="5/8"),
}


@pytest.mark.parametrize("name", STRANGE)
def test_every_score_has_all_measures_by_the_same_names(name: str) -> None:
    found = measures(STRANGE[name])
    assert list(found) == list(METRICS)
    assert all(isinstance(value, float) and not math.isinf(value) for value in found.values())


def test_each_family_measures_what_its_catalogue_names() -> None:
    reading = Reading(PHRASE)
    for family in FAMILIES:
        assert set(family.measure(reading)) == {metric.name for metric in family.METRICS}
    assert len(METRICS) == sum(len(family.METRICS) for family in FAMILIES)


def test_every_metric_says_what_it_is_in_one_sentence() -> None:
    for metric in METRICS.values():
        assert metric.label and metric.says.endswith(".") and metric.says[0].isupper()


def test_a_whole_phrase_leaves_little_undefined() -> None:
    missing = {name for name, value in measures(PHRASE).items() if math.isnan(value)}
    few_leaps = {"melody.top.leaps_recovered", "melody.inner.leaps_recovered", "rl_tuner.leaps_resolved"}
    too_short = {"structure.long", *(metric.name for metric in overlap.METRICS)}
    assert missing <= few_leaps | too_short


def test_a_matrix_has_a_row_a_piece_and_a_column_a_metric() -> None:
    matrix = measure_matrix([measures(PHRASE), measures(choir("C5 D5"))])
    assert matrix.shape == (2, len(METRICS))
    assert matrix[0, list(METRICS).index("pitch.range")] == np.ptp(PHRASE.notes["pitch"])
    assert np.isnan(matrix[1, list(METRICS).index("voices.contrary")])
    assert measure_matrix([]).shape == (0, len(METRICS))
