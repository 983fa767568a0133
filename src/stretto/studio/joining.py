"""Some bars of one version of a piece set into another, so that no note is cut or doubled where they meet."""

# Shapes: N notes.

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stretto.score.model import Notes, Score
from stretto.studio.hung_marks import Hung
from stretto.studio.piece_messages import Selection


def only_within(before: Score, after: Score, selection: Selection) -> Score:
    """The piece as it was, but for the selected bars and parts, which are as the verb made them.

    In each line the new notes begin and end where neither version holds a note over: a little inside the selection
    where something is tied over its edges. What is not selected stays to the note.
    """
    if len(before.parts) != len(after.parts) or [bar.tick for bar in before.bars] != [bar.tick for bar in after.bars]:
        return after
    gone_N = np.zeros(len(before.notes), np.bool_)
    fresh_N = np.zeros(len(after.notes), np.bool_)
    for part, staff in _lines(before, after, selection):
        spot = _in_line(before.notes, part, staff), _in_line(after.notes, part, staff)
        start, end = _joints(before.notes[spot[0]], after.notes[spot[1]], selection.start, selection.end)
        gone_N |= spot[0] & _between(before.notes, start, end)
        fresh_N |= spot[1] & _between(after.notes, start, end)
    marks = [*Hung(before).without(gone_N), *Hung(after).on(fresh_N)]
    notes = np.concatenate([before.notes[~gone_N], after.notes[fresh_N]])
    return before.evolve(notes=notes, marks=tuple(dict.fromkeys(marks)))


def _lines(before: Score, after: Score, selection: Selection) -> list[tuple[int, int]]:
    """Part and staff of all that may change."""
    found = set[tuple[int, int]]()
    for notes in (before.notes, after.notes):
        found |= set(zip(notes["part"].tolist(), notes["staff"].tolist(), strict=True))
    return sorted(
        (part, staff)
        for part, staff in found
        if (not selection.parts or part in selection.parts) and (not selection.staves or staff in selection.staves)
    )


def _in_line(notes: Notes, part: int, staff: int) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (notes["part"] == part) & (notes["staff"] == staff)
    return found


def _between(notes: Notes, start: int, end: int) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (notes["onset"] >= start) & (notes["onset"] < end)
    return found


def _joints(before: Notes, after: Notes, start: int, end: int) -> tuple[int, int]:
    """The first and the last tick from `start` to `end` over which neither version holds a note; (end, end) = none."""
    onset_N = np.concatenate([before["onset"], after["onset"]])
    stop_N = onset_N + np.concatenate([before["duration"], after["duration"]])
    ticks = np.unique(np.concatenate([[start, end], onset_N, stop_N]))
    free = [
        tick
        for tick in ticks[(ticks >= start) & (ticks <= end)].tolist()
        if not ((onset_N < tick) & (stop_N > tick)).any()
    ]
    return (free[0], free[-1]) if free else (end, end)
