"""Keys: names in and out, and finding the key of a piece."""

from __future__ import annotations

import doctest
from pathlib import Path

import numpy as np
import pytest
from music21.analysis.discrete import BellmanBudge, KrumhanslKessler

from stretto.errors import RequestError
from stretto.score.formats import read_score
from stretto.score.model import UNSPELLED, Key, Part, Score
from stretto.theory import key as key_module
from stretto.theory.key import (
    ALL_KEYS,
    BELLMAN_BUDGE,
    KRUMHANSL_KESSLER,
    Tonality,
    estimate_key,
    parse_key,
    pitch_class_weights,
    rank_keys,
    ranked_by_notes,
    ranked_keys,
    tonality,
)

A_MINOR = "57 59 60 62 64 65 68 69 64 60 68 69 57"


def melody(pitches: str, **rest: object) -> Score:
    """Quarter notes in one part."""
    rows = [(24 * i, 24, int(p), 0, 0, 1, 1, UNSPELLED, 0) for i, p in enumerate(pitches.split())]
    return Score.build(rows, [Part()], **rest)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("G major", "G major"),
        ("f# minor", "F# minor"),
        ("Bb", "Bb major"),
        ("g", "G minor"),
        ("b", "B minor"),
        ("bb", "Bb minor"),
        ("Cm", "C minor"),
        ("E-flat major", "Eb major"),
        ("A FLAT Major", "Ab major"),
        ("c♯ minor", "C# minor"),
        ("  d ", "D minor"),
        ("F#maj", "F# major"),
        ("E- major", "Eb major"),
        ("b-", "Bb minor"),
        ("E-major", "E major"),
    ],
)
def test_a_key_is_read_as_musicians_write_it(name: str, said: str) -> None:
    """A small letter alone means minor; sharps and flats as signs or words."""
    assert str(parse_key(name)) == said


def test_every_key_survives_its_own_name() -> None:
    """Printing and parsing are inverse for all 24 keys."""
    assert len(ALL_KEYS) == 24
    assert {(k.tonic, k.mode) for k in ALL_KEYS} == {(t, m) for t in range(12) for m in ("major", "minor")}
    for key in ALL_KEYS:
        assert parse_key(str(key)) == key


@pytest.mark.parametrize(
    ("pitches", "said"),
    [
        ("60 62 64 60 67 67", "C major"),
        ("60 64 67 72 67 64", "C major"),
        ("62 65 69 70 69 64 65 69", "D minor"),
        ("64 64 65 67 67 65 64 62 60 60 62 64 64 62", "C major"),
        ("67 60 62 64", "C major"),
    ],
)
def test_a_short_melody_may_stop_on_any_note_of_its_tonic_chord(pitches: str, said: str) -> None:
    """And begins with one: its last note is no bass."""
    assert str(estimate_key(melody(pitches))) == said


def test_the_last_note_of_a_bass_still_tells_its_key() -> None:
    """The same notes two octaves lower, and under another line."""
    tune = "60 64 67 72 67 64"
    low = melody(" ".join(str(int(p) - 24) for p in tune.split()))
    assert ranked_by_notes(low) == rank_keys(pitch_class_weights(low.notes), last_bass=4)
    notes = melody(tune).notes
    above = notes.copy()
    above["pitch"] += 12
    both = Score.build([*notes.tolist(), *above.tolist()], [Part()])
    assert ranked_by_notes(both) == rank_keys(pitch_class_weights(both.notes), last_bass=4)


def test_keys_held_a_little_into_the_next_make_no_chords() -> None:
    """A melody that was played legato is one line."""
    notes = melody("60 64 67 72 67 64").notes.copy()
    notes["duration"] += 2
    assert str(estimate_key(Score.build(notes.tolist(), [Part()]))) == "C major"


def test_each_key_is_ranked_once() -> None:
    """With a signature too, which decides with the notes; so a rival is another key."""
    ranked = ranked_keys(melody("66 69 73 71 69 68 66 64 66", keys=[Key(fifths=3)]))
    assert str(ranked[0].key) == "F# minor"
    assert len({(r.key.tonic, r.key.mode) for r in ranked}) == 24


@pytest.mark.corpus
def test_chorale_sopranos_alone_tell_the_key_of_their_chorale(data_folder: Path) -> None:
    """Without a signature: 347 of 370 whole sopranos, 265 of their first phrases."""
    whole = phrases = 0
    for path in sorted((data_folder / "noncommercial/bach-370-chorales").glob("*.krn")):
        score = read_score(path)
        key = estimate_key(score)
        soprano = score.notes[(score.notes["part"] == 0) & (score.notes["grace"] == 0)]
        end = min((mark.tick for mark in score.marks if mark.kind == "fermata"), default=191)
        for notes in (soprano, soprano[soprano["onset"] <= end]):
            found = estimate_key(Score.build(notes.tolist(), [Part()]))
            right = (found.tonic, found.mode) == (key.tonic, key.mode)
            whole, phrases = whole + (right and notes is soprano), phrases + (right and notes is not soprano)
    assert whole >= 345 and phrases >= 260


@pytest.mark.parametrize("name", ["H major", "", "C dorian", "Q", "G major!", "12", "##", "C###"])
def test_an_unknown_key_is_one_line_that_says_what_is_possible(name: str) -> None:
    """The error names the wish and shows how keys are written."""
    with pytest.raises(RequestError) as caught:
        parse_key(name)
    assert str(caught.value) == (
        f'key "{name}" is unknown; name one of the 24 major and minor keys, as "G major", "f# minor", "Bb" or "g"'
    )


def test_a_key_of_eight_sharps_is_sent_to_its_neighbour() -> None:
    """G sharp major is A flat major."""
    with pytest.raises(RequestError, match='"G# major" needs 8 sharps; name it Ab major'):
        parse_key("G# major")


def test_signature_and_tonic_follow_from_each_other() -> None:
    """F sharp minor has three sharps and its tonic on pitch class 6."""
    key = parse_key("f#")
    assert (key.fifths, key.tonic, key.signature) == (3, 6, Key(fifths=3, mode="minor"))


def test_the_profiles_are_those_music21_knows() -> None:
    """Values, against an independent transcription of the two sources."""
    for mine, theirs in ((KRUMHANSL_KESSLER, KrumhanslKessler()), (BELLMAN_BUDGE, BellmanBudge())):
        for mode in ("major", "minor"):
            assert mine[mode] == pytest.approx(theirs.getWeights(mode))


def test_a_minor_is_told_from_its_relative_by_notes_alone() -> None:
    """The raised seventh and the last bass note."""
    assert str(estimate_key(melody(A_MINOR))) == "A minor"


def test_a_signature_that_calls_everything_major_is_not_believed() -> None:
    """Many programs write mode "major" for any signature."""
    assert str(estimate_key(melody(A_MINOR, keys=[Key(fifths=0, mode="major")]))) == "A minor"


def test_a_dorian_signature_gives_the_minor_key_of_its_final() -> None:
    """D minor written without its flat, as in Bach's day."""
    dorian = "62 64 65 67 69 70 73 74 69 65 64 61 62"
    assert str(estimate_key(melody(dorian, keys=[Key(fifths=0)]))) == "D minor"


def test_the_spelling_of_the_tonic_follows_the_signature() -> None:
    """Six sharps make F sharp major, not G flat major."""
    scale = "66 68 70 71 73 75 77 78 73 70 66"
    assert str(estimate_key(melody(scale, keys=[Key(fifths=6)]))) == "F# major"
    assert str(estimate_key(melody(scale, keys=[Key(fifths=-6)]))) == "Gb major"


def test_transposing_a_piece_transposes_its_key() -> None:
    """The ranking depends on intervals only."""
    weights = pitch_class_weights(melody(A_MINOR).notes)
    here = [(r.key.tonic, r.key.mode) for r in rank_keys(weights)]
    there = [(r.key.tonic, r.key.mode) for r in rank_keys(np.roll(weights, 5))]
    assert there == [((t + 5) % 12, m) for t, m in here]


def test_a_piece_without_notes_still_has_a_key() -> None:
    """Silence does not raise; its signature is believed."""
    assert estimate_key(Score.build([], [Part()], keys=[Key(fifths=2, mode="minor")])) == Tonality(5, "minor")
    assert estimate_key(Score.build([], [Part()])) in ALL_KEYS


def test_six_accidentals_are_written_as_flats() -> None:
    """Where two spellings are equally full."""
    assert (str(tonality(6, "major")), str(tonality(3, "minor"))) == ("Gb major", "Eb minor")


def test_the_examples_in_the_docstrings_run() -> None:
    """Doctest."""
    result = doctest.testmod(key_module)
    assert result.attempted == 3 and result.failed == 0
