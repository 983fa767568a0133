"""Faults of species exercises: between notes of the cantus firmus and of its counterpoint."""

from __future__ import annotations

from collections.abc import Sequence

from stretto.check.exercise import Exercise
from stretto.check.faults import Fault
from stretto.theory.species import Meeting, Tone


def fault(exercise: Exercise, rule: str, tones: Sequence[Tone], detail: str, *, tick: int | None = None) -> Fault:
    """A fault between some notes, heard where the last of them begins unless said otherwise."""
    indices = sorted({tone.index for tone in tones})
    parts = {int(exercise.score.notes["part"][i]) for i in indices}
    return Fault(
        rule=rule,
        tick=max(tone.onset for tone in tones) if tick is None else tick,
        parts=tuple(part for part in exercise.voices if part in parts),
        notes=tuple(indices),
        detail=detail,
    )


def at_meeting(exercise: Exercise, rule: str, meeting: Meeting) -> Fault:
    """A fault of the two notes that meet."""
    low, high = meeting.counter, meeting.cantus
    if exercise.two_lines.above:
        low, high = high, low
    detail = f"{low.name}-{high.name} ({meeting.between})"
    return fault(exercise, rule, (meeting.cantus, meeting.counter), detail, tick=meeting.tick)


def between_meetings(exercise: Exercise, rule: str, first: Meeting, then: Meeting, *, tick: int | None = None) -> Fault:
    """A fault of the way from one meeting to another, heard at the second unless said otherwise."""
    above = exercise.two_lines.above
    dyads = [
        f"{m.cantus.name}-{m.counter.name}" if above else f"{m.counter.name}-{m.cantus.name}" for m in (first, then)
    ]
    tones = (first.cantus, first.counter, then.cantus, then.counter)
    return fault(exercise, rule, tones, " to ".join(dyads), tick=then.tick if tick is None else tick)
