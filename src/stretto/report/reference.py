"""What the pieces are set beside: real music that no network has learned from, measured by the same code."""

# Shapes: R real pieces, B their bars.

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from stretto.errors import ModelError
from stretto.report.distributions import KINDS, Counts, added
from stretto.report.measured import Measured
from stretto.report.verdict import Spread, left_out

SHIPPED = "data/real.json"

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
    about: str = ""
    """Where it comes from, in a sentence."""

    def spread(self, measure: str) -> Spread:
        """Of one measure; empty where real pieces do not have it."""
        return self.spreads.get(measure, NO_SPREAD)

    @classmethod
    def of(cls, pieces: Sequence[Measured], name: str, about: str = "") -> Reference:
        """What was measured of a folder."""
        measures = sorted({measure for piece in pieces for measure in piece.values})
        values_RM = np.array([[piece.values.get(m, np.nan) for m in measures] for piece in pieces])
        values_RM = values_RM.reshape(len(pieces), len(measures))
        spreads = {measure: Spread.of(values_RM[:, i]) for i, measure in enumerate(measures)}
        return cls(
            name=name,
            n_pieces=len(pieces),
            spreads={**spreads, OUTSIDE: Spread.of(left_out(values_RM))},
            distributions=added(piece.counts for piece in pieces),
            bar_nats=usual_bars(pieces),
            about=about,
        )


def usual_bars(pieces: Sequence[Measured]) -> tuple[float, float]:
    """Nats a quarter between which nine of ten bars lie."""
    heard = [piece.surprise.nats_per_quarter_B for piece in pieces if piece.surprise is not None]
    if not heard:
        return float("nan"), float("nan")
    low, high = np.quantile(np.concatenate(heard), USUAL)
    return float(low), float(high)


def reference_json(reference: Reference) -> dict[str, Any]:
    """As it is kept."""
    return {
        "name": reference.name,
        "about": reference.about,
        "pieces": reference.n_pieces,
        "bar_nats": [round(nats, 3) for nats in reference.bar_nats],
        "distributions": {kind: dict(counts) for kind, counts in reference.distributions.items()},
        "measures": {m: [float(f"{v:.5g}") for v in s.values_R.tolist()] for m, s in reference.spreads.items()},
    }


def read_reference(data: bytes) -> Reference:
    """What `reference_json` says.

    Raises:
        ModelError: it is damaged.
    """
    try:
        said = json.loads(data)
        low, high = said["bar_nats"]
        return Reference(
            name=said["name"],
            about=said["about"],
            n_pieces=said["pieces"],
            spreads={measure: Spread.of(values) for measure, values in said["measures"].items()},
            distributions={kind: Counter(said["distributions"].get(kind, {})) for kind in KINDS},
            bar_nats=(low, high),
        )
    except (ValueError, KeyError, TypeError) as cause:
        raise ModelError(f"{Path(SHIPPED).name}: no figures of real music ({cause}); install Stretto again") from cause


@cache
def shipped_reference() -> Reference:
    """Held-out chorales by Bach."""
    return read_reference(files("stretto.report").joinpath(SHIPPED).read_bytes())
