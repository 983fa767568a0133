"""Humdrum's columns: a file as rows of cells, each in its spine, through splits and joins.

A spine is one column of the file's first row (the basses of a choir, their words); a
lane is one of the sub-columns it is split into for a while. All checks of the file's
shape are made here.

Source: Huron, The Humdrum Toolkit Reference Manual, 1994, and humdrum.org's syntax guide.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from stretto.errors import ScoreReadError

Exact = int | Fraction
"""A time in ticks that is not rounded yet; an int wherever it can be one."""


@dataclass(slots=True, eq=False)
class Spine:
    """One column of the first row."""

    index: int
    """Place in the order of appearance, 0 = leftmost."""
    kind: str
    """Its exclusive interpretation: "**kern", "**text"."""


@dataclass(slots=True, eq=False)
class Lane:
    """One sub-column of a spine."""

    spine: Spine
    voice: int = 1
    """Place within the spine, 1 = leftmost."""
    free: Exact = 0
    """When its last note or rest ends."""
    graces: int = 0
    """Grace notes since its last ordinary note."""


class Row(NamedTuple):
    """One line of the file."""

    line: int
    cells: list[str]
    lanes: list[Lane]
    """One for each cell; empty for a line about the whole file ("!!...")."""


_MANIPULATORS = frozenset(("*^", "*v", "*x", "*+", "*-"))


def decode(data: bytes) -> tuple[str, bool]:
    """The file's text, and whether it had to be taken for Latin-1."""
    try:
        text, legacy = data.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        text, legacy = data.decode("latin-1"), True
    return text.replace("\r\n", "\n").replace("\r", "\n"), legacy


def rows(text: str, name: str) -> Iterator[Row]:
    """Every line that is not empty, with the lanes that its cells stand in.

    Raises:
        ScoreReadError: a line with too many or too few cells, or a file that does not end its spines.
    """
    lanes: list[Lane] = []
    started, line = False, 0
    for line, content in enumerate(text.split("\n"), 1):
        if not content.strip():
            continue
        if content.startswith("!!"):
            yield Row(line, [content], [])
            continue
        cells = content.split("\t")
        if not lanes:
            lanes = _start(cells, started, name, line)
            started = True
        elif len(cells) != len(lanes):
            cells = _fitting(cells, len(lanes), name, line)
        yield Row(line, cells, lanes)
        if content[0] == "*" and (not _MANIPULATORS.isdisjoint(cells) or any(c.startswith("**") for c in cells)):
            lanes = _rearranged(cells, lanes, name, line)
    if not started:
        raise ScoreReadError(f"{name}: has no line that starts with **kern; check that it is a Humdrum file")
    if lanes:
        raise ScoreReadError(
            f"{name}, line {line}: the file stops here without ending its {len(lanes)} spines (*-); "
            "it was cut off, fetch it again"
        )


def _start(cells: list[str], started: bool, name: str, line: int) -> list[Lane]:
    if started:
        raise ScoreReadError(f"{name}, line {line}: goes on after all spines ended (*-); give each piece its own file")
    if not all(cell.startswith("**") and len(cell) > 2 for cell in cells):
        raise ScoreReadError(
            f'{name}, line {line}: "{cells[0][:20]}" stands before any spine has begun; restore the first lines'
        )
    return [Lane(Spine(index, cell.strip())) for index, cell in enumerate(cells)]


def _fitting(cells: list[str], wanted: int, name: str, line: int) -> list[str]:
    """The cells without empty ones (several tabs in a row align columns), if they then fit."""
    full = [cell for cell in cells if cell]
    if len(full) == wanted:
        return full
    raise ScoreReadError(
        f"{name}, line {line}: has {len(cells)} fields where {wanted} spines are open; correct the line's tabs"
    )


def _rearranged(cells: list[str], lanes: list[Lane], name: str, line: int) -> list[Lane]:
    """The lanes after a row of *^ (split), *v (join), *x (exchange), *+ (add) and *- (end)."""
    result: list[Lane] = []
    place = 0
    while place < len(cells):
        cell, lane = cells[place], lanes[place]
        run = 1
        if cell == "*^":
            result += [lane, Lane(lane.spine, free=lane.free)]
        elif cell == "*v":
            while place + run < len(cells) and cells[place + run] == "*v":
                run += 1
            result.append(_joined(lanes[place : place + run]))
        elif cell == "*x" and place + 1 < len(cells) and cells[place + 1] == "*x":
            result += [lanes[place + 1], lane]
            run = 2
        elif cell == "*x":
            raise ScoreReadError(f"{name}, line {line}: *x without a neighbour to change places with; pair it")
        elif cell == "*+":
            result += [lane, Lane(Spine(_next_index(lanes, result), "**"), free=lane.free)]
        elif cell != "*-":
            if cell.startswith("**"):
                lane.spine.kind = cell.strip()
            result.append(lane)
        place += run
    _number_voices(result)
    return result


def _joined(lanes: list[Lane]) -> Lane:
    """One lane for several; it goes on where the last of them ends."""
    first = lanes[0]
    first.free = max(lane.free for lane in lanes)
    first.graces = max(lane.graces for lane in lanes)
    return first


def _next_index(*groups: list[Lane]) -> int:
    return 1 + max(lane.spine.index for lanes in groups for lane in lanes)


def _number_voices(lanes: list[Lane]) -> None:
    seen: dict[int, int] = {}
    for lane in lanes:
        lane.voice = seen[lane.spine.index] = seen.get(lane.spine.index, 0) + 1
