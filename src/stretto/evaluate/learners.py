"""Two classifiers that learn to tell pieces from real ones: gradient boosting on figures, and a small network on rolls.

scikit-learn is in the extra `report`; nothing here is imported without it.
"""

# Shapes: N stretches, F features, W windows, C cells of a window, R rows of a question.

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.evaluate.auc import auc_of_columns
from stretto.evaluate.evidence import ROWS, SEEN, WINDOW, Stretch
from stretto.evaluate.matching import Sample

N_FOLDS = 5

LEAST, MOST_TOKENS = 0.06, 1500
"""Share of the stretches in which a token must stand, and how many of the most frequent are kept."""

TREES, RATE, LEAVES, LEAF, PENALTY, COLUMNS, BINS = 80, 0.1, 6, 8, 1.0, 0.2, 32
"""Of the boosting: many weak trees, each of few leaves and a fifth of the features, so that none rules."""

MOST_COLUMNS = 400
"""Features that boosting sees: those that tell most by themselves."""

HIDDEN, WEIGHT_DECAY, EPOCHS, STEP, BATCH = 64, 0.3, 8, 2e-3, 128

Floats = NDArray[np.float64]
Feature = tuple[str, str]
"""Kind and token; kind "measure" and its name."""


def can_learn() -> bool:
    """scikit-learn is there."""
    return find_spec("sklearn") is not None


@dataclass(frozen=True, eq=False, kw_only=True)
class Table:
    """What boosting sees."""

    names: tuple[Feature, ...]
    values_NF: NDArray[np.float32]


def table_of(stretches: Sequence[Stretch]) -> Table:
    """Measures, and the share that each frequent token has of its kind."""
    seen: Counter[Feature] = Counter()
    for stretch in stretches:
        for kind, counts in stretch.tokens.items():
            seen.update((kind, token) for token in counts)
    kept = [name for name, n in seen.most_common() if n >= LEAST * len(stretches)][:MOST_TOKENS]
    column = {name: i for i, name in enumerate(kept)}
    shares = np.zeros((len(stretches), len(kept)), np.float32)
    for row, stretch in enumerate(stretches):
        for kind, counts in stretch.tokens.items():
            total = sum(counts.values())
            for token, n in counts.items():
                at = column.get((kind, token))
                if at is not None:
                    shares[row, at] = n / total
    values = np.array([stretch.values_F for stretch in stretches], np.float32)
    return Table(names=(*(("measure", name) for name in SEEN), *kept), values_NF=np.hstack([values, shares]))


def folds(hand_N: NDArray[np.int64], seed: int) -> Iterator[NDArray[np.bool_]]:
    """Which stretches are asked about, fold by fold; hands stay whole."""
    hands = np.random.default_rng(seed).permutation(np.unique(hand_N))
    for fold in range(min(N_FOLDS, len(hands))):
        yield np.isin(hand_N, hands[fold::N_FOLDS])


@dataclass(frozen=True, eq=False, kw_only=True)
class Question:
    """What a learner is given: arrays alone, so that it can stand in another process."""

    own_N: NDArray[np.bool_]
    """Which stretches are of the pieces."""
    hand_N: NDArray[np.int64]
    rows: NDArray[Any]
    """(R, ...): what it sees."""
    of_R: NDArray[np.int64]
    """Stretch that each row is of."""


def on_table(sample: Sample, table: Table) -> Question:
    """For boosting: a row of measures and tokens a stretch."""
    n = len(sample.own_N)
    return Question(own_N=sample.own_N, hand_N=sample.hand_N, rows=table.values_NF, of_R=np.arange(n))


def on_rolls(sample: Sample) -> Question:
    """For the network: a packed row a window."""
    n_windows = [len(stretch.windows_W) for stretch in sample.stretches]
    return Question(
        own_N=sample.own_N,
        hand_N=sample.hand_N,
        rows=np.concatenate([stretch.windows_W for stretch in sample.stretches]),
        of_R=np.repeat(np.arange(len(n_windows)), n_windows),
    )


def by_boosting(question: Question, seed: int) -> Floats:
    """How sure boosting is that a stretch is one of the pieces, (N,), each asked of one that has not seen its hand."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    own_N, values_NF = question.own_N, question.rows
    score_N = np.zeros(len(own_N))
    for asked in folds(question.hand_N, seed):
        model = HistGradientBoostingClassifier(
            max_iter=TREES,
            learning_rate=RATE,
            max_leaf_nodes=LEAVES,
            min_samples_leaf=LEAF,
            l2_regularization=PENALTY,
            max_features=COLUMNS,
            max_bins=BINS,
            early_stopping=False,
            random_state=seed,
        )
        learned = ~asked
        # Chosen anew from what each fold learns from: a column that tells nothing there costs time, and no more.
        told_F = np.abs(auc_of_columns(values_NF[learned], own_N[learned]) - 0.5)
        chosen = np.sort(np.argsort(-told_F, kind="stable")[:MOST_COLUMNS])
        model.fit(values_NF[learned][:, chosen], own_N[learned])
        score_N[asked] = model.decision_function(values_NF[asked][:, chosen])
    return score_N


def by_network(question: Question, seed: int) -> Floats:
    """The same by a network that sees windows of the roll; a stretch's score is the mean of its windows'."""
    from sklearn.neural_network import MLPClassifier

    own_W, of_W = question.own_N[question.of_R], question.of_R
    cells_WC = _cells(question.rows)
    n = len(question.own_N)
    score_N = np.zeros(n)
    for asked in folds(question.hand_N, seed):
        asked_W = asked[of_W]
        model = MLPClassifier(
            (HIDDEN,), alpha=WEIGHT_DECAY, learning_rate_init=STEP, batch_size=BATCH, random_state=seed
        )
        for _ in range(EPOCHS):
            model.partial_fit(cells_WC[~asked_W], own_W[~asked_W], classes=[False, True])
        chance_W = np.clip(model.predict_proba(cells_WC[asked_W])[:, 1].astype(float), 1e-6, 1 - 1e-6)
        sums = np.bincount(of_W[asked_W], np.log(chance_W / (1 - chance_W)), n)
        score_N[asked] = (sums / np.maximum(np.bincount(of_W[asked_W], minlength=n), 1))[asked]
    return score_N


def _cells(packed_W: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The roll of each window as numbers; beside it how many notes begin in each eighth, and its pitch classes."""
    roll = np.unpackbits(packed_W, axis=1, count=2 * WINDOW * ROWS).reshape(-1, 2, WINDOW, ROWS).astype(np.float32)
    n_begin = roll[:, 1].sum(axis=2) / 2
    classes = np.stack([roll[:, 0, :, c::12].max(axis=2) for c in range(12)], axis=2)
    parts = [part.reshape(len(roll), -1) for part in (roll, n_begin, classes)]
    cells_WC: NDArray[np.float32] = np.hstack(parts)
    return cells_WC
