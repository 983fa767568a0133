"""A page or a piano-roll as a file's bytes, and what it could not show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from stretto.render.drawing import UNITS_PER_MM, Drawing, png_of, svg_of
from stretto.render.layout import Layout
from stretto.render.page import render_pages
from stretto.render.pdf import pdf_of
from stretto.render.roll import PAGE_HEIGHT, draw_roll
from stretto.score.model import Notice, Score

DPI = 150
MIN_DPI = 50

ROLL_PIXELS = 25_000_000
"""A roll that would have more is drawn in fewer dots: five rows to the screen are still read."""

MAX_NAMED = 5
"""Characters that a notice names."""


def draw_file(
    score: Score, suffix: str, *, roll: bool = False, layout: Layout | None = None, dpi: float = DPI
) -> tuple[bytes, tuple[Notice, ...]]:
    """Draw a score.

    Args:
        score: what to draw.
        suffix: ".svg" or ".png", with all pages one under the other, or ".pdf".
        roll: the piano-roll, not the page.
        layout: of the page; "auto" or None = what suits the parts.
        dpi: of a .png, dots to the inch; a roll too large for it is drawn in fewer.

    Returns:
        The file, and what it does not show, counted.

    Raises:
        RequestError: closed layout of what is not four voices.
        RenderError: it could not be engraved, or the picture would be too large.
    """
    if roll:
        drawings = draw_roll(score, page_height=PAGE_HEIGHT if suffix == ".pdf" else None)
        dpi = _fitting(drawings, dpi)
    else:
        drawings = render_pages(score, layout)
    return file_of(drawings, suffix, score.info, dpi=dpi), losses(drawings)


def file_of(drawings: list[Drawing], suffix: str, info: Mapping[str, str], *, dpi: float = DPI) -> bytes:
    """Pages as one file.

    Args:
        drawings: the pages.
        suffix: ".svg", ".png" or ".pdf".
        info: of the score, for its title and composer.
        dpi: of a .png, dots to the inch.

    Raises:
        RenderError: the picture would be too large.
    """
    title, author = info.get("title", ""), info.get("composer", "")
    if suffix == ".svg":
        return svg_of(drawings, title=title).encode("utf-8")
    if suffix == ".pdf":
        return pdf_of(drawings, title=title, author=author)
    if suffix == ".png":
        return png_of(drawings, dpi=dpi)
    raise ValueError(f"{suffix} is no picture")


def losses(drawings: Sequence[Drawing]) -> tuple[Notice, ...]:
    """What drawings do not show of their score."""
    missing: Counter[str] = Counter()
    for drawing in drawings:
        missing.update(drawing.missing)
    lost = tuple(notice for drawing in drawings for notice in drawing.notices)
    if not missing:
        return lost
    signs = ", ".join(f"U+{ord(character):04X}" for character in list(missing)[:MAX_NAMED])
    return (*lost, Notice(what=f"characters that the page's letters lack ({signs})", count=sum(missing.values())))


def _fitting(drawings: Sequence[Drawing], dpi: float) -> float:
    inches = sum(drawing.width * drawing.height for drawing in drawings) / (25.4 * UNITS_PER_MM) ** 2
    return max(MIN_DPI, min(dpi, int((ROLL_PIXELS / inches) ** 0.5)))
