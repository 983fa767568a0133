"""Fit the classifiers that judge keyboard pieces and quartets: their metre, and the period of each repertoire.

    python scripts/fit_staff_classifiers.py --cache build/corpus

Learns from training works alone (for metres, the rarer a period the more a work of it weighs: sixteenths mean 4/4 in
baroque music and 2/4 in romantic, of which there is most), chooses how hard to pull weights to zero on the validation
works, prints how the test works are named, and writes src/stretto/evaluate/data/staff_meter.json, staff_meter_ear.json,
period_keyboard.json, period_keyboard_ear.json and period_quartet.json. Where there are two, each learns from one half
of the works: by the first, pieces are measured; by the ear, which hears stretches from four bars on, versions are
chosen while they are made.
"""

from __future__ import annotations

import argparse
import os
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from staff_pieces import split_works
from stretto.evaluate.period_classifier import FEATURES as PERIOD_FEATURES
from stretto.evaluate.period_classifier import LONGEST, PERIODS, WITH_EAR, Floats, period_features
from stretto.evaluate.softmax import Softmax, fit_softmax
from stretto.evaluate.staff_meter import EAR_FILE, FILE, METERS, staff_meter_features
from stretto.evaluate.staff_meter import FEATURES as METER_FEATURES
from stretto.evaluate.staff_work import STAVES, StaffWork

TARGET = Path(__file__).parent.parent / "src/stretto/evaluate/data"
RIDGES = (0.001, 0.003, 0.01, 0.03)
SHORT = 24
"""Bars of the openings that are learned from beside whole pieces: what is composed is short."""

STRETCHES = (4, 8, 16)
"""Bars of what is heard while a piece is being made."""

EVEN = 0.8
"""How far metres are learned as if every period had as many works."""
BALANCE = 0.3
"""How far they are learned as if every metre had; of periods, wholly."""

Side = list[tuple[StaffWork, str]]
Rows = list[tuple[Floats, str]]


def main() -> None:
    """Fit, say how it does, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", type=Path, default=os.environ.get("STRETTO_DATA"), help="the corpora")
    parser.add_argument("--cache", type=Path, default=Path("build/corpus"), help="where parsed scores are kept")
    asked = parser.parse_args()
    sides = {repertoire: split_works(repertoire, asked.data, asked.cache) for repertoire in STAVES}
    both = [[work for own in sides.values() for work in own[i]] for i in range(3)]
    meters = [[(work, work.meter) for work in side if work.meter in METERS] for side in both]
    for half, path in enumerate((FILE, EAR_FILE)):
        own = [[(w, meter) for w, meter in meters[0] if _half(w) == half], *meters[1:]]
        cut = _stretches if path == EAR_FILE else _openings
        _fit(path, own, METER_FEATURES, lambda work: staff_meter_features(work.notes), TARGET / path, cut=cut)
    for repertoire, own in sides.items():
        periods = [[(work, work.plan.period) for work in side if work.plan.period in PERIODS] for side in own]
        _fit_periods(repertoire, periods)


def _fit_periods(repertoire: str, sides: Sequence[Side]) -> None:
    """As for metres, where there are enough works for two halves."""
    judge, ear = (TARGET / f"period_{repertoire}{ear}.json" for ear in ("", "_ear"))
    if repertoire not in WITH_EAR:
        _fit(judge.name, sides, PERIOD_FEATURES, period_features, judge)
        return
    for half, path in enumerate((judge, ear)):
        own = [[(work, period) for work, period in sides[0] if _half(work) == half], *sides[1:]]
        cut = _stretches if path == ear else _openings
        _fit(path.name, own, PERIOD_FEATURES, period_features, path, cut=cut)


def _half(work: StaffWork) -> int:
    """0 or 1: movements of one work lie in one half."""
    return zlib.crc32((work.work or work.name).encode()) % 2


def _openings(work: StaffWork) -> list[StaffWork]:
    return [work.opening(SHORT), work.opening(LONGEST)]


def _stretches(work: StaffWork) -> list[StaffWork]:
    """Four, eight and sixteen bars from anywhere, and the opening; the same in every run."""
    rng = np.random.default_rng(zlib.crc32(work.name.encode()))
    edges, found = work.bar_edges_B, [work.opening(SHORT)]
    for n_bars in STRETCHES:
        n_starts = len(edges) - n_bars
        first = int(rng.integers(0, n_starts)) if n_starts > 0 else 0
        found.append(work.between(int(edges[first]), int(edges[min(first + n_bars, len(edges) - 1)])))
    return found


def _fit(
    what: str,
    sides: Sequence[Side],
    features: Sequence[str],
    see: Callable[[StaffWork], Floats],
    path: Path,
    cut: Callable[[StaffWork], list[StaffWork]] = _openings,
) -> None:
    train, valid, test = ([(see(part), c) for w, c in side for part in cut(w)] for side in sides)
    n_works = Counter(work.plan.period for work, _ in sides[0])
    even, balance = (EVEN, BALANCE) if "meter" in path.name else (0.0, 1.0)
    n_cut = len(train) // len(sides[0])
    weight = np.array([n_works[work.plan.period] ** -even for work, _ in sides[0] for _ in range(n_cut)])
    rows, classes = zip(*train, strict=True)
    fits = [
        fit_softmax(np.array(rows), classes, features=features, ridge=ridge, balance=balance, weight_N=weight)
        for ridge in RIDGES
    ]
    best = max(fits, key=lambda fitted: _named(fitted, valid))
    path.write_text(best.to_json(), encoding="utf-8")
    for name, side in (("valid", valid), ("test", test)):
        said = ", ".join(f"{one} {_named(best, side, one):.1%}" for one in best.classes)
        print(f"{what}, {name}, {len(side) // n_cut} works: {_named(best, side):.1%} named; {said}")
    print(f"fitted on {len(sides[0])} works; wrote {path}")


def _named(fitted: Softmax, rows: Rows, one: str = "") -> float:
    """Share that is named, of one class or of all."""
    return float(np.mean([fitted.name(row) == c for row, c in rows if one in ("", c)] or [np.nan]))


if __name__ == "__main__":
    main()
