"""Pairs the beginnings and ends of slurs, wedges, pedals and their like, in whatever order the file has them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from stretto.score.model import Mark
from stretto.score.musicxml_names import NUMBERED
from stretto.score.tally import Tally

AUTO_NUMBER = 9
"""From here up our writer numbers spans that have no number of their own but must be told apart."""


@dataclass(slots=True)
class _Edge:
    mark: Mark
    family: str
    """What it is: "slur", "wedge", "glissando"."""
    level: str
    """The file's number, by which an end finds its beginning."""
    is_start: bool
    order: int
    where: str
    taken: bool = False

    def key(self) -> tuple[int, int, int, int]:
        """Graces sound before the note at their tick; an end comes before a beginning at the same place."""
        return (self.mark.tick, self.mark.grace or 127, int(self.is_start), self.order)

    def as_written(self) -> tuple[int, int, int]:
        """A trill line may begin and end on one note: at one place the file says which comes first."""
        return (self.mark.tick, self.mark.grace or 127, self.order)


@dataclass(slots=True)
class SpanBook:
    """Collects edges while a part is read, and joins them at its end."""

    tally: Tally
    edges: list[_Edge] = field(default_factory=list)

    def edge(self, mark: Mark, element: Element, family: str, *, is_start: bool, where: str) -> None:
        """Note one end of a span; `mark` says its kind and place, and what the span itself says if it begins here."""
        level, identity = element.get("number"), element.get("id", "")
        number = int(level) if level and level.isdecimal() and int(level) < AUTO_NUMBER else 0
        if identity.startswith(NUMBERED):
            own = identity.split("-")[1]
            number = int(own) if own.isdecimal() and len(own) < 4 else number
            level = identity.rpartition("-")[0]  # both ends have it, and no other span
        self.edges.append(_Edge(replace(mark, number=number), family, level or "1", is_start, len(self.edges), where))

    def marks(self) -> list[Mark]:
        """All spans; an edge without its other end is counted and left out, but a trill ends with its own note."""
        found: list[Mark] = []
        groups: dict[tuple[str, str], list[_Edge]] = {}
        for edge in self.edges:
            groups.setdefault((edge.family, edge.level), []).append(edge)
        for (family, _), group in groups.items():
            group.sort(key=_Edge.as_written if family == "wavy-line" else _Edge.key)
            found += _pair(group)
            found += _pair([edge for edge in group if not edge.taken], same_place=True)
        for edge in self.edges:
            if not edge.taken:
                what = "begun and never ended" if edge.is_start else "ended and never begun"
                self.tally.add(f"{edge.family}s {what}", edge.where)
                if edge.is_start and edge.family == "wavy-line":
                    found.append(_joined(edge.mark, edge.mark))
        return found


def _pair(edges: list[_Edge], *, same_place: bool = False) -> list[Mark]:
    """Join each end with the beginning open in its voice, or else with the latest open one."""
    found: list[Mark] = []
    waiting: list[_Edge] = []
    if same_place:
        edges = sorted(edges, key=lambda edge: (edge.mark.tick, not edge.is_start, edge.order))
    for edge in edges:
        if edge.is_start:
            waiting.append(edge)
            continue
        near = [e for e in waiting if (e.mark.voice, e.mark.staff) == (edge.mark.voice, edge.mark.staff)]
        near = near or [e for e in waiting if e.mark.voice == edge.mark.voice] or waiting
        if near:
            start = near[-1]
            waiting.remove(start)
            start.taken = edge.taken = True
            found.append(_joined(start.mark, edge.mark))
    return found


def _joined(start: Mark, end: Mark) -> Mark:
    on_grace = f"end-grace {end.grace}" if end.grace else ""
    return replace(start, end=end.tick, end_pitch=end.pitch, extra=start.extra or on_grace)
