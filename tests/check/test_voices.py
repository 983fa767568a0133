"""What stands on the staves is read into voices, and what cannot be is refused in a line."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from stretto.check.check import check_score
from stretto.check.sheet import load_sheet
from stretto.check.voices import read_voices, singers_alone, singers_of
from stretto.errors import RequestError
from stretto.score.model import Part, Score

sys.path.insert(0, str(Path(__file__).parent.parent / "theory"))
from drawn_choir import choir

FIFTHS = choir("B4 C5 A4 B4", "D4 E4 F#4 G4", "G3 G3 A3 D4", "G2 C3 D3 G2", key="G major")


def written(score: Score, home: dict[int, tuple[int, int, int]], parts: tuple[str, ...]) -> Score:
    """The same notes elsewhere: part -> (part, staff, voice)."""
    notes = score.notes.copy()
    for i, part in enumerate(score.notes["part"].tolist()):
        notes["part"][i], notes["staff"][i], notes["voice"][i] = home[part]
    n_staves = 1 + max(staff for _, staff, _ in home.values()) - 1
    return score.evolve(notes=notes, parts=[Part(name=name, n_staves=n_staves) for name in parts])


WAYS: dict[str, tuple[dict[int, tuple[int, int, int]], tuple[str, ...]]] = {
    "two staves of two voices": ({0: (0, 1, 1), 1: (0, 1, 2), 2: (1, 1, 1), 3: (1, 1, 2)}, ("Women", "Men")),
    "a piano with two staves": ({0: (0, 1, 1), 1: (0, 1, 2), 2: (0, 2, 3), 3: (0, 2, 4)}, ("Piano",)),
    "chords on two staves": ({0: (0, 1, 1), 1: (0, 1, 1), 2: (1, 1, 1), 3: (1, 1, 1)}, ("Right", "Left")),
    "three in the right hand, the bass in the left": (
        {0: (0, 1, 1), 1: (0, 1, 1), 2: (0, 1, 1), 3: (0, 2, 1)},
        ("Piano",),
    ),
    "chords on one staff": (dict.fromkeys(range(4), (0, 1, 1)), ("Piano",)),
    "parts from the bass up": ({0: (3, 1, 1), 1: (2, 1, 1), 2: (1, 1, 1), 3: (0, 1, 1)}, ("b", "t", "a", "s")),
}


@pytest.mark.parametrize("way", WAYS)
def test_voices_are_found_however_they_are_written(way: str) -> None:
    read = read_voices(written(FIFTHS, *WAYS[way]), kind="chorale")
    lines = [read.score.notes["pitch"][read.score.notes["part"] == part].tolist() for part in read.voices]
    assert lines == [[71, 72, 69, 71], [62, 64, 66, 67], [55, 55, 57, 62], [43, 48, 50, 43]]


@pytest.mark.parametrize("way", WAYS)
def test_a_fault_is_found_however_it_is_written(way: str) -> None:
    checked = check_score(written(FIFTHS, *WAYS[way]), load_sheet("chorale"))
    assert [(f.fault.rule, f.bar, f.beat) for f in checked.findings if f.severity == "error"] == [
        ("parallel-fifths", 1, 3)
    ]


def test_it_is_said_what_was_taken_for_what() -> None:
    sentences = {way: read_voices(written(FIFTHS, *WAYS[way]), kind="chorale").sentence for way in WAYS}
    assert sentences["chords on two staves"] == (
        "voices: soprano, alto, tenor, bass, taken from the notes of each staff, from top to bottom"
    )
    assert sentences["parts from the bass up"] == (
        "voices (parts, by height): soprano = s, alto = a, tenor = t, bass = b"
    )
    assert read_voices(FIFTHS, kind="chorale").sentence == "voices: soprano, alto, tenor, bass"


def test_a_held_note_keeps_its_line_while_another_moves() -> None:
    score = choir("C5:2", "E4 F4", "C4:2", "C3:2")
    read = read_voices(written(score, *WAYS["chords on one staff"]), kind="chorale")
    assert read.score.notes["pitch"][read.score.notes["part"] == 1].tolist() == [64, 65]


def test_of_a_unison_the_note_that_goes_down_is_the_lower_voice() -> None:
    """Soprano and alto on C5; the alto leaves it for A4 first."""
    score = choir("C5:2 C5:2", "C5 A4 A4:2", "E4:2 F4:2", "C3:2 F3:2")
    read = read_voices(written(score, *WAYS["chords on two staves"]), kind="chorale")
    assert read.score.notes["pitch"][read.score.notes["part"] == 0].tolist() == [72, 72]


def test_notes_played_legato_are_still_one_line() -> None:
    notes = FIFTHS.notes.copy()
    notes["duration"] += 3
    assert read_voices(FIFTHS.evolve(notes=notes), kind="chorale").voices == (0, 1, 2, 3)


def test_instruments_beside_four_singers_are_left_out() -> None:
    lines = ("B5 C6", "B4 C5", "D4 E4", "G3 G3", "G2 C3")
    score = choir(*lines)
    names = ("Flute", "Soprano", "Alto", "Tenor", "Bass")
    score = score.evolve(parts=[Part(name=name) for name in names])
    read = read_voices(score, kind="chorale")
    assert [part.name for part in read.score.parts] == ["Soprano", "Alto", "Tenor", "Bass"]
    assert "1 other part left out" in read.sentence


def test_voices_that_share_a_name_or_have_none_are_called_by_where_they_lie() -> None:
    for names in (("Voice",) * 4, ("",) * 4):
        score = FIFTHS.evolve(parts=[Part(name=name) for name in names])
        read = read_voices(score, kind="chorale")
        assert [part.name for part in read.score.parts] == ["Soprano", "Alto", "Tenor", "Bass"]
        assert read.sentence.startswith(f"voices (parts): soprano = {names[0] or 'part 1'}, ")


def test_four_singers_are_taken_from_among_instruments_and_a_string_quintet_stays() -> None:
    score = choir("B4 C5", "D4 E4", "G3 G3", "G2 C3", "G1 C2")
    names = ("Voice", "Voice", "Voice", "Voice", "Continuo")
    sung, others = singers_alone(score.evolve(parts=[Part(name=name) for name in names]))
    assert others == ["Continuo"] and sung.notes["pitch"].min() == 43 and len(sung.notes) == 8
    strings = score.evolve(parts=[Part(name=name) for name in ("Violin", "Violin", "Viola", "Cello", "Bass")])
    assert singers_alone(strings) == (strings, [])
    assert singers_alone(FIFTHS) == (FIFTHS, [])


def test_singers_among_instruments_that_play_on_alone_are_not_the_piece() -> None:
    score = choir("B4 C5", "D4 E4", "G3 G3", "G2 C3", "G1 C2 G1 C2", key="G major")
    names = ("Soprano", "Alto", "Tenor", "Bass", "Organ")
    score = score.evolve(parts=[Part(name=name) for name in names])
    assert singers_alone(score) == (score, [])
    assert singers_of(score) == [0, 1, 2, 3]
    assert singers_of(FIFTHS) == []


@pytest.mark.parametrize(
    ("score", "says"),
    [
        (choir("C5 D5", "C4 B3"), "2 voices, and the rules for chorale are for 3 or 4 voices"),
        (choir(*["C5"] * 6), "6 voices, and the rules for chorale are for 3 or 4 voices"),
        (choir("r:4", "r:4"), "there are no notes to check"),
    ],
)
def test_what_is_not_in_three_or_four_voices_is_refused(score: Score, says: str) -> None:
    with pytest.raises(RequestError) as error:
        read_voices(score, kind="chorale")
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_a_single_melody_is_told_how_to_be_written() -> None:
    with pytest.raises(RequestError, match=r"^1 voice, and .*; write each voice as a part, or as a voice of a staff"):
        read_voices(choir("C5 D5 E5"), kind="chorale")
