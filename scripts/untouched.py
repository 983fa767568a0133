"""Whether what was given came out as it went in: note by note and mark by mark, in the MusicXML itself."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

from stretto.score.formats import write_score
from stretto.score.model import TICKS_PER_QUARTER, Score

DRAWN = ("accidental", "beam", "stem", "duration", "staff", "offset", "slur")
"""Children that depend on what stands beside them, or are compared apart."""

OF_THE_PAGE = ("id", "placement", "system", "default-x", "default-y", "relative-x", "relative-y")


@dataclass(frozen=True, kw_only=True)
class Open:
    """What was the network's to write: a part of the document, in ticks."""

    part: int
    start: int
    end: int


def lost(before: Score, after: Score, places: Sequence[int], opened: Sequence[Open]) -> list[str]:
    """What of the document is no longer there, one line each.

    Args:
        before: the document.
        after: what a verb made of it.
        places: where each of its parts stands afterwards.
        opened: what was open, in parts of the document.
    """
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in ("before.musicxml", "after.musicxml")]
        for score, path in zip((before, after), paths, strict=True):
            write_score(score, path)
        one, other = (ElementTree.parse(path).getroot() for path in paths)
    missing = Counter[str]()
    for part, place in enumerate(places):
        spans = [(span.start, span.end) for span in opened if span.part == part]
        notes = Counter(_notes(_parts(one)[part], spans)) - Counter(_notes(_parts(other)[place], []))
        missing += notes + (_slurs(before, part, spans) - _slurs(after, place, []))
    missing += _directions(one) - _directions(other)
    return [f"{text} x {n}" for text, n in missing.items()]


def _slurs(score: Score, part: int, spans: Sequence[tuple[int, int]]) -> Counter[str]:
    """Slurs of a part between notes that are both given: one whose other note is gone has lost its sense."""
    return Counter(
        f"slur {mark.tick} {mark.end} {mark.pitch} {mark.end_pitch}"
        for mark in score.marks
        if mark.kind == "slur"
        and mark.part == part
        and not any(a <= t < b for t in (mark.tick, mark.end) for a, b in spans)
    )


def _parts(root: ElementTree.Element) -> list[ElementTree.Element]:
    return [child for child in root if child.tag == "part"]


def _notes(part: ElementTree.Element, spans: Sequence[tuple[int, int]]) -> list[str]:
    """Every sounding note that begins outside `spans`: where, how long, and all that hangs on it."""
    found = []
    divisions, start = Fraction(1), Fraction(0)
    tied_in_span: dict[str, bool] = {}
    for measure in part:
        at = farthest = start
        onset = start
        for element in measure:
            if (said := element.findtext("divisions")) is not None:
                divisions = Fraction(said)
            length = Fraction(element.findtext("duration", "0")) / divisions
            if element.tag == "backup":
                at -= length
            elif element.tag == "forward":
                at += length
            elif element.tag == "note":
                chord = element.find("chord") is not None
                onset = onset if chord else at
                at = at if chord else at + length
                inside = any(a <= onset * TICKS_PER_QUARTER < b for a, b in spans)
                ties = {tie.get("type") for tie in element.findall("tie")}
                # What a note from a hole is tied over to is the hole's as well.
                voice = _said_of(element, "pitch") + element.findtext("voice", "")
                gone = tied_in_span.get(voice, inside) if "stop" in ties else inside
                tied_in_span[voice] = gone
                if element.find("rest") is None and not gone:
                    found.append(f"{onset} {length} {_said(element)}")
            farthest = max(farthest, at)
        start = farthest
    return found


def _directions(root: ElementTree.Element) -> Counter[str]:
    """Every direction and when it comes, whichever part has it: those of the whole score stand in the top part."""
    found = Counter[str]()
    for part in _parts(root):
        divisions, start = Fraction(1), Fraction(0)
        for measure in part:
            at = farthest = start
            for element in measure:
                if (said := element.findtext("divisions")) is not None:
                    divisions = Fraction(said)
                length = Fraction(element.findtext("duration", "0")) / divisions
                if element.tag == "direction":
                    found[f"{at + Fraction(element.findtext('offset', '0')) / divisions} {_said(element)}"] += 1
                elif element.tag == "backup":
                    at -= length
                elif element.find("chord") is None:
                    at += length
                farthest = max(farthest, at)
            start = farthest
    return found


def _said_of(element: ElementTree.Element, name: str) -> str:
    child = element.find(name)
    return "" if child is None else _said(child)


def _said(element: ElementTree.Element) -> str:
    """An element without what the page decides."""
    own = {name: value for name, value in sorted(element.attrib.items()) if name not in OF_THE_PAGE}
    children = "".join(_said(child) for child in element if child.tag not in DRAWN)
    if element.tag == "notations" and not children:
        return ""
    return f"<{element.tag}{own or ''}>{(element.text or '').strip()}{children}"
