"""Which hand plays what, for a score that does not say: a simple rule, good enough to learn from.

A moment's notes are parted at one pitch: what is above goes to the right hand, the rest to the left. Where they are
parted is chosen for the whole piece at once, so that no hand has to stretch, to leap, or to leave its side of the
keyboard more than it must.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SPAN, STRETCH = 12, 1.5
"""Semitones that a hand has at once, and what each semitone beyond costs."""

LEAP = 0.12
"""What each semitone costs by which a hand moves from chord to chord."""

RIGHT_LOW, LEFT_HIGH, FAR = 55, 65, 0.25
"""Where the right hand begins to be low, the left to be high, and what each semitone beyond costs."""

CHANGE = 0.6
"""What it costs when a hand that had notes has none."""


@dataclass(frozen=True, slots=True)
class _Hand:
    """Where a hand is, and what it holds: (end tick, pitch)."""

    at: float
    held: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Way:
    cost: float
    right: _Hand
    left: _Hand
    before: _Way | None
    n_left: int


def split_hands(
    onset_N: NDArray[np.integer], end_N: NDArray[np.integer], pitch_N: NDArray[np.integer]
) -> NDArray[np.int16]:
    """The hand of every note, 0 = right and 1 = left, (N,).

    Args:
        onset_N: ticks, in any order.
        end_N: ticks.
        pitch_N: MIDI pitches.
    """
    order = np.lexsort((pitch_N, onset_N))
    ticks, starts = np.unique(onset_N[order], return_index=True)
    moments = np.split(order, starts[1:])
    ways = [_Way(0.0, _Hand(72.0, ()), _Hand(50.0, ()), None, 0)]
    for tick, moment in zip(ticks.tolist(), moments, strict=True):
        notes = [(int(end_N[i]), int(pitch_N[i])) for i in moment]
        ways = [_best(ways, tick, notes, n_left) for n_left in range(len(notes) + 1)]
    hand_N = np.zeros(len(onset_N), np.int16)
    way: _Way | None = min(ways, key=lambda w: w.cost)
    for moment in reversed(moments):
        assert way is not None
        hand_N[moment[: way.n_left]] = 1
        way = way.before
    return hand_N


def _best(ways: list[_Way], tick: int, notes: list[tuple[int, int]], n_left: int) -> _Way:
    """The cheapest way to come to this moment with its `n_left` lowest notes in the left hand."""
    found: _Way | None = None
    for way in ways:
        left, left_cost = _moved(way.left, tick, notes[:n_left], side=1)
        right, right_cost = _moved(way.right, tick, notes[n_left:], side=0)
        cost = way.cost + left_cost + right_cost
        if found is None or cost < found.cost:
            found = _Way(cost, right, left, way, n_left)
    assert found is not None
    return found


def _moved(hand: _Hand, tick: int, notes: list[tuple[int, int]], *, side: int) -> tuple[_Hand, float]:
    """A hand after it has struck notes, and what that cost."""
    held = tuple(n for n in hand.held if n[0] > tick)
    if not notes:
        return _Hand(hand.at, held), 0.0 if held else CHANGE
    now = (*held, *notes)
    low, high = min(p for _, p in now), max(p for _, p in now)
    at = (min(p for _, p in notes) + max(p for _, p in notes)) / 2
    beyond = RIGHT_LOW - min(p for _, p in notes) if side == 0 else max(p for _, p in notes) - LEFT_HIGH
    cost = STRETCH * max(0, high - low - SPAN) + LEAP * abs(at - hand.at) + FAR * max(0, beyond)
    return _Hand(at, now), cost
