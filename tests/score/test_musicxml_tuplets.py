"""Tuplets that are found from ticks alone."""

from __future__ import annotations

from itertools import pairwise

import pytest

from stretto.score.model import Meter
from stretto.score.musicxml_tuplets import find_zones
from stretto.score.musicxml_values import grid_of


def tuplets(points: list[int], meter: str = "4/4") -> list[tuple[int, int, int, int]]:
    """(first tick, last tick, actual, normal) of the tuplets of a bar."""
    top, bottom = map(int, meter.split("/"))
    found = Meter(numerator=top, denominator=bottom)
    zones = find_zones(sorted({0, found.bar_ticks, *points}), found.bar_ticks, 0, grid_of(found), ())
    return [(zone.start, zone.stop, zone.actual, zone.normal) for zone in zones if zone.is_tuplet]


@pytest.mark.parametrize(
    ("points", "meter", "expected"),
    [
        ([0, 8, 16, 24], "4/4", [(0, 24, 3, 2)]),
        ([24, 32, 40, 48, 56, 64, 72], "3/4", [(24, 48, 3, 2), (48, 72, 3, 2)]),
        ([0, 4, 8, 12, 24], "2/4", [(0, 12, 3, 2)]),
        ([0, 16, 32, 48], "4/4", [(0, 48, 3, 2)]),
        ([24, 29, 34, 38, 43, 48], "4/4", [(24, 48, 5, 4)]),
        ([72, 82, 91, 101, 110, 120], "5/4", [(72, 120, 5, 4)]),
        ([0, 7, 13, 20, 26, 33, 39, 46, 52, 59, 65, 72], "3/4", [(0, 72, 11, 6)]),
        ([0, 3, 6, 9, 12, 18, 24], "4/4", []),
    ],
)
def test_equal_notes_are_the_tuplet_a_musician_counts(
    points: list[int], meter: str, expected: list[tuple[int, int, int, int]]
) -> None:
    assert tuplets(points, meter) == expected


def test_a_note_held_out_of_a_triplet_is_tied_at_the_beat() -> None:
    """Chord on the last third of the second beat, held for two beats, and the rest of a triplet after it."""
    assert tuplets([0, 24, 32, 80, 96]) == [(24, 48, 3, 2), (72, 96, 3, 2)]


def test_a_few_odd_notes_are_not_a_tuplet_of_forty_nine() -> None:
    assert all(actual < 7 for _, _, actual, _ in tuplets([0, 24, 36, 95]))


def test_every_point_has_a_place_in_order() -> None:
    points = [0, 5, 11, 13, 24, 32, 41, 53, 54, 96]
    zones = find_zones(points, 96, 0, grid_of(Meter()), ())
    assert [zone.start for zone in zones[1:]] == [zone.stop for zone in zones[:-1]]
    for point in points:
        assert any(point in zone.places for zone in zones)
    for zone in zones:
        written = [zone.places[point][1] for point in sorted(zone.places)]
        assert all(one < other for one, other in pairwise(written))
