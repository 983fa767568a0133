"""Where voices lie: ranges, spacing, crossing, overlap, rests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from stretto.check.exercise import Exercise
from stretto.check.faults import Fault
from stretto.check.rules import rule
from stretto.errors import RequestError
from stretto.score.text_names import parse_note
from stretto.theory.melodic import OCTAVE
from stretto.theory.placing import crossings, outside, overlaps, silences, wide_places
from stretto.theory.texture import Sung
from stretto.theory.voice_leading import STEP


@rule("range", soprano="B3-A5", alto="F3-D5", tenor="B2-A4", bass="C2-E4")
def ranges(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """Notes that a voice does not have."""
    yield from _ranges(exercise, "range", options)


@rule("range-unusual", soprano="C4-G5", alto="G3-C5", tenor="C3-G4", bass="E2-C4")
def unusual_ranges(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """Notes outside of the comfortable part of a voice."""
    yield from _ranges(exercise, "range-unusual", options)


def _ranges(exercise: Exercise, name: str, options: Mapping[str, Any]) -> Iterator[Fault]:
    for voice in range(exercise.n_voices):
        called = exercise.place_name(voice)
        if called not in options:
            continue
        low, high = pitches_of(str(options[called]), name)
        for note in outside(exercise, voice, low, high):
            where = "above" if note.pitch > high else "below"
            limit = str(options[called]).split("-")[note.pitch > high].strip()
            yield exercise.fault(name, (note,), f"{note.name} is {where} {limit}")


def pitches_of(text: str, name: str) -> tuple[int, int]:
    """Lowest and highest pitch of a range that a sheet names, as "C4-A5".

    Raises:
        RequestError: it is no range.
    """
    try:
        low, high = (parse_note(note.strip())[0] for note in text.split("-"))
    except (ValueError, IndexError, TypeError, KeyError) as cause:
        raise RequestError(f"rule {name}: range {text!r} is none; say it as C4-A5") from cause
    if low > high:
        raise RequestError(f"rule {name}: range {text!r} begins with its highest note; say it as C4-A5")
    return low, high


@rule("spacing", soprano_alto=12, alto_tenor=16, shortest=1.0)
def spacing(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """Upper voices that are too far apart in a chord that they strike together, or for two beats."""
    yield from _spaced(exercise, "spacing", options, grave=True)


@rule("spacing-in-passing", soprano_alto=12, alto_tenor=16, shortest=1.0)
def passing_spacing(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """Upper voices more than an octave (or what the sheet sets below it) apart for one chord, to which they step, while
    one moves, or by a little."""
    yield from _spaced(exercise, "spacing-in-passing", options, grave=False)


def _spaced(exercise: Exercise, name: str, options: Mapping[str, Any], *, grave: bool) -> Iterator[Fault]:
    for upper, lower in pairwise(range(exercise.n_voices - 1)):
        largest = int(options[("soprano_alto", "alto_tenor")[upper]])
        for a, b in wide_places(exercise, upper, lower, min(OCTAVE, largest)):
            stands = (
                a.pitch - b.pitch > largest and _stands(exercise, a, b, options) and not _opens(exercise, a, b, largest)
            )
            if stands == grave:
                yield exercise.fault(name, (a, b), f"{b.name}-{a.name}")


def _opens(exercise: Exercise, a: Sung, b: Sung, largest: int) -> bool:
    """For one chord: the upper voice steps to it, and a soprano's alto as well; then they draw together again."""
    if a.onset != b.onset:
        return False
    before, after = (exercise.before(a), exercise.before(b)), (exercise.after(a), exercise.after(b))
    if any(note is None for note in (*before, *after)):
        return False
    (c, d), (e, f) = before, after
    assert c is not None and d is not None and e is not None and f is not None
    by_step = abs(a.pitch - c.pitch) <= STEP and (a.voice > 0 or abs(b.pitch - d.pitch) <= STEP)
    return by_step and c.pitch - d.pitch <= largest and e.pitch - f.pitch <= largest


def _stands(exercise: Exercise, a: Sung, b: Sung, options: Mapping[str, Any]) -> bool:
    """Two notes begin together and are both that long, or sound together twice as long."""
    shortest = float(options["shortest"]) * exercise.pulse
    return (a.onset == b.onset and min(a.duration, b.duration) >= shortest) or _together(a, b) >= 2 * shortest


def _together(a: Sung, b: Sung) -> int:
    return min(a.end, b.end) - max(a.onset, b.onset)


@rule("spacing-bass", largest=24)
def spacing_of_bass(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """A bass that is too far from the voice above it."""
    upper, lower = exercise.n_voices - 2, exercise.n_voices - 1
    for a, b in wide_places(exercise, upper, lower, int(options["largest"])):
        yield exercise.fault("spacing-bass", (a, b), f"{b.name}-{a.name}")


@rule("crossing", shortest=1.0)
def crossing(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """An alto above the soprano in a chord that both strike, or for two beats; a tenor below the bass for two."""
    yield from _crossed(exercise, "crossing", options, grave=True)


@rule("crossing-in-passing", shortest=1.0)
def passing_crossing(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """Voices that cross while one moves, a tenor below the bass for one chord, and inner voices that cross."""
    yield from _crossed(exercise, "crossing-in-passing", options, grave=False)


def _crossed(exercise: Exercise, name: str, options: Mapping[str, Any], *, grave: bool) -> Iterator[Fault]:
    shortest = float(options["shortest"]) * exercise.pulse
    for upper, lower in pairwise(range(exercise.n_voices)):
        for stretch in crossings(exercise, upper, lower):
            (a, b), (c, d) = stretch[0], stretch[-1]
            long = min(c.end, d.end) - max(a.onset, b.onset) >= 2 * shortest
            together = a.onset == b.onset and _stands(exercise, a, b, options)
            stands = (upper == 0 and (together or long)) or (lower == exercise.n_voices - 1 and together and long)
            if stands == grave:
                yield exercise.fault(name, (a, b), f"{b.name} above {a.name}")


@rule("overlap", across_phrases=False)
def overlap(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """A voice that goes beyond the note that its neighbour has just left."""
    for upper, lower in pairwise(range(exercise.n_voices)):
        for left, passing in overlaps(exercise, upper, lower):
            if options["across_phrases"] or not exercise.closed(left):
                where = "above" if passing.voice > left.voice else "below"
                yield exercise.fault("overlap", (left, passing), f"{passing.name} {where} {left.name}")


@rule("rest", longest=0.0, at_phrases=True)
def rests(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """A voice that rests while others sing, for more than `longest` beats; not where phrases begin or end."""
    for voice, line in enumerate(exercise.lines):
        for start, end in silences(exercise, voice):
            before = [note for note in line if note.end <= start]
            after = [note for note in line if note.onset >= end]
            if end - start <= float(options["longest"]) * exercise.pulse or not before:
                continue
            if options["at_phrases"] and (exercise.closed(before[-1]) or not after):
                continue
            yield exercise.fault("rest", (before[-1],), f"after {before[-1].name}", tick=start)
