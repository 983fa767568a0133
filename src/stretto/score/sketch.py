"""Drawing music, for tests and lessons: each line a pitch, each letter a step in time."""

from __future__ import annotations

import re

import numpy as np

from stretto.errors import ScoreReadError
from stretto.score.model import NOTE, UNSPELLED, Notes, sort_notes
from stretto.score.text_names import NOTE_NAME, parse_note

_LINE = re.compile(rf"\s*(\d{{1,3}}|{NOTE_NAME})\s*\|(.*)")


def sketch(drawing: str, *, step: int = 1, part: int = 0) -> Notes:
    '''Notes from a drawing: "x" strikes, "-" holds, "." is silent.

    Spaces and "|" take no time. Several lines may have one pitch, for notes that overlap.

    >>> notes = sketch("""
    ...     67 | x---x---
    ...     C4 | x-------
    ... """)
    >>> [(int(n["pitch"]), int(n["onset"]), int(n["duration"])) for n in notes]
    [(60, 0, 8), (67, 0, 4), (67, 4, 4)]

    Args:
        drawing: a line for each pitch, as number (60 = middle C) or name.
        step: ticks that a letter lasts.
        part: part of all notes.

    Returns:
        Notes in the order of a Score, with voice 1, staff 1; numbered pitches have no spelling.

    Raises:
        ScoreReadError: a letter or a pitch that is none, or a hold of nothing.
    '''
    rows = []
    for number, line in enumerate(drawing.split("\n"), start=1):
        if not line.strip():
            continue
        match = _LINE.fullmatch(line)
        pitch, fifths = (
            (-1, 0) if not match else (int(match[1]), UNSPELLED) if match[1].isdigit() else parse_note(match[1])
        )
        if not match or not 0 <= pitch <= 127:
            raise ScoreReadError(f"drawing, line {number}: {line.strip()!r} is no line like '67 | x---x---'")
        for onset, length in _strikes(re.sub(r"[ |]", "", match[2]), number):
            rows.append((onset * step, length * step, pitch, 0, part, 1, 1, fifths, 0))
    return sort_notes(np.array(rows, dtype=NOTE))


def _strikes(letters: str, number: int) -> list[tuple[int, int]]:
    """Onset and length of every note of a line, in steps."""
    odd = re.search(r"[^x.-]|(?:^|\.)-", letters)
    if odd:
        place = f"drawing, line {number}, step {odd.start() + 1}"
        raise ScoreReadError(f"{place}: {odd[0]!r}; x strikes, - holds what was struck, . is silent")
    return [(note.start(), len(note[0])) for note in re.finditer("x-*", letters)]
