"""Draw the page in the README anew, that of one composed piece; the studio's picture is scripts/studio_pictures.py's.

    python scripts/readme_pictures.py

The piece is that of `stretto compose --key "G major" --bars 8 --pickup 1 --seed 7`.
"""

from __future__ import annotations

from pathlib import Path

import stretto
from stretto.render.drawing import UNITS_PER_MM, png_of
from stretto.render.page import render_pages

FOLDER = Path(__file__).parent.parent / "docs" / "images"

SHOWN_MM = 150
"""Height of the page that is kept: the rest of it is empty."""

DPI = 110


def main() -> None:
    """Write docs/images/page.png."""
    piece = stretto.compose(key="G major", bars=8, pickup="1", seed=7)
    page = render_pages(piece.score)[0]
    page.height = SHOWN_MM * UNITS_PER_MM
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "page.png").write_bytes(png_of([page], dpi=DPI))


if __name__ == "__main__":
    main()
