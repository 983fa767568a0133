"""How fast music is drawn on staves: sixteenths a CPU-second on one thread, for one stream and for 32 side by side.

    OMP_NUM_THREADS=1 python scripts/bench_staves.py

The drawing is that of `stretto compose`, guard rails among it: sixteen bars of 4/4 along one plan. Beside it, in the
same run, matrix products of the size of one step of the network along time, which say how fast this machine is.
"""

from __future__ import annotations

import argparse
import statistics
import time

import numpy as np

from stretto.engine.staff_weights import StavesWeights
from stretto.frames.plan import Plan
from stretto.verbs.staves.asked import StaffAsked
from stretto.verbs.staves.draw import StaffDrawing
from stretto.verbs.staves.ensemble import Ensemble, ensemble_called
from stretto.verbs.staves.rules import StaffRules
from stretto.verbs.taste import Taste

N_BARS, N_RUNS = 16, 5
BATCHES = (1, 32)


def main() -> None:
    """Print a line for each repertoire and number of streams."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    for name, style in (("keyboard", "classical"), ("quartet", "classical")):
        players = ensemble_called(name)
        assert players is not None
        weights = players.weights()
        for n_streams in BATCHES:
            speeds = [_speed(players, weights, style, n_streams, seed) for seed in range(N_RUNS)]
            print(
                f"{name}, {n_streams} streams: {statistics.median(speeds):,.0f} sixteenths a CPU-second "
                f"({min(speeds):,.0f} to {max(speeds):,.0f} in {N_RUNS} runs)"
            )
    print(f"this machine: {_products():,.0f} products of a state of 640 with its gates a CPU-second")


def _speed(players: Ensemble, weights: StavesWeights, style: str, n_streams: int, seed: int) -> float:
    """Sixteenths of all streams a CPU-second."""
    plan = Plan(
        tonic=2,
        mode="major",
        bar_starts=tuple(range(0, 96 * N_BARS, 96)),
        bar_meters=("4/4",) * N_BARS,
        end=96 * N_BARS,
        period=style,
        density=4.0,
        polyphony=2.5,
    )
    asked = StaffAsked(ensemble=players, taste=Taste(temperature=0.9, top_p=0.98), rules=StaffRules(), guarded=True)
    started = time.process_time()
    drawing = StaffDrawing(weights, [plan] * n_streams, seeds=range(100 * seed, 100 * seed + n_streams), asked=asked)
    drawing.advance(plan.end)
    return 16 * N_BARS * n_streams / (time.process_time() - started)


def _products(seconds: float = 1.0) -> float:
    """Products (1, 640) by (640, 2560) a CPU-second."""
    rng = np.random.default_rng(0)
    state, gates = rng.random((1, 640), np.float32), rng.random((640, 2560), np.float32)
    started, n = time.process_time(), 0
    while time.process_time() - started < seconds:
        state @ gates
        n += 1
    return n / (time.process_time() - started)


if __name__ == "__main__":
    main()
