"""A drawn page before it becomes a file: SVG elements in hundredths of a millimetre, and the outlines they use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from unicodedata import category
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from stretto.errors import RenderError
from stretto.render.faces import FAMILY, FILES
from stretto.score.model import Notice

FAMILIES = f"'{FAMILY}', 'Times New Roman', Times, serif"

UNITS_PER_MM = 100

MAX_PIXELS = 60_000_000
"""Of a picture: 40 pages of A4 at 110 dots to the inch. It takes 240 MB while it is drawn."""


@dataclass(kw_only=True)
class Drawing:
    """One page. Lengths are hundredths of a millimetre, y downwards."""

    width: float
    height: float
    body: Element = field(default_factory=lambda: Element("g", {"class": "page"}))
    outlines: dict[str, str] = field(default_factory=dict)
    """Path of each named outline, y upwards."""
    missing: dict[str, int] = field(default_factory=dict)
    """Characters that no shipped face has, counted."""
    notices: tuple[Notice, ...] = ()
    """What else of the score it does not show."""


def printable(text: str) -> str:
    """A text with a space for what controls a terminal, and U+FFFD for what is no character.

    >>> printable("a\\x00b\\n")
    'a b '
    """
    if text.isprintable():  # in a hundredth of the time: a page has pictures of megabytes in its attributes
        return text
    kinds = {"Cc": " ", "Cs": "\ufffd", "Cn": "\ufffd"}
    return "".join(kinds.get(category(character), character) for character in text)


def svg_of(drawings: Sequence[Drawing], *, title: str = "") -> str:
    """One SVG file, its pages one under the other."""
    width, height = max(d.width for d in drawings), sum(d.height for d in drawings)
    root = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "width": f"{width / UNITS_PER_MM:g}mm",
            "height": f"{height / UNITS_PER_MM:g}mm",
            "viewBox": f"0 0 {width:g} {height:g}",
            "font-family": FAMILIES,
        },
    )
    if title:
        SubElement(root, "title").text = printable(title)
    definitions = SubElement(root, "defs")
    for name, path in sorted({name: path for d in drawings for name, path in d.outlines.items()}.items()):
        SubElement(definitions, "path", {"id": name, "d": path, "transform": "scale(1,-1)"})
    SubElement(root, "rect", {"width": f"{width:g}", "height": f"{height:g}", "fill": "#ffffff"})
    top = 0.0
    for drawing in drawings:
        page = SubElement(root, "g", {"class": "page", "transform": f"translate(0, {top:g})"})
        page.extend(drawing.body)
        top += drawing.height
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def png_of(drawings: Sequence[Drawing], *, dpi: float) -> bytes:
    """One PNG picture, its pages one under the other.

    Raises:
        RenderError: the picture would be too large.
    """
    import resvg_py

    pixels_per_unit = dpi / 25.4 / UNITS_PER_MM
    width, height = max(d.width for d in drawings), sum(d.height for d in drawings)
    if width * height * pixels_per_unit**2 > MAX_PIXELS:
        raise RenderError(
            f"{len(drawings)} page(s) at {dpi:g} dpi make a picture of more than {MAX_PIXELS // 10**6} million pixels; "
            "write .pdf or .svg instead"
        )
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg_of(drawings),
            width=round(width * pixels_per_unit),
            height=round(height * pixels_per_unit),
            dpi=96,  # by which a length in mm is understood; the picture has the width and height asked for
            skip_system_fonts=True,
            font_files=[str(path) for path in FILES.values()],
            font_family=FAMILY,
            serif_family=FAMILY,
        )
    )
