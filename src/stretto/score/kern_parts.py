"""Which kern spines make a part, what the parts are called, and the file's reference records."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from stretto.score.kern_signs import transposition
from stretto.score.model import Part
from stretto.score.tally import Tally

INSTRUMENTS = {
    "soprn": ("Soprano", 52), "mezzo": ("Mezzosoprano", 52), "canto": ("Canto", 52), "cant": ("Cantus", 52),
    "calto": ("Alto", 52), "icalto": ("Alto", 52), "alto": ("Alto", 52), "tenor": ("Tenor", 52),
    "barit": ("Baritone", 52), "bass": ("Bass", 52), "vox": ("Voice", 52), "coro": ("Choir", 52),
    "piano": ("Piano", 0), "forte": ("Fortepiano", 0), "clavi": ("Clavichord", 7), "cemba": ("Harpsichord", 6),
    "hpschd": ("Harpsichord", 6), "organ": ("Organ", 19), "harmn": ("Harmonium", 20), "harp": ("Harp", 46),
    "guitr": ("Guitar", 24), "violn": ("Violin", 40), "vioIn": ("Violin", 40), "viola": ("Viola", 41),
    "cello": ("Cello", 42), "cbass": ("Double bass", 43), "contr": ("Double bass", 43), "flt": ("Flute", 73),
    "flauto": ("Flute", 73), "picco": ("Piccolo", 72), "oboe": ("Oboe", 68), "clars": ("Clarinet", 71),
    "clara": ("Clarinet", 71), "fagot": ("Bassoon", 70), "cor": ("Horn", 60), "corno": ("Horn", 60),
    "tromp": ("Trumpet", 56), "tromb": ("Trombone", 57), "trombone": ("Trombone", 57), "timpa": ("Timpani", 47),
}  # fmt: skip
"""Humdrum's instrument codes: a name to print and a General MIDI program."""

_KEYBOARDS = frozenset(("piano", "forte", "clavi", "cemba", "hpschd", "organ", "harmn"))

_ONE_BARLINE = re.compile(r"[({](?:[^(){}]*,[^(){}]*|\*)[)}]")
"""Staves that a !!!system-decoration record joins by their barlines: (s1,s2), {s1,s2}, (*)."""

RECORDS = {
    "OTL": "title", "OTP": "subtitle", "OPR": "work", "COM": "composer", "LYR": "lyricist", "LAR": "arranger",
    "OPS": "opus", "ONM": "number", "OMV": "movement", "SCT": "catalogue", "CDT": "composer dates", "ODT": "date",
    "YEC": "rights", "YEM": "licence", "ENC": "encoder", "AGN": "genre",
    "expansion": "expansion",
}  # fmt: skip


@dataclass(slots=True)
class SpineHead:
    """What stands above the first note of a kern spine, or of a spine that goes with it."""

    index: int
    part: str = ""
    staff: str = ""
    name: str = ""
    abbreviation: str = ""
    code: str = ""
    keyboard_class: bool = False
    transposed: tuple[int, int] = (0, 0)
    percussion: bool = False

    def take(self, cell: str) -> bool:
        """Whether the interpretation was one about the instrument; the first of a kind counts."""
        if cell.startswith("*part"):
            self.part = self.part or cell[5:].strip()
        elif cell.startswith("*staff"):
            self.staff = self.staff or cell[6:].strip()
        elif cell.startswith('*I"'):
            self.name = self.name or cell[3:].strip()
        elif cell.startswith("*I'"):
            self.abbreviation = self.abbreviation or cell[3:].strip()
        elif cell.startswith("*ITrd"):
            self.transposed = transposition(cell) or self.transposed
        elif cell.startswith("*IC"):
            self.keyboard_class = self.keyboard_class or cell == "*ICklav"
        elif re.match(r"\*I[a-z]", cell):
            self.code = self.code or cell[2:].strip()
        else:
            return False
        return True


@dataclass(slots=True)
class Layout:
    """The parts, top voice first, and where each spine stands in them."""

    place: dict[int, tuple[int, int]]
    """Kern spine -> (part, staff)."""
    heads: list[list[SpineHead]]
    """For each part its spines, top staff first."""
    joined_by_guess: bool = False
    groups: dict[int, str] = field(default_factory=dict)

    def parts(self) -> tuple[Part, ...]:
        """As the Score wants them."""
        return tuple(_part(heads, self.groups.get(number, "")) for number, heads in enumerate(self.heads))


def lay_out(heads: Iterable[SpineHead], decoration: str = "") -> Layout:
    """Join spines into parts: by *part, else a keyboard's two neighbouring staves.

    Args:
        heads: of the kern spines, left (bass) to right.
        decoration: the !!!system-decoration record, which names brackets.
    """
    order = list(heads)[::-1]
    groups: list[list[SpineHead]] = []
    for head in order:
        same = next((g for g in groups if head.part and g[0].part == head.part), None)
        if same is not None:
            same.append(head)
        else:
            groups.append([head])
    guessed = len(groups) == 2 == len(order) and one_keyboard(order[0], order[1], decoration)
    if guessed:
        groups = [order]
    place = {head.index: (p, s) for p, group in enumerate(groups) for s, head in enumerate(group, 1)}
    return Layout(place, groups, guessed, _brackets(decoration, groups, order))


def one_keyboard(upper: SpineHead, lower: SpineHead, decoration: str) -> bool:
    """Whether two spines are the two hands of one instrument, though numbered as two parts.

    Keyboards with two names (Primo, Secondo) are two parts, unless one barline is drawn through both: "[(s1,s2)]".
    """
    codes = {upper.code, lower.code}
    one_name = not (upper.name and lower.name) or upper.name == lower.name
    if codes <= _KEYBOARDS:
        return one_name or bool(_ONE_BARLINE.search(decoration))
    braced = "{" in decoration or upper.keyboard_class or lower.keyboard_class or codes & _KEYBOARDS
    return one_name and bool(braced) and codes <= _KEYBOARDS | {"", "empty"}


def _part(heads: list[SpineHead], group: str) -> Part:
    named = [head.name for head in heads if head.name]
    short = [head.abbreviation for head in heads if head.abbreviation]
    code = next((head.code for head in heads if head.code in INSTRUMENTS), "")
    name, program = INSTRUMENTS.get(code, ("", -1))
    diatonic, chromatic = heads[0].transposed
    return Part(
        name=named[0] if named else name,
        abbreviation=short[0] if short else "",
        n_staves=len(heads),
        program=program,
        percussion=all(head.percussion for head in heads),
        chromatic=chromatic,
        diatonic=diatonic,
        group=group,
    )


def _brackets(decoration: str, groups: list[list[SpineHead]], order: list[SpineHead]) -> dict[int, str]:
    """Part -> bracket, from a record such as [(s1,s2,s3)]s4; staves are counted from the top."""
    found: dict[int, str] = {}
    for number, inside in enumerate(re.findall(r"\[([^\]]*)\]", decoration), 1):
        if "*" in inside:
            members = range(len(groups))
        else:
            wanted = {int(digits) - 1 for digits in re.findall(r"s(\d{1,3})", inside)}
            staves = [head for place, head in enumerate(order) if place in wanted]
            members = [p for p, group in enumerate(groups) if any(head in staves for head in group)]  # type: ignore[assignment]
        if len(members) > 1:
            found.update((part, f"group {number}") for part in members)
    return found


class Records:
    """The file's reference records (!!!COM: Bach, ...) on their way to `Score.info`."""

    def __init__(self) -> None:
        """Start empty."""
        self.all: dict[str, str] = {}

    def take(self, content: str) -> None:
        """Keep one record."""
        key, _, value = content.lstrip("!").partition(":")
        key, value = key.strip(), html.unescape(value.strip())
        if key and value and key != "system-decoration":  # brackets and braces are in the parts
            self.all[key] = f"{self.all[key]}; {value}" if key in self.all else value

    def info(self, tally: Tally) -> dict[str, str]:
        """Known records by our names, the others as humdrum:KEY."""
        info: dict[str, str] = {}
        for key, value in self.all.items():
            base = key.partition("@")[0]
            ours = RECORDS.get(base)
            if ours and (ours not in info or "@@" in key):
                if ours in info:
                    tally.add("titles in further languages left out", info[ours])
                info[ours] = _forename_first(value) if base in ("COM", "LYR", "LAR") else value
            else:
                info[f"humdrum:{key}"] = value
        return info


def decoration(text: str) -> str:
    """The record about brackets and braces; it may stand at the very end of a file."""
    found = re.search(r"^!!!system-decoration:(.*)$", text, re.MULTILINE)
    return found.group(1).strip() if found else ""


def own_signs(text: str) -> dict[str, str]:
    """Signs that a file explains itself (!!!RDF**kern: | = vertical stroke), wherever in it they stand."""
    found = re.findall(r"^!!!RDF\*\*kern:\s*(\S)\S*\s*=\s*(.*)$", text, re.MULTILINE)
    return {sign: meaning.strip() for sign, meaning in found}


def _forename_first(name: str) -> str:
    """ "Bach, Johann Sebastian" as it is printed."""
    family, comma, forename = name.partition(", ")
    return f"{forename} {family}" if comma and "," not in forename and ";" not in name else name
