"""Fit the classifier that tells 4/4 from 3/4, on chorales and hymns that stand in no test set.

    python scripts/fit_meter_classifier.py --data DATA --cache build/corpus

Writes src/stretto/evaluate/data/meter.json, and prints how it does on a fifth of the works, left out in turn.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from stretto.corpus.choirs import choir_corpus
from stretto.corpus.piece import Piece
from stretto.evaluate.meter_classifier import METERS, MeterClassifier, fit_meter_classifier
from stretto.frames.parts import notes_of_parts

TARGET = Path(__file__).parent.parent / "src/stretto/evaluate/data/meter.json"
STYLES = ("bach", "hymn")
RIDGE = 0.01
N_FOLDS = 5


def main() -> None:
    """Fit on everything, after testing on what is left out."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", type=Path, default=os.environ.get("STRETTO_DATA", "data"), help="the corpora")
    parser.add_argument("--cache", type=Path, default=Path("build/corpus"), help="where parsed scores are kept")
    asked = parser.parse_args()
    pieces = [p for p in choir_corpus(asked.data, asked.cache).pieces if p.plan.style in STYLES and _meter(p)]
    works = sorted({p.work for p in pieces})
    fold = {work: i % N_FOLDS for i, work in enumerate(np.random.default_rng(0).permutation(works).tolist())}
    right = {meter: [0, 0] for meter in METERS}
    for left_out in range(N_FOLDS):
        fitted = _fit([p for p in pieces if fold[p.work] != left_out])
        for piece in (p for p in pieces if fold[p.work] == left_out):
            tally = right[_meter(piece)]
            tally[0] += fitted.name(notes_of_parts(piece.frames)) == _meter(piece)
            tally[1] += 1
    for meter, (hits, n) in right.items():
        print(f"{meter}: {hits} of {n} named when left out")
    TARGET.parent.mkdir(exist_ok=True)
    _fit(pieces).save(TARGET)
    print(f"fitted on {len(pieces)} pieces; wrote {TARGET}")


def _fit(pieces: Sequence[Piece]) -> MeterClassifier:
    notes = [notes_of_parts(piece.frames) for piece in pieces]
    return fit_meter_classifier(notes, [_meter(piece) for piece in pieces], ridge=RIDGE)


def _meter(piece: Piece) -> str:
    """Its metre where it is one of the two and never changes, else nothing."""
    meters = set(piece.plan.bar_meters)
    return meters.pop() if len(meters) == 1 and meters <= set(METERS) else ""


if __name__ == "__main__":
    main()
