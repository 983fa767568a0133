"""Species counterpoint in two voices: how it begins and ends, and which notes a mode has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from stretto.check.exercise import Exercise
from stretto.check.faults import Fault
from stretto.check.rules import rule
from stretto.check.species_setting import at_meeting, between_meetings, fault
from stretto.theory.species import Meeting, Tone, TwoLines

Options = Mapping[str, Any]

LEADING, RAISED_SIXTH, SOFT = 5, 3, -2
"""Places on the line of fifths: the leading tone and the raised sixth above the final; B flat above the signature."""


@rule("opening", fifth_below=False)
def opening(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """Begins on a unison, fifth or octave; below the cantus firmus on unison or octave. Fux, pp. 46-49."""
    lines = exercise.two_lines
    first = next((m for m in lines.meetings if m.struck[1]), None)
    if first is None:
        return
    fifth = first.between.is_fifth and (lines.above or options["fifth_below"])
    if not (first.between.is_octave or fifth):
        yield at_meeting(exercise, "opening", first)


@rule("ending", fifth_above=False)
def ending(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """Ends together, in unison or octave. Fux, pp. 46-47."""
    lines = exercise.two_lines
    last = lines.meetings[-1] if lines.meetings else None
    if last is None:
        return
    fifth = last.between.is_fifth and lines.above and options["fifth_above"]
    if not last.together or last.cantus is not lines.final or not (last.between.is_octave or fifth):
        yield at_meeting(exercise, "ending", last)


def _close(lines: TwoLines) -> tuple[Meeting, Meeting] | None:
    """The last two meetings, where the last is an octave or unison of both last notes."""
    found = lines.meetings[-2:]
    if len(found) < 2 or not found[1].together or found[1].cantus is not lines.final or not found[1].between.is_octave:
        return None
    return found[0], found[1]


@rule("cadence")
def cadence(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """Both voices reach the final by step and in contrary motion: a sixth opens, or a third closes. Fux, pp. 47, 49."""
    close = _close(exercise.two_lines)
    if close is None:
        return
    before, last = close
    own, given = before.counter.to(last.counter), before.cantus.to(last.cantus)
    apart = abs(given.steps) != 1 or own.steps == -given.steps
    if abs(own.steps) != 1 or not apart:
        yield between_meetings(exercise, "cadence", before, last, tick=before.tick)


@rule("leading-tone")
def leading_tone(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """The note that rises to the final is a semitone below it, except where the other falls a semitone."""
    close = _close(exercise.two_lines)
    if close is None:
        return
    before, last = close
    own, given = before.counter.to(last.counter), before.cantus.to(last.cantus)
    if own.steps == 1 and (given.semitones == -1) == (own.semitones == 1):
        yield fault(exercise, "leading-tone", (before.counter,), f"{before.counter.name} to {last.counter.name}")


@rule("cadence-without-ligature")
def cadence_without_ligature(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """Over the last note but one a suspension: seventh and sixth, or second and third. Fux, pp. 73-74."""
    lines = exercise.two_lines
    close = _close(lines)
    bar = len(lines.cantus) - 2
    tied = any(t.cantus == bar and t.kind in ("suspension", "ornamented suspension") for t in exercise.treatments)
    if close is not None and not tied:
        yield fault(exercise, "cadence-without-ligature", (close[0].counter, lines.cantus[bar]), close[0].counter.name)


@rule("chromatic-note")
def chromatic_note(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """A note that the mode has not, nor needs for its cadence or against the tritone."""
    yield from _foreign(exercise, "chromatic-note", led=False)


@rule("borrowed-leading-tone")
def borrowed_leading_tone(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """A foreign note that goes on by semitone where it leans: a cadence on another degree."""
    yield from _foreign(exercise, "borrowed-leading-tone", led=True)


def _foreign(exercise: Exercise, name: str, *, led: bool) -> Iterator[Fault]:
    lines = exercise.two_lines
    for tone, then in pairwise((*lines.counter, None)):
        if tone is None or _at_home(lines, tone):
            continue
        leans = 1 if tone.fifths - lines.signature > 5 else -1
        way = None if then is None else tone.to(then)
        if (way is not None and way.is_step and way.semitones == leans) == led:
            yield fault(exercise, name, (tone,), tone.name)


def _at_home(lines: TwoLines, tone: Tone) -> bool:
    """In the scale, or one of the notes that singers alter unasked."""
    degree = tone.fifths - lines.signature
    raised = tone.fifths - lines.final.fifths
    return SOFT <= degree <= 5 or raised in (LEADING, RAISED_SIXTH)
