"""Counting what a reader rounds or leaves out, and putting exact times on the tick grid."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from stretto.score.model import TICKS_PER_WHOLE, Mark, Notice


class Tally:
    """Counts clauses, remembers the first place of each, and gives them back as notices."""

    def __init__(self) -> None:
        """Nothing counted yet."""
        self._counts: dict[str, int] = {}
        self._first: dict[str, str] = {}

    def add(self, what: str, where: object = "", count: int = 1) -> None:
        """Count `what`; `where` is kept (as text) only the first time."""
        self._counts[what] = self._counts.get(what, 0) + count
        if what not in self._first:
            self._first[what] = str(where)

    def notices(self) -> tuple[Notice, ...]:
        """Everything counted, in the order of first appearance."""
        return tuple(Notice(what=what, count=count, where=self._first[what]) for what, count in self._counts.items())


def once(marks: Iterable[Mark], tally: Tally) -> list[Mark]:
    """Marks, each once; one that a file gives twice in the same place (for two voices of a staff) is counted.

    What belongs to the whole score is said once in each part, and is not counted.
    """
    found: dict[Mark, None] = {}
    for mark in marks:
        if mark in found and mark.part >= 0:
            tally.add(f"marks given twice in one place kept once: {mark.kind}", f"tick {mark.tick}")
        found[mark] = None
    return list(found)


class TickGrid:
    """Rounds exact times, in whole notes, to ticks; counts what does not fall on one."""

    def __init__(self, tally: Tally, what: str = "onsets or ends rounded to 1/24 of a quarter") -> None:
        """Roundings are counted in `tally` as `what`."""
        self._tally = tally
        self._what = what

    def tick(self, position: Fraction, where: object = "") -> int:
        """The nearest tick, halves upwards."""
        ticks, rest = divmod(position.numerator * TICKS_PER_WHOLE, position.denominator)
        if not rest:
            return ticks
        self._tally.add(self._what, where)
        return ticks + (2 * rest >= position.denominator)
