"""MusicXML's measures as Bars: numbers as MuseScore shows them, repeats, endings, barlines."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from stretto.score.model import Bar, Meter
from stretto.score.musicxml_names import BARLINES, IMPLIED, STATED
from stretto.score.musicxml_source import Measure, Source


@dataclass(slots=True)
class _Plan:
    """What the barlines around one measure say."""

    repeat_start: bool = False
    repeat_end: int = 0
    ending: str = ""
    ends_volta: bool = False
    barline: str = ""


def read_bars(source: Source, meters: tuple[Meter, ...]) -> list[Bar]:
    """The bars of the whole score, from the barlines of all parts."""
    n_measures = len(source.starts) - 1
    plans = [_Plan() for _ in range(n_measures)]
    for _, measures in source.parts:
        for index, measure in enumerate(measures):
            for barline in measure.content.iter("barline"):
                _take(source, plans, index, barline, measure)
    _cover(plans)
    starts = [source.tick(start) for start in source.starts]
    numbers = _numbers(source, starts, meters)
    return [
        Bar(
            tick=starts[index],
            number=numbers[index],
            repeat_start=plan.repeat_start,
            repeat_end=plan.repeat_end,
            ending=plan.ending,
            barline=plan.barline,
        )
        for index, plan in enumerate(plans)
    ]


def _take(source: Source, plans: list[_Plan], index: int, barline: Element, measure: Measure) -> None:
    left = barline.get("location", "right") == "left"
    repeat = barline.find("repeat")
    if barline.get("location") == "middle":
        if repeat is not None:
            source.tally.add("repeat signs inside a bar left out", f"measure {measure.number}")
        return
    before = index - 1 if left else index
    if repeat is not None:
        if repeat.get("direction") == "forward":
            after = index if left else index + 1
            if after < len(plans):
                plans[after].repeat_start = True
        elif before >= 0:
            times = repeat.get("times", "")
            plans[before].repeat_end = int(times) if times.isdecimal() and 2 <= int(times[:6]) <= 999 else 2
    style = (barline.findtext("bar-style") or "").strip()
    stated = barline.get("id", "").startswith(STATED)
    expected = repeat is not None and not stated and style in ("light-heavy", "heavy-light", "heavy-heavy")
    if style and before >= 0 and not expected and not barline.get("id", "").startswith(IMPLIED):
        plans[before].barline = plans[before].barline or BARLINES.get(style, style)
    ending = barline.find("ending")
    if ending is not None:
        if ending.get("type") == "start":
            plans[index].ending = _volta(ending)
        else:
            plans[before].ends_volta = True
            plans[before].ending = plans[before].ending or _volta(ending)


def _volta(ending: Element) -> str:
    """ "1, 2" of "1,2" or "1 2"."""
    number = (ending.get("number") or "").replace(",", " ").split()
    return ", ".join(number) or (ending.text or "").strip()


def _cover(plans: list[_Plan]) -> None:
    """Write a volta over all its bars, from its beginning to its end."""
    current = ""
    for index, plan in enumerate(plans):
        if plan.ending:
            current = plan.ending
        plan.ending = current
        is_closed = plan.ends_volta or not any(later.ends_volta for later in plans[index + 1 :])
        if is_closed:
            current = ""


def _numbers(source: Source, starts: list[int], meters: tuple[Meter, ...]) -> list[int]:
    """A pickup is 0, the rest of a split bar counts with its first half, all others count on from 1."""
    rows = [measures for _, measures in source.parts]
    numbers: list[int] = []
    number = 0
    for index in range(len(starts) - 1):
        attributes = next((row[index].attributes for row in rows if index < len(row) and row[index].attributes), {})
        uncounted = attributes.get("implicit") == "yes"
        if index == 0:
            written = attributes.get("number", "")
            short = bool(meters) and meters[0].tick == 0 and starts[1] < meters[0].bar_ticks and len(starts) > 2
            uncounted = uncounted or written == "0" or (short and attributes.get("implicit") != "no")
            if written.isdecimal() and len(written) < 6 and int(written) > 1:
                number = int(written) - 1  # an excerpt, numbered as in the whole piece
        if not uncounted:
            number += 1
        numbers.append(number)
    return numbers
