"""A chord line on staves: basses, chord notes on beats, and steps between them."""

# Shapes: A pieces, P pitches, O = 1 + P options, T ticks.

from __future__ import annotations

from bisect import bisect_right

import numpy as np

from stretto.frames.plan import Plan
from stretto.frames.staff_example import beat_of
from stretto.verbs.chord_line import ChordLine
from stretto.verbs.staves.making import NONE, Making
from stretto.verbs.staves.rails import FIRST_PITCH, NEVER_ENDS, NO_MORE, Bools, Ints, Rail, no_room_left, nothing_barred

STEP = 2
"""Semitones that a note between the beats is away from the one before, if it is none of the chord."""


class Chords(Rail):
    """Which notes the chords of a line leave."""

    def __init__(self, line: ChordLine, plan: Plan, *, lowest: int, most: int) -> None:
        """Take the line of a piece.

        Args:
            line: the chords.
            plan: where its bars are.
            lowest: MIDI pitch that the lowest staff has.
            most: notes that may sound together; 0 = any number.
        """
        self.line, self.lowest, self.most = line, lowest, most
        starts = plan.bar_starts or (0,)
        self.starts, self.beats = starts, [beat_of(meter) for meter in plan.bar_meters or ("4/4",) * len(starts)]
        self.pickup = plan.pickup

    def barred(self, now: Making, staff: int, piece_A: Ints) -> Bools | None:
        """What is neither of the chord nor a step between beats; at its beginning the bass has its lowest note."""
        out = nothing_barred(now, piece_A)
        midi_P = np.arange(now.p) + now.lowest
        for a, piece in enumerate(piece_A.tolist()):
            tick = int(now.at_N[piece])
            chord, since = self.line.at(tick)
            if chord is None:
                continue
            pitches = out[a, FIRST_PITCH:]
            pitches |= ~np.isin(midi_P % 12, list(chord.classes))
            if not self._on_beat(tick):
                pitches &= ~self._near(now, staff, piece)
            if since == 0:
                self._over_the_bass(now, piece, staff, out[a], chord.bass)
        return out

    def _over_the_bass(self, now: Making, piece: int, staff: int, out_O: Bools, bass: int) -> None:
        """Where a chord begins the lowest staff strikes its bass, and all others lie over it."""
        pitches, bottom = out_O[FIRST_PITCH:], now.v - 1
        if staff == bottom:
            if now.count_NV[piece, staff]:
                return
            out_O[NO_MORE] = True
            pitches |= (np.arange(now.p) + now.lowest) % 12 != bass
            if (above_P := now.sounding_NVP[piece].any(0)).any():
                pitches[int(above_P.argmax()) :] = True
            return
        if no_room_left(now, piece, bottom, self.most):
            pitches[:] = True
            return
        there_P = now.sounding_NVP[piece, bottom]
        lowest = self.lowest + (bass - self.lowest) % 12 - now.lowest
        pitches[: 1 + (int(there_P.argmax()) if there_P.any() else max(0, lowest))] = True

    def _on_beat(self, tick: int) -> bool:
        bar = bisect_right(self.starts, tick) - 1
        into = tick - self.starts[bar] if bar or not self.pickup else tick - self.pickup
        return into % self.beats[bar] == 0

    @staticmethod
    def _near(now: Making, staff: int, piece: int) -> Bools:
        """Pitches a step away from a note that the staff struck last."""
        last = int(now.outer_NV[piece, staff])
        pitch_P = np.arange(now.p)
        near: Bools = (np.abs(pitch_P - last) <= STEP) & (last != NONE)
        return near

    def note_end(self, now: Making, staff: int, piece: int, pitch: int) -> int:
        """Where a chord begins to which it does not belong, or, in the bass, any."""
        at = int(now.at_N[piece])
        for tick, chord in zip(self.line.ticks, self.line.chords, strict=True):
            stays = staff != now.v - 1 and chord is not None and (pitch + now.lowest) % 12 in chord.classes
            if tick > at and chord is not None and not stays:
                return tick
        return NEVER_ENDS

    def next_moment(self, now: Making, piece: int) -> int:
        """Where the next chord begins."""
        at = int(now.at_N[piece])
        later = (tick for tick, chord in zip(self.line.ticks, self.line.chords, strict=True) if tick > at and chord)
        return next(later, NEVER_ENDS)
