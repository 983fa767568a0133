"""From the notes of one voice to lines that can be written one note after another.

A voice of a keyboard piece may hold a note while it plays another. Such notes go to a second
layer, a third, ...; in one layer every sound ends before the next begins.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple


class Note(NamedTuple):
    """A row of the note array, in its order, as plain numbers."""

    onset: int
    duration: int
    pitch: int
    velocity: int
    part: int
    voice: int
    staff: int
    fifths: int
    grace: int


@dataclass(slots=True)
class Sound:
    """Notes that begin and end together: one note, a chord, or a run of grace notes before the beat."""

    onset: int
    duration: int
    """Ticks; 0 for graces."""
    notes: list[Note]
    graces: bool = False

    @property
    def end(self) -> int:
        """Where it ends, in ticks."""
        return self.onset + self.duration


@dataclass(slots=True)
class Segment:
    """What of a sound, or of the silence before one, falls in one bar."""

    kind: str
    """"note", "hold" (a sound of an earlier bar goes on), "rest" or "graces"."""
    duration: int
    notes: list[Note] = field(default_factory=list)


def layers_of(notes: list[Note]) -> list[list[Sound]]:
    """The sounds of one voice in as few layers as they need, each in order of time."""
    layers: list[list[Sound]] = []
    for onset, together in groupby(notes, key=lambda note: note.onset):
        here = list(together)
        graces = [note for note in here if note.grace]
        if graces:
            _place(layers, Sound(onset, 0, graces, graces=True))
        lengths: dict[int, list[Note]] = {}
        for note in here:
            if not note.grace:
                lengths.setdefault(note.duration, []).append(note)
        for duration, chord in lengths.items():
            _place(layers, Sound(onset, duration, chord))
    return layers


def _place(layers: list[list[Sound]], sound: Sound) -> None:
    """Put a sound into the first layer that is free."""
    for layer in layers:
        if layer[-1].end <= sound.onset:
            layer.append(sound)
            return
    layers.append([sound])


def cut_at_bars(layer: list[Sound], starts: list[int], end: int) -> dict[int, list[Segment]]:
    """The segments of a layer, by bar; bars without any are left out, others are full.

    Args:
        layer: sounds in order.
        starts: tick of each bar.
        end: tick where the last bar ends.
    """
    ends = [*starts[1:], end]
    bars: dict[int, list[Segment]] = {}
    filled: dict[int, int] = {}
    index = 0
    for sound in layer:
        while index + 1 < len(starts) and starts[index + 1] <= sound.onset:
            index += 1
        at, bar = sound.onset, index
        while True:
            until = min(sound.end, ends[bar])
            if until == at and not sound.graces:  # a bar without length
                bar += 1
                continue
            segments, now = bars.setdefault(bar, []), filled.get(bar, starts[bar])
            if at > now:
                segments.append(Segment("rest", at - now))
            kind = "graces" if sound.graces else "note" if at == sound.onset else "hold"
            segments.append(Segment(kind, until - at, sound.notes))
            filled[bar] = at = until
            if until >= sound.end:
                break
            bar += 1
    for bar, now in filled.items():
        if now < ends[bar]:
            bars[bar].append(Segment("rest", ends[bar] - now))
    return bars
