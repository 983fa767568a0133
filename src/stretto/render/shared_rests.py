"""Rests in the middle of a staff: one for two voices that rest together, and those of a voice that is alone there."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

STEPS = "CDEFGAB"
CLEF_STEPS = {"G": 4 * 7 + 4, "F": 3 * 7 + 3, "C": 4 * 7}
"""Steps above C0 of the note that a clef names: G4, F3, C4."""

MIDDLE_LINE = 3

Place = tuple[str, int]
"""(staff, ticks from the start of the bar)."""


def share_rests(musicxml: str) -> str:
    """The file with rests that several voices of a staff have in common printed once, where a single voice has them."""
    if "<rest" not in musicxml:
        return musicxml
    root = ElementTree.fromstring(musicxml)
    for part in root.iter("part"):
        middles: dict[str, int] = {}
        for measure in part.iter("measure"):
            _share(measure, middles)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode")


def _share(measure: Element, middles: dict[str, int]) -> None:
    for clef in measure.iter("clef"):
        middle = _middle(clef)
        if middle is not None:
            middles[clef.get("number", "1")] = middle
    rests: dict[tuple[Place, int], list[Element]] = {}
    voices: dict[str, set[str]] = {}
    seen: dict[str, list[tuple[int, int, str]]] = {}
    for (staff, at), note in _timed(measure):
        voice = note.findtext("voice", "1")
        voices.setdefault(staff, set()).add(voice)
        if note.get("print-object") == "no":
            continue
        seen.setdefault(staff, []).append((at, at + _duration(note), voice))
        if note.find("rest") is not None:
            rests.setdefault(((staff, at), _duration(note)), []).append(note)
    for ((staff, at), length), together in rests.items():
        own = {note.findtext("voice", "1") for note in together}
        if len(voices[staff]) < 2 or staff not in middles:
            continue
        if any(start < at + length and at < stop and voice not in own for start, stop, voice in seen[staff]):
            continue  # another voice still sounds
        for note in together[1:]:
            note.set("print-object", "no")
        rest = together[0].find("rest")
        if rest is not None and not len(rest):
            octave, step = divmod(middles[staff], 7)
            SubElement(rest, "display-step").text = STEPS[step]
            SubElement(rest, "display-octave").text = str(octave)


def _timed(measure: Element) -> Iterator[tuple[Place, Element]]:
    """Notes and rests of a bar, with their places."""
    at = last = 0
    for element in measure:
        if element.tag == "backup":
            at -= _duration(element)
        elif element.tag == "forward":
            at += _duration(element)
        elif element.tag == "note":
            if element.find("chord") is None:
                last = at
                at += _duration(element)
            yield (element.findtext("staff", "1"), last), element


def _duration(element: Element) -> int:
    return int(element.findtext("duration", "0"))


def _middle(clef: Element) -> int | None:
    """The note of the middle line, in steps above C0."""
    sign = clef.findtext("sign", "")
    if sign not in CLEF_STEPS:
        return None
    line, octave = int(clef.findtext("line", "3")), int(clef.findtext("clef-octave-change", "0"))
    return CLEF_STEPS[sign] + 2 * (MIDDLE_LINE - line) + 7 * octave
