"""Silence, stuck notes and endless repetition are ended, and it is said; music is left alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from stretto.engine.flagship import FIRST_PITCH, GO_ON, TAKE_REST
from stretto.frames.parts import HOLD, ONSET
from stretto.frames.plan import Plan
from stretto.score.text import read_text
from stretto.theory.understand import understand
from stretto.verbs.gaps import continue_
from stretto.verbs.guard import REPETITION, SILENCE, STUCK, Act, Guard
from stretto.verbs.report import guard_report
from stretto.verbs.rework import Manner

N_OPTIONS = FIRST_PITCH + 48
QUARTER = 24


def after(*rows: tuple[int, ...], step: int = QUARTER, held: bool = False) -> tuple[Guard, int]:
    """A guard of one stream that heard these chords, struck unless `held` and the same; and the time."""
    guard = Guard(1, len(rows[0]))
    last: tuple[int, ...] = ()
    for k, row in enumerate(rows):
        state = [HOLD if held and last and last[v] == p else ONSET for v, p in enumerate(row)]
        guard.watch(np.array([k * step]), np.array([row]), np.array([state]))
        last = row
    return guard, len(rows) * step


def barred(guard: Guard, tick: int, part: int, chosen: dict[int, int] | None = None) -> dict[str, list[int]]:
    """Options that the guard takes from a part, once others have chosen."""
    n_parts = guard.last_SV.shape[1]
    new = np.full((1, n_parts), -2)
    for v, pitch in (chosen or {}).items():
        new[0, v] = pitch
    found = guard.barred(part, np.array([tick]), list(chosen or {}), new, N_OPTIONS)
    return {what: np.flatnonzero(options[0]).tolist() for what, options in found.items()}


def test_a_note_of_three_bars_ends() -> None:
    guard, now = after(*[(30, 20)] * 12, held=True)
    assert barred(guard, now, 0)[STUCK] == [GO_ON]
    guard, now = after(*[(30, 20)] * 11, held=True)
    assert barred(guard, now, 0)[STUCK] == []


def test_a_pitch_is_left_after_six_bars_however_often_it_is_struck() -> None:
    rows = [(30 + k % 7, 20) for k in range(24)]
    guard, now = after(*rows)
    assert barred(guard, now, 1)[STUCK] == [GO_ON, FIRST_PITCH + 20]
    assert barred(guard, now, 0)[STUCK] == []


def test_when_all_are_silent_for_a_bar_the_last_to_choose_must_sound() -> None:
    guard, now = after((30, 20), *[(-1, -1)] * 4)
    assert barred(guard, now, 1, {0: -1})[SILENCE] == [GO_ON, TAKE_REST]
    assert barred(guard, now, 1, {0: 30})[SILENCE] == []
    assert barred(guard, now, 0)[SILENCE] == []
    guard, now = after((30, 20), *[(-1, -1)] * 3)
    assert barred(guard, now, 1, {0: -1})[SILENCE] == []


def test_what_was_said_four_times_is_not_said_again() -> None:
    figure = [(30, 20), (32, 21), (34, 23), (32, 21)]
    guard, now = after(*figure * 4, figure[0])
    assert barred(guard, now, 1, {0: 32})[REPETITION] == [FIRST_PITCH + 21]
    assert barred(guard, now, 1, {0: 33})[REPETITION] == [], "the other voice does something new already"
    guard, now = after(*figure * 3, figure[0])
    assert barred(guard, now, 1, {0: 32})[REPETITION] == []


def test_a_chord_held_or_struck_on_and_on_is_repetition_too() -> None:
    guard, now = after(*[(30, 20)] * 13)
    assert barred(guard, now, 1, {0: 30})[REPETITION] == [GO_ON, FIRST_PITCH + 20]


def test_the_report_names_voices_and_bars() -> None:
    plan = Plan(bar_starts=(0, 24, 120, 216), pickup=24, end=312)
    acts = [Act(tick=24, part=0, what=STUCK), Act(tick=130, part=3, what=STUCK), Act(tick=131, part=3, what=STUCK)]
    assert guard_report(acts, plan) == [
        "the guard ended a stuck note: soprano in bar 1, bass in bar 2; --no-guard lets it be"
    ]
    assert guard_report([], plan) == []


DRONE = """
key: C major
meter: 4/4

part: Soprano
  1-10 | C5w |
part: Alto
  1-10 | G4w |
part: Tenor
  1-10 | E4w |
part: Bass
  1-10 | C3w |
"""


@pytest.mark.parametrize("guard", [True, False])
def test_a_piece_that_turns_on_the_spot_is_led_out_and_it_is_guard_report(guard: bool) -> None:
    """Ten bars of one chord, and a temperature that repeats what was."""
    text = "\n".join(line if "1-10" not in line else _bars(line) for line in DRONE.splitlines())
    primer, _ = understand(read_text(text.encode(), "drone.txt"))
    manner = replace(Manner(seed=1, candidates=1, temperature=0.05, rules=None), guard=guard)
    found = continue_(primer, 4, manner=manner)
    assert any("the guard ended" in line for line in found.report) == guard


def _bars(line: str) -> str:
    note = line.split("|")[1].strip()
    return "\n".join(f"  {n} | {note} |" for n in range(1, 11))
