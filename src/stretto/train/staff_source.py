"""Training pieces for the staves network: windows of pieces, moved, told more or less, with holes and recalls."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from stretto.corpus.staves import StaffPiece
from stretto.frames.canvas import Hole
from stretto.frames.echo import Echo
from stretto.frames.plan import Plan
from stretto.frames.staff_canvas import StaffCanvas, staff_canvas
from stretto.frames.staff_example import StaffExample, staff_example
from stretto.frames.staves import StaffMusic
from stretto.train.recalls import recalls
from stretto.train.staff_recipe import StavesRecipe

AT_EDGE = 0.3
"""Share of the windows that are a piece's first or last: openings and endings teach what the middle cannot."""

SMOOTHED = 0.7
"""A piece is drawn by the number of its notes to this power."""

N_VALID = 60
"""Windows that are looked at while training."""


class StaffSource:
    """Draws of training examples, and validation windows as they are."""

    def __init__(self, train: Sequence[StaffPiece], valid: Sequence[StaffPiece], recipe: StavesRecipe) -> None:
        """Weigh the training pieces."""
        self.recipe, self.train = recipe, list(train)
        self.chances = _chances(self.train, recipe)
        self._recalls: dict[str, list[Echo]] = {}
        rng = np.random.default_rng(0)
        self.valid = [self._whole(piece, rng) for piece in _spread(valid, N_VALID)]
        self.valid_given = [self._given_below(piece, rng) for piece in _spread(valid, N_VALID // 2)]

    def draw(self, n: int, rng: np.random.Generator) -> list[StaffExample]:
        """`n` pieces, all with the same task."""
        kinds = list(self.recipe.tasks)
        task = str(rng.choice(kinds, p=list(self.recipe.tasks.values())))
        n_staves = len(self.recipe.network.staves)
        given = rng.permutation(n_staves)[: int(rng.integers(1, max(2, n_staves)))]
        chosen = rng.choice(len(self.train), size=n, p=self.chances)
        return [self._one(self.train[i], task, given.tolist(), rng) for i in chosen]

    def _one(self, piece: StaffPiece, task: str, given: Sequence[int], rng: np.random.Generator) -> StaffExample:
        music, plan = moved(piece.music, piece.plan, _shift(piece.music, self.recipe, rng))
        start, end = window(music, plan, self.recipe.max_moments, rng)
        cut = replace(music, notes=music.notes[music.notes["onset"] < end], end=end)
        canvas = _canvas(task, cut, plan, start, given, rng)
        echoes = self._told_recalls(piece, rng) if rng.random() < self.recipe.echoing else []
        return staff_example(
            cut, self._told(plan, rng), self.recipe.network.composers, start=start, canvas=canvas, echoes=echoes
        )

    def _told(self, plan: Plan, rng: np.random.Generator) -> Plan:
        hidden = [name for name, share in self.recipe.unknown.items() if rng.random() < share]
        plan = plan.without(*hidden)
        return replace(plan, composer="") if rng.random() < self.recipe.no_composer else plan

    def _told_recalls(self, piece: StaffPiece, rng: np.random.Generator) -> list[Echo]:
        """Some of the passages that recall earlier ones. They move with the piece, so shifts need not be known."""
        if piece.name not in self._recalls:
            self._recalls[piece.name] = recalls(piece.music, piece.plan)
        return [echo for echo in self._recalls[piece.name] if rng.random() < 0.7]

    def _whole(self, piece: StaffPiece, rng: np.random.Generator) -> StaffExample:
        start, end = window(piece.music, piece.plan, 2 * self.recipe.max_moments, rng)
        cut = replace(piece.music, notes=piece.music.notes[piece.music.notes["onset"] < end], end=end)
        return staff_example(cut, piece.plan, self.recipe.network.composers, start=start)

    def _given_below(self, piece: StaffPiece, rng: np.random.Generator) -> StaffExample:
        """The highest staff is given, the others are open."""
        start, end = window(piece.music, piece.plan, 2 * self.recipe.max_moments, rng)
        cut = replace(piece.music, notes=piece.music.notes[piece.music.notes["onset"] < end], end=end)
        canvas = staff_canvas(cut, [Hole(part=s, start=start, end=end) for s in range(1, cut.n_staves)])
        return staff_example(cut, piece.plan, self.recipe.network.composers, start=start, canvas=canvas)


def moved(music: StaffMusic, plan: Plan, up: int) -> tuple[StaffMusic, Plan]:
    """Notes and key moved by `up` semitones."""
    return music.moved(up), replace(plan, tonic=(plan.tonic + up) % 12 if plan.tonic >= 0 else -1)


def window(music: StaffMusic, plan: Plan, n_moments: int, rng: np.random.Generator) -> tuple[int, int]:
    """Ticks from where to where a random stretch of so many moments reaches, from a barline if there are any."""
    onsets = np.unique(music.notes["onset"])
    if len(onsets) <= n_moments:
        return 0, music.end
    first, last = 0, int(onsets[-n_moments])
    starts = np.array(plan.bar_starts) if plan.bar_starts is not None else onsets
    if (kind := rng.random()) < AT_EDGE:
        first, last = (0, 0) if kind < AT_EDGE / 2 else (last, last)
    starts = starts[(starts >= first) & (starts <= last)]
    start = int(rng.choice(starts)) if len(starts) else first
    at = int(np.searchsorted(onsets, start))
    end = int(onsets[at + n_moments]) if at + n_moments < len(onsets) else music.end
    return start, end


def _canvas(
    task: str, music: StaffMusic, plan: Plan, start: int, given: Sequence[int], rng: np.random.Generator
) -> StaffCanvas | None:
    """What is given of a stretch that begins at `start`."""
    if task == "compose":
        return None
    others = [s for s in range(music.n_staves) if s not in given]
    if task == "staves":
        return staff_canvas(music, [Hole(part=s, start=start, end=music.end) for s in others])
    bars = [t for t in plan.bar_starts or range(start, music.end, 96) if start <= t < music.end]
    n_open = int(rng.integers(1, max(2, min(13, len(bars) - 1))))
    first = int(rng.integers(0, max(1, len(bars) - n_open + 1)))
    after = bars[first + n_open] if first + n_open < len(bars) else music.end
    staves = range(music.n_staves) if task == "gap" else others
    return staff_canvas(music, [Hole(part=s, start=bars[first] if bars else start, end=after) for s in staves])


def _shift(music: StaffMusic, recipe: StavesRecipe, rng: np.random.Generator) -> int:
    """A move that keeps every note where its player has it."""
    low, high = -recipe.shift, recipe.shift
    for staff, (lowest, highest) in enumerate(recipe.network.ranges):
        pitch = music.of_staff(staff)["pitch"]
        if len(pitch):
            low, high = max(low, lowest - int(pitch.min())), min(high, highest - int(pitch.max()))
    return int(rng.integers(min(low, 0), max(high, 0) + 1))


def _chances(pieces: Sequence[StaffPiece], recipe: StavesRecipe) -> np.ndarray:
    """How likely each piece is drawn: by its size, its folder, and its period's share."""
    weight = np.array([len(p.music.notes) ** SMOOTHED * _of_source(p, recipe.source_weights) for p in pieces])
    for period, share in recipe.period_shares.items():
        own = np.array([p.period == period for p in pieces])
        if own.any():
            weight[own] *= share / weight[own].sum()
    if recipe.period_shares:
        weight[np.array([p.period not in recipe.period_shares for p in pieces])] = 0.0
    chances: np.ndarray = weight / weight.sum()
    return chances


def _of_source(piece: StaffPiece, weights: Mapping[str, float]) -> float:
    return next((weight for folder, weight in weights.items() if folder in piece.name), 1.0)


def _spread(pieces: Sequence[StaffPiece], n: int) -> list[StaffPiece]:
    """At most `n` pieces, evenly out of all."""
    step = max(1, math.ceil(len(pieces) / n))
    return list(pieces[::step])
