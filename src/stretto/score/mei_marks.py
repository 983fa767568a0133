"""MEI's control events and what stands inside notes, as Marks and Tempos."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any
from xml.etree.ElementTree import Element

from stretto.score.mei_frame import Frame, text_of
from stretto.score.mei_music import Anchor, Music, RawBar
from stretto.score.mei_names import ARTICULATIONS, DYNAMICS, LENGTHS, NAVIGATION, TREMOLO, UNITS
from stretto.score.model import Mark, Tempo
from stretto.score.tally import Tally, TickGrid

_SILENT = ("tie", "lv", "beamSpan", "tupletSpan", "mNum", "pb", "sb", "annot", "staff", "ossia")
_ORNAMENTS = {
    ("trill", ""): "trill-mark", ("mordent", "lower"): "mordent", ("mordent", "upper"): "inverted-mordent",
    ("turn", "lower"): "inverted-turn", ("turn", "upper"): "turn",
}  # fmt: skip
_TSTAMP = re.compile(r"(?:(\d{1,4})m\s*\+\s*)?(\d{1,3}(?:\.\d{1,6})?)$")


class MarkReader:
    """Turns control events into Marks; needs every measure to have been read."""

    def __init__(self, music: Music, frame: Frame, grid: TickGrid, tally: Tally) -> None:
        """Marks go to `marks`, tempos to `tempos`, what is left out to `tally`."""
        self._music = music
        self._frame = frame
        self._grid = grid
        self._tally = tally
        self.marks: list[Mark] = []
        self.tempos: list[Tempo] = []
        self._readers: dict[str, Callable[[Element, Anchor, RawBar, int], None]] = {
            "slur": self._slur, "phrase": self._slur, "hairpin": self._hairpin, "dynam": self._dynam,
            "dir": self._words, "tempo": self._tempo, "fermata": self._fermata, "harm": self._harm,
            "trill": self._ornament, "mordent": self._ornament, "turn": self._ornament, "arpeg": self._arpeg,
            "breath": self._breath, "caesura": self._breath, "octave": self._octave, "pedal": self._pedal,
            "reh": self._rehearsal, "fing": self._fing, "repeatMark": self._repeat_mark,
            "coda": self._repeat_mark, "segno": self._repeat_mark,
        }  # fmt: skip
        self._pedals: dict[int, list[Mark]] = {}

    def read(self) -> None:
        """Read everything that the measures hold besides notes."""
        for anchor, element in self._music.inline:
            self._inside(anchor, element)
        for index, bar in enumerate(self._music.bars):
            for element in bar.controls:
                self._control(element, bar, index)
        for waiting in self._pedals.values():
            for _ in waiting:
                self._tally.add("pedals begun and never ended")

    def _control(self, element: Element, bar: RawBar, index: int) -> None:
        reader = self._readers.get(element.tag)
        where = f"measure {bar.label}"
        if reader is None:
            if element.tag not in _SILENT:
                self._tally.add(f"elements that a score has no place for left out: {element.tag}", where)
            return
        anchor = self._anchor(element, bar)
        if anchor is None:
            self._tally.add("signs that hang on nothing left out", f"{where}, {element.tag}")
            return
        reader(element, anchor, bar, index)

    # ---- places --------------------------------------------------------------------------------------

    def _anchor(self, element: Element, bar: RawBar) -> Anchor | None:
        """Where a control event is: at the note it names, or at a beat of a staff."""
        names = [name.lstrip("#") for name in (element.get("startid") or element.get("plist") or "").split()]
        for name in names:
            if name in self._music.anchors:
                return self._music.anchors[name]
        beat = self._beat(element.get("tstamp", ""), bar)
        if beat is None and element.tag in ("reh", "tempo") and "startid" not in element.attrib:
            beat = bar.start
        if beat is None:
            return None
        staff = self._frame.staves.get((element.get("staff") or "").split(" ")[0])
        if staff is None:
            return Anchor(beat, beat, -1 if element.get("staff") is None else 0, 0, 0)
        return Anchor(beat, beat, staff.part, 0, staff.place)

    def _beat(self, text: str, bar: RawBar) -> Fraction | None:
        found = _TSTAMP.fullmatch(text.strip())
        if found is None or found.group(1):
            return None
        return bar.start + max(Fraction(0), min((Fraction(found.group(2)) - 1) * bar.beat, bar.length))

    def _end(self, element: Element, bar: RawBar, index: int) -> tuple[Fraction, int] | None:
        """Where a span ends, and on which pitch."""
        anchor = self._music.anchors.get(element.get("endid", "").lstrip("#"))
        if anchor is not None:
            return anchor.onset, anchor.pitch
        found = _TSTAMP.fullmatch(element.get("tstamp2", "").strip())
        if found is None:
            return None
        last = self._music.bars[min(index + int(found.group(1) or 0), len(self._music.bars) - 1)]
        place = last.start + max(Fraction(0), min((Fraction(found.group(2)) - 1) * last.beat, last.length))
        return place, -1

    def _tick(self, place: Fraction) -> int:
        return self._grid.tick(place)

    def _on_note(self, kind: str, anchor: Anchor, text: str = "", **more: Any) -> None:
        self.marks.append(
            Mark(
                kind=kind,
                tick=self._tick(anchor.onset),
                text=text,
                part=anchor.part,
                voice=anchor.voice,
                staff=anchor.staff,
                pitch=anchor.pitch,
                grace=anchor.grace,
                **more,
            )
        )

    def _at(self, kind: str, anchor: Anchor, text: str = "", **more: Any) -> None:
        """A direction: for a staff rather than for a note."""
        self.marks.append(
            Mark(kind=kind, tick=self._tick(anchor.onset), text=text, part=anchor.part, staff=anchor.staff, **more)
        )

    # ---- inside notes --------------------------------------------------------------------------------

    def _inside(self, anchor: Anchor, element: Element) -> None:
        for name in (element.get("artic") or "").split():
            self._articulation(name, anchor)
        grace, stem = element.get("grace", ""), element.get("stem.mod", "")
        if anchor.grace and (grace == "unacc" or "slash" in stem):
            for note in anchor.notes:
                self._on_note("grace-slash", replace(anchor, pitch=note.pitch))
        elif not anchor.grace and (found := re.fullmatch(r"([1-6])slash", stem)):
            self._on_note("ornament", anchor, f"tremolo:{found.group(1)}")
        if tremolo := element.get(TREMOLO):
            self._on_note("ornament", anchor, tremolo)
        if element.get("fermata"):
            self._on_note("fermata", anchor)
        for order, child in enumerate(element.findall("verse"), 1):
            self._verse(child, anchor, order)
        if element.tag == "note" and (syllable := element.find("syl")) is not None:
            self._syllables([syllable], anchor, 1)
        for child in element:
            if child.tag == "artic":
                for name in (child.get("artic") or "").split():
                    self._articulation(name, anchor)
            elif child.tag not in ("note", "verse", "syl", "accid", "dot", "stem", "refrain", "head"):
                self._tally.add(f"elements that a score has no place for left out: {child.tag}")

    def _articulation(self, name: str, anchor: Anchor) -> None:
        if name in ARTICULATIONS:
            kind, text = ARTICULATIONS[name]
            self._on_note(kind, anchor, text)
        elif name == "marc-stacc":
            self._on_note("articulation", anchor, "strong-accent")
            self._on_note("articulation", anchor, "staccato")
        elif name == "acc-inv":
            self._on_note("articulation", anchor, "soft-accent")
        elif name == "lv":
            self._on_note("technical", anchor, "let-ring")
        else:
            self._tally.add("articulations that a score has no name for left out", name)

    def _verse(self, verse: Element, anchor: Anchor, order: int) -> None:
        number = re.match(r"\d{1,3}", verse.get("n", ""))
        self._syllables(verse.findall("syl"), anchor, int(number.group()) if number else order)

    def _syllables(self, syllables: list[Element], anchor: Anchor, verse: int) -> None:
        texts = [text for text in map(text_of, syllables) if text]
        if not texts:
            return
        first, last = syllables[0].get("wordpos", ""), syllables[-1].get("wordpos", "")
        goes_on = last in ("i", "m") or (not last and syllables[-1].get("con") == "d")
        came = first in ("m", "t")
        place = {(False, False): "single", (False, True): "begin", (True, True): "middle", (True, False): "end"}
        extra = place[came, goes_on] + ("+extend" if syllables[-1].get("con") == "u" else "")
        self._on_note("lyric", anchor, "\u203f".join(texts), number=verse, extra=extra)

    # ---- control events ------------------------------------------------------------------------------

    def _slur(self, element: Element, anchor: Anchor, bar: RawBar, index: int) -> None:
        end = self._end(element, bar, index)
        stop = self._music.anchors.get(element.get("endid", "").lstrip("#"))
        if end is None or anchor.pitch < 0:
            self._tally.add("slurs without both their notes left out", f"measure {bar.label}")
            return
        on_grace = f"end-grace {stop.grace}" if stop is not None and stop.grace else ""
        self._on_note("slur", anchor, end=self._tick(end[0]), end_pitch=end[1], extra=on_grace)

    def _hairpin(self, element: Element, anchor: Anchor, bar: RawBar, index: int) -> None:
        end = self._end(element, bar, index)
        text = {"cres": "crescendo", "dim": "diminuendo"}.get(element.get("form", ""))
        if end is None or text is None:
            self._tally.add("wedges begun and never ended", f"measure {bar.label}")
            return
        self._at("wedge", anchor, text, end=self._tick(end[0]), extra=element.get("place", ""))

    def _dynam(self, element: Element, anchor: Anchor, bar: RawBar, index: int) -> None:
        words = text_of(element).split(" ")
        if not {words[0], words[-1]} & DYNAMICS:
            self._words(element, anchor, bar, index)
            return
        dynamics = [word for word in words if word in DYNAMICS]
        for text in dynamics:
            self._at("dynamic", anchor, text, extra=element.get("place", ""))
        if rest := " ".join(word for word in words if word not in DYNAMICS):
            self._at("words", anchor, rest, extra=element.get("place", ""))

    def _words(self, element: Element, anchor: Anchor, bar: RawBar, index: int) -> None:
        text, kind = text_of(element), NAVIGATION.get(element.get("type", ""))
        if kind:
            self.marks.append(Mark(kind="navigation", tick=self._tick(anchor.onset), text=kind, extra=text))
        elif text:
            end = self._end(element, bar, index)
            reach = {"end": self._tick(end[0])} if end is not None and end[0] > anchor.onset else {}
            self._at("words", anchor, text, extra=element.get("place", ""), **reach)

    def _tempo(self, element: Element, anchor: Anchor, bar: RawBar, index: int) -> None:
        numbers = {name: element.get(name, "") for name in ("mm", "midi.bpm")}
        rates = {n: Fraction(t) for n, t in numbers.items() if re.fullmatch(r"\d{1,4}(\.\d{1,6})?", t)}
        unit = element.get("mm.unit", "4")
        n_dots = len(element.get("mm.dots", "")) and int(element.get("mm.dots", "0")[:1] or 0)
        name, qpm = "", rates.get("midi.bpm", Fraction(0))
        if rates.get("mm") and unit in UNITS:
            name = UNITS[unit] + "." * n_dots
            qpm = qpm or rates["mm"] * 4 * LENGTHS[unit] * (2 - Fraction(1, 2**n_dots))
        text = (
            re.sub(r"\s*[=(]?\s*[\uE000-\uF8FF\U0001D15D-\U0001D164=].*$", "", text_of(element))
            if name
            else text_of(element)
        )
        if qpm > 0:
            self.tempos.append(Tempo(tick=self._tick(anchor.onset), qpm=qpm, text=text, unit=name))
        elif text:
            self._at("words", anchor, text, extra=element.get("place", ""))

    def _fermata(self, element: Element, anchor: Anchor, bar: RawBar, index: int) -> None:
        shape = {"angular": "angled", "square": "square"}.get(element.get("shape", ""), "")
        self._on_note("fermata", anchor, shape, extra="inverted" if element.get("form") == "inv" else "")

    def _harm(self, element: Element, anchor: Anchor, bar: RawBar, index: int) -> None:
        figures = [text_of(figure) for figure in element.iter("f")]
        if figures:
            self._at("figured-bass", anchor, " ".join(figures))
        elif text := text_of(element):
            self._at("chord-symbol", anchor, text.replace("\u266d", "b").replace("\u266f", "#"))

    def _ornament(self, element: Element, anchor: Anchor, bar: RawBar, index: int) -> None:
        form = element.get("form", {"mordent": "lower", "turn": "upper"}.get(element.tag, ""))
        self._on_note("ornament", anchor, _ORNAMENTS.get((element.tag, form if element.tag != "trill" else ""), "turn"))

    def _arpeg(self, element: Element, anchor: Anchor, bar: RawBar, index: int) -> None:
        order = element.get("order", "")
        names = [name.lstrip("#") for name in element.get("plist", "").split()]
        anchors = [self._music.anchors[name] for name in names if name in self._music.anchors] or [anchor]
        for place in anchors:
            for pitch in dict.fromkeys([note.pitch for note in place.notes] or [place.pitch]):
                self._on_note("arpeggiate", replace(place, pitch=pitch), order if order in ("up", "down") else "")

    def _breath(self, element: Element, anchor: Anchor, bar: RawBar, index: int) -> None:
        self._on_note("breath", anchor, "comma" if element.tag == "breath" else "caesura")

    def _octave(self, element: Element, anchor: Anchor, bar: RawBar, index: int) -> None:
        end = self._end(element, bar, index)
        if end is None:
            self._tally.add("octave lines begun and never ended", f"measure {bar.label}")
            return
        sign = "-" if element.get("dis.place") == "below" else ""
        last = self._music.anchors.get(element.get("endid", "").lstrip("#"))
        stop = end[0] if last is None else last.end
        self._at("octave-shift", anchor, sign + element.get("dis", "8"), end=self._tick(stop))

    def _pedal(self, element: Element, anchor: Anchor, bar: RawBar, index: int) -> None:
        waiting = self._pedals.setdefault(anchor.part, [])
        if element.get("dir") in ("up", "bounce", "half") and waiting:
            start = waiting.pop()
            self.marks.append(
                Mark(kind="pedal", tick=start.tick, part=start.part, staff=start.staff, end=self._tick(anchor.onset))
            )
        if element.get("dir") in ("down", "bounce"):
            waiting.append(Mark(kind="pedal", tick=self._tick(anchor.onset), part=anchor.part, staff=anchor.staff))

    def _rehearsal(self, element: Element, anchor: Anchor, bar: RawBar, index: int) -> None:
        self.marks.append(Mark(kind="rehearsal", tick=self._tick(anchor.onset), text=text_of(element)))

    def _fing(self, element: Element, anchor: Anchor, bar: RawBar, index: int) -> None:
        self._on_note("technical", anchor, f"fingering:{text_of(element)}")

    def _repeat_mark(self, element: Element, anchor: Anchor, bar: RawBar, index: int) -> None:
        text = NAVIGATION.get(element.get("func", element.tag))
        if text:
            self.marks.append(Mark(kind="navigation", tick=self._tick(anchor.onset), text=text, extra=text_of(element)))
