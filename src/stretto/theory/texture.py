"""Voices from top to bottom with their notes: what each sounds, and how two of them move together."""

# Shapes: N notes, T slices, V voices from top to bottom.

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from stretto.score.model import UNSPELLED, Score
from stretto.theory.key import Tonality, pitch_name
from stretto.theory.slices import SILENT, Slices, slices_of
from stretto.theory.spelling import spell

NO_NOTE = -1
"""In `note_TV`: the voice rests."""


@dataclass(frozen=True, slots=True)
class Sung:
    """One note of one voice."""

    index: int
    """In `score.notes`."""
    voice: int
    """0 = the highest."""
    onset: int
    end: int
    pitch: int
    fifths: int
    """As written, or as heard where nothing is written."""
    heard: int
    """As it sounds in its key and between its neighbours, whatever name it is written under."""

    @property
    def name(self) -> str:
        """As "F#4"."""
        return note_name(self.pitch, self.fifths)

    @property
    def duration(self) -> int:
        """In ticks."""
        return self.end - self.onset


@dataclass(frozen=True, slots=True)
class Move:
    """Two voices that go on to another pitch at one moment."""

    upper: Sung
    next_upper: Sung
    lower: Sung
    next_lower: Sung

    @property
    def notes(self) -> tuple[Sung, Sung, Sung, Sung]:
        """All four."""
        return self.upper, self.next_upper, self.lower, self.next_lower

    @property
    def tick(self) -> int:
        """Where they arrive."""
        return self.next_upper.onset

    @property
    def before(self) -> int:
        """Semitones from the lower to the upper voice; below 0 where they cross."""
        return self.upper.pitch - self.lower.pitch

    @property
    def after(self) -> int:
        """The same where they arrive."""
        return self.next_upper.pitch - self.next_lower.pitch

    @property
    def up(self) -> int:
        """Semitones that the upper voice goes up."""
        return self.next_upper.pitch - self.upper.pitch

    @property
    def lower_up(self) -> int:
        """Semitones that the lower voice goes up."""
        return self.next_lower.pitch - self.lower.pitch

    @property
    def contrary(self) -> bool:
        """In opposite directions."""
        return self.up * self.lower_up < 0

    def __str__(self) -> str:
        """As "F4-C5 to G4-D5", the lower note first."""
        a, b, c, d = (note.name for note in self.notes)
        return f"{c}-{a} to {d}-{b}"


@dataclass(frozen=True, eq=False)
class Texture:
    """A score whose parts are single voices."""

    score: Score
    voices: tuple[int, ...]
    """Their indices in `score.parts`, top to bottom."""
    key: Tonality
    """Of the whole piece."""

    @cached_property
    def slices(self) -> Slices:
        """What each voice sounds, (T, V)."""
        return slices_of(self.score, self.voices)

    @cached_property
    def note_TV(self) -> NDArray[np.int64]:
        """Index in `score.notes` of the note that each voice sounds; NO_NOTE where it rests."""
        out = np.full_like(self.slices.pitch_TV, NO_NOTE)
        for line in self.lines:
            first_N, last_N = np.searchsorted(self.slices.tick_T, [[n.onset for n in line], [n.end for n in line]])
            for note, first, last in zip(line, first_N.tolist(), last_N.tolist(), strict=True):
                out[first:last, note.voice] = note.index
        return out

    @cached_property
    def heard_N(self) -> NDArray[np.int64]:
        """Every note's place on the line of fifths as it sounds, whatever name it is written under."""
        return spell(self.score, key=self.key).astype(np.int64)

    @cached_property
    def fifths_N(self) -> NDArray[np.int64]:
        """Every note's place on the line of fifths as written, or as heard where nothing is written."""
        written = self.score.notes["fifths"].astype(np.int64)
        return np.where(written == UNSPELLED, self.heard_N, written)

    @cached_property
    def named(self) -> Score:
        """The score with the names of `fifths_N`."""
        notes = self.score.notes.copy()
        notes["fifths"] = self.fifths_N
        return self.score.evolve(notes=notes)

    @cached_property
    def lines(self) -> tuple[tuple[Sung, ...], ...]:
        """The notes of every voice, graces left out."""
        notes, ends = self.score.notes, self.score.ends
        lines = []
        for voice, part in enumerate(self.voices):
            own = np.flatnonzero((notes["part"] == part) & (notes["grace"] == 0))
            columns = (own, notes["onset"][own], ends[own], notes["pitch"][own], self.fifths_N[own], self.heard_N[own])
            rows = zip(*(column.tolist() for column in columns), strict=True)
            lines.append(tuple(Sung(i, voice, a, b, p, f, h) for i, a, b, p, f, h in rows))
        return tuple(lines)

    @cached_property
    def note_of(self) -> dict[int, Sung]:
        """Index in `score.notes` -> the note."""
        return {note.index: note for line in self.lines for note in line}

    @cached_property
    def place_of(self) -> dict[int, int]:
        """Index in `score.notes` -> place in the line of its voice."""
        return {note.index: place for line in self.lines for place, note in enumerate(line)}

    @property
    def n_voices(self) -> int:
        """How many there are."""
        return len(self.voices)

    @cached_property
    def _sung(self) -> list[list[Sung | None]]:
        return [[None if i == NO_NOTE else self.note_of[i] for i in row] for row in self.note_TV.tolist()]

    def sung(self, t: int, v: int) -> Sung | None:
        """What a voice sounds in a slice; None = it rests."""
        return self._sung[t][v]

    def sounding(self, t: int) -> Sequence[Sung | None]:
        """What each voice sounds in a slice."""
        return self._sung[t]

    def chord(self, t: int) -> tuple[Sung, ...]:
        """All that sounds in a slice, top to bottom."""
        return tuple(note for note in self._sung[t] if note is not None)

    def after(self, note: Sung, *, beyond_rests: bool = False) -> Sung | None:
        """The next note of its voice, if it follows at once (or, if asked, after a rest)."""
        line, place = self.lines[note.voice], self.place_of[note.index] + 1
        found = line[place] if place < len(line) else None
        return found if found is None or beyond_rests or found.onset == note.end else None

    def before(self, note: Sung) -> Sung | None:
        """The note before in its voice, if it lasts until this one."""
        line, place = self.lines[note.voice], self.place_of[note.index] - 1
        return line[place] if place >= 0 and line[place].end == note.onset else None

    def moves(self, upper: int, lower: int) -> Iterator[Move]:
        """Wherever two voices both go on to another pitch at once."""
        yield from self._moves[upper, lower]

    @cached_property
    def _moves(self) -> dict[tuple[int, int], list[Move]]:
        pitch = self.slices.pitch_TV
        changed = (pitch[1:] != pitch[:-1]) & (pitch[1:] != SILENT) & (pitch[:-1] != SILENT)
        found: dict[tuple[int, int], list[Move]] = {}
        sung = self._sung
        for upper in range(self.n_voices):
            for lower in range(upper + 1, self.n_voices):
                both = np.flatnonzero(changed[:, upper] & changed[:, lower]).tolist()
                pairs = ((sung[t], sung[t + 1]) for t in both)
                found[upper, lower] = [
                    Move(old[upper], new[upper], old[lower], new[lower])  # type: ignore[arg-type]
                    for old, new in pairs
                ]
        return found


def note_name(pitch: int, fifths: int) -> str:
    """Name and octave: B sharp 3 sounds as C 4.

    >>> note_name(60, 12), note_name(61, 7), note_name(59, -7)
    ('B#3', 'C#4', 'Cb4')
    """
    name = pitch_name(fifths)
    signs = name.count("#") - name.count("b")
    return f"{name}{(pitch - signs) // 12 - 1}"
