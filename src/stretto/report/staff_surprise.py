"""Where the keyboard's or the quartet's network is surprised by a piece: nats of every note, bar by bar."""

# Shapes: T moments, N notes, O options, B bars.

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.engine.staff_likelihood import staff_likelihood
from stretto.engine.staves import FIRST_PITCH, NO_MORE
from stretto.frames.plan import Plan
from stretto.frames.staff_example import StaffExample, staff_example
from stretto.frames.staves import StaffMusic
from stretto.report.surprise import N_INSTEAD, NO_NOTE, Choice, Surprise, nats_by_bar
from stretto.score.model import Score
from stretto.verbs.staves.ensemble import Ensemble

NO_TEXTURE = (0.0, 0.0)
"""The network is not told how dense the piece is, or dense bars would surprise it less for being there."""


def staff_surprise_of(
    score: Score, music: StaffMusic, plan: Plan, players: Ensemble, *, instead: bool = False
) -> Surprise:
    """How likely the network of its players finds a piece.

    Formula: minus the sum of the log-probabilities of every note's staff and pitch, of its length and of the time to
    the next moment, over the number of notes.
    Unit: nats a note.

    Args:
        score: its bars.
        music: its notes.
        plan: what the network is told of it.
        players: for whom it is.
        instead: also what it expected in the place of each note.

    Raises:
        RequestError: their network is not installed.
    """
    weights = players.weights()
    piece = staff_example(music, plan, weights.shape.composers)
    heard = _Heard(piece, weights.shape.lowest, instead=instead)
    found = staff_likelihood(weights, piece, heard=heard)
    notes = piece.notes
    timed_T = -(found.duration_T + found.length_T).astype(np.float64)
    per_quarter_B = nats_by_bar(score, found.tick_T.astype(np.int64), timed_T - found.choice_T)
    timed_B = nats_by_bar(score, found.tick_T.astype(np.int64), timed_T)
    onset_N = notes["onset"].astype(np.int64)
    return Surprise(
        nats_per_note=found.nll_per_note,
        onset_N=onset_N,
        end_N=onset_N + notes["duration"].astype(np.int64),
        pitch_N=notes["pitch"].astype(np.int64),
        voice_N=notes["staff"].astype(np.int64),
        nats_N=heard.nats_N,
        nats_per_quarter_B=per_quarter_B,
        rhythm_B=timed_B / np.maximum(per_quarter_B, 1e-9),
        instead_N=tuple(heard.instead),
        by_style={},
        voices=players.staves,
    )


class _Heard:
    """Told of every note what its staff could do there."""

    def __init__(self, piece: StaffExample, lowest: int, *, instead: bool) -> None:
        self._piece, self._lowest, self._asked = piece, lowest, instead
        self.nats_N = np.zeros(len(piece.notes))
        self.instead: list[tuple[Choice, ...]] = [()] * len(piece.notes)

    def __call__(self, note: int, log_O: NDArray[np.floating[Any]]) -> None:
        """As `engine.staff_likelihood.Heard`."""
        written = FIRST_PITCH + int(self._piece.notes["pitch"][note]) - self._lowest
        self.nats_N[note] = -float(log_O[written])
        if self._asked:
            order = [option for option in np.argsort(-log_O)[: N_INSTEAD + 1].tolist() if option != written]
            self.instead[note] = tuple((self._said(o), float(np.exp(log_O[o]))) for o in order[:N_INSTEAD])

    def _said(self, option: int) -> int:
        return NO_NOTE if option == NO_MORE else option - FIRST_PITCH + self._lowest
