"""A candidate while it is made, as the page draws it."""

from __future__ import annotations

from typing import Any

import numpy as np

from stretto.score.model import NOTE, UNSPELLED, Notes, Score
from stretto.studio.candidates import Round
from stretto.studio.jobs import NOTE_FIELDS, Music, Row
from stretto.studio.joining import only_within


def partial_of(begun: Round, number: int, share: float, music: Music) -> dict[str, Any]:
    """How far a candidate is: the share of the work, the view of the piece but for its notes, these in rows of
    `NOTE_FIELDS`, up to which tick there are new ones, and up to which they stay."""
    rows = music.notes
    if begun.verb == "vary" and begun.selection is not None:
        rows = _rows(only_within(begun.before.score, _with_notes(begun.before.score, rows), begun.selection))
    return {
        "candidate": number,
        "done": round(share, 4),
        "total": 1,
        "end": music.end,
        "kept": music.kept,
        "frame": music.frame,
        "notes": rows,
    }


def _with_notes(score: Score, rows: list[Row]) -> Score:
    """A score of the same bars and parts with other notes, bare of signs."""
    notes: Notes = np.zeros(len(rows), NOTE)
    for name, column in zip(NOTE_FIELDS, zip(*rows, strict=True), strict=False):
        notes[name] = column
    notes["fifths"] = UNSPELLED
    return score.evolve(notes=notes, marks=())


def _rows(score: Score) -> list[Row]:
    columns = [score.notes[name].tolist() for name in NOTE_FIELDS]
    rows: Any = zip(*columns, strict=True)
    return list(rows)
