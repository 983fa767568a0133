"""Two lines of a species exercise: which is the cantus firmus, in which mode, and where they meet."""

# Shapes: N notes of the score.

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from stretto.errors import RequestError
from stretto.score.model import Score
from stretto.theory.intervals import Interval, staff_place
from stretto.theory.key import pitch_name

MODES = {-1: "lydian", 0: "ionian", 1: "mixolydian", 2: "dorian", 3: "aeolian", 4: "phrygian", 5: "locrian"}
"""Mode by how many fifths its final lies above the first degree of the signature's major key."""

CANTUS_NAMES = ("cantus", "c.f.", "cf", "firmus", "canto")
"""What a part is called that is the cantus firmus."""


@dataclass(frozen=True, slots=True)
class Tone:
    """One note of a line."""

    index: int
    """In `score.notes`."""
    onset: int
    end: int
    pitch: int
    fifths: int

    @property
    def place(self) -> int:
        """Step of the staff, 28 = middle C."""
        return staff_place(self.pitch, self.fifths)

    @property
    def duration(self) -> int:
        """In ticks."""
        return self.end - self.onset

    @property
    def name(self) -> str:
        """As "F#4"."""
        return f"{pitch_name(self.fifths)}{self.place // 7}"

    def to(self, other: Tone) -> Interval:
        """The way to another note."""
        return Interval(other.place - self.place, other.pitch - self.pitch)


Line = tuple[Tone, ...]


@dataclass(frozen=True, slots=True)
class Meeting:
    """A moment at which a note begins in one line or both."""

    tick: int
    cantus: Tone
    counter: Tone
    between: Interval
    """From the lower line to the upper, whichever of their notes is higher; negative where they cross."""
    struck: tuple[bool, bool]
    """The cantus, and the counterpoint, has a new note."""

    @property
    def together(self) -> bool:
        """Both have a new note."""
        return all(self.struck)


@dataclass(frozen=True, eq=False)
class TwoLines:
    """A cantus firmus and the counterpoint to it."""

    cantus: Line
    counter: Line
    above: bool
    """The counterpoint is the upper line."""
    signature: int
    """Sharps (positive) or flats (negative) of the scale that both sing."""

    @property
    def final(self) -> Tone:
        """The last note of the cantus firmus."""
        return self.cantus[-1]

    @property
    def mode(self) -> str:
        """The church mode of the final in the scale; "locrian" and "" for finals that have none."""
        return MODES.get(self.final.fifths - self.signature, "")

    @property
    def sentence(self) -> str:
        """What was taken as what."""
        mode = f", {pitch_name(self.final.fifths)} {self.mode}".rstrip()
        return f"cantus firmus: {'lower' if self.above else 'upper'} voice{mode}"

    @cached_property
    def unit(self) -> int:
        """Ticks of a cantus note: the commonest length."""
        return Counter(tone.duration for tone in self.cantus).most_common(1)[0][0]

    @cached_property
    def meetings(self) -> tuple[Meeting, ...]:
        """In the order of time; moments at which one of the lines rests are left out."""
        ticks = sorted({tone.onset for line in (self.cantus, self.counter) for tone in line})
        found = []
        i = k = 0
        for tick in ticks:
            i, k = _reach(self.cantus, i, tick), _reach(self.counter, k, tick)
            cantus, counter = self.cantus[i], self.counter[k]
            if cantus.onset <= tick < cantus.end and counter.onset <= tick < counter.end:
                struck = (cantus.onset == tick, counter.onset == tick)
                found.append(Meeting(tick, cantus, counter, self.between(cantus, counter), struck))
        return tuple(found)

    @cached_property
    def strong(self) -> tuple[Meeting, ...]:
        """The meetings at which a note of the cantus firmus begins."""
        return tuple(m for m in self.meetings if m.struck[0])

    def between(self, cantus: Tone, counter: Tone) -> Interval:
        """From the lower line to the upper."""
        return cantus.to(counter) if self.above else counter.to(cantus)

    def under(self, tick: int) -> int:
        """Index of the cantus note that sounds at `tick`."""
        return _reach(self.cantus, 0, tick)

    def place_in_unit(self, tick: int) -> Fraction:
        """How much of its cantus note has passed, 0 = they begin together."""
        return Fraction(tick - self.cantus[self.under(tick)].onset, self.unit)


def _reach(line: Line, start: int, tick: int) -> int:
    """Index of the last note that begins at or before `tick`, from `start` on."""
    while start + 1 < len(line) and line[start + 1].onset <= tick:
        start += 1
    return start


def two_lines(
    score: Score, parts: Sequence[int], *, fifths_N: NDArray[np.int64] | None = None, cantus: int | None = None
) -> TwoLines:
    """The two lines of a species exercise.

    Args:
        score: each line in a part of its own.
        parts: the upper part, and the lower.
        fifths_N: names of all notes, (N,); None = as the score has them.
        cantus: which of `parts` is the cantus firmus; None = found, see `find_cantus`.

    Raises:
        RequestError: there are not two parts with notes.
    """
    names = score.notes["fifths"].astype(np.int64) if fifths_N is None else fifths_N
    lines = [_line(score, part, names) for part in parts]
    if len(lines) != 2 or not all(lines):
        n = sum(bool(line) for line in lines)
        raise RequestError(f"a species exercise has two voices, and this score has {n}; leave one part for each")
    chosen = find_cantus(score, parts, lines) if cantus is None else cantus
    signature = _signature(score, lines[chosen], lines[1 - chosen])
    return TwoLines(cantus=lines[chosen], counter=lines[1 - chosen], above=chosen == 1, signature=signature)


def _line(score: Score, part: int, fifths_N: NDArray[np.int64]) -> Line:
    own = np.flatnonzero((score.notes["part"] == part) & (score.notes["grace"] == 0))
    notes, ends = score.notes, score.ends
    return tuple(
        Tone(i, int(notes["onset"][i]), int(ends[i]), int(notes["pitch"][i]), int(fifths_N[i])) for i in own.tolist()
    )


def find_cantus(score: Score, parts: Sequence[int], lines: Sequence[Line]) -> int:
    """Which of two lines, 0 the upper and 1 the lower, is the cantus firmus.

    The part that is called so; else the slower one; else, note against note, the one that begins and ends on the
    final, and comes down to it by step where the other rises; the lower one if that tells nothing.
    """
    named = [any(word in score.parts[part].name.lower().split() for word in CANTUS_NAMES) for part in parts]
    if named[0] != named[1]:
        return named.index(True)
    # A mean would let one long last note decide; the steadier line of long notes is given.
    lengths = [float(np.median([tone.duration for tone in line])) for line in lines]
    if lengths[0] != lengths[1]:
        return int(lengths[1] > lengths[0])
    uneven = [len({tone.duration for tone in line[:-1]}) for line in lines]
    if uneven[0] != uneven[1]:
        return int(uneven[1] < uneven[0])
    if len(lines[0]) != len(lines[1]):
        return int(len(lines[1]) < len(lines[0]))
    closed = [line[0].pitch % 12 == line[-1].pitch % 12 for line in lines]
    if closed[0] != closed[1]:
        return closed.index(True)
    falls = [len(line) > 1 and line[-2].to(line[-1]).steps == -1 for line in lines]
    return falls.index(True) if falls[0] != falls[1] else 1


def _signature(score: Score, cantus: Line, counter: Line) -> int:
    """Sharps or flats of the scale: as written, unless the cantus firmus itself sings otherwise."""
    written = score.key_at(0)
    stated = 0 if written is None else written.fifths
    if all(-1 <= tone.fifths - stated <= 5 for tone in cantus) and written is not None:
        return stated

    def misfit(fifths: int) -> tuple[int, ...]:
        own = [sum(not -1 <= tone.fifths - fifths <= 5 for tone in line) for line in (cantus, counter)]
        return *own, abs(fifths - stated)

    return min(range(-7, 8), key=misfit)


def steps(line: Line) -> list[tuple[Tone, Tone, Interval]]:
    """Each note with the next and the way there; a rest parts a line."""
    return [(a, b, a.to(b)) for a, b in pairwise(line) if a.end == b.onset]
