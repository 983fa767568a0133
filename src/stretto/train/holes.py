"""What is hidden of a training piece, so that one network learns every verb.

Nothing given: compose. Some parts given: harmonise. All but a stretch of time: continue, fill in. Both, or holes
here and there: fill in some parts, vary. With the rhythm kept, pitches alone are hidden.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from stretto.frames.canvas import Hole
from stretto.frames.parts import PartFrames
from stretto.score.model import TICKS_PER_QUARTER

TASKS = {"compose": 0.17, "harmonize": 0.36, "gap": 0.29, "parts in a gap": 0.12, "vary": 0.06}
"""Name -> share of the batches."""

EARS = {"harmonize": 0.38, "gap": 0.42, "parts in a gap": 0.13, "vary": 0.07}
"""The same where looking ahead alone is learned."""

GIVEN_ALONE = (0.55, 0.1, 0.1, 0.25)
"""How often, of the times that one part is given alone, it is each of soprano, alto, tenor and bass."""

ALONE = 0.6
"""Share of the batches with given parts in which it is one alone."""

DEAF = 0.06
"""Share of the pieces that know what is given only as it comes, so that looking ahead can be told from it."""

SEVERAL = 0.6
"""Share of the pieces with a gap that have several, so that as many notes as not stand shortly before its end."""

RHYTHM = 0.08
"""Share of the pieces with holes in which the rhythm is kept."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """What a batch is asked."""

    name: str
    given: tuple[int, ...] = ()
    """Parts that are given throughout, and decided first."""


def draw_task(n_parts: int, rng: np.random.Generator, tasks: Mapping[str, float] = TASKS) -> Task:
    """A task, and the parts that it gives."""
    name = str(rng.choice(list(tasks), p=list(tasks.values())))
    if name not in ("harmonize", "parts in a gap"):
        return Task(name=name)
    if rng.random() < ALONE:
        return Task(name=name, given=(int(rng.choice(n_parts, p=GIVEN_ALONE)),))
    n_given = int(rng.integers(2, n_parts))
    return Task(name=name, given=tuple(sorted(rng.choice(n_parts, n_given, replace=False).tolist())))


def draw_holes(task: Task, frames: PartFrames, rng: np.random.Generator, several: float = SEVERAL) -> list[Hole]:
    """Holes of one piece for a batch's task; none = everything is open."""
    if task.name == "compose":
        return []
    keep_rhythm = bool(rng.random() < RHYTHM)
    open_parts = [part for part in range(frames.pitch_TV.shape[1]) if part not in task.given]
    if task.name == "vary":
        return _scattered(open_parts, frames, keep_rhythm, rng)
    begin = int(frames.tick_T[0])
    spans = [(begin, frames.end)] if task.name == "harmonize" else _gaps(begin, frames.end, rng, several)
    return [
        Hole(part=part, start=start, end=end, keep_rhythm=keep_rhythm) for start, end in spans for part in open_parts
    ]


def _gaps(begin: int, end: int, rng: np.random.Generator, several: float) -> list[tuple[int, int]]:
    """Stretches of one beat to eight bars' length, or one; often up to the end, sometimes from the start."""
    quarters = (end - begin) // TICKS_PER_QUARTER
    if rng.random() < several:
        found, at = list[tuple[int, int]](), int(rng.integers(0, 9))
        while at < quarters - 1:
            length = int(rng.integers(1, 13))
            found.append((begin + at * TICKS_PER_QUARTER, begin + min(quarters, at + length) * TICKS_PER_QUARTER))
            at += length + int(rng.integers(2, 17))
        if found:
            return found
    length = min(int(rng.integers(2, 33)), max(1, quarters - 2))
    start = begin + int(rng.integers(0, max(1, quarters - length))) * TICKS_PER_QUARTER
    where = rng.random()
    if where < 0.35:
        return [(start, end)]  # to go on
    if where < 0.45:
        return [(begin, begin + length * TICKS_PER_QUARTER)]  # to begin
    return [(start, start + length * TICKS_PER_QUARTER)]


def _scattered(parts: Sequence[int], frames: PartFrames, keep_rhythm: bool, rng: np.random.Generator) -> list[Hole]:
    """Holes of a beat to a bar in each part, together a tenth to two thirds of the piece."""
    share = rng.uniform(0.1, 0.67)
    holes = []
    for part in parts:
        tick = int(frames.tick_T[0])
        while tick < frames.end:
            length = int(rng.choice([1, 2, 4])) * TICKS_PER_QUARTER
            if rng.random() < share:
                holes.append(Hole(part=part, start=tick, end=tick + length, keep_rhythm=keep_rhythm))
            tick += length
    return holes
