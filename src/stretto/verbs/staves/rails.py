"""What each kind of rail can say while a staff chooses: which options are barred, when notes and moments end."""

# Shapes: A pieces, O = 1 + P options (no more, pitches).

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.verbs.staves.making import Making

Ints = NDArray[np.integer[Any]]
Bools = NDArray[np.bool_]

NO_MORE, FIRST_PITCH = 0, 1

NEVER_ENDS = 10**9


class Rail:
    """One that bars nothing; others say more."""

    def barred(self, now: Making, staff: int, piece_A: Ints) -> Bools | None:
        """Options of a staff that may not be taken, (A, O); None = all may."""
        return None

    def note_end(self, now: Making, staff: int, piece: int, pitch: int) -> int:
        """Tick by which a note that is struck now must end; `pitch` as an index."""
        return NEVER_ENDS

    def note_least(self, now: Making, piece: int) -> int:
        """Ticks that a note that is struck now lasts at least."""
        return 1

    def next_moment(self, now: Making, piece: int) -> int:
        """Tick at which the next moment must begin, if it does not begin earlier."""
        return NEVER_ENDS

    def lengths_barred(self, now: Making, piece_A: Ints) -> Bools | None:
        """Times to the next moment that may not be, (A, L); None = all may."""
        return None

    def waits(self, now: Making, staff: int, piece: int) -> bool:
        """Whether a staff has nothing to choose until the next moment that must begin."""
        return False


def no_room_left(now: Making, piece: int, bottom: int, most: int) -> bool:
    """Whether the last of so many notes is for the lowest staff, which is still to strike; 0 = any number may sound."""
    return bool(most and bottom not in now.done and now.sounding_NVP[piece].sum() >= most - 1)


def nothing_barred(now: Making, piece_A: Ints) -> Bools:
    """An array of options to bar."""
    return np.zeros((len(piece_A), FIRST_PITCH + now.p), bool)
