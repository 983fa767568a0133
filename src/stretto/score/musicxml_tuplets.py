"""Tuplets: which stretches of a voice do not fit halves and quarters, and what they are instead.

The Score's ticks are rounded; a quintuplet of sixteenths stands there at 0, 5, 10, 14, 19. Here it becomes exact again,
so that what is written is a quintuplet and reads back as the same ticks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache

from stretto.score.model import TICKS_PER_QUARTER, Mark
from stretto.score.musicxml_values import PLAIN_VALUES, Grid, Time

_USUAL = ((3, 2), (5, 4), (7, 4), (9, 8), (11, 8), (13, 8), (15, 8), (4, 3), (2, 3), (5, 6), (7, 6), (8, 6), (9, 6))
_RARE = tuple((n, m) for m in (3, 4, 6, 8, 12, 16, 24, 32, 48) for n in range(m + 1, 2 * m) if (n, m) not in _USUAL)
"""As in Chopin's runs of eleven over six eighths."""
_TRIPLET, _SEPTUPLET, _STRUCK = 3, 7, 0.6
"""From seven notes on a tuplet is believed if so many of them are there: with enough cells all can be explained."""
_RATIOS = _USUAL + _RARE
_CELLS = range(2, 65)
"""Into how many equal cells a window may be divided, the simplest first."""
_BRACKET_VALUES = (96, 48, 24, 12, 6, 3, Fraction(3, 2), Fraction(3, 4))
"""What one unit of a bracket may be, in ticks: a whole note to a 128th."""
_TIED = 15
"""What a note that is tied into a triplet costs beside a finer division, as `_divide` counts; inside a beat, twice."""
_ROUNDED = 0.501
"""How far from its exact place, in ticks, a point may stand."""
_FINEST = 3
"""Ticks of a 32nd: the finest plain note on the tick grid."""


@dataclass(slots=True)
class Zone:
    """A stretch of one voice in one bar with its own division."""

    start: int
    stop: int
    """In ticks from the start of the bar."""
    actual: int = 1
    normal: int = 1
    origin: Time = 0
    """Where the tuplet's first unit would stand; differs from `start` only in bars that are cut short."""
    length: Time = 0
    """Of the whole tuplet."""
    mark: Mark | None = None
    """The source's own bracket."""
    unseen: bool = False
    """Its number is not printed."""
    places: dict[int, tuple[Time, Time]] = field(default_factory=dict)
    """Exact time, and time as counted in written values, of each point."""

    @property
    def is_tuplet(self) -> bool:
        """Whether the notes' values are not their lengths."""
        return self.actual != self.normal


def rounded(time: Time) -> int:
    """The tick a reader gives to an exact time: the nearest, halves upwards."""
    return int((2 * time + 1) // 2)


def find_zones(points: list[int], length: int, offset: int, grid: Grid, marked: Iterable[Zone]) -> list[Zone]:
    """Divide a bar of one voice into plain stretches and tuplets.

    Args:
        points: ticks from the start of the bar at which something begins or ends, 0 and `length` included.
        length: of the bar.
        offset: how much of the full bar is missing at its start, as in a pickup.
        grid: of the metre.
        marked: the source's own brackets inside the bar, without places.
    """
    tuplets: list[Zone] = []
    for zone in marked:
        inside = _inside(points, zone.start, zone.stop)
        if not _overlaps(tuplets, zone.start, zone.stop) and _fit_bracket(zone, inside):
            tuplets.append(zone)
    crooked = [p for p in points if (p + offset) % _FINEST]
    crooked = [p for p in crooked if not any(zone.start <= p <= zone.stop for zone in tuplets)]
    while crooked:
        place = (points, length, offset, grid, crooked[0], tuplets)
        zone = _find(*place) or _fine_zone(*place)
        tuplets.append(zone)
        crooked = [p for p in crooked if not zone.start <= p <= zone.stop]
    return _with_plain_between(sorted(tuplets, key=lambda zone: zone.start), points, length)


def _find(points: list[int], length: int, offset: int, grid: Grid, crooked: int, taken: list[Zone]) -> Zone | None:
    """The window around a crooked point that the simplest division explains.

    Its edges are points; a note that goes over an edge is tied there if the rest is a triplet, or if it must be.
    """
    best: tuple[int, Zone] | None = None
    tied: tuple[int, Zone] | None = None
    for origin, window in _windows(length, offset, grid, crooked):
        start, stop = max(0, origin), min(length, origin + window)
        found = None if _overlaps(taken, start, stop) else _divide(points, start, stop, origin, window)
        if found is None:
            continue
        if start in points and stop in points:
            best = found if best is None or found[0] < best[0] else best
        else:
            fineness = found[0] + (_TIED if window < _whole_beat(grid) else 0)
            tied = (fineness, found[1]) if tied is None or fineness < tied[0] else tied
    if best is None or (tied is not None and tied[1].actual == _TRIPLET and tied[0] + _TIED < best[0]):
        best = tied
    return best[1] if best is not None else None


def _windows(length: int, offset: int, grid: Grid, crooked: int) -> Iterator[tuple[int, int]]:
    """Stretches around a point that may be a tuplet, as (first tick, length): parts of a beat, beats, the bar."""
    beat = _whole_beat(grid)
    small = beat // 3 if grid.thirds and beat % 9 == 0 else beat // 2 if beat % 2 == 0 else 0
    if small:
        yield (crooked + offset) // small * small - offset, small
    for n in (1, 2, 4, 3, 6):
        window = n * beat
        aligned = (crooked + offset) // window * window - offset
        yield aligned, window
        last = (crooked + offset) // beat * beat - offset
        for origin in range(last - window + beat, last + 1, beat):
            if origin != aligned and origin >= -offset and origin + window <= length:
                yield origin, window


def _fine_zone(points: list[int], length: int, offset: int, grid: Grid, crooked: int, taken: list[Zone]) -> Zone:
    """Triplets of 64ths, one to a tick, over what is free of the beat (in 6/8, of its third): they explain anything."""
    beat = _whole_beat(grid)
    beat = beat // 3 if beat % 9 == 0 else beat
    origin = (crooked + offset) // beat * beat - offset
    start = max([0, origin, *(zone.stop for zone in taken if zone.stop <= crooked)])
    stop = min([length, origin + beat, *(zone.start for zone in taken if zone.start >= crooked)])
    zone = Zone(start, stop, 3, 2, origin, beat)
    zone.places = {p: (p, Fraction(3 * (p - origin), 2)) for p in _inside(points, start, stop)}
    return zone


def _whole_beat(grid: Grid) -> int:
    return int(grid.beat) if grid.beat == int(grid.beat) else TICKS_PER_QUARTER


def _divide(points: list[int], start: int, stop: int, origin: int, window: int) -> tuple[int, Zone] | None:
    """The simplest division of a window that explains all points in it, and how fine it is."""
    inside = _inside(points, start, stop)
    for cells, actual, normal in _divisions(window):
        cell = window / cells
        if any(abs((point - origin) / cell - round((point - origin) / cell)) * cell > _ROUNDED for point in inside):
            continue
        if actual >= _SEPTUPLET and len(inside) <= _STRUCK * cells:
            continue
        zone = Zone(start, stop, actual, normal, origin, window)
        if _fit(zone, inside, (cells // actual,)):
            return cells * 10 + window // 12, zone
    return None


@lru_cache(maxsize=64)
def _divisions(window: int) -> tuple[tuple[int, int, int], ...]:
    """Ways to divide a window, as (cells, actual, normal), the simplest first."""
    found = []
    for cells in _CELLS:
        for actual, normal in ((1, 1), *_RATIOS):
            parts, rest = divmod(cells, actual)
            plain = PLAIN_VALUES.get(Fraction(window, normal))
            if rest or parts & (parts - 1) or plain is None or (plain[1] and actual != normal):
                continue
            found.append((cells, actual, normal))
    return tuple(found)


def _fit(zone: Zone, points: list[int], subdivisions: Iterable[int]) -> bool:
    """Set the exact places of `points` if the zone's division explains them."""
    if zone.actual < 1 or zone.normal < 1 or zone.length <= 0:
        return False
    unit = Fraction(zone.length, zone.normal)
    if unit not in PLAIN_VALUES:
        return False
    for parts in subdivisions:
        cell = Fraction(zone.length, zone.actual * parts)
        places: dict[int, tuple[Time, Time]] = {}
        for point in points:
            index = round((point - zone.origin) / cell)
            exact_time = zone.origin + index * cell
            is_edge = point in (zone.start, zone.stop)
            if rounded(exact_time) != point or (is_edge and exact_time != point):
                break  # what stands beside the zone begins and ends on ticks
            places[point] = (exact_time, index * unit / parts if zone.is_tuplet else exact_time)
        else:
            zone.places = places
            return True
    return False


def _fit_bracket(zone: Zone, points: list[int]) -> bool:
    """The same for a bracket of the source, whose ratio is known but which may hold less than a whole tuplet."""
    if zone.actual < 1 or zone.normal < 1 or zone.stop <= zone.start:
        return False
    for value in _BRACKET_VALUES:
        if _fit(replace(zone, length=value * zone.normal), points, (1,)):
            zone.length = value * zone.normal
            return _fit(zone, points, (1,))
    return False


def _inside(points: list[int], start: int, stop: int) -> list[int]:
    return sorted({start, stop, *(p for p in points if start <= p <= stop)})


def _overlaps(zones: list[Zone], start: int, stop: int) -> bool:
    return any(zone.start < stop and start < zone.stop for zone in zones)


def _with_plain_between(tuplets: list[Zone], points: list[int], length: int) -> list[Zone]:
    zones: list[Zone] = []
    at = 0
    for zone in [*tuplets, Zone(length, length)]:
        if zone.start > at:
            plain = Zone(at, zone.start, length=zone.start - at)
            plain.places = {p: (p, p) for p in _inside(points, at, zone.start)}
            zones.append(plain)
        if zone.stop > zone.start:
            zones.append(zone)
            at = zone.stop
    return zones
