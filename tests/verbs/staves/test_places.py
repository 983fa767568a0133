"""For whom a document is written, and which of its staves are whose."""

from __future__ import annotations

import pytest

from stretto.errors import RequestError
from stretto.score.model import Meter, Part, Score
from stretto.verbs.staves.ensemble import KEYBOARD, QUARTET
from stretto.verbs.staves.places import ensemble_of, places_of


def score_of(parts: list[Part], *rows: tuple[int, int, int, int]) -> Score:
    """A score from (part, staff, onset, pitch), all quarters."""
    notes = [(onset, 24, pitch, 0, part, staff, staff, 127, 0) for part, staff, onset, pitch in rows]
    return Score.build(notes, parts, meters=[Meter()])


def hymn(name: str) -> Score:
    """Two voices on each of two staves."""
    notes = [
        (24 * k, 24, pitch + k % 2, 0, 0, voice, staff, 127, 0)
        for k in range(8)
        for voice, staff, pitch in ((1, 1, 72), (2, 1, 67), (3, 2, 60), (4, 2, 48))
    ]
    return Score.build(notes, [Part(name=name, n_staves=2)], meters=[Meter()])


def chords(program: int, names: tuple[str, str] = ("", "")) -> Score:
    parts = [Part(name=name, program=program) for name in names]
    return score_of(parts, *((p, 1, 24 * k, 72 - 24 * p - i) for p in (0, 1) for k in range(8) for i in (0, 4, 7)))


def test_a_hymn_on_two_staves_is_a_choirs_unless_it_is_called_a_pianos() -> None:
    assert ensemble_of(hymn("")) is None
    assert ensemble_of(hymn("Piano")) is KEYBOARD


def test_two_staves_of_one_line_each_are_a_keyboards() -> None:
    both = score_of([Part(n_staves=2)], *((0, s, 24 * k, 76 - 24 * s) for s in (1, 2) for k in range(8)))
    assert ensemble_of(both) is KEYBOARD


def test_two_tracks_of_a_piano_with_chords_are_hands_and_two_of_a_choir_are_not() -> None:
    assert ensemble_of(chords(0)) is KEYBOARD
    assert ensemble_of(chords(52)) is None
    assert ensemble_of(chords(52, ("right hand", "left hand"))) is KEYBOARD


@pytest.mark.parametrize(
    "names",
    [
        ("Violin I", "Violin II", "Viola", "Violoncello"),
        ("Violino primo", "Violino secondo", "Viola", "Cello"),
        ("1. Geige", "2. Geige", "Bratsche", "Vc."),
    ],
)
def test_two_violins_viola_and_cello_are_a_quartet(names: tuple[str, ...]) -> None:
    parts = [Part(name=name) for name in names]
    score = score_of(parts, *((p, 1, 0, 76 - 10 * p) for p in range(4)))
    assert ensemble_of(score) is QUARTET
    assert places_of(score, QUARTET) == {(p, 1): p for p in range(4)}


def test_a_quartet_is_known_by_its_programs_where_parts_have_no_names() -> None:
    parts = [Part(program=program) for program in (40, 40, 41, 42)]
    score = score_of(parts, *((p, 1, 0, 76 - 10 * p) for p in range(4)))
    assert ensemble_of(score) is QUARTET


def test_a_second_violin_that_stands_first_is_still_the_second() -> None:
    parts = [Part(name=name) for name in ("Violin 2", "Violin 1", "Cello", "Viola")]
    score = score_of(parts, *((p, 1, 0, 76 - 5 * p) for p in range(4)))
    assert places_of(score, QUARTET) == {(0, 1): 1, (1, 1): 0, (2, 1): 3, (3, 1): 2}


def test_four_voices_of_a_choir_are_no_quartet() -> None:
    parts = [Part(name=name) for name in ("Soprano", "Alto", "Tenor", "Bass")]
    assert ensemble_of(score_of(parts, *((p, 1, 0, 72 - 7 * p) for p in range(4)))) is None


def test_a_lone_line_is_the_hand_in_whose_range_it_lies() -> None:
    for pitch, hand in ((72, 0), (43, 1)):
        assert places_of(score_of([Part()], (0, 1, 0, pitch)), KEYBOARD) == {(0, 1): hand}


def test_hands_may_stand_upside_down() -> None:
    assert places_of(chords(0, ("left hand", "right hand")), KEYBOARD) == {(0, 1): 1, (1, 1): 0}


def test_parts_without_names_go_to_the_players_whom_they_fit() -> None:
    score = score_of([Part(), Part()], *((0, 1, 24 * k, 80) for k in range(4)), *((1, 1, 24 * k, 40) for k in range(4)))
    assert places_of(score, QUARTET) == {(0, 1): 0, (1, 1): 3}


def test_a_wish_says_whose_staves_they_are() -> None:
    score = score_of([Part(), Part()], (0, 1, 0, 80), (1, 1, 0, 60))
    assert places_of(score, QUARTET, ["violin 2", "viola"]) == {(0, 1): 1, (1, 1): 2}
    with pytest.raises(RequestError, match="--voices viola: name the 2 staves with notes"):
        places_of(score, QUARTET, ["viola"])


def test_too_many_parts_are_refused_with_what_to_do() -> None:
    score = score_of([Part() for _ in range(6)], *((p, 1, 0, 60 + p) for p in range(6)))
    with pytest.raises(RequestError, match="6 staves with notes: a quartet has 4 players; say with --take"):
        places_of(score, QUARTET)
    assert len(places_of(score, QUARTET, take=["1", "2", "3", "4"])) == 4


def test_a_lone_tune_is_the_first_violins_and_a_lone_bass_the_cellos() -> None:
    for pitch, player in ((65, 0), (45, 3)):
        assert places_of(score_of([Part(name="Melody")], (0, 1, 0, pitch)), QUARTET) == {(0, 1): player}


@pytest.mark.parametrize(
    ("names", "right_is"),
    [
        (("upper 1", "upper 2"), 0),
        (("left", "left"), 0),
        (("left hand", "right hand"), 1),
        (("", "upper"), 1),
        (("", ""), 0),
    ],
)
def test_hands_are_told_by_names_where_these_differ_and_by_height_else(names: tuple[str, str], right_is: int) -> None:
    """LilyPond calls both of a piano's tracks after the same staff, numbered: the first is still the right hand's."""
    assert places_of(chords(0, names), KEYBOARD)[right_is, 1] == 0


@pytest.mark.parametrize(
    "names",
    [
        ("[Violini 1]", "[Violini 2]", "[Viole]", "[Violoncelli e Contrabbassi]"),
        ("Violino Imo", "Violino2o", "Alto", "Violoncelle"),
        ("Vl1", "Vl2", "Vla.", "Vlc."),
        ("Violons I", "Violons II", "Altos", "Violoncelles"),
    ],
)
def test_players_at_a_desk_and_in_other_languages_are_a_quartet(names: tuple[str, ...]) -> None:
    parts = [Part(name=name) for name in names]
    score = score_of(parts, *((p, 1, 0, 76 - 10 * p) for p in range(4)))
    assert ensemble_of(score) is QUARTET
    assert places_of(score, QUARTET) == {(p, 1): p for p in range(4)}


def test_a_name_that_nobody_knows_leaves_it_to_the_programs_and_a_singers_does_not() -> None:
    rows = [(p, 1, 0, 76 - 10 * p) for p in range(4)]
    for names, players in (
        (("Violono", "Violono II", "Br.", "Baſso"), QUARTET),
        (("Canto", "Altus", "T", "Bas"), None),
    ):
        parts = [Part(name=name, program=n) for name, n in zip(names, (40, 40, 41, 42), strict=True)]
        assert ensemble_of(score_of(parts, *rows)) is players


def test_a_quartet_of_which_some_rest_throughout_or_are_missing_is_a_quartet() -> None:
    parts = [Part(name=name) for name in ("Violin I", "Violin II", "Viola", "Violoncello")]
    assert ensemble_of(score_of(parts, (0, 1, 0, 76))) is QUARTET
    assert ensemble_of(score_of([parts[0], *parts[2:]], *((p, 1, 0, 70 - 10 * p) for p in range(3)))) is QUARTET
    assert ensemble_of(score_of([parts[0], Part(name="Flute")], *((p, 1, 0, 70) for p in range(2)))) is None
    assert ensemble_of(score_of([parts[2], parts[2]], *((p, 1, 0, 60) for p in range(2)))) is None


def test_a_lone_track_whose_notes_sound_together_far_apart_is_a_keyboards() -> None:
    """However they were struck: nobody who plays strikes a chord at one tick."""
    held = [(24 * k + 2 * i, 22, pitch, 0, 0, 1, 1, 80, 0) for k in range(8) for i, pitch in enumerate((74, 48, 55))]
    for program, players in ((-1, KEYBOARD), (0, KEYBOARD), (52, None)):
        assert ensemble_of(Score.build(held, [Part(program=program)], meters=[Meter()])) is players
    tune = [(24 * k, 24, 50 + 4 * k, 0, 0, 1, 1, 80, 0) for k in range(8)]
    assert ensemble_of(Score.build(tune, [Part()], meters=[Meter()])) is None
