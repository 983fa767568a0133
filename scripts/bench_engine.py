"""How fast the shipped network composes: one thread, CPU seconds, features included.

    python scripts/bench_engine.py [--json FILE]

For one stream and for 32 together: change frames, sixteenths and notes a CPU-second, and
beside them the time that the same matrix products alone would take.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # before NumPy loads its BLAS

import numpy as np  # noqa: E402

from stretto.engine.weights import FlagshipWeights  # noqa: E402
from stretto.verbs.form import make_form  # noqa: E402
from stretto.verbs.rules import Rules  # noqa: E402
from stretto.verbs.sample import Drawn, draw  # noqa: E402
from stretto.verbs.taste import Taste  # noqa: E402
from stretto.verbs.weights import shipped_weights  # noqa: E402

TARGETS = {1: 1000, 32: 4000}
"""Streams -> sixteenths a CPU-second."""

N_BARS = 16


def run(weights: FlagshipWeights, n_streams: int, *, seed: int) -> tuple[list[Drawn], float]:
    """Draw `n_streams` pieces of 16 bars; the CPU seconds it took."""
    rng = np.random.default_rng(seed)
    forms = [
        make_form(style="bach", meter="4/4", n_bars=N_BARS, pickup=24, mode="major", rng=rng) for _ in range(n_streams)
    ]
    plans = [form.plan(style="bach", tonic=7, mode="major") for form in forms]
    start = time.process_time()
    drawn = draw(weights, plans, seeds=rng.integers(0, 2**31, n_streams).tolist(), taste=Taste(), rules=Rules())
    return drawn, time.process_time() - start


def products_seconds(weights: FlagshipWeights, n_streams: int, n_frames: int) -> float:
    """CPU seconds of the matrix products alone, for `n_frames` frames of every stream."""
    w, s, p, d = weights, n_streams, weights.n_pitches, weights.score.shape[1]
    shapes = [(s, w.n_state, 4 * w.n_state), (s, len(w.context_in), 4 * w.n_state)]
    shapes += [
        (s, w.n_state, w.state_in.shape[0]),
        (s, *w.from_whole.shape),
        (s * p, w.n_pitch_state, d),
    ]
    shapes += [(s * p, w.near.shape[-1], 4 * w.n_pitch_state), (s * p, w.n_pitch_state, 4 * w.n_pitch_state)]
    each_part = [
        (s, w.n_vertical, d),
        (s * p, w.n_heads, d),
        (s * p, d, 1),
    ]
    each_part += [(s, w.hold_in.shape[2], 64), (s, 64, 2), (s, w.n_vertical, 3 * w.n_vertical)]
    shapes += each_part * w.n_parts + [(s, w.n_vertical, 96), (s, 96, w.n_lengths)]
    pairs = [(np.ones((a, b), np.float32), np.ones((b, c), np.float32)) for a, b, c in shapes]
    start = time.process_time()
    for _ in range(n_frames):
        for left, right in pairs:
            left @ right
    return time.process_time() - start


def measure(weights: FlagshipWeights, n_streams: int, *, repeats: int) -> dict[str, float]:
    """The median of several runs."""
    run(weights, n_streams, seed=0)
    rows = []
    for seed in range(1, repeats + 1):
        drawn, seconds = run(weights, n_streams, seed=seed)
        frames = sum(len(d.frames) for d in drawn)
        longest = max(len(d.frames) for d in drawn)
        alone = products_seconds(weights, n_streams, longest)
        sixteenths = sum(d.frames.end // 6 for d in drawn)
        notes = sum(d.n_notes for d in drawn)
        rows.append([frames / seconds, sixteenths / seconds, notes / seconds, seconds, alone])
    middle = np.median(np.array(rows), axis=0)
    names = ("frames_per_cpu_s", "sixteenths_per_cpu_s", "notes_per_cpu_s", "cpu_s", "matrix_products_alone_cpu_s")
    return dict(zip(names, (round(float(x), 4) for x in middle), strict=True))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="write the figures here too")
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    weights = shipped_weights()
    found = {n: measure(weights, n, repeats=options.repeats) for n in TARGETS}
    print("streams  change frames/s  sixteenths/s  notes/s  CPU s  products alone  target")
    for n, row in found.items():
        met = "met" if row["sixteenths_per_cpu_s"] >= TARGETS[n] else "MISSED"
        print(
            f"{n:7d}  {row['frames_per_cpu_s']:15.0f}  "
            f"{row['sixteenths_per_cpu_s']:12.0f}  {row['notes_per_cpu_s']:7.0f}"
            f"  {row['cpu_s']:5.2f}  {row['matrix_products_alone_cpu_s']:12.3f} s  >= {TARGETS[n]} {met}"
        )
    if options.json:
        options.json.write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
