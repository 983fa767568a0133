"""Phrases, their cadences, and endings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from drawn_choir import choir

from stretto.score.formats import read_score
from stretto.score.model import Mark
from stretto.theory.cadence import cadence_at, ending
from stretto.theory.key import estimate_key, parse_key
from stretto.theory.phrases import PhraseEnd, phrase_ends, phrase_lengths
from stretto.theory.slices import slices_of


@pytest.mark.parametrize(
    ("key", "lines", "kind"),
    [
        ("C", ("B4 C5:2", "F4 E4:2", "D4 G3:2", "G3 C3:2"), "perfect authentic"),
        ("C", ("D5 E5:2", "F4 G4:2", "B3 C4:2", "G3 C3:2"), "imperfect authentic"),
        ("C", ("B4 C5:2", "F4 E4:2", "D4 G3:2", "B2 C3:2"), "imperfect authentic"),
        ("C", ("D5 C5:2", "F4 E4:2", "B3 C4:2", "D3 C3:2"), "imperfect authentic"),
        ("C", ("C5 B4:2", "E4 D4:2", "G3 G3:2", "C3 G2:2"), "half"),
        ("a", ("D5 E5:2", "A4 G#4:2", "D4 B3:2", "F3 E3:2"), "half"),
        ("C", ("C5 C5:2", "A4 G4:2", "F4 E4:2", "F3 C3:2"), "plagal"),
        ("C", ("B4 C5:2", "F4 E4:2", "D4 C4:2", "G3 A3:2"), "deceptive"),
        ("a", ("B4 A4:2", "G#4 A4:2", "D4 C4:2", "E3 F3:2"), "deceptive"),
        ("C", ("C#5 D5:2", "E4 F4:2", "G3 F3:2", "A2 D3:2"), "perfect authentic"),
        ("C", ("C5 D5:2", "E4 F4:2", "A3 A3:2", "A2 D3:2"), "other"),
        ("C", ("C5 C5:2", "E4 F4:2", "G3 G3:2", "C3 D3:2"), "other"),
    ],
)
def test_cadences_have_the_names_of_the_textbook(key: str, lines: tuple[str, ...], kind: str) -> None:
    """The chord under the fermata and the one that leads to it."""
    score = choir(*lines, key=key, fermatas=(1,))
    slices = slices_of(score)
    (end,) = phrase_ends(score, slices)
    assert cadence_at(slices, end, parse_key(key)).kind == kind


def test_a_suspension_into_the_last_chord_does_not_hide_its_cadence() -> None:
    """Four-three over the dominant, and the alto reaches the fermata an eighth late."""
    score = choir("C5 B4 C5:2", "G4 G4 F4:1/2 E4:3/2", "E4 D4:1/2 D4:1/2 C4:2", "E3 G3 C3:2")
    marks = [Mark(kind="fermata", tick=48, part=p) for p in (0, 2, 3)] + [Mark(kind="fermata", tick=60, part=1)]
    score = score.evolve(marks=marks)
    slices = slices_of(score)
    ends = phrase_ends(score, slices)
    assert ends == [PhraseEnd(48, 60)]
    cadence = cadence_at(slices, ends[0], parse_key("C"))
    assert cadence.kind == "perfect authentic" and cadence.on_triad


def test_the_last_chord_ends_a_phrase_without_a_fermata_too() -> None:
    """Two phrases of two bars, the second unmarked."""
    line = "C5 D5 E5 F5 G5 E5 D5:2 E5 D5 C5 D5 B4 D5 C5:2"
    score = choir(line, line.replace("5", "4"), fermatas=(6,))
    ends = phrase_ends(score, slices_of(score))
    assert [end.first for end in ends] == [6 * 24, 14 * 24]
    assert phrase_lengths(score, ends) == [2, 2]


def test_a_pickup_is_no_bar_of_the_phrase() -> None:
    """One beat, then two bars."""
    score = choir("G4 C5 D5 E5 F5 G5 E5 D5", fermatas=(7,), pickup=24, end=8 * 24)
    assert phrase_lengths(score, phrase_ends(score, slices_of(score))) == [2]


GOOD = ("B4 C5:2", "F4 E4:2", "D4 G4:2", "G3 C3:2")


@pytest.mark.parametrize(
    ("lines", "key", "good"),
    [
        (GOOD, "C", True),
        (("B4 C5:2", "F4 E4:2", "D4 C4:2", "G3 C3:2"), "C", True),
        (("B4 C5:2", "D4 C4:2", "D4 G4:2", "G3 C3:2"), "C", False),
        (("B4 C5:2", "F4 E4:2", "D4 G4:2", "G3 E3:2"), "C", False),
        (("B4 C5:2", "F4 E4:2", "D4 Bb4:2", "G3 C3:2"), "C", False),
        (("B4:2 C5", "F4:2 E4", "D4:2 G4", "G3:2 C3"), "C", False),
        (("B4 C5:2", "F4 E4:2", "D4 G4:1 r", "G3 C3:2"), "C", False),
        (("B4 C5:2", "F4 F4 E4", "D4 G4:2", "G3 C3:2"), "C", False),
        (("B4 C5:2", "F4 Eb4:2", "D4 G4:2", "G3 C3:2"), "C", False),
        (("B4 C5:2", "F4 Eb4:2", "D4 G4:2", "G3 C3:2"), "c", True),
        (GOOD, "c", True),
        (GOOD, "G", False),
    ],
)
def test_a_good_ending_is_a_long_root_position_triad_of_the_tonic(lines: tuple[str, ...], key: str, good: bool) -> None:
    """Third there, fifth optional, nothing else, a half note, every voice to the end of the bar."""
    assert ending(choir(*lines, meter="3/4"), parse_key(key)).good is good


def test_a_picardy_third_is_a_major_third_in_minor_only() -> None:
    """The same chord in C major is plain."""
    score = choir(*GOOD, meter="3/4")
    assert ending(score, parse_key("c")).picardy and not ending(score, parse_key("C")).picardy


def test_silence_ends_nothing() -> None:
    """No note, no ending."""
    assert not ending(choir("r r"), parse_key("C")).good


@pytest.mark.corpus
def test_real_chorales_end_as_they_are_known_to(data_folder: Path) -> None:
    """Of 370 about 93 % on a tonic triad in root position; of those in minor three quarters with a Picardy third."""
    tonic, picardy = [], []
    for path in sorted((data_folder / "noncommercial/bach-370-chorales").glob("*.krn")):
        score = read_score(path)
        key = estimate_key(score)
        how = ending(score, key)
        tonic.append(how.on_tonic_triad)
        if key.mode == "minor":
            picardy.append(how.picardy)
    assert np.mean(tonic) == pytest.approx(0.93, abs=0.02)
    assert np.mean(picardy) == pytest.approx(0.78, abs=0.05)
