"""Where phrases lead whose melody or bass is given: to chords with which real pieces close under such notes.

A network that fills in voices under a melody hears where phrases end, and what was sung there; which cadence a
phrase makes is decided beats before it. So each goal is drawn first, as in a form that is composed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from stretto.evaluate.phrase_close import approach
from stretto.frames.canvas import Hole
from stretto.frames.parts import PartFrames
from stretto.frames.plan import Plan
from stretto.verbs.chord_line import ChordLine
from stretto.verbs.form import drawn_close, habits

ENOUGH = 8
"""Phrases of real music that end on such a note, so reached, for their chords to be drawn from; with fewer, those that
end on such a note at all."""

UNKNOWN = (0, 0)
"""Goal and cadence of a phrase of which nothing is planned."""


def with_goals(plan: Plan, frames: PartFrames, holes: Sequence[Hole], rng: np.random.Generator) -> Plan:
    """The plan with a chord and a cadence for each phrase end that the holes leave open.

    Args:
        plan: what is known of the piece.
        frames: the piece; what it has in the holes does not count.
        holes: what is open.
        rng: draws.
    """
    if not plan.phrase_ends or not plan.mode or plan.tonic < 0:
        return plan
    harmonies = _harmonies(plan.style)
    found = [_close(plan, frames, holes, i, harmonies, rng) for i in range(len(plan.phrase_ends))]
    return replace(plan, goals=tuple(goal for goal, _ in found), closes=tuple(close for _, close in found))


def free_of(line: ChordLine | None, plan: Plan, heard: Callable[[int], int] = lambda tick: tick) -> Plan:
    """The plan without the goals of phrases whose last chord a chord line names."""
    if line is None or not plan.goals:
        return plan
    named = [line.at(heard(end))[0] is not None for end in plan.phrase_ends or ()]
    goals = [0 if there else goal for there, goal in zip(named, plan.goals, strict=True)]
    closes = [0 if there else close for there, close in zip(named, plan.closes, strict=True)]
    return replace(plan, goals=tuple(goals), closes=tuple(closes))


def _close(
    plan: Plan, frames: PartFrames, holes: Sequence[Hole], i: int, harmonies: Counter[str], rng: np.random.Generator
) -> tuple[int, int]:
    """Goal and cadence of one phrase."""
    ends = plan.phrase_ends or ()
    n_voices = frames.pitch_TV.shape[1]
    place = "final" if i == len(ends) - 1 else "inner"
    open_there = {hole.part for hole in holes if hole.start <= ends[i] < hole.end and not hole.keep_rhythm}
    if len(open_there) == n_voices:
        return drawn_close(plan.style, plan.mode, place, rng)
    outer = [voice for voice in (0, n_voices - 1) if voice not in open_there]
    if len(outer) != 1:
        return UNKNOWN  # both tell the chord, or inner voices alone are given
    reached = approach(frames, outer[0], ends[i])
    if reached is None:
        return UNKNOWN
    degree = (reached[0] - plan.tonic) % 12
    of_note = _under(harmonies, f"{plan.mode}:{place}:{outer[0]}:{degree}:")
    so_reached = Counter({tail[2:]: n for tail, n in of_note.items() if tail[0] == reached[1]})
    anyhow = Counter[str]()
    for tail, n in of_note.items():
        anyhow[tail[2:]] += n
    counts = so_reached if so_reached.total() >= ENOUGH else anyhow
    if counts.total() < ENOUGH:
        return UNKNOWN
    keys = sorted(counts)
    shares = np.array([counts[key] for key in keys]) / counts.total()
    goal, close = keys[int(rng.choice(len(keys), p=shares))].split(":")
    return int(goal), int(close)


def _harmonies(style: str) -> Counter[str]:
    """What phrases of a style end with, in all its metres together."""
    total = Counter[str]()
    for habit in habits().get(style, {}).values():
        total.update(habit.harmonies)
    return total


def _under(counts: Counter[str], head: str) -> dict[str, int]:
    """The counts whose names begin so, by the rest of their names."""
    return {key[len(head) :]: n for key, n in counts.items() if key.startswith(head)}
