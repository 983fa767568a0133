"""What the network hears in the real chorales of scripts/reference.py, and their distributions, as `report` ships them.

    python scripts/report_reference.py --data DATA

Writes src/stretto/report/data/heard.json. Run scripts/reference.py first: both speak of the same pieces in one order.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from held_out import real_chorales
from stretto.corpus.choirs import JSB16, choir_corpus, jsb16_matrices
from stretto.evaluate.reference import shipped
from stretto.report.measured import Depth, measure_score
from stretto.report.reference import HEARD, heard_json, shipped_reference

SPLITS = ("valid", "test")
TARGET = Path(__file__).parent.parent / "src/stretto/report" / HEARD
ABOUT = (
    "Real music: chorales by Bach of jsb16's validation and test splits, in the kern edition by Craig Sapp (CC BY-NC-"
    "SA 4.0), of which counts and averages ship and no notes. No shipped network has learned from them; the validation "
    "split has helped to choose among networks."
)


def main() -> None:
    """Find the pieces, hear them, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", type=Path, default=os.environ.get("STRETTO_DATA", "data"), help="the corpora")
    parser.add_argument("--cache", type=Path, default=Path("build/corpus"), help="where parsed scores are kept")
    asked = parser.parse_args()
    training = choir_corpus(asked.data, asked.cache).pieces
    found = real_chorales(asked.data, jsb16_matrices(asked.data / JSB16), training, at_most=1000, splits=SPLITS)
    pieces = [measure_score(score, Depth(own=False)) for split in SPLITS for score in found[split]]
    if len(pieces) != len(shipped()):
        raise SystemExit(f"{len(pieces)} pieces, but {len(shipped())} in reference.npz: run scripts/reference.py first")
    name = f"{len(pieces)} chorales by J. S. Bach that no shipped network has learned from"
    TARGET.write_text(json.dumps(heard_json(pieces, name, ABOUT), separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{len(shipped_reference().spreads)} measures of {len(pieces)} pieces; wrote {TARGET}")


if __name__ == "__main__":
    main()
