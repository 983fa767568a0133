"""Joins tied notes: in the Score a tied note is one note with its whole length."""

from __future__ import annotations

from bisect import bisect_left

from stretto.score.model import Mark
from stretto.score.musicxml_part import RawNote
from stretto.score.musicxml_source import Exact, Source


def join_ties(notes: list[RawNote], source: Source, part: int, label: str) -> tuple[list[RawNote], list[Mark]]:
    """Join what ties lead to, whatever the order of the voices in the file.

    Returns:
        The notes that are struck, and a tie-split mark for every tie inside a bar.
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
    for note in sorted(notes, key=lambda raw: raw.onset) if open_ties else notes:
        before = _partner(open_ties, note) if note.tie_stop and not note.grace else None
        if before is None:
            struck.append(note)
            continue
        head = heads.get(id(before), before)
        heads[id(note)] = head
        head.end = note.end
        if not before.implied and not _at_barline(note.onset, source):
            splits.append(_split(head, note.onset, source, part))
    n_open = sum(len(left) for left in open_ties.values())
    if n_open:
        source.tally.add("ties that lead to no note left out", label, n_open)
    return struck, splits


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
