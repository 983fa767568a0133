"""Two voices that come to a perfect interval: in parallel, by contrary motion, hidden."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import combinations, pairwise
from typing import Any

from stretto.check.exercise import Exercise
from stretto.check.faults import Fault
from stretto.check.rules import rule
from stretto.theory.consecutives import is_contrary, is_hidden, is_parallel, is_unequal, leaps
from stretto.theory.texture import Move
from stretto.theory.voice_leading import FIFTH, OCTAVE, STEP


@rule("parallel-fifths", across_phrases=False)
def parallel_fifths(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """A perfect fifth (or twelfth) to another in the same direction."""
    yield from _of(
        exercise,
        "parallel-fifths",
        _between(exercise, lambda m: is_parallel(m, FIFTH) and not _ornamental(exercise, m)),
        options,
    )


@rule("parallel-octaves", across_phrases=False)
def parallel_octaves(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """An octave or unison to another in the same direction."""
    yield from _of(exercise, "parallel-octaves", _between(exercise, lambda m: is_parallel(m, OCTAVE)), options)


@rule("contrary-outer", across_phrases=False)
def contrary_outer(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """Soprano and bass from a fifth to a twelfth, or from an octave to two, or back, by contrary motion."""
    outer = exercise.moves(0, exercise.n_voices - 1)
    moves = (m for m in outer if is_contrary(m, FIFTH) or is_contrary(m, OCTAVE))
    yield from _of(exercise, "contrary-outer", moves, options)


@rule("contrary-fifths", across_phrases=False)
def contrary_fifths(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """A fifth to a twelfth or back by contrary motion, where an inner voice is one of the two."""
    moves = _with_inner(exercise, _between(exercise, lambda m: is_contrary(m, FIFTH)))
    yield from _of(exercise, "contrary-fifths", moves, options)


@rule("contrary-octaves", across_phrases=False)
def contrary_octaves(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """A unison to an octave, an octave to two or back by contrary motion, where an inner voice is one of the two."""
    moves = _with_inner(exercise, _between(exercise, lambda m: is_contrary(m, OCTAVE)))
    yield from _of(exercise, "contrary-octaves", moves, options)


def _with_inner(exercise: Exercise, moves: Iterator[Move]) -> Iterator[Move]:
    return (m for m in moves if (m.upper.voice, m.lower.voice) != (0, exercise.n_voices - 1))


@rule("unequal-fifths", across_phrases=False)
def unequal_fifths(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """A diminished fifth to a perfect one in the same direction."""
    yield from _of(exercise, "unequal-fifths", _between(exercise, is_unequal), options)


@rule("fifths-by-ornament", across_phrases=False)
def fifths_by_ornament(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """Parallel fifths off the beat, of which a note is an anticipation or another ornament."""
    moves = _between(exercise, lambda m: is_parallel(m, FIFTH) and _ornamental(exercise, m))
    yield from _of(exercise, "fifths-by-ornament", moves, options)


@rule("hidden-fifths", across_phrases=False)
def hidden_fifths(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """Soprano and bass go in one direction to a fifth, and the soprano leaps."""
    yield from _of(exercise, "hidden-fifths", _hidden(exercise, FIFTH, softened=False), options)


@rule("hidden-softened", across_phrases=False)
def softened_hidden(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """The same where both fall to a fifth, the bass by step, or where the bass comes from a passing note."""
    for interval in (FIFTH, OCTAVE):
        yield from _of(exercise, "hidden-softened", _hidden(exercise, interval, softened=True), options)


@rule("hidden-octaves", across_phrases=False)
def hidden_octaves(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """Soprano and bass go in one direction to an octave, and the soprano leaps."""
    yield from _of(exercise, "hidden-octaves", _hidden(exercise, OCTAVE, softened=False), options)


@rule("ornamented-parallels", across_phrases=False)
def ornamented_parallels(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """Fifths or octaves of soprano and bass on two beats that follow each other, with other notes between."""
    moves = (m for m in _on_beats(exercise) if (m.upper.voice, m.lower.voice) == (0, exercise.n_voices - 1))
    yield from _of(exercise, "ornamented-parallels", moves, options)


@rule("ornamented-parallels-inside", across_phrases=False)
def ornamented_parallels_inside(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """The same where an inner voice is one of the two."""
    yield from _of(exercise, "ornamented-parallels-inside", _with_inner(exercise, _on_beats(exercise)), options)


def _on_beats(exercise: Exercise) -> Iterator[Move]:
    """Parallels from a beat to the next, of voices that do not both go there at once; both strike the second beat.

    There is one chord on the first beat to its end: where another comes between, it has the ear. Notes that are foreign
    to the chord, as a suspension, are themselves the ornament.
    """
    pulse = exercise.pulse
    for tick in _beats(exercise):
        before, now = (exercise.sounding(exercise.slices.at(tick + step)) for step in (0, pulse))
        going = [
            (a, b)
            for a, b in zip(before, now, strict=True)
            if a is not None and b is not None and b.onset == tick + pulse
        ]
        for (a, b), (c, d) in combinations(going, 2):
            move = Move(a, b, c, d)
            moves = move.up != 0 != move.lower_up and tick in (a.onset, c.onset)
            if not moves or not (is_parallel(move, FIFTH) or is_parallel(move, OCTAVE)):
                continue
            direct = exercise.after(a) == b and exercise.after(c) == d
            harmony = exercise.harmony_at(tick)
            changes = harmony is not None and harmony.end < tick + pulse
            if not direct and not changes and not any(note.index in exercise.foreign for note in move.notes):
                yield move


def _beats(exercise: Exercise) -> Iterator[int]:
    """Ticks of all beats that another follows."""
    starts = [*(bar.tick for bar in exercise.score.bars), exercise.slices.end]
    for start, end in pairwise(starts):
        yield from range(start, min(end, exercise.slices.end - exercise.pulse), exercise.pulse)


def _hidden(exercise: Exercise, interval: int, *, softened: bool) -> Iterator[Move]:
    """Hidden ones of the outer voices with a leap above, where the chord changes."""
    for move in exercise.moves(0, exercise.n_voices - 1):
        if is_hidden(move, interval) and leaps(move) and not _one_chord(exercise, move):
            falls = interval == FIFTH and -STEP <= move.lower_up < 0
            if (falls or move.lower.index in exercise.foreign) == softened:
                yield move


def _one_chord(exercise: Exercise, move: Move) -> bool:
    """The chord takes another position, and no other chord comes."""
    before, now = exercise.harmony_at(move.tick - 1), exercise.harmony_at(move.tick)
    return before is not None and now is not None and before.chord.root == now.chord.root


def _ornamental(exercise: Exercise, move: Move) -> bool:
    """A note of it is foreign to its chord, and no longer than half a beat."""
    arrived = (move.next_upper, move.next_lower)
    short = min(note.duration for note in arrived) <= exercise.pulse // 2
    return short and any(note.index in exercise.foreign for note in move.notes)


def _between(exercise: Exercise, broken: Callable[[Move], bool]) -> Iterator[Move]:
    for upper, lower in combinations(range(exercise.n_voices), 2):
        yield from filter(broken, exercise.moves(upper, lower))


def _of(exercise: Exercise, name: str, moves: Iterator[Move], options: Mapping[str, Any]) -> Iterator[Fault]:
    for move in moves:
        if options["across_phrases"] or not exercise.closed(move.upper, move.lower):
            yield exercise.fault(name, move.notes, str(move))
