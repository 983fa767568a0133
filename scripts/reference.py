"""Measure real chorales that no shipped network has learned from, and write the numbers that ship.

    python scripts/reference.py --data DATA --cache build/corpus

Writes reference.npz and reference.json into src/stretto/evaluate/data.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import numpy as np

from held_out import real_chorales
from stretto.corpus.choirs import JSB16, choir_corpus, jsb16_matrices
from stretto.evaluate.metrics.bach_or_mock import PUBLISHED
from stretto.evaluate.reference import NAME, Reference

TARGET = Path(__file__).parent.parent / "src/stretto/evaluate/data"
SPLITS = ("valid", "test")


def main() -> None:
    """Find the pieces, measure them, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", type=Path, default=os.environ.get("STRETTO_DATA", "data"), help="the corpora")
    parser.add_argument("--cache", type=Path, default=Path("build/corpus"), help="where parsed scores are kept")
    parser.add_argument("--out", type=Path, default=TARGET, help="folder of the two files")
    asked = parser.parse_args()
    training = choir_corpus(asked.data, asked.cache).pieces
    found = real_chorales(asked.data, jsb16_matrices(asked.data / JSB16), training, at_most=1000, splits=SPLITS)
    scores = [score for split in SPLITS for score in found[split]]
    reference = Reference.of(scores)
    reference.save(asked.out)
    print(f"{len(reference)} pieces; wrote {NAME}.npz and {NAME}.json into {asked.out}", file=sys.stderr)
    print("| term | out of sample: mean | sd | published, in sample: mean | sd |\n| --- | ---: | ---: | ---: | ---: |")
    for name, (mean, spread) in PUBLISHED.items():
        own = reference.grades[f"grade.{name}"]
        print(f"| {name} | {np.mean(own):.3f} | {np.std(own):.3f} | {mean:.3f} | {spread:.3f} |")


if __name__ == "__main__":
    main()
