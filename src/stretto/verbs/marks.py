"""Words, slurs and signs on the notes of a document, where some of these notes are written anew."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from stretto.score.model import Mark, Notes, Score

BOWS = ("up-bow", "down-bow")
"""Technical signs that are for any pitch."""

Sung = Mapping[tuple[int, int], tuple[int, int]]
"""Part and onset -> pitch and duration."""


def marks_over(score: Score, gone: NDArray[np.bool_], fresh: Notes) -> list[Mark]:
    """What stays of a score's marks: those on notes that stay, and those that new notes can take over.

    A word goes over to a new note that begins where its own did, an end of a slur likewise; a sign of how a note is
    played to one that is also as long. Fermatas are not among them: they stand where phrases end.

    Args:
        score: as it was.
        gone: which of its notes are taken away, (N,).
        fresh: the notes that come instead, one at a time in each part.
    """
    old = {
        (int(note["part"]), int(note["onset"]), int(note["pitch"])): int(note["duration"]) for note in score.notes[gone]
    }
    new = {(int(n["part"]), int(n["onset"])): (int(n["pitch"]), int(n["duration"])) for n in fresh}
    stays = {(int(note["part"]), int(note["onset"]), int(note["pitch"])) for note in score.notes[~gone]}
    moved = (_moved(mark, old, new, _end_part(mark, old, stays)) for mark in score.marks)
    return [mark for mark in moved if mark is not None]


def _end_part(mark: Mark, old: Mapping[tuple[int, int, int], int], stays: Set[tuple[int, int, int]]) -> int:
    """The part of the note on which a mark ends: on a piano a slur may lead from one line into another."""
    if mark.end_pitch < 0 or (mark.part, mark.end, mark.end_pitch) in stays:
        return mark.part
    others = [part for part, tick, pitch in old if (tick, pitch) == (mark.end, mark.end_pitch)]
    return mark.part if mark.part in others or not others else others[0]


def _moved(mark: Mark, old: Mapping[tuple[int, int, int], int], new: Sung, end_part: int) -> Mark | None:
    """A mark with the pitches of the notes on which it now hangs; None = they are no more."""
    if (mark.part, mark.tick, mark.pitch) in old:
        pitch, duration = new.get((mark.part, mark.tick), (-1, 0))
        if pitch < 0 or not _suits(mark, old[mark.part, mark.tick, mark.pitch], duration):
            return None
        mark = replace(mark, pitch=pitch)
    if (end_part, mark.end, mark.end_pitch) in old:
        pitch, _ = new.get((end_part, mark.end), (-1, 0))
        return replace(mark, end_pitch=pitch) if pitch >= 0 else None
    return mark


def _suits(mark: Mark, was: int, duration: int) -> bool:
    """A mark of a note that was so long suits one of another pitch, and of this length."""
    if mark.grace or mark.kind == "fermata":
        return False
    if mark.kind in ("lyric", "slur"):
        return True
    return was == duration and (mark.kind != "technical" or mark.text in BOWS)
