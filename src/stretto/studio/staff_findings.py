"""How likely the keyboard's or the quartet's network finds each bar of a piece, and which moment least."""

# Shapes: T moments, B bars.

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.engine.staff_likelihood import staff_likelihood
from stretto.frames.staff_example import staff_example
from stretto.score.model import Score
from stretto.verbs.staves.document import StaffDocument, staff_document
from stretto.verbs.staves.ensemble import Ensemble
from stretto.verbs.staves.styles import style_of_document

NO_TEXTURE = (0.0, 0.0)
"""The network is not told how dense the piece is, or dense bars would surprise it less for being there."""


@dataclass(frozen=True, eq=False, kw_only=True)
class StaffSurprise:
    """A piece as its network hears it."""

    nats_per_note: float
    nats_B: list[float | None]
    """A note, bar by bar; None = nothing begins in the bar."""
    least_B: list[tuple[int, tuple[int, ...]] | None]
    """Tick and pitches of the moment of each bar that was least expected."""


def staff_surprise(score: Score, players: Ensemble) -> StaffSurprise:
    """Nats a note of every bar, all before it known.

    Args:
        score: understood, as `theory.understand` leaves it.
        players: for whom it is.

    Raises:
        RequestError: it does not fit the players, or their network is not installed.
    """
    document = staff_document(score, players)
    style = style_of_document(players, score.info.get("composer", ""))
    weights = players.weights()
    example = staff_example(document.music, document.plan(style, NO_TEXTURE), weights.shape.composers)
    found = staff_likelihood(weights, example)
    nats_T = -(found.choice_T + found.duration_T + found.length_T)
    bar_T = np.searchsorted([bar.tick for bar in document.score.bars], found.tick_T, side="right") - 1
    nats_B: list[float | None] = []
    least_B: list[tuple[int, tuple[int, ...]] | None] = []
    for index in range(len(document.score.bars)):
        own = np.flatnonzero(bar_T == index)
        ticks = found.tick_T[own]
        n_notes = int(np.isin(document.music.notes["onset"], ticks).sum())
        nats_B.append(float(nats_T[own].sum()) / n_notes if n_notes else None)
        least_B.append(_least(document, ticks, nats_T[own]) if n_notes else None)
    return StaffSurprise(nats_per_note=found.nll_per_note, nats_B=nats_B, least_B=least_B)


def _least(
    document: StaffDocument, ticks: NDArray[np.int32], nats: NDArray[np.floating[Any]]
) -> tuple[int, tuple[int, ...]] | None:
    notes = document.music.notes
    for at in np.argsort(-nats, kind="stable").tolist():
        if len(struck := notes["pitch"][notes["onset"] == ticks[at]]):
            return int(ticks[at]), tuple(sorted(struck.tolist()))
    return None
