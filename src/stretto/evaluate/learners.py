"""Two classifiers that learn to tell pieces from real ones: gradient boosting on figures, and a small network on rolls.

scikit-learn is in the extra `report`; nothing here is imported without it.
"""

# Shapes: N stretches, F features, W windows, C cells of a window.

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

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

HIDDEN, WEIGHT_DECAY, EPOCHS, STEP, BATCH = 64, 0.3, 8, 1e-3, 64

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


def by_boosting(sample: Sample, seed: int, table: Table | None = None) -> Floats:
    """How sure boosting is that a stretch is one of the pieces, (N,), each asked of one that has not seen its hand."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    values_NF = (table_of(sample.stretches) if table is None else table).values_NF
    score_N = np.zeros(len(sample.own_N))
    for asked in folds(sample.hand_N, seed):
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
        told_F = np.abs(auc_of_columns(values_NF[learned], sample.own_N[learned]) - 0.5)
        chosen = np.sort(np.argsort(-told_F, kind="stable")[:MOST_COLUMNS])
        model.fit(values_NF[learned][:, chosen], sample.own_N[learned])
        score_N[asked] = model.decision_function(values_NF[asked][:, chosen])
    return score_N


def by_network(sample: Sample, seed: int) -> Floats:
    """The same by a network that sees windows of the roll; a stretch's score is the mean of its windows'."""
    from sklearn.neural_network import MLPClassifier

    of_W = np.repeat(np.arange(len(sample.stretches)), [len(s.windows_W) for s in sample.stretches])
    cells_WC = _cells(np.concatenate([s.windows_W for s in sample.stretches]))
    score_N = np.zeros(len(sample.own_N))
    for asked in folds(sample.hand_N, seed):
        asked_W = asked[of_W]
        model = MLPClassifier(
            (HIDDEN,), alpha=WEIGHT_DECAY, learning_rate_init=STEP, batch_size=BATCH, random_state=seed
        )
        for _ in range(EPOCHS):
            model.partial_fit(cells_WC[~asked_W], sample.own_N[of_W[~asked_W]], classes=[False, True])
        chance_W = np.clip(model.predict_proba(cells_WC[asked_W])[:, 1].astype(float), 1e-6, 1 - 1e-6)
        sums = np.bincount(of_W[asked_W], np.log(chance_W / (1 - chance_W)), len(asked))
        score_N[asked] = (sums / np.maximum(np.bincount(of_W[asked_W], minlength=len(asked)), 1))[asked]
    return score_N


def _cells(packed_W: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The roll of each window as numbers; beside it how many notes begin in each eighth, and its pitch classes."""
    roll = np.unpackbits(packed_W, axis=1, count=2 * WINDOW * ROWS).reshape(-1, 2, WINDOW, ROWS).astype(np.float32)
    n_begin = roll[:, 1].sum(axis=2) / 2
    classes = np.stack([roll[:, 0, :, c::12].max(axis=2) for c in range(12)], axis=2)
    parts = [part.reshape(len(roll), -1) for part in (roll, n_begin, classes)]
    cells_WC: NDArray[np.float32] = np.hstack(parts)
    return cells_WC
