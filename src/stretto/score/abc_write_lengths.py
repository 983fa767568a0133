"""Lengths of notes as ABC types them: multiples of L:, tuplets, and ties where one sign cannot say it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

GRID = 3
"""Ticks of a 32nd: lengths off this grid need a tuplet."""


@dataclass(frozen=True, slots=True)
class Typed:
    """One sign: a note, chord or rest, or a tied piece of one."""

    source: int
    """Index of the piece it stands for."""
    start: int
    """Tick, as in the Score."""
    length: Fraction
    """Typed length in ticks, before the tuplet shortens it."""
    first: bool
    """It begins the piece."""
    last: bool
    """It ends the piece; otherwise a tie (or nothing, for a rest) leads on."""
    tuplet: str = ""
    """"(3" and the like, where one begins here."""


def type_lengths(edges: Sequence[tuple[int, int]], brackets: Sequence[tuple[int, int, int, int]]) -> list[Typed]:
    """Type the pieces of one bar.

    Args:
        edges: start and end of every piece in ticks, without gaps.
        brackets: tuplets that the score brackets itself: start, end, actual, normal.
    """
    typed: list[Typed] = []
    at = 0
    while at < len(edges):
        group, signs = _bracketed(edges, at, brackets)
        if not group:
            group, signs = _triplet(edges, at)
        if not group:
            group, signs = 1, list(_plain(at, *edges[at]))
        typed += signs
        at += group
    return typed


def _bracketed(
    edges: Sequence[tuple[int, int]], at: int, brackets: Sequence[tuple[int, int, int, int]]
) -> tuple[int, list[Typed]]:
    """A tuplet of the source, if its notes fall where it says when rounded to ticks."""
    start = edges[at][0]
    for first, end, actual, normal in brackets:
        if first != start:
            continue
        count = next((n for n in range(1, len(edges) - at + 1) if edges[at + n - 1][1] == end), 0)
        if not count:
            continue
        bounds = [start, *(stop for _, stop in edges[at : at + count])]
        for grain in (Fraction(24), Fraction(12), Fraction(6), Fraction(3), Fraction(3, 2)):
            places = [_nearest((bound - start) * Fraction(actual, normal), grain) for bound in bounds]
            rounded = [start + _round(place * Fraction(normal, actual)) for place in places]
            if rounded == bounds and len(set(places)) == len(places):
                lengths = [b - a for a, b in itertools.pairwise(places)]
                return count, _group(at, edges, lengths, actual, normal, spelled_out=True)
    return 0, []


def _nearest(value: Fraction, grain: Fraction) -> Fraction:
    return Fraction(_round(value / grain)) * grain


def _round(value: Fraction) -> int:
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def _triplet(edges: Sequence[tuple[int, int]], at: int) -> tuple[int, list[Typed]]:
    """Pieces off the 32nd grid, up to where they meet it again: in triplets, every tick is a 64th."""
    start = edges[at][0]
    if (edges[at][1] - start) % GRID == 0:
        return 0, []
    count = 1
    while at + count < len(edges) and (edges[at + count - 1][1] - start) % GRID:
        count += 1
    lengths = [Fraction(3 * (stop - begin), 2) for begin, stop in edges[at : at + count]]
    return count, _group(at, edges, lengths, 3, 2, spelled_out=False)


def _group(
    at: int,
    edges: Sequence[tuple[int, int]],
    lengths: Sequence[Fraction],
    actual: int,
    normal: int,
    *,
    spelled_out: bool,
) -> list[Typed]:
    signs: list[Typed] = []
    for index, length in enumerate(lengths, at):
        signs += _tied(index, edges[index][0], length, Fraction(normal, actual))
    sign = f"({actual}:{normal}:{len(signs)}" if spelled_out else "(3" if len(signs) == 3 else f"(3::{len(signs)}"
    head = signs[0]
    signs[0] = Typed(head.source, head.start, head.length, head.first, head.last, sign)
    return signs


def _plain(index: int, start: int, end: int) -> Iterator[Typed]:
    yield from _tied(index, start, Fraction(end - start), Fraction(1))


def _tied(index: int, start: int, length: Fraction, factor: Fraction) -> Iterator[Typed]:
    """Split into lengths that one note can show: plain, dotted and double-dotted."""
    pieces = list(_shown(length))
    at = Fraction(start)
    for number, piece in enumerate(pieces):
        yield Typed(index, _round(at), piece, number == 0, number == len(pieces) - 1)
        at += piece * factor


def _shown(length: Fraction) -> Iterator[Fraction]:
    unit = Fraction(3, 2)  # ticks of a 64th
    count = length / unit
    if count.denominator != 1:
        yield length
        return
    left = count.numerator
    while left:
        whole = 1 << (left.bit_length() - 1)
        # 7 of 4 is double-dotted, 6 of 4 dotted; 5 of 4 is a tie.
        for part in (whole * 7 // 4, whole * 3 // 2, whole):
            if part <= left and (part * 4 % whole == 0) and _one_sign(part):
                yield part * unit
                left -= part
                break


def _one_sign(count: int) -> bool:
    odd = count // (count & -count)
    return odd in (1, 3, 7)


def length_text(length: Fraction, unit: Fraction) -> str:
    """Multiplier of L: for a length, both in ticks.

    >>> [length_text(Fraction(n), Fraction(12)) for n in (12, 24, 6, 18, 3)]
    ['', '2', '/', '3/2', '/4']
    """
    ratio = length / unit
    top = "" if ratio.numerator == 1 else str(ratio.numerator)
    if ratio.denominator == 1:
        return top
    return f"{top}/" if ratio.denominator == 2 and not top else f"{top}/{ratio.denominator}"
