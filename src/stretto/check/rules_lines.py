"""How each voice moves: intervals that are hard to sing, and what follows a leap."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from stretto.check.exercise import Exercise
from stretto.check.faults import Fault
from stretto.check.rules import rule
from stretto.theory.melodic import (
    interval_name,
    is_augmented,
    is_diminished,
    leaps_in_one_direction,
    leaps_wide,
    misnamed,
    sevenths,
    steps_of,
    turns_back,
)
from stretto.theory.texture import Sung, note_name
from stretto.theory.voicing import DOMINANT

NAMES_IN = {"major": range(-1, 6), "minor": range(-4, 6)}
"""Places of a key's notes, in fifths from its tonic; in minor with the raised degrees."""

SIXTH = 8
"""Semitones of the smallest leap that asks to be turned back from."""


@rule("augmented-interval", across_phrases=False)
def augmented(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """A voice that moves by an augmented interval."""
    for a, b in _steps(exercise, options):
        if is_augmented(a, b):
            yield exercise.fault("augmented-interval", (a, b), _said(a, b))


@rule("diminished-interval", across_phrases=False)
def diminished(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """A diminished leap from which the voice does not turn back."""
    for a, b in _steps(exercise, options):
        if is_diminished(a, b) and not turns_back(a, b, exercise.after(b)):
            yield exercise.fault("diminished-interval", (a, b), _said(a, b))


@rule("leap-of-seventh", across_phrases=False)
def seventh(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """A leap of a seventh in the soprano."""
    yield from _sevenths(exercise, "leap-of-seventh", options, range(1))


@rule("leap-of-seventh-below", across_phrases=False)
def seventh_below(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """A leap of a seventh in another voice than the soprano."""
    yield from _sevenths(exercise, "leap-of-seventh-below", options, range(1, exercise.n_voices))


def _sevenths(exercise: Exercise, name: str, options: Mapping[str, Any], voices: range) -> Iterator[Fault]:
    for voice in voices:
        for a, b in sevenths(exercise.lines[voice]):
            if options["across_phrases"] or not exercise.closed(a):
                yield exercise.fault(name, (a, b), _said(a, b))


@rule("leap-beyond-octave", across_phrases=False)
def beyond_octave(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """A leap of more than an octave."""
    for line in exercise.lines:
        for a, b in leaps_wide(line):
            if options["across_phrases"] or not exercise.closed(a):
                yield exercise.fault("leap-beyond-octave", (a, b), _said(a, b))


@rule("leap-not-turned", smallest=SIXTH, across_phrases=False)
def not_turned(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """A wide leap after which the voice goes on in the same direction."""
    for a, b in _steps(exercise, options):
        then = exercise.after(b)
        if abs(a.pitch - b.pitch) >= int(options["smallest"]) and not exercise.closed(b) and not turns_back(a, b, then):
            assert then is not None
            yield exercise.fault("leap-not-turned", (a, b, then), f"{a.name} {b.name} {then.name}", tick=b.onset)


@rule("leaps-in-one-direction", across_phrases=False)
def one_direction(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """Two leaps in one direction that span a seventh or more than an octave."""
    for line in exercise.lines:
        for a, b, c in leaps_in_one_direction(line):
            if options["across_phrases"] or not (exercise.closed(a) or exercise.closed(b)):
                yield exercise.fault("leaps-in-one-direction", (a, b, c), f"{a.name} {b.name} {c.name}")


@rule("accidental")
def accidental(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """A note that is foreign to its key under every name, and does not go on as it is written."""
    yield from _misnamed(exercise, "accidental", belongs=False)


@rule("note-name")
def wrong_name(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """A note that belongs to its key, or to the dominant of a degree, under another name than is written."""
    yield from _misnamed(exercise, "note-name", belongs=True)


def _misnamed(exercise: Exercise, name: str, *, belongs: bool) -> Iterator[Fault]:
    for line in exercise.lines:
        for note in misnamed(line):
            if belongs == _belongs(exercise, note):
                heard = note_name(note.pitch, note.heard)
                yield exercise.fault(name, (note,), f"{note.name} is heard as {heard}")


def _belongs(exercise: Exercise, note: Sung) -> bool:
    harmony = exercise.harmony_at(note.onset)
    key = exercise.key if harmony is None else harmony.key
    applied = harmony is not None and "/" in harmony.numeral and DOMINANT.match(harmony.numeral) is not None
    return applied or note.heard - key.tonic_fifths in NAMES_IN[key.mode]


def _steps(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[tuple[Sung, Sung]]:
    for line in exercise.lines:
        for a, b in steps_of(line):
            if options["across_phrases"] or not exercise.closed(a):
                yield a, b


def _said(a: Sung, b: Sung) -> str:
    return f"{a.name} {b.name}, {interval_name(a, b)}"
