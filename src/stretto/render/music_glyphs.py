"""Outlines of single musical signs, from the font files inside the verovio package, for signs within text."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from stretto.errors import RenderError

FLAT, NATURAL, SHARP = "\ue260", "\ue261", "\ue262"
"""SMuFL code points (Standard Music Font Layout 1.4)."""

IN_TEXT = {"♭": FLAT, "♮": NATURAL, "♯": SHARP}
"""Accidentals as people type them, which text faces lack."""

UNITS_PER_EM = 1000
"""Of the outlines; an em is the height of a staff."""


def is_sign(character: str) -> bool:
    """Whether a character stands in the range where SMuFL keeps its signs."""
    return 0xE000 <= ord(character) <= 0xF8FF


def glyph_name(sign: str) -> str:
    """The name that verovio gives a sign's outline: "E260" for the flat."""
    return f"{ord(sign):X}"


@lru_cache(maxsize=256)
def outline(sign: str, font: str = "Leland") -> str:
    """SVG path of a sign, y upwards, `UNITS_PER_EM` to the em; "" = the font has none."""
    file = _folder() / font / f"{glyph_name(sign)}.xml"
    if not file.is_file():
        return ""
    found = re.search(r'\sd="([^"]*)"', file.read_text(encoding="utf-8"))
    return found.group(1) if found else ""


def advance(sign: str, font: str = "Leland") -> float:
    """How far a sign moves on, in ems; 0 = the font has none."""
    return _advances(font).get(glyph_name(sign), 0.0)


@lru_cache(maxsize=4)
def _advances(font: str) -> dict[str, float]:
    text = (_folder() / f"{font}.xml").read_text(encoding="utf-8")
    found = re.findall(r'<g c="([0-9A-F]+)"[^>]*? h-a-x="([-\d.]+)"', text)
    return {name: float(units) / UNITS_PER_EM for name, units in found}


@lru_cache(maxsize=1)
def _folder() -> Path:
    spec = find_spec("verovio")  # found, not imported: verovio only ever runs in the child
    if spec is None or not spec.submodule_search_locations:
        raise RenderError("verovio is not installed; run pip install verovio")
    return Path(spec.submodule_search_locations[0]) / "data"
