"""The text faces that we ship, so that a page looks the same on every machine."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from stretto.render.truetype import Face

FOLDER = Path(__file__).with_name("fonts")

FAMILY = "Liberation Serif"
"""Of the same widths as Times, by which verovio spaces lyrics; under the SIL Open Font License."""

FILES = {
    (False, False): FOLDER / "LiberationSerif-Regular.ttf",
    (True, False): FOLDER / "LiberationSerif-Bold.ttf",
    (False, True): FOLDER / "LiberationSerif-Italic.ttf",
    (True, True): FOLDER / "LiberationSerif-BoldItalic.ttf",
}
"""By (bold, italic)."""


@lru_cache(maxsize=len(FILES))
def face(*, bold: bool = False, italic: bool = False) -> Face:
    """One of the four faces, read once."""
    return Face.read(FILES[bold, italic])
