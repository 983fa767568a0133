"""From ABC events in typed order to exact places: bar by bar, voice beside voice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import accumulate, pairwise

from stretto.score.abc_events import Barline, Change, Event, Item, Overlay
from stretto.score.tally import Tally


@dataclass(slots=True)
class Placed:
    """An event, or a change, with its place in its voice."""

    item: Event | Change
    bar: int
    offset: Fraction
    """Whole notes from the start of the bar."""
    layer: int = 0
    """0 = the voice itself, 1 and on = its overlays (&)."""


@dataclass(slots=True)
class Timeline:
    """One voice in bars."""

    placed: list[Placed] = field(default_factory=list)
    lengths: list[Fraction] = field(default_factory=list)
    """Of every bar, in whole notes."""
    lines: list[list[Barline]] = field(default_factory=list)
    """Bar lines before bar i; one list more than there are bars."""
    starts: list[Fraction] = field(default_factory=list)
    """Of every bar in the score, in whole notes; filled by `common_bars`."""

    @property
    def bounds(self) -> list[Fraction]:
        """Where its bars start and end by its own count, 0 first."""
        return list(accumulate(self.lengths, initial=Fraction(0)))

    def at(self, placed: Placed) -> Fraction:
        """Exact place in the score, in whole notes."""
        return self.starts[placed.bar] + placed.offset


def place_items(items: list[Item], tally: Tally) -> Timeline:
    """Count one voice through."""
    line = Timeline(lines=[[]])
    here, main_end, layer = Fraction(0), Fraction(0), 0
    for item in items:
        if isinstance(item, Barline):
            full = main_end if layer else here
            if layer and here != main_end:
                tally.add("overlays (&) of another length than their bar", item.spot)
            if full > 0:
                if not item.visible:
                    tally.add("endings that start inside a bar divide it", item.spot)
                line.lengths.append(max(full, here))
                line.lines.append([] if item.visible else [Barline(item.spot, style="none")])
            line.lines[-1].append(item)
            here, main_end, layer = Fraction(0), Fraction(0), 0
        elif isinstance(item, Overlay):
            main_end = here if layer == 0 else main_end
            here, layer = Fraction(0), layer + 1
        else:
            line.placed.append(Placed(item, len(line.lengths), here, layer))
            if isinstance(item, Event):
                here += item.length
    full = max(main_end, here)
    if full > 0:
        line.lengths.append(full)
        line.lines.append([])
        tally.add("a voice that ends without a bar line: the file may be cut off", _last_spot(items))
    return line


def _last_spot(items: list[Item]) -> object:
    return items[-1].spot if items else ""


def common_bars(lines: list[Timeline], names: list[str], tally: Tally) -> Timeline:
    """Give all voices common bars, and return the bars of the score.

    Voices normally agree. Where they have as many bars but not as long ones, bars are matched by
    number, so that a damaged bar harms only itself; otherwise by time.
    """
    reference = max(lines, key=lambda line: (len(line.lengths), sum(line.lengths)))
    bounds = reference.bounds
    agreeing = [_is_prefix(line.bounds, bounds) for line in lines]
    if all(agreeing):
        starts = bounds
    elif len({len(line.lengths) for line in lines if line.lengths}) == 1:
        longest = [max(line.lengths[i] for line in lines if line.lengths) for i in range(len(bounds) - 1)]
        uneven = [i for i in range(len(longest)) if len({line.lengths[i] for line in lines if line.lengths}) > 1]
        tally.add("bars in which voices differ in length", f"bar {uneven[0] + 1} of the file", len(uneven))
        starts = list(accumulate(longest, initial=Fraction(0)))
    else:
        odd = agreeing.index(False)
        tally.add("voices whose bar lines stand at other times", f"voice {names[odd]}", agreeing.count(False))
        for line in lines:
            line.starts = line.bounds
        starts = []
    for line, name in zip(lines, names, strict=True):
        line.starts = line.starts or starts
        if not line.lengths:
            tally.add("voices without music", f"voice {name}")
        elif line.bounds[-1] < bounds[-1] and starts:
            tally.add("voices that end before the others: the file may be cut off", f"voice {name}")
    total = starts or [*bounds[:-1], max(line.bounds[-1] for line in lines)]
    merged = [_of_all(lines, i) if starts else reference.lines[i] for i in range(len(total))]
    return Timeline(lengths=[b - a for a, b in pairwise(total)], lines=merged, starts=total)


def _is_prefix(bounds: list[Fraction], reference: list[Fraction]) -> bool:
    """Whether a voice has the same bars as far as it goes; its last may be cut short."""
    n = len(bounds) - 1
    return bounds[:n] == reference[:n] and bounds[n] <= reference[n] if n else True


def _of_all(lines: list[Timeline], index: int) -> list[Barline]:
    return [barline for line in lines if index < len(line.lines) for barline in line.lines[index]]


def by_layer(line: Timeline) -> Iterator[tuple[int, list[tuple[Fraction, Event]]]]:
    """Events of the voice and of each of its overlays, in time, with their onsets in whole notes."""
    layers: dict[int, list[tuple[Fraction, Event]]] = {}
    for placed in line.placed:
        if isinstance(placed.item, Event):
            layers.setdefault(placed.layer, []).append((line.at(placed), placed.item))
    yield from sorted(layers.items())
