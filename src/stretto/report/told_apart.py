"""The two-sample test of a report: the pieces beside real ones, by the music that is at hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from stretto.evaluate.evidence import LONGEST, Work, work_of
from stretto.evaluate.learners import can_learn
from stretto.evaluate.real_chorales import real_chorales
from stretto.evaluate.two_sample import FAIR, FEWEST, Told, tell
from stretto.report.figures import figure
from stretto.report.measured import Measured
from stretto.score.model import TICKS_PER_WHOLE

BESIDE_SHIPPED = 8 * TICKS_PER_WHOLE
"""Ticks of a stretch, about, beside the chorales that ship: they are fifty, and make a hundred such stretches."""

NOT_MADE = "No two-sample test"


def stretch_ticks(n_pieces: int, *, shipped: bool) -> int:
    """How long stretches are that classifiers see, in ticks; 0 = there are too few pieces, or no classifiers."""
    if n_pieces < FEWEST or not can_learn():
        return 0
    return BESIDE_SHIPPED if shipped else LONGEST


def told_apart(
    pieces: Sequence[Measured], real: Sequence[Measured], *, shipped: bool, kind: str = "", seed: int, jobs: int
) -> tuple[tuple[Told, ...], list[str]]:
    """What classifiers make of the pieces, and what is to be said of it.

    Args:
        pieces: with their `work`, where there are enough.
        real: what they are set beside.
        shipped: in place of `real`, the chorales that ship.
        kind: the repertoire of the pieces, if they are not set beside chorales: of others no notes ship.
        seed: of what is drawn.
        jobs: processes.
    """
    if len(pieces) == 1:
        return (), []
    own = _works(pieces)
    if not can_learn():
        return (), [f'{NOT_MADE}: it needs scikit-learn; pip install "stretto[report]"']
    if len(own) < FEWEST:
        return (), [f"{NOT_MADE}: {len(pieces)} pieces are too few to tell, {FEWEST} are needed."]
    if kind:
        return (), [f"{NOT_MADE}: of real music for {kind} figures ship, and no notes; name some with --against."]
    named = {piece.path for piece in pieces} - {""}
    theirs = _shipped() if shipped else _works([piece for piece in real if piece.path not in named])
    found = tell(own, theirs, seed=seed, jobs=jobs)
    if found.why:
        return (), [f"{NOT_MADE}: {found.why}."]
    return found.told, [note for told in found.told if (note := _why_not(told))]


def _works(pieces: Sequence[Measured]) -> list[Work]:
    """Each file a work of its own, whatever it is called."""
    return [
        replace(piece.work, name=piece.path or f"score {i}") for i, piece in enumerate(pieces) if piece.work is not None
    ]


def _shipped() -> list[Work]:
    return [work_of(score, work, longest=BESIDE_SHIPPED) for work, score in real_chorales()]


def _why_not(told: Told) -> str:
    """Why a classifier's word does not count, and what would help."""
    if told.counts:
        return ""
    if not FAIR[0] <= told.real_auc <= FAIR[1]:
        why = f"it tells real pieces from real ones (AUC {figure(told.real_auc)})"
    else:
        why = f"it does not see through a Markov model (AUC {figure(told.markov_auc)})"
    return f"What {told.by} says does not count: {why}. More real pieces would help: name them with --against."
