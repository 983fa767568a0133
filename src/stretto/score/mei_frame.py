"""MEI's scoreDef and staffDef: which staves make up which part, and what is in force on each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from xml.etree.ElementTree import Element

from stretto.score.mei_names import MODES, SYMBOLS
from stretto.score.model import Part
from stretto.score.tally import Tally

MAX_STAVES = 200
_ORDER = {1: "fcgdaeb", -1: "beadgcf"}


@dataclass(frozen=True, slots=True)
class ClefSign:
    """A clef as MEI says it."""

    sign: str
    line: int
    octave: int


@dataclass(frozen=True, slots=True)
class KeySign:
    """A key signature as written."""

    fifths: int
    mode: str = ""

    @property
    def alters(self) -> dict[str, int]:
        """Alteration of each step that the signature changes."""
        sign = 1 if self.fifths > 0 else -1
        return dict.fromkeys(_ORDER[sign][: abs(self.fifths)], sign)


@dataclass(frozen=True, slots=True)
class MeterSign:
    """A time signature."""

    numerator: int
    denominator: int
    symbol: str = ""

    @property
    def length(self) -> Fraction:
        """Of a full bar, in whole notes."""
        return Fraction(self.numerator, self.denominator)


@dataclass(slots=True)
class Staff:
    """One staff: where it stands, and what is in force on it now."""

    number: str
    part: int
    place: int
    """1 = the part's top staff."""
    chromatic: int = 0
    diatonic: int = 0
    clef: ClefSign | None = None
    key: KeySign | None = None
    meter: MeterSign | None = None
    length: str = ""
    """dur.default."""
    octave: str = ""
    """oct.default."""
    ppq: str = ""


@dataclass(slots=True)
class Frame:
    """All staves and parts of a score."""

    tally: Tally
    staves: dict[str, Staff] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    _n_groups: int = 0

    def open(self, definition: Element) -> None:
        """Read the first scoreDef."""
        for group in definition.findall("staffGrp"):
            self._group(group, "", 0)

    def _group(self, group: Element, bracket: str, depth: int) -> None:
        if depth > 20:
            raise ValueError("staff groups are nested over 20 deep; remove some")
        symbol = group.get("symbol") or next((sign.get("symbol", "") for sign in group.findall("grpSym")), "")
        children = [child for child in group if child.tag in ("staffGrp", "staffDef")]
        plain = all(child.tag == "staffDef" for child in children)
        if symbol == "brace" and plain and len(children) > 1:
            self._part(group, children, bracket)
            return
        if symbol in ("bracket", "bracketsq", "brace") and not bracket:
            self._n_groups += 1
            bracket = f"bracket {self._n_groups}" if self._n_groups > 1 else "bracket"
        for child in children:
            if child.tag == "staffGrp":
                self._group(child, bracket, depth + 1)
            else:
                self._part(child, [child], bracket)

    def _part(self, named: Element, definitions: list[Element], bracket: str) -> None:
        if len(self.staves) + len(definitions) > MAX_STAVES:
            raise ValueError(f"over {MAX_STAVES} staves, which no score has")
        number = len(self.parts)
        for place, definition in enumerate(definitions, 1):
            name = definition.get("n", str(len(self.staves) + 1))
            if name in self.staves:
                self.tally.add("staves defined twice left out", f"staff {name}")
                continue
            self.staves[name] = Staff(
                name, number, place,
                chromatic=_whole(definition.get("trans.semi", "0")), diatonic=_whole(definition.get("trans.diat", "0")),
            )  # fmt: skip
        first = definitions[0]
        sound = next((found for found in (*named.iter("instrDef"), *first.iter("instrDef"))), None)
        program = -1 if sound is None else _whole(sound.get("midi.instrnum", "-1"))
        channel = "" if sound is None else sound.get("midi.channel", "")
        label = _label(named, "label") or _label(first, "label")
        self.parts.append(
            Part(
                name=label,
                abbreviation=_label(named, "labelAbbr") or _label(first, "labelAbbr"),
                n_staves=len(definitions),
                program=program if 0 <= program <= 127 else -1,
                percussion=channel == "9",
                chromatic=_whole(first.get("trans.semi", "0")),
                diatonic=_whole(first.get("trans.diat", "0")),
                group=bracket,
            )
        )

    def read(self, definition: Element) -> list[tuple[Staff, str]]:
        """Take over what a scoreDef or staffDef says now.

        Returns:
            The staves and what changed on them: "clef", "key" or "meter".
        """
        if definition.tag == "staffDef":
            staff = self.staves.get(definition.get("n", ""))
            return self._apply(definition, [staff]) if staff else []
        changes = self._apply(definition, list(self.staves.values()))
        for inner in definition.iter("staffDef"):
            staff = self.staves.get(inner.get("n", ""))
            if staff is not None:
                changes += self._apply(inner, [staff])
        return changes

    def _apply(self, definition: Element, staves: list[Staff]) -> list[tuple[Staff, str]]:
        clef, key, meter = clef_of(definition), key_of(definition, self.tally), meter_of(definition, self.tally)
        changes: list[tuple[Staff, str]] = []
        for staff in staves:
            staff.length = definition.get("dur.default", staff.length)
            staff.octave = definition.get("oct.default", staff.octave)
            staff.ppq = definition.get("ppq", staff.ppq)
            if clef is not None:
                staff.clef = clef
                changes.append((staff, "clef"))
            if key is not None:
                staff.key = key
                changes.append((staff, "key"))
            if meter is not None:
                staff.meter = meter
                changes.append((staff, "meter"))
        return changes


def clef_of(element: Element) -> ClefSign | None:
    """The clef of a <clef>, or of a definition with clef attributes or a <clef> in it."""
    inner = element if element.tag == "clef" else element.find("clef")
    if inner is not None:
        get = {name: inner.get(name) for name in ("shape", "line", "dis", "dis.place")}
    else:
        get = {name: element.get("clef." + name) for name in ("shape", "line", "dis", "dis.place")}
    shape = get["shape"]
    if shape is None:
        return None
    sign = {"G": "G", "GG": "G", "F": "F", "C": "C"}.get(shape, "percussion")
    line = _whole(get["line"] or str({"G": 2, "F": 4, "C": 3}.get(sign, 3)))
    octaves = {"8": 1, "15": 2, "22": 3}.get(get["dis"] or "", 0) * (-1 if get["dis.place"] == "below" else 1)
    return ClefSign(sign, line if 1 <= line <= 5 else 3, octaves - (shape == "GG"))


def key_of(element: Element, tally: Tally) -> KeySign | None:
    """The key signature of a <keySig>, or of a definition that says one."""
    inner = element if element.tag == "keySig" else element.find("keySig")
    if inner is not None:
        text, mode = inner.get("sig"), inner.get("mode", "")
        if text is None and inner.find("keyAccid") is not None:
            text = "mixed"
    else:
        text, mode = element.get("keysig") or element.get("key.sig"), element.get("key.mode", "")
    if text is None:
        return None
    found = re.fullmatch(r"(\d{1,2})([sf]?)", text)
    if found is None or int(found.group(1)) > 12:
        tally.add("key signatures outside the circle of fifths kept only in the notes", text)
        return None
    return KeySign(int(found.group(1)) * (-1 if found.group(2) == "f" else 1), mode if mode in MODES else "")


def meter_of(element: Element, tally: Tally) -> MeterSign | None:
    """The metre of a <meterSig>, or of a definition that says one."""
    several = None if element.tag == "meterSig" else element.find("meterSigGrp")
    if several is not None and len(several):
        tally.add("groups of metres kept only as their first")
    inner = element if element.tag == "meterSig" else element.find("meterSig")
    if inner is None and several is not None:
        inner = several.find("meterSig")
    if inner is not None:
        get = {name: inner.get(name, "") for name in ("count", "unit", "sym")}
    else:
        get = {name: element.get("meter." + name, "") for name in ("count", "unit", "sym")}
    symbol = SYMBOLS.get(get["sym"], "")
    if not get["count"] and symbol:
        return MeterSign(4, 4, symbol) if symbol == "common" else MeterSign(2, 2, symbol)
    terms = [int(n) for n in re.findall(r"\d{1,3}", get["count"])]
    if not terms:
        return None
    if len(terms) > 1:
        tally.add("additive metres kept only as their sum", get["count"])
    unit = _whole(get["unit"] or "4")
    if not sum(terms) or unit not in (1, 2, 4, 8, 16, 32, 64):
        raise ValueError(f"the metre {get['count']}/{get['unit']} is none; write it as 3 and 4")
    return MeterSign(sum(terms), unit, symbol)


def text_of(element: Element | None) -> str:
    """All text in an element on one line; <lb/> is a space."""
    if element is None:
        return ""
    # A no-break space is part of the text: editions put one where a syllable needs room.
    return " ".join(re.split(r"[ \t\r\n]+", "".join(_words(element)))).strip(" ")


def _words(element: Element, line_break: str = " ") -> Iterator[str]:
    """Texts in an element; line breaks of the file itself mean nothing."""
    yield " ".join(re.split(r"[\r\n]+", element.text or ""))
    for child in element:
        yield line_break if child.tag == "lb" else ""
        yield from _words(child, line_break)
        yield " ".join(re.split(r"[\r\n]+", child.tail or ""))


def _label(element: Element, tag: str) -> str:
    found = element.find(tag)
    lines = [] if found is None else "".join(_words(found, line_break="\n")).split("\n")
    return "\n".join(" ".join(line.split()) for line in lines if line.strip()) or element.get(
        "label" if tag == "label" else "label.abbr", ""
    )


def _whole(text: str) -> int:
    if not re.fullmatch(r"[+-]?\d{1,4}", text):
        raise ValueError(f"{text[:20]!r} is no whole number")
    return int(text)
