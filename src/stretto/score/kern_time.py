"""When each row of a kern file sounds: all lanes' clocks, held together.

A row stands where the lanes that have a new note or rest in it are free. Where lanes
disagree, since a value in the source is wrong, most of them decide, and it is counted.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from stretto.score.kern_spines import Exact, Lane
from stretto.score.tally import Tally

_MAX_DENOMINATOR = 10**9
"""Tuplets add up to small denominators again; only a damaged file goes beyond."""


class Clock:
    """Gives each row of data its exact time, in ticks."""

    def __init__(self, tally: Tally) -> None:
        """Start at 0."""
        self._tally = tally
        self.now: Exact = 0
        """Time of the latest row that had a note or rest."""
        self._passed = False
        """Whether a note or rest with a duration stands at `now`, so that the next row comes later."""

    def place(self, waiting: list[Lane], lanes: list[Lane], full_bar: Exact | None, line: int) -> Exact:
        """Time of a row in which the `waiting` lanes have a new note, grace or rest.

        Args:
            lanes: every kern lane of the row.
            full_bar: where the bar ends that the metre asks for, if the row is the first after its barline.
        """
        ready = [lane.free for lane in waiting if lane.free > self.now or not self._passed or lane.graces]
        ready = [free for free in ready if free >= self.now]
        if not ready:
            self.now = self.next_event(lanes)
        elif all(free == ready[0] for free in ready):
            self.now = ready[0]
        else:
            self.now = _agreed(ready, full_bar)
            self._tally.add("rows where the voices' rhythms do not add up; the majority decides", f"line {line}")
        if any(lane.free < self.now for lane in waiting):
            self._tally.add("voices that pause without a written rest", f"line {line}")
        if isinstance(self.now, Fraction) and self.now.denominator > _MAX_DENOMINATOR:
            self.now = round(self.now)
            self._tally.add("times too fine to be kept exactly", f"line {line}")
        return self.now

    def next_event(self, lanes: list[Lane]) -> Exact:
        """When the first of the sounding lanes becomes free."""
        later = [lane.free for lane in lanes if lane.free > self.now]
        return min(later) if later else self.now

    def advance(self, *, passed: bool) -> None:
        """Say whether the row just placed holds more than grace notes."""
        self._passed = passed

    def end(self, lanes: list[Lane]) -> Exact:
        """When the last lane is free."""
        return max([self.now, *(lane.free for lane in lanes)])


def _agreed(ready: list[Exact], full_bar: Exact | None) -> Exact:
    """The time most lanes give; on a tie the full bar, or else the latest."""
    if full_bar is not None and full_bar in ready:
        return full_bar
    counts = Counter(ready)
    most = max(counts.values())
    return max(time for time, count in counts.items() if count == most)
