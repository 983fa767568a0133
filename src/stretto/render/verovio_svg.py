"""Verovio's SVG pages, cleaned: outlines once, no style sheets, every text placed and in a face that we ship.

What comes out uses few elements: `g`, `path`, `polygon`, `polyline`, `rect`, `ellipse`, `use` of a named outline, and
`text` with all its attributes on itself. The classes of the groups ("note", "fermata", "measure") stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from stretto.render.drawing import Drawing, printable
from stretto.render.engrave import MUSIC_FONT
from stretto.render.faces import face
from stretto.render.music_glyphs import IN_TEXT, UNITS_PER_EM, advance, glyph_name, is_sign, outline

BOLD_GROUPS = {"ending", "fing", "reh", "tempo"}
ITALIC_GROUPS = {"dir", "dynam", "mNum"}
SHAPES = ("path", "polygon", "polyline", "rect", "ellipse")
KEPT = ("d", "points", "x", "y", "width", "height", "cx", "cy", "rx", "ry", "transform", "fill", "fill-opacity")
STROKES = ("stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin")
FOUND_BY = "marked-"
"""How the name of a note begins that is looked for in the drawing; other names are verovio's own, and go."""

DROPPED = {"pgHead", "pgFoot", "placeholder"}
"""Headings are set by us, see heading.py."""

FALLBACK_FONTS = {"Leipzig", "Bravura"}
"""Where verovio finds signs that the music font lacks."""

SIGN_IN_TEXT = 1.1
"""Size of an accidental typed in a text, against the letters: about as high as a capital."""

RISE = {"♭": 0.17, "♮": 0.31, "♯": 0.31}
"""By how much of its size it is raised to stand on the letters' line: on the staff it hangs around its own."""


METRONOME_NOTES = {chr(code) for code in (*range(0xE1D0, 0xE1E6), *range(0xECA0, 0xECB7))}
"""SMuFL's notes for running text and for metronome marks."""

STROKE_THROUGH = "\u20e5"
"""After a figure of a figured bass: it is struck through. No text face has the sign."""

METRONOME_DOT = "\uecb7"

METRONOME_SIZE = 0.62
"""Verovio sets such a note as large as those on the staff."""


@dataclass(frozen=True, kw_only=True)
class Style:
    """How a text is set."""

    size: float = 0.0
    bold: bool = False
    italic: bool = False
    anchor: str = "start"
    font: str = ""
    fill: str = ""
    rise: float = 0.0
    """Above the line, in sizes."""

    def inside(self, element: Element) -> Style:
        """The style within an element."""
        groups = set((element.get("class") or "").split())
        changes: dict[str, object] = {}
        if groups & BOLD_GROUPS:
            changes["bold"] = True
        if groups & ITALIC_GROUPS:
            changes["italic"] = True
        if "font-weight" in element.attrib:
            changes["bold"] = element.get("font-weight") == "bold"
        if "font-style" in element.attrib:
            changes["italic"] = element.get("font-style") == "italic"
        if "font-size" in element.attrib:
            changes["size"] = float(element.get("font-size", "0").removesuffix("px"))
        for key, name in (("text-anchor", "anchor"), ("font-family", "font"), ("fill", "fill")):
            if key in element.attrib:
                changes[name] = element.get(key)
        return replace(self, **changes)  # type: ignore[arg-type]

    def scaled(self, factor: float) -> Style:
        """The same in another size."""
        return replace(self, size=self.size * factor)


@dataclass(kw_only=True)
class Chunk:
    """A line of text from one point."""

    x: float
    y: float
    anchor: str
    runs: list[tuple[str, Style]] = field(default_factory=list)


def clean_page(svg: str) -> Drawing:
    """Read one page of verovio's."""
    root = ElementTree.fromstring(svg.replace(f" {METRONOME_DOT}", METRONOME_DOT))  # the dot belongs to its note
    inner = next(e for e in root.iter() if _tag(e) == "svg" and e.get("class") == "definition-scale")
    _, _, width, height = (float(n) for n in inner.get("viewBox", "0 0 0 0").split())
    drawing = Drawing(width=width, height=height)
    for group in (e for e in root.iter() if _tag(e) == "defs"):
        for symbol in group:
            drawing.outlines[_outline_name(symbol.get("id", ""))] = symbol[0].get("d", "")
    for child in inner:
        _copy(child, drawing.body, Style(), drawing)
    return drawing


def _copy(element: Element, parent: Element, style: Style, drawing: Drawing) -> None:
    tag = _tag(element)
    groups = (element.get("class") or "").split()
    if element.get("visibility") == "hidden" or DROPPED & set(groups):
        return
    style = style.inside(element)
    if tag == "g":
        group = SubElement(parent, "g", {"class": groups[0]} if groups else {})
        if element.get("id", "").startswith(FOUND_BY):
            group.set("id", element.get("id", ""))
        if "transform" in element.attrib:
            group.set("transform", element.get("transform", ""))
        for child in element:
            _copy(child, group, style, drawing)
        # An empty group says nothing, but for a rest or a space, whose place in the bar a reader may look for.
        if not len(group):
            parent.remove(group)
    elif tag == "use":
        name = _outline_name(element.get("href", "").removeprefix("#"))
        SubElement(parent, "use", {"href": f"#{name}", "transform": element.get("transform", "")})
    elif tag in SHAPES:
        _copy_shape(element, tag, parent)
    elif tag == "text":
        for chunk in _chunks(element, style):
            _set_chunk(chunk, parent, drawing)


def _copy_shape(element: Element, tag: str, parent: Element) -> None:
    shape = SubElement(parent, tag, {key: value for key, value in element.attrib.items() if key in KEPT})
    if "stroke-width" in element.attrib:
        shape.set("stroke", "black")
        for key in STROKES:
            if key in element.attrib:
                shape.set(key, element.get(key, ""))


def _chunks(text: Element, style: Style) -> Iterable[Chunk]:
    """Lines of a text element: a new one begins wherever x or y is said."""
    chunks = [Chunk(x=0.0, y=0.0, anchor=style.anchor)]

    def walk(element: Element, style: Style) -> None:
        if _tag(element) not in ("text", "tspan"):
            return
        if "x" in element.attrib or "y" in element.attrib:
            x, y = (float(element.get(key, getattr(chunks[-1], key))) for key in ("x", "y"))
            chunks.append(Chunk(x=x, y=y, anchor=style.anchor))
        for string, inside in [(element.text, None)] + [(child.tail, child) for child in element]:
            if inside is not None:
                walk(inside, style.inside(inside))
            if string:
                chunks[-1].runs.append((string, style))

    walk(text, style)
    return [chunk for chunk in chunks if any(string.strip() for string, _ in chunk.runs)]


def _set_chunk(chunk: Chunk, parent: Element, drawing: Drawing) -> None:
    pieces = [piece for string, style in chunk.runs for piece in _pieces(string, style)]
    pieces = _plain_metronome(pieces)
    width = sum(_width(string, style) for string, style in pieces)
    x = chunk.x - {"start": 0.0, "middle": width / 2, "end": width}[chunk.anchor]
    for string, style in pieces:
        if is_sign(string[0]):
            _set_sign(string, style, x, chunk.y - style.rise * style.size, parent, drawing)
        else:
            # A drawing drops the spaces with which a text begins.
            letters = string.lstrip(" ")
            indent = _width(string, style) - _width(letters, style) if letters else 0.0
            _set_text(string, style, x + indent, chunk.y, parent, drawing)
        x += _width(string, style)


def set_line(text: str, style: Style, x: float, y: float, parent: Element, drawing: Drawing) -> None:
    """Set one line of text that starts, ends or is centred at a point, as its style says."""
    _set_chunk(Chunk(x=x, y=y, anchor=style.anchor, runs=[(text, style)]), parent, drawing)


def width_of(text: str, style: Style) -> float:
    """Width of a line of text in hundredths of a millimetre."""
    return sum(_width(string, inside) for string, inside in _pieces(text, style))


def _set_text(string: str, style: Style, x: float, y: float, parent: Element, drawing: Drawing) -> None:
    """Draw letters from a point on their line; count those that the face lacks."""
    for place in (i for i, character in enumerate(string) if character == STROKE_THROUGH and i):
        left, right = (x + _width(string[:end], style) for end in (place - 1, place))
        _strike(left, right, y, style.size, parent)
    string = string.replace(STROKE_THROUGH, "")
    known = face(bold=style.bold, italic=style.italic).glyph_of
    for character in string:
        if ord(character) not in known:
            drawing.missing[character] = drawing.missing.get(character, 0) + 1
    text = SubElement(parent, "text", {"x": f"{x:.0f}", "y": f"{y:.0f}", "font-size": f"{style.size:.0f}"})
    if style.bold:
        text.set("font-weight", "bold")
    if style.italic:
        text.set("font-style", "italic")
    if style.fill:
        text.set("fill", style.fill)
    text.text = string


def _strike(left: float, right: float, y: float, size: float, parent: Element) -> None:
    """The stroke through a figure between two edges, which raises its note by a semitone."""
    path = f"M{left:.0f} {y - 0.66 * size:.0f} L{right:.0f} {y - 0.3 * size:.0f}"
    SubElement(parent, "path", {"d": path, "stroke": "black", "stroke-width": f"{0.06 * size:.0f}"})


def _set_sign(sign: str, style: Style, x: float, y: float, parent: Element, drawing: Drawing) -> None:
    path = outline(sign, style.font)
    if not path:
        drawing.missing[sign] = drawing.missing.get(sign, 0) + 1
        return
    name = glyph_name(sign) if style.font == MUSIC_FONT else f"{style.font}-{glyph_name(sign)}"
    drawing.outlines[name] = path
    scale = style.size / UNITS_PER_EM
    place = f"translate({x:.0f}, {y:.0f}) scale({scale:.4g}, {scale:.4g})"
    use = SubElement(parent, "use", {"href": f"#{name}", "transform": place})
    if style.fill:
        use.set("fill", style.fill)


def _pieces(string: str, style: Style) -> list[tuple[str, Style]]:
    """A run in pieces that are all letters or one musical sign."""
    pieces: list[tuple[str, Style]] = []
    for character in printable(string):
        if character in IN_TEXT:
            large = replace(style, font=MUSIC_FONT, size=style.size * SIGN_IN_TEXT, rise=RISE[character])
            pieces.append((IN_TEXT[character], large))
        elif is_sign(character):
            pieces.append((character, replace(style, font=style.font if style.font in FALLBACK_FONTS else MUSIC_FONT)))
        elif pieces and pieces[-1][1] is style and not is_sign(pieces[-1][0][0]):
            pieces[-1] = (pieces[-1][0] + character, style)
        else:
            pieces.append((character, style))
    return pieces


def _plain_metronome(pieces: list[tuple[str, Style]]) -> list[tuple[str, Style]]:
    """A metronome mark in letters of ordinary weight, its note of their size; words before it stay bold."""
    first = next((i for i, (string, _) in enumerate(pieces) if string in METRONOME_NOTES), len(pieces))
    mark = [
        (string, style.scaled(METRONOME_SIZE) if is_sign(string[0]) else replace(style, bold=False))
        for string, style in pieces[first:]
    ]
    return pieces[:first] + mark


def _width(string: str, style: Style) -> float:
    if string and is_sign(string[0]):
        return advance(string, style.font) * style.size
    return face(bold=style.bold, italic=style.italic).width(string.replace(STROKE_THROUGH, "")) * style.size


def _outline_name(identifier: str) -> str:
    return re.sub(r"-.*", "", identifier)


def _tag(element: Element) -> str:
    return element.tag.split("}")[-1]
