"""Parts that hold several voices, as the two staves of a hymn book: taken apart for the network, put together again."""

# Shapes: N notes.

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from stretto.score.model import Clef, Key, Mark, Notes, Score

TOGETHER = 0.5
"""Share of the time for which two voices of a part sound together, from which it holds two voices."""

STACKED = 0.3
"""Share of its onsets that are chords, from which a part holds as many voices as its chords usually have notes."""

ALONE = (1, 1)

Record = TypeVar("Record", Key, Clef)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One voice of a part."""

    part: int
    """Index of the part in the score as it was."""
    staff: int = 1
    voice: int = 1
    rank: int = 0
    """Of the chords of that voice, counted from the top."""


def opened(score: Score) -> tuple[Score, tuple[Line, ...]]:
    """The score with a part for every line, and which line each part is.

    A part that holds one line, or a melody with a chord now and then, stays as it is.
    """
    lines, line_of_note = list[Line](), np.zeros(len(score.notes), int)
    for part in range(len(score.parts)):
        own = np.flatnonzero(score.notes["part"] == part)
        found, which = _lines_of(score.notes[own], part)
        line_of_note[own] = which + len(lines)
        lines += found
    if len(lines) == len(score.parts):
        return score, tuple(lines)
    notes = score.notes.copy()
    notes["part"] = line_of_note
    first = {line.part: n for n, line in reversed(list(enumerate(lines)))}
    several = Counter(line.part for line in lines)
    parts = tuple(
        score.parts[line.part] if several[line.part] == 1 else replace(score.parts[line.part], name="")
        for line in lines
    )
    whole = score.evolve(
        parts=parts,
        notes=notes,
        keys=tuple(replace(key, part=first[key.part]) if key.part >= 0 else key for key in score.keys),
        clefs=tuple(replace(clef, part=n) for clef in score.clefs for n in _lines_under(clef, lines, first)),
        marks=tuple(_with_part(mark, _line_of_mark(mark, lines, notes, first)) for mark in score.marks),
    )
    return whole, tuple(lines)


def closed(score: Score, owner: Sequence[int], lines: Sequence[Line], before: Score) -> Score:
    """The lines of each part together again.

    Args:
        score: with a part for every line, and new parts.
        owner: of each of its parts the line that it is; -1 = a new part.
        lines: as `opened` gave them.
        before: the score as it was.
    """
    if len(lines) == len(before.parts):
        return score
    where, parts = dict[int, int](), list[int]()
    moved = np.zeros(len(owner), int)
    for p, line in enumerate(owner):
        old = lines[line].part if line >= 0 else -1 - p
        if old not in where:
            where[old] = len(parts)
            parts.append(p)
        moved[p] = where[old]
    notes = score.notes.copy()
    notes["part"] = moved[notes["part"]]

    def there(part: int) -> int:
        return int(moved[part]) if part >= 0 else part

    return score.evolve(
        parts=tuple(before.parts[lines[owner[p]].part] if owner[p] >= 0 else score.parts[p] for p in parts),
        notes=notes,
        keys=_once([replace(key, part=there(key.part)) for key in score.keys]),
        clefs=_once([replace(clef, part=there(clef.part)) for clef in score.clefs]),
        marks=tuple(_with_part(mark, there(mark.part)) for mark in score.marks),
    )


def _lines_of(notes: Notes, part: int) -> tuple[list[Line], NDArray[np.int64]]:
    """The lines of a part, top first, and which each of its notes belongs to."""
    streams = sorted({(int(n["staff"]), int(n["voice"])) for n in notes} or {ALONE})
    if len(streams) > 1 and _share_together(notes, streams) >= TOGETHER:
        which = np.array([streams.index((int(n["staff"]), int(n["voice"]))) for n in notes])
        return [Line(part=part, staff=staff, voice=voice) for staff, voice in streams], which
    plain = notes["grace"] == 0
    onset, size = np.unique(notes["onset"][plain], return_counts=True)
    if len(streams) > 1 or not len(onset) or (size > 1).mean() < STACKED:
        return [Line(part=part, staff=streams[0][0], voice=streams[0][1])], np.zeros(len(notes), np.int64)
    rank = np.zeros(len(notes), np.int64)
    for tick in onset.tolist():
        chord = np.flatnonzero(plain & (notes["onset"] == tick))
        rank[chord[np.argsort(-notes["pitch"][chord].astype(int), kind="stable")]] = np.arange(len(chord))
    n_lines = int(np.median(size[size > 1]))
    staff, voice = streams[0]
    return [Line(part=part, staff=staff, voice=voice, rank=k) for k in range(n_lines)], np.minimum(rank, n_lines - 1)


def _share_together(notes: Notes, streams: Sequence[tuple[int, int]]) -> float:
    """Of the time in which a part sounds, the share in which two of its streams do."""
    end = int((notes["onset"] + notes["duration"]).max(initial=1))
    sounding = np.zeros((len(streams), end), bool)
    for note in notes:
        stream = streams.index((int(note["staff"]), int(note["voice"])))
        sounding[stream, int(note["onset"]) : int(note["onset"] + note["duration"])] = True
    n_sounding = sounding.sum(axis=0)
    return float((n_sounding > 1).sum() / max(1, (n_sounding > 0).sum()))


def _lines_under(clef: Clef, lines: Sequence[Line], first: dict[int, int]) -> list[int]:
    """The lines on the staff of a clef; the part's first, where that staff has none."""
    own = [n for n, line in enumerate(lines) if (line.part, line.staff) == (clef.part, clef.staff)]
    return own or [first[clef.part]]


def _line_of_mark(mark: Mark, lines: Sequence[Line], notes: Notes, first: dict[int, int]) -> int:
    """The part, of those of single lines, that a mark stands in."""
    own = [n for n, line in enumerate(lines) if line.part == mark.part]
    if len(own) < 2:
        return first.get(mark.part, mark.part)
    on = (notes["onset"] == mark.tick) & (notes["pitch"] == mark.pitch) & np.isin(notes["part"], own)
    for note in notes[on]:
        if (int(note["staff"]), int(note["voice"])) == (mark.staff, mark.voice) or on.sum() == 1:
            return int(note["part"])
    same = [n for n in own if (lines[n].staff, lines[n].voice) == (mark.staff, mark.voice)]
    return (same or own)[0]


def _with_part(mark: Mark, part: int) -> Mark:
    return mark if mark.part == part else replace(mark, part=part)


def _once(records: Sequence[Record]) -> tuple[Record, ...]:
    return tuple(dict.fromkeys(records))
