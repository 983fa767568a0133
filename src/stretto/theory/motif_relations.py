"""What becomes of a motif: moved, turned upside down, slower, faster, backwards, and before it has ended.

Each line is changed (its pitches mirrored, its time stretched or reversed) and looked for in all lines as it then is;
so every relation is found as `motifs` finds a plain return.
"""

# Shapes: N notes of a line.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from stretto.score.model import Score
from stretto.theory.key import pitched_notes
from stretto.theory.motifs import MIN_NOTES, MIN_PITCHES, Line, agreeing_runs

KINDS = ("transposition", "inversion", "augmentation", "diminution", "retrograde", "retrograde inversion")
"""How a motif comes back; a transposition by no interval is a repetition."""

CHANGES: dict[str, tuple[int, int, Fraction]] = {
    "transposition": (1, 1, Fraction(1)),
    "inversion": (-1, 1, Fraction(1)),
    "augmentation": (1, 1, Fraction(2)),
    "diminution": (1, 1, Fraction(1, 2)),
    "retrograde": (1, -1, Fraction(1)),
    "retrograde inversion": (-1, -1, Fraction(1)),
}
"""Sign of its intervals, direction of its time, and how many times longer its notes are."""

PLAIN_NOTES = 8
"""Notes from which a run in equal lengths is a motif when it comes back changed; fewer are turned scales."""


@dataclass(frozen=True, kw_only=True)
class Relation:
    """A run of notes that is a motif heard before, or something made of it."""

    kind: str
    """One of KINDS."""
    part: int
    start: int
    """Tick of its first note."""
    end: int
    """Tick at which its last note ends."""
    source: int
    """The part that has the motif."""
    source_start: int
    source_end: int
    up: int
    """Semitones from the motif's first note to the note that stands for it here."""
    n_notes: int

    @property
    def stretto(self) -> bool:
        """Another part enters with it before the motif has ended."""
        return self.part != self.source and self.start < self.source_end


def relations_of(score: Score, *, min_notes: int = MIN_NOTES) -> list[Relation]:
    """Every relation between the lines of a score, the top line of each part that has pitches."""
    notes = pitched_notes(score)
    return relations([Line.of(notes[notes["part"] == part]) for part in range(len(score.parts))], min_notes=min_notes)


def relations(
    lines: Sequence[Line], *, kinds: Sequence[str] = KINDS, min_notes: int = MIN_NOTES, min_pitches: int = MIN_PITCHES
) -> list[Relation]:
    """Every run that is a motif heard before, or made of it, and starts later, longest runs only.

    Steps may differ by a semitone, as in the answer of a fugue, or in an inversion within the scale; rhythm may not.
    A changed run in equal notes counts from PLAIN_NOTES notes on, and one that overlaps its motif in one part does not.

    Args:
        lines: the parts, in order.
        kinds: of KINDS.
        min_notes: fewest notes of a run.
        min_pitches: fewest different pitches of a run.
    """
    found = []
    for kind in kinds:
        for part, line in enumerate(lines):
            changed = _changed(line, *CHANGES[kind])
            for source, motif in enumerate(lines):
                for i, j, n in agreeing_runs(motif, changed, min_notes):
                    relation = _relation(kind, (source, motif, i), (part, line, j), n)
                    if _counts(relation, changed.pitch_N[j : j + n], np.diff(motif.onset_N[i : i + n]), min_pitches):
                        found.append(relation)
    return sorted(found, key=lambda r: (r.start, r.part, KINDS.index(r.kind), r.source_start, r.source))


def _changed(line: Line, sign: int, direction: int, times: Fraction) -> Line:
    """The line that has a motif where `line` has what is made of it."""
    onset, end = line.onset_N * times.denominator, line.end_N * times.denominator
    if times.numerator > 1:
        # What is no whole number of ticks in the motif's time can be no augmentation of it.
        whole = (onset % times.numerator == 0) & (end % times.numerator == 0)
        onset = np.where(whole, onset // times.numerator, -1 - np.arange(len(onset)))
        end = np.where(whole, end // times.numerator, onset)
    pitch = line.pitch_N * sign
    if direction < 0:
        onset, end, pitch = -end[::-1], -onset[::-1], pitch[::-1]
    return Line(onset, end, pitch)


def _relation(kind: str, source: tuple[int, Line, int], later: tuple[int, Line, int], n: int) -> Relation:
    part, line, j = later
    backwards = CHANGES[kind][1] < 0
    first = len(line.pitch_N) - j - n if backwards else j
    stands_for_first = first + n - 1 if backwards else first
    origin, motif, i = source
    return Relation(
        kind=kind,
        part=part,
        start=int(line.onset_N[first]),
        end=int(line.end_N[first + n - 1]),
        source=origin,
        source_start=int(motif.onset_N[i]),
        source_end=int(motif.end_N[i + n - 1]),
        up=int(line.pitch_N[stands_for_first] - motif.pitch_N[i]),
        n_notes=n,
    )


def _counts(found: Relation, pitch_N: NDArray[np.int64], length_N: NDArray[np.int64], min_pitches: int) -> bool:
    """It is later than its motif, and no repeated note, trill or scale."""
    if found.start <= found.source_start or len(set(pitch_N.tolist())) < min_pitches:
        return False
    if found.kind == "transposition":
        return True
    overlaps = found.part == found.source and found.start < found.source_end
    plain = len(set(length_N.tolist())) < 2 and found.n_notes < PLAIN_NOTES
    return not overlaps and not plain
