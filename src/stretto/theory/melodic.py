"""How a line moves: intervals that are hard to sing, leaps, and what follows them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, pairwise

from stretto.theory.texture import Sung
from stretto.theory.voice_leading import STEP

TRITONE, SEVENTH, OCTAVE = 6, (10, 11), 12

AUGMENTED = 6
"""Fifths between the two names of an augmented fourth; every augmented interval is as far or farther."""

CHROMATIC = 7
"""Fifths between a note and the same note altered."""

NUMBERS = ("unison", "second", "third", "fourth", "fifth", "sixth", "seventh")
QUALITY_OF_FIFTHS = {
    **dict.fromkeys((0, 1, -1), "perfect"),
    **dict.fromkeys((2, 3, 4, 5), "major"),
    **dict.fromkeys((-2, -3, -4, -5), "minor"),
    **dict.fromkeys(range(6, 13), "augmented"),
    **dict.fromkeys(range(-12, -5), "diminished"),
}

Pair = tuple[Sung, Sung]


def steps_of(line: tuple[Sung, ...]) -> Iterator[Pair]:
    """Notes that follow each other without a rest."""
    return ((a, b) for a, b in pairwise(line) if a.end == b.onset)


def fifths_up(a: Sung, b: Sung, *, heard: bool = False) -> int:
    """From the lower to the higher of two notes, on the line of fifths."""
    low, high = (a, b) if (a.pitch, _place(a, heard)) <= (b.pitch, _place(b, heard)) else (b, a)
    return _place(high, heard) - _place(low, heard)


def _place(note: Sung, heard: bool) -> int:
    return note.heard if heard else note.fifths


def is_augmented(a: Sung, b: Sung) -> bool:
    """An augmented second, fourth, fifth or sixth, in name and in sound; no chromatic semitone.

    A note whose name is wrong (A flat for G sharp) makes no augmented interval that would be heard as one, and hides
    none: what is written and what is heard have to agree, or what is heard alone where the writing makes no sense.
    """
    both = fifths_up(a, b), fifths_up(a, b, heard=True)
    return a.pitch != b.pitch and all(f >= AUGMENTED and f != CHROMATIC for f in both)


def is_diminished(a: Sung, b: Sung) -> bool:
    """A diminished fourth, fifth or seventh, in name and in sound."""
    return a.pitch != b.pitch and all(f <= -AUGMENTED for f in (fifths_up(a, b), fifths_up(a, b, heard=True)))


def interval_name(a: Sung, b: Sung) -> str:
    """As "augmented second", "minor seventh", "octave", "major tenth"."""
    fifths, semitones = fifths_up(a, b), abs(a.pitch - b.pitch)
    steps = round((semitones - 7 * fifths) / 12) * 7 + 4 * fifths
    quality = QUALITY_OF_FIFTHS.get(fifths, "altered")
    beyond = "octave" if steps == 7 else "octave and a " + NUMBERS[steps % 7]
    name = beyond if steps >= 7 else NUMBERS[max(0, steps)]
    return name if quality == "perfect" and name in ("octave", "unison") else f"{quality} {name}"


def is_leap(a: Sung, b: Sung) -> bool:
    """Wider than a step."""
    return abs(a.pitch - b.pitch) > STEP


def leaps_wide(line: tuple[Sung, ...]) -> Iterator[Pair]:
    """Moves by more than an octave."""
    return ((a, b) for a, b in steps_of(line) if abs(a.pitch - b.pitch) > OCTAVE)


def sevenths(line: tuple[Sung, ...]) -> Iterator[Pair]:
    """Leaps of a minor or major seventh; a diminished one sounds as a sixth."""
    return ((a, b) for a, b in steps_of(line) if abs(a.pitch - b.pitch) in SEVENTH)


def turns_back(a: Sung, b: Sung, then: Sung | None) -> bool:
    """What follows a leap moves against it, or stays; by step or by a leap within it."""
    if then is None:
        return True
    return (b.pitch - a.pitch) * (then.pitch - b.pitch) <= 0


def by_step(a: Sung, b: Sung) -> bool:
    """Up or down a minor or major second."""
    return 0 < abs(a.pitch - b.pitch) <= STEP


def leaps_in_one_direction(line: tuple[Sung, ...]) -> Iterator[tuple[Sung, Sung, Sung]]:
    """Two leaps in one direction that together span a seventh or more than an octave."""
    for (a, b), (_, c) in pairwise(steps_of(line)):
        one_way = (b.pitch - a.pitch) * (c.pitch - b.pitch) > 0
        wide = abs(c.pitch - a.pitch) in SEVENTH or abs(c.pitch - a.pitch) > OCTAVE
        if wide and one_way and b.end == c.onset and is_leap(a, b) and is_leap(b, c):
            yield a, b, c


SEMITONE_OF_SCALE = 5
"""Fifths between E and F, B and C, C sharp and D: a semitone between two neighbouring letters."""


def misnamed(line: tuple[Sung, ...]) -> Iterator[Sung]:
    """Notes that are written under one name and heard as another, and do not go on as they are written.

    C sharp that goes to D, and D flat that goes to C, may be heard as anything: the writing has its reason in the line.
    Of a note that is repeated the first is given.
    """
    groups = [list(group) for _, group in groupby(line, key=lambda note: (note.pitch, note.fifths))]
    for before, group, after in zip([None, *groups], groups, [*groups[1:], None], strict=False):
        beside = after or before
        led = beside is not None and _is_scale_semitone(group[0], beside[0 if after else -1])
        wrong = next((note for note in group if note.fifths != note.heard), None)
        if wrong is not None and not led:
            yield wrong


def _is_scale_semitone(a: Sung, b: Sung) -> bool:
    return abs(a.pitch - b.pitch) == 1 and abs(a.fifths - b.fifths) == SEMITONE_OF_SCALE
