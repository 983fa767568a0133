"""A score as it is played: repeats, endings, da capo and dal segno written out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Protocol, TypeVar

import numpy as np

from stretto.score.model import NOTE, Bar, Mark, Notes, Notice, Score
from stretto.score.play_order import play_order


class _Timed(Protocol):
    @property
    def tick(self) -> int: ...


R = TypeVar("R", bound=_Timed)


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Bars that are played as they stand one after another."""

    first: int
    last: int
    """Indices of the written bars, the last included."""
    start: int
    end: int
    """Where it is written, in ticks."""
    to: int
    """Tick where it is played."""

    @property
    def shift(self) -> int:
        """Played minus written, in ticks."""
        return self.to - self.start


def expand_repeats(score: Score) -> Score:
    """Write out what a score says by signs; without signs it stays the same score.

    A note held over a sign ends there, and is struck anew where one enters in its middle; both
    are counted in the notices, like slurs that a sign cuts, and signs that lead nowhere. All
    verses stay under their notes at every turn.

    Raises:
        ScoreError: the piece would be absurdly long.
    """
    order, n_lost = play_order(score)
    signs = any(mark.kind == "navigation" for mark in score.marks)
    if order == list(range(len(score.bars))) and not signs and not any(_has_sign(bar) for bar in score.bars):
        return score
    stretches = list(_stretches(score, order))
    end = stretches[-1].to + stretches[-1].end - stretches[-1].start
    cut = _Cuts(signs=n_lost)
    return score.evolve(
        notes=_notes(score.notes, stretches, cut),
        bars=_bars(score, order, end),
        end=end,
        meters=_states(score.meters, stretches, lambda m: None),
        keys=_states(score.keys, stretches, lambda k: k.part),
        tempos=_states(score.tempos, stretches, lambda t: None),
        clefs=_states(score.clefs, stretches, lambda c: (c.part, c.staff)),
        marks=tuple(_marks(score, stretches, cut)),
        notices=score.notices + cut.notices(),
    )


@dataclass
class _Cuts:
    """What the signs cut through."""

    signs: int = 0
    ended: int = 0
    struck: int = 0
    slurs: int = 0

    def notices(self) -> tuple[Notice, ...]:
        said = (
            (self.signs, "dal segno or to coda signs lead nowhere and were passed over"),
            (self.ended, "notes held over a repeat were ended there"),
            (self.struck, "notes held into a repeat were struck anew"),
            (self.slurs, "slurs over a repeat were left out"),
        )
        return tuple(Notice(what=what, count=count) for count, what in said if count)


def _has_sign(bar: Bar) -> bool:
    return bool(bar.repeat_start or bar.repeat_end or bar.ending)


def _stretches(score: Score, order: Sequence[int]) -> Iterator[Stretch]:
    to, begin = 0, 0
    breaks = [i + 1 for i, (a, b) in enumerate(pairwise(order)) if b != a + 1]
    for stop in [*breaks, len(order)]:
        first, last = order[begin], order[stop - 1]
        start, end = score.bars[first].tick, score.bar_end(last)
        yield Stretch(first=first, last=last, start=start, end=end, to=to)
        to, begin = to + end - start, stop


def _notes(notes: Notes, stretches: Sequence[Stretch], cut: _Cuts) -> Notes:
    pieces = []
    ends = notes["onset"] + notes["duration"]
    for stretch in stretches:
        begins = (notes["onset"] >= stretch.start) & (notes["onset"] < stretch.end)
        enters = (notes["onset"] < stretch.start) & (ends > stretch.start) if stretch.to else np.zeros(len(notes), bool)
        own = notes[begins | enters].copy()
        stop = np.minimum(ends[begins | enters], stretch.end)
        cut.ended += int((ends[begins | enters] > stretch.end).sum())
        cut.struck += int(enters.sum())
        onset = np.maximum(own["onset"], stretch.start)
        own["onset"], own["duration"] = onset + stretch.shift, stop - onset
        pieces.append(own)
    return np.concatenate(pieces) if pieces else np.zeros(0, NOTE)


def _bars(score: Score, order: Sequence[int], end: int) -> tuple[Bar, ...]:
    """Bars in their new order, numbered anew; halves that a sign had parted are one bar again."""
    bars: list[Bar] = []
    tick, full = 0, 0
    for place, index in enumerate(order):
        bar, length = score.bars[index], score.bar_end(index) - score.bars[index].tick
        signed = place > 0 and (order[place - 1] != index - 1 or bar.repeat_start or score.bars[index - 1].repeat_end)
        if signed and len(bars) > 1 and tick - bars[-1].tick + length == full:
            bars[-1] = replace(bars[-1], barline=_inner(bar.barline))
        else:
            number = 0 if place == 0 and bar.number == 0 else sum(b.number > 0 for b in bars) + 1
            bars.append(Bar(tick=tick, number=number, barline=_inner(bar.barline)))
        full = score.meter_at(bar.tick).bar_ticks
        tick += length
    assert tick == end
    bars[-1] = replace(bars[-1], barline=score.bars[order[-1]].barline or score.bars[-1].barline)
    return tuple(bars)


def _inner(barline: str) -> str:
    """Of a barline that was the last, and now stands inside."""
    return "" if barline == "final" else barline


def _states(records: Sequence[R], stretches: Sequence[Stretch], lane: Callable[[R], Any]) -> tuple[R, ...]:
    """Records that hold until the next of their lane: said again where a jump changes what holds."""
    said: list[R] = []
    now: dict[Any, R] = {}
    for stretch in stretches:
        entering = {lane(r): r for r in records if r.tick <= stretch.start}
        inside = [r for r in records if stretch.start < r.tick < stretch.end]
        for record in (*entering.values(), *inside):
            moved = _at(record, max(record.tick, stretch.start) + stretch.shift)
            known = now.get(lane(record))
            if known is None or _at(known, 0) != _at(record, 0):
                said.append(moved)
            now[lane(record)] = moved
    return tuple(said)


def _at(record: R, tick: int) -> R:
    moved: R = replace(record, tick=tick)  # type: ignore[type-var]
    return moved


def _marks(score: Score, stretches: Sequence[Stretch], cut: _Cuts) -> Iterable[Mark]:
    for stretch in stretches:
        closes = stretch.end == score.end
        for mark in score.marks:
            at_end = closes and mark.tick == score.end
            if mark.kind == "navigation" or not (stretch.start <= mark.tick < stretch.end or at_end):
                continue
            if mark.kind == "slur" and mark.end > stretch.end:
                cut.slurs += 1
                continue
            end = min(mark.end, stretch.end) + stretch.shift if mark.end >= 0 else mark.end
            yield replace(mark, tick=mark.tick + stretch.shift, end=end)
