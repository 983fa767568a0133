"""Leading tones and sevenths: where they go, and who doubles them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from stretto.check.exercise import Exercise
from stretto.check.faults import Fault
from stretto.check.rules import rule
from stretto.theory.tendency import Going, doubled, falls, leading_tones, resolves, rises, sevenths
from stretto.theory.texture import Sung
from stretto.theory.voice_leading import STEP
from stretto.theory.voicing import DOMINANT


@rule("leading-tone-outer", shortest=1.0)
def outer_leading_tone(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """A leading tone of soprano or bass that goes elsewhere where its dominant resolves."""
    for going in _unrisen(exercise):
        if _outer(exercise, going) and not _descends(exercise, going) and _counts(exercise, going, options):
            yield _fault(exercise, "leading-tone-outer", going)


@rule("leading-tone-inner")
def inner_leading_tone(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """A leading tone of an inner voice that goes to the fifth or the third of the chord."""
    for going in _unrisen(exercise):
        if not _outer(exercise, going) and not _far(going) and not _descends(exercise, going):
            yield _fault(exercise, "leading-tone-inner", going)


@rule("leading-tone-leaps", shortest=1.0)
def leaping_leading_tone(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """A leading tone of an inner voice that leaps up by more than a fourth, or down by more than a fifth."""
    for going in _unrisen(exercise):
        if not _outer(exercise, going) and _far(going) and _counts(exercise, going, options):
            yield _fault(exercise, "leading-tone-leaps", going)


@rule("leading-tone-descends")
def descending_leading_tone(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """A leading tone on its way down a scale."""
    for going in _unrisen(exercise):
        if _descends(exercise, going) and going.up < -1:
            yield _fault(exercise, "leading-tone-descends", going)


def _unrisen(exercise: Exercise) -> Iterator[Going]:
    for going in leading_tones(exercise.voicing):
        if not rises(going) and going.up != -1 and not exercise.closed(going.note):
            yield going


def _far(going: Going) -> bool:
    return going.up > 5 or going.up < -7


def _descends(exercise: Exercise, going: Going) -> bool:
    """Down by step, to another chord than the tonic."""
    return -2 <= going.up < 0


def _outer(exercise: Exercise, going: Going) -> bool:
    return going.note.voice in (0, exercise.n_voices - 1)


def _counts(exercise: Exercise, going: Going, options: Mapping[str, Any]) -> bool:
    return going.note.duration >= float(options["shortest"]) * exercise.pulse


@rule("seventh-unresolved", shortest=1.0)
def unresolved_seventh(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """A seventh of a dominant that does not go down by step."""
    for going in _unfallen(exercise):
        bound = _dominant(going) and resolves(going.before, going.after)
        if bound and not _with_bass(exercise, going) and _counts(exercise, going, options):
            yield _fault(exercise, "seventh-unresolved", going)


@rule("seventh-rises")
def rising_seventh(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """The seventh of a dominant that rises with the bass, which takes its note of resolution."""
    for going in _unfallen(exercise):
        if _dominant(going) and _with_bass(exercise, going):
            yield _fault(exercise, "seventh-rises", going)


@rule("seventh-leaps", shortest=1.0)
def leaping_seventh(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """A seventh of an upper voice that leaps away, in a chord that is no dominant."""
    for going in _unfallen(exercise):
        if not _dominant(going) and _leaps_away(exercise, going) and _counts(exercise, going, options):
            yield _fault(exercise, "seventh-leaps", going)


@rule("seventh-of-other-chord", shortest=1.0)
def other_seventh(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """A seventh of a chord that is no dominant, and rises by step, or leaps in the bass."""
    for going in _unfallen(exercise):
        if not _dominant(going) and not _leaps_away(exercise, going) and _counts(exercise, going, options):
            yield _fault(exercise, "seventh-of-other-chord", going)


def _leaps_away(exercise: Exercise, going: Going) -> bool:
    """A seventh that is in the bass often only passes there, and is none where the root comes after it."""
    at = exercise.slices.at(max(going.note.onset, going.before.tick))
    if all(note.pitch % 12 != going.before.root for note in exercise.chord(at)):
        return False
    leaps = min(abs(going.up), abs(going.next.pitch - going.note.pitch)) > STEP
    return leaps and going.before.chord.inversion < 3 and going.note.voice != exercise.n_voices - 1


def _unfallen(exercise: Exercise) -> Iterator[Going]:
    for going in sevenths(exercise.voicing):
        if not falls(going) and not exercise.closed(going.note):
            yield going


def _dominant(going: Going) -> bool:
    return DOMINANT.match(going.before.numeral) is not None


def _with_bass(exercise: Exercise, going: Going) -> bool:
    """Up by step while another voice takes the note a step below the seventh."""
    bass = going.after.tones[exercise.n_voices - 1]
    taken = any((going.note.pitch - note.pitch) % 12 in (1, 2) for note in bass[:1])
    return 0 < going.up <= 2 and taken and going.note.voice != exercise.n_voices - 1


def _fault(exercise: Exercise, name: str, going: Going) -> Fault:
    said = f"{going.note.name} to {going.to.name}, {going.before.numeral} to {going.after.numeral}"
    return exercise.fault(name, (going.note, going.to), said)


@rule("leading-tone-doubled", shortest=1.0)
def doubled_leading_tone(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """A leading tone in two voices."""
    yield from _doubled(exercise, "leading-tone-doubled", options)


@rule("seventh-doubled", shortest=1.0)
def doubled_seventh(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """The seventh of a dominant in two voices."""
    yield from _doubled(exercise, "seventh-doubled", options)


def _doubled(exercise: Exercise, name: str, options: Mapping[str, Any]) -> Iterator[Fault]:
    shortest = float(options["shortest"]) * exercise.pulse
    done: set[tuple[int, int]] = set()
    kind: Literal["leading tone", "seventh"] = "leading tone" if name.startswith("leading") else "seventh"
    for harmony, a, b in doubled(exercise.voicing, kind, bare=True):
        together = min(a.end, b.end) - max(a.onset, b.onset)
        dominant = DOMINANT.match(harmony.numeral) is not None
        if together < shortest or (a.index, b.index) in done or not (dominant or kind == "leading tone"):
            continue
        if any(_scale_down(exercise, note) for note in (a, b)):
            continue
        done.add((a.index, b.index))
        yield exercise.fault(name, (a, b), f"{b.name}-{a.name}{f' in {harmony.numeral}' if dominant else ''}")


def _scale_down(exercise: Exercise, note: Sung) -> bool:
    """Stepped to from above and left by step downwards: on its way, and no leading tone."""
    before, after = exercise.before(note), exercise.after(note)
    return (
        before is not None and after is not None and 0 < before.pitch - note.pitch <= 2 >= note.pitch - after.pitch > 0
    )
