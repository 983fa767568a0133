"""TrueType faces: how wide a text is, and the few glyphs of it that a PDF must carry.

Source: Apple, TrueType Reference Manual; Microsoft, OpenType specification 1.9 (tables head, hhea, hmtx, cmap,
loca, glyf, OS/2). Only what the shipped faces use is read: no CFF, cmap formats 4 and 12.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

KEPT = (b"cvt ", b"fpgm", b"glyf", b"head", b"hhea", b"hmtx", b"loca", b"maxp", b"prep")
"""Tables that a PDF reader needs of an embedded TrueType face (ISO 32000-1, table 126)."""

NOTDEF = 0

ARG_WORDS, HAS_SCALE, MORE, HAS_XY_SCALE, HAS_MATRIX = 0x1, 0x8, 0x20, 0x40, 0x80
"""Flags of a part of a composite glyph."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Face:
    """A TrueType face. Lengths are in units of the em square, `units_per_em` to the em."""

    name: str
    """PostScript name."""
    tables: dict[bytes, bytes]
    glyph_of: dict[int, int]
    """Glyph of a character; one that is not there has none."""
    advances: NDArray[np.int64]
    """How far each glyph moves on, (G,)."""
    units_per_em: int
    bounds: tuple[int, int, int, int]
    """Left, bottom, right, top of all glyphs."""
    ascent: int
    descent: int

    @classmethod
    def read(cls, path: Path) -> Face:
        """Read a .ttf file that we ship."""
        data = path.read_bytes()
        tables = {}
        for index in range(struct.unpack(">H", data[4:6])[0]):
            tag, _, start, length = struct.unpack(">4sLLL", data[12 + 16 * index : 28 + 16 * index])
            tables[tag] = data[start : start + length]
        n_glyphs = struct.unpack(">H", tables[b"maxp"][4:6])[0]
        n_metrics = struct.unpack(">H", tables[b"hhea"][34:36])[0]
        metrics = np.frombuffer(tables[b"hmtx"], dtype=">u2", count=2 * n_metrics)[::2].astype(np.int64)
        advances = np.concatenate([metrics, np.full(n_glyphs - n_metrics, metrics[-1])])
        ascent, descent = struct.unpack(">hh", tables[b"hhea"][4:8])
        return cls(
            name=path.stem,
            tables=tables,
            glyph_of=_characters(tables[b"cmap"]),
            advances=advances,
            units_per_em=struct.unpack(">H", tables[b"head"][18:20])[0],
            bounds=struct.unpack(">4h", tables[b"head"][36:44]),
            ascent=ascent,
            descent=descent,
        )

    def glyphs(self, text: str) -> list[int]:
        """Glyph of each character, `NOTDEF` where the face has none."""
        return [self.glyph_of.get(ord(character), NOTDEF) for character in text]

    def width(self, text: str) -> float:
        """Width of a line of text in ems."""
        return float(self.advances[self.glyphs(text)].sum()) / self.units_per_em if text else 0.0

    def subset(self, glyphs: Iterable[int]) -> bytes:
        """A TrueType file in which only these glyphs are drawn; they keep their numbers."""
        kept = self._with_components(glyphs)
        outlines = bytearray()
        starts = [0]
        for glyph in range(len(self.advances)):
            outlines += self._outline(glyph) if glyph in kept else b""
            outlines += bytes(-len(outlines) % 4)
            starts.append(len(outlines))
        head = bytearray(self.tables[b"head"])
        head[8:12] = bytes(4)  # checksum of the whole file: a PDF reader does not look at it
        head[50:52] = struct.pack(">h", 1)  # long offsets in loca
        changed = {b"glyf": bytes(outlines), b"loca": np.array(starts, dtype=">u4").tobytes(), b"head": bytes(head)}
        return _file({tag: changed.get(tag, self.tables[tag]) for tag in KEPT if tag in self.tables})

    def _outline(self, glyph: int) -> bytes:
        is_long = struct.unpack(">h", self.tables[b"head"][50:52])[0]
        loca = self.tables[b"loca"]
        if is_long:
            start, end = struct.unpack(">LL", loca[4 * glyph : 4 * glyph + 8])
        else:
            start, end = (2 * half for half in struct.unpack(">HH", loca[2 * glyph : 2 * glyph + 4]))
        return self.tables[b"glyf"][start:end]

    def _with_components(self, glyphs: Iterable[int]) -> set[int]:
        """These glyphs, and those that they are composed of, as an accented letter is."""
        kept: set[int] = set()
        todo = {NOTDEF, *glyphs}
        while todo:
            glyph = todo.pop()
            kept.add(glyph)
            todo.update(set(_components(self._outline(glyph))) - kept)
        return kept


def _components(outline: bytes) -> Iterable[int]:
    if not outline or struct.unpack(">h", outline[:2])[0] >= 0:
        return
    at, flags = 10, MORE
    while flags & MORE:
        flags, glyph = struct.unpack(">HH", outline[at : at + 4])
        yield glyph
        at += 8 if flags & ARG_WORDS else 6
        at += 2 if flags & HAS_SCALE else 4 if flags & HAS_XY_SCALE else 8 if flags & HAS_MATRIX else 0


def _characters(cmap: bytes) -> dict[int, int]:
    """Glyph of each character, from the fullest Unicode table."""
    best: dict[int, int] = {}
    for index in range(struct.unpack(">H", cmap[2:4])[0]):
        start = struct.unpack(">L", cmap[8 + 8 * index : 12 + 8 * index])[0]
        form = struct.unpack(">H", cmap[start : start + 2])[0]
        read = {4: _segments, 12: _groups}.get(form)
        found = read(cmap[start:]) if read else {}
        best = found if len(found) > len(best) else best
    return best


def _segments(table: bytes) -> dict[int, int]:
    """Format 4: runs of characters within the first 65,536."""
    n = struct.unpack(">H", table[6:8])[0] // 2
    words = np.frombuffer(table[: len(table) // 2 * 2], dtype=">u2").astype(np.int64)
    ends, firsts, deltas, ranges = (words[start : start + n] for start in (7, 8 + n, 8 + 2 * n, 8 + 3 * n))
    found = {}
    for segment in range(n):
        for character in range(firsts[segment], min(int(ends[segment]), 0xFFFE) + 1):
            glyph = character
            if ranges[segment]:
                glyph = int(words[8 + 3 * n + segment + ranges[segment] // 2 + character - firsts[segment]])
                if glyph == NOTDEF:
                    continue
            found[int(character)] = int(glyph + deltas[segment]) % 0x10000
    return {character: glyph for character, glyph in found.items() if glyph != NOTDEF}


def _groups(table: bytes) -> dict[int, int]:
    """Format 12: runs of characters anywhere."""
    n = struct.unpack(">L", table[12:16])[0]
    found = {}
    for index in range(n):
        first, last, glyph = struct.unpack(">LLL", table[16 + 12 * index : 28 + 12 * index])
        found.update({character: glyph + character - first for character in range(first, last + 1)})
    return found


def _file(tables: dict[bytes, bytes]) -> bytes:
    """A font file of these tables, each at a multiple of four bytes."""
    n = len(tables)
    power = 1 << (n.bit_length() - 1)
    header = struct.pack(">LHHHH", 0x00010000, n, 16 * power, power.bit_length() - 1, 16 * (n - power))
    directory, body = b"", b""
    for tag, data in sorted(tables.items()):
        padded = data + bytes(-len(data) % 4)
        checksum = int(np.frombuffer(padded, dtype=">u4").astype(np.uint64).sum()) % 2**32
        directory += struct.pack(">4sLLL", tag, checksum, len(header) + 16 * n + len(body), len(data))
        body += padded
    return header + directory + body
