"""Notes, chords and rests as cells of a **kern spine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise

from stretto.score.abc_write_lanes import Head
from stretto.score.model import TICKS_PER_WHOLE, UNSPELLED
from stretto.score.musicxml_values import Grid, split_note, split_rest

_STEPS = "FCGDAEB"
_SEMITONES = dict(zip("CDEFGAB", (0, 2, 4, 5, 7, 9, 11), strict=True))
_PLAIN = {
    int(TICKS_PER_WHOLE * size * factor): name + dots
    for size, name in (
        (Fraction(8), "000"), (Fraction(4), "00"), (Fraction(2), "0"), (Fraction(1), "1"), (Fraction(1, 2), "2"),
        (Fraction(1, 4), "4"), (Fraction(1, 8), "8"), (Fraction(1, 16), "16"), (Fraction(1, 32), "32"),
    )
    for factor, dots in ((Fraction(1), ""), (Fraction(3, 2), "."), (Fraction(7, 4), ".."))
    if (TICKS_PER_WHOLE * size * factor).denominator == 1
}  # fmt: skip
"""Undotted, dotted and double-dotted values by their ticks."""

GRACE_VALUE = "8"


def value(ticks: int) -> str:
    """A length as kern writes it.

    >>> value(36), value(8), value(20)
    ('4.', '12', '24%5')
    """
    if ticks in _PLAIN:
        return _PLAIN[ticks]
    share = Fraction(TICKS_PER_WHOLE, ticks)
    return str(share.numerator) if share.denominator == 1 else f"{share.numerator}%{share.denominator}"


def cuts(start: int, stop: int, grid: Grid, *, rest: bool = False) -> list[int]:
    """Where a length from `start` to `stop`, counted from the barline, is cut so that each piece is one plain value.

    A rest hides no beat either, unless it fills the bar.

    >>> from stretto.score.model import Meter
    >>> from stretto.score.musicxml_values import grid_of
    >>> cuts(0, 60, grid_of(Meter(numerator=3)))
    [48]
    """
    fills = start % grid.bar == 0 and stop - start == grid.bar
    if (fills or not rest) and (stop - start in _PLAIN or TICKS_PER_WHOLE % (stop - start) == 0):
        return []
    split = split_rest if rest else split_note
    found = [int(cut) for cut in split(start, stop, grid) if cut == int(cut)]
    pieces = [other - one for one, other in pairwise([start, *found, stop])]
    return found if all(piece in _PLAIN for piece in pieces) else []


def pitch_name(head: Head, key_fifths: int) -> str:
    """Letters and accidentals of a sounding note; one without a name, or a wrong one, gets the nearest to the key.

    >>> pitch_name(Head(60, 0), 0), pitch_name(Head(42, 6), 0), pitch_name(Head(75, UNSPELLED), -3)
    ('c', 'FF#', 'ee-')
    """
    fifths = head.fifths
    if not is_named(head):
        lowest = key_fifths - 3
        fifths = lowest + (head.pitch * 7 - lowest) % 12
    alter, place = divmod(fifths + 1, 7)
    step = _STEPS[place]
    octave = (head.pitch - alter - _SEMITONES[step]) // 12
    letters = step.lower() * (octave - 4) if octave >= 5 else step * (5 - octave)
    return letters + ("#" * alter if alter > 0 else "-" * -alter)


def is_named(head: Head) -> bool:
    """Whether the note has a name, and one that fits its pitch and can be typed."""
    return head.fifths != UNSPELLED and (7 * head.fifths - head.pitch) % 12 == 0 and -22 <= head.fifths <= 26


def chord_cell(heads: Sequence[Head], length: str, ties: tuple[bool, bool], signs: Iterable[str], key: int) -> str:
    """One cell: its notes, tied from before and onwards as `ties` says, the signs on the first of them."""
    before, onwards = ties
    opening = "[" if onwards and not before else ""
    closing = "_" if onwards and before else "]" if before else ""
    words = [f"{opening}{length}{pitch_name(head, key)}{closing}" for head in heads]
    marks = list(signs)
    prefix = "".join(mark for mark in marks if mark == "(")
    words[0] = prefix + words[0] + "".join(mark for mark in marks if mark != "(")
    return " ".join(words)
