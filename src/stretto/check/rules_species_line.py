"""Species counterpoint in two voices: the counterpoint as a line that can be sung."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from stretto.check.exercise import Exercise
from stretto.check.faults import Fault
from stretto.check.rules import rule
from stretto.check.species_setting import fault
from stretto.theory.intervals import Interval
from stretto.theory.species import Line, Tone, steps

Options = Mapping[str, Any]

WIDE_LEAP = 4
"""Steps of the staff of the smallest leap after which a line turns back: a fifth."""


@rule("melodic-interval")
def melodic_interval(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """An augmented or diminished interval, a major sixth, a seventh, more than an octave. Fux, pp. 51-53."""
    for a, b, way in steps(exercise.two_lines.counter):
        if _unsung(way):
            yield fault(exercise, "melodic-interval", (a, b), f"{a.name} to {b.name} ({way})")


def _unsung(way: Interval) -> bool:
    odd = way.quality[0] in "Ad"
    return odd or way.number == 7 or way.number > 8 or (way.number == 6 and way.quality == "M")


@rule("minor-sixth-down")
def minor_sixth_down(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """A minor sixth is taken upward; downward Fux has it now and then (figures 41, 42, 57 and 75)."""
    for a, b, way in steps(exercise.two_lines.counter):
        if way.number == 6 and way.quality == "m" and way.steps < 0:
            yield fault(exercise, "minor-sixth-down", (a, b), f"{a.name} to {b.name}")


@rule("leap-not-recovered")
def leap_not_recovered(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """After a leap of more than a fifth the line goes on the other way."""
    found = steps(exercise.two_lines.counter)
    for (a, b, way), (_, c, after) in pairwise(found):
        if abs(way.steps) > WIDE_LEAP and way.steps * after.steps > 0:
            yield fault(exercise, "leap-not-recovered", (a, b, c), f"{a.name} to {b.name} to {c.name}")


@rule("leaps-outline-dissonance")
def leaps_outline_dissonance(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """Two leaps the same way that add up to a seventh, or to more than an octave."""
    found = steps(exercise.two_lines.counter)
    for (a, b, way), (_, c, after) in pairwise(found):
        both = a.to(c)
        if way.is_leap and after.is_leap and way.steps * after.steps > 0 and (both.number == 7 or both.number > 8):
            yield fault(exercise, "leaps-outline-dissonance", (a, b, c), f"{a.name} to {b.name} to {c.name}")


@rule("tritone-outlined")
def tritone_outlined(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """A run in one direction from its turn to its turn spans an augmented fourth."""
    line = exercise.two_lines.counter
    for run in _runs(line):
        way = run[0].to(run[-1])
        if len(run) > 2 and way.number == 4 and way.quality == "A":
            yield fault(exercise, "tritone-outlined", run, f"{run[0].name} to {run[-1].name}")


def _runs(line: Line) -> Iterator[Line]:
    """Stretches of a line in one direction, from turn to turn."""
    run: list[Tone] = list(line[:1])
    for a, b in pairwise(line):
        if len(run) > 1 and (run[-1].pitch - run[-2].pitch) * (b.pitch - a.pitch) <= 0:
            yield tuple(run)
            run = [a]
        run.append(b)
    yield tuple(run)


@rule("repeated-note", most=1)
def repeated_note(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """The same note more than `most` times in a row."""
    row: list[Tone] = []
    for tone in exercise.two_lines.counter:
        row = [*row, tone] if row and row[-1].pitch == tone.pitch and row[-1].end == tone.onset else [tone]
        if len(row) == options["most"] + 1:
            yield fault(exercise, "repeated-note", row, tone.name)


@rule("wide-range", most=10)
def wide_range(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """The counterpoint spans more than a tenth, and no more than a twelfth."""
    yield from _range(exercise, "wide-range", options["most"], 12)


@rule("too-wide-range", most=12)
def too_wide_range(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """The counterpoint spans more than a twelfth."""
    yield from _range(exercise, "too-wide-range", options["most"], 99)


def _range(exercise: Exercise, name: str, most: int, below: int) -> Iterator[Fault]:
    line = exercise.two_lines.counter
    low, high = min(line, key=lambda tone: tone.place), max(line, key=lambda tone: tone.place)
    span = low.to(high)
    if most < span.number <= below:
        yield fault(exercise, name, (low, high), f"{low.name} to {high.name} ({span})")


@rule("climax-twice")
def climax_twice(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """The highest note is sung more than once."""
    line = exercise.two_lines.counter
    top = max(tone.pitch for tone in line)
    tops = [tone for tone in line if tone.pitch == top]
    if len(tops) > 1:
        yield fault(exercise, "climax-twice", tops, tops[0].name)
