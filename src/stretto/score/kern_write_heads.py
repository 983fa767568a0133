"""What stands around the notes of a kern file: records, the spines' heads, barlines, metres, keys and clefs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from stretto.score.kern_parts import INSTRUMENTS, RECORDS, SpineHead, one_keyboard
from stretto.score.model import Bar, Clef, Key, Meter, Part, Score
from stretto.score.tally import Tally

_SHARPS, _FLATS = "fcgdaeb", "beadgcf"
_TONIC_OF_MODE = {
    "lydian": (-1, True, "lyd"), "major": (0, True, ""), "ionian": (0, True, "ion"), "mixolydian": (1, True, "mix"),
    "dorian": (2, False, "dor"), "minor": (3, False, ""), "aeolian": (3, False, "aeo"),
    "phrygian": (4, False, "phr"), "locrian": (5, False, "loc"),
}  # fmt: skip
_STYLES = {"": "", "double": "||", "final": "|!", "none": "-", "dotted": ".", "heavy": "!"}


def records(score: Score, tally: Tally) -> Iterator[str]:
    """Reference records, one a line."""
    keys = {ours: theirs for theirs, ours in RECORDS.items()}
    for name, content in score.info.items():
        key = name.removeprefix("humdrum:") if name.startswith("humdrum:") else keys.get(name, "")
        if name == "expansion":
            continue
        if key:
            one_line = re.sub(r"[\t\r\n]+", " ", content)
            yield f"!!!{key}: {one_line}"
        else:
            tally.add(f"facts about the piece left out: {name}")


def decoration(score: Score) -> str:
    """The record of brackets and braces: [(s1,s2)]{(s3,s4)}; "" where there are none."""
    text, staff, group = "", 1, ""
    for part in score.parts:
        if part.group != group:
            text += ("]" if group else "") + ("[" if part.group else "")
            group = part.group
        staves = ",".join(f"s{staff + place}" for place in range(part.n_staves))
        text += f"{{({staves})}}" if part.n_staves > 1 else staves
        staff += part.n_staves
    text += "]" if group else ""
    return text if "[" in text or "{" in text else ""


def head_cells(score: Score, staves: list[tuple[int, int]], tally: Tally) -> dict[tuple[int, int], list[str]]:
    """Interpretations above the first notes of every staff, which are given bass first.

    Most files of two keyboard spines number the two hands as two parts, so a reader takes them for one instrument.
    Two parts that would be taken so stay two without the instrument, which is counted.
    """
    heads = {
        place: part_cells(score.parts[place[0]], place[0] + 1, number)
        for number, place in zip(range(len(staves), 0, -1), staves, strict=True)
    }
    if len(score.parts) == 2 == len(staves):
        lower, upper = (SpineHead(index) for index in range(2))
        for head, cells in zip((lower, upper), heads.values(), strict=True):
            for cell in cells:
                head.take(cell)
        if one_keyboard(upper, lower, decoration(score)):
            instruments = [cell for cells in heads.values() for cell in cells if cell[:2] == "*I" and cell[2].islower()]
            tally.add("instruments left out, so that two parts are not read as one keyboard", count=len(instruments))
            return {place: [cell for cell in cells if cell not in instruments] for place, cells in heads.items()}
    return heads


def part_cells(part: Part, number: int, staff_number: int) -> list[str]:
    """Interpretations above the first note of a staff."""
    cells = [f"*part{number}", f"*staff{staff_number}"]
    if part.name:
        cells.append(f'*I"{part.name}')
    if part.abbreviation:
        cells.append(f"*I'{part.abbreviation}")
    code = _code(part)
    if code:
        cells.append(f"*I{code}")
    if part.chromatic or part.diatonic:
        cells.append(f"*ITrd{-part.diatonic}c{-part.chromatic}")
    return cells


def _code(part: Part) -> str:
    same = [code for code, (_, program) in INSTRUMENTS.items() if program == part.program]
    named = [code for code in same if INSTRUMENTS[code][0].lower() == part.name.lower()]
    return next(iter([*named, *same]), "")


def clef_cell(clef: Clef) -> str:
    """Such as *clefGv2."""
    if clef.sign == "percussion":
        return "*clefX"
    shift = "v" * -clef.octave if clef.octave < 0 else "^" * clef.octave
    return f"*clef{clef.sign}{shift}{clef.line}"


def key_cells(key: Key) -> list[str]:
    """Signature and, where the mode is known, the tonic."""
    signs = [f"{s}#" for s in _SHARPS[: max(0, key.fifths)]] + [f"{s}-" for s in _FLATS[: max(0, -key.fifths)]]
    cells = [f"*k[{''.join(signs)}]"]
    if key.mode in _TONIC_OF_MODE:
        distance, major, name = _TONIC_OF_MODE[key.mode]
        alter, place = divmod(key.fifths + distance + 1, 7)
        letter = "FCGDAEB"[place]
        accidental = "#" * alter if alter > 0 else "-" * -alter
        cells.append(f"*{letter if major else letter.lower()}{accidental}:{name}")
    return cells


def meter_cells(meter: Meter) -> list[str]:
    """Numbers and sign."""
    sign = {"common": "*met(c)", "cut": "*met(c|)"}.get(meter.symbol)
    return [f"*M{meter.numerator}/{meter.denominator}", *([sign] if sign else [])]


@dataclass(slots=True)
class BarlineWriter:
    """Types the line between two bars."""

    score: Score
    tally: Tally

    def before(self, index: int) -> str:
        """The barline in front of bar `index`; the one after the last bar has the index after it. "" = none."""
        bars = self.score.bars
        left = bars[index - 1] if index else None
        right = bars[index] if index < len(bars) else None
        if left is None and right is not None and right.number == 0 and not right.repeat_start:
            return ""
        counts_on = right is not None and (left is None or right.number != left.number) and right.number != 0
        number = str(right.number) if right is not None and counts_on else ""
        drawn = self._drawn(left, right)
        if right is None and left is not None and left.barline == "final":
            return "==" if drawn == "|!" else f"=={drawn}"
        return f"={number}{drawn}"

    def _drawn(self, left: Bar | None, right: Bar | None) -> str:
        ends = left is not None and left.repeat_end > 0
        starts = right is not None and right.repeat_start
        if left is not None and left.repeat_end > 2:
            self.tally.add("sections played more than twice written with one repeat")
        if (ends or starts) and left is not None and left.barline not in ("", "final" if right is None else ""):
            self.tally.add(f"barlines at repeat signs left plain: {left.barline}", f"bar {left.number}")
        if ends or starts:
            return ":|!|:" if ends and starts else ":|!" if ends else "!|:"
        if left is None:
            return ""
        if left.barline not in _STYLES:
            self.tally.add(f"barlines left plain: {left.barline}", f"bar {left.number}")
        return _STYLES.get(left.barline, "")


def labels(score: Score, tally: Tally) -> dict[int, list[str]]:
    """Section labels and the list of repeats by tick: the source's own, or made where there are endings."""
    own = [mark for mark in score.marks if mark.kind == "section"]
    found: dict[int, list[str]] = {}
    if "expansion" in score.info:
        found[0] = [f"*>[{score.info['expansion']}]"]
    if own or not any(bar.ending for bar in score.bars):
        for mark in own:
            found.setdefault(mark.tick, []).append(f"*>{mark.text}")
        return found
    letter, before = "A", None
    order: list[str] = []
    for bar in score.bars:
        if bar.ending == before:
            continue
        if before is not None and not bar.ending:
            letter = chr(ord(letter) + 1)
        if bar.ending and not bar.ending.isdigit():
            tally.add("endings for several times written as one", f"bar {bar.number}")
        ending = bar.ending.split(",")[0].strip()
        found.setdefault(bar.tick, []).append(f"*>{letter}{ending}")
        order += [letter, letter + ending] if ending and order and order[-1] != letter else [letter + ending]
        before = bar.ending
    found.setdefault(0, []).insert(0, f"*>[{','.join(order)}]")
    return found
