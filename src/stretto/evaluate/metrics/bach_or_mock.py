"""The "Bach or Mock" grade: how far the counts of a chorale lie from those of a corpus. Lower is nearer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from stretto.evaluate.metrics.catalogue import catalogue
from stretto.evaluate.metrics.tally import COUNTED, Tally, total
from stretto.evaluate.metrics.wasserstein import rank_distance, wasserstein

MODES = ("major", "minor")

BY_MODE = ("notes", "harmony", "soprano", "alto", "tenor", "bass")
"""Counts that are set beside those of the corpus's pieces in the same mode."""

METRICS = catalogue(
    "grade",
    """
    notes     | ranks | distance of degrees | How far the degrees of the scale lie from the corpus's. | Mock | lower
    rhythm    | ranks | distance of note values | How far the note values lie from the corpus's. | Mock | lower
    parallels | ratio | distance of parallels
              | How many parallels there are, by the corpus's, and of which kind. | Mock | lower
    harmony   | ranks | distance of chords | How far the qualities of chords lie from the corpus's. | Mock | lower
    soprano   | ranks | distance of soprano's intervals
              | How far the soprano's intervals lie from the corpus's. | Mock | lower
    alto      | ranks | distance of alto's intervals
              | How far the alto's intervals lie from the corpus's. | Mock | lower
    tenor     | ranks | distance of tenor's intervals
              | How far the tenor's intervals lie from the corpus's. | Mock | lower
    bass      | ranks | distance of bass's intervals
              | How far the bass's intervals lie from the corpus's. | Mock | lower
    sequences | sixteenths | distance of repeated passages
              | How far the lengths of what comes back lie from it. | Mock | lower
    total     | | grade by Bach or Mock
              | The sum of the nine terms; the lower, the nearer to the corpus. | Mock | lower
    """,
)
TERMS = tuple(metric.name.removeprefix("grade.") for metric in METRICS[:-1])

PUBLISHED = {
    "notes": (0.278, 0.147),
    "rhythm": (0.250, 0.141),
    "parallels": (0.325, 0.685),
    "harmony": (0.447, 0.203),
    "soprano": (0.527, 0.278),
    "alto": (0.532, 0.226),
    "tenor": (0.573, 0.237),
    "bass": (0.800, 0.398),
    "sequences": (1.457, 0.883),
    "total": (5.189, 1.631),
}
"""Term -> mean and standard deviation of 351 chorales of Bach, each graded against all of them, itself included.

*Source*: the file `gaussian.txt` beside the Grader of Fang et al. 2020."""


@dataclass(frozen=True, eq=False)
class Grader:
    """Counts of a corpus, by mode; the grade of a piece is its distance from them."""

    counts: Mapping[str, Mapping[str, Counter[str]]]
    """Mode -> name -> counts."""
    n_notes: int
    n_pieces: int

    @classmethod
    def fit(cls, tallies: Iterable[Tally]) -> Grader:
        """Add up the counts of a corpus."""
        every = list(tallies)
        return cls(
            counts={mode: total([own for own in every if own.mode == mode]) for mode in MODES},
            n_notes=sum(own.n_notes for own in every),
            n_pieces=len(every),
        )

    def grade(self, piece: Tally, *, leave_out: bool = False) -> dict[str, float]:
        """The nine terms and their sum, by name.

        notes, harmony, soprano, alto, tenor, bass: `rank_distance` from the pieces in the same mode; rhythm: from all
        pieces. parallels: `rank_distance` of fifths and octaves, times the piece's parallels a note by the corpus's;
        0 where it has none, and also, as published, where it has many in just the corpus's mixture (`voices.parallels`
        tells them). sequences: Wasserstein distance on the lengths themselves, all at 0 where nothing comes
        back.

        *Source*: Fang et al., "Bach or Mock? A Grading Function for Chorales in the Style of J. S. Bach", 2020,
        arXiv 2006.13329, and its Grader. The terms are not weighted.
        *Departures*: those of `tally`, `rank_distance` and `repeated_sequences`; a corpus without a parallel is taken
        to have one; a corpus with no piece in the piece's mode grades by those in the other.

        Args:
            piece: what is graded.
            leave_out: it is one of the corpus; its counts are taken off before it is graded.
        """
        reference = {name: self._reference(name, piece, leave_out) for name in COUNTED}
        terms = {name: rank_distance(piece.counts(name), reference[name]) for name in (*BY_MODE, "rhythm")}
        n_notes = self.n_notes - piece.n_notes * leave_out
        terms["parallels"] = _parallels(piece, reference["parallels"], n_notes)
        terms["sequences"] = _sequences(piece.sequences, reference["sequences"])
        found = {name: terms[name] for name in TERMS}
        return {**found, "total": float(np.sum(list(found.values())))}

    def _reference(self, name: str, piece: Tally, leave_out: bool) -> Counter[str]:
        """What a count is set beside."""
        of_mode = {mode: Counter(self.counts[mode][name]) for mode in MODES}
        if leave_out:
            of_mode[piece.mode].subtract(piece.counts(name))
        own = +of_mode[piece.mode]
        if name in BY_MODE and own:
            return own
        return +(of_mode["major"] + of_mode["minor"])

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        counts = {m: {n: dict(sorted(c.items())) for n, c in names.items()} for m, names in self.counts.items()}
        return {"n_pieces": self.n_pieces, "n_notes": self.n_notes, "counts": counts}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Grader:
        """The inverse of `as_json`."""
        counts = {mode: {name: Counter(own) for name, own in names.items()} for mode, names in data["counts"].items()}
        return cls(counts=counts, n_notes=data["n_notes"], n_pieces=data["n_pieces"])


def _parallels(piece: Tally, reference: Counter[str], n_notes: int) -> float:
    n = sum(piece.parallels.values())
    if not n or not piece.n_notes or not n_notes:
        return 0.0
    usual = reference if reference.total() else Counter({"fifths": 1})
    ratio = (n / piece.n_notes) / (usual.total() / n_notes)
    return rank_distance(piece.parallels, usual) * ratio


def _sequences(own: Mapping[str, int], reference: Mapping[str, int]) -> float:
    counts = own if sum(own.values()) else {"0": 1}
    usual = reference if sum(reference.values()) else {"0": 1}
    return wasserstein([int(k) for k in counts], [int(k) for k in usual], list(counts.values()), list(usual.values()))
