"""The benchmark as a whole: which runs there are, in which order, and what is made of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from stretto.bench.entries import JSB16, OURS, Entry, entry
from stretto.bench.jsb16 import measure_jsb16, run_jsb16
from stretto.bench.leaks import Overlap, overlap_of
from stretto.bench.mixture import Frames, mixtures
from stretto.bench.results import Result, stored_results
from stretto.bench.run import WEIGHTS, Say, StoppedEarly, is_done, measure_run, run_rolls, stored_frames
from stretto.corpus.boulanger import SETS, RollSet, find_file, read_rolls
from stretto.errors import CorpusError, RequestError
from stretto.train.jsb16 import Jsb16
from stretto.train.run import Deadline

SAME_NATS = 2e-4
"""A figure measured anew differs by no more from the stored one; processors round differently."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One network on one set from one seed."""

    entry: Entry
    set_name: str
    seed: int

    @property
    def folder(self) -> Path:
        """Where its files lie, under the folder of all runs."""
        return Path(self.set_name) / self.entry.name / f"seed-{self.seed}"


def wanted_runs(sets: Sequence[str], networks: Sequence[str], n_seeds: int | None) -> list[Wanted]:
    """Every network on every set that it can be tried on.

    Args:
        sets: their names.
        networks: names of entries, or module:Class.
        n_seeds: None = as many as the entry's published figures have.

    Raises:
        RequestError: there is no such network, or nothing is left to run.
    """
    runs = [
        Wanted(entry=chosen, set_name=set_name, seed=seed)
        for set_name in sets
        for chosen in map(entry, networks)
        if set_name != JSB16 or chosen.name == OURS  # the others read rolls, not voices
        for seed in range(chosen.seeds if n_seeds is None else n_seeds)
    ]
    for chosen in {run.entry.name: run.entry for run in runs}.values():
        chosen.network_class()  # a name that there is not is said before any work
    if not runs:
        raise RequestError(
            f"{', '.join(networks)} cannot read {', '.join(sets)}: only {OURS} reads the voices of {JSB16}"
        )
    return runs


class Sets:
    """The data, read when they are first needed."""

    def __init__(self, data: Path, own: RollSet | None = None) -> None:
        """`own`: a stranger's corpus."""
        self.data = data
        self._rolls = {} if own is None else {own.name: own}

    def rolls(self, name: str) -> RollSet:
        """One of the four public sets, or the stranger's."""
        if name not in self._rolls:
            self._rolls[name] = read_rolls(self.data, name)
        return self._rolls[name]

    def knows(self, name: str) -> bool:
        """Whether the set is public, or the stranger's at hand."""
        return name in SETS or name in self._rolls

    def overlaps(self, names: Sequence[str], *, say: Say) -> dict[str, Overlap]:
        """What test music shares with training music and with itself, by set; none of a set that is not at hand."""
        found = {}
        for name in dict.fromkeys(names):
            if name != JSB16:
                try:
                    found[name] = overlap_of(self.rolls(name))
                except CorpusError as cause:
                    say(f"nothing said of how far {name} repeats itself: {cause}")
        return found


def run_all(
    wanted: Sequence[Wanted],
    sets: Sets,
    out: Path,
    *,
    budget_minutes: float = math.inf,
    device: str = "cpu",
    say: Say = print,
) -> list[Result]:
    """Train what is not trained yet, each run with its share of the minutes that are left.

    Returns:
        Everything that lies in `out` by then: earlier runs, these, and mixtures of seeds.
    """
    deadline = Deadline(budget_minutes)
    n_left = sum(not is_done(out / run.folder) for run in wanted)
    for run in wanted:
        folder = out / run.folder
        minutes = deadline.minutes / max(1, n_left)
        if done := is_done(folder):
            say(f"{run.folder}: is trained already")
        n_left -= not done
        try:
            if run.set_name == JSB16:
                run_jsb16(run.entry.name, sets.data, folder, seed=run.seed, minutes=minutes, say=say)
            else:
                data = sets.rolls(run.set_name)
                run_rolls(run.entry, data, folder, seed=run.seed, minutes=minutes, device=device, say=say)
        except StoppedEarly as stopped:
            say(str(stopped))
    found = [(result, stored_frames(folder)) for folder, result in stored_results(out)]
    return [result for result, _ in found] + mixtures(found)


def evaluate_all(
    weights: Path, sets: Sets, chosen: Sequence[str], names: Sequence[str], *, device: str = "cpu", say: Say = print
) -> tuple[list[Result], int]:
    """Measure kept weights anew, and say what differs from the figures stored beside them.

    Returns:
        The results as measured now, mixtures of seeds among them, and how many differ.

    Raises:
        RequestError: there are no kept weights of what is asked for.
    """
    found: list[tuple[Result, Frames]] = []
    unchecked: list[Result] = []
    n_different = 0
    for folder, stored in stored_results(weights):
        if stored.set_name not in chosen or stored.network not in names:
            continue
        if not stored.finished and not (folder / WEIGHTS).exists():
            figure = f"{stored.set_name} {stored.network} seed {stored.seed}: test {stored.per_frame('test'):.4f}"
            say(f"{figure}, as stored: it was stopped early, and its weights are not kept")
            unchecked.append(stored)
            continue
        if stored.set_name == JSB16:
            benchmark = Jsb16(find_file(sets.data, "Jsb16thSeparated.npz"))
            result, frames = measure_jsb16(stored.network, benchmark, folder, seed=stored.seed)
        else:
            own = entry(stored.network)
            result, frames = measure_run(own, sets.rolls(stored.set_name), folder, seed=stored.seed, device=device)
        same = _alike(result, stored)
        n_different += not same
        verdict = "the same" if same else f"stored was {stored.per_frame('test'):.4f}: DIFFERS"
        say(f"{stored.set_name} {stored.network} seed {stored.seed}: test {result.per_frame('test'):.4f}, {verdict}")
        found.append((result, frames))
    if not found and not unchecked:
        raise RequestError(f"{weights}: holds no weights of {', '.join(names)} on {', '.join(chosen)}")
    return [result for result, _ in found] + unchecked + mixtures(found), n_different


def _alike(measured: Result, stored: Result) -> bool:
    """Whether every piece, every figure and the number of weights are those that were stored."""
    tolerance = SAME_NATS + 3 * max(measured.deviation.values(), default=0.0)
    pairs = [(measured.figures.get(name, math.nan), figure) for name, figure in stored.figures.items()]
    for split, pieces in stored.pieces.items():
        for now, then in zip(measured.pieces[split], pieces, strict=True):
            pairs.append((now.nats / now.n_frames, then.nats / then.n_frames))
    return measured.n_parameters == stored.n_parameters and all(abs(now - then) <= tolerance for now, then in pairs)


def keep(out: Path, weights: Path) -> None:
    """Copy what --evaluate needs: weights, recipe, result; without the weights where a run was stopped early."""
    for folder, result in stored_results(out):
        target = weights / folder.relative_to(out)
        target.mkdir(parents=True, exist_ok=True)
        for name in (*((WEIGHTS,) if result.finished else ()), "recipe.json", "result.json"):
            (target / name).write_bytes((folder / name).read_bytes())


def all_sets() -> list[str]:
    """Names of the public sets."""
    return [*SETS, JSB16]


def prepare(device: str) -> None:
    """Use one thread: these networks are small, and a second costs more than it brings.

    Raises:
        RequestError: there is no such device.
    """
    torch.set_num_threads(1)
    try:
        torch.zeros(1, device=device)
        if device.partition(":")[0] not in ("cpu", "cuda"):
            raise RequestError(f"--device {device}: networks train on cpu and cuda")
    except (RuntimeError, AssertionError) as cause:
        raise RequestError(f"--device {device}: is not there; leave it out for the processor") from cause
