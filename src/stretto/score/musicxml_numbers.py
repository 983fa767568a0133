"""Numbers of tuplets that an engraver leaves out: those of a second voice, and those of a figure that goes on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from stretto.score.model import TICKS_PER_QUARTER
from stretto.score.musicxml_tuplets import Zone
from stretto.score.musicxml_values import PLAIN_VALUES
from stretto.score.musicxml_voices import Event, Stream

SAID = 4
"""Groups of a figure that are numbered before it is taken for granted; the bar in which it begins is numbered whole."""

_Name = tuple[int, int, int, int]
"""Where a tuplet is in its bar, and its ratio."""

Figure = tuple[int, int, object]
"""Notes, the notes in whose time they are played, and how long that is."""


@dataclass(slots=True)
class _Habit:
    """The figure that a staff goes on with."""

    figure: Figure | None = None
    n_said: int = 0
    """Groups that were numbered, up to the bar before."""


def hide_numbers(bars: Iterable[list[Stream]]) -> None:
    """Mark the tuplets of a part that need no number.

    That is one that an upper voice of the staff has at the same place, and, after a bar or more of the same figure,
    one whose notes are all under one beam, or lie over such a one of the other hand: whoever has played ten triplets
    does not need an eleventh 3. After a bar without that figure, or with another, it is numbered again.
    """
    habits: dict[int, _Habit] = {}
    for streams in bars:
        _hide_doubled(streams)
        by_staff: dict[int, list[tuple[Zone, bool]]] = {}
        for stream in streams:
            by_staff.setdefault(staff_of(stream), []).extend(_groups(stream))
        clear = {_name(zone) for groups in by_staff.values() for zone, beamed in groups if beamed}
        for staff, groups in by_staff.items():
            _hide_known([zone for zone, _ in groups], clear, habits.setdefault(staff, _Habit()))


def staff_of(stream: Stream) -> int:
    """The staff on which a voice stands."""
    return next((tone.row.staff for event in stream.events for tone in event.tones), stream.staff)


def _hide_doubled(streams: list[Stream]) -> None:
    seen: set[tuple[int, _Name]] = set()
    for stream in streams:
        zones = [zone for zone, _ in _groups(stream)]
        names = [(staff_of(stream), _name(zone)) for zone in zones]
        for zone, name in zip(zones, names, strict=True):
            zone.unseen = name in seen
        seen.update(names)


def _name(zone: Zone) -> _Name:
    return zone.start, zone.stop, zone.actual, zone.normal


def _groups(stream: Stream) -> list[tuple[Zone, bool]]:
    """The tuplets of a voice that the source does not bracket itself, and whether all of each is under a beam."""
    found: list[tuple[Zone, bool]] = []
    inside: list[Event] = []
    for event in stream.events:
        if any(role == "start" for role, _ in event.bracket):
            inside = []
        inside.append(event)
        found += [(zone, _is_beamed(inside)) for role, zone in event.bracket if role == "stop" and not zone.mark]
    return found


def _is_beamed(events: list[Event]) -> bool:
    short = {name for ticks, (name, _) in PLAIN_VALUES.items() if ticks < TICKS_PER_QUARTER}
    return len(events) > 1 and all(event.tones and event.kind in short for event in events)


def _hide_known(zones: list[Zone], clear: set[_Name], habit: _Habit) -> None:
    """Hide, in one bar of a staff, what its habit and a beam make clear, and learn from the bar."""
    figures = [(zone.actual, zone.normal, zone.length) for zone in zones]
    if any(figure != habit.figure for figure in figures) or not figures:
        habit.figure = figures[-1] if len({*figures}) == 1 else None
        habit.n_said = 0
    elif habit.n_said >= SAID:
        for zone in zones:
            zone.unseen = zone.unseen or _name(zone) in clear
    habit.n_said += len(zones)
