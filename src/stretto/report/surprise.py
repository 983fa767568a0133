"""Where the shipped network is surprised by a piece: nats of every note, bar by bar."""

# Shapes: T frames, V voices, N notes, B bars.

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.engine.flagship import FIRST_PITCH, GO_ON, TAKE_REST
from stretto.engine.likelihood import Likelihood, likelihood
from stretto.engine.weights import FlagshipWeights
from stretto.errors import RequestError, ScoreError
from stretto.frames.example import Example, example_of
from stretto.frames.parts import ONSET, REST, PartFrames
from stretto.frames.plan import STYLES, Plan
from stretto.score.model import TICKS_PER_QUARTER, Score
from stretto.verbs.document import N_VOICES
from stretto.verbs.hearing import document_for
from stretto.verbs.voicing import VOICES
from stretto.verbs.weights import shipped_weights

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


HELD, RESTS, NO_NOTE = -1, -2, -3
"""Instead of a pitch: the note before goes on, or nothing sounds; or nothing more is struck in that hand, or by that
player."""

N_INSTEAD = 3
"""Choices that are told of each note, the written one not among them."""

Choice = tuple[int, float]
"""MIDI pitch, HELD, RESTS or NO_NOTE, and its probability."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Surprise:
    """What the network that composes gave to one piece of four voices, or to the staves of its players."""

    nats_per_note: float
    """Lengths of frames, held notes and rests included, divided by the notes that begin."""
    onset_N: Ints
    """Tick of each note that begins."""
    end_N: Ints
    pitch_N: Ints
    """MIDI."""
    voice_N: Ints
    """0 = soprano; of other players the first staff."""
    nats_N: Floats
    """-ln p of each note's beginning on its pitch, given all before and the voices decided before it."""
    nats_per_quarter_B: Floats
    """All nats of a bar, by its length in quarters."""
    rhythm_B: Floats
    """Share of the nats of a bar that are not of notes that begin: of when voices move, hold and rest."""
    instead_N: tuple[tuple[Choice, ...], ...]
    """What else each note might have been, the likeliest first; empty where it was not asked for."""
    by_style: dict[str, float]
    """Nats a note where the network is told the style."""
    voices: tuple[str, ...] = VOICES
    """What `voice_N` counts."""

    @property
    def style(self) -> str:
        """The style under which it is likeliest."""
        return min(self.by_style, key=lambda name: self.by_style[name]) if self.by_style else ""


def surprise_of(
    score: Score, *, styles: bool = False, instead: bool = False, weights: FlagshipWeights | None = None
) -> Surprise:
    """How likely the network finds a piece.

    Formula: minus the sum of the log-probabilities of everything that each voice does in each frame and of each
    frame's length, over the number of notes that begin.
    Unit: nats a note.
    Convention: the network is told key, metre, bars, phrase ends (fermatas, or where the top voice is heard to
    breathe) and the end, as when it composes, and of no style: it is a conditioned likelihood, for comparison
    with real pieces measured the same way only.

    Args:
        score: understood, so that it has a key and a metre.
        styles: also under each style that the network knows.
        instead: also what it expected in the place of each note.
        weights: None = those of the network that composes.

    Raises:
        RequestError: not four voices, or a range that the network does not know.
    """
    weights = weights or shipped_weights()
    document = document_for(score)
    if document.new:
        missing = ", ".join(VOICES[v] for v in document.new)
        n = N_VOICES - len(document.new)
        raise RequestError(
            f"only {n} of the four voices that the network foresees {'is' if n == 1 else 'are'} there: no {missing}"
        )
    frames, up = _in_range(document.frames, weights)
    plan = document.plan("")
    plan = replace(plan, tonic=(plan.tonic + up) % 12)
    try:
        piece = example_of(frames, plan, weights.durations)
    except ScoreError as cause:
        raise RequestError(f"its rhythm is none that the network can say ({cause})") from cause
    others = _Others(piece, weights.lowest) if instead else None
    found = likelihood(weights, piece, heard=others)
    by_style = {style: _under(weights, frames, plan, style) for style in STYLES} if styles else {}
    return _told(document.score, found, piece, weights, up=up, others=others, by_style=by_style)


def _in_range(frames: PartFrames, weights: FlagshipWeights) -> tuple[PartFrames, int]:
    """The frames moved by as little as brings them into the network's range, and by how many semitones up."""
    sounding = frames.pitch_TV[frames.pitch_TV != REST]
    lowest, highest = weights.lowest, weights.lowest + weights.n_pitches - 1
    if not len(sounding):
        raise RequestError("nothing but rests")
    if sounding.max() - sounding.min() > highest - lowest:
        raise RequestError(
            f"a range of {sounding.max() - sounding.min()} semitones, over the 47 of the choirs that it knows"
        )
    up = max(0, lowest - int(sounding.min())) - max(0, int(sounding.max()) - highest)
    moved = np.where(frames.pitch_TV == REST, REST, frames.pitch_TV + up).astype(np.int16)
    return replace(frames, pitch_TV=moved), up


def _under(weights: FlagshipWeights, frames: PartFrames, plan: Plan, style: str) -> float:
    return likelihood(weights, example_of(frames, replace(plan, style=style), weights.durations)).nll_per_note


def _told(
    score: Score,
    found: Likelihood,
    piece: Example,
    weights: FlagshipWeights,
    *,
    up: int,
    others: _Others | None,
    by_style: dict[str, float],
) -> Surprise:
    length_T = np.array(weights.durations, np.int64)[piece.length_T]
    tick_T = np.cumsum(length_T) - length_T
    frame_N, voice_N = np.nonzero((piece.state_TV == ONSET) & (piece.pitch_TV >= 0))
    nats_N = -found.part_TV[frame_N, voice_N].astype(np.float64)
    per_quarter_B = nats_by_bar(score, tick_T, -(found.part_TV.sum(axis=1) + found.length_T))
    of_notes_B = nats_by_bar(score, tick_T[frame_N], nats_N)
    places = zip(frame_N.tolist(), voice_N.tolist(), strict=True)
    return Surprise(
        nats_per_note=found.nll_per_note,
        onset_N=tick_T[frame_N],
        end_N=_ends(piece, tick_T + length_T)[frame_N, voice_N],
        pitch_N=piece.pitch_TV[frame_N, voice_N].astype(np.int64) - up,
        voice_N=voice_N.astype(np.int64),
        nats_N=nats_N,
        nats_per_quarter_B=per_quarter_B,
        rhythm_B=1 - of_notes_B / np.maximum(per_quarter_B, 1e-9),
        instead_N=tuple(others.of(place, up) if others is not None else () for place in places),
        by_style=by_style,
    )


class _Others:
    """Hears what the network expected in the place of every note that begins."""

    def __init__(self, piece: Example, lowest: int) -> None:
        self._piece, self._lowest = piece, lowest
        self._found: dict[tuple[int, int], tuple[Choice, ...]] = {}

    def __call__(self, t: int, v: int, log_O: NDArray[np.floating[Any]]) -> None:
        """As `engine.likelihood.Heard`."""
        pitch = int(self._piece.pitch_TV[t, v])
        if self._piece.state_TV[t, v] != ONSET or pitch < 0:
            return
        written = FIRST_PITCH + pitch - self._lowest
        order = [option for option in np.argsort(-log_O)[: N_INSTEAD + 1].tolist() if option != written]
        self._found[t, v] = tuple((self._said(option), float(np.exp(log_O[option]))) for option in order[:N_INSTEAD])

    def _said(self, option: int) -> int:
        return {GO_ON: HELD, TAKE_REST: RESTS}.get(option, option - FIRST_PITCH + self._lowest)

    def of(self, place: tuple[int, int], up: int) -> tuple[Choice, ...]:
        """Of a frame and a voice, as it stands in the piece before it was moved."""
        return tuple((said - up if said >= 0 else said, p) for said, p in self._found.get(place, ()))


def _ends(piece: Example, end_T: Ints) -> Ints:
    """Tick at which what each voice does in each frame ends, (T, V)."""
    out = np.empty(piece.pitch_TV.shape, np.int64)
    out[-1] = end_T[-1]
    for t in range(len(piece) - 2, -1, -1):
        goes_on = (piece.state_TV[t + 1] != ONSET) & (piece.pitch_TV[t + 1] == piece.pitch_TV[t])
        out[t] = np.where(goes_on, out[t + 1], end_T[t])
    return out


def nats_by_bar(score: Score, tick_T: Ints, nats_T: NDArray[np.floating[Any]]) -> Floats:
    """All nats of each bar, by its length in quarters, (B,)."""
    starts = np.array([bar.tick for bar in score.bars], np.int64)
    bar_T = np.maximum(np.searchsorted(starts, tick_T, side="right") - 1, 0)
    nats_B = np.bincount(bar_T, weights=nats_T, minlength=len(starts))
    lengths_B = np.array([score.bar_end(i) - bar.tick for i, bar in enumerate(score.bars)])
    per_quarter_B: Floats = nats_B * TICKS_PER_QUARTER / np.maximum(lengths_B, 1)
    return per_quarter_B
