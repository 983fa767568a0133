"""Where everything on a piano-roll stands: rows of bars, lanes of pitches, colours of parts and hands."""

from __future__ import annotations

from colorsys import hls_to_rgb
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from stretto.render.engrave_child import break_lines
from stretto.score.model import TICKS_PER_QUARTER, Notes, Score

COLOURS = ("#c8441b", "#d99a06", "#1a8f5c", "#1f66b0", "#b0569a", "#3aa3c9", "#7a6a1e", "#5c5c66")
"""Of the first eight parts; told apart by the colour-blind too. After M. Okabe and K. Ito, "Color Universal Design"."""

MAX_QUARTER = 1400
"""Widest quarter, hundredths of a millimetre."""

ROW_QUARTERS = 36
"""Quarters that a row holds at most: a sixteenth is then 1.8 mm wide."""

LANE_HEIGHTS = ((30, 280), (46, 235), (64, 165), (128, 125))
"""(pitches up to, height of a lane in hundredths of a millimetre)."""

MIN_PITCHES = 13
"""A roll shows an octave at least."""

NAMES = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
"""Of pitches whose spelling is not known."""

PIANOS = range(8)
"""General MIDI programs."""

HANDS = ("right hand", "left hand")
STAVES = ("upper staff", "lower staff")

BLACK_KEYS = {1, 3, 6, 8, 10}


@dataclass(frozen=True, kw_only=True)
class Row:
    """A stretch of time; the rows stand one under the other."""

    start: int
    end: int
    """Ticks."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The frame of a roll. Lengths are hundredths of a millimetre."""

    rows: tuple[Row, ...]
    lowest: int
    highest: int
    """Pitches shown, both included."""
    lane: float
    """Height of one pitch."""
    per_tick: float
    """Width of one tick."""

    @property
    def row_height(self) -> float:
        """Height of all lanes."""
        return (self.highest - self.lowest + 1) * self.lane


def plan_roll(score: Score, width: float) -> Plan:
    """Frame a roll of this width."""
    pitches = score.notes["pitch"].astype(np.int64)
    lowest, highest = (int(pitches.min()), int(pitches.max())) if len(pitches) else (60, 72)
    short = max(0, MIN_PITCHES - 2 - (highest - lowest + 1))
    lowest, highest = max(0, lowest - 1 - short // 2), min(127, highest + 1 + (short + 1) // 2)
    rows = _rows(score)
    longest = max(row.end - row.start for row in rows)
    return Plan(
        rows=rows,
        lowest=lowest,
        highest=highest,
        lane=next(height for n, height in LANE_HEIGHTS if highest - lowest + 1 <= n),
        per_tick=min(width / longest, MAX_QUARTER / TICKS_PER_QUARTER),
    )


def _rows(score: Score) -> tuple[Row, ...]:
    """Whole bars, in rows of about one length; a bar longer than a row is cut."""
    room = ROW_QUARTERS * TICKS_PER_QUARTER
    edges = [bar.tick for bar in score.bars] or [0]
    edges = [*edges, max(score.end, edges[-1] + 1)]
    cuts = [edges[0]]
    for start, end in pairwise(edges):
        n = max(1, -(-(end - start) // room))
        cuts += [start + (end - start) * i // n for i in range(1, n)] + [end]
    widths = [float(end - start) for start, end in pairwise(cuts)]
    starts = [0, *break_lines(widths, 0.0, float(room), set()), len(widths)]
    return tuple(Row(start=cuts[a], end=cuts[b]) for a, b in pairwise(starts))


def lines_of(score: Score) -> list[tuple[str, int, int]]:
    """The lines that have a colour each, in their order: name, part and staff, 0 = all; a part on two staves is two."""
    found: list[tuple[str, int, int]] = []
    for index, part in enumerate(score.parts):
        name = part.name or f"part {index + 1}"
        if part.n_staves == len(HANDS):
            own = HANDS if part.program in PIANOS else STAVES
            found += [(f"{name}, {said}", index, staff) for staff, said in enumerate(own, 1)]
        else:
            found.append((name, index, 0))
    return found


def colour(part: int) -> str:
    """Colour of a part, "#rrggbb"; past the eighth, turns of the golden angle around the circle of hues."""
    if part < len(COLOURS):
        return COLOURS[part]
    hue = (part * 0.61803398875) % 1.0
    lightness = (0.38, 0.5, 0.3)[part % 3]
    return "#" + "".join(f"{round(255 * channel):02x}" for channel in hls_to_rgb(hue, lightness, 0.6))


def shares(notes: Notes) -> list[tuple[int, int]]:
    """(place, number) of notes that share a pitch and a time: unisons stand side by side within the lane.

    Args:
        notes: sorted as in a Score.
    """
    result = [(0, 1)] * len(notes)
    onsets, ends = notes["onset"], notes["onset"] + np.maximum(notes["duration"], 1)
    for pitch in np.unique(notes["pitch"]):
        group: list[int] = []
        until = -1
        for index in [*np.flatnonzero(notes["pitch"] == pitch), -1]:
            if index >= 0 and onsets[index] < until:
                group.append(int(index))
                until = max(until, int(ends[index]))
                continue
            for index_in_group, place in _places(group, notes).items():
                result[index_in_group] = place
            if index >= 0:
                group, until = [int(index)], int(ends[index])
    return result


def _places(group: list[int], notes: Notes) -> dict[int, tuple[int, int]]:
    lines = sorted({(int(notes["part"][i]), int(notes["voice"][i])) for i in group})
    return {i: (lines.index((int(notes["part"][i]), int(notes["voice"][i]))), len(lines)) for i in group}
