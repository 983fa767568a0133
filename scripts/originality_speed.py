"""How long the questions of evaluate/originality_report.py take, on one thread.

    OMP_NUM_THREADS=1 python scripts/originality_speed.py FOLDER

Reads up to 100 scores of the folder, asks all five questions of each, and prints milliseconds a piece, reading and
loading apart.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from stretto.evaluate.originality_report import originality_of
from stretto.evaluate.quotations import shipped_fingerprints
from stretto.evaluate.training_music import shipped_library, shipped_melodies, shipped_music
from stretto.score.formats import read_score

AT_MOST = 100


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    paths = sorted(p for p in asked.folder.iterdir() if p.suffix in (".krn", ".musicxml", ".mxl", ".mid", ".abc"))
    scores = [read_score(path) for path in paths[:AT_MOST]]
    for name, load in (
        ("unpack the training music", shipped_music),
        ("index it for chords", lambda: shipped_library().warm()),
        ("index it for melodies", shipped_melodies),
        ("its fingerprints", shipped_fingerprints),
    ):
        started = time.perf_counter()
        load()
        print(f"{name:28} {1000 * (time.perf_counter() - started):7.1f} ms")
    times = []
    for score in scores:
        started = time.perf_counter()
        originality_of(score)
        times.append(1000 * (time.perf_counter() - started))
    first, *others = times
    print(f"{'first piece':28} {first:7.1f} ms")
    rest = f"{len(others)} others, mean"
    print(f"{rest:28} {np.mean(others):7.1f} ms; median {np.median(others):.1f}, most {max(others):.1f}")


if __name__ == "__main__":
    main()
