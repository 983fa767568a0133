"""How voices sing harmonies: who has which note of a chord, and where each goes when the chord changes."""

# Shapes: V voices from top to bottom.

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from stretto.theory.chords import ALTERED, QUALITIES, Chord
from stretto.theory.harmonies import Harmony
from stretto.theory.key import Tonality
from stretto.theory.texture import Sung, Texture

DOMINANT = re.compile(r"(V|vii[oø])(?!I)")
"""Numerals of chords that have a leading tone: V and vii of the key or of one of its degrees."""


@dataclass(frozen=True, eq=False)
class Sounded:
    """A chord and what each voice sings of it: harmonies on one root that follow each other are one."""

    tick: int
    end: int
    harmonies: tuple[Harmony, ...]
    tones: tuple[tuple[Sung, ...], ...]
    """Of each voice from top to bottom, its notes that are of the chord, in order."""

    @property
    def chord(self) -> Chord:
        """As it is left: a seventh that enters late is of it."""
        return self.harmonies[-1].chord

    @property
    def key(self) -> Tonality:
        """The local one."""
        return self.harmonies[-1].key

    @property
    def root(self) -> int:
        """Pitch class."""
        return self.chord.root

    @property
    def numeral(self) -> str:
        """As it is left."""
        return self.harmonies[-1].numeral

    @property
    def classes(self) -> frozenset[int]:
        """Pitch classes of its last harmony."""
        return self.harmonies[-1].classes

    @property
    def leading_tone(self) -> int | None:
        """Pitch class of the note that asks to rise a semitone; None where the chord is no dominant.

        A tonic whose seventh only passes, as in I7 before IV, is none.
        """
        last = self.harmonies[-1]
        passing = "/" in last.numeral and leading_tone_of(self.harmonies[0]) is None
        return None if passing else leading_tone_of(last)

    @property
    def seventh(self) -> int | None:
        """Pitch class of its seventh; None = it is a triad."""
        return seventh_of(self.chord)


def leading_tone_of(harmony: Harmony) -> int | None:
    """Pitch class: the third of a dominant, the root of a diminished chord; None where it is no dominant."""
    if not DOMINANT.match(harmony.numeral):
        return None
    chord = harmony.chord
    if chord.major_third:
        return (chord.root + 4) % 12
    return chord.root if chord.quality.startswith(("diminished", "half-diminished")) else None


def seventh_of(chord: Chord) -> int | None:
    """Pitch class of a chord's seventh."""
    steps = QUALITIES.get(chord.quality, ())
    return None if len(steps) < 4 or chord.quality in ALTERED else (chord.root + steps[3]) % 12


@dataclass(frozen=True, eq=False)
class Voicing:
    """A texture beside its harmonies."""

    texture: Texture
    harmonies: tuple[Harmony, ...]

    @cached_property
    def chords(self) -> tuple[Sounded, ...]:
        """The harmonies with their notes, joined where the root stays."""
        groups: list[list[Harmony]] = []
        for harmony in self.harmonies:
            if groups and groups[-1][-1].chord.root == harmony.chord.root and groups[-1][-1].end == harmony.tick:
                groups[-1].append(harmony)
            else:
                groups.append([harmony])
        return tuple(
            Sounded(group[0].tick, group[-1].end, tuple(group), self._tones_of_group(group)) for group in groups
        )

    def tones_of(self, harmony: Harmony) -> tuple[tuple[Sung, ...], ...]:
        """What each voice sings of one harmony."""
        return self._tones[harmony.tick]

    @cached_property
    def _tones(self) -> dict[int, tuple[tuple[Sung, ...], ...]]:
        """Tick of each harmony -> what each voice sings of it."""
        return {harmony.tick: self._sung_of(harmony) for harmony in self.harmonies}

    def _sung_of(self, harmony: Harmony) -> tuple[tuple[Sung, ...], ...]:
        classes = harmony.classes
        return tuple(
            tuple(note for note in self._during(v, harmony.tick, harmony.end) if note.pitch % 12 in classes)
            for v in range(self.texture.n_voices)
        )

    def _tones_of_group(self, group: list[Harmony]) -> tuple[tuple[Sung, ...], ...]:
        found = [self.tones_of(harmony) for harmony in group]
        return tuple(
            tuple(dict.fromkeys(note for tones in found for note in tones[v])) for v in range(self.texture.n_voices)
        )

    def _during(self, voice: int, tick: int, end: int) -> list[Sung]:
        slices = self.texture.slices
        first, last = slices.at(tick), slices.at(end - 1)
        notes = (self.texture.sung(t, voice) for t in range(first, last + 1))
        return list(dict.fromkeys(note for note in notes if note is not None))
