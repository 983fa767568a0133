"""ABC bar lines and endings: liberal in, as the standard asks (2.1, sections 4.8 to 4.10)."""

from __future__ import annotations

import re

from stretto.score.abc_events import Barline
from stretto.score.abc_text import Spot

_STYLES = {"||": "double", "|]": "final", "[|": "heavy-light", "[|]": "none", "[]": "none", ".|": "dotted"}


def barline_of(text: str, spot: Spot) -> Barline:
    """Repeat signs and style of a bar line, whatever mixture of | : [ ] it is typed with."""
    if "|" not in text and ":" in text:
        # "::" is short for ":|:".
        colons = text.count(":")
        half = colons // 2
        return Barline(spot, ends=1 + max(1, half), starts=not text.endswith("]"), stops=True)
    before = text[: text.index("|")].count(":") if "|" in text else 0
    after = text[text.rindex("|") :].count(":") if "|" in text else 0
    core = text.replace(":", "")
    style = "" if before or after else _STYLES.get(core, "double" if len(core) > 1 else "")
    stops = bool(before or after) or core != "|"
    return Barline(spot, ends=before + 1 if before else 0, starts=bool(after), style=style, stops=stops)


def ending_of(text: str, spot: Spot) -> Barline:
    """The start of an ending: "1", "2", "1,3", "1-3".

    >>> ending_of("1-3", Spot("tune.abc", 1)).ending
    '1, 2, 3'
    """
    passes: list[int] = []
    for first, last in re.findall(r"(\d{1,3})(?:-(\d{1,3}))?", text):
        passes.extend(range(int(first), min(int(last or first), int(first) + 31) + 1))
    return Barline(spot, ending=", ".join(str(n) for n in passes), visible=False)
