"""Fit the classifiers that judge keyboard pieces and quartets: their metre, and the period of each repertoire.

    python scripts/fit_staff_classifiers.py --cache build/corpus

Learns from training works alone (for metres, the rarer a period the more a work of it weighs: sixteenths mean 4/4 in
baroque music and 2/4 in romantic, of which there is most), chooses how hard to pull weights to zero on the validation
works, prints how the test works are named, and writes src/stretto/evaluate/data/staff_meter.json, period_keyboard.json
and period_quartet.json.
"""

from __future__ import annotations

import argparse
import os
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from staff_pieces import split_works
from stretto.evaluate.period_classifier import FEATURES as PERIOD_FEATURES
from stretto.evaluate.period_classifier import LONGEST, PERIODS, Floats, period_features
from stretto.evaluate.softmax import Softmax, fit_softmax
from stretto.evaluate.staff_meter import FEATURES as METER_FEATURES
from stretto.evaluate.staff_meter import FILE, METERS, staff_meter_features
from stretto.evaluate.staff_work import STAVES, StaffWork

TARGET = Path(__file__).parent.parent / "src/stretto/evaluate/data"
RIDGES = (0.001, 0.003, 0.01, 0.03)
SHORT = 24
"""Bars of the openings that are learned from beside whole pieces: what is composed is short."""

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
    _fit("metre", meters, METER_FEATURES, lambda work: staff_meter_features(work.notes), TARGET / FILE)
    for repertoire, own in sides.items():
        periods = [[(work, work.plan.period) for work in side if work.plan.period in PERIODS] for side in own]
        path = TARGET / f"period_{repertoire}.json"
        _fit(f"period, {repertoire}", periods, PERIOD_FEATURES, period_features, path)


def _fit(
    what: str, sides: Sequence[Side], features: Sequence[str], see: Callable[[StaffWork], Floats], path: Path
) -> None:
    train, valid, test = ([(see(w.opening(n)), c) for w, c in side for n in (SHORT, LONGEST)] for side in sides)
    n_works = Counter(work.plan.period for work, _ in sides[0])
    even, balance = (EVEN, BALANCE) if what == "metre" else (0.0, 1.0)
    weight = np.array([n_works[work.plan.period] ** -even for work, _ in sides[0] for _ in range(2)])
    rows, classes = zip(*train, strict=True)
    fits = [
        fit_softmax(np.array(rows), classes, features=features, ridge=ridge, balance=balance, weight_N=weight)
        for ridge in RIDGES
    ]
    best = max(fits, key=lambda fitted: _named(fitted, valid))
    path.write_text(best.to_json(), encoding="utf-8")
    for name, side in (("valid", valid), ("test", test)):
        said = ", ".join(f"{one} {_named(best, side, one):.1%}" for one in best.classes)
        print(f"{what}, {name}, {len(side) // 2} works: {_named(best, side):.1%} named; {said}")
    print(f"fitted on {len(train) // 2} works; wrote {path}")


def _named(fitted: Softmax, rows: Rows, one: str = "") -> float:
    """Share that is named, of one class or of all."""
    return float(np.mean([fitted.name(row) == c for row, c in rows if one in ("", c)] or [np.nan]))


if __name__ == "__main__":
    main()
