"""What reading MEI collects: raw notes, places by xml:id, bars."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from xml.etree.ElementTree import Element

from stretto.score.mei_frame import ClefSign, KeySign, MeterSign


@dataclass(slots=True)
class RawNote:
    """A note head; times in whole notes from the start of the score."""

    onset: Fraction
    end: Fraction
    pitch: int
    fifths: int
    part: int
    voice: int
    staff: int
    grace: int
    velocity: int = 0
    tie_start: bool = False
    tie_stop: bool = False
    tie_any: bool = False
    """Tied to whatever has its pitch next."""
    tie_to: str = ""
    """xml:id of the note that a tie names as its end."""
    ids: tuple[str, ...] = ()


@dataclass(slots=True)
class Anchor:
    """Where something with an xml:id is."""

    onset: Fraction
    end: Fraction
    part: int
    voice: int
    staff: int
    pitch: int = -1
    grace: int = 0
    notes: list[RawNote] = field(default_factory=list)


@dataclass(slots=True)
class RawBar:
    """A measure."""

    start: Fraction
    length: Fraction
    left: str
    right: str
    ending: str
    label: str
    """@n, for messages."""
    controls: list[Element] = field(default_factory=list)
    beat: Fraction = Fraction(1, 4)
    """What one beat of @tstamp is, in whole notes."""


@dataclass(slots=True)
class Music:
    """Everything that has been read."""

    notes: list[RawNote] = field(default_factory=list)
    anchors: dict[str, Anchor] = field(default_factory=dict)
    bars: list[RawBar] = field(default_factory=list)
    clefs: list[tuple[Fraction, int, int, ClefSign]] = field(default_factory=list)
    """Place, part, staff, clef."""
    keys: list[tuple[Fraction, int, KeySign]] = field(default_factory=list)
    """Place, part, key as written."""
    meters: list[tuple[Fraction, MeterSign]] = field(default_factory=list)
    inline: list[tuple[Anchor, Element]] = field(default_factory=list)
    """Elements inside notes and chords that become marks, with where they hang."""
    tuplets: list[tuple[Fraction, Fraction, Anchor, str]] = field(default_factory=list)
    """Start, end, where, and "actual:normal"."""
