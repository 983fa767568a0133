"""Pieces by staves in the making: where each stands, what sounds, what was struck when."""

# Shapes: N pieces, A of them, V staves, P pitches.

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.frames.staves import STAFF_NOTE, StaffMusic
from stretto.score.model import TICKS_PER_QUARTER

Ints = NDArray[np.integer[Any]]
Bools = NDArray[np.bool_]

NONE = -1

DRONE = 4 * TICKS_PER_QUARTER
"""Ticks of a note that a bow holds while it strikes another. In real quartets it does so at 2 of 1,000 strikes, and
half of these notes are so long; the network holds shorter ones at 20 of 1,000."""

Struck = tuple[int, int, int]
"""Staff, MIDI pitch, ticks."""


class Making:
    """What the rails, the guard and the echoes need to know of all pieces at one moment of each."""

    def __init__(self, n: int, *, upward: Sequence[bool], order: Sequence[int], lowest: int, n_pitches: int) -> None:
        """Nothing has been struck."""
        self.n, self.v, self.p, self.lowest = n, len(upward), n_pitches, lowest
        self.upward, self.order = tuple(upward), tuple(order)
        self.at_N = np.zeros(n, int)
        self.ends_NVP = np.zeros((n, self.v, n_pitches), int)
        """Tick until which each pitch last struck sounds."""
        self.outer_NV = np.full((n, self.v), NONE)
        """Pitch (as an index) struck first when each staff last struck, before this moment."""
        self.at_tick: list[dict[int, list[Struck]]] = [{} for _ in range(n)]
        self.ticks: list[list[list[int]]] = [[[] for _ in range(self.v)] for _ in range(n)]
        """Of each piece and staff, when it struck, rising."""
        self.silent_N = np.zeros(n, int)
        """Tick since when nothing sounds, or will, if nothing more is struck."""
        self.left_NVP = np.zeros((n, self.v, n_pitches), bool)
        """Notes that their player leaves when he strikes anew, as a bow does with what is no drone."""
        self._begin_at(self.at_N)

    def begin(self, at_N: Ints) -> None:
        """A moment begins in every piece."""
        self.outer_NV = np.where(self.new_NV != NONE, self.new_NV, self.outer_NV)
        self._begin_at(at_N)

    def _begin_at(self, at_N: Ints) -> None:
        self.at_N = at_N.copy()
        self.sounding_NVP = self.ends_NVP > at_N[:, None, None]
        """Held, or struck in this moment; also given notes that are still to be struck in it."""
        self.new_NV = np.full((self.n, self.v), NONE)
        """Pitch struck first in this moment; the outermost."""
        self.inner_NV = np.full((self.n, self.v), NONE)
        """Pitch struck last in it."""
        self.count_NV = np.zeros((self.n, self.v), int)
        self.kept_NV = np.zeros((self.n, self.v), bool)
        """Staves whose notes come in their old order, whatever players can."""
        self.done: list[int] = []
        """Staves that have been decided."""

    def strike(self, staff: int, piece_A: Ints, pitch_A: Ints, ticks_A: Ints) -> None:
        """Notes are struck by one staff, one in each of these pieces; a key that is down comes up first."""
        at_A = self.at_N[piece_A]
        for a in np.flatnonzero(self.ends_NVP[piece_A, staff, pitch_A] > at_A).tolist():
            self._cut(int(piece_A[a]), staff, int(pitch_A[a]), int(at_A[a]))
        self.ends_NVP[piece_A, staff, pitch_A] = at_A + ticks_A
        self.sounding_NVP[piece_A, staff, pitch_A] = True
        first = self.count_NV[piece_A, staff] == 0
        self.new_NV[piece_A[first], staff] = pitch_A[first]
        self.inner_NV[piece_A, staff] = pitch_A
        self.count_NV[piece_A, staff] += 1
        self.silent_N[piece_A] = np.maximum(self.silent_N[piece_A], at_A + ticks_A)
        rows = zip(piece_A.tolist(), at_A.tolist(), pitch_A.tolist(), ticks_A.tolist(), first.tolist(), strict=True)
        for piece, tick, pitch, ticks, is_first in rows:
            self.at_tick[piece].setdefault(tick, []).append((staff, pitch + self.lowest, ticks))
            if is_first:
                insort(self.ticks[piece][staff], tick)

    def leave(self, staff: int, piece_A: Ints) -> tuple[Ints, Ints]:
        """A player who strikes anew ends what he only half held.

        Returns:
            Pieces and pitches (as indices) of the notes that end now.
        """
        begins_A = piece_A[self.count_NV[piece_A, staff] == 0]
        ending_AP = self.left_NVP[begins_A, staff] & self.sounding_NVP[begins_A, staff]
        a, pitch_E = np.nonzero(ending_AP)
        piece_E = begins_A[a]
        for piece, pitch in zip(piece_E.tolist(), pitch_E.tolist(), strict=True):
            end = int(self.at_N[piece])
            self._cut(piece, staff, pitch, end)
            self.ends_NVP[piece, staff, pitch] = end
            self.silent_N[piece] = self.ends_NVP[piece].max()
        self.sounding_NVP[piece_E, staff, pitch_E] = False
        return piece_E, pitch_E

    def held(self, staff: int, piece_A: Ints) -> Bools:
        """What every staff holds when one of them strikes a note, (A, V, P)."""
        sounding_AVP: Bools = self.sounding_NVP[piece_A].copy()
        begins_A = self.count_NV[piece_A, staff] == 0
        sounding_AVP[begins_A, staff] &= ~self.left_NVP[piece_A[begins_A], staff]
        return sounding_AVP

    def _cut(self, piece: int, staff: int, pitch: int, end: int) -> None:
        """A note that sounds ends now."""
        for tick in reversed(self.ticks[piece][staff]):
            struck = self.at_tick[piece][tick]
            for i, (part, midi, _) in enumerate(struck):
                if (part, midi) == (staff, pitch + self.lowest) and tick < end:
                    struck[i] = (part, midi, end - tick)
                    return

    def next_tick(self, piece: int, staff: int, tick: int) -> int | None:
        """When a staff struck next after a tick."""
        ticks = self.ticks[piece][staff]
        at = bisect_right(ticks, tick)
        return ticks[at] if at < len(ticks) else None

    def music(self, piece: int, end: int) -> StaffMusic:
        """What one piece has so far."""
        rows = [
            (tick, ticks, pitch, staff)
            for tick, struck in self.at_tick[piece].items()
            for staff, pitch, ticks in struck
        ]
        notes = np.array(rows, STAFF_NOTE)
        notes = notes[np.lexsort((notes["pitch"], notes["staff"], notes["onset"]))]
        return StaffMusic(notes=notes, end=end, n_staves=self.v)

    def copy_of(self, piece: int) -> dict[str, Any]:
        """All that is known of one piece."""
        return {
            "at": int(self.at_N[piece]),
            "ends": self.ends_NVP[piece].copy(),
            "left": self.left_NVP[piece].copy(),
            "outer": np.where(self.new_NV[piece] != NONE, self.new_NV[piece], self.outer_NV[piece]),
            "at_tick": {tick: list(struck) for tick, struck in self.at_tick[piece].items()},
            "ticks": [list(ticks) for ticks in self.ticks[piece]],
            "silent": int(self.silent_N[piece]),
        }

    def resume(self, known: dict[str, Any]) -> None:
        """All pieces go on from what was known of one."""
        n = self.n
        self.ends_NVP = np.repeat(known["ends"][None], n, axis=0)
        self.left_NVP = np.repeat(known["left"][None], n, axis=0)
        self.outer_NV = np.repeat(known["outer"][None], n, axis=0)
        self.at_tick = [{tick: list(struck) for tick, struck in known["at_tick"].items()} for _ in range(n)]
        self.ticks = [[list(ticks) for ticks in known["ticks"]] for _ in range(n)]
        self.silent_N = np.full(n, known["silent"])
        self._begin_at(np.full(n, known["at"]))
