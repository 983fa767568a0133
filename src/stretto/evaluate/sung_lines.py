"""A score as single lines, however many: what is compared with other music."""

# Shapes: N notes of a line, T cells, V lines.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.score.model import Notes, Score

CHORDAL = 0.2
"""Share of a voice's moments at which it strikes chords, from which its lowest notes are a line of their own."""

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False, kw_only=True)
class SungLine:
    """Notes one after the other."""

    part: int
    """Index of the part in the score."""
    onset_N: Ints
    end_N: Ints
    """Not beyond the next onset."""
    pitch_N: Ints


def sung_lines(score: Score) -> list[SungLine]:
    """Every voice of every part that has pitches, from top to bottom; of one that plays chords, top and bottom.

    Graces are left out, and lines without a note.
    """
    notes = score.notes[(score.notes["grace"] == 0) & (score.notes["duration"] > 0)]
    pitched = np.array([not part.percussion for part in score.parts], bool)
    notes = notes[pitched[notes["part"]]] if len(notes) else notes
    lines = []
    for part, voice in np.unique(np.stack([notes["part"], notes["voice"]], axis=1), axis=0).tolist():
        own = notes[(notes["part"] == part) & (notes["voice"] == voice)]
        top = _line(own, part, highest=True)
        lines.append(top)
        if len(own) > (1 + CHORDAL) * len(top.onset_N):
            lines.append(_line(own, part, highest=False))
    means = [float(np.average(line.pitch_N, weights=line.end_N - line.onset_N)) for line in lines]
    # Parts may cross for a while; only an order that is plainly another is changed.
    if any(upper < lower - 1 for upper, lower in pairwise(means)):
        lines = [lines[i] for i in np.argsort([-mean for mean in means], kind="stable").tolist()]
    return lines


def _line(notes: Notes, part: int, *, highest: bool) -> SungLine:
    pitch = notes["pitch"].astype(np.int64)
    notes = notes[np.lexsort((-pitch if highest else pitch, notes["onset"]))]
    onset = notes["onset"].astype(np.int64)
    first = np.diff(onset, prepend=-1) > 0
    onset, end = onset[first], (onset + notes["duration"])[first]
    end[:-1] = np.minimum(end[:-1], onset[1:])
    return SungLine(part=part, onset_N=onset, end_N=end, pitch_N=notes["pitch"][first].astype(np.int64))


def cells_of(lines: Sequence[SungLine], step: int, start: int = 0) -> NDArray[np.int16]:
    """What each line sounds at tick `start` and every `step` ticks after it, (T, V); -1 = rest."""
    end = max((int(line.end_N[-1]) for line in lines), default=0)
    ticks = np.arange(start, end, step)
    columns = list[NDArray[np.int16]]()
    for line in lines:
        found = np.searchsorted(line.onset_N, ticks, side="right") - 1
        sounds = (found >= 0) & (ticks < line.end_N[found])
        columns.append(np.where(sounds, line.pitch_N[found], -1).astype(np.int16))
    return np.stack(columns, axis=1) if columns else np.zeros((0, 0), np.int16)


def usual_duration(score: Score) -> float:
    """Median length of a note, in ticks; 0 where there are none."""
    durations: NDArray[Any] = score.notes["duration"][score.notes["grace"] == 0]
    return float(np.median(durations)) if len(durations) else 0.0
