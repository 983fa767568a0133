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
    """Every voice of every part that has pitches, from top to bottom; of one that plays chords, those of `chord_lines`.

    Graces are left out, and lines without a note.
    """
    notes = score.notes[(score.notes["grace"] == 0) & (score.notes["duration"] > 0)]
    pitched = np.array([not part.percussion for part in score.parts], bool)
    notes = notes[pitched[notes["part"]]] if len(notes) else notes
    lines = []
    for part, voice in np.unique(np.stack([notes["part"], notes["voice"]], axis=1), axis=0).tolist():
        own = notes[(notes["part"] == part) & (notes["voice"] == voice)]
        chordal = len(own) > (1 + CHORDAL) * len(np.unique(own["onset"]))
        lines += chord_lines(own, part) if chordal else [_top_line(own, part)]
    means = [float(np.average(line.pitch_N, weights=line.end_N - line.onset_N)) for line in lines]
    # Parts may cross for a while; only an order that is plainly another is changed.
    if any(upper < lower - 1 for upper, lower in pairwise(means)):
        lines = [lines[i] for i in np.argsort([-mean for mean in means], kind="stable").tolist()]
    return lines


def _top_line(notes: Notes, part: int) -> SungLine:
    notes = notes[np.lexsort((-notes["pitch"].astype(np.int64), notes["onset"]))]
    onset = notes["onset"].astype(np.int64)
    first = np.diff(onset, prepend=-1) > 0
    onset, end = onset[first], (onset + notes["duration"])[first]
    end[:-1] = np.minimum(end[:-1], onset[1:])
    return SungLine(part=part, onset_N=onset, end_N=end, pitch_N=notes["pitch"][first].astype(np.int64))


def chord_lines(notes: Notes, part: int) -> list[SungLine]:
    """Notes that stand as chords, as lines from top to bottom: three or four where so many sound, else the outer two.

    A line is what sounds at its place from the top, the lowest one what is lowest; where fewer sound, an inner line
    takes the pitch that is nearest to what it had, as in a unison. What is held stays with its line.
    """
    onset, pitch = notes["onset"].astype(np.int64), notes["pitch"].astype(np.int64)
    end = onset + notes["duration"]
    edges = np.unique(np.concatenate([onset, end]))
    first, last = np.searchsorted(edges, onset), np.searchsorted(edges, end)
    chords: list[list[int]] = [[] for _ in edges[:-1]]
    for i in np.argsort(-pitch, kind="stable").tolist():
        for t in range(int(first[i]), int(last[i])):
            chords[t].append(i)
    n_lines = _usual_width([len(chord) for chord in chords], np.diff(edges))
    placed = _placed(chords, pitch, n_lines)
    return [_joined([row[k] for row in placed], edges, pitch, part) for k in range(n_lines)]


def _usual_width(n_T: list[int], ticks_T: Ints) -> int:
    """How many notes sound at once for most of the time in which any do, if that is three or four; else two."""
    time_N = np.bincount(n_T, weights=ticks_T)
    sounding = time_N[1:].sum()
    width = int(time_N[1:].argmax()) + 1 if sounding else 0
    return width if width in (3, N_VOICES) and time_N[width + 1 :].sum() <= CHORDAL * sounding else 2


def _placed(chords: list[list[int]], pitch: Ints, n_lines: int) -> list[list[int]]:
    """Which note each line has in each chord; -1 = none sounds."""
    before = [0] * n_lines
    placed = []
    for chord in chords:
        if len(chord) >= n_lines:
            row = [*chord[: n_lines - 1], chord[-1]]
        elif chord:
            inner = [min(chord, key=lambda i: abs(int(pitch[i]) - last)) for last in before[1:-1]]
            row = [chord[0], *inner, chord[-1]]
        else:
            row = [-1] * n_lines
        before = [int(pitch[i]) if i >= 0 else last for i, last in zip(row, before, strict=True)]
        placed.append(row)
    return placed


def _joined(note_T: list[int], edges: Ints, pitch: Ints, part: int) -> SungLine:
    """A line of the notes that it has from moment to moment; one that goes on is one."""
    rows: list[tuple[int, int, int]] = []
    before = -1
    for t, i in enumerate(note_T):
        if i >= 0 and i == before:
            rows[-1] = (rows[-1][0], int(edges[t + 1]), int(pitch[i]))
        elif i >= 0:
            rows.append((int(edges[t]), int(edges[t + 1]), int(pitch[i])))
        before = i
    start, end, high = np.array(rows, np.int64).reshape(-1, 3).T
    return SungLine(part=part, onset_N=start, end_N=end, pitch_N=high)


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
