"""A MusicXML document as parts made of measures, and when each measure starts, exactly.

Positions are exact: whole numbers of 1/`grain` of a tick, the grain being chosen so that every length in the document
is whole. They are rounded to ticks only when they enter the Score.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from fractions import Fraction
from xml.etree.ElementTree import Element

from stretto.errors import ScoreReadError
from stretto.score.model import TICKS_PER_QUARTER, Meter
from stretto.score.tally import Tally

MAX_TICKS = 2**28
"""Longest score: some weeks of music. A damaged length would otherwise overflow the notes' 32 bits."""

Exact = int | Fraction

_DECIMAL = re.compile(r"\s*[+-]?(\d{1,12}(\.\d{0,18})?|\.\d{1,18})\s*")


@dataclass(frozen=True, slots=True)
class Measure:
    """One bar of one part."""

    attributes: dict[str, str]
    """Of <measure>: number, implicit."""
    content: Element
    """Element whose children are notes, attributes, directions, ..."""

    @property
    def number(self) -> str:
        """As the file numbers it, for messages."""
        return self.attributes.get("number", "?")[:20]


@dataclass(slots=True)
class Source:
    """The document, partwise."""

    name: str
    root: Element
    parts: list[tuple[str, list[Measure]]]
    """Id and measures."""
    tally: Tally = field(default_factory=Tally)
    grain: int = 1
    """Positions per tick."""
    starts: list[Exact] = field(default_factory=list)
    """Where each measure starts, and where the last ends, in 1/grain of a tick."""
    meters: dict[int, Meter] = field(default_factory=dict)
    """Metre of a full bar by index of the measure from which it is in force."""

    def tick(self, position: Exact) -> int:
        """The nearest tick, halves upwards."""
        return int((2 * position + self.grain) // (2 * self.grain))

    def unit(self, divisions: Exact) -> Exact:
        """Length of one division."""
        length = Fraction(TICKS_PER_QUARTER * self.grain) / divisions
        return length.numerator if length.denominator == 1 else length


def exact(text: str | None, what: str) -> Exact:
    """A number in a file, exactly.

    Raises:
        ValueError: it is none; the message names `what`.
    """
    if text is None or not _DECIMAL.fullmatch(text):
        raise ValueError(f"<{what}> {'is missing' if text is None else f'is {text.strip()[:20]!r}, no number'}")
    if text.isdecimal():
        return int(text)
    value = Fraction(text.strip())
    return value.numerator if value.denominator == 1 else value


def open_source(root: Element, name: str) -> Source:
    """Sort the document into parts, whichever way round it is, and find when every measure starts."""
    source = Source(name, root, _partwise(root) if root.tag == "score-partwise" else _from_timewise(root))
    if not source.parts:
        raise ScoreReadError(f"{name}: holds no <part>; check that the export was complete")
    divisions = {exact(element.text, "divisions") for element in root.iter("divisions")} or {1}
    if min(divisions) <= 0:
        raise ScoreReadError(f"{name}: <divisions> is {min(divisions)}; it must be above 0")
    lengths = [Fraction(TICKS_PER_QUARTER) / value for value in divisions]
    source.grain = math.lcm(*(length.denominator for length in lengths))
    if source.grain > 10**9:
        source.grain = 1  # absurd divisions: positions become fractions, slow and still exact
    return source


def duration_of(element: Element, unit: Exact) -> Exact:
    """Length of a note, backup or forward; 0 where none is said."""
    text = element.findtext("duration")
    if text is None:
        return 0
    length = exact(text, "duration")
    if length < 0:
        raise ValueError(f"<duration> is {length}, below 0")
    return length * unit


def _partwise(root: Element) -> list[tuple[str, list[Measure]]]:
    return [
        (part.get("id", ""), [Measure(measure.attrib, measure) for measure in part.iter("measure")])
        for part in root.iter("part")
    ]


def _from_timewise(root: Element) -> list[tuple[str, list[Measure]]]:
    parts: dict[str, list[Measure]] = {}
    for index, measure in enumerate(root.iter("measure")):
        for part in measure.iter("part"):
            measures = parts.setdefault(part.get("id", ""), [])
            while len(measures) < index:
                measures.append(Measure({}, Element("part")))
            measures.append(Measure(measure.attrib, part))
    return list(parts.items())


def meter_from(time: Element) -> tuple[Meter | None, bool]:
    """The metre of a <time>, or None for unmeasured music; and whether it was a sum such as 3+2/8 or 3/8 + 2/4."""
    beats = [element.text or "" for element in time.findall("beats")]
    types = [element.text or "" for element in time.findall("beat-type")]
    if not beats:
        return None, False
    pairs = []
    for beat, kind in zip(beats, types, strict=True):
        top = sum(int(exact(number, "beats")) for number in beat.split("+"))
        bottom = int(exact(kind, "beat-type"))
        if not (0 < top <= 999 and bottom in (1, 2, 4, 8, 16, 32, 64, 128, 256)):
            raise ValueError(f"the time signature is {beat}/{kind}")
        pairs.append((top, bottom))
    denominator = max(bottom for _, bottom in pairs)
    numerator = sum(top * denominator // bottom for top, bottom in pairs)
    symbol = time.get("symbol", "")
    summed = len(pairs) > 1 or any("+" in beat for beat in beats)
    return (
        Meter(numerator=numerator, denominator=denominator, symbol=symbol if symbol in ("common", "cut") else ""),
        summed,
    )


def find_starts(source: Source) -> None:
    """Set `starts`: a measure is as long as its longest part, or a full bar where all are empty."""
    n_measures = max((len(measures) for _, measures in source.parts), default=0)
    if not n_measures:
        raise ScoreReadError(f"{source.name}: holds no <measure>; check that the export was complete")
    lengths: list[Exact] = [-1] * n_measures
    for identity, measures in source.parts:
        unit: Exact = source.unit(1)
        own: dict[int, Meter] = {}
        for index, measure in enumerate(measures):
            try:
                length, unit = _extent(source, measure.content, unit, index, own)
            except (ValueError, ZeroDivisionError) as cause:
                raise ScoreReadError(
                    f"{source.name}, part {identity[:20]!r}, measure {measure.number}: {cause}; correct the file"
                ) from cause
            lengths[index] = max(lengths[index], length)
        source.meters = {**own, **source.meters}
    position: Exact = 0
    full: Exact = Meter().bar_ticks * source.grain
    source.starts = [0]
    for index, length in enumerate(lengths):
        if index in source.meters:
            full = source.meters[index].bar_ticks * source.grain
        position += full if length < 0 else length
        source.starts.append(position)
    if position > MAX_TICKS * source.grain:
        raise ScoreReadError(
            f"{source.name}: lasts {position // (source.grain * TICKS_PER_QUARTER)} quarters; a length is damaged"
        )


def _extent(source: Source, content: Element, unit: Exact, index: int, own: dict[int, Meter]) -> tuple[Exact, Exact]:
    """How far the notes of a measure reach (-1 = there are none); and the unit in force at its end."""
    position: Exact = 0
    furthest: Exact = 0
    says_nothing = False
    for element in content:
        tag = element.tag
        if tag == "note":
            if element.find("chord") is None and element.find("grace") is None:
                length = duration_of(element, unit)
                rest = element.find("rest")
                if rest is not None and rest.get("measure") == "yes":
                    length = min(length, _full_bar(source, index, own) or length)
                    says_nothing = not length  # a bar of no length, as our writer has it
                position += length
        elif tag == "backup":
            position = max(0, position - duration_of(element, unit))
        elif tag == "forward":
            position += duration_of(element, unit)
        elif tag == "attributes":
            unit = _attributes(source, element, unit, index, own)
        furthest = max(furthest, position)
    return furthest if furthest or says_nothing else -1, unit


def _attributes(source: Source, element: Element, unit: Exact, index: int, own: dict[int, Meter]) -> Exact:
    for time in element.iter("time"):
        meter, _ = meter_from(time)
        if meter is not None:
            own[index] = meter
    divisions = element.findtext("divisions")
    return unit if divisions is None else source.unit(exact(divisions, "divisions"))


def _full_bar(source: Source, index: int, own: dict[int, Meter]) -> Exact:
    """Length of a bar in the metre in force: the part's own, else that of the parts before it."""
    meters = own or source.meters
    start = max((start for start in meters if start <= index), default=-1)
    return meters[start].bar_ticks * source.grain if start >= 0 else 0
