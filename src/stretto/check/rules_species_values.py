"""Species counterpoint in two voices: how many notes stand against one of the cantus firmus, and how long they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any

from stretto.check.exercise import Exercise
from stretto.check.faults import Fault
from stretto.check.rules import rule
from stretto.check.species_setting import fault
from stretto.theory.species import Tone, TwoLines

Options = Mapping[str, Any]

EIGHTH, QUARTER, HALF = Fraction(1, 8), Fraction(1, 4), Fraction(1, 2)
"""Of a cantus note, whatever it is written as."""


@rule("notes-against-one", counts=[1], last_but_one=[1])
def notes_against_one(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """As many notes of one length against each of the cantus firmus as the species has.

    The first bar may begin with a rest, except note against note; the last has one note; the last but one may
    have as many as `last_but_one` says too.
    """
    lines = exercise.two_lines
    for k, cantus in enumerate(lines.cantus):
        own = [tone for tone in lines.counter if cantus.onset <= tone.onset < cantus.end]
        if cantus is lines.final:
            allowed = [1]
        else:
            allowed = [*options["counts"], *(options["last_but_one"] if k == len(lines.cantus) - 2 else [])]
        late = k == 0 and own and own[0].onset > cantus.onset and max(allowed, default=1) > 1
        # The last note may be written longer in one voice, as the sign that all is over.
        filled = late or cantus is lines.final or _fill(cantus, own)
        lengths = {tone.duration for tone in own}
        if not filled or len(lengths) > 1 or (len(own) not in allowed and not late):
            yield fault(exercise, "notes-against-one", own or [cantus], f"{len(own)} against one", tick=cantus.onset)


def _fill(cantus: Tone, own: list[Tone]) -> bool:
    """The notes begin and end with the cantus note, and leave no rest."""
    joined = all(a.end == b.onset for a, b in pairwise(own))
    return bool(own) and own[0].onset == cantus.onset and own[-1].end == cantus.end and joined


@rule("syncopation")
def syncopation(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """Fourth species: a new note on the middle of each cantus note, and no others than on its beginning."""
    lines = exercise.two_lines
    for cantus in lines.cantus[:-1]:
        own = [lines.place_in_unit(t.onset) for t in lines.counter if cantus.onset <= t.onset < cantus.end]
        if own in ([HALF], [0, HALF]) or (cantus is lines.cantus[-2] and own in ([0], [])):
            continue
        tones = [t for t in lines.counter if cantus.onset <= t.onset < cantus.end]
        yield fault(exercise, "syncopation", tones or [cantus], f"{len(own)} against one", tick=cantus.onset)


@rule("broken-ligature")
def broken_ligature(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """A bar of the fourth species in which nothing is tied over. Fux, p. 74, where there is no room for a tie."""
    lines = exercise.two_lines
    for meeting in lines.strong[1:-1]:
        if meeting.together:
            yield fault(exercise, "broken-ligature", (meeting.counter,), meeting.counter.name)


@rule("rest-inside")
def rest_inside(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """The counterpoint rests at most at its beginning, for less than a cantus note."""
    lines = exercise.two_lines
    start = lines.cantus[0]
    first = lines.counter[0]
    if first.onset - start.onset >= lines.unit:
        yield fault(exercise, "rest-inside", (first,), "begins late")
    for a, b in pairwise(lines.counter):
        if a.end < b.onset:
            yield fault(exercise, "rest-inside", (a, b), f"between {a.name} and {b.name}", tick=a.end)


@rule("florid-values")
def florid_values(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """Florid counterpoint has no notes shorter than an eighth of the cantus note, and no triplets."""
    lines = exercise.two_lines
    for tone in lines.counter:
        if (Fraction(tone.duration, lines.unit) / EIGHTH).denominator != 1:
            yield fault(exercise, "florid-values", (tone,), tone.name)


@rule("eighths")
def eighths(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """Eighths come in pairs, on the second or fourth quarter, and by step. Fux, p. 76."""
    lines = exercise.two_lines
    for i, tone in enumerate(lines.counter):
        if Fraction(tone.duration, lines.unit) != EIGHTH:
            continue
        place = lines.place_in_unit(tone.onset)
        mate = i + 1 if place % QUARTER == 0 else i - 1
        paired = 0 <= mate < len(lines.counter) and lines.counter[mate].duration == tone.duration
        weak = place // QUARTER % 2 == 1
        if not paired or (not weak and place % QUARTER == 0) or _leaps(lines, i):
            yield fault(exercise, "eighths", (tone,), tone.name)


def _leaps(lines: TwoLines, i: int) -> bool:
    """An eighth is reached or left by leap."""
    around = lines.counter[max(0, i - 1) : i + 2]
    return any(a.to(b).is_leap for a, b in pairwise(around))


@rule("tie-from-weak-note")
def tie_from_weak_note(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """A note held into the next cantus note is no shorter before it than after. Fux, p. 69: it begins on the arsis."""
    lines = exercise.two_lines
    for meeting in lines.strong:
        tone = meeting.counter
        if tone.onset < meeting.tick and meeting.tick - tone.onset < min(tone.end - meeting.tick, lines.unit // 2):
            yield fault(exercise, "tie-from-weak-note", (tone,), tone.name)


@rule("no-species", most=1)
def no_species(exercise: Exercise, options: Options) -> Iterator[Fault]:
    """Florid counterpoint mixes its values: the same value fills no more than `most` cantus notes in a row."""
    lines = exercise.two_lines
    row: list[Tone] = []
    for cantus in lines.cantus[1:-1]:
        own = [tone for tone in lines.counter if cantus.onset <= tone.onset < cantus.end]
        plain = len({tone.duration for tone in own}) == 1 and _fill(cantus, own)
        row = [*row, *own[:1]] if plain and (not row or own[0].duration == row[-1].duration) else []
        if len(row) == options["most"] + 1:
            yield fault(exercise, "no-species", row[-1:], f"{len(row)} bars of one value")
