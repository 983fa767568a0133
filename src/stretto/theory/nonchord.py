"""Non-chord tones by name: how a note that is foreign to its harmony is reached and left."""

# Shapes: N notes, H harmonies.

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stretto.score.model import Score
from stretto.theory.grid import Grid, grid_of
from stretto.theory.harmonies import Harmony, harmonies
from stretto.theory.lines import FAR, NONE, Neighbours, neighbours_of

Ints = NDArray[np.integer]

KINDS = ("passing", "neighbour", "suspension", "retardation", "anticipation", "appoggiatura", "escape", "cambiata",
         "pedal", "unexplained")  # fmt: skip
"""What a non-chord tone can be."""

STEP, SKIP = 2, 4
"""Semitones of the widest step, and of the widest third."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NonChordTone:
    """A note that its harmony does not have."""

    note: int
    """Index into `score.notes`."""
    kind: str
    """One of KINDS."""
    accented: bool
    """It is foreign from where a harmony begins, or from where the metre is stronger than where it is left."""
    tick: int
    """Where it begins to be foreign: later than its onset where it was of the harmony before."""
    resolution: int
    """Index of the note that it goes to; NONE = a rest, or the end."""


def non_chord_tones(score: Score, heard: list[Harmony] | None = None) -> list[NonChordTone]:
    """Every note that is foreign to a harmony under which it sounds, named, in the score's order.

    Args:
        score: any; graces and percussion are left out.
        heard: its harmonies; None = `harmonies`.

    A note is *prepared* where the note before it, or its own beginning, is of the harmony there and has its pitch.
    Names, in this order: pedal (held under, or over, harmonies of which the first and the last have it); suspension
    (prepared, on a beat, steps down) and retardation (the same, up); anticipation (off the beat, and its pitch is
    struck again in the next harmony); passing (stepped through one way); neighbour (stepped to and back); appoggiatura
    (leapt to and left by step); cambiata (stepped to and left by a third the same way); escape (stepped to and leapt
    from).
    """
    heard = harmonies(score) if heard is None else heard
    if not heard:
        return []
    grid = grid_of(score)
    reading = _Reading.of(score, heard, grid)
    found = []
    for index in range(len(score.notes)):
        tone = reading.name(index)
        if tone is not None:
            found.append(tone)
    return found


@dataclass(frozen=True, eq=False)
class _Reading:
    """Notes, lines and harmonies as plain lists: quick to walk through."""

    heard: list[Harmony]
    starts: list[int]
    onset: list[int]
    end: list[int]
    pitch: list[int]
    skip: list[bool]
    first: list[int]
    """The harmony at each note's onset."""
    last: list[int]
    """The harmony in which it ends."""
    around: Neighbours
    grid: Grid

    @classmethod
    def of(cls, score: Score, heard: list[Harmony], grid: Grid) -> _Reading:
        notes = score.notes
        drums = [i for i, part in enumerate(score.parts) if part.percussion]
        starts = np.array([h.tick for h in heard])
        end = notes["onset"] + notes["duration"]
        first = np.maximum(np.searchsorted(starts, notes["onset"], side="right") - 1, 0)
        last = np.maximum(np.searchsorted(starts, end, side="left") - 1, first)
        return cls(
            heard,
            starts.tolist(),
            notes["onset"].tolist(),
            end.tolist(),
            notes["pitch"].tolist(),
            ((notes["grace"] != 0) | np.isin(notes["part"], drums)).tolist(),
            first.tolist(),
            last.tolist(),
            neighbours_of(notes),
            grid,
        )

    def has(self, harmony: int, pitch: int) -> bool:
        """The harmony has the pitch."""
        return pitch % 12 in self.heard[harmony].classes

    def name(self, i: int) -> NonChordTone | None:
        """The note as a non-chord tone; None where every harmony under it has it."""
        if self.skip[i]:
            return None
        spans = range(self.first[i], self.last[i] + 1)
        foreign = [h for h in spans if not self.has(h, self.pitch[i])]
        if not foreign:
            return None
        tick = max(self.onset[i], self.heard[foreign[0]].tick)
        kind = self._kind(i, foreign, tick)
        after = int(self.around.after[i])
        return NonChordTone(note=i, kind=kind, accented=self._accented(i, tick), tick=tick, resolution=after)

    def _kind(self, i: int, foreign: list[int], tick: int) -> str:
        pitch, before, after = self.pitch[i], int(self.around.before[i]), int(self.around.after[i])
        into, out = int(self.around.step_in[i]), int(self.around.step_out[i])
        held = tick > self.onset[i]
        if held and self.has(self.last[i], pitch) and foreign[-1] < self.last[i]:
            return "pedal"
        prepared = held or (before != NONE and into == 0 and self.has(self.last[before], pitch))
        if prepared and self._strong(tick, i):
            if -STEP <= out < 0:
                return "suspension"
            if 0 < out <= STEP:
                return "retardation"
        if after != NONE and out == 0 and not held:
            if self.has(self.first[after], pitch):
                return "anticipation"
            return "pedal" if prepared else "unexplained"
        steps_in, steps_out = 0 < abs(into) <= STEP, 0 < abs(out) <= STEP
        if (steps_in or held or into == 0) and steps_out:
            return self._stepped(into if not held else 0, out)
        if steps_out and not held:
            return "appoggiatura"
        if steps_in and out != FAR and not held:
            return "cambiata" if into * out > 0 and abs(out) <= SKIP else "escape"
        return "pedal" if held and out == 0 else "unexplained"

    @staticmethod
    def _stepped(into: int, out: int) -> str:
        """Stepped to and from; what is held over off the beat is a late passing note of its own line."""
        if into == 0:
            return "suspension" if out < 0 else "retardation"
        return "passing" if into * out > 0 else "neighbour"

    def _strength(self, tick: int) -> int:
        unit = self.grid.at(tick)
        return int(self.grid.strength_U[unit]) if self.grid.tick_U[unit] == tick else -1

    def _strong(self, tick: int, i: int) -> bool:
        """Where a note is foreign is at least as strong as where it goes to."""
        return self._strength(tick) >= self._strength(self.end[i])

    def _accented(self, i: int, tick: int) -> bool:
        return self._strength(tick) > self._strength(self.end[i]) or tick in self._beginnings(i)

    def _beginnings(self, i: int) -> tuple[int, ...]:
        """Where the harmonies begin under which the note sounds."""
        return tuple(self.starts[self.first[i] : self.last[i] + 1])
