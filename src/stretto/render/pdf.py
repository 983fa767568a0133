"""Drawings to PDF: every line, outline and letter stays a curve, so that it prints sharp at any size.

Written by hand, for the libraries that do it need a system's cairo, weigh 80 MB, or misplace texts. It draws the
SVG elements that `verovio_svg` and `roll` make, and refuses any other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from stretto.render.drawing import Drawing, printable
from stretto.render.faces import face
from stretto.render.pdf_file import PdfFile, add_font, number
from stretto.render.svg_geometry import IDENTITY, Matrix, matrix, numbers, segments
from stretto.render.truetype import Face
from stretto.version import __version__

POINTS_PER_UNIT = 72 / 2540
"""A drawing's unit is a hundredth of a millimetre, a PDF's the 72nd of an inch."""

KAPPA = 0.5522847498
"""Handle of the cubic curve that stands for a quarter of a circle."""

CAPS = {"butt": 0, "round": 1, "square": 2}
JOINS = {"miter": 0, "round": 1, "bevel": 2}
COLOURS = {"black": "#000000", "white": "#ffffff"}


@dataclass(kw_only=True)
class _Resources:
    """What the pages share."""

    pdf: PdfFile
    outlines: dict[str, str]
    symbols: dict[str, int] = field(default_factory=dict)
    """Object number of each named outline."""
    fonts: dict[tuple[bool, bool], dict[int, str]] = field(default_factory=dict)
    """Glyphs used of each face, by (bold, italic), with their characters."""

    def symbol(self, name: str) -> int:
        if name not in self.symbols:
            path = _path_operators(self.outlines[name], (1.0, 0.0, 0.0, -1.0, 0.0, 0.0))
            entries = "/Type /XObject /Subtype /Form /BBox [-9999 -9999 9999 9999]"
            self.symbols[name] = self.pdf.add_stream(entries, f"{path} f".encode("ascii"))
        return self.symbols[name]


def pdf_of(drawings: list[Drawing], *, title: str = "", author: str = "") -> bytes:
    """A PDF file of these pages."""
    pdf = PdfFile()
    shared = _Resources(pdf=pdf, outlines={name: path for d in drawings for name, path in d.outlines.items()})
    contents = [_content(drawing, shared) for drawing in drawings]
    fonts = " ".join(f"/{_font_name(*key)} {add_font(pdf, _face(key), used)} 0 R" for key, used in shared.fonts.items())
    symbols = " ".join(f"/{name} {at} 0 R" for name, at in shared.symbols.items())
    resources = pdf.add(f"<< /Font << {fonts} >> /XObject << {symbols} >> >>")
    pages = []
    for drawing, content in zip(drawings, contents, strict=True):
        stream = pdf.add_stream("", content.encode("ascii"))
        box = f"0 0 {number(drawing.width * POINTS_PER_UNIT)} {number(drawing.height * POINTS_PER_UNIT)}"
        pages.append(
            pdf.add(
                f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Resources {resources} 0 R /Contents {stream} 0 R >>"
            )
        )
    info = {"Title": printable(title), "Author": printable(author), "Creator": f"Stretto {__version__}"}
    return pdf.finish(pages, info)


def _content(drawing: Drawing, shared: _Resources) -> str:
    scale = POINTS_PER_UNIT
    lines = [f"{number(scale)} 0 0 {number(-scale)} 0 {number(drawing.height * scale)} cm"]
    _draw(drawing.body, lines, shared)
    return "\n".join(lines)


def _draw(element: Element, lines: list[str], shared: _Resources) -> None:
    place = matrix(element.get("transform", ""))
    moved = place != IDENTITY
    if moved:
        lines.append("q " + " ".join(map(_precise, place)) + " cm")
    if element.tag == "g":
        for child in element:
            _draw(child, lines, shared)
    elif element.tag == "use":
        name = element.get("href", "").removeprefix("#")
        shared.symbol(name)
        lines.append(f"{_colour(element.get('fill', 'black'))} rg /{name} Do")
    elif element.tag == "text":
        lines.append(_text(element, shared))
    elif element.tag != "title":
        lines.append(_shape(element))
    if moved:
        lines.append("Q")


def _shape(element: Element) -> str:
    path = _outline(element)
    fill = element.get("fill", "black") if element.get("fill-opacity") != "0" else "none"
    stroke = element.get("stroke", "none")
    operators = []
    if fill != "none":
        operators.append(f"{_colour(fill)} rg")
    if stroke != "none":
        cap = CAPS[element.get("stroke-linecap", "butt")]
        join = JOINS[element.get("stroke-linejoin", "miter")]
        dash = " ".join(map(number, numbers(element.get("stroke-dasharray", ""))))
        width = number(float(element.get("stroke-width", "1")))
        operators.append(f"{_colour(stroke)} RG {width} w {cap} J {join} j [{dash}] 0 d")
    paint = {(True, True): "B", (True, False): "f", (False, True): "S", (False, False): "n"}
    return " ".join([*operators, path, paint[fill != "none", stroke != "none"]])


def _outline(element: Element) -> str:
    get = {key: float(element.get(key, "0")) for key in ("x", "y", "width", "height", "cx", "cy", "rx", "ry")}
    if element.tag == "path":
        return _path_operators(element.get("d", ""))
    if element.tag in ("polygon", "polyline"):
        values = numbers(element.get("points", ""))
        points = [f"{number(x)} {number(y)}" for x, y in zip(values[::2], values[1::2], strict=True)]
        return f"{points[0]} m " + " ".join(f"{p} l" for p in points[1:]) + (" h" if element.tag == "polygon" else "")
    if element.tag == "rect":
        return " ".join(number(get[key]) for key in ("x", "y", "width", "height")) + " re"
    if element.tag == "ellipse":
        return _path_operators(_ellipse(get["cx"], get["cy"], get["rx"], get["ry"]))
    raise ValueError(f"the SVG element {element.tag!r} is not drawn here")


def _ellipse(x: float, y: float, rx: float, ry: float) -> str:
    kx, ky = KAPPA * rx, KAPPA * ry
    left, right, top, bottom = x - rx, x + rx, y - ry, y + ry
    return (
        f"M{right} {y} C{right} {y + ky} {x + kx} {bottom} {x} {bottom} C{x - kx} {bottom} {left} {y + ky} {left} {y} "
        f"C{left} {y - ky} {x - kx} {top} {x} {top} C{x + kx} {top} {right} {y - ky} {right} {y} Z"
    )


def _path_operators(path: str, place: Matrix = IDENTITY) -> str:
    a, b, c, d, e, f = place
    names = {"M": "m", "L": "l", "C": "c", "Z": "h"}
    operators = []
    for kind, values in segments(path):
        moved = [
            n for x, y in zip(values[::2], values[1::2], strict=True) for n in (a * x + c * y + e, b * x + d * y + f)
        ]
        operators.append(" ".join([*map(number, moved), names[kind]]))
    return " ".join(operators)


def _text(element: Element, shared: _Resources) -> str:
    key = (element.get("font-weight") == "bold", element.get("font-style") == "italic")
    string, size = element.text or "", float(element.get("font-size", "0"))
    its_face = _face(key)
    used = shared.fonts.setdefault(key, {})
    glyphs = its_face.glyphs(string)
    used.update(dict(zip(glyphs, string, strict=True)))
    width = its_face.width(string) * size
    x = (
        float(element.get("x", "0"))
        - {"start": 0.0, "middle": width / 2, "end": width}[element.get("text-anchor", "start")]
    )
    codes = "".join(f"{glyph:04X}" for glyph in glyphs)
    place = f"1 0 0 -1 {number(x)} {number(float(element.get('y', '0')))} Tm"  # letters stand upright, y is downwards
    colour = _colour(element.get("fill", "black"))
    return f"BT {colour} rg /{_font_name(*key)} {number(size)} Tf {place} <{codes}> Tj ET"


def _face(key: tuple[bool, bool]) -> Face:
    return face(bold=key[0], italic=key[1])


def _font_name(bold: bool, italic: bool) -> str:
    return "F" + ("b" if bold else "") + ("i" if italic else "")


def _colour(name: str) -> str:
    """A colour "#rrggbb" in three parts of one."""
    hexadecimal = COLOURS.get(name, name).removeprefix("#")
    if len(hexadecimal) != 6:
        raise ValueError(f"the colour {name!r} is not drawn here; write #rrggbb")
    return " ".join(number(int(hexadecimal[at : at + 2], 16) / 255) for at in (0, 2, 4))


def _precise(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")
