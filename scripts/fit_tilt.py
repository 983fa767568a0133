"""Find the tilt of `stretto.verbs.tilt`: draw, count, compare with the training music, and correct, round after round.

    python scripts/fit_tilt.py --data FOLDER

Needs the extra `report`. Each round draws pieces with the tilt so far, cuts them and Bach's training chorales
into windows of four bars, fits a logistic regression on the figures in each that tells which is real, and adds its
weights, times a step that shrinks, to the tilt: where it can no longer tell, nothing is added. Repeated notes are
compared with those of the pieces that tell them from held ones. At the end one more regression says what still tells
them apart: the likeness, by which versions of a phrase are chosen. About ten seconds a round on one core. Nothing of
the validation or test splits is looked at.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from stretto.corpus.choirs import JSB16, choir_corpus, jsb16_matrices, jsb16_piece
from stretto.corpus.piece import Piece
from stretto.engine.weights import FlagshipWeights
from stretto.frames.parts import PartFrames
from stretto.frames.plan import Plan
from stretto.score.model import TICKS_PER_QUARTER
from stretto.theory.key import parse_key
from stretto.verbs.asked import Asked
from stretto.verbs.form import make_form, pickup_ticks
from stretto.verbs.request import USUAL_KEYS
from stretto.verbs.rules import Rules
from stretto.verbs.sample import Drawing, Drawn
from stretto.verbs.taste import Taste
from stretto.verbs.tilt import SHAPES, Tilt, count, figures
from stretto.verbs.weights import choir_weights

WINDOW = 16 * TICKS_PER_QUARTER
TAIL = 4 * TICKS_PER_QUARTER
"""Left out at the end of every piece: how long last chords are written differs between editions."""

RARE = 12
"""Windows in which a figure must come to be looked at."""

MOST = 2.5
"""Nats by which one figure may be tilted at most."""

PIECES, N_LIKENESS = 400, 3
"""Drawn in each round; and rounds of them for what tells them apart in the end."""

LIKENESS_STRENGTH = 1e-3
"""Of the last regression."""

TASTE = Taste(temperature=0.9, top_p=0.98)
SIZES = {name: int(np.prod(shape)) for name, shape in SHAPES.items()}
STARTS = dict(zip(SIZES, np.cumsum([0, *SIZES.values()]), strict=False))
N_FIGURES = sum(SIZES.values())


@dataclass(frozen=True, kw_only=True)
class Sung:
    """A piece as figures are counted in it."""

    frames: PartFrames
    tonic: int
    first_beat: int
    articulated: bool
    """Repeated notes are told from held ones."""

    def windows(self) -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
        """Flat indices and counts of the figures in each window."""
        tick_T, pitch_TV = self.frames.tick_T.astype(int), self.frames.pitch_TV.astype(int)
        for start in range(self.first_beat, self.frames.end - TAIL - WINDOW // 2, WINDOW):
            first = max(0, int(np.searchsorted(tick_T, start, side="right")) - 1)
            last = int(np.searchsorted(tick_T, min(start + WINDOW, self.frames.end - TAIL)))
            if last - first > 2:
                found = figures(
                    np.maximum(tick_T[first:last], start), pitch_TV[first:last], self.tonic, self.first_beat
                )
                yield flat(found)

    def repeats(self) -> NDArray[np.float32]:
        """Repeated notes by part and length."""
        frames = self.frames
        found = figures(frames.tick_T.astype(int), frames.pitch_TV.astype(int), 0, 0, frames.state_TV)
        return count({"again": found["again"]})["again"]


def flat(found: dict[str, tuple[Any, ...]]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Figures as indices into all tables laid end to end, each once, and how often each comes."""
    rows = [STARTS[name] + np.ravel_multi_index(index, SHAPES[name]) for name, index in found.items()]
    return np.unique(np.concatenate(rows), return_counts=True)


def matrix(windows: Sequence[tuple[NDArray[Any], NDArray[Any]]]) -> Any:
    """Windows by figures, sparse."""
    row = np.repeat(np.arange(len(windows)), [len(index) for index, _ in windows])
    column = np.concatenate([index for index, _ in windows])
    counts = np.concatenate([counts for _, counts in windows]).astype(float)
    return sp.csr_matrix((counts, (row, column)), shape=(len(windows), N_FIGURES))


def real_pieces(data: Path, cache: Path) -> list[Sung]:
    """Bach's chorales that the networks learned from."""
    matrices = jsb16_matrices(data / JSB16)["train"]
    bare = [_sung(jsb16_piece(_trimmed(rows), i), articulated=False) for i, rows in enumerate(matrices)]
    whole = [p for p in choir_corpus(data, cache).pieces if p.plan.style == "bach" and not p.fused]
    return bare + [_sung(piece, articulated=True) for piece in whole]


def _trimmed(rows: Any) -> NDArray[Any]:
    """Without the rests before and after, in whole quarters."""
    sounding = np.flatnonzero((np.nan_to_num(np.asarray(rows, float), nan=-1) >= 0).any(axis=1))
    return np.asarray(rows)[sounding[0] // 4 * 4 : sounding[-1] + 1]


def _sung(piece: Piece, *, articulated: bool) -> Sung:
    beat = piece.plan.pickup % TICKS_PER_QUARTER
    return Sung(frames=piece.frames, tonic=piece.plan.tonic, first_beat=beat, articulated=articulated)


def plans(n: int, rng: np.random.Generator) -> list[Plan]:
    """What pieces are to be: keys, pickups and lengths as users ask for them, one in ten in 3/4."""
    made = []
    for i in range(n):
        key, meter = parse_key(str(rng.choice(USUAL_KEYS))), "3/4" if i % 10 == 9 else "4/4"
        pickup = pickup_ticks("auto", style="bach", meter=meter, rng=rng)
        n_bars = int(rng.choice([8, 12]))
        form = make_form(style="bach", meter=meter, n_bars=n_bars, pickup=pickup, mode=key.mode, rng=rng)
        made.append(form.plan(style="bach", tonic=key.tonic, mode=key.mode))
    return made


def drawn(weights: FlagshipWeights, wished: Sequence[Plan], tilt: Tilt, seed: list[int]) -> list[Drawn]:
    """One plain drawing of each, by the usual taste and rules."""
    asked = Asked(taste=TASTE, rules=Rules(), guarded=True, tilt=tilt)
    seeds = np.random.default_rng(seed).integers(0, 2**31, len(wished)).tolist()
    drawing = Drawing(weights, wished, seeds=seeds, asked=asked)
    drawing.advance(drawing.ends)
    return drawing.pieces()


def weights_of(real_WF: Any, own_WF: Any, strength: float) -> NDArray[np.float64]:
    """Log-odds of being real for each figure, (F,)."""
    both = sp.vstack([real_WF, own_WF]).tocsc()
    kept = np.flatnonzero(np.diff(both.indptr) >= RARE)
    both = both[:, kept].tocsr()
    mean = np.asarray(both.mean(axis=0)).ravel()
    spread = np.sqrt(np.asarray(both.multiply(both).mean(axis=0)).ravel() - mean**2) + 0.02
    real = np.arange(both.shape[0]) < real_WF.shape[0]
    model = LogisticRegression(C=strength, max_iter=200, class_weight="balanced")
    model.fit(both @ sp.diags(1 / spread), real)
    found = np.zeros(N_FIGURES)
    found[kept] = model.coef_[0] / spread
    return found


def step(tilt: Tilt, nats_F: NDArray[np.float64]) -> None:
    """Add to all tables."""
    for name, table in tilt.tables.items():
        own = nats_F[STARTS[name] : STARTS[name] + SIZES[name]].reshape(SHAPES[name])
        table[...] = np.clip(table + own, -MOST, MOST)


def main() -> int:
    """Fit and write."""
    asked = _arguments()
    real = real_pieces(asked.data, asked.cache)
    real_WF = matrix([w for piece in real for w in piece.windows()])
    told = [piece for piece in real if piece.articulated]
    usual = sum(piece.repeats() for piece in told) / sum(piece.frames.end for piece in told)
    weights, tilt = choir_weights(), Tilt.read(asked.start) if asked.start else Tilt.zero()
    for n in range(asked.rounds):
        own, pieces = sung(weights, tilt, PIECES, [asked.seed, 0, n])
        nats_F = weights_of(real_WF, matrix([w for piece in own for w in piece.windows()]), asked.strength)
        step(tilt, asked.step * (1 - n / asked.rounds) * nats_F)
        found = sum(piece.repeats() for piece in own) / sum(piece.frames.end for piece in own)
        again = tilt.tables["again"]
        again[...] = np.clip(again + 0.5 * np.log((usual * 24000 + 2) / (found * 24000 + 2)), -MOST, MOST)
        tilt.write(asked.out / "tilt.safetensors")
        nats = sum(d.nats for d in pieces) / sum(d.n_notes for d in pieces)
        print(f"round {n + 1}: {nats:.3f} nats a note, weights {np.abs(nats_F).sum():.0f}", flush=True)
    likeness(weights, tilt, real_WF, asked.seed).write(asked.out / "likeness.safetensors")
    return 0


def likeness(weights: FlagshipWeights, tilt: Tilt, real_WF: Any, seed: int) -> Tilt:
    """What still tells the pieces that are drawn with a tilt from real ones, once it is done."""
    own = [piece for n in range(N_LIKENESS) for piece in sung(weights, tilt, PIECES, [seed, 1, n])[0]]
    found = Tilt.zero()
    step(found, weights_of(real_WF, matrix([w for piece in own for w in piece.windows()]), LIKENESS_STRENGTH))
    return found


def sung(weights: FlagshipWeights, tilt: Tilt, n: int, seed: list[int]) -> tuple[list[Sung], list[Drawn]]:
    """Pieces drawn with a tilt."""
    wished = plans(n, np.random.default_rng(seed))
    pieces = drawn(weights, wished, tilt, seed)
    own = [
        Sung(frames=d.frames, tonic=p.tonic, first_beat=p.pickup % TICKS_PER_QUARTER, articulated=True)
        for d, p in zip(pieces, wished, strict=True)
    ]
    return own, pieces


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", type=Path, default=os.environ.get("STRETTO_DATA"), help="the corpora")
    parser.add_argument("--cache", type=Path, default=Path("build/corpus"), help="where parsed scores are kept")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--step", type=float, default=6.0, help="times the weights, what is added in the first round")
    parser.add_argument("--strength", type=float, default=1e-4, help="of the regression: C of scikit-learn")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=Path, help="a tilt to go on from (with --rounds 0: the likeness alone)")
    parser.add_argument("--out", type=Path, default=Path("src/stretto/engine/data"), help="a folder")
    asked = parser.parse_args()
    if asked.data is None:
        parser.error("name the folder of the corpora with --data or the variable STRETTO_DATA")
    return asked


if __name__ == "__main__":
    sys.exit(main())
