"""Walks an MEI score from measure to measure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from xml.etree.ElementTree import Element

from stretto.score.mei_frame import Frame, Staff
from stretto.score.mei_layer import LayerReader, tuplet_spans
from stretto.score.mei_music import Music, RawBar
from stretto.score.mei_names import EDITORIAL_ALL, EDITORIAL_FIRST
from stretto.score.mei_pitch import PitchReader, without_sounding_accidentals
from stretto.score.tally import Tally

MAX_DEPTH = 40
MAX_BARS = 50_000
MAX_LENGTH = Fraction(1000)
"""Longest bar in whole notes."""
_SILENT = ("pb", "sb", "cb", "expansion", "annot", "div", "pgHead", "pgFoot", "tempo", "dir")


class ScoreWalker:
    """Reads the measures of a <score> in order."""

    def __init__(self, score: Element, name: str, tally: Tally) -> None:
        """Nothing read yet; `name` is the file's, for messages."""
        self.music = Music()
        self.frame = Frame(tally)
        self._name = name
        self._tally = tally
        typed = without_sounding_accidentals(score)
        self._pitches = PitchReader(tally, from_paper=typed)
        self._layers = LayerReader(self.music, self.frame, self._pitches, tuplet_spans(score), tally)
        self._now = Fraction(0)
        self.where = "the first scoreDef"
        self._typed = typed

    def read(self, score: Element) -> None:
        """Read everything.

        Raises:
            ValueError: something cannot be understood; `where` says the measure.
        """
        definition = next(score.iter("scoreDef"), None)
        if definition is None:
            raise ValueError("there is no <scoreDef>, so no staff is known; add one")
        self.frame.open(definition)
        self._define(definition)
        for child in score:
            if child is not definition:
                self._part_of_score(child, "", 0, definition)
        if self._typed and any(key.fifths for _, _, key in self.music.keys):
            self._tally.add("no sounding accidentals in the file: key signature and bar decide")

    def _part_of_score(self, element: Element, ending: str, depth: int, seen: Element) -> None:
        if depth > MAX_DEPTH:
            raise ValueError(f"sections are nested over {MAX_DEPTH} deep; remove some")
        tag = element.tag
        if tag == "measure":
            self._measure(element, ending)
        elif tag in ("section", "ending", "parts") or tag in EDITORIAL_ALL:
            label = _ending_label(element) if tag == "ending" else ending
            for child in element:
                if child is not seen:
                    self._part_of_score(child, label, depth + 1, seen)
        elif tag in EDITORIAL_FIRST:
            chosen = next((found for name in EDITORIAL_FIRST[tag] if (found := element.find(name)) is not None), None)
            if chosen is not None:
                self._part_of_score(chosen, ending, depth + 1, seen)
        elif tag in ("scoreDef", "staffDef"):
            self._define(element)
        elif tag not in _SILENT:
            self._tally.add(f"elements that a score has no place for left out: {tag}", self.where)

    def _define(self, definition: Element) -> None:
        for staff, kind in self.frame.read(definition):
            if kind == "clef" and staff.clef is not None:
                self.music.clefs.append((self._now, staff.part, staff.place, staff.clef))
            elif kind == "key" and staff.key is not None:
                self.music.keys.append((self._now, staff.part, staff.key))
            elif kind == "meter" and staff.meter is not None:
                self.music.meters.append((self._now, staff.meter))

    # ---- measures ------------------------------------------------------------------------------------

    def _measure(self, measure: Element, ending: str) -> None:
        if len(self.music.bars) >= MAX_BARS:
            raise ValueError(f"over {MAX_BARS} measures, which no score has")
        label = measure.get("n", str(len(self.music.bars) + 1))[:20]
        self.where = f"measure {label}"
        self._pitches.begin_bar()
        meter = next((staff.meter for staff in self.frame.staves.values() if staff.meter), None)
        length, controls, n_bars = Fraction(0), [], 1
        for child in _flat(measure):
            if child.tag == "staff":
                length = max(length, self._staff(child))
                n_bars = max([n_bars, *(_count(rest) for rest in child.iter("multiRest"))])
            else:
                controls.append(child)
        full = meter.length if meter is not None else Fraction(1)
        bar = RawBar(
            self._now, length or full, measure.get("left", ""), measure.get("right", ""), ending, label, controls,
            beat=Fraction(1, meter.denominator) if meter else Fraction(1, 4),
        )  # fmt: skip
        if bar.length > MAX_LENGTH:
            raise ValueError(f"it lasts over {MAX_LENGTH} whole notes, which no bar does")
        self.music.bars.append(bar)
        for index in self._layers.trailing_clefs:
            _, part, place, clef = self.music.clefs[index]
            self.music.clefs[index] = (self._now + bar.length, part, place, clef)
        self._layers.trailing_clefs.clear()
        self._now += bar.length
        for _ in range(n_bars - 1):
            # A rest of several bars stands in one measure.
            self.music.bars.append(RawBar(self._now, full, "", bar.right, ending, label, [], beat=bar.beat))
            bar.right = ""
            bar = self.music.bars[-1]
            self._now += full

    def _staff(self, element: Element) -> Fraction:
        staff = self.frame.staves.get(element.get("n", ""))
        if staff is None:
            self._tally.add("staves that no staffDef declares left out", self.where)
            return Fraction(0)
        length = Fraction(0)
        lengths: list[Fraction] = []
        for order, layer in enumerate(element.findall("layer"), 1):
            lengths.append(self._layers.read(layer, staff, _voice(layer, order, staff), self._now, self.where))
            length = max(length, lengths[-1])
        return length


def _flat(measure: Element) -> Iterator[Element]:
    """Staves and control events, editorial markup opened."""
    for child in measure:
        if child.tag in EDITORIAL_ALL:
            yield from child
        elif child.tag in EDITORIAL_FIRST:
            chosen = next((found for tag in EDITORIAL_FIRST[child.tag] if (found := child.find(tag)) is not None), None)
            yield from chosen if chosen is not None else ()
        else:
            yield child


def _voice(layer: Element, order: int, staff: Staff) -> int:
    """Voice within the part: layers 1 to 4 of a second staff are its voices 5 to 8, as in MuseScore."""
    text = layer.get("n", "")
    number = int(text) if text.isascii() and text.isdigit() and 0 < int(text[:4]) < 100 else order
    return min(number if number > 4 else number + 4 * (staff.place - 1), 127)


def _ending_label(element: Element) -> str:
    numbers = re.findall(r"\d{1,2}", element.get("n", ""))
    return ", ".join(numbers) or element.get("n", element.get("label", ""))[:20]


def _count(rest: Element) -> int:
    text = rest.get("num", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 1
