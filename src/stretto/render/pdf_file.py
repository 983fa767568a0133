"""The skeleton of a PDF file: numbered objects, and the table of where they stand.

Source: ISO 32000-1:2008 (PDF 1.7), sections 7.3 (objects), 7.5 (file structure), 9.7 (composite fonts).
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

import numpy as np

from stretto.render.truetype import Face


@dataclass(kw_only=True)
class PdfFile:
    """Objects in their order; object 1 is the catalog, 2 the tree of pages."""

    objects: list[bytes] = field(default_factory=lambda: [b"", b""])

    def add(self, body: str | bytes) -> int:
        """Add an object; its number."""
        self.objects.append(body.encode("ascii") if isinstance(body, str) else body)
        return len(self.objects)

    def add_stream(self, entries: str, data: bytes) -> int:
        """Add a deflated stream; its number."""
        packed = zlib.compress(data, 9)
        head = f"<< {entries} /Filter /FlateDecode /Length {len(packed)} >>\nstream\n"
        return self.add(head.encode("ascii") + packed + b"\nendstream")

    def finish(self, pages: list[int], info: dict[str, str]) -> bytes:
        """The whole file."""
        kids = " ".join(f"{number} 0 R" for number in pages)
        self.objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
        self.objects[1] = f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode("ascii")
        entries = " ".join(f"/{key} {text_string(value)}" for key, value in info.items() if value)
        info_number = self.add(f"<< {entries} >>")
        out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        starts = []
        for number, body in enumerate(self.objects, 1):
            starts.append(len(out))
            out += f"{number} 0 obj\n".encode("ascii") + body + b"\nendobj\n"
        table_start = len(out)
        size = len(self.objects) + 1
        out += f"xref\n0 {size}\n0000000000 65535 f \n".encode("ascii")
        out += b"".join(f"{start:010d} 00000 n \n".encode("ascii") for start in starts)
        out += f"trailer\n<< /Size {size} /Root 1 0 R /Info {info_number} 0 R >>\n".encode("ascii")
        out += f"startxref\n{table_start}\n%%EOF\n".encode("ascii")
        return bytes(out)


def text_string(text: str) -> str:
    """A text for people, in UTF-16 as PDF asks for."""
    return "<" + ("\ufeff" + text).encode("utf-16-be", "replace").hex().upper() + ">"


def number(value: float) -> str:
    """A number without exponent and without needless zeros.

    >>> number(0.5), number(-3.0), number(1e-9)
    ('.5', '-3', '0')
    """
    short = f"{value:.4f}".rstrip("0").rstrip(".")
    if short in ("-0", "", "0"):
        return "0"
    return short.replace("0.", ".", 1) if short.startswith(("0.", "-0.")) else short


def add_font(pdf: PdfFile, face: Face, used: dict[int, str]) -> int:
    """Embed those glyphs of a face that are used, and what they mean, so that a text can be searched and copied."""
    scale = 1000 / face.units_per_em
    data = face.subset(used)
    file_number = pdf.add_stream(f"/Length1 {len(data)}", data)
    name = f"{_tag(used)}+{face.name}"
    box = " ".join(number(bound * scale) for bound in face.bounds)
    slant = -12 if "Italic" in face.name else 0
    flags = 4 | 2 | (64 if slant else 0)  # symbolic, for glyphs are named by number; serif; italic
    descriptor = pdf.add(
        f"<< /Type /FontDescriptor /FontName /{name} /Flags {flags} /FontBBox [{box}] /ItalicAngle {slant} "
        f"/Ascent {number(face.ascent * scale)} /Descent {number(face.descent * scale)} "
        f"/CapHeight {number(0.66 * 1000)} /StemV {120 if 'Bold' in face.name else 80} /FontFile2 {file_number} 0 R >>"
    )
    widths = " ".join(f"{glyph} [{number(float(face.advances[glyph]) * scale)}]" for glyph in sorted(used))
    descendant = pdf.add(
        f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{name} /CIDToGIDMap /Identity /DW 0 /W [{widths}] "
        f"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor {descriptor} 0 R >>"
    )
    meaning = pdf.add_stream("", _to_unicode(used))
    return pdf.add(
        f"<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H "
        f"/DescendantFonts [{descendant} 0 R] /ToUnicode {meaning} 0 R >>"
    )


def _tag(used: dict[int, str]) -> str:
    """Six letters that tell this subset from another one of the same face."""
    seed = zlib.crc32(np.array(sorted(used), dtype="<u2").tobytes())
    return "".join(chr(ord("A") + seed // 26**place % 26) for place in range(6))


def _to_unicode(used: dict[int, str]) -> bytes:
    pairs = [f"<{glyph:04X}> <{text.encode('utf-16-be').hex().upper()}>" for glyph, text in sorted(used.items())]
    blocks = [pairs[first : first + 100] for first in range(0, len(pairs), 100)]  # at most 100 in a block
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
        f"{body}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode("ascii")
