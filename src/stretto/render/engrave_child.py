"""The process that may die: verovio turns MusicXML into SVG pages here, apart from ours.

Run as a script: one JSON object {"musicxml", "options", "good_ends"} comes in, one with {"pages"} or {"error"} goes
out. It starts with every page, so apart from verovio it loads only the standard library.
"""

from __future__ import annotations

import json
import re
import sys
from typing import Any

MAX_BALANCED = 150
"""Bars up to which lines are balanced, which takes a second layout; longer pieces are broken line by line."""

FULL = 0.97
"""Share of a line that bars of their own width may fill."""

GOOD_END = 0.12
"""How much emptier a line may be, as a share of its width, to end where a phrase does."""

OWN_WIDTHS = {"header": "none", "noJustification": True}


def main() -> None:
    """Engrave what comes in on the standard input."""
    import verovio

    wish = json.loads(sys.stdin.buffer.read())
    verovio.enableLog(verovio.LOG_ERROR)
    toolkit = verovio.toolkit()
    sys.stdout.buffer.write(json.dumps(engrave(toolkit, **wish)).encode("utf-8"))
    sys.stdout.buffer.flush()


def engrave(toolkit: Any, musicxml: str, options: dict[str, Any], good_ends: list[int]) -> dict[str, Any]:
    """The pages, their lines about equally full.

    Args:
        toolkit: verovio's.
        musicxml: the file's text.
        options: verovio's.
        good_ends: bars (0 = the first) after which a line ends well, as at a fermata.
    """
    n_bars = len(re.findall(r"<measure\b", musicxml.split("</part>", 1)[0]))
    if n_bars <= MAX_BALANCED and options.get("breaks") == "auto":
        toolkit.setOptions({**options, **OWN_WIDTHS})
        if not toolkit.loadData(musicxml):
            return {"error": "verovio could not load it"}
        widths, opening = bar_widths("".join(_pages(toolkit)))
        if len(widths) == n_bars:
            room = 10.0 * (options["pageWidth"] - options["pageMarginLeft"] - options["pageMarginRight"])
            lines = break_lines(widths, opening, FULL * room, set(good_ends))
            musicxml = with_breaks(musicxml, lines)
            options = {**options, "breaks": "line"}
    toolkit.setOptions({"noJustification": False, **options})
    if not toolkit.loadData(musicxml):
        return {"error": "verovio could not load it"}
    return {"pages": _pages(toolkit)}


def _pages(toolkit: Any) -> list[str]:
    return [toolkit.renderToSVG(page) for page in range(1, toolkit.getPageCount() + 1)]


def bar_widths(svg: str) -> tuple[list[float], float]:
    """How wide each bar is, and how much clef and key take at the head of a line, in verovio's SVG units.

    Every bar is a group that begins with the lines of its first staff.
    """
    opening = 0.0
    widths: list[float] = []
    for line in svg.split('class="system"')[1:]:
        for place, bar in enumerate(line.split('class="measure"')[1:]):
            edges = re.search(r'class="staff"[^>]*>\s*(?:<g[^>]*/>\s*)?<path d="M(-?\d+) -?\d+ L(-?\d+)', bar)
            if edges is None:
                return [], 0.0
            left, right = float(edges[1]), float(edges[2])
            if not widths:
                meter = re.search(r'class="meterSig".*?translate\((-?\d+)', bar)
                opening = float(meter[1]) - left if meter else 1000.0
            widths.append(right - left - (opening if place == 0 and widths else 0.0))
    return widths, opening


def break_lines(widths: list[float], opening: float, room: float, good_ends: set[int]) -> list[int]:
    """First bar of every line but the first, so that all lines are about equally full.

    No more lines than are needed, unless one more lets lines end with phrases. Dynamic programming over (bar, lines);
    the cost of a line is the square of the share of it that is empty.
    """
    n = len(widths)
    needed = _greedy(widths, opening, room)
    best: list[dict[int, tuple[float, int]]] = [{0: (0.0, 0)}] + [{} for _ in range(n)]
    for end in range(1, n + 1):
        for start in range(end - 1, -1, -1):
            width = sum(widths[start:end]) + (opening if start else 0.0)
            if width > room and end - start > 1:
                break
            empty = max(0.0, 1.0 - width / room)
            cost = empty**2 + (0.0 if end - 1 in good_ends or end == n else GOOD_END**2)
            for lines, (before, _) in best[start].items():
                total = before + cost
                if lines <= needed and total < best[end].get(lines + 1, (float("inf"), 0))[0]:
                    best[end][lines + 1] = (total, start)
    lines = min(best[n], key=lambda count: best[n][count][0])
    starts = []
    end = n
    while lines:
        end = best[end][lines][1]
        lines -= 1
        starts.append(end)
    return sorted(starts)[1:]


def with_breaks(musicxml: str, starts: list[int]) -> str:
    """The file with a new line before each of these bars."""
    part, rest = musicxml.split("</part>", 1)
    pieces = re.split(r"(<measure\b[^>]*>)", part)
    for start in starts:
        pieces[2 * start + 1] += '<print new-system="yes"/>'
    return "".join(pieces) + "</part>" + rest


def _greedy(widths: list[float], opening: float, room: float) -> int:
    """The fewest lines that hold all bars."""
    lines, filled = 1, 0.0
    for index, width in enumerate(widths):
        if index and filled + width > room:
            lines, filled = lines + 1, opening
        filled += width
    return lines


if __name__ == "__main__":
    main()
