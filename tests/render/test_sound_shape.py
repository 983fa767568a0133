"""What a performance does that no sign says, and how it is said."""

import numpy as np
import pytest

from stretto.render.performance_dynamics import LEVELS, velocities
from stretto.render.performance_says import sound_says
from stretto.render.performance_shape import ARC, BASS_EXTRA, FILL_EXTRA, MELODY_EXTRA, arcs, hand_balance, phrases
from stretto.render.sound import render_sound
from stretto.score.model import UNSPELLED, Mark, Meter, Part, Score, Tempo

PIANO = Part(name="Piano", n_staves=2, program=0)


def keyboard(rows: list[tuple[int, int, int, int]], *marks: Mark, n_bars: int = 0) -> Score:
    """Notes (onset, duration in quarters, pitch, staff 1 or 2) of a piano in 4/4."""
    notes = [(24 * on, 24 * long, pitch, 0, 0, 1, staff, UNSPELLED, 0) for on, long, pitch, staff in rows]
    return Score.build(notes, [PIANO], meters=[Meter()], marks=marks, tempos=[Tempo()], end=96 * n_bars)


def test_the_melody_is_the_highest_that_sounds() -> None:
    """Under a held melody the right hand's figure is accompaniment; the lowest of the left hand is the bass."""
    score = keyboard([(0, 4, 76, 1), (0, 1, 72, 1), (1, 1, 72, 1), (0, 2, 48, 2), (0, 2, 55, 2), (1, 1, 52, 2)])
    found = dict(
        zip(zip(score.notes["onset"] // 24, score.notes["pitch"], strict=True), hand_balance(score), strict=True)
    )
    assert found == {
        (0, 76): MELODY_EXTRA,
        (0, 72): FILL_EXTRA,
        (1, 72): FILL_EXTRA,
        (0, 48): BASS_EXTRA,
        (0, 55): FILL_EXTRA,
        (1, 52): FILL_EXTRA,
    }


def test_a_left_hand_alone_is_not_held_back() -> None:
    """While the right hand rests there is nothing to accompany."""
    score = keyboard([(0, 1, 48, 2), (0, 1, 60, 2), (1, 1, 72, 1)])
    assert hand_balance(score).tolist() == [BASS_EXTRA, 0, MELODY_EXTRA]


def test_phrases_are_of_four_bars_where_nothing_says_it() -> None:
    """Ten bars: four, and six that would leave two over; a rest of all parts before."""
    score = keyboard([(i, 1, 60, 1) for i in range(40)], n_bars=10)
    assert phrases(score) == [(0, 384), (384, 768), (768, 960)]
    rest = keyboard([(i, 1, 60, 1) for i in (*range(6), *range(8, 16))], n_bars=4)
    assert phrases(rest) == [(0, 192), (192, 384)]


def test_fermatas_end_phrases() -> None:
    """As in a chorale: then bars are not counted."""
    marks = [Mark(kind="fermata", tick=24 * q, part=0) for q in (7, 39)]
    score = keyboard([(i, 1, 60, 1) for i in range(40)], *marks)
    assert phrases(score) == [(0, 192), (192, 960)]


def test_a_phrase_rises_and_falls() -> None:
    """Soft at its ends, highest past its middle, by the same above the mark as below."""
    found = arcs(keyboard([(i, 1, 60, 1) for i in range(16)], n_bars=4))
    assert found[0] == pytest.approx(-ARC)
    assert int(np.argmax(found)) in (9, 10)
    assert found.max() == pytest.approx(ARC, abs=0.3)
    assert found[-1] < 0


def test_a_single_line_has_no_arcs() -> None:
    """A melody from a page is played as it is marked."""
    score = Score.build([(24 * i, 24, 60, 0, 0, 1, 1, UNSPELLED, 0) for i in range(16)], [Part()], meters=[Meter()])
    assert not arcs(score).any()


def test_marks_between_the_staves_hold_for_both_hands() -> None:
    """And where each has its own, each follows its own."""
    rows = [(0, 1, 72, 1), (0, 1, 48, 2)]
    both = velocities(keyboard(rows, Mark(kind="dynamic", tick=0, text="ff", part=0, staff=1)))
    assert min(both) > LEVELS["f"]
    own = [Mark(kind="dynamic", tick=0, text=text, part=0, staff=staff) for text, staff in (("ff", 1), ("pp", 2))]
    right, left = velocities(keyboard(rows, *own)).tolist()
    assert right > LEVELS["f"] > LEVELS["p"] > left


def test_players_of_a_group_follow_marks_that_are_printed_once() -> None:
    """The cello plays piano with the violin; a soloist of another group does not."""
    parts = [
        Part(name=name, group=group) for name, group in (("Violin", "Strings"), ("Cello", "Strings"), ("Flute", ""))
    ]
    rows = [(0, 24, pitch, 0, part, 1, 1, UNSPELLED, 0) for part, pitch in enumerate((72, 48, 60))]
    score = Score.build(rows, parts, marks=[Mark(kind="dynamic", tick=0, text="pp", part=0)])
    violin, cello, flute = velocities(score).tolist()
    assert max(violin, cello) < LEVELS["p"] < flute


def test_forte_is_six_decibels_above_piano_in_the_sound_and_nothing_clips() -> None:
    """Eight bars p, eight bars f, the same music: measured on the samples."""
    bars = [(4 * b + q, 1, p, 1 + (p < 60)) for b in range(16) for q in range(4) for p in (48, 55, 72)]
    marks = [Mark(kind="dynamic", tick=768 * i, text=text, part=0, staff=1) for i, text in enumerate("pf")]
    sound = render_sound(keyboard(bars, *marks))
    half = round(16 * 4 * 60 / 100 / 2 * sound.sample_rate)
    soft, loud = (
        np.sqrt((part.astype(float) ** 2).mean()) for part in (sound.samples[:half], sound.samples[half : 2 * half])
    )
    assert 20 * np.log10(loud / soft) > 6
    assert np.abs(sound.samples).max() < 1
    assert np.abs(sound.samples[-480:]).max() < 1e-3


@pytest.mark.parametrize(
    ("marks", "said"),
    [
        (
            (),
            "sound: no dynamics are marked, so mezzo forte, melody above accompaniment, "
            "phrase arcs of 4 bars, or from rest to rest",
        ),
        (
            (
                Mark(kind="dynamic", tick=0, text="p", part=0),
                Mark(kind="dynamic", tick=48, text="ff", part=0),
                Mark(kind="dynamic", tick=24, text="sf", part=0),
                Mark(kind="wedge", tick=24, end=48, text="crescendo", part=0),
            ),
            "sound: follows the dynamic marks (p to ff, 1 hairpin, 1 sudden accent), melody above accompaniment, "
            "phrase arcs of 4 bars, or from rest to rest",
        ),
    ],
)  # fmt: skip
def test_the_sound_says_what_it_follows(marks: tuple[Mark, ...], said: str) -> None:
    """In one line."""
    assert sound_says(keyboard([(0, 4, 72, 1), (0, 4, 48, 2)], *marks)) == said


def test_a_recorded_performance_says_so() -> None:
    """Its own velocities are what is heard."""
    score = keyboard([(0, 4, 72, 1)])
    notes = score.notes.copy()
    notes["velocity"] = 50
    assert sound_says(score.evolve(notes=notes)) == "sound: follows the velocities of the file, note by note"
