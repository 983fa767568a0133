"""Two voices that keep a perfect interval: parallel fifths, octaves and unisons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from stretto.check.exercise import Exercise, Sung
from stretto.check.faults import Fault
from stretto.check.rules import rule
from stretto.theory.voice_leading import FIFTH, OCTAVE


@rule("parallel-fifths", across_phrases=False)
def parallel_fifths(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """A perfect fifth (or twelfth) to another in the same direction."""
    yield from _parallel(exercise, "parallel-fifths", FIFTH, options)


@rule("parallel-octaves", across_phrases=False)
def parallel_octaves(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """An octave to another, or a unison to another, in the same direction."""
    yield from _parallel(exercise, "parallel-octaves", OCTAVE, options)


def _parallel(exercise: Exercise, rule: str, interval: int, options: Mapping[str, Any]) -> Iterator[Fault]:
    for upper, lower in combinations(range(exercise.n_voices), 2):
        for a, b, c, d in exercise.moves(upper, lower):
            if (a.pitch - c.pitch) % 12 != interval or (b.pitch - d.pitch) % 12 != interval:
                continue
            if (b.pitch - a.pitch) * (d.pitch - c.pitch) < 0:
                continue
            if not options["across_phrases"] and _closed(exercise, a, c):
                continue
            yield exercise.fault(rule, (a, b, c, d), two_dyads(a, b, c, d))


def _closed(exercise: Exercise, *notes: Sung) -> bool:
    """A phrase has ended on these notes."""
    t = exercise.slices.at(max(note.onset for note in notes))
    return any(bool(exercise.fermata_TV[t, note.voice]) for note in notes)


def two_dyads(upper: Sung, next_upper: Sung, lower: Sung, next_lower: Sung) -> str:
    """As "F4-C5 to G4-D5", the lower note first."""
    return f"{lower.name}-{upper.name} to {next_lower.name}-{next_upper.name}"
