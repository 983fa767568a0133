"""What the pieces are set beside: real music that no network has learned from, measured by the same code."""

# Shapes: R real pieces, B their bars.

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from stretto.errors import ModelError
from stretto.evaluate.metrics.bach_or_mock import Grader
from stretto.evaluate.metrics.reading import Floats
from stretto.evaluate.reference import shipped
from stretto.report.distributions import KINDS, Counts, added
from stretto.report.measured import NATS_PER_NOTE, Measured
from stretto.report.verdict import Spread, left_out

HEARD = "data/heard.json"
"""Made by scripts/report_reference.py."""

CHORALES = "Bach's chorales"

USUAL = (0.05, 0.95)
"""Of the bars of real pieces, between which shares what is usual lies."""

OUTSIDE = "report.outside"
"""Share of its measures in which a piece lies outside the middle 95 % of real ones."""

NO_SPREAD = Spread.of(())


@dataclass(frozen=True, eq=False, kw_only=True)
class Reference:
    """Real music, as figures."""

    name: str
    """"76 chorales by J. S. Bach that the networks have not learned from"."""
    n_pieces: int
    spreads: Mapping[str, Spread]
    """Measure -> its values."""
    distributions: Counts
    bar_nats: tuple[float, float]
    """Nats a quarter between which nine of ten bars lie; not numbers where the networks heard none."""
    features: Sequence[Mapping[str, Floats]]
    """Of MGEval, of each piece."""
    grader: Grader | None = None
    """Their counts, from which a grade is the distance; None = none of them is in four voices."""
    kind: str = "real music"
    """What it is, in a few words."""
    repertoire: str = ""
    """As what it is measured: "keyboard" or "quartet"; "" = in four voices, or as it stands."""
    about: str = ""
    """Where it comes from, in a sentence."""

    def spread(self, measure: str) -> Spread:
        """Of one measure; empty where real pieces do not have it."""
        return self.spreads.get(measure, NO_SPREAD)

    def grades(self, piece: Measured) -> dict[str, float]:
        """The "Bach or Mock" grade of a piece and its terms, by the names of measures; empty where it has none."""
        if self.grader is None or piece.tally is None:
            return {}
        return {f"grade.{term}": value for term, value in self.grader.grade(piece.tally).items()}

    @classmethod
    def of(cls, pieces: Sequence[Measured], name: str, about: str = "") -> Reference:
        """What was measured of several pieces."""
        values = _with_grades(pieces, grader := _grader(pieces))
        measures = sorted({measure for own in values for measure in own})
        values_RM = np.array([[own.get(m, np.nan) for m in measures] for own in values])
        values_RM = values_RM.reshape(len(pieces), len(measures))
        spreads = {measure: Spread.of(values_RM[:, i]) for i, measure in enumerate(measures)}
        return cls(
            name=name,
            n_pieces=len(pieces),
            spreads={**spreads, OUTSIDE: Spread.of(left_out(values_RM))},
            distributions=added(piece.counts for piece in pieces),
            bar_nats=usual_bars(pieces),
            features=[piece.features for piece in pieces],
            grader=grader,
            about=about,
        )


def _grader(pieces: Sequence[Measured]) -> Grader | None:
    tallies = [piece.tally for piece in pieces if piece.tally is not None]
    return Grader.fit(tallies) if len(tallies) > 1 else None


def _with_grades(pieces: Sequence[Measured], grader: Grader | None) -> list[dict[str, float]]:
    """Values of each piece, with its grade by the others."""
    values = []
    for piece in pieces:
        graded = grader.grade(piece.tally, leave_out=True) if grader is not None and piece.tally is not None else {}
        values.append({**piece.values, **{f"grade.{term}": value for term, value in graded.items()}})
    return values


def usual_bars(pieces: Sequence[Measured]) -> tuple[float, float]:
    """Nats a quarter between which nine of ten bars lie."""
    heard = [piece.surprise.nats_per_quarter_B for piece in pieces if piece.surprise is not None]
    if not heard:
        return float("nan"), float("nan")
    low, high = np.quantile(np.concatenate(heard), USUAL)
    return float(low), float(high)


def heard_json(pieces: Sequence[Measured], name: str, about: str) -> dict[str, Any]:
    """What `evaluate.reference` does not have of the same pieces in the same order, as it is kept."""
    return {
        "name": name,
        "about": about,
        "nats_per_note": [round(piece.values[NATS_PER_NOTE], 4) for piece in pieces],
        "bar_nats": [round(nats, 3) for nats in usual_bars(pieces)],
        "distributions": {kind: dict(counts) for kind, counts in added(piece.counts for piece in pieces).items()},
    }


@cache
def shipped_chorales() -> Reference:
    """Held-out chorales by Bach: the measures of `evaluate.reference`, and what the network hears in them.

    Raises:
        ModelError: the two do not speak of the same pieces.
    """
    measured = shipped()
    try:
        heard = json.loads(files("stretto.report").joinpath(HEARD).read_text(encoding="utf-8"))
        columns = {**measured.measures, **measured.grades, NATS_PER_NOTE: np.array(heard["nats_per_note"], float)}
        values_RM = np.stack(list(columns.values()), axis=1)
        low, high = heard["bar_nats"]
        distributions = {kind: Counter(heard["distributions"].get(kind, {})) for kind in KINDS}
        name, about = heard["name"], heard["about"]
    except (OSError, ValueError, KeyError, TypeError) as cause:
        raise ModelError(f"{HEARD}: no figures of real music ({cause}); install Stretto again") from cause
    spreads = {name: Spread.of(column) for name, column in columns.items()}
    return Reference(
        name=name,
        kind=CHORALES,
        about=about,
        n_pieces=len(measured),
        spreads={**spreads, OUTSIDE: Spread.of(left_out(values_RM))},
        distributions=distributions,
        bar_nats=(low, high),
        features=measured.features,
        grader=measured.grader,
    )
