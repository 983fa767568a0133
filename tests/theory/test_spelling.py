"""Names for notes from pitch alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from drawn_choir import choir, names_of, same_names, without_names
from music21 import corpus

from stretto.score.formats import read_score
from stretto.score.model import UNSPELLED, Key, Part, Score
from stretto.theory.key import Tonality, estimate_key, parse_key
from stretto.theory.spelling import respell, spell_unspelled


@pytest.mark.parametrize(
    ("key", "line", "why"),
    [
        ("a", "A4 B4 C5 D5 E5 F#5 G#5 A5", "raised degrees of a rising melodic minor"),
        ("g", "G4 F#4 G4 Bb4 A4 G4 Eb4 D4 F#4 G4", "leading tone and flat sixth side by side"),
        ("C", "G4 G#4 A4 C5 C#5 D5", "chromatic passing notes going up are sharps"),
        ("Bb", "Bb4 B4 C5 D5 Eb5 E5 F5", "and naturals in a flat key"),
        ("C", "C5 B4 Bb4 A4 G4 C4", "down to the seventh of a secondary dominant: a flat"),
        ("e", "E4 D#4 E4 F#4 G4 A4 B4 C5 B4 A#4 B4 E4", "dominant of the dominant"),
        ("Db", "Db4 Eb4 F4 Gb4 Ab4 Bb4 C5 Db5", "five flats"),
        ("F#", "F#4 G#4 A#4 B4 C#5 D#5 E#5 F#5", "six sharps, with their E sharp"),
        ("g#", "G#4 F##4 G#4 D#4 G#4", "a leading tone that is a double sharp"),
    ],
)
def test_a_line_gets_the_names_a_musician_gives_it(key: str, line: str, why: str) -> None:
    """Each from pitch alone, given the key."""
    score = choir(line, key=key)
    assert names_of(respell(without_names(score))) == names_of(score), why


def test_a_secondary_dominant_is_spelled_by_its_chord() -> None:
    """E major with its seventh, in C, resolving to A minor: G sharp, not A flat."""
    score = choir("C5 D5 C5:2", "G4 G#4 A4:2", "E4 E4 E4:2", "C3 B2 A2:2", key="C")
    assert same_names(respell(without_names(score)), score) == 1


def test_a_picardy_third_is_a_raised_third() -> None:
    """F minor ends on A natural."""
    score = choir("C5 Bb4 Ab4 G4 F4:4", "Ab4 G4 F4 E4 C4:4", "F4 E4 F4 C4 A3:4", "F3 C3 Db3 C3 F2:4", key="f")
    assert same_names(respell(without_names(score)), score) == 1


def test_a_diminished_seventh_takes_its_names_from_where_it_goes() -> None:
    """F sharp, A, C, E flat before G minor; D sharp, F sharp, A, C before E minor."""
    for key, lines in (
        ("g", ("Eb5 D5:2", "C5 Bb4:2", "A4 G4:2", "F#3 G3:2")),
        ("e", ("C5 B4:2", "A4 G4:2", "F#4 E4:2", "D#3 E3:2")),
    ):
        score = choir(*lines, key=key)
        assert same_names(respell(without_names(score)), score) == 1


def test_names_move_with_a_change_of_signature() -> None:
    """Pitch class 10 is B flat in F, then A sharp in B."""
    rows = [
        (24 * i, 24, p, 0, 0, 1, 1, UNSPELLED, 0) for i, p in enumerate([65, 69, 70, 72] * 4 + [71, 75, 70, 66] * 4)
    ]
    score = Score.build(rows, [Part()], keys=[Key(fifths=-1), Key(fifths=5, tick=24 * 16)])
    names = names_of(respell(score))
    assert set(names[:16]) == {"F", "A", "Bb", "C"} and set(names[16:]) == {"B", "D#", "A#", "F#"}


def test_only_what_has_no_name_is_named() -> None:
    """A composer's G flat in G major stays."""
    score = choir("G4 Gb4 G4 D5", key="G")
    notes = score.notes.copy()
    notes["fifths"][2:] = UNSPELLED
    assert names_of(spell_unspelled(score.evolve(notes=notes))) == ["G", "Gb", "G", "D"]
    assert spell_unspelled(score) is score


def without_names_below(score: Score) -> Score:
    """The top part keeps its names."""
    notes = score.notes.copy()
    notes["fifths"][notes["part"] > 0] = UNSPELLED
    return score.evolve(notes=notes)


@pytest.mark.parametrize(
    ("key", "lines", "why"),
    [
        ("a", ("E5 E5 E5", "G4 G#4 A4", "C4 B3 A3", "F3 D3 C3"), "an E7 chord under an E, out of G"),
        ("a", ("E5 E5 E5", "G#4 G#4 A4", "C4 B3 A3", "F3 D3 C3"), "held over from before the chord"),
        ("F", ("E5 E5 E5", "G3 G#3 A3", "A3 D4 C4", "A2 E3 A2"), "the same in F major"),
        ("f", ("E5 E5 E5", "G3 G#3 A3", "A3 D4 C4", "A2 E3 A2"), "even in F minor, whose scale has A flat"),
        ("F", ("E5 E5 E5", "Bb3 G#3 G#3", "A3 D4 C4", "A2 E3 A2"), "out of B flat, and held"),
        ("F", ("E5 E5 E5", "G3 G#3 F3", "A3 D4 C4", "A2 E3 A2"), "and down to F"),
        ("a", ("E5 F5 E5", "F3 G#3 F3", "D4 D4 C4", "A2 B2 C3"), "the leading tone in a diminished seventh"),
        ("F", ("F5 F5 E5", "Bb4 B4 C5", "A4 G4 G4", "D3 G3 C3"), "B natural in G7, out of B flat"),
        ("F", ("C5 D5 C5", "Bb4 B4 Bb4", "A3 G3 G3", "F3 G3 C3"), "and back into it: no C flat"),
    ],
)
def test_new_notes_are_thirds_of_the_chord_under_a_given_melody(key: str, lines: tuple[str, ...], why: str) -> None:
    """The melody's names are known, the others are found."""
    score = choir(*lines, key=key)
    found = spell_unspelled(without_names_below(score), key=parse_key(key))
    assert names_of(found) == names_of(score), why


@pytest.mark.parametrize(("melody", "below"), [("C5 Ab4 Ab4 G4", "C4 Eb4 Eb4 D4"), ("B4 G#4 G#4 A4", "E4 D#4 D#4 E4")])
def test_a_fifth_below_a_given_note_has_its_name(melody: str, below: str) -> None:
    """E flat under the composer's A flat, D sharp under a G sharp, with no regard to what else that key would be."""
    score = choir(melody, below, key="C")
    assert names_of(spell_unspelled(without_names_below(score))) == names_of(score)


def test_given_names_decide_the_others() -> None:
    """The same pitches twice, in a melody with A flat and in one with G sharp."""
    found = []
    for name in ("Ab4", "G#4"):
        score = choir(f"{name} {name} {name} {name}", "C4 Eb4 C4 Eb4", key="C")
        found.append(names_of(spell_unspelled(without_names_below(score), key=parse_key("C")))[3])
    assert found == ["Eb", "D#"]


def test_transposing_transposes_the_names() -> None:
    """The same chorale phrase in every key has the same places relative to the signature."""
    score = choir("C5 D5 C5:2", "G4 G#4 A4:2", "E4 E4 E4:2", "C3 B2 A2:2", key="C")
    home = respell(score).notes["fifths"]
    for name in ("G", "D", "A", "E", "B", "F", "Bb", "Eb", "Ab", "Db"):
        key = parse_key(name)
        notes = score.notes.copy()
        notes["pitch"] = np.array((notes["pitch"] + (key.tonic + 6) % 12 - 6), np.int8)
        there = respell(score.evolve(notes=notes, keys=(key.signature,))).notes["fifths"]
        assert (there - key.fifths == home).all(), name


def test_silence_and_single_notes_are_spelled_without_fuss() -> None:
    """No notes; one note."""
    assert respell(Score.build([], [Part()])).notes.size == 0
    assert names_of(respell(without_names(choir("F#4")))) in (["F#"], ["Gb"])


@pytest.mark.parametrize("name", ["bach/bwv66.6", "bach/bwv269", "bach/bwv26.6", "bach/bwv153.1"])
def test_real_chorales_are_spelled_as_bach_did(name: str) -> None:
    """Against music21's own reading of them, given the signature only: 99 % of the notes."""
    piece = corpus.parse(name)
    rows, truth = [], []
    for part, line in enumerate(piece.parts):
        for note in line.flatten().notes:
            rows.append((int(note.offset * 24), int(note.quarterLength * 24), note.pitch.midi, 0, part, 1, 1, 0, 0))
            truth.append(note.pitch)
    order = sorted(range(len(rows)), key=lambda i: (rows[i][0], rows[i][4]))
    sharps = piece.recurse().getElementsByClass("KeySignature").first().sharps
    score = respell(Score.build([rows[i] for i in order], [Part()] * 4, keys=[Key(fifths=sharps)]))
    theirs = [truth[i].name.replace("-", "b") for i in order]
    assert np.mean([a == b for a, b in zip(names_of(score), theirs, strict=True)]) >= 0.99


@pytest.mark.corpus
@pytest.mark.parametrize("with_signature", [True, False])
def test_all_370_chorales_agree_with_their_edition(data_folder: Path, with_signature: bool) -> None:
    """At least 99.9 % of 84,000 notes from pitch and signature, and from pitch alone."""
    right = total = 0
    for path in sorted((data_folder / "noncommercial/bach-370-chorales").glob("*.krn")):
        score = read_score(path)
        bare = without_names(score if with_signature else score.evolve(keys=()))
        away = respell(bare).notes["fifths"].astype(int) - score.notes["fifths"]
        # Without a signature, F sharp major for G flat major is no fault.
        away -= 12 * round(float(np.median(away)) / 12)
        right, total = right + int((away == 0).sum()), total + len(away)
    assert total > 80_000
    assert right / total >= 0.999


@pytest.mark.corpus
def test_lower_voices_of_chorales_are_named_under_their_given_soprano(data_folder: Path) -> None:
    """At most 18 of 66,160 notes otherwise than in the edition; heard in the parallel key, at most 45."""
    wrong = astray = total = 0
    for path in sorted((data_folder / "noncommercial/bach-370-chorales").glob("*.krn")):
        score = read_score(path)
        key = estimate_key(score)
        parallel = Tonality(key.tonic_fifths, "minor" if key.mode == "major" else "major")
        bare = without_names_below(score)
        wrong += int((spell_unspelled(bare, key=key).notes["fifths"] != score.notes["fifths"]).sum())
        astray += int((spell_unspelled(bare, key=parallel).notes["fifths"] != score.notes["fifths"]).sum())
        total += int((score.notes["part"] > 0).sum())
    assert total > 60_000 and wrong <= 18 and astray <= 45
