"""The dynamics network on held-out works: likelihood beside tables, levels planned and real, habits.

    python scripts/dynamics.py CACHE [WEIGHTS]

CACHE is a folder with keyboard.npz and quartet.npz, as `stretto.corpus` writes them; the weights are those that ship.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from stretto.corpus.staves import StaffPiece, load_staff_pieces, split_staves
from stretto.engine.dynamics import DynamicsEngine, DynamicsWeights, dynamics_nats, load_dynamics, shipped_dynamics
from stretto.evaluate.dynamics import Habits, Tables, habits, likeness
from stretto.frames.dynamics import Dynamics, beats_of, dynamics_of, levels_of
from stretto.train.dynamics import MarkedPiece, marked_pieces
from stretto.verbs.staves.dynamics import plan_dynamics

DRAWS = 2
"""Plans of each piece; their mean level is compared as well as each by itself."""

MOST = 12
"""Held-out pieces of each repertoire for which plans are drawn."""

WAYS = ("always the same chances", "by what is in force", "the network")
"""To foretell what is written."""


def main() -> None:
    """Print the tables."""
    cache = Path(sys.argv[1])
    weights = load_dynamics(Path(sys.argv[2])) if len(sys.argv) > 2 else shipped_dynamics()
    training, tests = list[StaffPiece](), dict[str, list[StaffPiece]]()
    for name in ("keyboard", "quartet"):
        train, _, tests[name] = split_staves(load_staff_pieces(cache / f"{name}.npz"))
        training += train
    tables = tables_of(training)
    for name, test in tests.items():
        for period, held in by_period(test, weights.composers):
            _report(f"{name}, {period}", held, tables, weights)


def tables_of(training: Sequence[StaffPiece]) -> list[Tables]:
    """What the network stands beside: the same chances always, and by what is in force, of every other piece."""
    marked = [dynamics_of(p.dynamics, p.hairpins, beats_of(p.plan, p.music.end)) for p in training[::2]]
    return [Tables.count([d for d in marked if d.mark_T.any()], order=order) for order in (0, 1)]


def by_period(pieces: Sequence[StaffPiece], composers: Sequence[str]) -> Iterator[tuple[str, list[MarkedPiece]]]:
    """Marked pieces of each period that has some."""
    held = marked_pieces(pieces, composers)
    for period in ("baroque", "classical", "romantic", "modern"):
        if own := [marked for marked in held if marked.piece.period == period]:
            yield period, own


def nats_a_bar(
    held: Sequence[MarkedPiece], tables: Sequence[Tables], weights: DynamicsWeights
) -> dict[str, tuple[float, float]]:
    """Of marks and of hairpins, by each of the WAYS."""
    n_bars = sum(marked.n_bars for marked in held)
    sums = [np.sum([table.nats(m.dynamics) for m in held], axis=0) for table in tables]
    sums.append(np.sum([dynamics_nats(_engine(m, weights), m.dynamics).sum(0) for m in held], axis=0))
    return {way: (of_mark / n_bars, of_wedge / n_bars) for way, (of_mark, of_wedge) in zip(WAYS, sums, strict=True)}


def _report(name: str, held: Sequence[MarkedPiece], tables: Sequence[Tables], weights: DynamicsWeights) -> None:
    n_bars = sum(marked.n_bars for marked in held)
    print(f"\n{name}: {len(held)} held-out pieces, {n_bars} bars")
    for way, (of_mark, of_wedge) in nats_a_bar(held, tables, weights).items():
        print(f"  {way:24} {of_mark + of_wedge:.3f} nats a bar: marks {of_mark:.3f}, hairpins {of_wedge:.3f}")
    some = list(held[:: max(1, len(held) // MOST)])
    drawn = [[_drawn(marked, weights, seed) for marked in some] for seed in range(DRAWS)]
    real = [levels_of(marked.dynamics) for marked in some]
    single = [likeness([levels_of(d) for d in row], real) for row in drawn]
    mean = likeness([np.mean([levels_of(row[i]) for row in drawn], axis=0) for i in range(len(some))], real)
    fields = ("correlation", "within", "error", "error_of_mf")
    told = {field: float(np.mean([getattr(one, field) for one in single])) for field in fields}
    print("  one plan:         " + ", ".join(f"{field} {value:.2f}" for field, value in told.items()))
    print(f"  mean of {DRAWS} plans:  " + ", ".join(f"{field} {getattr(mean, field):.2f}" for field in fields))
    some_bars = sum(marked.n_bars for marked in some)
    _habits("real", habits([marked.dynamics for marked in some], some_bars))
    _habits("planned", habits([d for row in drawn for d in row], DRAWS * some_bars))


def _habits(what: str, found: Habits) -> None:
    shares = " ".join(f"{level} {share:.0%}" for level, share in found.level_shares.items())
    opening = " ".join(f"{level} {share:.0%}" for level, share in found.opening_shares.items() if share >= 0.005)
    print(f"  {what:8} marks a bar {found.marks_per_bar:.2f}, hairpins a bar {found.hairpins_per_bar:.2f} of "
          f"{found.hairpin_beats:.1f} beats; beats {shares}; opening {opening}")  # fmt: skip


def _engine(marked: MarkedPiece, weights: DynamicsWeights) -> DynamicsEngine:
    return DynamicsEngine(weights, marked.example.features_TF, composer=marked.piece.composer)


def _drawn(marked: MarkedPiece, weights: DynamicsWeights, seed: int) -> Dynamics:
    piece = marked.piece
    return plan_dynamics(piece.music, piece.plan, seed=seed, tempo_qpm=piece.tempo, weights=weights)


if __name__ == "__main__":
    main()
