"""What becomes of a motif: moved, turned upside down, slower, faster, backwards, and before it has ended.

Each line is changed (its pitches mirrored, its time stretched or reversed) and looked for in all lines as it then is;
so every relation is found as `motifs` finds a plain return.
"""

# Shapes: N notes of a line, I and J notes of two lines.

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from stretto.score.model import Score
from stretto.theory.key import pitched_notes
from stretto.theory.motifs import BEND, MIN_NOTES, MIN_PITCHES, SPREAD, Line

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
                for i, j, n in _runs(motif, changed, min_notes):
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


def _runs(motif: Line, other: Line, min_notes: int) -> Iterator[tuple[int, int, int]]:
    """First notes and length of the longest runs that agree."""
    if min(len(motif.pitch_N), len(other.pitch_N)) < min_notes or min_notes < 2:
        return
    agrees_IJ = _agrees(motif, other)
    n_steps = min_notes - 1
    rows, columns = agrees_IJ.shape
    whole = np.ones((rows - n_steps + 1, columns - n_steps + 1), bool)
    for k in range(n_steps):
        whole &= agrees_IJ[k : rows - n_steps + 1 + k, k : columns - n_steps + 1 + k]
    whole[1:, 1:] &= ~agrees_IJ[: whole.shape[0] - 1, : whole.shape[1] - 1]
    for i, j in np.argwhere(whole).tolist():
        steps = np.diagonal(agrees_IJ[i:, j:])
        n = (int(steps.argmin()) if not steps.all() else len(steps)) + 1
        yield from _unspread(motif, other, (i, j, n), min_notes)


def _agrees(motif: Line, other: Line) -> NDArray[np.bool_]:
    """Whether the step from note i and that from note j agree in rhythm and, nearly, in pitch, (I - 1, J - 1)."""
    time_i, time_j = np.diff(motif.onset_N), np.diff(other.onset_N)
    length_i, length_j = (motif.end_N - motif.onset_N)[:-1], (other.end_N - other.onset_N)[:-1]
    step_i, step_j = np.diff(motif.pitch_N), np.diff(other.pitch_N)
    found: NDArray[np.bool_] = time_i[:, None] == time_j[None, :]
    found &= length_i[:, None] == length_j[None, :]
    found &= np.abs(step_i[:, None] - step_j[None, :]) <= BEND
    found &= np.sign(step_i)[:, None] * np.sign(step_j)[None, :] >= 0
    return found


def _unspread(motif: Line, other: Line, run: tuple[int, int, int], min_notes: int) -> Iterator[tuple[int, int, int]]:
    """The run, cut where bent steps have carried it away from where it began."""
    i, j, n = run
    apart = (other.pitch_N[j : j + n] - motif.pitch_N[i : i + n]).tolist()
    start, low, high = 0, apart[0], apart[0]
    for k in range(1, n + 1):
        if k < n and max(high, apart[k]) - min(low, apart[k]) <= SPREAD:
            low, high = min(low, apart[k]), max(high, apart[k])
            continue
        if k - start >= min_notes:
            yield i + start, j + start, k - start
        if k < n:
            start, low, high = k, apart[k], apart[k]
