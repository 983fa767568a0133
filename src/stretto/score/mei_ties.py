"""Joins tied notes of MEI: by @tie, or by <tie> elements that name their notes."""

from __future__ import annotations

from fractions import Fraction
from xml.etree.ElementTree import Element

from stretto.score.mei_music import Music, RawNote
from stretto.score.model import Mark
from stretto.score.tally import Tally, TickGrid


def name_ties(music: Music, tally: Tally) -> None:
    """Mark the notes that <tie> elements name."""
    for bar in music.bars:
        for element in bar.controls:
            if element.tag == "tie":
                _name(element, music, tally, bar.label)


def _name(element: Element, music: Music, tally: Tally, label: str) -> None:
    first = music.anchors.get(element.get("startid", "").lstrip("#"))
    last = music.anchors.get(element.get("endid", "").lstrip("#"))
    if first is None:
        tally.add("ties that hang on nothing left out", f"measure {label}")
        return
    for note in first.notes:
        note.tie_start = True
        note.tie_any = last is None
    for note in last.notes if last is not None else []:
        note.tie_stop = True


def join_ties(
    music: Music, bar_starts: set[Fraction], grid: TickGrid, tally: Tally
) -> tuple[list[RawNote], list[Mark]]:
    """Notes that are struck, and a mark for every tie inside a bar."""
    waiting: dict[tuple[int, int, Fraction], list[RawNote]] = {}
    heads: dict[int, RawNote] = {}
    struck: list[RawNote] = []
    splits: list[Mark] = []
    for note in sorted(music.notes, key=lambda raw: raw.onset):
        open_here = waiting.get((note.part, note.pitch, note.onset), [])
        fits = [other for other in open_here if note.tie_stop or other.tie_any]
        if fits and not note.grace:
            before = min(fits, key=lambda other: (other.voice != note.voice, other.staff != note.staff))
            open_here.remove(before)
            head = heads.get(id(before), before)
            heads[id(note)] = head
            head.end = note.end
            if note.onset not in bar_starts:
                splits.append(_split(head, note.onset, grid))
        else:
            struck.append(note)
        if note.tie_start and not note.grace:
            waiting.setdefault((note.part, note.pitch, note.end), []).append(note)
    left = sum(len(notes) for notes in waiting.values())
    if left:
        tally.add("ties that lead to no note left out", count=left)
    return struck, splits


def _split(head: RawNote, place: Fraction, grid: TickGrid) -> Mark:
    return Mark(
        kind="tie-split", tick=grid.tick(head.onset), part=head.part, voice=head.voice, staff=head.staff,
        pitch=head.pitch, end=grid.tick(place),
    )  # fmt: skip
