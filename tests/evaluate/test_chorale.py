"""What one chorale is like, counted on hand-made music."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "theory"))
from drawn_choir import choir

from stretto.evaluate.chorale import (
    ChoraleCounts,
    count_chorale,
    eighths,
    n_silent_bars,
    n_stuck,
    strong_beats,
)
from stretto.score.formats import read_score
from stretto.score.model import Score
from stretto.theory.key import estimate_key, parse_key
from stretto.theory.slices import slices_of


def phrase() -> Score:
    """Two bars of C major that end well: C, F, G, C."""
    return choir("C5 C5 B4 D5 C5:4", "G4 A4 G4 G4 G4:4", "E4 F4 D4 D4 E4:4", "C3 F3 G3 G3 C3:4", key="C", fermatas=(4,))


def test_a_plain_phrase_is_counted() -> None:
    """Every number can be checked by eye."""
    counts = count_chorale(phrase(), parse_key("C"))
    assert (counts.n_pieces, counts.n_notes, counts.quarters, counts.voice_quarters) == (1, 20, 8.0, 32.0)
    assert counts.durations == Counter({24: 16, 96: 4})
    assert (counts.n_moves, counts.n_steps) == (4, 2)  # C C B D C: a repeat, a step, a third, a step
    assert counts.n_restruck == 5  # soprano C; alto G G G; tenor D; bass G
    assert (counts.n_strong, counts.n_strong_triads, counts.n_strong_sevenths) == (4, 4, 0)
    assert (counts.n_phrases, counts.n_on_triads) == (1, 1)
    assert counts.cadences == Counter({"perfect authentic": 1})
    assert counts.phrase_bars == Counter({"4/4 2": 1})
    assert (counts.n_tonic_triads, counts.n_good_endings, counts.n_minor, counts.n_picardy) == (1, 1, 0, 0)
    assert (counts.n_outside, counts.n_parallels, counts.n_silent_bars, counts.n_stuck) == (0, 0, 0, 0)


def test_the_key_that_was_asked_for_decides() -> None:
    """The same piece, asked for in C minor: a Picardy third."""
    counts = count_chorale(phrase(), parse_key("c"))
    assert (counts.n_minor, counts.n_minor_tonic, counts.n_picardy) == (1, 1, 1)
    assert count_chorale(phrase(), parse_key("G")).n_tonic_triads == 0


def test_counts_add_up() -> None:
    """Of two pieces, counters included; nothing is changed in place."""
    one = count_chorale(phrase(), parse_key("C"))
    two = one + one
    assert two.n_notes == 40 and two.durations[24] == 32 and two.cadences["perfect authentic"] == 2
    assert one.n_notes == 20 and ChoraleCounts() + one == one


def test_strong_beats_are_the_first_and_the_middle_of_four() -> None:
    """With a pickup of three quarters the first strong beat is the middle of the bar it belongs to."""
    line = "C5 C5 C5 C5 C5 C5 C5 C5"
    assert strong_beats(choir(line)) == [0, 48, 96, 144]
    assert strong_beats(choir(line, meter="3/4", end=9 * 24)) == [0, 72, 144]
    assert strong_beats(choir(line, pickup=24, end=8 * 24)) == [24, 72, 120, 168]
    assert strong_beats(choir(line, pickup=72, end=8 * 24)) == [24, 72, 120, 168]


def test_a_bar_of_silence_is_seen_and_a_held_note_is_none() -> None:
    """The second of three bars."""
    assert n_silent_bars(choir("C5:4 r:4 C5:4")) == 1
    assert n_silent_bars(choir("C5:12")) == 0


@pytest.mark.parametrize(
    ("soprano", "stuck"),
    [
        ("C5 " * 8 + "D5:4", 0),
        ("C5 " * 8 + "E5 D5:3", 1),
        ("C5:12", 1),
        ("C5 " * 7 + "A4 C5:4", 0),
        ("C5 " * 7 + "D5 E5 C5:3", 1),
        ("C5 " * 20, 1),
    ],
)
def test_one_chord_for_over_two_bars_is_seen_once(soprano: str, stuck: int) -> None:
    """Eight quarters of C major are allowed, a ninth is not; a passing note does not leave the chord."""
    n = sum(float(t.partition(":")[2] or 1) for t in soprano.split())
    score = choir(soprano, f"G4:{n:g}", f"E4:{n:g}", f"C3:{n:g}")
    assert n_stuck(score, slices_of(score)) == stuck


def test_the_grid_of_eighths_holds_what_sounds() -> None:
    """A dotted quarter is three eighths."""
    assert eighths(choir("C5:3/2 D5:1/2", "E4 r", meter="2/4")).tolist() == [[72, 64], [72, 64], [72, -1], [74, -1]]


@pytest.mark.corpus
def test_real_chorales_come_near_the_published_figures(data_folder: Path) -> None:
    """Parallels, ranges, steps and durations of every fifth of the 370."""
    total = ChoraleCounts()
    for path in sorted((data_folder / "noncommercial/bach-370-chorales").glob("*.krn"))[::5]:
        score = read_score(path)
        total = total + count_chorale(score, estimate_key(score))
    assert total.n_pieces == 74
    assert total.n_parallels / total.n_notes < 0.0016
    assert total.n_outside / total.n_notes < 0.001
    assert total.n_steps / total.n_moves == pytest.approx(0.71, abs=0.03)
    assert total.durations[24] / total.n_notes == pytest.approx(0.52, abs=0.03)
    assert total.n_on_triads / total.n_phrases > 0.97
