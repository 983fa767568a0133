"""How good the verbs are on music that is given: a table, with real held-out chorales measured by the same code.

    python scripts/verbs.py --data DATA [--only harmonize ablations ...] [--pieces 100]

Real music: the chorales of jsb16's test and valid splits that stand among 370 scores, and so with key, metre, pickup
and fermatas, and not in the training music. Ends with status 1 if a threshold is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import numpy as np  # noqa: E402

from held_out import real_chorales  # noqa: E402
from stretto.corpus.choirs import JSB16, choir_corpus, jsb16_matrices  # noqa: E402
from stretto.frames.parts import frames_of_matrix, score_of_parts  # noqa: E402
from stretto.score.model import Part, Score  # noqa: E402
from verbs_asked import asked, forms, imitated  # noqa: E402
from verbs_given import given  # noqa: E402
from verbs_real import ablations, continued, harmonized  # noqa: E402
from verbs_seams import seams  # noqa: E402
from verbs_speed import speed  # noqa: E402
from verbs_table import Music, Row  # noqa: E402
from verbs_users import users  # noqa: E402

FILES = ("train/*/*/*.musicxml", "train/*/*/*.mxl", "train/*/*/*.krn")

SECTIONS: dict[str, Callable[[Music], list[Row]]] = {
    "given": given,
    "asked": asked,
    "ablations": ablations,
    "harmonize": harmonized,
    "seams": seams,
    "form": forms,
    "continue": continued,
    "imitate": imitated,
    "users": users,
    "speed": speed,
}


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", type=Path, default=os.environ.get("STRETTO_DATA"), help="the corpora")
    parser.add_argument("--cache", type=Path, default=Path("build/corpus"), help="where parsed scores are kept")
    parser.add_argument("--only", nargs="*", default=list(SECTIONS), choices=list(SECTIONS))
    parser.add_argument("--pieces", type=int, default=100, help="at most, of each measure")
    parser.add_argument("--seed", type=int, default=1, help="of the first piece; the others count on")
    parser.add_argument("--weights", type=Path, help="another network than the one that ships")
    parser.add_argument("--json", type=Path, help="write all figures here")
    asked = parser.parse_args()
    if asked.data is None:
        parser.error("name the folder of the corpora with --data or the variable STRETTO_DATA")
    matrices = jsb16_matrices(asked.data / JSB16)
    training = choir_corpus(asked.data, asked.cache).pieces
    by_split = real_chorales(asked.data, matrices, training, at_most=100, splits=("test", "valid"))
    music = Music(
        real=[score for own in by_split.values() for score in own],
        tested=by_split["test"],
        sopranos=[soprano_of(np.asarray(matrix)) for matrix in matrices["test"]],
        files=sorted(path for pattern in FILES for path in asked.data.glob(pattern)),
        weights=asked.weights,
        n_pieces=asked.pieces,
        seed=asked.seed,
    )
    rows = [row for name in asked.only for row in SECTIONS[name](music)]
    print("| measure | found | real | asked | |\n|---|---|---|---|---|")
    for row in rows:
        sign = {True: "met", False: "missed", None: ""}[row.ok]
        print(f"| {row.name} | {row.found} | {row.real} | {row.asked} | {sign} |")
    if asked.json:
        asked.json.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n", encoding="utf-8")
    return 1 if any(row.ok is False for row in rows) else 0


def soprano_of(matrix: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> Score:
    """A melody of jsb16 as a score that says nothing else."""
    frames = frames_of_matrix(matrix[:, :1], step=6)
    return score_of_parts(frames, [Part(name="Soprano")])


if __name__ == "__main__":
    sys.exit(main())
