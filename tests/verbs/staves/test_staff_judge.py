"""What the judge of versions hears: metre, key, close."""

from dataclasses import replace

import numpy as np

from stretto.evaluate.staff_work import StaffWork
from stretto.frames.staves import STAFF_NOTE, StaffMusic
from stretto.theory.key import parse_key
from stretto.verbs.staves.draw import StaffDrawn
from stretto.verbs.staves.form import staff_plan
from stretto.verbs.staves.judge import StaffVerdict, judge, n_idle

N_BARS = 8
BAR = 72
C_MAJOR = (72, 76, 79, 76, 74, 71)
"""The tonic in the first half of a bar, steps of the scale in the other."""


def verdict_on(
    notes: list[tuple[int, int, int, int]], meter: str, key: str = "C major", period: str = ""
) -> StaffVerdict:
    """Of a piece of eight bars of 72 ticks; rows are onset, duration, pitch, staff."""
    plan = staff_plan(
        key=parse_key(key), meter=meter, n_bars=N_BARS, pickup=0, period=period, composer="", texture=(0.0, 0.0)
    )
    music = StaffMusic(notes=np.sort(np.array(notes, STAFF_NOTE), order="onset"), end=N_BARS * BAR, n_staves=2)
    return judge(StaffDrawn(music=music, nats=float(len(notes)), n_notes=len(notes), n_forbidden=0), plan)


def in_beats_of(ticks: int, bass: tuple[int, ...] = (48, 43)) -> list[tuple[int, int, int, int]]:
    """Eighths above a bass that moves every so many ticks."""
    beats = range(0, N_BARS * BAR, ticks)
    low = [(tick, ticks, bass[i % len(bass)], 1) for i, tick in enumerate(beats)]
    low[-1] = (*low[-1][:2], bass[0], 1)
    high = [(tick, 12, C_MAJOR[tick // 12 % 6], 0) for tick in range(0, N_BARS * BAR, 12)]
    return low + high


def test_two_beats_of_three_are_six_eight_and_three_beats_are_not() -> None:
    """The same eighths over another bass; either way the wrong one is marked down."""
    jig, waltz = in_beats_of(36), in_beats_of(24, (48, 55, 55))
    assert verdict_on(jig, "6/8").metre_short < 0.05 < verdict_on(waltz, "6/8").metre_short
    assert verdict_on(jig, "6/8").metre_nats < verdict_on(waltz, "6/8").metre_nats
    assert verdict_on(jig, "3/4").penalty(1.0) > verdict_on(waltz, "3/4").penalty(1.0)


def test_the_key_that_is_asked_for_must_lead() -> None:
    """C major is not behind in C major; in A flat major far."""
    right, wrong = verdict_on(in_beats_of(36), "6/8"), verdict_on(in_beats_of(36), "6/8", "Ab major")
    assert right.key_behind == 0.0 and right.in_key
    assert wrong.key_behind > 0.3 and not wrong.in_key


def test_too_few_notes_tell_nothing() -> None:
    """One bar of a waltz is heard as neither metre nor key."""
    said = verdict_on([(24 * i, 24, 66, 0) for i in range(3)], "6/8", "C major")
    assert (said.metre_nats, said.key_behind, said.in_key) == (0.0, 0.0, True)


def test_a_metre_that_the_ear_does_not_know_is_left_alone() -> None:
    """9/8 is in no pattern, and no class of the classifier."""
    said = verdict_on(in_beats_of(36), "9/8")
    assert (said.metre_short, said.metre_nats) == (0.0, 0.0)


def test_a_hand_that_rests_on_is_marked_down() -> None:
    """After two bars, bar by bar; a hand that plays in every third bar is not."""
    high = [(24 * i, 24, 72, 0) for i in range(3 * N_BARS)]
    one_bar = [(0, BAR, 48, 1)]
    assert verdict_on(high + one_bar, "3/4").n_idle == N_BARS - 1 - 2
    assert verdict_on(high + [(3 * BAR * i, BAR, 48, 1) for i in range(3)], "3/4").n_idle == 0
    assert verdict_on([*high, (0, N_BARS * BAR, 48, 1)], "3/4").n_idle == 0


def test_most_of_a_quartet_does_not_rest_on() -> None:
    """One violin alone is thin from the third bar on; every player comes in again before he rests too long."""
    plan = staff_plan(
        key=parse_key("C"), meter="3/4", n_bars=N_BARS, pickup=0, period="", composer="", texture=(0.0, 0.0)
    )
    alone = [(BAR * bar, BAR, 72, 0) for bar in range(N_BARS)]
    others = [(BAR * bar, BAR, 60 - 5 * staff, staff) for staff in (1, 2, 3) for bar in (0, 4)]
    music = StaffMusic(notes=np.sort(np.array(alone + others, STAFF_NOTE), order="onset"), end=8 * BAR, n_staves=4)
    assert n_idle(StaffWork(name="", music=music, plan=plan)) == 2


def test_triplets_cost_where_they_are_new() -> None:
    """Eighths of a triplet in the last bar alone, or throughout; and none."""
    plain = in_beats_of(36)
    last = [(tick + 8 * i, 8, 84, 0) for tick in (7 * BAR,) for i in range(3)]
    throughout = [(BAR * bar + 8 * i, 8, 84, 0) for bar in range(N_BARS) for i in range(3)]
    plan = staff_plan(
        key=parse_key("C"), meter="6/8", n_bars=N_BARS, pickup=0, period="", composer="", texture=(0.0, 0.0)
    )

    def is_new(notes: list[tuple[int, int, int, int]]) -> bool:
        """After six bars of it were there."""
        music = StaffMusic(notes=np.sort(np.array(notes, STAFF_NOTE), order="onset"), end=N_BARS * BAR, n_staves=2)
        early = replace(music, notes=music.notes[music.notes["onset"] < 6 * BAR], end=6 * BAR)
        before, after = (StaffDrawn(music=m, nats=0.0, n_notes=0, n_forbidden=0) for m in (early, music))
        return judge(after, plan, before=before).new_triplets

    assert [is_new(plain), is_new(plain + last), is_new(plain + throughout)] == [False, True, False]


def test_the_period_that_is_asked_for_must_be_heard() -> None:
    """Two lines of sixteenths and eighths are no nocturne; octaves over wide broken chords are no invention."""
    bars = range(0, N_BARS * BAR, BAR)
    invention = [(bar + 6 * i, 6, C_MAJOR[i % 6] + (i // 6) % 2, 0) for bar in bars for i in range(12)]
    invention += [(bar + 12 * i, 12, 48 + (0, 4, 7, 5, 4, 2)[i], 1) for bar in bars for i in range(6)]
    nocturne = [(bar, 48, pitch, 0) for bar in bars for pitch in (76, 84, 88)]
    nocturne += [(bar + 48, 24, pitch, 0) for bar in bars for pitch in (75, 80, 87)]
    nocturne += [(bar + 12 * i, 12, (33, 45, 52, 60, 64, 60)[i], 1) for bar in bars for i in range(6)]
    for notes, right, wrong in ((invention, "baroque", "romantic"), (nocturne, "romantic", "baroque")):
        heard = {period: verdict_on(notes, "3/4", period=period) for period in (right, wrong)}
        assert heard[right].period_nats < 0.7 < heard[wrong].period_nats
        assert heard[right].penalty(1.0) < heard[wrong].penalty(1.0)
    assert verdict_on(nocturne, "3/4", period="modern").period_nats == 0.0
