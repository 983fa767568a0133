"""What one ABC voice consists of, in the order it is typed, before anything has an onset."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from stretto.score.abc_text import Spot


@dataclass(slots=True)
class Tone:
    """One note head."""

    position: int
    """Typed staff position, steps above C0."""
    pitch: int
    """Sounding MIDI pitch."""
    fifths: int
    """Sounding spelling on the line of fifths."""
    alter: int
    length: Fraction
    """Whole notes; 0 for a grace note."""
    spot: Spot
    tied: bool = False
    decorations: list[str] = field(default_factory=list)
    slurs_open: int = 0
    slurs_close: int = 0


@dataclass(slots=True)
class Grace:
    """One grace note or grace chord."""

    tones: list[Tone]
    slashed: bool = False


@dataclass(slots=True)
class Event:
    """A note, a chord or a rest (no tones)."""

    tones: list[Tone]
    length: Fraction
    """Whole notes that it takes up."""
    spot: Spot
    decorations: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    """Quoted strings before it: chord symbols and annotations."""
    graces: list[Grace] = field(default_factory=list)
    lyrics: list[tuple[int, str, str]] = field(default_factory=list)
    """Verse, syllable, and its place in the word, as in Mark.extra."""


@dataclass(slots=True)
class Barline:
    """A bar line, or the start of an ending."""

    spot: Spot
    ends: int = 0
    """Times in all that what ends here is played; 0 = no repeat sign."""
    starts: bool = False
    style: str = ""
    """As Bar.barline."""
    ending: str = ""
    """As Bar.ending, where one starts here."""
    stops: bool = False
    """An ending cannot go on past it."""
    visible: bool = True
    """False = only an ending starts here."""


@dataclass(slots=True)
class Overlay:
    """Back to the start of the bar, in a further layer."""

    spot: Spot


@dataclass(slots=True)
class Change:
    """A new metre, key, clef, tempo, part label or decoration between notes."""

    kind: str
    value: object
    spot: Spot


@dataclass(slots=True)
class Bracket:
    """A tuplet's p:q over the next events."""

    actual: int
    normal: int
    left: int
    spelled_out: bool
    """It is a mark of its own: any but a triplet without its q."""
    spot: Spot
    events: list[Event] = field(default_factory=list)


Item = Event | Barline | Overlay | Change
