"""How voices move, against music21's quartets and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_choir import choir
from music21 import corpus, expressions, voiceLeading

from stretto.score.model import UNSPELLED, Mark, Part, Score
from stretto.theory.slices import SILENT, slices_of
from stretto.theory.voice_leading import (
    FIFTH,
    OCTAVE,
    Parallel,
    hard_leaps,
    melody,
    n_crossings,
    n_outside_ranges,
    n_restruck,
    parallels,
    step_share,
    under_fermatas,
)


def test_slices_begin_where_anything_changes() -> None:
    """A rest is silence; a held note is not struck again."""
    slices = slices_of(choir("C5:2 r D5", "E4 F4 G4:2"))
    assert slices.tick_T.tolist() == [0, 24, 48, 72]
    assert slices.pitch_TV.tolist() == [[72, 64], [72, 65], [SILENT, 67], [74, 67]]
    assert slices.struck_TV.tolist() == [[True, True], [False, True], [False, True], [True, False]]
    assert slices.lowest_T.tolist() == [64, 65, 67, 67]
    assert slices.at(30) == 1 and slices.duration_T.tolist() == [24] * 4


def test_of_a_chord_in_one_part_the_top_line_is_taken() -> None:
    """Two notes at once in the soprano."""
    rows = [(0, 24, p, 0, 0, 1, 1, UNSPELLED, 0) for p in (60, 67, 64)]
    assert slices_of(Score.build(rows, [Part()])).pitch_TV.tolist() == [[67]]


@pytest.mark.parametrize(
    ("upper", "lower", "found"),
    [
        ("G4 A4", "C4 D4", [FIFTH]),
        ("C5 D5", "C4 D4", [OCTAVE]),
        ("C4 D4", "C4 D4", [OCTAVE]),
        ("G4 A5", "C4 D4", [FIFTH]),
        ("G4 A4", "C4 D3", [FIFTH]),
        ("C4 C5", "C4 C3", [OCTAVE]),
        ("C5 D4", "C4 D4", [OCTAVE]),
        ("C5 D5", "C4 D5", []),
        ("G4 G4", "C4 C4", []),
        ("G4 A4", "C#4 D4", []),
        ("G4 Ab4", "C4 D4", []),
        ("E4 F4", "C4 D4", []),
        ("G4 r A4", "C4 r D4", []),
        ("G4 A4", "C4:2", []),
        ("G4 A4", "C4 C4", []),
    ],
)
def test_parallels_by_hand(upper: str, lower: str, found: list[int]) -> None:
    """Fifths and octaves, by parallel and contrary motion; not after a rest, not with a voice that stays."""
    assert [p.interval for p in parallels(slices_of(choir(upper, lower, meter="")))] == found


def test_a_parallel_says_where_and_between_whom() -> None:
    """Tenor and bass move in fifths to the second beat."""
    slices = slices_of(choir("C5:2", "E4:2", "G3 A3", "C3 D3"))
    assert parallels(slices) == [Parallel(24, 2, 3, FIFTH)]


def test_after_a_fermata_a_parallel_does_not_count() -> None:
    """In the voices that have it."""
    score = choir("G4 A4", "C4 D4", meter="2/4", fermatas=(0,))
    slices = slices_of(score)
    assert parallels(slices) != [] and parallels(slices, under_fermatas(slices, score)) == []
    other = score.evolve(marks=[Mark(kind="fermata", tick=24, part=0)])
    assert parallels(slices, under_fermatas(slices, other)) != []
    whole = score.evolve(marks=[Mark(kind="fermata", tick=0)])
    assert under_fermatas(slices, whole).tolist() == [[True, True], [False, False]]


@pytest.mark.parametrize("name", ["bwv66.6", "bwv269", "bwv430", "bwv277", "bwv303", "bwv4.8"])
def test_real_chorales_have_the_parallels_that_music21_finds(name: str) -> None:
    """The same places and pairs, by its VoiceLeadingQuartet, fermatas excepted."""
    piece = corpus.parse(f"bach/{name}")
    lines = [list(part.flatten().notes) for part in piece.parts]
    rows, marks = [], []
    for part, line in enumerate(lines):
        for note in line:
            tick, length = int(note.offset * 24), int(note.quarterLength * 24)
            rows.append((tick, length, note.pitch.midi, 0, part, 1, 1, UNSPELLED, 0))
            if _held(note):
                marks.append(Mark(kind="fermata", tick=tick, part=part))
    score = Score.build(rows, [Part()] * len(lines), marks=marks)
    slices = slices_of(score)
    mine = {(p.tick, p.upper, p.lower) for p in parallels(slices, under_fermatas(slices, score))}
    assert mine == _by_quartets(lines)


def _held(note: object) -> bool:
    return any(isinstance(sign, expressions.Fermata) for sign in note.expressions)  # type: ignore[attr-defined]


def _by_quartets(lines: list) -> set[tuple[int, int, int]]:
    found = set()
    for i in range(len(lines)):
        for j in range(i + 1, len(lines)):
            index = {note.offset: k for k, note in enumerate(lines[j])}
            for a1, a2 in zip(lines[i], lines[i][1:], strict=False):
                k = index.get(a2.offset, 0)
                b1, b2 = lines[j][k - 1], lines[j][k]
                joined = a1.offset + a1.quarterLength == a2.offset and b1.offset + b1.quarterLength == b2.offset
                if not k or not joined or _held(a1) or _held(b1):
                    continue
                quartet = voiceLeading.VoiceLeadingQuartet(a1, a2, b1, b2)
                if quartet.parallelFifth() or quartet.parallelUnisonOrOctave():
                    found.add((int(a2.offset * 24), i, j))
    return found


def test_notes_outside_their_voice_are_counted() -> None:
    """A soprano on B flat 5 and a bass on F 4; the ends of the ranges are inside."""
    assert n_outside_ranges(choir("A5 Bb5 A3", "C4:3", "C4:3", "F4 C2 C3").notes) == 2


def test_crossings_are_counted_once_for_each_new_clash() -> None:
    """Alto above soprano for two notes."""
    assert n_crossings(slices_of(choir("C5 C5 C5:2", "A4 D5 E5 A4"))) == 2


def test_a_melody_repeats_what_is_struck_again() -> None:
    """Rests are left out, held notes count once."""
    assert melody(slices_of(choir("C5 C5 r E5:2", "C4:5")), 0).tolist() == [72, 72, 76]


def test_only_the_same_pitch_without_a_gap_is_struck_again() -> None:
    """C C, not C rest C, not C D C."""
    assert n_restruck(choir("C5 C5 r C5 D5 C5 C5", "E4:7").notes) == 2


def test_steps_and_hard_leaps() -> None:
    """Of C D D G C#: one step in four; G to C sharp is a tritone."""
    line = np.array([60, 62, 62, 67, 73])
    assert step_share(line) == 0.25 and step_share(line[:1]) == 0.0
    assert hard_leaps(line) == 1 and hard_leaps(np.array([60, 72, 61, 75])) == 2
