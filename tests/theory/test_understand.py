"""What a file leaves unsaid is found, and said in a sentence that names the option."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from drawn_choir import choir, names_of, without_names

from stretto.errors import RequestError
from stretto.score.expand import expand_repeats
from stretto.score.formats import read_score
from stretto.score.model import UNSPELLED, Bar, Key, Mark, Meter, Part, Score, Tempo
from stretto.theory.key import Tonality, parse_key
from stretto.theory.understand import note_values, understand

B_MINOR = ("F#4 B4 A#4 B4 C#5 D5 D5 A#4 B4:2 D4 A#4 B4:4", "B2 F#2 B2 F#2 B2 F#2 F#2 F#2 B2:2 F#2 F#2 B2:4")


def rests_first(**rest: object) -> Score:
    """A chorale phrase of one beat, two bars of 4/4, its pickup written as a bar with three rests, without names."""
    score = choir(
        "r:3 D4 G4 A4 B4 C5 D5 C5 B4:1",
        "r:3 D4 D4 D4 D4 E4 F#4 F#4 G4:1",
        "r:3 B3 B3 A3 G3 G3 A3 A3 D4:1",
        "r:3 G3 G3 F#3 G3 C3 D3 D3 G2:1",
        key="G",
        **{"end": 4 * 96 - 48, **rest},
    )
    return without_names(score)


def test_a_missing_key_is_estimated_and_said() -> None:
    """The sentence names key and option."""
    score, sentences = understand(without_names(choir(*B_MINOR)))
    assert score.keys == (Key(fifths=2, mode="minor"),)
    assert sentences == [
        "key: B minor, estimated; change it with --key",
        "spelling: 24 notes named to fit B minor; change it with --key",
    ]
    assert {"A#", "F#", "C#"} <= set(names_of(score)) and "Bb" not in names_of(score)


def test_a_rival_key_is_named() -> None:
    """A scale of naturals that ends on neither tonic leaves C major and A minor."""
    _, sentences = understand(without_names(choir("C4 E4 A4 B4 D5 C5 A4 E4 G4 F4 D4 E4")))
    assert "close behind" in sentences[0] and sentences[0].endswith("; change it with --key")


def test_a_wish_goes_before_what_the_notes_say() -> None:
    """The key that was asked for spells the notes."""
    score, sentences = understand(without_names(choir("Eb4 Gb4 Bb4")), key=parse_key("D# minor"))
    assert names_of(score) == ["D#", "F#", "A#"]
    assert sentences == ["spelling: 3 notes named to fit D# minor; change it with --key"]


def test_a_pickup_written_as_rests_becomes_bar_0() -> None:
    """Its rests go, the last bar is short by a beat, and everything after moves with it."""
    score, sentences = understand(rests_first(end=96 * 3, tempos=[Tempo(), Tempo(tick=96)]))
    assert score.pickup == 24
    assert [(bar.number, bar.tick) for bar in score.bars] == [(0, 0), (1, 24), (2, 120)]
    assert score.end == 24 + 96 + 72
    assert score.notes["onset"].min() == 0
    assert [tempo.tick for tempo in score.tempos] == [0, 24]
    assert sentences[0] == (
        "pickup: 1 beat, which the file writes as a bar with rests; it is bar 0 now, "
        "and the last bar is shortened by it; change it with --pickup"
    )


def test_a_last_bar_that_is_full_of_music_is_not_cut() -> None:
    """Notes are never shortened: then the last bar stays whole."""
    whole = choir("r:3 D4 G4 A4 B4 C5 B4:4", key="G")
    score, sentences = understand(without_names(whole))
    assert score.pickup == 24 and score.end == 24 + 2 * 96
    assert "shortened" not in sentences[0]


def test_rests_in_a_notated_score_are_meant() -> None:
    """A MusicXML that begins with three rests is not touched."""
    score = rests_first()
    notes = score.notes.copy()
    notes["fifths"] = np.where(notes["pitch"] % 12 == 6, 6, notes["pitch"] * 7 % 12)
    named = score.evolve(notes=notes)
    assert understand(named)[0] == named


def test_an_upbeat_after_an_eighth_rest_is_no_pickup() -> None:
    """A fugue subject that enters after a short rest leaves bar 1 whole."""
    score, sentences = understand(without_names(choir("r:1/2 C4:1/2 D4 E4 F4 G4:2 C4:2", key="C")))
    assert score.pickup == 0 and score.bars[0].number == 1
    assert not any("pickup" in s for s in sentences)


def test_marks_move_with_a_pickup() -> None:
    """A fermata and a pedal keep their notes."""
    marks = [Mark(kind="pedal", tick=72, end=96), Mark(kind="fermata", tick=96, part=0, pitch=67)]
    score, _ = understand(rests_first(marks=marks))
    assert {(m.kind, m.tick, m.end) for m in score.marks} == {("pedal", 0, 24), ("fermata", 24, -1)}


WALTZ = (
    "C5 D5 E5 G5:2 F5 E5 D5 C5 D5:3 C5 D5 E5 A5:2 G5 F5 E5 D5 C5:3",
    "E4:3 B4:3 G4:3 B4:3 G4:3 C5:3 B4:3 E4:3",
    "C3 G3 G3 G2 G3 G3 C3 G3 G3 G2 G3 G3 C3 G3 G3 F2 A3 A3 G2 G3 G3 C3:3",
)


def test_a_missing_metre_is_found_and_said() -> None:
    """A waltz bass, without a time signature."""
    score, sentences = understand(without_names(choir(*WALTZ, meter="")))
    assert [(m.numerator, m.denominator) for m in score.meters] == [(3, 4)]
    assert len(score.bars) == 8 and score.pickup == 0 and score.end == 8 * 72
    assert sentences[0] == "metre: 3/4, found from where the weight falls; change it with --meter"


def test_a_metre_and_a_pickup_can_be_wished() -> None:
    """Both re-bar the piece."""
    score, sentences = understand(without_names(choir(*WALTZ, meter="", key="C")), meter="6/4", pickup=72)
    assert score.meters == (Meter(numerator=6, denominator=4),)
    assert [bar.number for bar in score.bars] == [0, 1, 2, 3, 4]
    assert score.end == 8 * 72
    assert all(s.startswith("spelling") for s in sentences)


@pytest.mark.parametrize(
    ("wish", "line"),
    [
        ({"meter": "4/5"}, 'metre "4/5" is unknown; name one as "4/4", "3/4" or "6/8"'),
        ({"meter": "0/4"}, 'metre "0/4" is unknown; name one as "4/4", "3/4" or "6/8"'),
        (
            {"meter": "3/4", "pickup": 72},
            "pickup of 3 beats: a bar of 3/4 has room for less than 3 beats; name a shorter one",
        ),
    ],
)
def test_an_impossible_wish_is_one_line(wish: dict[str, object], line: str) -> None:
    """It says what is possible."""
    with pytest.raises(RequestError) as caught:
        understand(choir(*WALTZ), **wish)
    assert str(caught.value) == line


def test_a_key_that_does_not_fit_is_kept_and_doubted() -> None:
    """C major written over E major by a program."""
    line = "E4 F#4 G#4 A4 B4 C#5 D#5 E5 B4 G#4 E4:4"
    score, sentences = understand(without_names(choir(line, key="C")))
    assert score.keys[0].fifths == 0
    assert sentences[0] == (
        "key: C major, as the file says, although its notes fit E major better; change it with --key"
    )


def test_seven_sharps_are_a_key_too() -> None:
    """C sharp major, as a MIDI file says it: no other spelling of the key has its signature."""
    score = without_names(choir("C4 E4 G4 C5", "C3 C3 C3 C3", key="C major"))
    moved = score.notes.copy()
    moved["pitch"] += 1
    sentences = understand(score.evolve(notes=moved, keys=[Key(fifths=7, mode="major")]))[1]
    assert [said for said in sentences if said.startswith("key")] == []


def test_a_score_that_says_everything_is_left_alone() -> None:
    """No sentence, no change."""
    score = choir("C4 D4 E4 F4 G4:4", key="C")
    assert understand(score) == (score, [])


def test_an_empty_score_is_left_alone() -> None:
    """Nothing to understand."""
    score = Score.build([], [Part()])
    assert understand(score) == (score, [])


def test_drums_do_not_vote_on_the_key() -> None:
    """Percussion keys are no pitches."""
    rows = [(24 * i, 24, p, 0, 0, 1, 1, UNSPELLED, 0) for i, p in enumerate([67, 71, 74, 66, 67])]
    rows += [(24 * i, 24, 36 + i % 2, 0, 1, 1, 1, UNSPELLED, 0) for i in range(5)] * 4
    _, sentences = understand(Score.build(rows, [Part(), Part(percussion=True)], meters=[Meter()]))
    assert sentences[0].startswith("key: G major")
    assert sentences[1].startswith("spelling: 5 notes")


@pytest.mark.corpus
def test_metre_and_pickup_of_real_chorales_are_found_from_their_notes(data_folder: Path) -> None:
    """Of 120 chorales in 4/4 or 3/4 at least 95 % get their metre, 88 % with the barline in its place."""
    right = placed = total = 0
    for path in sorted((data_folder / "noncommercial/bach-370-chorales").glob("*.krn"))[::3]:
        score = read_score(path)
        if len(score.meters) != 1 or (score.meters[0].numerator, score.meters[0].denominator) not in ((4, 4), (3, 4)):
            continue
        found, _ = understand(score.evolve(meters=(), bars=()))
        same = found.meters[0].numerator == score.meters[0].numerator
        total, right = total + 1, right + same
        placed += same and found.pickup == score.pickup
    assert total >= 110
    assert right / total >= 0.95 and placed / total >= 0.88


def _repeated() -> Score:
    """Four bars of 4/4: a repeat of two, with a first and a second ending, and two changes of key."""
    rows = [(24 * i, 24, 60 + i % 5, 0, 0, 1, 1, 0, 0) for i in range(16)]
    bars = (
        Bar(tick=0, number=1, repeat_start=True),
        Bar(tick=96, number=2, ending="1", repeat_end=2),
        Bar(tick=192, number=3, ending="2", barline="double"),
        Bar(tick=288, number=4, barline="final"),
    )
    keys = (Key(fifths=0), Key(tick=192, fifths=2), Key(tick=288, fifths=0))
    return Score.build(rows, [Part()], meters=[Meter()], bars=bars, keys=keys, end=384)


def test_a_new_metre_keeps_repeats_whose_barlines_stay() -> None:
    """Two bars of 2/4 for one of 4/4: every sign still has its barline."""
    found, sentences = understand(_repeated(), meter="2/4")
    assert [bar.tick for bar in found.bars if bar.repeat_start] == [0]
    assert [(bar.tick, bar.ending) for bar in found.bars if bar.ending] == [
        (96, "1"),
        (144, "1"),
        (192, "2"),
        (240, "2"),
    ]
    assert [bar.tick for bar in found.bars if bar.repeat_end] == [144]
    assert found.bars[-1].barline == "final"
    assert not [sentence for sentence in sentences if sentence.startswith("repeats")]


def test_signs_and_keys_that_have_no_place_are_said() -> None:
    """A pickup moves every barline; a key that is asked for replaces the changes."""
    found, sentences = understand(_repeated(), pickup=24)
    assert not any(bar.repeat_end or bar.ending for bar in found.bars)
    assert "repeats: 3 signs of repeats and endings left out, as no new bar begins or ends there" in sentences
    assert "barlines: 1 double or other special barline left out, as no new bar begins or ends there" in sentences
    _, sentences = understand(_repeated(), key=Tonality(1, "major"))
    assert "key: 2 later changes of key replaced by --key" in sentences


def test_a_new_metre_plays_what_the_old_one_played() -> None:
    """Halved bars repeat the same notes, in the same order, as the bars they were."""
    halved, _ = understand(_repeated(), meter="2/4")
    played = [expand_repeats(score).notes["pitch"].tolist() for score in (_repeated(), halved)]
    assert played[0] == played[1] and len(played[0]) == 20


def test_first_and_second_endings_stay_or_go_together() -> None:
    """In 8/4 the second ending has a bar of its own, the first has half a bar: neither is left alone."""
    score = _repeated()
    score = score.evolve(bars=(*score.bars[:3], replace(score.bars[3], ending="2")))
    found, sentences = understand(score, meter="8/4")
    assert not any(bar.ending for bar in found.bars)
    assert "repeats: 2 signs of repeats and endings left out, as no new bar begins or ends there" in sentences


def test_a_metre_that_was_found_says_what_its_bars_leave_out() -> None:
    """Barlines without a time signature: the signs that find no place are counted as well."""
    bars = (Bar(tick=0, number=1), Bar(tick=60, number=2, repeat_start=True), Bar(tick=300, number=3, repeat_end=2))
    score = without_names(choir(*WALTZ, meter="")).evolve(bars=bars)
    assert [s for s in understand(score)[1] if s.startswith("repeats: 1 sign of")]


@pytest.mark.parametrize(
    ("ticks", "said"),
    [(24, "1 quarter"), (48, "2 quarters"), (36, "3 eighths"), (6, "1 sixteenth"), (8, "1/3 of a quarter")],
)
def test_a_pickup_is_said_in_note_values(ticks: int, said: str) -> None:
    """A beat of 6/8 is an eighth to one musician and a dotted quarter to another."""
    assert note_values(ticks) == said
