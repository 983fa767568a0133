"""Distributions of a repertoire, and their overlap."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_staves import drawn

from stretto.evaluate.staff_shapes import (
    FEATURES,
    density,
    durations,
    halves_overlap,
    hand_span,
    intervals_in_line,
    intervals_together,
    means_overlap,
    overlap,
    pitch,
    polyphony,
    shapes,
    thirty_seconds,
    triplets,
    whole_span,
)

CHORDS = drawn(
    """
    G4 | x-------
    C5 | x---x---
    """,
    """
    C3 | x-----..
    """,
    step=12,
)


def test_polyphony_is_time() -> None:
    assert polyphony(CHORDS)[:5].tolist() == [0, 0, 24, 72, 0]


def test_density_counts_what_is_struck_bar_by_bar() -> None:
    """Four notes in four quarters."""
    assert np.flatnonzero(density(CHORDS)).tolist() == [2]


def test_pitch_and_duration_count_notes() -> None:
    assert {p: int(n) for p, n in enumerate(pitch(CHORDS)) if n} == {48: 1, 67: 1, 72: 2}
    assert durations(CHORDS)[[10, 11, 12]].tolist() == [2, 1, 1]


def test_a_hand_spans_what_it_holds() -> None:
    """The right hand a fourth for a bar; the left one note, which is no span."""
    assert np.flatnonzero(hand_span(CHORDS)).tolist() == [5]
    assert np.flatnonzero(whole_span(CHORDS)).tolist() == [5 // 3, 24 // 3]


def test_intervals_together_count_pairs_for_as_long_as_they_sound() -> None:
    """C3-G4 a fifth and C3-C5 an octave for 72 ticks, G4-C5 a fourth for 96."""
    found = intervals_together(CHORDS)
    assert {i: int(n) for i, n in enumerate(found) if n} == {0: 72, 5: 96, 7: 72}


def test_the_melody_is_the_top_of_the_first_staff() -> None:
    tune = drawn(
        """
        C5 | x...x
        E5 | .x...
        D4 | .xx..
        """,
        "C3 | x----",
    )
    assert {i - 12: int(n) for i, n in enumerate(intervals_in_line(tune)) if n} == {4: 1, -12: 1, 10: 1}


def test_triplets_and_32nds_are_shares_of_a_piece() -> None:
    plain = drawn("C5 | xxxx", "C3 | x---", step=6)
    triplet = drawn("C5 | xxx", "C3 | x--", step=8)
    quick = drawn("C5 | xxxxxxxx", "C3 | x-------", step=3)
    assert [int(triplets(w).argmax()) for w in (plain, triplet, quick)] == [0, 5, 0]
    assert [int(thirty_seconds(w).argmax()) for w in (plain, triplet, quick)] == [0, 0, 5]


def test_every_piece_weighs_the_same() -> None:
    """A long piece on one pitch and a short one on another share the histogram evenly."""
    long, short = drawn("C5 | " + "x" * 64, "C3 | .", step=6), drawn("D5 | x", "C3 | .", step=6)
    rows = shapes([long, short], FEATURES["keyboard"][2])
    assert rows.mean(axis=0)[[72, 74]].tolist() == [0.5, 0.5]
    assert overlap(rows, rows[:1]) == pytest.approx(0.5)


def test_means_tell_pieces_that_are_all_alike_from_pieces_that_differ() -> None:
    """Two sets with one mean histogram: here every piece has all bins, there each has one of them."""
    alike, apart = np.full((40, 4), 0.25), np.tile(np.eye(4), (10, 1))
    assert overlap(alike, apart) == pytest.approx(1)
    assert means_overlap(alike, apart) < 0.3
    assert means_overlap(apart, apart) == pytest.approx(1)
    assert np.isnan(means_overlap(alike[:0], apart))


def test_halves_of_one_set_overlap_less_than_wholly_and_more_than_strangers() -> None:
    rng = np.random.default_rng(0)
    rows = rng.dirichlet(np.ones(10), 40)
    strangers = np.eye(10)[np.zeros(40, int)]
    assert 0.8 < halves_overlap(rows) < 1
    assert overlap(rows, strangers) < 0.2
    assert np.isnan(overlap(rows, rows[:0]))
