"""What players can do: ranges, keys that are down, a hand's reach, double stops, how many notes sound together."""

# Shapes: A pieces, V staves, P pitches, O = 1 + P options, N given notes, T ticks at which some of them begin.

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from stretto.frames.staff_example import DURATIONS
from stretto.verbs.staves.ensemble import Ensemble
from stretto.verbs.staves.making import Making
from stretto.verbs.staves.rails import FIRST_PITCH, NEVER_ENDS, Bools, Ints, Rail, nothing_barred

UP_THE_STRING = 14
"""Semitones that a finger goes up a string in a double stop."""

FINGERS = 5
"""Semitones between two fingers on neighbouring strings: from a third to an octave."""

STOPS = 2
"""Notes that a bow holds."""


class Limits(Rail):
    """Of one ensemble, and what its user asks for."""

    def __init__(
        self,
        ensemble: Ensemble,
        *,
        ranges: Sequence[tuple[int, int]],
        reach: int,
        max_polyphony: int,
        stops: bool,
        lowest: int,
        n_pitches: int,
    ) -> None:
        """Work out what is possible.

        Args:
            ensemble: who plays.
            ranges: MIDI pitches of each staff.
            reach: semitones that one staff holds and strikes together; 0 = any.
            max_polyphony: notes that may sound together; 0 = any number.
            stops: a bow holds what a hand can stop, and no more.
            lowest: MIDI pitch of index 0.
            n_pitches: how many there are.
        """
        self.one_instrument, self.reach, self.max_polyphony = ensemble.one_instrument, reach, max_polyphony
        midi_P = np.arange(n_pitches) + lowest
        self.outside_VP = np.array([(midi_P < low) | (midi_P > high) for low, high in ranges])
        self.stops_VPP = [double_stops(strings, midi_P) for strings in ensemble.strings] if stops else []

    def barred(self, now: Making, staff: int, piece_A: Ints) -> Bools:
        """Pitches that no player has, or not with what sounds."""
        out = nothing_barred(now, piece_A)
        pitches = out[:, FIRST_PITCH:]
        sounding_AVP = now.held(staff, piece_A)
        own_AP = sounding_AVP[:, staff]
        kept_A = now.kept_NV[piece_A, staff]
        pitches |= self.outside_VP[staff]
        pitches |= sounding_AVP.any(1) if self.one_instrument else own_AP
        if self.reach:
            pitches |= self._too_far(own_AP)
        if self.stops_VPP:
            n_held_A = own_AP.sum(1)
            pitches[n_held_A >= STOPS] = True
            one = np.flatnonzero(n_held_A == 1)
            pitches[one] |= ~self.stops_VPP[staff][own_AP[one].argmax(1)]
        if self.max_polyphony:
            pitches[sounding_AVP.sum((1, 2)) >= self.max_polyphony] = True
        out[kept_A] = False
        return out

    def _too_far(self, own_AP: Bools) -> Bools:
        """Pitches that a hand cannot take with what it holds."""
        p = own_AP.shape[1]
        low_A1 = own_AP.argmax(1)[:, None]
        high_A1 = p - 1 - own_AP[:, ::-1].argmax(1)[:, None]
        pitch_P = np.arange(p)
        far: Bools = (pitch_P > low_A1 + self.reach) | (pitch_P < high_A1 - self.reach)
        holds_A: Bools = np.asarray(own_AP.any(1))
        return far & holds_A[:, None]


class GivenLimits(Rail):
    """Notes end before they would stand in the way of given ones that begin later."""

    def __init__(
        self, onset_N: Ints, end_N: Ints, pitch_N: Ints, staff_N: Ints, *, one_instrument: bool, max_polyphony: int
    ) -> None:
        """Hear what is given; pitches as indices."""
        self.one_instrument, self.max_polyphony = one_instrument, max_polyphony
        self.onset_N, self.end_N, self.pitch_N, self.staff_N = onset_N, end_N, pitch_N, staff_N
        self._onsets, self._ends = np.sort(onset_N), np.sort(end_N)

    def note_end(self, now: Making, staff: int, piece: int, pitch: int) -> int:
        """Where a given note needs the key, or one more would be too many."""
        at = int(now.at_N[piece])
        later = self.onset_N > at
        same = later & (self.pitch_N == pitch)
        if not self.one_instrument:
            same &= self.staff_N == staff
        until = int(self.onset_N[same].min(initial=NEVER_ENDS))
        if not self.max_polyphony:
            return until
        # What is drawn and still sounds can only become less; what is given comes and goes.
        sounding = now.ends_NVP[piece][now.ends_NVP[piece] > at]
        older = self.end_N[(self.onset_N <= at) & (self.end_N > at)]  # given, and counted among what sounds
        # What comes after the longest note there is need not be looked at: a piece may have thousands of notes.
        ticks_T = np.unique(self.onset_N[later & (self.onset_N < min(until, at + DURATIONS[-1]))])
        n_given_T = np.searchsorted(self._onsets, ticks_T, side="right") - np.searchsorted(self._ends, ticks_T, "right")
        n_drawn_T = (sounding > ticks_T[:, None]).sum(1) - (older > ticks_T[:, None]).sum(1)
        full = np.flatnonzero(n_given_T + n_drawn_T + 1 > self.max_polyphony)
        return int(ticks_T[full[0]]) if len(full) else until


def double_stops(strings: Sequence[int], midi_P: Ints) -> Bools:
    """Which two pitches a player can stop together on neighbouring strings, (P, P)."""
    p = len(midi_P)
    found = np.zeros((p, p), bool)
    for lower, upper in itertools.pairwise(strings):
        up_low_P, up_high_P = midi_P - lower, midi_P - upper
        there = ((up_low_P >= 0) & (up_low_P <= UP_THE_STRING))[:, None]
        there = there & ((up_high_P >= 0) & (up_high_P <= UP_THE_STRING))[None]
        open_string = (up_low_P == 0)[:, None] | (up_high_P == 0)[None]
        near = np.abs(up_low_P[:, None] - up_high_P[None]) <= FINGERS
        found |= there & (near | open_string) & (midi_P[None] > midi_P[:, None])
    return found | found.T
