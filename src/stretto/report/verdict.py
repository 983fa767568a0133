"""A figure beside the same figure of real pieces: where among them it lies, in words."""

# Shapes: R real pieces, N pieces.

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MIDDLE = (0.025, 0.975)
"""Between these shares lie 95 of 100 real pieces."""

DECIMALS = 9
"""Values that agree so far are equal: what is left of them is what computing has rounded."""

FEW = 20
"""Of fewer real pieces nothing is said about the outermost twentieth."""

LEANS, TELLS = 0.65, 0.85
"""How often one of the pieces, drawn at random, lies above a real one (or below), from which a folder leans that way,
and from which the measure alone tells the two apart. Of equal music it is 0.5."""

SURE = 2.58
"""Standard deviations by which `above` must differ from 0.5 before anything is said: one in a hundred by chance."""

Word = Literal[
    "like real music", "within its range", "outside the middle 95 %", "beyond every real piece", "not measured"
]


@dataclass(frozen=True, eq=False, kw_only=True)
class Spread:
    """One measure of real pieces."""

    values_R: Floats
    """Rising; those that could not be measured are left out."""

    @classmethod
    def of(cls, values: Iterable[Any]) -> Spread:
        """Of values in any order."""
        found = np.round(np.array(list(values), float), DECIMALS) + 0.0  # no -0.0
        return cls(values_R=np.sort(found[np.isfinite(found)]))

    def __len__(self) -> int:
        """Number of real pieces that could be measured."""
        return len(self.values_R)

    @property
    def mean(self) -> float:
        """Of all; not a number where there are none."""
        return float(self.values_R.mean()) if len(self) else float("nan")

    @property
    def sd(self) -> float:
        """Standard deviation of the sample; not a number under two pieces."""
        return float(self.values_R.std(ddof=1)) if len(self) > 1 else float("nan")

    def quantile(self, share: float) -> float:
        """The value under which a share of the pieces lies, between them by straight lines."""
        return float(np.quantile(self.values_R, share)) if len(self) else float("nan")

    def below(self, value: float) -> float:
        """Share of the real pieces that lie below a value, half of those that equal it; not a number if unknown."""
        if not len(self) or not isfinite(value):
            return float("nan")
        value = round(value, DECIMALS)
        first, last = (np.searchsorted(self.values_R, value, side=side) for side in ("left", "right"))
        return float(first + last) / (2 * len(self))


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One value beside a spread."""

    value: float
    below: float
    """Share of real pieces below it."""
    word: Word

    @property
    def outside(self) -> bool:
        """Not within the middle 95 % of real pieces."""
        return self.word in ("outside the middle 95 %", "beyond every real piece")

    @property
    def side(self) -> str:
        """ "low" or "high", where it is outside."""
        return "" if not self.outside else "low" if self.below < 0.5 else "high"


def judge(value: float, spread: Spread) -> Verdict:
    """Where a value lies among those of real pieces.

    Convention: by rank, equals counting half: "like real music" is the middle half, "within its range" the middle
    95 %; with fewer than 20 real pieces everything between the lowest and the highest is.
    """
    below = spread.below(value)
    if not isfinite(below):
        return Verdict(value=value, below=below, word="not measured")
    few = len(spread) < FEW
    word: Word = "within its range"
    if below in (0.0, 1.0):
        word = "outside the middle 95 %" if few else "beyond every real piece"
    elif not few and not MIDDLE[0] <= below <= MIDDLE[1]:
        word = "outside the middle 95 %"
    elif 0.25 <= below <= 0.75:
        word = "like real music"
    return Verdict(value=value, below=below, word=word)


def left_out(values_RM: Floats) -> Floats:
    """Share of its measures in which each real piece lies outside the middle 95 % of the others, (R,).

    Args:
        values_RM: measures of real pieces; what is not measured is not a number.
    """
    n = len(values_RM)
    if n < 2:
        return np.full(n, np.nan)
    known = np.isfinite(values_RM)
    # In numbers, not shares, so that a piece does not count among those beside which it is set.
    lower = np.array([_n_below(column) for column in values_RM.T]).T
    below = lower / np.maximum(known.sum(axis=0) - 1, 1)
    far = (below < MIDDLE[0]) | (below > MIDDLE[1]) if n > FEW else (below == 0) | (below == 1)
    found: Floats = (far & known).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return found


def _n_below(column: Floats) -> Floats:
    """Of each value, how many others are lower, equals counting half."""
    column = np.round(column, DECIMALS)
    known = np.sort(column[np.isfinite(column)])
    first, last = (np.searchsorted(known, column, side=side) for side in ("left", "right"))
    found: Floats = first + (last - first - 1) / 2
    return found


@dataclass(frozen=True, kw_only=True)
class FolderVerdict:
    """Many values beside a spread."""

    mean: float
    sd: float
    n: int
    """Pieces that could be measured."""
    above: float
    """How often a piece drawn at random lies above a real one, equals counting half."""
    outside: float
    """Share of the pieces outside the middle 95 % of real ones."""
    word: str


def judge_folder(values: Iterable[float], spread: Spread) -> FolderVerdict:
    """Where many values lie among those of real pieces.

    Formula: `above` is the Mann-Whitney statistic over the number of pairs, the area under the ROC curve of this
    one measure.
    """
    found = Spread.of(values)
    above = float(np.mean([spread.below(value) for value in found.values_R])) if len(found) and len(spread) else np.nan
    outside = float(np.mean([judge(value, spread).outside for value in found.values_R])) if len(found) else np.nan
    return FolderVerdict(
        mean=found.mean,
        sd=found.sd,
        n=len(found),
        above=float(above),
        outside=outside,
        word=_folder_word(float(above), len(found), len(spread)),
    )


def _folder_word(above: float, n: int, n_real: int) -> str:
    if not isfinite(above):
        return "not measured"
    apart = max(above, 1 - above)
    side = "higher" if above > 0.5 else "lower"
    if apart < LEANS:
        return "like real music"
    # Of equal music, the normal approximation of Mann and Whitney.
    if apart - 0.5 < SURE * ((n + n_real + 1) / (12 * n * n_real)) ** 0.5:
        return "too few to tell"
    return f"leans {side}" if apart < TELLS else f"{side}: tells them apart"
