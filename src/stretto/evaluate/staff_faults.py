"""What nobody writes and a network may fall into: silence, a note that never ends, a bar that never changes."""

# Shapes: N notes, M moments, B bars.

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from stretto.evaluate.staff_work import StaffWork

LONGEST_NOTE = 4
"""Bars that a note may last."""

MOST_ALIKE = 4
"""Times that the same bar may stand in a row."""


@dataclass(frozen=True, kw_only=True)
class StaffFaults:
    """How many of each a piece has, or a set of pieces."""

    silences: int = 0
    """Stretches of more than a bar in which nothing sounds."""
    stuck: int = 0
    """Notes that last over LONGEST_NOTE bars."""
    same_bars: int = 0
    """Rows of the same bar, over MOST_ALIKE of them."""

    def __add__(self, other: StaffFaults) -> StaffFaults:
        """Those of both."""
        return StaffFaults(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)})


def faults_of(work: StaffWork) -> StaffFaults:
    """All faults of a piece; a bar is one of its commonest metre."""
    return StaffFaults(
        silences=int((silences(work) > work.bar).sum()),
        stuck=int((work.end_N - work.onset_N > LONGEST_NOTE * work.bar).sum()),
        same_bars=sum(n > MOST_ALIKE for n in rows_of_bars(work)),
    )


def silences(work: StaffWork) -> NDArray[np.int64]:
    """Ticks of each stretch in which nothing sounds, those before the first and after the last note too."""
    order = np.argsort(work.onset_N, kind="stable")
    begins = np.append(work.onset_N[order], work.music.end)
    until = np.insert(np.maximum.accumulate(work.end_N[order]), 0, 0) if len(order) else np.zeros(1, np.int64)
    gaps = begins - until
    found: NDArray[np.int64] = gaps[gaps > 0]
    return found


def rows_of_bars(work: StaffWork) -> list[int]:
    """How often each bar with notes stands in a row: what begins in it, when, on which staff, how long."""
    edges = work.bar_edges_B
    bar_N = np.searchsorted(edges, work.onset_N, side="right") - 1
    notes = work.music.notes
    into = work.onset_N - edges[bar_N]
    found, before = list[int](), b""
    for bar in range(len(edges) - 1):
        own = bar_N == bar
        columns = (into[own], notes["staff"][own], notes["pitch"][own], notes["duration"][own])
        said = b"|".join(np.ascontiguousarray(column, np.int64).tobytes() for column in columns) if own.any() else b""
        if said and said == before:
            found[-1] += 1
        elif said:
            found.append(1)
        before = said
    return found
