"""How long a document's notes are to the network: jigs and hymn books' halves heard in quarters, and written back."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from stretto.frames.canvas import Hole
from stretto.frames.parts import HOLD, ONSET, REST, PartFrames
from stretto.frames.plan import Plan
from stretto.verbs.beats import Beats, beats_of

QUARTER = 24


def frames_at(*ticks: int, end: int) -> PartFrames:
    pitch_TV = np.full((len(ticks), 4), REST, np.int16)
    pitch_TV[:, 0] = 72
    state_TV = np.full((len(ticks), 4), HOLD, np.int8)
    state_TV[:, 0] = ONSET
    return PartFrames(tick_T=np.array(ticks, np.int32), pitch_TV=pitch_TV, state_TV=state_TV, end=end)


def plan_in(meter: str, *starts: int, end: int, pickup: int = 0, style: str = "bach") -> Plan:
    return Plan(style=style, bar_starts=starts, bar_meters=(meter,) * len(starts), pickup=pickup, end=end)


def test_a_bar_of_6_8_is_heard_as_two_of_3_4_with_quarters_for_eighths() -> None:
    plan, frames = plan_in("6/8", 0, 72, end=144), frames_at(0, 36, 60, 72, end=144)
    beats = beats_of(plan, frames)
    assert beats.times == 2
    assert beats.plan(plan).bar_starts == (0, 72, 144, 216)
    assert set(beats.plan(plan).bar_meters) == {"3/4"}
    assert beats.frames(frames).tick_T.tolist() == [0, 72, 120, 144]
    assert beats.grid == 24  # an eighth as written: the tune has nothing shorter


def test_a_jig_in_sixteenths_has_sixteenths_in_its_other_voices() -> None:
    plan = plan_in("6/8", 0, 72, end=144)
    assert beats_of(plan, frames_at(0, 6, 12, 18, 24, 30, 36, 72, end=144)).grid == 12


def test_the_pickup_of_a_jig_is_the_end_of_a_bar_that_is_heard() -> None:
    plan = plan_in("6/8", 0, 12, 84, end=156, pickup=12)  # an eighth before the first bar
    heard = Beats(times=Fraction(2)).plan(plan)
    assert heard.bar_starts == (0, 24, 96, 168, 240)
    assert heard.pickup == 24


def test_halves_are_heard_as_quarters_by_a_style_that_knows_none() -> None:
    plan, frames = plan_in("3/2", 0, 144, end=288), frames_at(0, 48, 96, 144, end=288)
    assert beats_of(plan, frames).times == Fraction(1, 2)
    heard = beats_of(plan, frames).plan(plan)
    assert (heard.bar_starts, heard.bar_meters, heard.end) == ((0, 72), ("3/4", "3/4"), 144)
    assert beats_of(plan_in("3/2", 0, 144, end=288, style="hymn"), frames).times == 1


@pytest.mark.parametrize("meters", [("4/4", "6/8"), ("3/4", "3/4"), ("6/8", "2/2")])
def test_a_document_with_a_metre_of_quarters_in_it_is_heard_as_it_is_written(meters: tuple[str, str]) -> None:
    plan = Plan(style="bach", bar_starts=(0, 96), bar_meters=meters, end=192)
    beats = beats_of(plan, frames_at(0, 96, end=192))
    assert beats.times == 1
    assert beats.plan(plan) is plan


def test_an_onset_that_half_as_long_would_lie_between_two_ticks_keeps_the_document_as_it_is() -> None:
    assert beats_of(plan_in("2/2", 0, 96, end=192), frames_at(0, 47, 96, end=192)).times == 1


@pytest.mark.parametrize("times", [Fraction(2), Fraction(1, 2), Fraction(1)])
def test_what_is_heard_is_written_back_where_it_was(times: Fraction) -> None:
    beats, frames = Beats(times=times), frames_at(0, 6, 18, 2 * QUARTER, end=4 * QUARTER)
    back = beats.written(beats.frames(frames))
    assert back.tick_T.tolist() == frames.tick_T.tolist() and back.end == frames.end
    hole = Hole(part=1, start=6, end=QUARTER)
    heard = beats.holes([hole])[0]
    assert (beats.moment(heard.start), beats.moment(heard.end), heard.part) == (6, QUARTER, 1)
