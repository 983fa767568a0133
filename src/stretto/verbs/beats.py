"""How long a document's notes are to the network, which learned most from music that counts in quarters.

A jig in 6/8 is heard as two bars of 3/4, eighths as quarters; a hymn book's 3/2 as 3/4, halves as quarters. What is
drawn is written back in the document's own values.
"""

# Shapes: T frames.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from stretto.frames.canvas import Hole
from stretto.frames.parts import PartFrames
from stretto.frames.plan import Plan, bar_ticks
from stretto.score.model import TICKS_PER_QUARTER, TICKS_PER_WHOLE

SIXTEENTH = TICKS_PER_QUARTER // 4

EIGHTHS = ("3/8", "6/8", "9/8", "12/8")
"""Metres of which three eighths are heard as a bar of 3/4."""

HALVES = {"2/2": "2/4", "3/2": "3/4", "4/2": "4/4", "6/2": "6/4", "2/1": "4/4", "3/1": "6/4"}
"""Metres in which halves are heard as quarters, by styles that know none of them -> the metre that is heard."""

QUICK = 0.25
"""Share of changes off the eighths from which music in eighths moves in sixteenths."""

COMPOUND = 8
"""Denominator from which metres of six, nine or twelve have dotted beats."""

KNOW_HALVES = ("hymn", "renaissance")


@dataclass(frozen=True, kw_only=True)
class Beats:
    """How many times as long as written a document is heard."""

    times: Fraction = Fraction(1)
    shortest: int = SIXTEENTH
    """Ticks as written: the usual shortest step of the document."""

    @property
    def grid(self) -> int:
        """Ticks, as heard, on which new notes begin: no shorter steps than are usual in the document as written."""
        return max(SIXTEENTH, int(self.shortest * self.times))

    def frames(self, frames: PartFrames) -> PartFrames:
        """A document as it is heard."""
        return replace(frames, tick_T=self._ticks(frames.tick_T), end=self.tick(frames.end))

    def written(self, frames: PartFrames) -> PartFrames:
        """What was drawn as it is written."""
        return Beats(times=1 / self.times).frames(frames)

    def holes(self, holes: Sequence[Hole]) -> list[Hole]:
        """Holes where they are heard."""
        return [replace(hole, start=self.tick(hole.start), end=self.tick(hole.end)) for hole in holes]

    def plan(self, plan: Plan) -> Plan:
        """What is known of a document, in the bars that are heard."""
        if self.times == 1:
            return plan
        starts, meters = list[int](), list[str]()
        written = plan.bar_starts or ()
        for i, (start, end, meter) in enumerate(zip(written, (*written[1:], plan.end), plan.bar_meters, strict=True)):
            heard = self._bars(self.tick(start), self.tick(end), meter, from_end=i == 0 and plan.pickup > 0)
            starts += heard
            meters += ["3/4" if meter in EIGHTHS else HALVES.get(meter, meter)] * len(heard)
        first = starts[1] if plan.pickup and len(starts) > 1 else 0
        return replace(
            plan,
            bar_starts=tuple(starts),
            bar_meters=tuple(meters),
            pickup=first if first < bar_ticks(meters[0]) else 0,
            end=self.tick(plan.end),
            phrase_ends=None if plan.phrase_ends is None else tuple(self.tick(t) for t in plan.phrase_ends),
        )

    def _bars(self, start: int, end: int, meter: str, *, from_end: bool) -> list[int]:
        """Where the bars begin that are heard in one; a pickup is the end of what would be a whole one."""
        if meter not in EIGHTHS:
            return [start]
        step = bar_ticks("3/4")
        return sorted({start, *range(end - step, start, -step)} if from_end else range(start, end, step))

    def tick(self, tick: int) -> int:
        """A moment of the document, as it is heard."""
        return int(tick * self.times)

    def moment(self, tick: int) -> int:
        """A moment of what was drawn, as it is written."""
        return int(tick / self.times)

    def _ticks(self, tick_T: NDArray[np.int32]) -> NDArray[np.int32]:
        heard_T: NDArray[np.int32] = (tick_T.astype(np.int64) * self.times.numerator // self.times.denominator).astype(
            "i4"
        )
        return heard_T


def beats_of(plan: Plan, frames: PartFrames) -> Beats:
    """How a document is heard: by the metre with which it begins, where all of it has metres of the kind."""
    meters = set(plan.bar_meters)
    if meters and meters <= set(EIGHTHS):
        return Beats(times=Fraction(2), shortest=_shortest(frames))
    even = not (frames.tick_T % 2).any() and frames.end % 2 == 0
    if meters and meters <= set(HALVES) and plan.style not in KNOW_HALVES and even:
        return Beats(times=Fraction(1, 2))
    return Beats()


def _shortest(frames: PartFrames) -> int:
    """A sixteenth where a document moves in sixteenths, else an eighth: a jig's other voices keep its pace."""
    off_T = frames.tick_T % (2 * SIXTEENTH) != 0
    return SIXTEENTH if off_T.mean() >= QUICK else 2 * SIXTEENTH


def second_thirds(pulse: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where the second third of each dotted beat begins: a jig moves with the beat, or with its last third."""
    lengths = np.diff(pulse)
    return pulse[: len(lengths)] + lengths // 3 if len(lengths) else pulse[:0]


def pulse_of(plan: Plan) -> NDArray[np.int64]:
    """Ticks of the beats of the bars whose beats are dotted; a pickup has those of the bar that it ends."""
    beats = list[int]()
    for i, (start, meter) in enumerate(zip(plan.bar_starts or (), plan.bar_meters, strict=False)):
        numerator, denominator = (int(n) for n in meter.split("/"))
        if numerator % 3 or numerator == 3 or denominator < COMPOUND:
            continue
        beat = 3 * TICKS_PER_WHOLE // denominator
        first = start + plan.pickup % beat if plan.pickup and i == 0 else start
        stop = (*(plan.bar_starts or ())[1:], plan.end)[i]
        beats += range(first, stop, beat)
    return np.array(beats, np.int64)
