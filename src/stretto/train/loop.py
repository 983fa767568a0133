"""The training loop of every network: one process, checkpoints, a running average, and a kill it survives."""

from __future__ import annotations

import copy
import json
import math
import os
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, Generic, TypeVar

import numpy as np
import torch
from filelock import FileLock, Timeout
from safetensors.torch import save_file
from torch import Tensor, nn

from stretto.errors import RequestError
from stretto.score.opening import write_whole
from stretto.train.allocator import bound_freed_memory, keep_freed_memory
from stretto.train.recipe import Schedule

CHECKPOINT_SECONDS = 120

N = TypeVar("N", bound=nn.Module)


@dataclass(frozen=True, kw_only=True)
class Check:
    """What a look at the validation pieces finds."""

    score: float
    """Chooses the best weights; the smaller the better."""
    unit: str
    figures: Mapping[str, float]
    """For the log."""
    spoken: str = ""


class Task(ABC, Generic[N]):
    """What is learned: a network, its loss, and how good it is."""

    @abstractmethod
    def make(self) -> N:
        """A network with fresh weights from torch's generator."""

    @abstractmethod
    def loss(self, net: N, rng: np.random.Generator) -> Tensor:
        """Training nats a frame of a batch drawn with `rng`."""

    @abstractmethod
    def check(self, net: N) -> Check:
        """How well the network foretells the validation pieces."""


@dataclass
class Progress:
    """What a checkpoint holds beside the weights."""

    step: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    best: float = math.inf
    since_best: int = 0
    """Looks at the validation pieces since the best one."""
    log: list[dict[str, float]] = field(default_factory=list)


def train(
    schedule: Schedule,
    task: Task[N],
    folder: Path,
    *,
    until: int | None = None,
    minutes: float = math.inf,
    say: Callable[[str], None] = print,
) -> N:
    """Train from the last checkpoint in `folder`, if there is one; keep the best averaged weights.

    Args:
        schedule: how long, how fast, from which seed.
        task: what is learned.
        folder: receives checkpoint.pt, best.safetensors, recipe.json and log.json.
        until: stop after this step; None = the schedule's last.
        minutes: stop after this long; the next call goes on from there.
        say: receives a line now and then.

    Returns:
        The averaged network as it stands; the one with the best validation is in best.safetensors.

    Raises:
        RequestError: another run trains in `folder` at the same time, or it cannot be written.
    """
    with alone_in(folder):
        return _train(schedule, task, folder, say=say, until=until, minutes=minutes)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Make the folder, and let nobody else train in it meanwhile; one who has it already may ask again.

    Raises:
        RequestError: another process trains in it, or it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / "lock", blocking=False, is_singleton=True)
        lock.acquire()
    except Timeout:
        raise RequestError(f"{folder}: another run trains here; wait for it, or name another folder") from None
    except OSError as cause:
        raise RequestError(f"{folder}: cannot be written ({cause.strerror}); name another folder") from cause
    try:
        yield
    finally:
        lock.release()


def _train(
    schedule: Schedule, task: Task[N], folder: Path, *, say: Callable[[str], None], until: int | None, minutes: float
) -> N:
    keep_freed_memory()
    torch.manual_seed(schedule.seed)
    net = task.make()
    average = copy.deepcopy(net)
    optimiser = optimiser_of(schedule, net)
    progress = _resume(folder, net, average, optimiser)
    checkpoint = _Checkpoint(folder)
    write_json(folder / "recipe.json", schedule.as_json())
    started = saved = time.monotonic()
    before, cpu_before = progress.seconds, progress.cpu_seconds - time.process_time()
    last = schedule.n_steps if until is None else min(until, schedule.n_steps)
    nats = math.nan
    while progress.step < last and time.monotonic() - started < minutes * 60 and not _stale(schedule, progress):
        # Seeded by the step, so that a resumed run draws what an unbroken one would have drawn.
        rng = np.random.default_rng((schedule.seed, progress.step))
        torch.manual_seed(schedule.seed * 1_000_003 + progress.step)
        nats = one_step(schedule, task, net, optimiser, rng, progress.step)
        progress.step += 1
        bound_freed_memory()
        _average_in(average, net, schedule.average, progress.step)
        progress.seconds = before + time.monotonic() - started
        progress.cpu_seconds = cpu_before + time.process_time()
        if progress.step % schedule.check_every == 0 or progress.step == schedule.n_steps:
            _check(schedule, task, average, progress, nats, folder, say)
            saved = -math.inf  # what a look says must stand in the checkpoint too
        if time.monotonic() - saved > CHECKPOINT_SECONDS:
            checkpoint.save(net, average, optimiser, progress)
            saved = time.monotonic()
    if _stale(schedule, progress):
        say(f"{schedule.name}: no better for {progress.since_best} looks at the validation pieces; that is enough")
    if progress.step and not progress.log:
        _check(schedule, task, average, progress, nats, folder, say)  # stopped before the first look
    checkpoint.save(net, average, optimiser, progress)
    return average


def _stale(schedule: Schedule, progress: Progress) -> bool:
    """Validation has not become better for long enough."""
    return 0 < schedule.patience <= progress.since_best


def optimiser_of(schedule: Schedule, net: nn.Module) -> torch.optim.Optimizer:
    """What moves the weights."""
    if schedule.optimiser == "adadelta":
        # rho as in Zeiler, "ADADELTA: An Adaptive Learning Rate Method" (2012); torch's default is another.
        return torch.optim.Adadelta(
            net.parameters(), lr=schedule.learning_rate, weight_decay=schedule.weight_decay, rho=0.95
        )
    return torch.optim.AdamW(
        net.parameters(), lr=schedule.learning_rate, weight_decay=schedule.weight_decay, betas=(0.9, 0.98)
    )


def one_step(
    schedule: Schedule,
    task: Task[N],
    net: N,
    optimiser: torch.optim.Optimizer,
    rng: np.random.Generator,
    step: int,
) -> float:
    """One step of the optimiser; returns training nats per frame."""
    for group in optimiser.param_groups:
        group["lr"] = rate(schedule, step)
    net.train()
    with torch.autocast(next(net.parameters()).device.type, torch.bfloat16, enabled=schedule.bfloat16):
        nats = task.loss(net, rng)
    optimiser.zero_grad()
    (schedule.loss_scale * nats).backward()  # type: ignore[no-untyped-call]
    for clipped in [[p] for p in net.parameters()] if schedule.clip_each else [list(net.parameters())]:
        nn.utils.clip_grad_norm_(clipped, schedule.clip_norm)
    optimiser.step()
    return float(nats.detach())


def rate(schedule: Schedule, step: int) -> float:
    """The learning rate: up in a line, down along a cosine to 3 %; or the same throughout, or until it cools down."""
    if schedule.steady:
        return schedule.learning_rate
    if schedule.cooldown_steps:
        left = (schedule.n_steps - step) / schedule.cooldown_steps
        return schedule.learning_rate * min(1.0, step / schedule.warmup_steps, max(0.02, left))
    falling = 0.5 * (1 + math.cos(math.pi * min(1.0, step / schedule.n_steps)))
    return schedule.learning_rate * (min(1.0, step / schedule.warmup_steps) * falling * 0.97 + 0.03)


@torch.no_grad()
def _average_in(average: nn.Module, net: nn.Module, decay: float, step: int) -> None:
    young = min(decay, (1 + step) / (10 + step))
    for kept, fresh in zip(average.parameters(), net.parameters(), strict=True):
        kept.lerp_(fresh, 1 - young)


def _check(
    schedule: Schedule,
    task: Task[N],
    average: N,
    progress: Progress,
    nats: float,
    folder: Path,
    say: Callable[[str], None],
) -> None:
    found = task.check(average)
    # Plain numbers: a checkpoint that holds NumPy's cannot be read again.
    figures, score = {name: float(figure) for name, figure in found.figures.items()}, float(found.score)
    entry = {"step": progress.step, "seconds": progress.seconds, "train_nats_per_frame": nats, **figures}
    progress.log.append(entry)
    progress.since_best += 1
    if score < progress.best:
        progress.best, progress.since_best = score, 0
        scratch = folder / "best.tmp"
        save_file({k: v.contiguous() for k, v in average.state_dict().items()}, scratch)
        scratch.replace(folder / "best.safetensors")
    write_json(folder / "log.json", progress.log)
    left = progress.seconds / progress.step * (schedule.n_steps - progress.step) / 60
    say(
        f"{schedule.name} step {progress.step}/{schedule.n_steps}: valid {found.score:.4f} {found.unit} "
        f"(best {progress.best:.4f}), {found.spoken + ', ' if found.spoken else ''}train {nats:.2f} nats/frame, "
        f"{progress.step / progress.seconds:.2f} steps/s, {left:.0f} min left"
    )


class _Checkpoint:
    """The file a run goes on from."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "checkpoint.pt"

    def save(self, net: nn.Module, average: nn.Module, optimiser: torch.optim.Optimizer, progress: Progress) -> None:
        """Write everything that training needs to go on."""
        state = {
            "net": net.state_dict(),
            "average": average.state_dict(),
            "optimiser": optimiser.state_dict(),
            "progress": vars(progress),
        }
        scratch = self._path.with_suffix(f".{os.getpid()}")
        torch.save(state, scratch)
        scratch.replace(self._path)
        how_far = {name: value for name, value in vars(progress).items() if name not in ("log", "best", "since_best")}
        write_json(self._path.with_name("progress.json"), how_far)


def write_json(path: Path, data: object) -> None:
    """Write plain data whole: a kill leaves the old file or the new one."""
    write_whole(path, (json.dumps(data, indent=1) + "\n").encode(), force=True)


def steps_done(folder: Path) -> int:
    """Steps that the checkpoint in a folder has behind it; 0 where there is none."""
    path = folder / "checkpoint.pt"
    return int(_saved_state(path)["progress"]["step"]) if path.exists() else 0


def _saved_state(path: Path) -> dict[str, Any]:
    """What a checkpoint holds.

    Raises:
        RequestError: it cannot be read.
    """
    try:
        return dict(torch.load(path, weights_only=True))
    except (UnpicklingError, RuntimeError, EOFError, ValueError, TypeError) as cause:
        raise RequestError(f"{path}: damaged, the run cannot go on from it; begin anew in another folder") from cause


def say_if_unfinished(schedule: Schedule, folder: Path, say: Callable[[str], None]) -> None:
    """Say where a run stands whose minutes ran out; one that no longer becomes better is at its end."""
    progress = _saved_state(folder / "checkpoint.pt")["progress"]
    stale = 0 < schedule.patience <= progress.get("since_best", 0)
    if (step := progress["step"]) < schedule.n_steps and not stale:
        say(f"the minutes ran out at step {step:,} of {schedule.n_steps:,}; --resume goes on from there")


def trained(folder: Path) -> dict[str, Any]:
    """How long the run in a folder has trained: steps, and minutes of CPU; empty where none has."""
    path = folder / "progress.json"
    if not path.exists():
        return {}
    done = json.loads(path.read_text(encoding="utf-8"))
    return {"steps": done["step"], "cpu_minutes": round(done["cpu_seconds"] / 60)}


def _resume(folder: Path, net: nn.Module, average: nn.Module, optimiser: torch.optim.Optimizer) -> Progress:
    path = folder / "checkpoint.pt"
    if not path.exists():
        return Progress()
    state = _saved_state(path)
    net.load_state_dict(state["net"])
    average.load_state_dict(state["average"])
    optimiser.load_state_dict(state["optimiser"])
    return Progress(**state["progress"])
