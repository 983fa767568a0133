"""Two scores on one page: a part that changed stands twice, as it was above as it is, with the changes marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from stretto.render.marking import BLUE, GREEN, VERMILION, Look, Marking
from stretto.score.compare import Comparison
from stretto.score.compare_bars import origin
from stretto.score.compare_notes import NoteChange, Tone
from stretto.score.model import Bar, Key, Mark, Meter, Notes, Part, Score, note_order

REMOVED = Look(name="removed", colour=VERMILION, sign="disc")
ADDED = Look(name="added", colour=BLUE, sign="box")
CHANGED = Look(name="changed", colour=GREEN, sign="ring")
LOOKS = (REMOVED, ADDED, CHANGED)

WAS = " (before)"
"""After the name of a part as it was."""

DROPPED_MARKS = ("tie-split", "tuplet", "beam", "section", "navigation")
"""What does not hold on a page with bars of both."""


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A score that holds both."""

    score: Score
    indices: tuple[dict[int, int], dict[int, int]]
    """Where each note of the score before, and of that after, is in it."""


@dataclass(frozen=True)
class _Seat:
    """A part of the joint score: which part of which score it shows."""

    side: int
    part: int
    shown: Part


def joint_score(comparison: Comparison) -> Compared:
    """Both scores in one: all bars of both, and above each part that changed the same part as it was."""
    scores = (comparison.before, comparison.after)
    seats = _seats(comparison)
    tables, origins = [], []
    for number, seat in enumerate(seats):
        own = np.flatnonzero(scores[seat.side].notes["part"] == seat.part)
        table = scores[seat.side].notes[own].copy()
        table["part"] = number
        table["onset"] = [_common(comparison, seat.side, int(tick)) for tick in table["onset"]]
        tables.append(table)
        origins += [(seat.side, int(index)) for index in own]
    notes: Notes = np.concatenate(tables) if tables else scores[1].notes
    order = note_order(notes)
    indices: tuple[dict[int, int], dict[int, int]] = ({}, {})
    for new, old in enumerate(order.tolist()):
        side, index = origins[old]
        indices[side][index] = new
    return Compared(score=_joined(comparison, seats, notes[order]), indices=indices)


@dataclass(frozen=True, kw_only=True)
class Said:
    """Changes that are told together: one note's, or all of a bar that came or went."""

    changes: tuple[NoteChange, ...]
    place: str
    words: str


def changes_marked(comparison: Comparison, compared: Compared, said: Sequence[Said]) -> list[Marking]:
    """A marking for all that is told together.

    Args:
        comparison: what changed.
        compared: the joint score.
        said: the changes in words, in the order of reading.
    """
    looks = {"removed": REMOVED, "added": ADDED, "changed": CHANGED}
    return [
        Marking(
            number=number,
            look=looks[told.changes[0].kind],
            notes=tuple(index for change in told.changes for index in _drawn(compared, change)),
            tick=_tone_tick(comparison, told.changes[0].tone),
            place=told.place,
            text=told.words,
            comment=told.words,
        )
        for number, told in enumerate(said, 1)
    ]


def _drawn(compared: Compared, change: NoteChange) -> list[int]:
    """A changed note in the joint score, as it was and as it is."""
    sides = ((0, change.before), (1, change.after))
    return [
        compared.indices[side][tone.index]
        for side, tone in sides
        if tone is not None and tone.index in compared.indices[side]
    ]


def _seats(comparison: Comparison) -> list[_Seat]:
    """The parts from top to bottom."""
    touched = {change.before.part for change in comparison.notes if change.before is not None}
    touched |= {change.after.part for change in comparison.notes if change.after is not None and change.before}
    seats = []
    for number, (i, j) in enumerate(comparison.parts):
        if i is not None and (number in touched or j is None):
            part = comparison.before.parts[i]
            name = f"{part.name or f'part {i + 1}'}{WAS}"
            seats.append(_Seat(0, i, replace(part, name=name, abbreviation="", group="")))
        if j is not None:
            seats.append(_Seat(1, j, replace(comparison.after.parts[j], group="")))
    return seats


def _joined(comparison: Comparison, seats: list[_Seat], notes: Notes) -> Score:
    scores = (comparison.before, comparison.after)
    bars, end = _bars(comparison)
    seat_of = {(seat.side, seat.part): number for number, seat in enumerate(seats)}
    clefs = [
        replace(clef, part=seat_of[side, clef.part], tick=_common(comparison, side, clef.tick) if clef.tick else 0)
        for side, score in enumerate(scores)
        for clef in score.clefs
        if (side, clef.part) in seat_of
    ]
    return Score.build(
        notes,
        [seat.shown for seat in seats],
        end=end,
        bars=bars,
        meters=_meters(comparison, bars),
        keys=_keys(comparison, seat_of),
        clefs=clefs,
        marks=_marks(comparison, seat_of),
        info=comparison.after.info,
    )


def _bars(comparison: Comparison) -> tuple[list[Bar], int]:
    """Bars of both, numbered anew, and where the last ends; a pickup alone at the head keeps its length."""
    bars: list[Bar] = []
    tick, number = 0, 1
    for index, (i, j) in enumerate(comparison.bars):
        spans = [(s, k) for s, k in ((comparison.before, i), (comparison.after, j)) if k is not None]
        score, own = spans[-1]
        tick = min(_bar_start(comparison, index, s, k) for s, k in spans)
        pickup = index == 0 and all(s.bars[k].number == 0 for s, k in spans)
        bars.append(Bar(tick=tick, number=0 if pickup else number, barline=score.bars[own].barline))
        number += not pickup
    length = max(s.bar_end(k) - origin(s, k) for s, k in spans) if comparison.bars else 0
    return bars, comparison.starts[-1] + length if bars else 0


def _bar_start(comparison: Comparison, index: int, score: Score, bar: int) -> int:
    return comparison.starts[index] + score.bars[bar].tick - origin(score, bar) - _lead(comparison)


def _lead(comparison: Comparison) -> int:
    """Ticks before the first bar that are nobody's: of a full bar, what a pickup leaves."""
    i, j = comparison.bars[0]
    spans = [(s, k) for s, k in ((comparison.before, i), (comparison.after, j)) if k is not None]
    return min(score.bars[bar].tick - origin(score, bar) for score, bar in spans)


def _common(comparison: Comparison, side: int, tick: int) -> int:
    """A score's tick in the joint score."""
    score = (comparison.before, comparison.after)[side]
    bar = score.bar_index(tick)
    index = next(n for n, pair in enumerate(comparison.bars) if pair[side] == bar)
    return comparison.starts[index] + tick - origin(score, bar) - _lead(comparison)


def _tone_tick(comparison: Comparison, tone: Tone) -> int:
    return comparison.starts[tone.place.bar] + tone.place.into - _lead(comparison)


def _meters(comparison: Comparison, bars: list[Bar]) -> list[Meter]:
    """The metre of each bar where it is another than before: as it is, or was where the bar is no more."""
    found: list[Meter] = []
    for bar, (i, j) in zip(bars, comparison.bars, strict=True):
        score, index = (comparison.after, j) if j is not None else (comparison.before, i)
        assert index is not None
        meter = replace(score.meter_at(score.bars[index].tick), tick=bar.tick)
        if not found or replace(found[-1], tick=bar.tick) != meter:
            found.append(meter)
    return found


def _keys(comparison: Comparison, seat_of: dict[tuple[int, int], int]) -> list[Key]:
    keys = []
    for key in comparison.after.keys:
        part = seat_of.get((1, key.part), -1) if key.part >= 0 else -1
        keys.append(replace(key, part=part, tick=_common(comparison, 1, key.tick) if key.tick else 0))
    return keys


def _marks(comparison: Comparison, seat_of: dict[tuple[int, int], int]) -> list[Mark]:
    """Signs of the score after; those of the score before are told, not drawn."""
    marks = []
    for mark in comparison.after.marks:
        if mark.kind not in DROPPED_MARKS:
            part = seat_of.get((1, mark.part), -1)
            end = _common(comparison, 1, mark.end) if mark.end >= 0 else -1
            marks.append(replace(mark, part=part, tick=_common(comparison, 1, mark.tick), end=end))
    return marks
