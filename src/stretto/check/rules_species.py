"""Species counterpoint in two voices: the ways from interval to interval, after Fux, Gradus ad Parnassum, 1725."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from stretto.check.exercise import Exercise
from stretto.check.faults import Fault
from stretto.check.rules import rule
from stretto.check.species_setting import at_meeting, between_meetings
from stretto.theory.intervals import Interval, motion
from stretto.theory.species import Meeting

Options = Mapping[str, Any]

FOURTH = 3
"""Steps of the staff of the smallest leap that lets the ear forget what was on the last downbeat."""


@rule("direct-fifth")
def direct_fifth(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """Both voices go the same way into a fifth. Fux, p. 45: to a perfect consonance by contrary or oblique motion."""
    yield from _direct(exercise, "direct-fifth", fifth=True)


@rule("direct-octave")
def direct_octave(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """The same into an octave or a unison."""
    yield from _direct(exercise, "direct-octave", fifth=False)


def _direct(exercise: Exercise, name: str, *, fifth: bool) -> Iterator[Fault]:
    for first, then in pairwise(exercise.two_lines.meetings):
        if not (then.between.is_fifth if fifth else then.between.is_octave) or not _joined(first, then):
            continue
        same = first.between.is_perfect and first.between.simple == then.between.simple
        if not same and motion(*_moves(first, then)) in ("similar", "parallel"):
            yield between_meetings(exercise, name, first, then)


def _joined(first: Meeting, then: Meeting) -> bool:
    """No rest lies between two meetings."""
    return then.tick in (first.cantus.end, first.counter.end) and all(
        a is b or a.end == b.onset for a, b in ((first.cantus, then.cantus), (first.counter, then.counter))
    )


def _moves(first: Meeting, then: Meeting) -> tuple[Interval, Interval]:
    return first.cantus.to(then.cantus), first.counter.to(then.counter)


@rule("leap-into-octave")
def leap_into_octave(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """The voices come together in an octave or unison, and one of them leaps. Fux, p. 54."""
    for first, then in pairwise(exercise.two_lines.meetings):
        moves = _moves(first, then)
        nearer = abs(then.between.semitones) < abs(first.between.semitones)
        leaps = any(move.is_leap for move in moves)
        if then.between.is_octave and nearer and leaps and _joined(first, then) and motion(*moves) == "contrary":
            yield between_meetings(exercise, "leap-into-octave", first, then)


@rule("perfects-in-contrary-motion")
def perfects_in_contrary_motion(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """Fifth to twelfth, octave to unison or fifteenth: Fux allows it, and does it nowhere in two voices."""
    for first, then in pairwise(exercise.two_lines.meetings):
        same = first.between.is_perfect and then.between.is_perfect and first.between.simple == then.between.simple
        if same and _joined(first, then) and motion(*_moves(first, then)) == "contrary":
            yield between_meetings(exercise, "perfects-in-contrary-motion", first, then)


@rule("fifths-on-downbeats", leap_saves=True)
def fifths_on_downbeats(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """Fifths on two downbeats in a row, with no leap of a fourth or more between. Fux, pp. 57-59."""
    yield from _on_downbeats(exercise, "fifths-on-downbeats", options, fifth=True)


@rule("octaves-on-downbeats", leap_saves=True)
def octaves_on_downbeats(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """Octaves or unisons on two downbeats in a row, likewise."""
    yield from _on_downbeats(exercise, "octaves-on-downbeats", options, fifth=False)


def _on_downbeats(exercise: Exercise, name: str, options: Options, *, fifth: bool) -> Iterator[Fault]:
    lines = exercise.two_lines
    for first, then in pairwise(lines.strong):
        if not (first.together and then.together and first.counter.end < then.tick):
            continue
        pair = (first.between, then.between)
        if not all(between.is_fifth if fifth else between.is_octave for between in pair):
            continue
        own = [tone for tone in lines.counter if first.tick <= tone.onset <= then.tick]
        leaps = any(abs(a.to(b).steps) >= FOURTH for a, b in pairwise(own))
        adjacent = lines.meetings[lines.meetings.index(then) - 1]
        told = adjacent.between.is_perfect and adjacent.between.simple == then.between.simple
        if (
            motion(*_moves(first, then)) in ("similar", "parallel")
            and not (leaps and options["leap_saves"])
            and not told
        ):
            yield between_meetings(exercise, name, first, then)


@rule("unison-inside")
def unison_inside(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """A unison where both begin a note, neither first nor last. Fux, pp. 53-54."""
    lines = exercise.two_lines
    for meeting in lines.strong:
        inner = lines.counter[0].onset < meeting.tick < lines.final.onset
        if inner and meeting.together and meeting.between.is_unison:
            yield at_meeting(exercise, "unison-inside", meeting)


@rule("leap-at-unison")
def leap_at_unison(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """A leap into a unison, or out of one. Fux, pp. 54-55."""
    for first, then in pairwise(exercise.two_lines.meetings):
        unison = first.between.is_unison or then.between.is_unison
        if unison and first.counter.to(then.counter).is_leap and _joined(first, then):
            yield between_meetings(exercise, "leap-at-unison", first, then)


@rule("thirds-in-a-row", most=3, below=99)
def thirds_in_a_row(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """More thirds in a row than `most`, or more sixths; only rows shorter than `below`."""
    yield from _rows(exercise, "thirds-in-a-row", options["most"], options["below"])


@rule("long-row-of-thirds", most=4)
def long_row_of_thirds(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """So many that nobody hears two voices any more."""
    yield from _rows(exercise, "long-row-of-thirds", options["most"], None)


def _rows(exercise: Exercise, name: str, most: int, below: int | None) -> Iterator[Fault]:
    row: list[Meeting] = []
    for meeting in (*exercise.two_lines.strong, None):
        if meeting is not None and row and _goes_on(row[-1], meeting):
            row.append(meeting)
            continue
        if len(row) > most and (below is None or len(row) < below):
            yield between_meetings(exercise, name, row[most - 1], row[most])
        row = [] if meeting is None or meeting.between.simple not in (3, 6) else [meeting]


def _goes_on(last: Meeting, meeting: Meeting) -> bool:
    """The same interval again, on other notes."""
    moves = last.cantus.pitch != meeting.cantus.pitch and last.counter.pitch != meeting.counter.pitch
    return moves and last.between.number == meeting.between.number


@rule("voices-cross")
def voices_cross(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """The upper voice goes below the lower. Fux does it, p. 52, where the line is the better for it."""
    crossed = False
    for meeting in exercise.two_lines.meetings:
        now = meeting.between.steps < 0 or (meeting.between.steps == 0 and meeting.between.semitones < 0)
        if now and not crossed:
            yield at_meeting(exercise, "voices-cross", meeting)
        crossed = now


@rule("voices-far-apart", most=12)
def voices_far_apart(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """Further apart than a twelfth, or what `most` says."""
    far = False
    for meeting in exercise.two_lines.meetings:
        now = meeting.between.number > options["most"]
        if now and not far:
            yield at_meeting(exercise, "voices-far-apart", meeting)
        far = now
