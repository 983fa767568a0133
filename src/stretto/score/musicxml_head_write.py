"""The head of a written MusicXML document: titles, names, instruments, brackets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from xml.etree.ElementTree import Element

from stretto.score.model import Part
from stretto.score.musicxml_element import add

_CREATORS = ("composer", "lyricist", "arranger", "translator", "transcriber")
_OWN = ("title", "work", "number", "opus", "rights", "source", "subtitle", *_CREATORS)
_CHOIRS = {"choir", "chorus"}
_SYMBOLS = ("brace", "bracket", "line", "square", "none")
_DRUM_CHANNEL = 10


def write_info(root: Element, info: Mapping[str, str]) -> None:
    """Title, composer and their like; what MusicXML has no place for goes to its miscellaneous fields."""
    title = info.get("title", "")
    if title or info.get("opus"):
        work = add(root, "work")
        if info.get("opus"):
            add(work, "work-number", info["opus"])
        if info.get("work") or title:
            add(work, "work-title", info.get("work") or title)
    if info.get("number"):
        add(root, "movement-number", info["number"])
    if title:
        add(root, "movement-title", title)
    identification = add(root, "identification")
    for kind in _CREATORS:
        if info.get(kind):
            add(identification, "creator", info[kind], type=kind)
    if info.get("rights"):
        add(identification, "rights", info["rights"])
    add(add(identification, "encoding"), "software", "Stretto")
    encoding = identification.find("encoding")
    assert encoding is not None
    for element in ("accidental", "beam", "stem"):
        add(encoding, "supports", element=element, type="yes")
    if info.get("source"):
        add(identification, "source", info["source"])
    rest = {name: value for name, value in info.items() if name not in _OWN and name and value}
    if info.get("work") and not title:
        rest["work"] = info["work"]
    if rest:
        miscellaneous = add(identification, "miscellaneous")
        for name, value in rest.items():
            add(miscellaneous, "miscellaneous-field", value, name=name)
    if info.get("subtitle"):
        _credits(root, info)


def _credits(root: Element, info: Mapping[str, str]) -> None:
    """A subtitle is a credit; with one credit given, programs print no title of their own, so all are."""
    for kind, justify, valign in (
        ("title", "center", "top"),
        ("subtitle", "center", "top"),
        ("composer", "right", "bottom"),
        ("lyricist", "left", "bottom"),
    ):
        if info.get(kind):
            credit = add(root, "credit", page=1)
            add(credit, "credit-type", kind)
            add(credit, "credit-words", info[kind], justify=justify, valign=valign)


def write_part_list(root: Element, parts: Sequence[Part], drums: Mapping[int, Sequence[int]]) -> None:
    """Names, instruments and brackets; `drums` lists the percussion keys of each part that has some."""
    part_list = add(root, "part-list")
    index = 0
    for number, (group, members) in enumerate(groupby(parts, key=lambda part: part.group), 1):
        if group:
            start = add(part_list, "part-group", type="start", number=number)
            symbol = group.rstrip("0123456789").rstrip()
            if symbol not in _SYMBOLS:
                add(start, "group-name", group)
                add(start, "group-name-display", print_object="no")
            add(start, "group-symbol", symbol if symbol in _SYMBOLS else "bracket")
            # Voices have their words between the staves, where no barline should cross them.
            add(start, "group-barline", "no" if group.lower() in _CHOIRS else "yes")
        for part in members:
            _score_part(part_list, part, index, drums.get(index, ()))
            index += 1
        if group:
            add(part_list, "part-group", type="stop", number=number)


def _score_part(part_list: Element, part: Part, index: int, drums: Sequence[int]) -> None:
    identity = f"P{index + 1}"
    element = add(part_list, "score-part", id=identity)
    add(element, "part-name", part.name)
    if part.abbreviation:
        add(element, "part-abbreviation", part.abbreviation)
    instruments = [f"{identity}-I{key + 1}" for key in drums] or [f"{identity}-I1"]
    for instrument in instruments:
        add(add(element, "score-instrument", id=instrument), "instrument-name", part.name or f"Part {index + 1}")
    channel = _DRUM_CHANNEL if part.percussion else index % 15 + 1 + (index % 15 >= _DRUM_CHANNEL - 1)
    for place, instrument in enumerate(instruments):
        midi = add(element, "midi-instrument", id=instrument)
        add(midi, "midi-channel", channel)
        if part.program >= 0:
            add(midi, "midi-program", part.program + 1)
        if drums:
            add(midi, "midi-unpitched", drums[place] + 1)
