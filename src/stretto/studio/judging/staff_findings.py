"""How likely the keyboard's or the quartet's network finds each bar of a piece, and which notes least."""

# Shapes: T moments, B bars, O options.

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.engine.staff_likelihood import staff_likelihood
from stretto.engine.staves import FIRST_PITCH, NO_MORE
from stretto.frames.staff_example import staff_example
from stretto.report.surprise import N_INSTEAD
from stretto.score.model import Score
from stretto.studio.judging.why import NO_NOTE, Odd
from stretto.verbs.staves.document import staff_document
from stretto.verbs.staves.ensemble import Ensemble
from stretto.verbs.staves.styles import style_of_document

NO_TEXTURE = (0.0, 0.0)
"""The network is not told how dense the piece is, or dense bars would surprise it less for being there."""


ORDER = {"1": "first", "2": "second"}


@dataclass(frozen=True, eq=False, kw_only=True)
class StaffSurprise:
    """A piece as its network hears it."""

    nats_per_note: float
    nats_B: list[float | None]
    """A note, bar by bar; None = nothing begins in the bar."""
    rhythm_B: list[float]
    """Share of a bar's nats that are of when notes begin and how long they last."""
    notes_B: list[list[Odd]]
    """The notes of each bar."""


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
    lowest, notes = weights.shape.lowest, list[Odd]()

    def heard(note: int, log_O: NDArray[np.floating[Any]]) -> None:
        row = example.notes[note]
        written = FIRST_PITCH + int(row["pitch"]) - lowest
        order = [option for option in np.argsort(-log_O)[: N_INSTEAD + 1].tolist() if option != written]
        instead = [
            (NO_NOTE if option == NO_MORE else option - FIRST_PITCH + lowest, float(np.exp(log_O[option])))
            for option in order
        ]
        who, nats = _player(players.staves[int(row["staff"])]), -float(log_O[written])
        notes.append(
            Odd(who=who, tick=int(row["onset"]), pitch=int(row["pitch"]), nats=nats, instead=instead[:N_INSTEAD])
        )

    found = staff_likelihood(weights, example, heard=heard)
    timed_T = -(found.duration_T + found.length_T)
    nats_T = timed_T - found.choice_T
    starts = [bar.tick for bar in document.score.bars]
    n_bars = len(starts)
    bar_T = np.searchsorted(starts, found.tick_T, side="right") - 1
    sums_B, timed_B = (np.bincount(bar_T, weights=each, minlength=n_bars) for each in (nats_T, timed_T))
    notes_B: list[list[Odd]] = [[] for _ in starts]
    for note in notes:
        notes_B[int(np.searchsorted(starts, note.tick, side="right")) - 1].append(note)
    return StaffSurprise(
        nats_per_note=found.nll_per_note,
        nats_B=[float(sums_B[i]) / len(own) if own else None for i, own in enumerate(notes_B)],
        rhythm_B=(timed_B / np.maximum(sums_B, 1e-9)).tolist(),
        notes_B=notes_B,
    )


def _player(staff: str) -> str:
    """As a sentence has it: "first violin"."""
    name, _, number = staff.partition(" ")
    return f"{ORDER[number]} {name}" if number in ORDER else staff
