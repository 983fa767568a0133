from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from stretto.report.form import form_of

sys.path.insert(0, str(Path(__file__).parents[1] / "theory"))
from drawn_choir import choir

TUNE = "C5 D5 E5 F5 G5 F5 E5 D5 C5 D5 E5 D5 C5:4"
OTHER = "A4 G4 A4 B4 A4 G4 F#4 G4 A4 A4 B4 B4 A4:4"
UP_A_FOURTH = "F5 G5 A5 Bb5 C6 Bb5 A5 G5 F5 G5 A5 G5 F5:4"
BASS = "C3 G3 C3 D3 E3 D3 C3 G2 A2 B2 C3 G2 C3:4"
BASS_UP = "F3 C4 F3 G3 A3 G3 F3 C3 D3 E3 F3 C3 F3:4"
OTHER_BASS = "A2 B2 C3 D3 E3 D3 A2 B2 A2 B2 G2 B2 A2:4"


def test_sections_that_come_back_get_their_letter_again() -> None:
    score = choir(f"{TUNE} {OTHER} {TUNE}", f"{BASS} {BASS} {BASS}", fermatas=(12, 28, 44))
    assert form_of(score).letters == "ABA"


def test_a_section_that_comes_back_transposed_is_the_same() -> None:
    assert form_of(choir(f"{TUNE} {UP_A_FOURTH}", f"{BASS} {BASS_UP}", fermatas=(12, 28))).letters == "AA"


def test_the_same_melody_over_another_bass_gets_a_stroke() -> None:
    assert form_of(choir(f"{TUNE} {TUNE}", f"{BASS} {OTHER_BASS}", fermatas=(12, 28))).letters == "AA'"


def test_fermatas_part_a_piece_where_it_has_them() -> None:
    form = form_of(choir("C5 D5 E5:2 G5 F5 E5:2 C5 D5 E5:2", fermatas=(2, 6, 10)))
    assert form.parted_by == "by its fermatas"
    assert [(s.start, s.end, s.letter) for s in form.sections] == [(0, 96, "A"), (96, 192, "B"), (192, 288, "A")]


def test_moments_with_the_same_pitch_classes_are_alike_and_others_are_not() -> None:
    alike = form_of(choir("C4 C4 F#4 F#4 C5 C5 C5 C5")).alike_KK
    assert np.allclose(np.diag(alike), 1.0)
    assert np.isclose(alike[0, 4], 1.0)
    assert np.isclose(alike[0, 2], 0.0)


def test_a_long_piece_is_looked_at_in_longer_moments() -> None:
    form = form_of(choir("C4:400 D4:400"))
    assert form.moment == 4 * 24
    assert len(form.alike_KK) == 200
