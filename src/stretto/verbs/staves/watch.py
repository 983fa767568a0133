"""The guard on staves: no silence over a bar, no note over four, no bar more than four times running, no hand that
hammers on one key."""

# Shapes: N pieces, A of them, P pitches, O = 1 + P options.

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise, takewhile

import numpy as np

from stretto.frames.plan import Plan, bar_ticks
from stretto.verbs.guard import REPETITION, SILENCE, Act
from stretto.verbs.staves.making import Making
from stretto.verbs.staves.rails import FIRST_PITCH, NEVER_ENDS, NO_MORE, Bools, Ints, Rail, nothing_barred

LONGEST_BARS = 4
"""For which a note may sound, and a right hand come back to one and no other: in 23 real keyboard movements of 24 it
does so for a shorter time (scripts/staff_repeats.py)."""

TIMES = 4
"""How often a bar may come in a row."""

STRIKES, AGAIN = 24, 18
"""Of so many strikes of a hand in a row, how many may repeat the outermost note of the one before: as many are in one
stretch of a hundred in 237 real keyboard movements (scripts/staff_repeats.py)."""


class StaffGuard(Rail):
    """What each piece has been doing lately."""

    def __init__(self, plans: Sequence[Plan], last_N: Ints, *, hands: bool = False) -> None:
        """Hear where the bars are.

        Args:
            plans: of each piece.
            last_N: ticks after which they may fall silent.
            hands: staves are hands, which do not hammer on one key; players of strings repeat notes as they like.
        """
        self.last_N, self.hands = last_N, hands
        self.starts = [list(plan.bar_starts or range(0, max(1, plan.end), 96)) for plan in plans]
        self._lengths = [[bar_ticks(meter) for meter in plan.bar_meters] or [96] for plan in plans]
        self.acts: list[tuple[Act, ...]] = [() for _ in plans]
        self.must_sound: set[int] = set()
        """Pieces that have been silent for so long that something must be struck."""

    def begin(self, now: Making) -> None:
        """A moment begins."""
        silent_N = now.at_N - now.silent_N
        bar_N = np.array([self._full_bar(piece, tick) for piece, tick in enumerate(now.at_N.tolist())])
        tired = (silent_N >= bar_N) & ~now.sounding_NVP.any((1, 2)) & (now.at_N < self.last_N)
        self.must_sound = set(np.flatnonzero(tired).tolist())

    def what_bars(self, now: Making, staff: int, piece_A: Ints, last_open_A: Bools) -> dict[str, Bools]:
        """Options that would go on with what should end, by what they would go on with, each (A, O)."""
        out = {what: nothing_barred(now, piece_A) for what in (SILENCE, REPETITION)}
        for a, piece in enumerate(piece_A.tolist()):
            struck = now.count_NV[piece].any()
            if piece in self.must_sound and last_open_A[a] and not struck:
                out[SILENCE][a, NO_MORE] = True
            if not now.count_NV[piece, staff] and (pitch := self._again(now, staff, piece)) is not None:
                out[REPETITION][a, FIRST_PITCH + pitch] = True
            if (
                self.hands
                and not now.count_NV[piece, staff]
                and (pitch := self._hammered(now, staff, piece)) is not None
            ):
                out[REPETITION][a, FIRST_PITCH + pitch] = True
        return out

    def note(self, piece: int, act: Act) -> None:
        """Remember that it acted."""
        self.acts[piece] = (*self.acts[piece], act)

    def note_end(self, now: Making, staff: int, piece: int, pitch: int) -> int:
        """Four bars later."""
        at = int(now.at_N[piece])
        return at + LONGEST_BARS * self._full_bar(piece, at)

    def next_moment(self, now: Making, piece: int) -> int:
        """A bar after the last sound."""
        if now.at_N[piece] >= self.last_N[piece]:
            return NEVER_ENDS
        at = int(now.at_N[piece])
        return max(int(now.silent_N[piece]), at) + self._full_bar(piece, at)

    def _full_bar(self, piece: int, tick: int) -> int:
        """Ticks of a bar in the metre that is in force."""
        lengths = self._lengths[piece]
        return lengths[min(max(0, bisect_right(self.starts[piece], tick) - 1), len(lengths) - 1)]

    def _again(self, now: Making, staff: int, piece: int) -> int | None:
        """The pitch with which a staff would go on with a bar that came too often; None = there is none."""
        tick, starts = int(now.at_N[piece]), self.starts[piece]
        bar = bisect_right(starts, tick) - 1
        if bar < TIMES:
            return None
        into = tick - starts[bar]
        before = now.at_tick[piece].get(starts[bar - 1] + into)
        own = [pitch for part, pitch, _ in before or () if part == staff]
        if not own or not self._runs(now, piece, bar) or not self._same_so_far(now, piece, bar, into):
            return None
        return own[0] - now.lowest

    def _hammered(self, now: Making, staff: int, piece: int) -> int | None:
        """The outermost note of a hand that it has repeated too often, or a right hand for too long; None = there is
        none. A left hand may have a drone."""
        ticks = now.ticks[piece][staff][-STRIKES:]
        if len(ticks) < 2 or self._outer(now, staff, piece, ticks[-1]) != self._outer(now, staff, piece, ticks[-2]):
            return None
        outer = [self._outer(now, staff, piece, tick) for tick in ticks]
        n_again = sum(one == other for one, other in pairwise(outer))
        n_same = sum(1 for _ in takewhile(lambda pitch: pitch == outer[-1], reversed(outer)))
        at = int(now.at_N[piece])
        too_long = staff == 0 and at - ticks[-n_same] >= LONGEST_BARS * self._full_bar(piece, at)
        return outer[-1] - now.lowest if too_long or n_again >= AGAIN else None

    def _outer(self, now: Making, staff: int, piece: int, tick: int) -> int:
        return next(pitch for part, pitch, _ in now.at_tick[piece][tick] if part == staff)

    def _runs(self, now: Making, piece: int, bar: int) -> bool:
        """The bars before one are all alike."""
        first = self._bar(now, piece, bar - 1)
        return bool(first) and all(self._bar(now, piece, bar - n) == first for n in range(2, TIMES + 1))

    def _same_so_far(self, now: Making, piece: int, bar: int, into: int) -> bool:
        """A bar has been like the one before it."""
        start = self.starts[piece][bar]
        here = self._bar(now, piece, bar, until=start + into)
        return here == [row for row in self._bar(now, piece, bar - 1) if row[0] < into]

    def _bar(self, now: Making, piece: int, bar: int, until: int | None = None) -> list[tuple[int, int, int]]:
        """What is struck in a bar: ticks from its start, staff, pitch."""
        starts = self.starts[piece]
        start, end = starts[bar], starts[bar + 1] if bar + 1 < len(starts) else NEVER_ENDS
        end = end if until is None else until
        ticks = sorted({t for own in now.ticks[piece] for t in own[bisect_left(own, start) : bisect_left(own, end)]})
        rows = [(t - start, part, pitch) for t in ticks for part, pitch, _ in now.at_tick[piece][t]]
        return sorted(rows)
