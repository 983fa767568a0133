"""How long training will take on this machine and how much memory it needs, from a few real steps of it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch

from stretto.networks.staves import Staves
from stretto.train.allocator import keep_freed_memory
from stretto.train.loop import one_step, optimiser_of
from stretto.train.staff_recipe import StavesRecipe
from stretto.train.staff_source import StaffSource
from stretto.train.staves import StavesTask

MEASURED_SECONDS = 15.0
"""Of steps, beside the first ones, which are slower than all others."""

FIRST, FEWEST = 2, 4
"""Steps with each precision and number of threads, which are not counted; steps that are counted at least."""

LOOKED_AT = 24
"""Batches that are drawn to find a large one."""

GROWTH = 1.15
"""Free memory lies in pieces that fit ever less well: by so much a long run holds more than its first steps."""


@dataclass(frozen=True, kw_only=True)
class Pace:
    """What was measured."""

    step_seconds: float
    """Mean of a training step."""
    check_seconds: float
    """A look at the validation pieces."""
    notes_a_step: float
    memory_bytes: int
    """The most that the process held so far; 0 = this system does not say."""
    n_steps: int
    """Steps that were measured."""
    bfloat16: bool = True
    """Half precision is the quicker one here; not every processor knows how."""
    n_threads: int = 0
    """Of torch, that are quickest here: on a busy machine one, for several wait for each other; 0 = as it is."""

    def seconds_of(self, n_steps: int, check_every: int) -> float:
        """That a run of so many steps takes."""
        n_checks = max(1, -(-n_steps // check_every))
        return n_steps * self.step_seconds + n_checks * self.check_seconds

    def steps_in(self, seconds: float, n_checks: int) -> int:
        """Steps that fit, with so many looks at the validation pieces between them; at least one."""
        return max(1, int((seconds - n_checks * self.check_seconds) / self.step_seconds))


def measured_pace(
    recipe: StavesRecipe,
    task: StavesTask,
    source: StaffSource,
    *,
    seconds: float | None = None,
    progress: Callable[[float], None] = lambda share: None,
    clock: Callable[[], float] = time.monotonic,
) -> Pace:
    """Train for some seconds, on a network that is then thrown away.

    Args:
        recipe: of the run; its steps are drawn with the run's own seeds.
        task: what is learned.
        source: where its pieces come from.
        seconds: how long, more if steps are slow; None = MEASURED_SECONDS.
        progress: receives the share that is done.
        clock: of seconds; one that counts the processor's does not feel what else runs here.
    """
    keep_freed_memory()
    torch.manual_seed(recipe.seed)
    seconds = MEASURED_SECONDS if seconds is None else seconds
    net = task.make()
    largest, notes_a_step = _batches(recipe, source)
    optimiser = optimiser_of(recipe, net)

    def seconds_of(step: int, *, half: bool) -> float:
        # A network that is about to be thrown away may as well learn nothing.
        still = replace(recipe, learning_rate=0.0, steady=True, bfloat16=half)
        before = clock()
        one_step(still, task, net, optimiser, np.random.default_rng((recipe.seed, step)), step)
        return clock() - before

    started = clock()
    usual = torch.get_num_threads()
    n_threads, half = _quickest(lambda half: seconds_of(largest, half=half), usual)
    torch.set_num_threads(n_threads)
    taken = list[float]()
    while len(taken) < FEWEST or clock() - started < seconds:
        taken.append(seconds_of(len(taken) * 97 % max(1, recipe.n_steps), half=half))
        progress(min(0.99, (clock() - started) / seconds))
    progress(1.0)
    check_seconds = _check_seconds(task, net, clock)
    torch.set_num_threads(usual)
    return Pace(
        step_seconds=float(np.mean(taken)),
        check_seconds=check_seconds,
        notes_a_step=notes_a_step,
        memory_bytes=round(GROWTH * held_bytes()),
        n_steps=len(taken),
        bfloat16=half,
        n_threads=n_threads,
    )


def _quickest(seconds_of: Callable[[bool], float], usual: int) -> tuple[int, bool]:
    """Number of threads and precision with which a step is quickest."""
    found: dict[tuple[int, bool], float] = {}
    for n_threads in sorted({1, usual}):
        torch.set_num_threads(n_threads)
        for half in (True, False) * FIRST:
            seconds = seconds_of(half)
            found[n_threads, half] = min(seconds, found.get((n_threads, half), np.inf))
            if n_threads > 1 and seconds > 2 * min(found.values()):
                break  # threads that wait for each other can take fifty times as long
    torch.set_num_threads(usual)
    return min(found, key=lambda way: found[way])


def _batches(recipe: StavesRecipe, source: StaffSource) -> tuple[int, float]:
    """The step with the largest of some batches, and how many notes they have on average."""
    n_notes, sizes = [], []
    for step in range(LOOKED_AT):
        pieces = source.draw(recipe.batch_pieces, np.random.default_rng((recipe.seed, step)))
        n_notes.append(sum(len(piece.notes) for piece in pieces))
        sizes.append(max(map(len, pieces)) * len(pieces) + n_notes[-1])
    return int(np.argmax(sizes)), float(np.mean(n_notes))


def _check_seconds(task: StavesTask, net: Staves, clock: Callable[[], float]) -> float:
    before = clock()
    task.check(net)
    return clock() - before


def held_bytes() -> int:
    """The most memory that this process has held; 0 = the system does not say."""
    try:
        import resource
    except ImportError:  # Windows
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak) if sys.platform == "darwin" else 1024 * int(peak)
