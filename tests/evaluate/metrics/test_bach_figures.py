"""Bach's published figures, counted again in the 370 chorales, and where our conventions move them.

The published ones are of music21's 351 chorales (the Grader of Fang et al. 2020). Those files split tied notes, have
some fermatas only, and are named notes; the 370 are Sapp's kern scores, in which a tied note is one note here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from stretto.errors import StrettoError
from stretto.evaluate.metrics import harmony, melody, rhythm
from stretto.evaluate.metrics.bach_or_mock import PUBLISHED, Grader
from stretto.evaluate.metrics.reading import Reading
from stretto.evaluate.metrics.tally import Tally, tally
from stretto.evaluate.reference import shipped
from stretto.score.formats import read_score
from stretto.score.model import Score
from stretto.theory.slices import slices_of
from stretto.theory.voice_leading import parallels, under_fermatas

pytestmark = pytest.mark.corpus


@pytest.fixture(scope="module")
def readings(data_folder: Path) -> list[Reading]:
    paths = sorted((data_folder / "noncommercial/bach-370-chorales").glob("*.krn"))
    assert len(paths) == 370
    return [Reading(read_score(path)) for path in paths]


@pytest.fixture(scope="module")
def tallies(readings: list[Reading]) -> list[Tally]:
    found = [tally(reading) for reading in readings]
    return [own for own in found if own is not None]


def shares(counts: Counter[str]) -> dict[str, float]:
    return {name: count / counts.total() for name, count in counts.items()}


def test_quarters_are_53_and_eighths_34_in_a_hundred_notes(tallies: list[Tally]) -> None:
    """Published: 52.8, 34.3, halves 6.4, sixteenths 2.6; rests count as notes there and here."""
    values = shares(sum((Counter(own.rhythm) for own in tallies), Counter()))
    assert [values[ticks] for ticks in ("24", "12", "48", "6")] == pytest.approx(
        [0.528, 0.343, 0.064, 0.026], abs=0.006
    )


def test_a_soprano_in_major_moves_by_step_70_and_repeats_15_times_in_a_hundred(tallies: list[Tally]) -> None:
    """Published: steps 70.6, repeats 15.3."""
    moves = shares(sum((Counter(own.soprano) for own in tallies if own.mode == "major"), Counter()))
    assert sum(moves[step] for step in ("-2", "-1", "1", "2")) == pytest.approx(0.706, abs=0.006)
    assert moves["0"] == pytest.approx(0.153, abs=0.003)


def test_degrees_of_the_major_scale_are_as_published(tallies: list[Tally]) -> None:
    """By sounding time; 7 and 4 are 8.3 and 8.4 in some order."""
    degrees = shares(sum((Counter(own.notes) for own in tallies if own.mode == "major"), Counter()))
    found = [degrees[semitones] for semitones in ("7", "0", "4", "2", "9", "11", "5")]
    assert found == pytest.approx([0.204, 0.194, 0.138, 0.134, 0.110, 0.084, 0.083], abs=0.003)


def test_chords_in_major_are_near_those_that_music21_names(tallies: list[Tally]) -> None:
    """Published: major 43.6, minor 14.8, unidentified 8.9, dominant seventh 8.9, diminished 4.2, major seventh 3.4.

    Ours name fewer kinds of chords, and hear a seventh chord without its fifth as one.
    """
    kinds = shares(sum((Counter(own.harmony) for own in tallies if own.mode == "major"), Counter()))
    found = [kinds[name] for name in ("major", "minor", "none", "dominant seventh", "diminished", "major seventh")]
    assert found == pytest.approx([0.436, 0.148, 0.089, 0.089, 0.042, 0.034], abs=0.03)


def test_parallels_are_rarer_where_every_voice_has_its_fermata(readings: list[Reading]) -> None:
    """A note: 0.0013 if no fermata counts, 0.0011 with the soprano's, 0.0007 with all; published 0.0016."""
    n_notes = sum(len(reading.notes) for reading in readings)
    counted = dict.fromkeys(("none", "soprano", "all"), 0)
    for reading in readings:
        held = under_fermatas(reading.slices, reading.score)
        counted["all"] += len(parallels(reading.slices, held))
        counted["soprano"] += len(parallels(reading.slices, held & (np.arange(held.shape[1]) == 0)))
        counted["none"] += len(parallels(reading.slices))
    rates = [counted[name] / n_notes for name in ("none", "soprano", "all")]
    assert rates == pytest.approx([0.00128, 0.00109, 0.00070], abs=0.00005)


def test_grades_of_bach_by_bach_are_near_the_published_ones(tallies: list[Tally]) -> None:
    """In sample, as published: each term within 15 % but for harmony and parallels, whose conventions differ.

    Means here / published: notes 0.291 / 0.278, rhythm 0.260 / 0.250, parallels 0.257 / 0.325, harmony 0.323 / 0.447,
    soprano 0.531 / 0.527, alto 0.505 / 0.532, tenor 0.538 / 0.573, bass 0.690 / 0.800, sequences 1.420 / 1.457, total
    4.82 / 5.19. Harmony has fewer kinds of chords here; intervals by semitones have fewer kinds than by name, most in
    the bass; parallels have all fermatas.
    """
    grader = Grader.fit(tallies)
    grades = [grader.grade(own) for own in tallies]
    means = {name: float(np.mean([own[name] for own in grades])) for name in PUBLISHED}
    for name, (published, _) in PUBLISHED.items():
        assert means[name] == pytest.approx(published, rel=0.3 if name in ("harmony", "parallels") else 0.15), name
    ours = {"notes": 0.291, "rhythm": 0.260, "parallels": 0.257, "harmony": 0.323, "soprano": 0.531, "alto": 0.505,
            "tenor": 0.538, "bass": 0.690, "sequences": 1.420, "total": 4.817}  # fmt: skip
    assert means == pytest.approx(ours, abs=0.02)


def test_a_piece_left_out_grades_a_little_worse(tallies: list[Tally]) -> None:
    """On average by 0.04 in 4.82: the corpus is large."""
    grader = Grader.fit(tallies)
    inside = [grader.grade(own)["total"] for own in tallies]
    outside = [grader.grade(own, leave_out=True)["total"] for own in tallies]
    assert 0.02 < np.mean(outside) - np.mean(inside) < 0.08


def test_measures_give_the_same_shares_as_the_counts(readings: list[Reading]) -> None:
    """Of a hundred notes 52 are quarters; sopranos of both modes step 70 and repeat 15 times; triads on 77 beats."""
    notes = np.array([len(reading.notes) for reading in readings])

    def weighted(values: Sequence[float]) -> float:
        return float(np.average(values, weights=notes))

    assert weighted([rhythm.value_shares(own)["quarters"] for own in readings]) == pytest.approx(0.52, abs=0.006)
    tops = [melody.interval_shares(melody.moves(own.lines[0])) for own in readings]
    assert weighted([own["steps"] for own in tops]) == pytest.approx(0.70, abs=0.01)
    assert weighted([own["repeats"] for own in tops]) == pytest.approx(0.15, abs=0.01)
    chords = [harmony.measure(own)["harmony.triads_on_beats"] for own in readings]
    assert weighted(chords) == pytest.approx(0.77, abs=0.02)


@pytest.mark.slow
def test_in_the_published_corpus_parallels_are_those_published() -> None:
    """music21's own chorales: 0.0016 a note, 74 % of them fifths, as if their few fermatas did not count."""
    corpus = pytest.importorskip("music21.corpus")
    scores: list[Score] = []
    for name in corpus.chorales.Iterator(numberingSystem="bwv", returnType="filename"):
        path = corpus.getWork(name)
        if isinstance(path, list):  # a few numbers stand for two files
            continue
        try:
            score = read_score(Path(path))
        except StrettoError:
            continue
        if len(score.parts) == 4:
            scores.append(score)
    found = [own for score in scores for own in parallels(slices_of(score))]
    assert len(scores) > 300
    assert len(found) / sum(len(score.notes) for score in scores) == pytest.approx(0.0016, abs=0.0001)
    assert np.mean([own.interval == 7 for own in found]) == pytest.approx(0.74, abs=0.03)


def test_the_more_notes_are_moved_the_worse_the_grade(readings: list[Reading]) -> None:
    """One note in fifty, ten or three moved by a semitone or two: 5.0 becomes about 5.5, 7.2 and 13."""
    rng = np.random.default_rng(0)
    totals = []
    for moved in (0.0, 0.02, 0.1, 0.3):
        grades = [shipped().grade(spoiled(reading.score, moved, rng))["grade.total"] for reading in readings[::12]]
        totals.append(float(np.mean(grades)))
    assert np.diff(totals).min() > 0.15 and totals[-1] > 2 * totals[0]


def spoiled(score: Score, moved: float, rng: np.random.Generator) -> Score:
    """A score with some of its notes moved."""
    notes = score.notes.copy()
    by = rng.choice([-2, -1, 1, 2], len(notes)) * (rng.random(len(notes)) < moved)
    notes["pitch"] += by.astype(np.int8)
    notes["fifths"] = np.where(by == 0, notes["fifths"], 127)
    return score.evolve(notes=notes)
