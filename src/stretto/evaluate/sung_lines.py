"""A score as single lines, however many: what is compared with other music."""

# Shapes: N notes of a line, T cells, V lines.

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.score.model import TICKS_PER_QUARTER, Notes, Score

CHORDAL = 0.2
"""Share of a voice's moments at which it strikes chords, from which its lowest notes are a line of their own."""

DOUBLED = 0.8
"""Share of its time in which a line sounds what another does, from which it only doubles that."""

N_VOICES = 4

MIDDLE = 60
"""Pitch in the middle of a choir's ranges."""

SUNG = re.compile(r"\s*(voice|voce|sopran|alt|tenor|bas|cant|discant|superius|quintus|[satb]\.?$)", re.IGNORECASE)
"""How the names of parts begin that sing."""

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


def choirs_in(score: Score, lines: Sequence[SungLine]) -> list[tuple[int, ...]]:
    """Which lines may be the voices of a choir, three or four, from the top; several ways where one cannot tell.

    Of more than four it is those that are named as voices. Else lines that double another, as instruments do, are left
    out, the one further from the middle of all ranges; of five that remain any four may be it, of more the outer two
    and, between them, the two that sound most.
    """
    if len(lines) in (3, N_VOICES):
        return [tuple(range(len(lines)))]
    sung = [i for i, line in enumerate(lines) if SUNG.match(score.parts[line.part].name)]
    if len(sung) == N_VOICES:
        return [tuple(sung)]
    own = list[int]()
    for i in sorted(range(len(lines)), key=lambda i: abs(float(lines[i].pitch_N.mean()) - MIDDLE)):
        if not any(_doubles(lines[i], lines[j]) for j in own):
            own.append(i)
    own.sort()
    if len(own) in (3, N_VOICES):
        return [tuple(own)]
    if len(own) == N_VOICES + 1:
        return list(combinations(own, N_VOICES))
    if len(own) > N_VOICES:
        inner = sorted(own[1:-1], key=lambda i: -int((lines[i].end_N - lines[i].onset_N).sum()))[: N_VOICES - 2]
        return [(own[0], *sorted(inner), own[-1])]
    return []


def _doubles(line: SungLine, other: SungLine) -> bool:
    """Whether a line nearly always sounds what the other does, in whichever octave."""
    one, two = cells_of([line, other], TICKS_PER_QUARTER // 2).T
    both = (one >= 0) & (two >= 0)
    same = (one[both] - two[both]) % 12 == 0
    return len(same) > DOUBLED * (one >= 0).sum() and bool(same.mean() > DOUBLED)


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
