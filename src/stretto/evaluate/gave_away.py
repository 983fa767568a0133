"""What gave pieces away: the features on which a classifier's verdict leans, in words."""

# Shapes: N stretches, F features.

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stretto.evaluate.auc import auc_of_columns
from stretto.evaluate.learners import Feature, Table
from stretto.evaluate.matching import Sample
from stretto.evaluate.measures import METRICS
from stretto.evaluate.token_names import of_what, said

N_TOLD = 8

SAME_THING = 0.6
"""Correlation from which two features say one thing, and the stronger is told."""

Floats = NDArray[np.float64]


def gave_away(table: Table, sample: Sample, score_N: Floats, n: int = N_TOLD) -> tuple[str, ...]:
    """The features that told most, best first.

    A feature's weight is how well it alone tells the sides apart, |AUC - 1/2|, times how closely the classifier's
    scores of stretches that it had not seen follow it within a side.

    Args:
        table: of the sample.
        sample: the two sides.
        score_N: what the classifier says of each stretch.
        n: how many, at most; what chance would do as well is not told.
    """
    own_N = sample.own_N
    values_NF = np.where(np.isfinite(table.values_NF), table.values_NF, np.nan).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        filled_NF = _centred(values_NF, np.ones_like(own_N))
        within_NF = _centred(values_NF, own_N)
        follows_F = np.abs(_correlation(within_NF, _centred(score_N[:, None], own_N)))
    alone_F = auc_of_columns(table.values_NF, own_N)
    weight_F = np.abs(alone_F - 0.5) * follows_F
    # Two standard errors of an AUC of 1/2.
    chance = 2 * np.sqrt((len(own_N) + 1) / (12 * own_N.sum() * (~own_N).sum()))
    weight_F[np.abs(alone_F - 0.5) < chance] = 0
    chosen: list[int] = []
    for i in np.argsort(-weight_F, kind="stable").tolist():
        if len(chosen) == n or weight_F[i] <= 0:
            break
        if not any(abs(float(filled_NF[:, i] @ filled_NF[:, j])) > SAME_THING for j in chosen):
            chosen.append(i)
    n_voices = int(np.median([stretch.facts.n_voices for stretch in sample.stretches]))
    return tuple(_sentence(table.names[i], values_NF[:, i], own_N, n_voices) for i in chosen)


def _centred(values_NF: Floats, own_N: NDArray[np.bool_]) -> Floats:
    """Columns of length one about the mean of their side; what is not a number is as the mean."""
    centred = values_NF.copy()
    for side in (own_N, ~own_N):
        if side.any():
            known = np.isfinite(centred[side])
            sums = np.where(known, centred[side], 0).sum(axis=0)
            centred[side] -= sums / np.maximum(known.sum(axis=0), 1)
    centred = np.nan_to_num(centred)
    unit: Floats = np.nan_to_num(centred / np.linalg.norm(centred, axis=0))
    return unit


def _correlation(one_NF: Floats, other_N1: Floats) -> Floats:
    found: Floats = (one_NF * other_N1).sum(axis=0)
    return found


def _sentence(feature: Feature, value_N: Floats, own_N: NDArray[np.bool_], n_voices: int) -> str:
    """ "neighbour notes: 3.2 %, real 1.9 %"."""
    kind, name = feature
    mine, theirs = (
        float(np.nanmean(value_N[side])) if np.isfinite(value_N[side]).any() else np.nan for side in (own_N, ~own_N)
    )
    if kind != "measure":
        return f"{said(kind, name, n_voices)} ({percent(mine)} {of_what(kind)}, real {percent(theirs)})"
    metric = METRICS[name]
    if metric.unit == "share":
        return f"{metric.label} ({percent(mine)}, real {percent(theirs)})"
    unit = f" {metric.unit}" if metric.unit not in ("", "a note") else ""
    if metric.unit == "a note":
        return f"{metric.label} ({1000 * mine:.3g} in 1000 notes, real {1000 * theirs:.3g})"
    return f"{metric.label} ({mine:.3g}{unit}, real {theirs:.3g})"


def percent(share: float) -> str:
    """Two figures: "0.42 %", "7.1 %", "53 %"."""
    return f"{100 * share:.0f} %" if share >= 0.1 else f"{100 * share:.2g} %"
