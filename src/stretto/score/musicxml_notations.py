"""What stands at a MusicXML note besides its pitch and length: notations and lyrics, as Marks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from xml.etree.ElementTree import Element

from stretto.score.model import Mark
from stretto.score.musicxml_names import IMPLIED
from stretto.score.musicxml_spans import SpanBook
from stretto.score.tally import Tally

ELISION = "‿"
"""Joins the syllables that one note carries."""

_BREATHS = {"breath-mark": "comma", "caesura": "caesura"}


class NotationReader:
    """Turns the signs of one part's notes into Marks."""

    def __init__(self, spans: SpanBook, tally: Tally) -> None:
        """Spans go to `spans`, what is left out to `tally`."""
        self._spans = spans
        self._tally = tally
        self.marks: list[Mark] = []
        self._readers: dict[str, Callable[[Element, Mark, str], None]] = {
            "fermata": self._fermata,
            "articulations": self._articulations,
            "ornaments": self._ornaments,
            "technical": self._technical,
            "arpeggiate": self._arpeggiate,
            "non-arpeggiate": self._arpeggiate,
            "dynamics": self._dynamics,
            "slur": self._spanning,
            "glissando": self._spanning,
            "slide": self._spanning,
            "accidental-mark": self._accidental,
        }

    def notations(self, notations: Element, spot: Mark, where: str) -> None:
        """Read a <notations>; `spot` is a Mark that says where its note is."""
        for element in notations:
            reader = self._readers.get(element.tag)
            if reader is not None:
                reader(element, spot, where)
            elif element.tag == "tied":
                if element.get("type") == "let-ring":
                    self._add(spot, "technical", "let-ring")
            elif element.tag not in ("tuplet", "footnote", "level"):
                self._tally.add(f"notations left out: {element.tag}", where)

    def tuplet(self, note: Element, notations: Element, spot: Mark, end: int, where: str) -> None:
        """Note the brackets that begin or end on this note, which ends at tick `end`."""
        for element in notations.iter("tuplet"):
            if element.get("id", "").startswith(IMPLIED):
                continue
            is_start = element.get("type") == "start"
            ratio = _ratio(element) or _ratio(note.find("time-modification"))
            base = replace(spot, pitch=-1, grace=0)
            mark = replace(base, kind="tuplet", text=ratio) if is_start else replace(base, kind="tuplet", tick=end)
            self._spans.edge(mark, element, "tuplet", is_start=is_start, where=where)

    def lyric(self, lyric: Element, spot: Mark, order: int, where: str) -> None:
        """Read a <lyric>; a line that only goes on or stops has no syllable and is no Mark."""
        texts = [element.text or "" for element in lyric.findall("text")]
        extend = lyric.find("extend")
        if not any(text.strip() for text in texts):
            if extend is None and len(lyric):
                self._tally.add("lyrics without text left out", where)
            return
        number = lyric.get("number", "")
        digits = "".join(sign for sign in number if sign.isdecimal())[-3:]
        extra = _syllabic([element.text or "" for element in lyric.findall("syllabic")])
        if extend is not None and extend.get("type", "start") == "start":
            extra += "+extend"
        self.marks.append(
            replace(spot, kind="lyric", text=ELISION.join(texts), number=int(digits or order), extra=extra)
        )

    def _add(self, spot: Mark, kind: str, text: str, extra: str = "") -> None:
        self.marks.append(replace(spot, kind=kind, text=text, extra=extra))

    def _fermata(self, element: Element, spot: Mark, where: str) -> None:
        shape = (element.text or "").strip()
        self._add(
            spot, "fermata", "" if shape == "normal" else shape, "inverted" if element.get("type") == "inverted" else ""
        )

    def _articulations(self, element: Element, spot: Mark, where: str) -> None:
        for child in element:
            if child.tag in _BREATHS:
                self._add(spot, "breath", _BREATHS[child.tag])
            else:
                self._add(spot, "articulation", _named(child))

    def _ornaments(self, element: Element, spot: Mark, where: str) -> None:
        for child in element:
            if child.tag == "wavy-line":
                self._spanning(child, spot, where)
            elif child.tag == "tremolo":
                kind = child.get("type", "single")
                name = "tremolo" if kind == "single" else f"tremolo-{kind}"
                self._add(spot, "ornament", f"{name}:{(child.text or '3').strip()}")
            else:
                self._add(spot, "ornament", _named(child))

    def _technical(self, element: Element, spot: Mark, where: str) -> None:
        for child in element:
            if len(child):
                inner = "+".join(part.tag for part in child)
                self._add(spot, "technical", f"{child.tag}:{inner}")
            else:
                self._add(spot, "technical", _named(child))

    def _arpeggiate(self, element: Element, spot: Mark, where: str) -> None:
        plain = element.get("direction", "") if element.tag == "arpeggiate" else f"none-{element.get('type', 'bottom')}"
        self._add(spot, "arpeggiate", plain)

    def _dynamics(self, element: Element, spot: Mark, where: str) -> None:
        for child in element:
            self._add(spot, "dynamic", dynamic_text(child), element.get("placement", ""))

    def _accidental(self, element: Element, spot: Mark, where: str) -> None:
        self._add(spot, "ornament", _named(element))

    def _spanning(self, element: Element, spot: Mark, where: str) -> None:
        kind = element.get("type")
        if kind not in ("start", "stop"):
            return  # "continue" over a system break says nothing about the music
        slur = element.tag == "slur"
        mark = replace(spot, kind="slur") if slur else replace(spot, kind="ornament", text=element.tag)
        self._spans.edge(mark, element, element.tag, is_start=kind == "start", where=where)


def dynamic_text(element: Element) -> str:
    """ "mf" of <mf/>, and the text of <other-dynamics>."""
    return (element.text or "").strip() if element.tag == "other-dynamics" else element.tag


def _named(element: Element) -> str:
    """A sign by its MusicXML name, with its text if it has one: "fingering:3"."""
    text = (element.text or "").strip()
    return f"{element.tag}:{text}" if text else element.tag


def _ratio(element: Element | None) -> str:
    """ "3:2" of a <time-modification>, or of a <tuplet> that says it itself."""
    if element is None:
        return ""
    actual = element.findtext("actual-notes") or element.findtext("tuplet-actual/tuplet-number")
    normal = element.findtext("normal-notes") or element.findtext("tuplet-normal/tuplet-number")
    return f"{actual.strip()}:{normal.strip()}" if actual and normal else ""


def _syllabic(values: list[str]) -> str:
    """One word for syllables that share a note: whether a word goes on before and after them."""
    if not values:
        return "single"
    before, after = values[0] in ("middle", "end"), values[-1] in ("begin", "middle")
    return {(False, False): "single", (False, True): "begin", (True, True): "middle", (True, False): "end"}[
        (before, after)
    ]
