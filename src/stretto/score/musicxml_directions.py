"""What stands between MusicXML's notes: directions, tempo, chord symbols and figured bass, as Marks and Tempos."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from xml.etree.ElementTree import Element

from stretto.score.model import Mark, Tempo
from stretto.score.musicxml_names import NAVIGATION_SOUNDS, NAVIGATION_WORDS, QUARTERS_OF_TYPE
from stretto.score.musicxml_notations import dynamic_text
from stretto.score.musicxml_source import exact
from stretto.score.musicxml_spans import SpanBook
from stretto.score.tally import Tally

_LAYOUT_ONLY = ("print", "staff-divide")
_MAX_DENOMINATOR = 20_000_000
"""MIDI's tempos are 60,000,000 over at most 16,777,216; finer ones are rounding of the writing program."""


class DirectionReader:
    """Turns one part's directions into Marks and Tempos."""

    def __init__(self, spans: SpanBook, tally: Tally) -> None:
        """Spans go to `spans`, what is left out to `tally`."""
        self._spans = spans
        self._tally = tally
        self.marks: list[Mark] = []
        self.tempos: list[Tempo] = []
        self._is_own = False
        self._readers: dict[str, Callable[[Element, Mark, str], None]] = {
            "dynamics": self._dynamics,
            "wedge": self._wedge,
            "pedal": self._pedal,
            "octave-shift": self._octave_shift,
            "rehearsal": self._rehearsal,
            "segno": self._sign,
            "coda": self._sign,
            "other-direction": self._other,
        }

    def direction(self, direction: Element, spot: Mark, where: str) -> None:
        """Read a <direction>; `spot` is a Mark that says where it is."""
        spot = replace(spot, extra=direction.get("placement", ""))
        if direction.get("system") in ("only-top", "also-top"):
            spot = replace(spot, part=-1)
        self._is_own = direction.get("system") == "none"
        words: list[str] = []
        metronome: Element | None = None
        dashes: list[Element] = []
        for kind in direction.findall("direction-type"):
            for element in kind:
                if element.tag == "words":
                    words.append(element.text or "")
                elif element.tag == "metronome":
                    metronome = element
                elif element.tag == "dashes":
                    dashes.append(element)
                elif element.tag in self._readers:
                    self._readers[element.tag](element, spot, where)
                else:
                    self._tally.add(f"directions left out: {element.tag}", where)
        text = "".join(words)
        text = text if text.strip() else ""
        sound = direction.find("sound")
        if self._tempo(metronome, sound, text, spot, where) or self._navigation(sound, text, spot):
            text = ""
        self._words(text, dashes, spot, where)

    def sound(self, sound: Element, spot: Mark, where: str) -> None:
        """Read a <sound> that stands on its own."""
        self._is_own = False
        self._tempo(None, sound, "", spot, where)
        self._navigation(sound, "", spot)

    def _words(self, text: str, dashes: list[Element], spot: Mark, where: str) -> None:
        spans = False
        for element in dashes:
            is_start = element.get("type") == "start"
            if is_start or element.get("type") == "stop":
                mark = replace(spot, kind="words", text=text if is_start else "")
                self._spans.edge(mark, element, "dashes", is_start=is_start, where=where)
                spans = spans or is_start
        if text and not spans:
            self.marks.append(replace(spot, kind="words", text=text))

    def _tempo(self, metronome: Element | None, sound: Element | None, text: str, spot: Mark, where: str) -> bool:
        """Note a tempo, if there is one; a metronome mark counts where the sound is silent."""
        unit, marked = self._metronome(metronome, where)
        stated = None if sound is None else sound.get("tempo")
        qpm = marked if stated is None else Fraction(exact(stated, "sound tempo"))
        if qpm is None:
            return False
        if qpm <= 0:
            self._tally.add("tempos of 0 or less left out", where)
            return False
        qpm = qpm.limit_denominator(_MAX_DENOMINATOR)
        self.tempos.append(Tempo(tick=spot.tick, qpm=qpm, text=text, unit=unit))
        return True

    def _metronome(self, metronome: Element | None, where: str) -> tuple[str, Fraction | None]:
        """Printed unit, and quarters per minute, of a metronome mark."""
        if metronome is None:
            return "", None
        units = [(element.text or "").strip() for element in metronome.findall("beat-unit")]
        rate = (metronome.findtext("per-minute") or "").strip().lower().removeprefix("ca.").strip(" =c.")
        try:
            per_minute = Fraction(exact(rate, "per-minute"))
        except ValueError:
            per_minute = None
        if len(units) != 1 or units[0] not in QUARTERS_OF_TYPE or per_minute is None:
            self._tally.add("metronome marks without one note and one number left out", where)
            return "", None
        n_dots = len(metronome.findall("beat-unit-dot"))
        length = QUARTERS_OF_TYPE[units[0]] * (2 - Fraction(1, 2**n_dots))
        return units[0] + "." * n_dots, per_minute * length

    def _navigation(self, sound: Element | None, text: str, spot: Mark) -> bool:
        """Note where a <sound> says to go; the words printed with it are kept beside."""
        found = False
        for attribute, name in NAVIGATION_SOUNDS.items():
            if sound is None or not sound.get(attribute) or sound.get(attribute) == "no":
                continue
            if name in ("segno", "coda") and any(
                mark.kind == "navigation" and (mark.tick, mark.text) == (spot.tick, name) for mark in self.marks[-3:]
            ):
                continue  # the sign itself was printed
            printed = "" if text == NAVIGATION_WORDS.get(name) else text
            self.marks.append(replace(self._shared(spot), kind="navigation", text=name, extra=printed))
            found = True
        return found

    def _dynamics(self, element: Element, spot: Mark, where: str) -> None:
        for child in element:
            self.marks.append(replace(spot, kind="dynamic", text=dynamic_text(child)))

    def _wedge(self, element: Element, spot: Mark, where: str) -> None:
        kind = element.get("type", "")
        if kind in ("crescendo", "diminuendo"):
            mark = replace(spot, kind="wedge", text=kind)
            self._spans.edge(mark, element, "wedge", is_start=True, where=where)
        elif kind == "stop":
            self._spans.edge(replace(spot, kind="wedge"), element, "wedge", is_start=False, where=where)

    def _pedal(self, element: Element, spot: Mark, where: str) -> None:
        kind, mark = element.get("type", ""), replace(spot, kind="pedal")
        if kind in ("stop", "change", "discontinue"):
            self._spans.edge(mark, element, "pedal", is_start=False, where=where)
        if kind in ("start", "change", "sostenuto", "resume"):
            text = "sostenuto" if kind == "sostenuto" else ""
            self._spans.edge(replace(mark, text=text), element, "pedal", is_start=True, where=where)

    def _octave_shift(self, element: Element, spot: Mark, where: str) -> None:
        kind = element.get("type", "")
        if kind in ("up", "down", "stop"):
            size = element.get("size", "8")
            mark = replace(spot, kind="octave-shift", text=f"-{size}" if kind == "up" else size)
            self._spans.edge(mark, element, "octave-shift", is_start=kind != "stop", where=where)

    def _rehearsal(self, element: Element, spot: Mark, where: str) -> None:
        self.marks.append(replace(self._shared(spot), kind="rehearsal", extra="", text=(element.text or "").strip()))

    def _sign(self, element: Element, spot: Mark, where: str) -> None:
        self.marks.append(replace(self._shared(spot), kind="navigation", extra="", text=element.tag))

    def _other(self, element: Element, spot: Mark, where: str) -> None:
        """A section's label, as our writer hides it; any other direction is left out."""
        kind, colon, text = (element.text or "").partition(": ")
        if kind == "section" and colon and element.get("print-object") == "no":
            self.marks.append(replace(self._shared(spot), kind=kind, extra="", text=text))
        else:
            self._tally.add("directions left out: other-direction", where)

    def _shared(self, spot: Mark) -> Mark:
        """What the top part says of the form holds for all, unless it is marked as its own."""
        if spot.part > 0 or self._is_own:
            return spot
        return replace(spot, part=-1, staff=0, voice=0) if spot.part == 0 else spot
