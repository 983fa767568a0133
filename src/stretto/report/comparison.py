"""The pieces beside real music: every measure of every piece with its verdict."""

# Shapes: N pieces.

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from statistics import fmean, median

from stretto.evaluate.measures import METRICS
from stretto.evaluate.metrics.bach_or_mock import METRICS as GRADES
from stretto.evaluate.metrics.catalogue import Metric
from stretto.report.measured import NATS_PER_NOTE, Measured
from stretto.report.reference import OUTSIDE, Reference
from stretto.report.verdict import FolderVerdict, Spread, Verdict, judge, judge_folder

OWN_METRICS = (
    Metric(
        name=NATS_PER_NOTE,
        label="surprise of the network",
        unit="nats a note",
        says="How unlikely the network that composes finds each note on average, given all before it: lower is more "
        "predictable, and far below real music is dull.",
        source="exact likelihood of the shipped network",
    ),
)

CATALOGUE: Mapping[str, Metric] = {metric.name: metric for metric in (*OWN_METRICS, *GRADES, *METRICS.values())}
"""Every measure that a report shows, in its order."""

FAMILIES = {
    "network": "The network's ear",
    "grade": "Bach or Mock",
    "pitch": "Pitch",
    "rhythm": "Rhythm",
    "melody": "Melody",
    "harmony": "Harmony",
    "tonal": "Degrees, modulations and cadences",
    "voices": "Voice leading",
    "structure": "Form",
    "overlap": "How alike neighbouring bars are",
    "repetition": "Motifs and repetition",
    "rl_tuner": "RL Tuner's rules",
}
"""First part of a measure's name -> heading; others stand under their own name."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Row:
    """One measure of all pieces."""

    metric: Metric
    spread: Spread
    verdicts: tuple[Verdict, ...]
    """Of each piece, in order."""
    folder: FolderVerdict

    @property
    def family(self) -> str:
        """First part of the measure's name."""
        return self.metric.name.partition(".")[0]

    @property
    def apart(self) -> float:
        """How far from real music: 0 = amid it, 0.5 = beyond all of it."""
        return abs(self.folder.above - 0.5) if isfinite(self.folder.above) else 0.0

    @property
    def word(self) -> str:
        """The verdict on one piece, or on all together."""
        return self.verdicts[0].word if len(self.verdicts) == 1 else self.folder.word


@dataclass(frozen=True, eq=False, kw_only=True)
class Comparison:
    """All pieces beside a reference."""

    pieces: Sequence[Measured]
    reference: Reference

    @cached_property
    def values(self) -> list[dict[str, float]]:
        """Of each piece, its grade with it."""
        return [{**piece.values, **self.reference.grades(piece)} for piece in self.pieces]

    @cached_property
    def rows(self) -> dict[str, Row]:
        """Measure -> its row; those that no piece has, or no real one, are left out: no figure stands alone."""
        found = {}
        for name, metric in CATALOGUE.items():
            values = [own.get(name, float("nan")) for own in self.values]
            spread = self.reference.spread(name)
            if any(map(isfinite, values)) and len(spread):
                verdicts = tuple(judge(value, spread) for value in values)
                found[name] = Row(metric=metric, spread=spread, verdicts=verdicts, folder=judge_folder(values, spread))
        return found

    def of_piece(self, index: int) -> dict[str, Verdict]:
        """Measure -> verdict on one piece, of those that both it and real music have."""
        return {
            name: row.verdicts[index] for name, row in self.rows.items() if row.verdicts[index].word != "not measured"
        }

    def outside(self, index: int) -> float:
        """Share of its measures in which a piece lies outside the middle 95 % of real ones."""
        verdicts = self.of_piece(index).values()
        return fmean(verdict.outside for verdict in verdicts) if verdicts else float("nan")

    @cached_property
    def outside_verdict(self) -> Verdict:
        """On the piece, or the middle one of the pieces, by how often it lies outside."""
        shares = [share for i in range(len(self.pieces)) if isfinite(share := self.outside(i))]
        return judge(median(shares) if shares else float("nan"), self.reference.spread(OUTSIDE))

    def standing_out(self, at_most: int) -> list[Row]:
        """Measures that tell the pieces from real music best, most telling first."""
        rows = sorted(filter(self._stands_out, self.rows.values()), key=lambda row: -row.apart)
        # One of each family: measures of a family tell much the same.
        first = {row.family: row for row in reversed(rows)}
        return [row for row in rows if first[row.family] is row][:at_most]

    def _stands_out(self, row: Row) -> bool:
        if len(row.verdicts) == 1:
            return row.verdicts[0].outside
        return row.folder.word.startswith(("leans", "higher", "lower"))

    def by_family(self) -> dict[str, list[Row]]:
        """Heading -> rows, in the order of the page."""
        found: dict[str, list[Row]] = {}
        for row in self.rows.values():
            found.setdefault(FAMILIES.get(row.family, row.family), []).append(row)
        return found
