"""A reader of written MusicXML that knows only the format's rules, and lists what breaks them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

QUARTERS = {
    "breve": Fraction(8), "whole": Fraction(4), "half": Fraction(2), "quarter": Fraction(1), "eighth": Fraction(1, 2),
    "16th": Fraction(1, 4), "32nd": Fraction(1, 8), "64th": Fraction(1, 16), "128th": Fraction(1, 32),
    "256th": Fraction(1, 64), "512th": Fraction(1, 128), "1024th": Fraction(1, 256),
}  # fmt: skip
ORDER = (
    "grace", "cue", "chord", "pitch", "unpitched", "rest", "duration", "tie", "instrument", "voice", "type", "dot",
    "accidental", "time-modification", "stem", "notehead", "staff", "beam", "notations", "lyric",
)  # fmt: skip
"""Children of a note, in the order that the schema asks."""


def broken_rules(data: bytes) -> list[str]:
    """Every breach of the format in a document; empty = a page can be drawn from it as it stands."""
    root = ElementTree.fromstring(data)
    lengths: dict[int, dict[Fraction, str]] = {}
    found = []
    for part in root.findall("part"):
        walk = _Part(part)
        found += list(walk.breaches())
        for index, length in enumerate(walk.lengths):
            lengths.setdefault(index, {})[length] = str(part.get("id"))
    found += [f"measure {index}: parts of different lengths {sorted(map(str, own))}"
              for index, own in lengths.items() if len(own) > 1]  # fmt: skip
    ids = Counter(element.get("id") for element in root.iter() if element.get("id") and element.tag != "part")
    for instrument in root.iter():
        if instrument.tag in ("score-part", "midi-instrument", "instrument"):
            ids[instrument.get("id")] -= 1
    ids.update(score_part.get("id") for score_part in root.iter("score-part"))
    return found + [f"id {identity} twice" for identity, count in ids.items() if count > 1]


class _Part:
    """One part, walked with a cursor as a program that draws it does."""

    def __init__(self, part: Element) -> None:
        self._part = part
        self._divisions = Fraction(1)
        self._where = ""
        self._ties: Counter[Any] = Counter()
        self._slurs: Counter[Any] = Counter()
        self.lengths: list[Fraction] = []

    def breaches(self) -> Iterator[str]:
        """What is wrong in it."""
        start = Fraction(0)
        for measure in self._part.findall("measure"):
            self._where = f"part {self._part.get('id')}, measure {measure.get('number')}"
            length = Fraction(0)
            for what in self._measure(measure, start):
                if isinstance(what, Fraction):
                    length = what
                else:
                    yield f"{self._where}: {what}"
            self.lengths.append(length)
            start += length
        yield from (f"a tie that leads to no note: {place}" for place in self._ties.elements())
        for number, count in self._slurs.items():
            if count:
                yield f"slur {number}: {count:+d} starts without stops"

    def _measure(self, measure: Element, start: Fraction) -> Iterator[str | Fraction]:
        at = furthest = Fraction(0)
        onset = at
        voices: dict[str, Fraction] = {}
        tuplets: Counter[str] = Counter()
        beams: dict[tuple[str, int], str] = {}
        for element in measure:
            if element.tag == "attributes" and element.find("divisions") is not None:
                self._divisions = Fraction(str(element.findtext("divisions")))
            elif element.tag in ("backup", "forward"):
                length = Fraction(str(element.findtext("duration"))) / self._divisions
                at += length if element.tag == "forward" else -length
                if at < 0:
                    yield f"a backup before the bar, to {at}"
            elif element.tag == "note":
                yield from self._shape(element)
                length = Fraction(element.findtext("duration") or 0) / self._divisions
                if element.find("chord") is None:
                    onset, at = at, at + length
                    voice = element.findtext("voice") or ""
                    if onset < voices.get(voice, Fraction(0)):
                        yield f"voice {voice} overlaps itself at {onset}"
                    voices[voice] = at
                    yield from self._beam(element, voice, beams)
                yield from self._tie(element, start + onset, start + onset + length)
                for tuplet in element.iterfind("notations/tuplet"):
                    tuplets[f"{element.findtext('voice')}"] += 1 if tuplet.get("type") == "start" else -1
                for slur in element.iterfind("notations/slur"):
                    self._slurs[slur.get("number", "1")] += 1 if slur.get("type") == "start" else -1
            furthest = max(furthest, at)
        yield from (f"tuplets of voice {voice}: {count:+d}" for voice, count in tuplets.items() if count)
        yield from (f"beam {level} of voice {voice} is left open" for (voice, level), state in beams.items()
                    if state in ("begin", "continue"))  # fmt: skip
        yield furthest

    def _shape(self, note: Element) -> Iterator[str]:
        places = [ORDER.index(child.tag) for child in note]
        if places != sorted(places):
            yield f"children out of order: {[child.tag for child in note]}"
        kind = note.findtext("type")
        if kind is None:
            rest = note.find("rest")
            if rest is None or rest.get("measure") != "yes":
                yield f"no type for {note.findtext('duration')} of {self._divisions}"
            return
        if note.find("grace") is not None:
            return
        value = QUARTERS[kind] * (2 - Fraction(1, 2 ** len(note.findall("dot"))))
        ratio = note.find("time-modification")
        if ratio is not None:
            value *= Fraction(int(ratio.findtext("normal-notes") or 0), int(ratio.findtext("actual-notes") or 1))
        if value * self._divisions != Fraction(note.findtext("duration") or 0):
            yield f"a {kind} of {note.findtext('duration')} with {self._divisions} to the quarter"

    def _tie(self, note: Element, onset: Fraction, end: Fraction) -> Iterator[str]:
        pitch = note.find("pitch")
        name = ElementTree.tostring(pitch) if pitch is not None else note.findtext("unpitched/display-step")
        kinds = {tie.get("type") for tie in note.findall("tie")}
        key = (name,)
        if "stop" in kinds:
            if not self._ties[*key, onset]:
                yield f"a tie into a note of voice {note.findtext('voice')} at {onset} that none begins"
            self._ties[*key, onset] -= self._ties[*key, onset] > 0
        if "start" in kinds:
            self._ties[*key, end] += 1

    def _beam(self, note: Element, voice: str, beams: dict[tuple[str, int], str]) -> Iterator[str]:
        if note.find("grace") is not None:
            return
        levels = {int(beam.get("number", "1")): str(beam.text) for beam in note.findall("beam")}
        if levels and note.findtext("type") in ("quarter", "half", "whole", "breve"):
            yield f"a beam on a {note.findtext('type')}"
        for (of, level), state in list(beams.items()):
            if of == voice and state in ("begin", "continue") and levels.get(level) not in ("continue", "end"):
                yield f"beam {level} of voice {voice} breaks off"
        for level in range(1, 9):
            state = levels.get(level, "")
            if state in ("continue", "end") and beams.get((voice, level)) not in ("begin", "continue"):
                yield f"beam {level} of voice {voice} goes on from nothing"
            beams[voice, level] = state
