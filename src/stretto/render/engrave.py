"""MusicXML to verovio's SVG pages, in a process of its own: verovio ends its process on input it cannot digest."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from stretto.errors import RenderError

CHILD = Path(__file__).with_name("engrave_child.py")

MAX_SECONDS = 120
"""A string quartet of 40 minutes takes 20 s on a slow laptop."""

MUSIC_FONT = "Leland"

OPTIONS: dict[str, Any] = {
    "pageWidth": 2100,  # tenths of a millimetre: A4
    "pageHeight": 2970,
    "pageMarginLeft": 150,
    "pageMarginRight": 150,
    "pageMarginTop": 150,
    "pageMarginBottom": 150,
    "unit": 8,  # half a staff space in tenths of a millimetre: a staff is 6.4 mm high, as in hymnals
    "font": MUSIC_FONT,
    "breaks": "auto",
    "minLastJustification": 0.6,
    "spacingSystem": 8,
    "justifyVertically": True,
    "footer": "none",
    "smuflTextFont": "none",  # musical signs within text are drawn as outlines, see verovio_svg
    "svgFormatRaw": True,
    "svgRemoveXlink": True,
    "xmlIdChecksum": True,  # the same music gives the same file
}


def engrave(musicxml: str, good_ends: Iterable[int] = (), **options: Any) -> list[str]:
    """Verovio's SVG pages of a MusicXML file that we wrote.

    Args:
        musicxml: the file's text.
        good_ends: bars (0 = the first) after which a line ends well.
        options: of verovio, beside or instead of `OPTIONS`.

    Raises:
        RenderError: verovio refuses the file, dies of it, or does not end.
    """
    wish = {"musicxml": musicxml, "options": {**OPTIONS, **options}, "good_ends": sorted(good_ends)}
    return list(_engraved(json.dumps(wish)))


@lru_cache(maxsize=4)  # the .svg, the .pdf and the .png of a piece are the same engraving
def _engraved(wish: str) -> tuple[str, ...]:
    if not sys.executable:
        raise RenderError("the page cannot be engraved: there is no Python interpreter to start; run stretto from one")
    try:
        # -P: the child must find verovio, not a module that happens to lie beside it.
        done = subprocess.run(
            [sys.executable, "-P", str(CHILD)], input=wish.encode("utf-8"), capture_output=True, timeout=MAX_SECONDS
        )
    except subprocess.TimeoutExpired as cause:
        raise RenderError(f"the page was not engraved within {MAX_SECONDS} s; split the piece") from cause
    except OSError as cause:
        raise RenderError(f"the page cannot be engraved: {sys.executable} does not start ({cause.strerror})") from cause
    if done.returncode:
        raise RenderError(f"the page cannot be engraved: verovio {_death(done)}; write .musicxml or .mid instead")
    answer = json.loads(done.stdout)
    if "error" in answer or not answer["pages"]:
        raise RenderError(f"the page cannot be engraved: {answer.get('error', 'verovio made no page')}")
    return tuple(answer["pages"])


def _death(done: subprocess.CompletedProcess[bytes]) -> str:
    lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
    how = f"died of signal {-done.returncode}" if done.returncode < 0 else f"ended with status {done.returncode}"
    return f"{how} ({lines[-1][:120]})" if lines else how
