"""How a piece closes: on the tonic triad over its root, after which nothing moves."""

# Shapes: A pieces, P pitches, O = 1 + P options.

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stretto.frames.staves import StaffNotes
from stretto.verbs.staves.making import Making
from stretto.verbs.staves.rails import FIRST_PITCH, NEVER_ENDS, NO_MORE, Bools, Ints, Rail, no_room_left, nothing_barred

FIFTH = 7


class Closing(Rail):
    """The last chord of a piece."""

    def __init__(
        self, last: int, *, tonic: int, major: bool, order: Sequence[int], slim: bool, lowest: int, long: int, most: int
    ) -> None:
        """Say which it is.

        Args:
            last: the tick at which it begins.
            tonic: pitch class.
            major: its third.
            order: of the staves; the lowest has the root.
            slim: each staff strikes one note as a rule, so that the last of the others must have the third, and all
                players strike.
            lowest: MIDI pitch that the lowest staff has.
            long: ticks that the last notes last at least.
            most: notes that may sound together; 0 = any number.
        """
        self.last, self.tonic, self.third = last, tonic, 4 if major else 3
        self.bottom = len(order) - 1
        self.carrier = next((staff for staff in reversed(order) if staff != self.bottom), -1)
        self.slim, self.long, self.most = slim, long, most
        self.root = lowest + (tonic - lowest) % 12
        """The lowest root that there can be; all else lies over it."""

    def barred(self, now: Making, staff: int, piece_A: Ints) -> Bools:
        """What does not belong to the last chord, and all after it."""
        out = nothing_barred(now, piece_A)
        at_A = now.at_N[piece_A]
        out[at_A > self.last, FIRST_PITCH:] = True
        degree_P = (np.arange(now.p) + now.lowest - self.tonic) % 12
        for a in np.flatnonzero(at_A == self.last).tolist():
            piece = int(piece_A[a])
            out[a, FIRST_PITCH:] = ~np.isin(degree_P, (0, self.third, FIFTH))
            if staff == self.bottom:
                self._root(now, piece, out[a], degree_P)
                continue
            bass_P = now.sounding_NVP[piece, self.bottom]
            under = int(bass_P.argmax()) if bass_P.any() else self.root - now.lowest
            out[a, FIRST_PITCH : FIRST_PITCH + max(0, under + 1)] = True
            if no_room_left(now, piece, self.bottom, self.most):
                out[a, FIRST_PITCH:] = True
            elif staff == self.carrier:
                self._with_third(now, piece, out[a], degree_P)
            if self.slim and not self.most and not now.count_NV[piece, staff]:
                out[a, NO_MORE] = True  # in five of six real movements all players are there at the end
        return out

    def _root(self, now: Making, piece: int, out_O: Bools, degree_P: Ints) -> None:
        """The lowest note is the root, and there is one."""
        if now.count_NV[piece, self.bottom]:
            return
        out_O[NO_MORE] = True
        out_O[FIRST_PITCH:] |= degree_P != 0
        sounding_P = now.sounding_NVP[piece].any(0)
        if sounding_P.any():
            out_O[FIRST_PITCH + int(sounding_P.argmax()) :] = True

    def _with_third(self, now: Making, piece: int, out_O: Bools, degree_P: Ints) -> None:
        """The chord has its third, and no staff steps over it."""
        third_P = degree_P == self.third
        if (now.sounding_NVP[piece].any(0) & third_P).any():
            return
        out_O[NO_MORE] = True
        if self.slim:
            out_O[FIRST_PITCH:] |= ~third_P
        elif now.count_NV[piece, self.carrier]:
            below = np.flatnonzero(third_P[: int(now.inner_NV[piece, self.carrier])])
            out_O[FIRST_PITCH : FIRST_PITCH + (int(below[-1]) if len(below) else 0)] = True

    def note_end(self, now: Making, staff: int, piece: int, pitch: int) -> int:
        """Nothing is held over into the last chord."""
        return self.last if now.at_N[piece] < self.last else NEVER_ENDS

    def note_least(self, now: Making, piece: int) -> int:
        """The last chord lasts."""
        return self.long if now.at_N[piece] == self.last else 1

    def next_moment(self, now: Making, piece: int) -> int:
        """It begins where it should."""
        return self.last if now.at_N[piece] < self.last else NEVER_ENDS

    def waits(self, now: Making, staff: int, piece: int) -> bool:
        """Nothing moves after it."""
        return bool(now.at_N[piece] >= self.last)


def can_close(notes: StaffNotes, last: int, *, tonic: int, n_staves: int, open_V: Bools) -> tuple[bool, bool | None]:
    """Whether what is given leaves room for a good close, and the third that it has: major, minor, or none.

    Args:
        notes: what is given.
        last: where the last chord begins.
        tonic: pitch class.
        n_staves: of the piece; the lowest has the root.
        open_V: staves that are open there.
    """
    there = notes[(notes["onset"] <= last) & (notes["onset"] + notes["duration"] > last)]
    degrees = {(int(pitch) - tonic) % 12 for pitch in there["pitch"]}
    third = True if 4 in degrees else False if 3 in degrees else None
    bass = there["pitch"][there["staff"] == n_staves - 1]
    rooted = open_V[n_staves - 1] or (len(bass) > 0 and (int(bass.min()) - tonic) % 12 == 0)
    moves_on = len(notes) > 0 and bool((notes["onset"] > last).any())
    fits = degrees <= {0, 3, FIFTH} or degrees <= {0, 4, FIFTH}
    return bool(rooted and fits and not moves_on and open_V.any()), third
