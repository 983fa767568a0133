"""Training of the network of all verbs: pieces with holes, and with passages that recall earlier ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from stretto.corpus.piece import Piece
from stretto.frames.canvas import Hole, canvas_of
from stretto.frames.echo import Echo
from stretto.frames.example import Example, example_of
from stretto.frames.parts import ONSET, REST, PartFrames, notes_of_parts
from stretto.networks.flagship import Flagship
from stretto.score.model import TICKS_PER_QUARTER
from stretto.theory.motifs import Line, Recurrence, recurrences
from stretto.train.choir import Choir, as_example
from stretto.train.holes import DEAF, SEVERAL, TASKS, draw_holes, draw_task
from stretto.train.loop import Check
from stretto.train.mistakes import with_mistakes
from stretto.train.parts import PartsTask, measure
from stretto.train.recipe import Recipe

ECHOING = 0.25
"""Share of the pieces that are told which of their passages recall earlier ones."""

ECHOED_NOTES = 6
"""Notes that a passage has at least for it to be told."""

UNKNOWN = {"style": 0.06, "key": 0.1, "meter": 0.06, "end": 0.15, "phrase": 0.2, "goal": 0.5}
"""How often each thing is not told where notes are given: those who give notes do not say where phrases lead."""

SOPRANO = 0


class CanvasChoir(Choir):
    """Draws of training pieces for every verb, and validation pieces for each."""

    tasks: Mapping[str, float] = TASKS
    deaf: float = DEAF
    several: float = SEVERAL

    def __init__(self, train: Sequence[Piece], valid: Sequence[Piece], recipe: Recipe) -> None:
        """Group the training pieces by style, and cut the same holes into every validation piece.

        Those who give notes do not say where phrases lead, so there goals are not told.
        """
        super().__init__(train, valid, recipe)
        self._recurrences: dict[str, list[Recurrence]] = {}
        durations = recipe.network.durations
        told = [replace(piece, plan=piece.plan.without("goal")) for piece in valid]
        self.valid_for = {
            "compose": [as_example(piece, durations) for piece in valid],
            "harmonize": [with_holes(piece, _melody_given(piece.frames), durations) for piece in told],
            "infill": [with_holes(piece, gap, durations) for piece in told for gap in _gaps_in(piece.frames)],
        }

    def draw(self, n: int, rng: np.random.Generator) -> list[Example]:
        """`n` pieces, all with holes for the same task."""
        self._task = draw_task(self.recipe.network.n_parts, rng, self.tasks)
        return super().draw(n, rng)

    def _hidden(self, rng: np.random.Generator) -> list[str]:
        if self._task.name == "compose":
            return super()._hidden(rng)
        return [name for name, share in UNKNOWN.items() if rng.random() < share]

    def _one(self, piece: Piece, rng: np.random.Generator) -> Example:
        plan, frames = self._told(piece, rng)
        echoes = self._echoes(piece, rng) if rng.random() < ECHOING else []
        frames = _window(frames, self.recipe.max_frames, rng)
        holes = draw_holes(self._task, frames, rng, self.several)
        canvas = canvas_of(frames, holes) if holes else None
        example = example_of(frames, plan, self.recipe.network.durations, canvas=canvas, echoes=echoes)
        if example.given is not None and rng.random() < self.deaf:
            example = replace(example, given=replace(example.given, ahead=False))
        return with_mistakes(example, self.recipe.mistakes, rng)

    def _echoes(self, piece: Piece, rng: np.random.Generator) -> list[Echo]:
        """Some of the passages that recall earlier ones; a place that several recall goes with the longest."""
        if piece.name not in self._recurrences:
            self._recurrences[piece.name] = long_recurrences(piece.frames)
        found = self._recurrences[piece.name]
        if not found:
            return []
        told = [r for r in found if rng.random() < 0.7]
        return [echo_of(r) for r in sorted(told, key=lambda r: r.n_notes)]


class CanvasTask(PartsTask):
    """Training of the flagship for every verb."""

    def __init__(self, recipe: Recipe, source: CanvasChoir) -> None:
        """Nothing is read yet."""
        super().__init__(recipe, source)
        self._choir = source

    def check(self, net: Flagship) -> Check:
        """Nats a note that is open, the mean of three verbs."""
        fits = {name: measure(net, pieces) for name, pieces in self._choir.valid_for.items()}
        figures = {f"{name}_{key}": value for name, fit in fits.items() for key, value in vars(fit).items()}
        score = float(np.mean([fit.per_note for fit in fits.values()]))
        spoken = ", ".join(f"{name} {fit.per_note:.4f}" for name, fit in fits.items())
        return Check(score=score, unit="nats/open note", figures=figures, spoken=spoken)


def long_recurrences(frames: PartFrames) -> list[Recurrence]:
    """What is worth telling of a piece: long enough, and not at once."""
    notes = notes_of_parts(frames)
    lines = [Line.of(notes[notes["part"] == part]) for part in range(frames.pitch_TV.shape[1])]
    found = recurrences(lines, min_notes=ECHOED_NOTES)
    return [r for r in found if r.lag >= TICKS_PER_QUARTER]


def echo_of(found: Recurrence) -> Echo:
    """The wish that a passage would have fulfilled."""
    return Echo(part=found.part, start=found.start, end=found.end, lag=found.lag, source=found.source, up=found.up)


def with_holes(piece: Piece, holes: Sequence[Hole], durations: tuple[int, ...]) -> Example:
    """A piece with holes, and all that is known of it told."""
    return example_of(piece.frames, piece.plan, durations, canvas=canvas_of(piece.frames, holes))


def _melody_given(frames: PartFrames) -> list[Hole]:
    return [Hole(part=p, start=0, end=frames.end) for p in range(frames.pitch_TV.shape[1]) if p != SOPRANO]


def _gaps_in(frames: PartFrames) -> list[list[Hole]]:
    """Eight quarters of all parts, wherever as much stands before them and after; one gap a piece at least."""
    length = 8 * TICKS_PER_QUARTER
    starts = [*range(length, frames.end - 2 * length, length // 2)] or [max(0, (frames.end - length) // 2)]
    return [
        [Hole(part=p, start=start, end=start + length) for p in range(frames.pitch_TV.shape[1])] for start in starts
    ]


def _window(frames: PartFrames, n_frames: int, rng: np.random.Generator) -> PartFrames:
    """A random run of frames at their ticks, openings and endings oftener; its first notes begin with it."""
    n = len(frames)
    if n <= n_frames:
        return frames
    start = int(rng.integers(0, n - n_frames + 1))
    if rng.random() < 0.3:
        start = 0 if rng.random() < 0.5 else n - n_frames
    own = frames.window(start, start + n_frames)
    state_TV = own.state_TV.copy()
    state_TV[0] = np.where(own.pitch_TV[0] == REST, state_TV[0], ONSET)
    return replace(own, state_TV=state_TV)
