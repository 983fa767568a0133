"""Humdrum **kern out: a Score as spines, bass first, with its words and dynamics beside the notes.

Every voice of a staff has a lane of its own from the first bar to the last. Notes are cut
at barlines and where no single value fits; what kern cannot hold is counted.

Source: Huron, The Humdrum Toolkit Reference Manual, 1994, and humdrum.org's syntax guide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from stretto.score.abc_write_lanes import Head, Lane, lanes_of
from stretto.score.kern_write_cells import GRACE_VALUE, chord_cell, cuts, is_named, value
from stretto.score.kern_write_heads import (
    BarlineWriter,
    clef_cell,
    decoration,
    head_cells,
    key_cells,
    labels,
    meter_cells,
    records,
)
from stretto.score.kern_write_signs import SignSheet
from stretto.score.model import Key, Notice, Score
from stretto.score.musicxml_voices import BarFrame, frames
from stretto.score.tally import Tally

_Place = tuple[int, int]
"""Part and staff."""


def write_kern(score: Score) -> tuple[bytes, tuple[Notice, ...]]:
    """A Humdrum file in UTF-8, and what it could not hold."""
    tally = Tally()
    if score.notes["velocity"].any():
        tally.add("velocities left out", count=int((score.notes["velocity"] > 0).sum()))
    if not score.parts:
        return b"**kern\n*-\n", tally.notices()
    text = "\n".join(_Writing(score, tally).lines()) + "\n"
    return text.encode("utf-8"), tally.notices()


class _Writing:
    """One score on its way to a file."""

    def __init__(self, score: Score, tally: Tally) -> None:
        self._score = score
        self._tally = tally
        self._frames = frames(score)
        order = [(part, staff) for part, p in enumerate(score.parts) for staff in range(1, p.n_staves + 1)]
        self._staves = order[::-1]
        lanes = lanes_of(score)
        _count_renumbered(score, lanes, tally)
        self._lanes = {place: [lane for lane in lanes if (lane.part, lane.staff) == place] for place in order}
        self._signs = SignSheet(score, self._lanes, tally)
        self._cells: dict[int, dict[int, str]] = {
            id(lane): dict(self._lane_cells(lane, first=number == 0))
            for staff in self._lanes.values()
            for number, lane in enumerate(staff)
        }

    def lines(self) -> Iterator[str]:
        """The whole file."""
        yield from records(self._score, self._tally)
        yield self._row(lambda _: "**kern", lambda kind: kind, split=False)
        yield from self._heads()
        yield from self._split()
        barlines = BarlineWriter(self._score, self._tally)
        interpretations = self._interpretations()
        sections = labels(self._score, self._tally)
        starts = {frame.start: frame.index for frame in self._frames}
        end = self._score.end
        ticks = {tick for cells in self._cells.values() for tick in cells}
        for tick in sorted(tick for tick in self._signs.ticks() - ticks if tick < end):
            # Rows without a note have no time of their own in kern.
            self._tally.add("directions, words or lines inside held notes, moved", self._score.place(tick))
        ticks.update(starts, interpretations, sections, self._signs.ticks(), self._grace_ticks())
        for tick in sorted(tick for tick in ticks if tick < end):
            yield from self._signs.ends(tick, self._per_staff)
            if tick in starts:
                yield from self._barline(barlines.before(starts[tick]), tick)
            for label in sections.get(tick, ()):
                yield self._same(label)
            for cells in interpretations.get(tick, ()):
                yield self._per_staff(cells)
            yield from self._signs.starts(tick, self._per_staff)
            yield from self._graces(tick)
            yield from self._sounding(tick)
        yield from self._graces(end)
        yield from self._signs.ends(end, self._per_staff)
        yield from self._signs.starts(end, self._per_staff)
        yield from self._barline(barlines.before(len(self._frames)), end)
        yield from self._join()
        yield self._same("*-")
        drawn = decoration(self._score)
        if drawn:
            yield f"!!!system-decoration: {drawn}"

    # ---- rows ----------------------------------------------------------------------------------------

    def _row(self, cell: Callable[[_Place], str], beside: Callable[[str], str], *, split: bool = True) -> str:
        """A row with the same cell in every lane of a staff; `beside` gets the kind of each further spine."""
        cells: list[str] = []
        for place in self._staves:
            cells += [cell(place)] * (len(self._lanes[place]) if split else 1)
            cells += [beside(kind) for kind in self._signs.spines(place)]
        return "\t".join(cells)

    def _same(self, cell: str) -> str:
        return self._row(lambda _: cell, lambda _: cell)

    def _barline(self, cell: str, tick: int) -> Iterator[str]:
        if cell:
            yield self._row(lambda place: cell + self._signs.on_barline(tick, place[0]), lambda _: cell)

    def _per_staff(self, cells: dict[_Place, str], null: str = "*") -> str:
        """A row with one cell for some staves, in their first lane."""
        row: list[str] = []
        for place in self._staves:
            row += [cells.get(place, null), *[null] * (len(self._lanes[place]) - 1)]
            row += [null] * len(self._signs.spines(place))
        return "\t".join(row)

    def _heads(self) -> Iterator[str]:
        heads = head_cells(self._score, self._staves, self._tally)
        kinds = [cell for head in heads.values() for cell in head]
        for kind in ("*part", "*staff", '*I"', "*I'", "*ITrd", "*I"):
            if any(cell.startswith(kind) for cell in kinds):
                found = {
                    place: next((cell for cell in head if _is_kind(cell, kind)), "*") for place, head in heads.items()
                }
                yield self._row(lambda place, cells=found: cells[place], lambda _: "*", split=False)  # type: ignore[misc]

    def _split(self) -> Iterator[str]:
        """Rows of *^ until every staff has its lanes."""
        most = max((len(lanes) for lanes in self._lanes.values()), default=1)
        for n_before in range(1, most):
            cells: list[str] = []
            for place in self._staves:
                now = min(n_before, len(self._lanes[place]))
                grows = n_before < len(self._lanes[place])
                cells += ["*"] * (now - 1) + ["*^" if grows else "*"] + ["*"] * len(self._signs.spines(place))
            yield "\t".join(cells)

    def _join(self) -> Iterator[str]:
        """One row of *v for each staff with several lanes."""
        open_lanes = {place: len(lanes) for place, lanes in self._lanes.items()}
        for joining in self._staves:
            if open_lanes[joining] > 1:
                cells: list[str] = []
                for place in self._staves:
                    cells += ["*v" if place == joining else "*"] * open_lanes[place]
                    cells += ["*"] * len(self._signs.spines(place))
                yield "\t".join(cells)
                open_lanes[joining] = 1
                self._lanes[joining] = self._lanes[joining][:1]

    def _sounding(self, tick: int) -> Iterator[str]:
        cells: list[str] = []
        for place in self._staves:
            cells += [self._cells[id(lane)].get(tick, ".") for lane in self._lanes[place]]
            cells += self._signs.beside(tick, place)
        if any(cell != "." for cell in cells):
            yield "\t".join(cells)

    def _graces(self, tick: int) -> Iterator[str]:
        runs = {id(lane): list(lane.graces.get(tick, {}).items()) for lanes in self._lanes.values() for lane in lanes}
        for ahead in range(max(map(len, runs.values()), default=0), 0, -1):
            cells: list[str] = []
            for place in self._staves:
                for lane in self._lanes[place]:
                    run = runs[id(lane)]
                    cells.append(self._grace(lane, tick, *run[-ahead]) if ahead <= len(run) else ".")
                cells += ["."] * len(self._signs.spines(place))
            yield "\t".join(cells)

    def _grace(self, lane: Lane, tick: int, number: int, heads: list[Head]) -> str:
        signs = self._signs.on_grace(lane, tick, number)
        kind = "q" if "slash" in signs else "qq"
        plain = [sign for sign in signs if sign != "slash"]
        self._count_unnamed(heads)
        return chord_cell(heads, GRACE_VALUE + kind, (False, False), plain, self._key(lane.part, tick))

    # ---- cells ---------------------------------------------------------------------------------------

    def _grace_ticks(self) -> set[int]:
        return {tick for lanes in self._lanes.values() for lane in lanes for tick in lane.graces}

    def _lane_cells(self, lane: Lane, *, first: bool) -> Iterator[tuple[int, str]]:
        """Every piece of a lane's notes and rests with the tick where it starts."""
        chords = iter([*lane.chords, None])
        chord = next(chords)
        rest = "r" if first else "ryy"
        for frame in self._frames:
            position = frame.start
            while position < frame.end:
                if chord is None or chord.onset >= frame.end:
                    begin, finish, heads = position, frame.end, None
                elif chord.onset > position:
                    begin, finish, heads = position, chord.onset, None
                else:
                    begin, finish, heads = position, min(chord.end, frame.end), chord.heads
                for one, other in pairwise(self._pieces(lane, begin, finish, frame, heads is not None)):
                    if heads is None or chord is None:
                        yield one, value(other - one) + rest + "".join(self._signs.on_rest(lane, one, other))
                        continue
                    if one == chord.onset:
                        self._count_unnamed(heads)
                    ties = (one > chord.onset, other < chord.end)
                    signs = self._signs.on_notes(lane, one, other)
                    yield one, chord_cell(heads, value(other - one), ties, signs, self._key(lane.part, one))
                position = finish
                if chord is not None and finish == chord.end and heads is not None:
                    chord = next(chords)

    def _pieces(self, lane: Lane, begin: int, finish: int, frame: BarFrame, notes: bool) -> list[int]:
        own = self._signs.splits(lane, begin, finish) if notes else []
        # A grace can only stand where a cell of its lane begins.
        graces = {tick for tick in lane.graces if begin < tick < finish}
        points = sorted({begin, *own, *graces, finish})
        shift = frame.offset - frame.start
        inner = [
            cut - shift
            for one, other in pairwise(points)
            for cut in cuts(one + shift, other + shift, frame.grid, rest=not notes)
        ]
        return sorted({*points, *inner})

    def _count_unnamed(self, heads: list[Head]) -> None:
        n_unnamed = sum(not is_named(head) for head in heads)
        if n_unnamed:
            self._tally.add("notes without a fitting name spelled by the key", count=n_unnamed)

    def _key(self, part: int, tick: int) -> int:
        key = self._score.key_at(tick, part)
        return key.fifths if key else 0

    def _interpretations(self) -> dict[int, list[dict[_Place, str]]]:
        """Rows of clefs, keys, metres and tempos by tick."""
        found: dict[int, list[dict[_Place, str]]] = {}
        for clef in self._score.clefs:
            found.setdefault(clef.tick, []).append({(clef.part, clef.staff): clef_cell(clef)})
        for key in self._score.keys:
            found.setdefault(key.tick, []).extend(self._keys(key))
        for meter in self._score.meters:
            for cell in meter_cells(meter):
                found.setdefault(meter.tick, []).append(dict.fromkeys(self._staves, cell))
        for tempo in self._score.tempos:
            number = f"{float(tempo.qpm):.4f}".rstrip("0").rstrip(".")
            found.setdefault(tempo.tick, []).append(dict.fromkeys(self._staves, f"*MM{number}"))
            if tempo.unit or tempo.text:
                self._tally.add("words and note values of tempos left out")
        return found

    def _keys(self, key: Key) -> Iterator[dict[_Place, str]]:
        for cell in key_cells(key):
            yield {place: cell for place in self._staves if key.part in (-1, place[0])}


def _count_renumbered(score: Score, lanes: list[Lane], tally: Tally) -> None:
    """Count the voices that come back under other numbers: kern tells voices apart by their place alone."""
    for part in range(len(score.parts)):
        mine = [lane for lane in lanes if lane.part == part and lane.voice]
        for number, lane in enumerate(mine):
            if (lane.staff, lane.voice) in {(other.staff, other.voice) for other in mine[:number]}:
                tally.add("voices whose notes overlap written as several", score.place(_first(lane), part))
            elif lane.voice in {other.voice for other in mine[:number]}:
                tally.add("voices that cross staves written as one voice on each", score.place(_first(lane), part))


def _first(lane: Lane) -> int:
    return min([*(chord.onset for chord in lane.chords[:1]), *lane.graces])


def _is_kind(cell: str, kind: str) -> bool:
    if kind == "*I":
        return cell.startswith("*I") and cell[2:3].islower()
    return cell.startswith(kind)
