"""Training pieces for the choir: styles mixed, transposed, cut to windows, told more or less."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from stretto.corpus.piece import Piece
from stretto.frames.example import Example, example_of
from stretto.frames.parts import REST, PartFrames
from stretto.frames.plan import Plan
from stretto.theory.voice_leading import CHOIR_RANGES
from stretto.train.mistakes import with_mistakes
from stretto.train.recipe import Recipe

OFTENER = 3.0
"""At most so many times as often is a piece in a rare metre drawn."""

HIDEABLE = ("style", "key", "meter", "end", "phrase", "goal")


class Choir:
    """Draws of training examples, and the validation pieces as they are."""

    def __init__(self, train: Sequence[Piece], valid: Sequence[Piece], recipe: Recipe) -> None:
        """Group the training pieces by style."""
        self.recipe = recipe
        self.valid = [as_example(piece, recipe.network.durations) for piece in valid]
        groups: dict[str, list[Piece]] = {}
        for piece in train:
            groups.setdefault(piece.plan.style, []).append(piece)
        self.groups = {style: groups[style] for style in _shares(recipe.style_shares, groups)}
        self.shares = _shares(recipe.style_shares, groups)
        self.chances = {style: _chances(group) for style, group in self.groups.items()}

    def draw(self, n: int, rng: np.random.Generator) -> list[Example]:
        """`n` pieces: each style by its share, and within it rare metres oftener than they come."""
        styles = rng.choice(list(self.shares), size=n, p=list(self.shares.values()))
        return [self._example(style, rng) for style in styles]

    def _example(self, style: str, rng: np.random.Generator) -> Example:
        return self._one(self._piece(style, rng), rng)

    def _piece(self, style: str, rng: np.random.Generator) -> Piece:
        group = self.groups[style]
        return group[int(rng.choice(len(group), p=self.chances[style]))]

    def _hidden(self, rng: np.random.Generator) -> list[str]:
        """What is not told of the next piece."""
        return [name for name in HIDEABLE if rng.random() < self.recipe.unknown]

    def _told(self, piece: Piece, rng: np.random.Generator) -> tuple[Plan, PartFrames]:
        """What is told of a piece, some of it hidden, and its frames, both moved to some key."""
        plan, frames = piece.plan.without(*self._hidden(rng)), piece.frames
        if self.recipe.transpose:
            frames, plan = transposed(frames, plan, _shift(frames, rng))
        return plan, frames

    def _one(self, piece: Piece, rng: np.random.Generator) -> Example:
        plan, frames = self._told(piece, rng)
        example = example_of(frames, plan, self.recipe.network.durations)
        return with_mistakes(window(example, self.recipe.max_frames, rng), self.recipe.mistakes, rng)


def as_example(piece: Piece, durations: tuple[int, ...]) -> Example:
    """The piece whole, with all that is known of it."""
    return example_of(piece.frames, piece.plan, durations)


def transposed(frames: PartFrames, plan: Plan, up: int) -> tuple[PartFrames, Plan]:
    """Notes and key moved by `up` semitones."""
    pitch = np.where(frames.pitch_TV == REST, REST, frames.pitch_TV + up).astype(np.int16)
    tonic = (plan.tonic + up) % 12 if plan.tonic >= 0 else -1
    return replace(frames, pitch_TV=pitch), replace(plan, tonic=tonic)


def window(piece: Example, n_frames: int, rng: np.random.Generator) -> Example:
    """A random run of frames; the whole piece if it is short. Its first frame may hold everything."""
    if len(piece) <= n_frames:
        return piece
    start = int(rng.integers(0, len(piece) - n_frames + 1))
    # Openings and endings teach what windows from the middle cannot, so they come up oftener.
    if rng.random() < 0.3:
        start = 0 if rng.random() < 0.5 else len(piece) - n_frames
    own = slice(start, start + n_frames)
    state = piece.state_TV[own].copy()
    state[0] = np.where(piece.pitch_TV[start] >= 0, 1, 0)  # nothing is before the window, so its notes begin
    return replace(
        piece,
        pitch_TV=piece.pitch_TV[own],
        state_TV=state,
        length_T=piece.length_T[own],
        cut_T=piece.cut_T[own],
        free_T=piece.free_T[own],
        fields_TF=piece.fields_TF[own],
    )


def _shift(frames: PartFrames, rng: np.random.Generator) -> int:
    """A transposition that keeps every voice in its range, or as near to it as any.

    Within half an octave, if that will do; music written for low choirs may go further.
    """
    far = np.arange(-12, 13)
    outside = np.zeros(len(far), int)
    for voice, (low, high) in zip(frames.pitch_TV.T, CHOIR_RANGES, strict=True):
        moved = voice[voice != REST][:, None] + far
        outside += ((moved < low) | (moved > high)).sum(axis=0)
    near = np.abs(far) <= 6
    chosen = near if outside[near].min() == outside.min() else np.ones_like(near)
    return int(rng.choice(far[chosen & (outside == outside[chosen].min())]))


def _chances(group: Sequence[Piece]) -> NDArray[np.float64]:
    """How likely each piece of a style is drawn: pieces in a rare metre up to three times as often."""
    meters = [piece.plan.bar_meters[0] if piece.plan.bar_meters else "" for piece in group]
    counts = Counter(meters)
    most = max(counts.values())
    weight = np.array([min(OFTENER, math.sqrt(most / counts[m])) if m else 1.0 for m in meters])
    chances: NDArray[np.float64] = weight / weight.sum()
    return chances


def _shares(wished: Mapping[str, float], groups: Mapping[str, Sequence[Piece]]) -> dict[str, float]:
    found = {style: share for style, share in wished.items() if groups.get(style)}
    total = sum(found.values())
    return {style: share / total for style, share in found.items()}
