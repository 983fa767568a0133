"""How often a score tells two sides apart: the area under the ROC curve, and how sure it is."""

# Shapes: N stretches, A and B those of the two sides, D draws, F features.

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

N_DRAWS = 1000

Floats = NDArray[np.float64]


def auc(score_N: Floats, own_N: NDArray[np.bool_]) -> float:
    """How often one of `own_N` has the higher score of a pair of one and another; a tie counts half.

    Source: Hanley and McNeil 1982. 0.5 = no difference; not a number where a side is empty.
    """
    wins = _wins(score_N, own_N)
    return float(wins.mean()) if wins.size else float("nan")


def auc_interval(
    score_N: Floats, own_N: NDArray[np.bool_], work_N: NDArray[np.int64], *, twins: bool, rng: np.random.Generator
) -> tuple[float, float]:
    """Between which `auc` lies in 95 of 100 draws of works with replacement: stretches of a work are no two witnesses.

    Args:
        score_N: of each stretch.
        own_N: which side it is of.
        work_N: which work it is of.
        twins: works of both sides are drawn together, as they belong together; else each side by itself.
        rng: of the draws.
    """
    wins_AB = _wins(score_N, own_N)
    if twins:
        times = _times(work_N, rng)
        times_DA, times_DB = times[:, own_N], times[:, ~own_N]
    else:
        times_DA, times_DB = _times(work_N[own_N], rng), _times(work_N[~own_N], rng)
    pairs_D = times_DA.sum(axis=1) * times_DB.sum(axis=1)
    auc_D = np.einsum("da,da->d", times_DA, times_DB @ wins_AB.T)[pairs_D > 0] / pairs_D[pairs_D > 0]
    low, high = np.quantile(auc_D, [0.025, 0.975])
    return float(low), float(high)


def auc_of_columns(values_NF: NDArray[np.floating], own_N: NDArray[np.bool_]) -> Floats:
    """The same of every column by itself, (F,); what is not a number is the least of all."""
    from scipy.stats import rankdata

    rank_NF = rankdata(np.where(np.isfinite(values_NF), values_NF, -np.inf), axis=0)
    n, m = int(own_N.sum()), int((~own_N).sum())
    found: Floats = (rank_NF[own_N].sum(axis=0) - n * (n + 1) / 2) / (n * m)
    return found


def _wins(score_N: Floats, own_N: NDArray[np.bool_]) -> Floats:
    """(A, B): 1 where the one is higher, 1/2 where they are equal."""
    mine, theirs = score_N[own_N][:, None], score_N[~own_N][None, :]
    wins: Floats = (mine > theirs) + 0.5 * (mine == theirs)
    return wins


def _times(work_N: NDArray[np.int64], rng: np.random.Generator) -> Floats:
    """How often each draw has each stretch, (D, N)."""
    works, of_N = np.unique(work_N, return_inverse=True)
    counts = rng.multinomial(len(works), np.full(len(works), 1 / len(works)), size=N_DRAWS)
    return counts[:, of_N].astype(float)
