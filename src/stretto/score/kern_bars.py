"""Barlines, repeat signs, endings and section labels of a kern file as our bars."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from stretto.score.model import Bar, Meter

_NUMBER = re.compile(r"=+(\d+)")
_ENDING = re.compile(r"\*>(.*[A-Za-z])(\d{1,2})$")


@dataclass(slots=True)
class Boundary:
    """A place where a bar ends and the next begins."""

    tick: int
    numbered: bool = False
    first_number: int = -1
    """The number printed there; -1 = none."""
    repeat_end: bool = False
    repeat_start: bool = False
    barline: str = ""


@dataclass(slots=True)
class BarBook:
    """Collects barlines and labels, rounded to ticks."""

    boundaries: list[Boundary] = field(default_factory=list)
    labels: list[tuple[int, str]] = field(default_factory=list)
    """Tick and text of *>A, *>A1 ..."""

    def barline(self, tick: int, cell: str) -> None:
        """Take one barline, as "=12:|!"; two at one place become one."""
        if self.boundaries and self.boundaries[-1].tick == tick:
            mark = self.boundaries[-1]
        else:
            mark = Boundary(tick)
            self.boundaries.append(mark)
        number = _NUMBER.match(cell)
        if number and not mark.numbered:
            mark.numbered, mark.first_number = True, int(number.group(1)[:9])
        drawn = re.sub(r"[\d\s]", "", cell)
        mark.repeat_end = mark.repeat_end or bool(re.search(r":[|!]", drawn))
        mark.repeat_start = mark.repeat_start or bool(re.search(r"[|!]:", drawn))
        mark.barline = mark.barline or _style(drawn)

    def bars(self, meters: tuple[Meter, ...], end: int) -> tuple[Bar, ...]:
        """All bars, numbered as MuseScore shows them: a pickup 0, the second half of a split bar like the first."""
        marks = [mark for mark in self.boundaries if 0 < mark.tick < end]
        opening = next((mark for mark in self.boundaries if mark.tick == 0), Boundary(0))
        closing = next((mark for mark in self.boundaries if mark.tick >= end > 0), Boundary(end))
        starts, ends = [opening, *marks], [*marks, closing]
        numbers = _numbers(starts, end, meters)
        return tuple(
            Bar(
                tick=start.tick,
                number=number,
                repeat_start=start.repeat_start,
                repeat_end=2 if stop.repeat_end else 0,
                ending=self._ending(start.tick),
                barline=stop.barline,
            )
            for start, stop, number in zip(starts, ends, numbers, strict=True)
        )

    def _ending(self, tick: int) -> str:
        """Volta over the bar that starts at `tick`: the last label so far, if it is A1 or A2 after an A."""
        label = ""
        for start, text in self.labels:
            if start > tick:
                break
            label = text
        found = _ENDING.match(label)
        base = f"*>{found.group(1)}" if found else ""
        return found.group(2) if found and any(text == base for _, text in self.labels) else ""


def _style(drawn: str) -> str:
    if drawn.startswith("==") or "|!" in drawn.replace("!|:", "").replace(":|!", ""):
        return "final"
    if ":" in drawn:
        return ""
    if "-" in drawn:
        return "none"
    if "||" in drawn:
        return "double"
    if "." in drawn:
        return "dotted"
    return "heavy" if "!" in drawn else ""


def _numbers(starts: list[Boundary], end: int, meters: tuple[Meter, ...]) -> list[int]:
    """Numbers of all bars."""
    numbers: list[int] = []
    stops = [mark.tick for mark in starts[1:]] + [end]
    full = next((meter.bar_ticks for meter in meters if meter.tick == 0), 0)
    length = stops[0] - starts[0].tick
    next_says_one = len(starts) > 1 and starts[1].first_number == 1
    is_pickup = length < full and len(starts) > 1 if full else next_says_one
    number = 0 if is_pickup else 1
    for place, mark in enumerate(starts):
        split = place > 0 and not mark.numbered and _completes(starts, stops, place, meters)
        if place and not split:
            number += 1
        numbers.append(number)
    return numbers


def _completes(starts: list[Boundary], stops: list[int], place: int, meters: tuple[Meter, ...]) -> bool:
    """Whether an unnumbered bar is the rest of the one before it."""
    full = next((meter.bar_ticks for meter in reversed(meters) if meter.tick <= starts[place].tick), 0)
    return not full or stops[place] - starts[place - 1].tick <= full
