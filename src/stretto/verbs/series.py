"""Pitches that stay in their order while their rhythm is drawn anew."""

# Shapes: S streams, V parts, O = 2 + P options.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.engine.flagship import FIRST_PITCH, GO_ON, TAKE_REST
from stretto.frames.canvas import Hole
from stretto.frames.parts import ONSET, PartFrames, notes_of_parts

Ints = NDArray[np.integer[Any]]

UNITS = (24, 12, 6, 3, 2, 1)
"""Ticks that every note keeps at least, as many as fit."""

SLACK = 2 / 3
"""Share of the time that these may take: the rest is for the rhythm."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """The pitches of one part in one stretch of time, in order."""

    part: int
    start: int
    end: int
    pitches: tuple[int, ...]

    @property
    def unit(self) -> int:
        """Ticks that each note keeps at least."""
        room = self.end - self.start
        fits = (unit for unit in UNITS if len(self.pitches) * unit <= room * SLACK)
        return next(fits, max(1, room // max(1, len(self.pitches))))


def rows_of(frames: PartFrames, holes: Sequence[Hole]) -> list[Row]:
    """What is kept in the holes that keep pitches; holes of a part that touch are one."""
    notes, rows = notes_of_parts(frames), list[Row]()
    for hole in _joined(sorted((h for h in holes if h.keep_pitches), key=lambda h: (h.part, h.start))):
        own = notes[(notes["part"] == hole.part) & (notes["onset"] >= hole.start) & (notes["onset"] < hole.end)]
        if len(own):
            # A note that is open though it reaches beyond the hole leaves its time to the others.
            end = max(min(hole.end, frames.end), int((own["onset"] + own["duration"]).max()))
            rows.append(Row(part=hole.part, start=hole.start, end=end, pitches=tuple(own["pitch"].tolist())))
    return rows


def _joined(holes: Sequence[Hole]) -> list[Hole]:
    found = list[Hole]()
    for hole in holes:
        if found and found[-1].part == hole.part and found[-1].end >= hole.start:
            found[-1] = Hole(part=hole.part, start=found[-1].start, end=max(found[-1].end, hole.end))
        else:
            found.append(hole)
    return found


class Series:
    """How far each stream has come in every row."""

    def __init__(self, rows: Sequence[Row], n_streams: int, lowest: int) -> None:
        """Before the first frame; `lowest` is the MIDI pitch of the network's first."""
        self.rows, self.lowest = rows, lowest
        self.struck_SR = np.zeros((n_streams, len(rows)), int)

    def watch(self, tick_S: Ints, state_SV: Ints) -> None:
        """Hear the frame that begins at these ticks."""
        for r, row in enumerate(self.rows):
            inside_S = (tick_S >= row.start) & (tick_S < row.end)
            self.struck_SR[:, r] += inside_S & (state_SV[:, row.part] == ONSET)

    def barred(self, part: int, tick_S: Ints, open_S: NDArray[np.bool_], n_options: int) -> NDArray[np.bool_]:
        """Options of `part` that are not the next note, or leave too little time for the others, (S, O)."""
        out = np.zeros((len(tick_S), n_options), bool)
        for r, row in enumerate(self.rows):
            if row.part != part:
                continue
            for s in np.flatnonzero(open_S & (tick_S >= row.start) & (tick_S < row.end)).tolist():
                done = int(self.struck_SR[s, r])
                left = len(row.pitches) - done
                out[s, TAKE_REST:] = True
                if left:
                    out[s, FIRST_PITCH + row.pitches[done] - self.lowest] = False
                    out[s, GO_ON] = done == 0 or tick_S[s] >= row.end - left * row.unit
        return out

    def cut(self, stream: int, tick: int, state_V: Ints) -> int:
        """Ticks after which the frame that begins now must end, so that there is time for all."""
        cuts = [
            row.end - (len(row.pitches) - int(self.struck_SR[stream, r]) - int(state_V[row.part] == ONSET)) * row.unit
            for r, row in enumerate(self.rows)
            if row.start <= tick < row.end
        ]
        return min((cut - tick for cut in cuts if cut > tick), default=np.iinfo(np.int32).max)
