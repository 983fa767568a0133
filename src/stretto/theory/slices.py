"""A score cut where anything changes: what each voice sounds, moment by moment."""

# Shapes: T slices, V voices.

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from stretto.score.model import Score

SILENT = -1
"""`pitch` of a voice that rests."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Slices:
    """Voices from top to bottom, cut at every onset and end of a note."""

    tick_T: NDArray[np.int64]
    """Start of each slice, rising."""
    pitch_TV: NDArray[np.int64]
    """MIDI pitch, or SILENT."""
    struck_TV: NDArray[np.bool_]
    """The voice's note begins with this slice."""
    end: int
    """Tick at which the last slice ends."""

    def __len__(self) -> int:
        """Number of slices."""
        return len(self.tick_T)

    @property
    def duration_T(self) -> NDArray[np.int64]:
        """Length of each slice in ticks."""
        return np.diff(self.tick_T, append=self.end)

    @property
    def lowest_T(self) -> NDArray[np.int64]:
        """Lowest sounding pitch of each slice, SILENT where nothing sounds."""
        raised = np.where(self.pitch_TV == SILENT, 999, self.pitch_TV).min(axis=1, initial=999)
        return np.where(raised == 999, SILENT, raised)

    def at(self, tick: int) -> int:
        """Index of the slice that holds `tick`."""
        return max(0, bisect_right(self._starts, tick) - 1)

    @cached_property
    def _starts(self) -> list[int]:
        starts: list[int] = self.tick_T.tolist()
        return starts


def slices_of(score: Score, parts: Sequence[int] | None = None) -> Slices:
    """Slices of some parts, each taken as one voice (where it has chords, its top line).

    Args:
        score: any score; graces are left out.
        parts: indices from top to bottom; None = all that are not percussion.
    """
    parts = voices_of(score) if parts is None else parts
    plain = score.notes[(score.notes["grace"] == 0) & np.isin(score.notes["part"], parts)]
    ends = plain["onset"] + plain["duration"]
    ticks = np.unique(np.concatenate([[0], plain["onset"], ends])).astype(np.int64)
    ticks = ticks[ticks < max(score.end, 1)]
    pitch = np.full((len(ticks), len(parts)), SILENT, np.int64)
    struck = np.zeros((len(ticks), len(parts)), bool)
    column = {part: v for v, part in enumerate(parts)}
    first, last = np.searchsorted(ticks, plain["onset"]), np.searchsorted(ticks, ends)
    rows = zip(first.tolist(), last.tolist(), plain["pitch"].tolist(), plain["part"].tolist(), strict=True)
    for a, b, p, part in rows:
        v = column[part]
        if struck[a, v] and pitch[a, v] >= p:
            continue
        pitch[a:b, v] = p
        struck[a, v], struck[a + 1 : b, v] = True, False
    return Slices(tick_T=ticks, pitch_TV=pitch, struck_TV=struck, end=score.end)


def voices_of(score: Score) -> list[int]:
    """Indices of the parts that have pitches."""
    return [i for i, part in enumerate(score.parts) if not part.percussion]
