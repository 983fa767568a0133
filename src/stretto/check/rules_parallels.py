"""Two voices that come to a perfect interval: in parallel, by contrary motion, hidden."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from typing import Any

from stretto.check.exercise import Exercise
from stretto.check.faults import Fault
from stretto.check.rules import rule
from stretto.theory.consecutives import is_contrary, is_hidden, is_parallel, is_unequal, leaps
from stretto.theory.texture import Move
from stretto.theory.voice_leading import FIFTH, OCTAVE


@rule("parallel-fifths", across_phrases=False)
def parallel_fifths(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """A perfect fifth (or twelfth) to another in the same direction."""
    yield from _between_all(exercise, "parallel-fifths", lambda m: is_parallel(m, FIFTH), options)


@rule("parallel-octaves", across_phrases=False)
def parallel_octaves(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """An octave or unison to another in the same direction."""
    yield from _between_all(exercise, "parallel-octaves", lambda m: is_parallel(m, OCTAVE), options)


@rule("contrary-fifths", across_phrases=False)
def contrary_fifths(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """A fifth to a twelfth or back, by contrary motion."""
    yield from _between_all(exercise, "contrary-fifths", lambda m: is_contrary(m, FIFTH), options)


@rule("contrary-octaves", across_phrases=False)
def contrary_octaves(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """A unison to an octave, an octave to two or back, by contrary motion."""
    yield from _between_all(exercise, "contrary-octaves", lambda m: is_contrary(m, OCTAVE), options)


@rule("unequal-fifths", across_phrases=False)
def unequal_fifths(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """A diminished fifth to a perfect one in the same direction."""
    yield from _between_all(exercise, "unequal-fifths", is_unequal, options)


@rule("hidden-fifths", across_phrases=False)
def hidden_fifths(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """Soprano and bass go in one direction to a fifth, and the soprano leaps."""
    yield from _hidden(exercise, "hidden-fifths", FIFTH, options)


@rule("hidden-octaves", across_phrases=False)
def hidden_octaves(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """Soprano and bass go in one direction to an octave, and the soprano leaps."""
    yield from _hidden(exercise, "hidden-octaves", OCTAVE, options)


def _hidden(exercise: Exercise, name: str, interval: int, options: Mapping[str, Any]) -> Iterator[Fault]:
    outer = exercise.moves(0, exercise.n_voices - 1)
    yield from _of(exercise, name, (m for m in outer if is_hidden(m, interval) and leaps(m)), options)


def _between_all(
    exercise: Exercise, name: str, broken: Callable[[Move], bool], options: Mapping[str, Any]
) -> Iterator[Fault]:
    for upper, lower in combinations(range(exercise.n_voices), 2):
        yield from _of(exercise, name, filter(broken, exercise.moves(upper, lower)), options)


def _of(exercise: Exercise, name: str, moves: Iterator[Move], options: Mapping[str, Any]) -> Iterator[Fault]:
    for move in moves:
        if options["across_phrases"] or not exercise.closed(move.upper, move.lower):
            yield exercise.fault(name, move.notes, str(move))
