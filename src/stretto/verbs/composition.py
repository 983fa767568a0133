"""A new piece, for whomever it is, and what one wants to know of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from stretto.evaluate.originality_report import OriginalityReport
from stretto.score.model import Notice, Score
from stretto.verbs.judge import Verdict
from stretto.verbs.staves.ensemble import CHOIR
from stretto.verbs.staves.judge import StaffVerdict


@dataclass(frozen=True, kw_only=True)
class Composition:
    """A piece, and what one wants to know of it."""

    score: Score
    style: str
    key: str
    meter: str
    bars: int
    pickup: int
    """Ticks."""
    seed: int
    nats_per_note: float
    """Negative log-likelihood under the network, all that was told it given."""
    seconds: float
    verdict: Verdict | StaffVerdict
    report: list[str] = field(default_factory=list)
    """What the guard rails did."""
    ensemble: str = CHOIR
    """For whom it is: "choir", "keyboard", "quartet", or "staves" with a network of one's own."""
    originality: OriginalityReport | None = None
    """What it shares with the training music; None = it was not asked to be original."""

    def write(self, path: str | Path, *, force: bool = False) -> tuple[Notice, ...]:
        """Write score, page, roll or sound, as the extension says; returns what the format could not hold."""
        from stretto.render.output import write_output

        return write_output(self.score, Path(path), force=force)

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None
    ) -> dict[str, str]:
        """In a notebook: page, player and what the guard rails did."""
        from stretto.render.notebook import mimebundle

        return mimebundle(self.score, says=self.report, include=include, exclude=exclude)
