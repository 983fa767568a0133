"""One page of a long score, drawn without the others: its bars, with the page before and a line after them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeVar

import numpy as np

from stretto.errors import RequestError
from stretto.render.engrave_child import with_breaks
from stretto.score.model import Clef, Key, Mark, Meter, Notes, Score
from stretto.score.musicxml_part_write import likely_clef

REACHING = ("wedge", "pedal", "octave-shift")
"""Signs that hang on no note, and can begin or end where the music is cut."""

Dated = TypeVar("Dated", bound=Meter | Key | Clef)


@dataclass(frozen=True, kw_only=True)
class Section:
    """A page, by the bars with which its lines begin; bars are counted from 0.

    The page before it and the line after it are drawn too: with them ties and slurs, names of parts, clefs and
    signatures are as where all is drawn. Verovio breaks the pages itself: where it is told to, notes stand up to
    4 mm elsewhere.
    """

    number: int
    """Of the page, the first being 1."""
    before: tuple[int, ...]
    """First bar of each line of the page before; none = there is no such page."""
    lines: tuple[int, ...]
    """First bar of each line of the page."""
    after: int
    """The bar after its last one."""
    until: int
    """The bar after the line that follows; where none does, as `after`."""

    def check(self, score: Score) -> None:
        """See that there are such bars.

        Raises:
            RequestError: there are not.
        """
        firsts = (*self.before, *self.lines, self.after)
        ascending = all(one < other for one, other in pairwise(firsts)) and self.after <= self.until
        if not self.lines or firsts[0] < 0 or not ascending:
            raise RequestError("these are not the first bars of lines, one after the other, of a page")
        if self.until > len(score.bars):
            raise RequestError(f"the page ends after bar {self.until}, and the piece has {len(score.bars)}")

    @property
    def first(self) -> int:
        """The first bar that is drawn."""
        return (*self.before, *self.lines)[0]

    def page_among(self, svgs: Sequence[str]) -> str:
        """The page, of those that are drawn.

        Raises:
            RequestError: it is not broken so any more, as when a line has become so high that one fewer fits.
        """
        bar = self.first
        for svg in svgs:
            n_bars = svg.count('class="measure"')
            if bar == self.lines[0] and n_bars == self.after - bar:
                return svg
            bar += n_bars
        raise RequestError("its bars no longer fit the pages on which they were")

    def broken(self, musicxml: str) -> str:
        """The MusicXML of `cut` with its lines."""
        firsts = [*self.before, *self.lines] + [self.after] * (self.after < self.until)
        return with_breaks(musicxml, [bar - self.first for bar in firsts[1:]])

    def cut(self, score: Score) -> Score:
        """The bars that are drawn, as a score; what reaches over an edge is cut there, or left out."""
        start, end = score.bars[self.first].tick, score.bar_end(self.until - 1)

        return score.evolve(
            notes=_cut_notes(score, start, end),
            bars=tuple(replace(bar, tick=bar.tick - start) for bar in score.bars[self.first : self.until]),
            end=end - start,
            meters=_in_force(score.meters, start, end, lambda _: 0),
            keys=_in_force(_without_overruled(score.keys, start), start, end, lambda key: key.part),
            tempos=[replace(tempo, tick=tempo.tick - start) for tempo in score.tempos if start <= tempo.tick < end],
            clefs=_in_force((*_likely_clefs(score), *score.clefs), start, end, lambda clef: (clef.part, clef.staff)),
            marks=[own for mark in score.marks if (own := _cut_mark(mark, start, end)) is not None],
        )


def _in_force(records: Iterable[Dated], start: int, end: int, whose: Callable[[Dated], Hashable]) -> list[Dated]:
    """Those that hold at the start, and those that come up to the end."""
    now: dict[Hashable, Dated] = {}
    later: list[Dated] = []
    for record in records:
        if record.tick <= start:
            now[whose(record)] = replace(record, tick=0)
        elif record.tick < end:
            later.append(replace(record, tick=record.tick - start))
    return [*now.values(), *later]


def _cut_notes(score: Score, start: int, end: int) -> Notes:
    late = (score.ends > start) | ((score.notes["grace"] > 0) & (score.notes["onset"] >= start))
    notes = score.notes[late & (score.notes["onset"] < end)].copy()
    ends = np.minimum(notes["onset"] + notes["duration"], end) - start
    notes["onset"] = np.maximum(notes["onset"] - start, 0)
    notes["duration"] = np.maximum(ends - notes["onset"], 0)
    return notes


def _cut_mark(mark: Mark, start: int, end: int) -> Mark | None:
    """A sign at its new place; None = it is elsewhere, or hangs on a note that is."""
    if mark.tick >= end or max(mark.tick, mark.end) < start:
        return None
    reaches_over = (mark.tick < start and mark.kind != "colour") or mark.end > end
    if reaches_over and mark.kind not in REACHING:
        return None
    until = mark.end if mark.end < 0 else min(mark.end, end) - start
    return replace(mark, tick=max(0, mark.tick - start), end=until)


def _without_overruled(keys: Iterable[Key], start: int) -> list[Key]:
    """Without keys of single parts that one of all parts has taken the place of."""
    keys = list(keys)
    newest = max((key.tick for key in keys if key.part < 0 and key.tick <= start), default=0)
    return [key for key in keys if key.part < 0 or key.tick >= newest]


def _likely_clefs(score: Score) -> list[Clef]:
    """Of every staff the clef that it has where none is said, by all its notes."""
    found = []
    for index, part in enumerate(score.parts):
        own = score.notes[score.notes["part"] == index]
        for staff in range(1, max([part.n_staves, *own["staff"].tolist()]) + 1):
            pitches = own["pitch"][own["staff"] == staff].tolist()
            found.append(replace(likely_clef(part, staff, pitches), part=index))
    return found
