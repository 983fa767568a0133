"""Clefs of a document with new notes in it: its own, and where those would stand on many ledger lines, others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from stretto.frames.canvas import Hole
from stretto.score.model import Clef, Mark, Notes, Score
from stretto.theory.clefs import KEYBOARD, QUARTET, ClefKind, ledger_lines
from stretto.theory.staff_page import with_clefs
from stretto.verbs.staves.document import StaffDocument

LEGIBLE = 3
"""Ledger lines that are left as they are."""


def filled_clefs(
    document: StaffDocument, added: Notes, holes: Sequence[Hole], *, keep: Sequence[int]
) -> tuple[tuple[Clef, ...], list[Mark]]:
    """The document's clefs with those that new notes need, and new signs of octaves.

    Args:
        document: the user's.
        added: the new notes.
        holes: where they are.
        keep: staves that are new as a whole.
    """
    clefs, marks = list(document.score.clefs), []
    for staff in keep:
        clefs = _of_new_staff(document, added, staff, clefs)
    for hole in holes if document.played is None else ():
        if hole.part not in keep and not hole.silent:
            clefs, signs = _of_hole(document, added, hole, clefs)
            marks += signs
    return tuple(clefs), marks


def _of_new_staff(document: StaffDocument, added: Notes, staff: int, clefs: list[Clef]) -> list[Clef]:
    part, own = document.places[staff]
    kinds = [kind for kind in _kinds(document, staff) if not kind.shift]
    notes = added[(added["part"] == part) & (added["staff"] == own)]
    if not kinds or not len(notes):
        return clefs
    barlines = [bar.tick for bar in document.score.bars]
    found, _ = _suited(notes, barlines, kinds, (part, own), document.score.end)
    return [clef for clef in clefs if (clef.part, clef.staff) != (part, own)] + found


def _of_hole(document: StaffDocument, added: Notes, hole: Hole, clefs: list[Clef]) -> tuple[list[Clef], list[Mark]]:
    """The clefs with those of a hole of which the document's own clef would show too little."""
    part, own = document.places[hole.part]
    before = _in_force(clefs, part, own, hole.start)
    after = _in_force(clefs, part, own, hole.end)
    kinds = sorted(_kinds(document, hole.part), key=lambda kind: not _is_of(kind, before))
    notes = added[(added["part"] == part) & (added["staff"] == own)]
    notes = notes[(notes["onset"] >= hole.start) & (notes["onset"] < hole.end)]
    if before is None or after is None or not kinds or not _is_of(kinds[0], before) or not len(notes):
        return clefs, []
    inside = [c for c in clefs if (c.part, c.staff) == (part, own) and hole.start < c.tick < hole.end]
    high = int(ledger_lines(notes["pitch"].astype(np.int64), kinds[0]).max()) > LEGIBLE
    short = hole.end - hole.start < document.score.meter_at(hole.start).bar_ticks
    if not high or short or inside or _shifted(document.score, hole, part):
        return clefs, []
    kinds[0] = replace(kinds[0], price=0.0, stay=0.0)
    bars = [bar.tick for bar in document.score.bars if hole.start < bar.tick < hole.end]
    found, marks = _suited(notes, [hole.start, *bars], kinds, (part, own), hole.end)
    last = found[-1]
    found = found[_same(found[0], before) :]
    clefs = [c for c in clefs if not (found and (c.part, c.staff, c.tick) == (part, own, hole.start))]
    ends = any((c.part, c.staff, c.tick) == (part, own, hole.end) for c in clefs)
    if not _same(last, after) and not ends and hole.end < document.score.end:
        found.append(replace(after, tick=hole.end))
    return clefs + found, marks


def _suited(
    notes: Notes, barlines: Sequence[int], kinds: Sequence[ClefKind], place: tuple[int, int], end: int
) -> tuple[list[Clef], list[Mark]]:
    """Clefs and signs of octaves of the notes of one staff."""
    alone = notes.copy()
    alone["staff"] = 1
    clefs, marks = with_clefs(alone, barlines, [kinds], part=place[0], end=end)
    return [replace(clef, staff=place[1]) for clef in clefs], [replace(mark, staff=place[1]) for mark in marks]


def _kinds(document: StaffDocument, staff: int) -> list[ClefKind]:
    """Clefs that a staff may have; none = the writer chooses."""
    kinds = {len(KEYBOARD): KEYBOARD, len(QUARTET): QUARTET}.get(len(document.players.staves))
    return [] if kinds is None else list(kinds[staff])


def _in_force(clefs: Sequence[Clef], part: int, staff: int, tick: int) -> Clef | None:
    own = [clef for clef in clefs if (clef.part, clef.staff) == (part, staff) and clef.tick <= tick]
    return max(own, key=lambda clef: clef.tick) if own else None


def _is_of(kind: ClefKind, clef: Clef | None) -> bool:
    return clef is not None and (kind.sign, kind.line, kind.shift) == (clef.sign, clef.line, clef.octave)


def _same(one: Clef, other: Clef) -> bool:
    return (one.sign, one.line, one.octave) == (other.sign, other.line, other.octave)


def _shifted(score: Score, hole: Hole, part: int) -> bool:
    """Whether a sign of octaves of the document reaches into a hole."""
    signs = [mark for mark in score.marks if mark.kind == "octave-shift" and mark.part == part]
    return any(mark.tick < hole.end and mark.end > hole.start for mark in signs)
