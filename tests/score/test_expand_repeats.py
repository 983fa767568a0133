"""Repeats, endings, da capo, dal segno, fine and coda written out."""

import numpy as np
import pytest

from stretto.errors import ScoreError
from stretto.score.expand import expand_repeats
from stretto.score.model import NOTE, Bar, Key, Mark, Meter, Notice, Part, Score, Tempo
from stretto.score.play_order import MAX_BARS, ending_numbers

BAR = 96


def tune(signs: str, *marks: Mark, pickup: int = 0, meter: tuple[int, int] = (4, 4)) -> Score:
    """A tune with one note a bar, the bar's index above middle C.

    Signs, a bar each: "|:" opens a repeat, ":|" or ":|3" closes it, "1[" or "1,2[" stands in an ending.
    """
    bars, notes, tick = [], [], 0
    for index, sign in enumerate(signs.split()):
        length = pickup if pickup and index == 0 else BAR
        close = sign.partition(":|")[2] if ":|" in sign else None
        bars.append(
            Bar(
                tick=tick,
                number=index if pickup else index + 1,
                repeat_start=sign.startswith("|:"),
                repeat_end=0 if close is None else int(close or 2),
                ending=sign.partition("[")[0].removeprefix("|:") if "[" in sign else "",
            )
        )
        notes.append((tick, length, 60 + index, 64, 0, 1, 1, 127, 0))
        tick += length
    meters = (Meter(numerator=meter[0], denominator=meter[1]),)
    return Score.build(notes, [Part()], bars=bars, end=tick, meters=meters, marks=marks)


def played(score: Score) -> str:
    """Indices of the written bars in the order in which they sound."""
    return " ".join(str(pitch - 60) for pitch in expand_repeats(score).notes["pitch"])


def sign(text: str, bar: int, *, at: int = 0) -> Mark:
    return Mark(kind="navigation", text=text, tick=bar * BAR + at)


def test_a_score_without_signs_stays_the_same_object() -> None:
    score = tune(". . .")
    assert expand_repeats(score) is score


@pytest.mark.parametrize(
    ("signs", "order"),
    [
        (". :| .", "0 1 0 1 2"),
        (". |: :| .", "0 1 2 1 2 3"),
        ("|: :|3", "0 1 0 1 0 1"),
        ("|: 1[:| 2[ .", "0 1 0 2 3"),
        ("|: 1,2[:| 3[ .", "0 1 0 1 0 2 3"),
        ("|: 1[:| 2[:| . :|", "0 1 0 2 3 4 3 4"),
        ("|: 1[ 1[:| 2[ 2[ |: :|", "0 1 2 0 3 4 5 6 5 6"),
        (". 1[ 2[ .", "0 1 2 3"),
        ("|: 1[:| . .", "0 1 0 2 3"),
    ],
)
def test_repeats_and_endings_are_played_in_a_musicians_order(signs: str, order: str) -> None:
    assert played(tune(signs)) == order


@pytest.mark.parametrize(
    ("signs", "marks", "order"),
    [
        (". . .", [sign("da capo", 2, at=48)], "0 1 2 0 1 2"),
        (". . .", [sign("fine", 0, at=48), sign("da capo", 3)], "0 1 2 0"),
        (". . . .", [sign("segno", 1), sign("fine", 2, at=90), sign("dal segno", 3, at=90)], "0 1 2 3 1 2"),
        (
            ". . . . .",
            [sign("to coda", 1, at=90), sign("da capo", 3, at=90), sign("coda", 4)],
            "0 1 2 3 0 1 4",
        ),
        ("|: 1[:| 2[ .", [sign("da capo", 3, at=90)], "0 1 0 2 3 0 2 3"),
        ("|: :| .", [sign("fine", 1, at=90), sign("da capo", 2, at=90)], "0 1 0 1 2 0 1"),
    ],
)
def test_da_capo_and_dal_segno_go_back_once_and_take_no_repeat_again(signs: str, marks: list[Mark], order: str) -> None:
    assert played(tune(signs, *marks)) == order


def test_a_fine_on_a_barline_closes_the_bar_before_it() -> None:
    assert played(tune(". . . .", sign("fine", 2), sign("da capo", 4))) == "0 1 2 3 0 1"


def test_a_fine_before_the_endings_closes_what_they_share() -> None:
    score = tune(":| . |: . 1[:| 2[ 2[:| 3[", sign("fine", 4), sign("da capo", 8))
    assert played(score) == "0 0 1 2 3 4 2 3 5 6 2 3 7 0 1 2 3"


def test_a_fine_on_the_first_note_of_a_last_bar_closes_that_bar() -> None:
    assert played(tune("|: . :| . .", sign("fine", 2), sign("da capo", 5))) == "0 1 2 0 1 2 3 4 0 1 2"


def test_a_dal_segno_without_segno_is_counted_and_passed_over() -> None:
    expanded = expand_repeats(tune(". .", sign("dal segno", 1, at=90)))
    assert expanded.notes["pitch"].tolist() == [60, 61]
    assert expanded.notices == (Notice(what="dal segno or to coda signs lead nowhere and were passed over"),)


def test_bars_are_numbered_on_and_signs_are_gone() -> None:
    expanded = expand_repeats(tune("|: :| ."))
    assert [(bar.tick // BAR, bar.number) for bar in expanded.bars] == [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)]
    assert not any(bar.repeat_start or bar.repeat_end or bar.ending for bar in expanded.bars)
    assert expanded.end == 5 * BAR


def test_a_repeated_pickup_completes_the_short_bar_before_it() -> None:
    score = Score.build(
        [(0, 24, 67, 64, 0, 1, 1, 127, 0), (24, 96, 60, 64, 0, 1, 1, 127, 0), (120, 72, 62, 64, 0, 1, 1, 127, 0)],
        [Part()],
        bars=[Bar(tick=0, number=0), Bar(tick=24, number=1), Bar(tick=120, number=2, repeat_end=2, barline="final")],
        end=192,
        meters=[Meter()],
    )
    expanded = expand_repeats(score)
    assert [(bar.tick, bar.number) for bar in expanded.bars] == [(0, 0), (24, 1), (120, 2), (216, 3), (312, 4)]
    assert expanded.notes["onset"].tolist() == [0, 24, 120, 192, 216, 312]
    assert [bar.barline for bar in expanded.bars] == ["", "", "", "", "final"]


def test_key_and_tempo_are_said_again_where_a_repeat_changes_them_back() -> None:
    score = tune("|: :| .").evolve(
        keys=(Key(tick=0, fifths=1), Key(tick=BAR, fifths=-1)),
        tempos=(Tempo(tick=0, qpm=100),),
    )
    expanded = expand_repeats(score)
    assert [(key.tick // BAR, key.fifths) for key in expanded.keys] == [(0, 1), (1, -1), (2, 1), (3, -1)]
    assert [tempo.tick for tempo in expanded.tempos] == [0]


def test_marks_come_with_their_notes_every_time() -> None:
    fermata = Mark(kind="fermata", tick=BAR, part=0, pitch=61)
    expanded = expand_repeats(tune("|: :| .", fermata))
    assert [mark.tick // BAR for mark in expanded.marks] == [1, 3]


def test_a_note_held_over_the_repeat_sign_is_cut_and_counted() -> None:
    notes = tune("|: :| .").notes.copy()
    notes["duration"][1] = 2 * BAR
    expanded = expand_repeats(tune("|: :| .").evolve(notes=notes))
    assert expanded.notes["duration"].tolist() == [BAR, BAR, BAR, 2 * BAR, BAR]
    assert expanded.notices == (Notice(what="notes held over a repeat were ended there"),)


def test_a_note_held_into_a_repeat_is_struck_anew_and_counted() -> None:
    notes = np.array([(0, 2 * BAR, 60, 64, 0, 1, 1, 127, 0), (2 * BAR, BAR, 62, 64, 0, 1, 1, 127, 0)], NOTE)
    expanded = expand_repeats(tune(". |: :|").evolve(notes=notes))
    assert [(n["onset"] // BAR, n["duration"] // BAR, n["pitch"]) for n in expanded.notes] == [
        (0, 2, 60), (2, 1, 62), (3, 1, 60), (4, 1, 62),
    ]  # fmt: skip
    assert expanded.notices == (Notice(what="notes held into a repeat were struck anew"),)


def test_a_repeat_a_million_times_is_refused_in_one_line() -> None:
    with pytest.raises(ScoreError, match=f"over {MAX_BARS} bars; mend its repeats"):
        expand_repeats(tune("|: :|1000000"))


def test_expanding_twice_changes_nothing_more() -> None:
    once = expand_repeats(tune("|: 1[:| 2[ .", sign("da capo", 3, at=90)))
    assert expand_repeats(once) is once


def test_ending_numbers_without_a_number_mean_the_first() -> None:
    assert ending_numbers("ending") == {1}
