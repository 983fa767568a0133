"""Chords: root, quality and inversion of what sounds together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from stretto.score.model import Score

QUALITIES: dict[str, tuple[int, ...]] = {
    "major": (0, 4, 7),
    "minor": (0, 3, 7),
    "diminished": (0, 3, 6),
    "augmented": (0, 4, 8),
    "dominant seventh": (0, 4, 7, 10),
    "minor seventh": (0, 3, 7, 10),
    "major seventh": (0, 4, 7, 11),
    "half-diminished seventh": (0, 3, 6, 10),
    "diminished seventh": (0, 3, 6, 9),
    "minor-major seventh": (0, 3, 7, 11),
}
"""Semitones above the root."""

ALTERED: dict[str, tuple[int, ...]] = {
    "Italian sixth": (0, 4, 10),
    "German sixth": (0, 4, 7, 10),
    "French sixth": (0, 4, 6, 10),
}
"""Augmented sixths, in semitones above their lowered sixth degree: in sound sevenths, by name and way none."""

TRIADS = frozenset({"major", "minor", "diminished", "augmented"})

MISSING_FIFTH = ("major", "minor", "dominant seventh", "minor seventh", "major seventh")
"""Qualities that are still heard without their fifth; a third alone is a triad on its lower note."""

_STACK = {3: 1, 4: 1, 6: 2, 7: 2, 8: 2, 9: 3, 10: 3, 11: 3}


@dataclass(frozen=True, slots=True)
class Chord:
    """A triad or a seventh chord."""

    root: int
    """Pitch class."""
    quality: str
    """A key of QUALITIES, or of ALTERED where a numeral is known."""
    inversion: int
    """0 = root in the bass, 1 = third, 2 = fifth, 3 = seventh."""
    complete: bool
    """False where the fifth is missing."""

    @property
    def is_triad(self) -> bool:
        """Three notes, not four."""
        return self.quality in TRIADS

    @property
    def major_third(self) -> bool:
        """Its third is major."""
        return self.quality in ALTERED or QUALITIES[self.quality][1] == 4


def chord_of(pitches: Iterable[int]) -> Chord | None:
    """The chord that some pitches make, or None where they make no triad or seventh.

    A chord that divides the octave evenly (augmented, diminished seventh) has its bass for a root.

    >>> chord_of([52, 60, 67])
    Chord(root=0, quality='major', inversion=1, complete=True)
    >>> chord_of([60, 62, 64]) is None
    True
    """
    sounding = sorted(pitches)
    if not sounding:
        return None
    return _named(frozenset(p % 12 for p in sounding), sounding[0] % 12)


def chord_at(score: Score, tick: int) -> Chord | None:
    """The chord of all notes that sound at a tick; drums and graces aside."""
    return chord_of(pitches_at(score, tick))


def pitches_at(score: Score, tick: int) -> list[int]:
    """Pitches that sound at a tick, lowest first; drums and graces aside."""
    notes = score.notes
    sounding = (notes["onset"] <= tick) & (notes["onset"] + notes["duration"] > tick) & (notes["grace"] == 0)
    drums = {i for i, part in enumerate(score.parts) if part.percussion}
    return sorted(int(n["pitch"]) for n in notes[sounding] if int(n["part"]) not in drums)


@lru_cache(maxsize=4096)
def _named(classes: frozenset[int], bass: int) -> Chord | None:
    # The bass is tried first, so that it is the root of what has several.
    for root in sorted(classes, key=lambda c: (c - bass) % 12):
        shape = frozenset((c - root) % 12 for c in classes)
        for quality, intervals in QUALITIES.items():
            if shape == frozenset(intervals):
                return Chord(root, quality, _inversion(root, bass), True)
    for root in sorted(classes, key=lambda c: (c - bass) % 12):
        shape = frozenset((c - root) % 12 for c in classes)
        for quality in MISSING_FIFTH:
            intervals = QUALITIES[quality]
            if shape == frozenset(intervals) - {intervals[2]}:
                return Chord(root, quality, _inversion(root, bass), False)
    return None


def _inversion(root: int, bass: int) -> int:
    return _STACK.get((bass - root) % 12, 0)
