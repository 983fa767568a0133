"""Excerpts of held-out keyboard pieces and movements of quartets, of the lengths that people bring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stretto.corpus.staves import StaffPiece
from stretto.evaluate.staff_stretch import MOST_BARS, score_of
from stretto.evaluate.staff_work import StaffWork
from stretto.score.model import Score
from stretto.verbs.staves.ensemble import ENSEMBLES

LEAST_BARS = 8
SONGS = "openscore-lieder/"
"""Accompaniments: what the hands play, but not the melody, which is sung."""

MOST_OF_COMPOSER = 16
"""Pieces: a third of the keyboard music that is held out is by Bach."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Excerpt:
    """One piece, or a part of it."""

    piece: StaffPiece
    score: Score
    bars: str
    """"whole", or which."""

    def __str__(self) -> str:
        """As it is listed beside the figures."""
        return f"{self.piece.name}: {self.bars}"


def excerpts(repertoire: str, pieces: Sequence[StaffPiece], seed: int = 0) -> list[Excerpt]:
    """One of each piece that has a key, a metre and LEAST_BARS bars: the whole where it has no more than MOST_BARS,
    else a number of bars, drawn on a logarithmic scale, from its start or up to its end in turn.

    Args:
        repertoire: "keyboard" or "quartet"; accompaniments of songs are none of the keyboard's.
        pieces: held-out ones.
        seed: of what is drawn.
    """
    rng = np.random.default_rng(seed)
    names = ENSEMBLES[repertoire].staves
    left: dict[str, int] = {}
    found: list[Excerpt] = []
    for i in rng.permutation(len(pieces)).tolist():
        piece = pieces[i]
        work = StaffWork(name=piece.name, work=piece.work, music=piece.music, plan=piece.plan, tempo=piece.tempo)
        usable = piece.plan.bar_starts and piece.plan.tonic >= 0 and work.n_bars >= LEAST_BARS
        if not usable or piece.name.startswith(SONGS):
            continue
        if left.setdefault(piece.composer, MOST_OF_COMPOSER) <= 0 and piece.composer:
            continue
        left[piece.composer] -= 1
        part, bars = _part(
            work, round(LEAST_BARS * (MOST_BARS / LEAST_BARS) ** rng.random()), last=bool(rng.integers(2))
        )
        if len(part.music.notes):
            score = score_of(part, names=names).evolve(info={"composer": piece.composer, "title": piece.title})
            found.append(Excerpt(piece=piece, score=score, bars=bars))
    return sorted(found, key=str)


def _part(work: StaffWork, n_bars: int, *, last: bool) -> tuple[StaffWork, str]:
    if work.n_bars <= MOST_BARS:
        return work, f"whole, {work.n_bars} bars"
    if last:
        return work.closing(n_bars), f"the last {n_bars} bars"
    return work.opening(n_bars), f"the first {n_bars} bars"
