"""`stretto train`: from a recipe's name to weights that the engine can play."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from stretto.corpus.choirs import ChoirCorpus, choir_corpus
from stretto.corpus.keyboard import keyboard_corpus
from stretto.corpus.piece import Piece, split_by_work
from stretto.corpus.quartets import quartet_corpus
from stretto.corpus.staves import split_staves
from stretto.errors import CorpusError, RequestError
from stretto.networks.flagship import Flagship
from stretto.train.breath_ear import learn_breaths
from stretto.train.canvas import CanvasChoir, CanvasTask
from stretto.train.choir import Choir, as_example
from stretto.train.dynamics import DYNAMICS, DynamicsRecipe, run_dynamics
from stretto.train.ears import learn_ahead
from stretto.train.goals import with_goals
from stretto.train.habits import phrase_habits
from stretto.train.jsb16 import Jsb16
from stretto.train.label import label_meters, with_meter
from stretto.train.loop import steps_done, train, write_json
from stretto.train.parts import Fit, PartsTask, measure
from stretto.train.phrase_ear import learn_phrases, marks_phrases
from stretto.train.recipe import Recipe, Schedule, recipe
from stretto.train.staff_recipe import STAFF_RECIPES, StavesRecipe, staff_recipe
from stretto.train.staff_run import train_staves

VALID_SHARE = 0.06
"""Share of the choir's works that are kept for validation."""

Say = Callable[[str], None]


def run_recipe(
    name: str,
    *,
    data: Path,
    out: Path,
    seed: int = 0,
    minutes: float = math.inf,
    n_steps: int | None = None,
    say: Say = print,
    progress: Callable[[float], None] = lambda share: None,
) -> Path | None:
    """Train a recipe, going on from its last checkpoint in `out`, and export the best weights.

    Args:
        name: "chorale", "choir", "jsb16", "keyboard", "quartet" or "dynamics".
        data: the folder that holds train/ and benchmarks/.
        out: receives checkpoints, logs and the exported network.
        seed: of the weights and of every draw.
        minutes: stop after this long; call again to go on.
        n_steps: another length than the recipe's.
        say: receives a line now and then.
        progress: receives the share of the scores that is read, before training begins.

    Returns:
        The exported weights; None = the minutes ran out before there was anything to export.

    Raises:
        RequestError: there is no such recipe, or `out` holds the run of another.
        CorpusError: `data` lacks what the recipe learns from.
    """
    changes: dict[str, Any] = {"seed": seed, **({} if n_steps is None else {"n_steps": n_steps})}
    deadline = Deadline(minutes)
    if name in STAFF_RECIPES:
        staves = staff_recipe(name, **changes)
        check_same(staves, out)
        return _run_staves(staves, data, out, deadline, say, progress)
    if name == DYNAMICS.name:
        marked = replace(DYNAMICS, **changes)
        check_same(marked, out)
        return _run_dynamics(marked, data, out, deadline, say, progress)
    chosen = recipe(name, **changes)
    check_same(chosen, out)
    try:
        if chosen.source == "jsb16":
            return _run_jsb16(chosen, data, out, deadline, say)
        return _run_choir(chosen, data, out, deadline, say, progress)
    except _StoppedEarly as stopped:
        say(f"stopped {stopped}; --resume goes on")
        return None


def check_same(chosen: Schedule, out: Path) -> None:
    """A run goes on as it began."""
    begun = out / "recipe.json"
    if not (out / "checkpoint.pt").exists() or not begun.exists():
        return
    before, now = json.loads(begun.read_text(encoding="utf-8")), json.loads(json.dumps(chosen.as_json()))
    # A field that the run does not know came later, and had its default then.
    before["network"] = {**now["network"], **before.get("network", {})}
    for name in sorted(before.keys() & now.keys()):
        if before.get(name) != now.get(name):
            was, here = str(before.get(name)), str(now.get(name))
            told = f"{name} {was}, not {here}" if len(was + here) < 60 else f"another {name}"
            raise RequestError(f"{out} holds a run with {told}; name another folder, or ask for the same")


class Deadline:
    """So many minutes from now, for a whole run and all its parts."""

    def __init__(self, minutes: float) -> None:
        """Count from now."""
        self._end = time.monotonic() + 60 * minutes

    @property
    def minutes(self) -> float:
        """What is left; not under 0."""
        return max(0.0, (self._end - time.monotonic()) / 60)


class _StoppedEarly(Exception):
    """The minutes ran out before there was anything to export."""


def _run_jsb16(chosen: Recipe, data: Path, out: Path, deadline: Deadline, say: Say) -> Path:
    benchmark = Jsb16(data / "benchmarks" / "jsb16" / "Jsb16thSeparated.npz")
    train(chosen, PartsTask(chosen, benchmark), out, minutes=deadline.minutes, say=say)
    net = best_of(chosen, out)
    figures = {split: measure(net, getattr(benchmark, split)) for split in ("valid", "test")}
    for split, score in figures.items():
        say(f"{split}: {_spoken(score)}")
    return export(net, chosen, out, figures)


def _run_staves(
    chosen: StavesRecipe, data: Path, out: Path, deadline: Deadline, say: Say, progress: Callable[[float], None]
) -> Path | None:
    read = keyboard_corpus if chosen.name == "keyboard" else quartet_corpus
    corpus = read(data, out / "corpus", progress=progress)
    out.mkdir(parents=True, exist_ok=True)
    (out / "corpus.txt").write_text(corpus.report() + "\n", encoding="utf-8")
    training, valid, test = split_staves(corpus.pieces)
    say(f"{len(training)} pieces to learn from, {len(valid)} for validation, {len(test)} left alone for the test")
    return train_staves(chosen, training, valid, out, minutes=deadline.minutes, say=say)


def _run_dynamics(
    chosen: DynamicsRecipe, data: Path, out: Path, deadline: Deadline, say: Say, progress: Callable[[float], None]
) -> Path | None:
    corpora = [read(data, out / "corpus", progress=progress).pieces for read in (keyboard_corpus, quartet_corpus)]
    return run_dynamics(corpora, out, chosen=chosen, minutes=deadline.minutes, say=say)


def _run_choir(
    chosen: Recipe, data: Path, out: Path, deadline: Deadline, say: Say, progress: Callable[[float], None]
) -> Path:
    corpus = choir_corpus(data, out / "corpus", progress=progress)
    out.mkdir(parents=True, exist_ok=True)
    (out / "corpus.txt").write_text(corpus.report() + "\n", encoding="utf-8")
    say(corpus.report().splitlines()[0] + f", {len(corpus.held_out)} left out, {len(corpus.skipped)} skipped")
    return train_choir(chosen, corpus, out, deadline=deadline, say=say)


def train_choir(chosen: Recipe, corpus: ChoirCorpus, out: Path, *, deadline: Deadline, say: Say) -> Path:
    """Train on a choir corpus that is already read; export the weights and the phrase habits."""
    training, valid = split_by_work(corpus.pieces, valid_share=VALID_SHARE, seed=0)
    # Only pieces whose metre is known judge a network that is told the metre.
    valid = [p for p in valid if p.plan.style == "bach" and p.plan.bar_starts is not None]
    if not training or not valid:
        raise CorpusError("too few pieces to train on and to validate with; add scores")
    if chosen.source == "choir":
        training = _with_phrases(training, say)
    said = with_goals(training)
    if chosen.label_at:
        training = _labelled(chosen, training, valid, out, deadline, say)
    training, valid = with_goals(training), with_goals(valid)
    task = _choir_task(chosen, training, valid)
    train(chosen, task, out, minutes=deadline.minutes, say=say)
    net = best_of(chosen, out)
    if chosen.ears is not None and steps_done(out) >= chosen.n_steps:
        chosen, net = learn_ahead(
            chosen, net, said, valid, out / "ears", minutes_left=lambda: deadline.minutes, say=say
        )
    figures = {"valid": measure(net, [as_example(piece, chosen.network.durations) for piece in valid])}
    say(f"valid: {_spoken(figures['valid'])}")
    write_json(out / "phrases.json", phrase_habits([*training, *valid]))
    write_json(out / "breaths.json", learn_breaths([*training, *valid]).as_json())
    return export(net, chosen, out, figures)


def _with_phrases(training: list[Piece], say: Say) -> list[Piece]:
    """Bach's chorales with the phrase ends that their source does not mark."""
    bach = [piece for piece in training if piece.plan.style == "bach"]
    if not any(marks_phrases(piece) for piece in bach):
        return training
    ear = learn_phrases(bach)
    heard = {id(piece): ear.hear(piece) for piece in bach if not marks_phrases(piece)}
    say(f"phrase ends heard in {sum(ends is not None for ends in heard.values())} pieces of {len(heard)} without")
    return [
        replace(piece, plan=replace(piece.plan, phrase_ends=heard[id(piece)])) if id(piece) in heard else piece
        for piece in training
    ]


def _labelled(
    chosen: Recipe, training: list[Piece], valid: list[Piece], out: Path, deadline: Deadline, say: Say
) -> list[Piece]:
    """The training pieces with the metres that the half-trained network hears; it trains that far first."""
    for step in chosen.label_at:
        path = out / f"metres-{step}.json"
        if not path.exists():
            ear = train(
                chosen,
                _choir_task(chosen, with_goals(training), with_goals(valid)),
                out,
                until=step,
                minutes=deadline.minutes,
                say=say,
            )
            if (done := steps_done(out)) < step:
                raise _StoppedEarly(f"at step {done}, before metres are heard at step {step}")
            found = label_meters(ear, with_goals(training))
            heard = {
                p.name: [p.plan.bar_meters[0], p.plan.pickup] for p in found.pieces if p.fused and p.plan.bar_meters
            }
            write_json(path, heard)
            say(
                f"metres heard: {found.n_labelled} pieces, unsure of {found.n_unsure}; where the metre was known, "
                f"{found.n_right} right, {found.n_wrong} wrong, {found.n_silent} unsure"
            )
        labels = json.loads(path.read_text(encoding="utf-8"))
        training = [
            replace(p, plan=with_meter(p.plan, *labels[p.name])) if p.fused and p.name in labels else p
            for p in training
        ]
    return training


def _choir_task(chosen: Recipe, training: list[Piece], valid: list[Piece]) -> PartsTask:
    """Whole pieces, or pieces with holes."""
    if chosen.holes:
        return CanvasTask(chosen, CanvasChoir(training, valid, chosen))
    return PartsTask(chosen, Choir(training, valid, chosen))


def best_of(chosen: Recipe, folder: Path) -> Flagship:
    """The network with the best validation so far."""
    if not (folder / "best.safetensors").exists():
        raise _StoppedEarly(f"at step {steps_done(folder)}, before the first check at step {chosen.check_every}")
    net = Flagship(chosen.network)
    net.load_state_dict(load_file(folder / "best.safetensors"))
    return net.eval()


def export(net: Flagship, chosen: Recipe, folder: Path, figures: dict[str, Fit]) -> Path:
    """Write weights and their config in one file, and the figures beside it."""
    path = folder / f"{chosen.name}.safetensors"
    kind = torch.float16 if chosen.half else torch.float32
    tensors = {name: tensor.to(kind).contiguous() for name, tensor in net.state_dict().items()}
    save_file(tensors, path, metadata={"config": json.dumps(asdict(chosen.network)), "recipe": chosen.name})
    spoken = {split: asdict(score) for split, score in figures.items()}
    write_json(folder / "figures.json", spoken)
    return path


def _spoken(score: Fit) -> str:
    return (
        f"{score.per_note:.4f} nats a note, {score.per_cell:.4f} a cell (note-wise), "
        f"{score.per_frame16:.4f} a frame of a sixteenth, {score.per_onset_cell:.4f} on onsets alone"
    )
