"""The content of an MEI layer: notes, chords and rests, with tuplets, graces and tremolos around them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from xml.etree.ElementTree import Element

from stretto.score.mei_frame import Frame, Staff, clef_of, key_of, meter_of
from stretto.score.mei_music import Anchor, Music, RawNote
from stretto.score.mei_names import EDITORIAL_ALL, EDITORIAL_FIRST, ID, LENGTHS, TREMOLO
from stretto.score.mei_pitch import PitchReader
from stretto.score.tally import Tally

MAX_DEPTH = 40
_SILENT = ("barLine", "pad", "sb", "pb", "cb", "annot", "custos", "dot", "ligature", "signifLet", "lg")


class LayerReader:
    """Walks one layer of one measure."""

    def __init__(
        self,
        music: Music,
        frame: Frame,
        pitches: PitchReader,
        spans: dict[str, list[tuple[str, Fraction]]],
        tally: Tally,
    ) -> None:
        """`spans`: xml:id of a first note -> tuplets that begin there, as the id of the last note and the factor."""
        self._music = music
        self._frame = frame
        self._pitches = pitches
        self._spans = spans
        self._tally = tally
        self._running: list[tuple[str, Fraction]] = []
        self.trailing_clefs: list[int] = []
        """Indices of clefs that end a layer: they belong to the end of the bar, even if the layer stops before it."""

    def read(self, layer: Element, staff: Staff, voice: int, start: Fraction, where: str) -> Fraction:
        """Read a layer that begins at `start`.

        Returns:
            Its length in whole notes; 0 where it holds nothing but rests of a whole bar.
        """
        self._staff, self._voice, self._where = staff, voice, where
        self._start = self._now = start
        self._n_graces = 0
        self._trailing: list[int] = []
        self._has_content = False
        for child in layer:
            self._element(child, Fraction(1), 0)
        self.trailing_clefs += self._trailing if self._has_content else []
        return self._now - start

    def _element(self, element: Element, factor: Fraction, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise ValueError(f"elements are nested over {MAX_DEPTH} deep")
        tag = element.tag
        if tag in ("note", "chord", "rest", "space"):
            self._event(element, factor)
        elif tag in ("beam", "bTrem", "graceGrp", "halfmRpt") or tag in EDITORIAL_ALL:
            self._all(element, factor, depth)
        elif tag == "tuplet":
            self._tuplet(element, factor, depth)
        elif tag == "fTrem":
            self._name_tremolo(element)
            self._all(element, factor / 2, depth)
        elif tag in EDITORIAL_FIRST:
            self._one_reading(element, factor, depth)
        elif tag in ("clef", "keySig", "meterSig", "clefGrp"):
            self._sign(element)
        elif tag in ("mRpt", "mRpt2", "multiRpt", "beatRpt", "halfmRpt"):
            self._tally.add("repetition signs for bars or beats left out: their notes are missing", self._where)
        elif tag in ("mRest", "mSpace", "multiRest"):
            self._bar_rest(element)
        elif tag not in _SILENT:
            self._tally.add(f"elements that a score has no place for left out: {tag}", self._where)

    def _all(self, element: Element, factor: Fraction, depth: int) -> None:
        for child in element:
            if not (element.tag == "graceGrp" and child.tag in ("note", "chord") and child.get("grace") is None):
                self._element(child, factor, depth + 1)
            else:
                child.set("grace", element.get("grace", "unknown"))
                self._element(child, factor, depth + 1)

    def _name_tremolo(self, element: Element) -> None:
        beams = element.get("beams", "3")[:1]
        ends = [child for child in element.iter() if child.tag == "chord" or child.tag == "note"]
        ends = [child for child in ends if not any(child in chord for chord in ends if chord.tag == "chord")]
        for child, name in zip(ends, ("start", "stop"), strict=False):
            child.set(TREMOLO, f"tremolo-{name}:{beams}")

    def _one_reading(self, element: Element, factor: Fraction, depth: int) -> None:
        readings = list(element)
        for tag in EDITORIAL_FIRST[element.tag]:
            chosen = element.find(tag)
            if chosen is not None:
                if len(readings) > 1:
                    self._tally.add("other readings of an edition left out", self._where, len(readings) - 1)
                self._all(chosen, factor, depth + 1)
                return

    def _tuplet(self, element: Element, factor: Fraction, depth: int) -> None:
        ratio = _ratio(element)
        start = self._now
        self._all(element, factor / ratio, depth)
        if self._now > start:
            anchor = Anchor(start, self._now, self._staff.part, self._voice, self._staff.place)
            self._music.tuplets.append((start, self._now, anchor, f"{ratio_text(element)}"))

    def _sign(self, element: Element) -> None:
        if (clef := clef_of(element)) is not None:
            self._staff.clef = clef
            self._trailing.append(len(self._music.clefs))
            self._music.clefs.append((self._now, self._staff.part, self._staff.place, clef))
        if element.tag == "keySig" and (key := key_of(element, self._tally)) is not None:
            self._staff.key = key
            self._music.keys.append((self._now, self._staff.part, key))
        if element.tag == "meterSig" and (meter := meter_of(element, self._tally)) is not None:
            self._staff.meter = meter
            self._music.meters.append((self._now, meter))

    # ---- events --------------------------------------------------------------------------------------

    def _bar_rest(self, element: Element) -> None:
        self._trailing, self._has_content = [], True
        whole = Anchor(self._now, self._now, self._staff.part, self._voice, self._staff.place)
        if identity := element.get(ID):
            self._music.anchors[identity] = whole

    def _event(self, element: Element, factor: Fraction) -> None:
        self._trailing, self._has_content = [], True
        heads = element.findall(".//note") if element.tag == "chord" else [element] if element.tag == "note" else []
        grace = element.get("grace") or next((head.get("grace") for head in heads if head.get("grace")), None)
        identity = element.get(ID, "")
        self._running += self._spans.get(identity, [])
        for _, ratio in self._running:
            factor /= ratio
        if grace is not None and heads:
            self._n_graces += 1
            self._sound(element, heads, Fraction(0), min(self._n_graces, 127))
            return
        self._n_graces = 0
        length = self._length(element, heads) * factor
        self._sound(element, heads, length, 0)
        self._now += length
        if self._running:
            self._running = [span for span in self._running if span[0] != identity]

    def _length(self, element: Element, heads: list[Element]) -> Fraction:
        sources = [element, *heads[:1]]
        text = next((dur for source in sources if (dur := source.get("dur"))), None) or self._staff.length
        if not text:
            return self._from_ppq(element)
        if text not in LENGTHS:
            raise ValueError(f"<{element.tag}> has the length {text[:10]!r}; it must be 1, 2, 4, 8 ... or breve")
        dots = next((n for source in sources if (n := source.get("dots"))), None)
        n_dots = int(dots) if dots is not None and dots.isascii() and dots.isdigit() and len(dots) == 1 else 0
        n_dots = n_dots or len(element.findall("dot"))
        return LENGTHS[text] * (2 - Fraction(1, 2**n_dots))

    def _from_ppq(self, element: Element) -> Fraction:
        played, ppq = element.get("dur.ppq", ""), self._staff.ppq
        if not (played.isascii() and played.isdigit() and ppq.isascii() and ppq.isdigit() and int(ppq[:6])):
            raise ValueError(f"<{element.tag}> has no length; give it a dur")
        return Fraction(int(played[:9]), 4 * int(ppq[:6]))

    def _sound(self, element: Element, heads: list[Element], length: Fraction, grace: int) -> None:
        staff = self._frame.staves.get(element.get("staff", ""), self._staff)
        place = staff.place if staff.part == self._staff.part else self._staff.place
        end = self._now + length
        whole = Anchor(self._now, end, self._staff.part, self._voice, place, grace=grace)
        for head in heads:
            self._head(head, element, replace(whole, notes=[]), whole)
        if element.tag != "note" and (identity := element.get(ID)):
            self._music.anchors[identity] = whole
        if (element.tag == "chord" and heads) or (element.tag == "rest" and (len(element) or element.get("fermata"))):
            self._music.inline.append((whole, element))

    def _head(self, head: Element, element: Element, anchor: Anchor, whole: Anchor) -> None:
        read = self._pitches.read(head, self._staff, self._where)
        if read is None:
            return
        own = self._frame.staves.get(head.get("staff", ""))
        if own is not None and own.part == self._staff.part:
            anchor.staff = own.place
        identity = head.get(ID, "")
        tie = (head.get("tie") or "") + ((element.get("tie") or "") if element is not head else "")
        note = RawNote(
            anchor.onset, anchor.end, read[0], read[1], anchor.part, anchor.voice, anchor.staff, anchor.grace,
            tie_start="i" in tie or "m" in tie, tie_stop="t" in tie or "m" in tie,
            ids=tuple(name for name in (identity, element.get(ID, "")) if name),
        )  # fmt: skip
        self._music.notes.append(note)
        anchor.pitch = read[0]
        anchor.notes.append(note)
        whole.notes.append(note)
        if whole.pitch < 0:
            whole.pitch = read[0]
            whole.staff = anchor.staff
        if identity:
            self._music.anchors[identity] = anchor
        self._music.inline.append((anchor, head))


def _ratio(element: Element) -> Fraction:
    num, base = _numbers(element)
    return Fraction(num, base)


def ratio_text(element: Element) -> str:
    """The "actual:normal" of a <tuplet> or <tupletSpan>."""
    return "{}:{}".format(*_numbers(element))


def _numbers(element: Element) -> tuple[int, int]:
    texts = element.get("num", "3"), element.get("numbase", "2")
    if not all(text.isascii() and text.isdigit() and 0 < int(text[:4]) < 1000 for text in texts):
        raise ValueError(f"a tuplet of {texts[0][:8]!r} in the time of {texts[1][:8]!r}; both must be above 0")
    return int(texts[0][:4]), int(texts[1][:4])


def tuplet_spans(score: Element) -> dict[str, list[tuple[str, Fraction]]]:
    """All <tupletSpan>: id of the first note -> ids of the last and factors."""
    spans: dict[str, list[tuple[str, Fraction]]] = {}
    for span in score.iter("tupletSpan"):
        first, last = span.get("startid", "").lstrip("#"), span.get("endid", "").lstrip("#")
        if first and last:
            spans.setdefault(first, []).append((last, _ratio(span)))
    return spans
