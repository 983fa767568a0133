"""Species counterpoint in two voices: where a dissonance may stand, and what must come after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from stretto.check.exercise import Exercise
from stretto.check.faults import Fault
from stretto.check.rules import rule
from stretto.check.species_setting import fault
from stretto.theory.species_dissonance import Kind, Treatment

Options = Mapping[str, Any]


@rule("dissonance-on-the-beat", struck_suspension=False)
def dissonance_on_the_beat(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """A note that begins with a cantus note is consonant. Fux, pp. 45, 56, 63, 77."""
    kinds: tuple[Kind, ...] = ("on the beat",) if options["struck_suspension"] else ("on the beat", "struck suspension")
    yield from _of_kinds(exercise, "dissonance-on-the-beat", *kinds)


@rule("dissonance-not-passing", neighbour=False, cambiata=False, double_neighbour=False, anticipation=False)
def dissonance_not_passing(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """A dissonance between cantus notes passes by step; the options name what else may be. Fux, pp. 56, 63-65."""
    kinds: dict[str, Kind] = {
        "neighbour": "neighbour",
        "cambiata": "cambiata",
        "double_neighbour": "double neighbour",
        "anticipation": "anticipation",
    }
    wrong = [kind for option, kind in kinds.items() if not options[option]]
    yield from _of_kinds(exercise, "dissonance-not-passing", "by leap", *wrong)


@rule("ligature-unprepared")
def ligature_unprepared(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """A note that becomes a dissonance when the cantus moves was consonant before. Fux, p. 69."""
    yield from _of_kinds(exercise, "ligature-unprepared", "unprepared")


@rule("ligature-unresolved")
def ligature_unresolved(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """A dissonance tied over goes down by step to a consonance. Fux, p. 70."""
    yield from _of_kinds(exercise, "ligature-unresolved", "unresolved", "retardation")


def _of_kinds(exercise: Exercise, name: str, *kinds: Kind) -> Iterator[Fault]:
    for found in exercise.treatments:
        if found.kind in kinds:
            yield _fault(exercise, name, found)


def _fault(exercise: Exercise, name: str, found: Treatment) -> Fault:
    lines = exercise.two_lines
    cantus, counter = lines.cantus[found.cantus], lines.counter[found.counter]
    low, high = (cantus, counter) if lines.above else (counter, cantus)
    how = "" if found.kind in ("on the beat", "by leap") else f", {found.kind}"
    detail = f"{low.name}-{high.name} ({found.between}{how})"
    return fault(exercise, name, (cantus, counter), detail, tick=found.tick)


@rule("ligature-hides-octaves")
def ligature_hides_octaves(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """Octave, ninth, octave or unison, second, unison: without the tie they are parallel octaves. Fux, pp. 71-72."""
    lines = exercise.two_lines
    for found in exercise.treatments:
        if found.resolution < 0:
            continue
        prepared = lines.between(lines.cantus[found.cantus - 1], lines.counter[found.counter])
        resolved = lines.between(lines.cantus[found.cantus], lines.counter[found.resolution])
        if prepared.is_octave and resolved.is_octave:
            yield _fault(exercise, "ligature-hides-octaves", found)


@rule("seventh-to-octave")
def seventh_to_octave(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """Below the cantus firmus, a seventh that resolves to the octave. Fux, pp. 72-73, by the example of the masters."""
    lines = exercise.two_lines
    for found in exercise.treatments:
        if found.resolution < 0 or lines.above or found.between.simple != 7:
            continue
        if lines.between(lines.cantus[found.cantus], lines.counter[found.resolution]).is_octave:
            yield _fault(exercise, "seventh-to-octave", found)
