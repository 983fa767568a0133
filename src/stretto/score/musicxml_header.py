"""The head of a MusicXML document: who plays, who wrote it, and what it is called."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from stretto.score.tally import Tally

_CREATORS = {"poet": "lyricist", "text": "lyricist", "": "composer"}
_CREDITS = ("subtitle",)
_LETTER = re.compile(
    r"&(?:[A-Za-z](?:acute|grave|circ|uml|tilde|cedil|ring|slash|caron)|[AO]E?lig|(?:ae|oe|sz)lig|[lr]squo|amp|quot"
    r"|#\d{2,5}|#x[0-9A-Fa-f]{2,4});"
)


@dataclass(slots=True)
class PartHead:
    """What the part list says of one part."""

    name: str = ""
    abbreviation: str = ""
    program: int = -1
    percussion: bool = False
    group: str = ""
    keys: dict[str, int] = field(default_factory=dict)
    """General MIDI percussion key by instrument id."""


def part_heads(root: Element, tally: Tally) -> dict[str, PartHead]:
    """Heads of the parts by id, in the order of the list."""
    heads: dict[str, PartHead] = {}
    open_groups: dict[str, tuple[str, list[str]]] = {}
    closed: list[tuple[str, list[str]]] = []
    part_list = root.find("part-list")
    for element in () if part_list is None else part_list:
        if element.tag == "score-part":
            identity = element.get("id", "")
            heads.setdefault(identity, _head(element))
            for _, members in open_groups.values():
                members.append(identity)
        elif element.tag == "part-group":
            number = element.get("number", "1")
            if number in open_groups:
                closed.append(open_groups.pop(number))
            if element.get("type") == "start":
                open_groups[number] = (_group_name(element), [])
    _join_groups(heads, [*closed, *open_groups.values()], tally)
    return heads


def _group_name(element: Element) -> str:
    name = (element.findtext("group-name") or "").strip()
    symbol = (element.findtext("group-symbol") or "").strip()
    return name or symbol or "none"


def _join_groups(heads: dict[str, PartHead], groups: list[tuple[str, list[str]]], tally: Tally) -> None:
    """Give each part its innermost group; neighbouring groups of one name are told apart by a number."""
    groups = [group for group in groups if group[1]]
    order = {identity: index for index, identity in enumerate(heads)}
    chosen: dict[str, int] = {}
    for index, (_, members) in sorted(enumerate(groups), key=lambda item: len(item[1][1])):
        for identity in members:
            if identity in chosen:
                tally.add("outer brackets around parts left out")
            else:
                chosen[identity] = index
    names: dict[int, str] = {}
    taken: set[str] = set()
    for index in sorted(set(chosen.values()), key=lambda i: order[groups[i][1][0]]):
        name, number = groups[index][0], 1
        while (numbered := name if number == 1 else f"{name} {number}") in taken:
            number += 1
        taken.add(numbered)
        names[index] = numbered
    for identity, index in chosen.items():
        heads[identity].group = names[index]


def _head(element: Element) -> PartHead:
    head = PartHead(
        name=_text(element, "part-name"),
        abbreviation=_text(element, "part-abbreviation"),
    )
    for instrument in element.findall("midi-instrument"):
        program, key = _number(instrument, "midi-program"), _number(instrument, "midi-unpitched")
        if head.program < 0 and 1 <= program <= 128:
            head.program = program - 1
        if 1 <= key <= 128:
            head.keys[instrument.get("id", "")] = key - 1
        head.percussion = head.percussion or _number(instrument, "midi-channel") == 10 or key > 0
    return head


def read_info(root: Element) -> dict[str, str]:
    """Title, composer and their like; letters that a program wrote as in HTML ("H&ouml;h") are read as letters."""
    info = _info(root)
    if any(element.text == "Stretto" for element in root.iterfind("identification/encoding/software")):
        return info  # what we wrote is meant as it stands
    return {name: _LETTER.sub(lambda found: html.unescape(found[0]), text) for name, text in info.items()}


def _info(root: Element) -> dict[str, str]:
    info: dict[str, str] = {}
    work, movement = _text(root, "work/work-title"), _text(root, "movement-title")
    _put(info, "title", movement or work)
    if movement and work != movement:
        _put(info, "work", work)
    _put(info, "number", _text(root, "movement-number"))
    _put(info, "opus", _text(root, "work/work-number"))
    for creator in root.findall("identification/creator"):
        kind = creator.get("type", "").strip().lower()
        _put(info, _CREATORS.get(kind, kind), creator.text or "")
    for rights in root.findall("identification/rights"):
        _put(info, "rights", rights.text or "")
    _put(info, "source", _text(root, "identification/source"))
    for field_ in root.findall("identification/miscellaneous/miscellaneous-field"):
        _put(info, field_.get("name", ""), field_.text or "")
    for credit in root.findall("credit"):
        kind = (credit.findtext("credit-type") or "").strip()
        if kind in _CREDITS:
            _put(info, kind, " ".join(element.text or "" for element in credit.findall("credit-words")))
    return info


def _put(info: dict[str, str], name: str, value: str) -> None:
    """Add a value; several of one kind stand one after another."""
    value = value.strip()
    if not name or not value:
        return
    known = info.get(name)
    if known is None:
        info[name] = value
    elif value not in known.split("; "):
        info[name] = f"{known}; {value}"


def _text(element: Element, path: str) -> str:
    return (element.findtext(path) or "").strip()


def _number(element: Element, tag: str) -> int:
    text = _text(element, tag)
    return int(text) if text.isdecimal() and len(text) < 6 else 0
