"""Voices that come and go: the rests that an engraver leaves out beside another voice of the staff."""

from __future__ import annotations

from collections.abc import Iterator

from stretto.score.model import TICKS_PER_QUARTER
from stretto.score.musicxml_numbers import staff_of
from stretto.score.musicxml_values import Time
from stretto.score.musicxml_voices import BarFrame, Event, Stream


def hide_rests(streams: list[Stream], frame: BarFrame) -> None:
    """Mark the rests of a bar that need not be printed.

    A rest stays where nothing else on its staff sounds or rests all the while, and where it leads into its voice's
    next note within one beat: a pianist wants to see the sixteenth rest before three sixteenths over a held bass, but
    none where a line goes on in another voice.
    """
    leading = [
        [
            _leads_in(stream.events, place, frame) and not _goes_on_from(event, stream, streams)
            for place, event in enumerate(stream.events)
        ]
        for stream in streams
    ]
    for index, stream in enumerate(streams):
        others = [i for i, other in enumerate(streams) if i != index and staff_of(other) == staff_of(stream)]
        resting = [
            event
            for i in others
            for event, leads in zip(streams[i].events, leading[i], strict=True)
            if not event.tones and not event.unseen and (leads or i < index)
        ]
        covers = sorted([*_sounding([streams[i] for i in others]), *((e.at, e.at + e.length) for e in resting)])
        for rest, leads in zip(stream.events, leading[index], strict=True):
            in_sight = any(not zone.unseen for _, zone in rest.bracket)
            if rest.tones or rest.bar_rest or rest.grace or in_sight or leads:
                continue
            # The page prints a rest that two voices share once, in the middle.
            shared = any((one.at, one.length) == (rest.at, rest.length) for one in resting)
            rest.unseen = not shared and _covered(rest, covers)


def _covered(rest: Event, covers: list[tuple[Time, Time]]) -> bool:
    """Whether there is something in other voices from its beginning to its end."""
    at: Time = rest.at
    for start, stop in covers:
        if start <= at < stop:
            at = stop
    return at >= rest.at + rest.length


def _sounding(streams: list[Stream]) -> Iterator[tuple[Time, Time]]:
    for stream in streams:
        for event in stream.events:
            if event.tones and not event.grace:
                yield event.at, event.at + event.length


def _leads_in(events: list[Event], place: int, frame: BarFrame) -> bool:
    """A rest of one value on a beat, at most an eighth and half the beat, with a note of its voice after it."""
    rest = events[place]
    into = rest.at + frame.offset
    if rest.tones or rest.grace or into % frame.grid.beat or place + 1 == len(events) or not events[place + 1].tones:
        return False
    return rest.n_dots == 0 and 2 * rest.length <= min(TICKS_PER_QUARTER, frame.grid.beat)


def _goes_on_from(rest: Event, own: Stream, streams: list[Stream]) -> bool:
    """Whether what comes after a rest goes on from another voice of the staff, which ends there and holds nothing."""
    others = [stream for stream in streams if stream is not own and staff_of(stream) == staff_of(own)]
    end = rest.at + rest.length
    spans = list(_sounding(others))
    return any(stop == end for _, stop in spans) and not any(start <= end < stop for start, stop in spans)
