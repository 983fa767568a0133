"""A folder as a set beside the set of real pieces: MGEval's distances, overlap and divergence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np

from stretto.evaluate.metrics.mgeval import FEATURES, Compared, compare
from stretto.evaluate.metrics.reading import Floats
from stretto.render.markup import Child, node
from stretto.report.comparison import Comparison
from stretto.report.figures import figure
from stretto.report.tables import number, number_head, table

FEWEST = 3
"""Pieces of a set."""

N_DRAWS = 5
"""Times that some real pieces are set beside the other real ones."""

SAYS = (
    "Distances, not values, are compared: how unlike each other real pieces are, and how unlike the pieces are to "
    "them. Overlap is the share of the two densities that coincide (1 = the same); KL is how far the one lies from the "
    "other (0 = not at all). Beside both stands what as many real pieces get against the other real ones. After Yang "
    "and Lerch 2018; both densities stand on one grid."
)

Features = Sequence[Mapping[str, Floats]]


@dataclass(frozen=True, kw_only=True)
class SetRow:
    """One feature."""

    here: Compared
    real_overlap: float
    """Of real pieces drawn at random against the others, on average."""
    real_kl: float
    lowest_overlap: float
    """Of these draws."""

    @property
    def word(self) -> str:
        """As good as real pieces against real pieces, or not."""
        if not isfinite(self.here.overlap):
            return "not measured"
        if self.here.overlap >= self.lowest_overlap:
            return "like real music"
        return "somewhat apart" if self.here.overlap >= 0.8 * self.lowest_overlap else "apart"


def set_rows(found: Comparison, seed: int) -> list[SetRow]:
    """Every feature of two sets; nothing where one of them is too small.

    Args:
        found: the pieces and their reference.
        seed: of the draws among real pieces.
    """
    own, real = [piece.features for piece in found.pieces], found.reference.features
    if len(own) < FEWEST or len(real) < 2 * FEWEST:
        return []
    draws = _draws(real, min(len(own), len(real) // 2), np.random.default_rng(seed))
    rows = []
    for place, here in enumerate(compare(own, real)):
        overlaps = [draw[place].overlap for draw in draws]
        rows.append(
            SetRow(
                here=here,
                real_overlap=float(np.mean(overlaps)),
                real_kl=float(np.mean([draw[place].kl for draw in draws])),
                lowest_overlap=float(min(overlaps)),
            )
        )
    return rows


def _draws(real: Features, n: int, rng: np.random.Generator) -> list[list[Compared]]:
    found = []
    for _ in range(N_DRAWS):
        order = rng.permutation(len(real)).tolist()
        found.append(compare([real[i] for i in order[:n]], [real[i] for i in order[n:]]))
    return found


def sets_body(rows: Sequence[SetRow]) -> tuple[Element, ...]:
    """The table of the page's section."""
    if not rows:
        return ()
    heads: list[Child] = [
        "feature", number_head("overlap"), number_head("real with real"), number_head("KL, nats"),
        number_head("real with real"), "verdict",
    ]  # fmt: skip
    return node("p", SAYS), table("The pieces as a set beside the real ones", heads, [_row(row) for row in rows])


def _row(row: SetRow) -> Element:
    name = row.here.feature
    tone = {"like real music": "good", "somewhat apart": "warn", "apart": "bad"}.get(row.word)
    return node(
        "tr",
        node("th", name, node("span", FEATURES[name], class_="says"), scope="row"),
        number(figure(row.here.overlap), row.here.overlap),
        number(figure(row.real_overlap)),
        number(figure(row.here.kl), row.here.kl),
        number(figure(row.real_kl)),
        node("td", row.word, class_=tone),
    )


def sets_data(rows: Sequence[SetRow]) -> dict[str, Any]:
    """For a program."""
    return {
        row.here.feature: {
            "overlap": row.here.overlap,
            "kl": row.here.kl,
            "intra_real": row.here.intra_real,
            "intra_here": row.here.intra_own,
            "inter": row.here.inter,
            "real_overlap": row.real_overlap,
            "real_kl": row.real_kl,
            "verdict": row.word,
        }
        for row in rows
    }
