"""Joins tied notes: in the Score a tied note is one note with its whole length."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace

from stretto.score.model import Mark
from stretto.score.musicxml_part import RawNote
from stretto.score.musicxml_source import Exact, Source

Place = tuple[int, int, int, int]
"""Tick, pitch, voice and staff of a written note."""


def join_ties(
    notes: list[RawNote], source: Source, part: int, label: str
) -> tuple[list[RawNote], list[Mark], dict[Place, RawNote]]:
    """Join what ties lead to, whatever the order of the voices in the file.

    Returns:
        The notes that are struck; a tie-split mark for every tie inside a bar; and, where a tie leads to another
        voice or staff, the note to which what hangs on its second half now belongs.
    """
    open_ties: dict[tuple[int, Exact], list[RawNote]] = {}
    for note in notes:
        if note.tie_start and not note.grace:
            open_ties.setdefault((note.pitch, note.end), []).append(note)
        elif note.tie_start:
            source.tally.add("ties from grace notes left out", label)
    heads: dict[int, RawNote] = {}
    struck: list[RawNote] = []
    splits: list[Mark] = []
    moved: dict[Place, RawNote] = {}
    for note in sorted(notes, key=lambda raw: raw.onset) if open_ties else notes:
        before = _partner(open_ties, note) if note.tie_stop and not note.grace else None
        if before is None:
            struck.append(note)
            continue
        head = heads.get(id(before), before)
        heads[id(note)] = head
        head.end = note.end
        if (head.voice, head.staff) != (note.voice, note.staff):
            moved[source.tick(note.onset), note.pitch, note.voice, note.staff] = head
        if not before.implied and not _at_barline(note.onset, source):
            splits.append(_split(head, note.onset, source, part))
    n_open = sum(len(left) for left in open_ties.values())
    if n_open:
        source.tally.add("ties that lead to no note left out", label, n_open)
    return struck, splits, moved


def move_marks(marks: list[Mark], moved: dict[Place, RawNote]) -> list[Mark]:
    """Let what hangs on the second half of a tied note follow it into the voice of the first."""
    if not moved:
        return marks
    found = []
    for mark in marks:
        head = moved.get((mark.tick, mark.pitch, mark.voice, mark.staff)) if not mark.grace else None
        found.append(mark if head is None else replace(mark, voice=head.voice, staff=head.staff))
    return found


def _partner(open_ties: dict[tuple[int, Exact], list[RawNote]], note: RawNote) -> RawNote | None:
    """The tied note that ends where this one starts: of its voice, else of its staff, else any."""
    waiting = open_ties.get((note.pitch, note.onset))
    if not waiting:
        return None
    best = min(waiting, key=lambda other: (other.voice != note.voice, other.staff != note.staff))
    waiting.remove(best)
    return best


def _at_barline(position: Exact, source: Source) -> bool:
    index = bisect_left(source.starts, position)
    return index < len(source.starts) and source.starts[index] == position


def _split(head: RawNote, position: Exact, source: Source, part: int) -> Mark:
    return Mark(
        kind="tie-split", tick=source.tick(head.onset), part=part, voice=head.voice, staff=head.staff,
        pitch=head.pitch, end=source.tick(position),
    )  # fmt: skip
