"""A network of a user's own: from a folder that was looked through to weights that compose."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError

from stretto.corpus.composers import PERIOD_OF
from stretto.corpus.staff_habits import habits_of
from stretto.corpus.staves import StaffPiece, load_staff_pieces, renamed, save_staff_pieces
from stretto.engine.eight_bits import read_tensors
from stretto.errors import ModelError, RequestError
from stretto.frames.staff_fields import MAX_COMPOSERS, STAFF_FIELDS
from stretto.networks.staves import Staves, StavesConfig
from stretto.train.estimate import Pace
from stretto.train.excerpt import excerpt
from stretto.train.loop import say_if_unfinished, steps_done, train, write_json
from stretto.train.preflight import Preflight, Verdict
from stretto.train.staff_recipe import StavesRecipe
from stretto.train.staff_run import Say, about, best_staves, export_staves
from stretto.train.staff_source import StaffSource
from stretto.train.staves import StavesTask, measure

SHIPPED = files("stretto.engine").joinpath("data")

VALID_SHARE, ALONE, LAST = 0.1, 4, 0.2
"""Share of the notes that are kept for validation, in whole works; with fewer works than ALONE, the last part of each
piece instead."""

PASSES = {True: 40.0, False: 200.0}
"""Times that the music is gone through at most: from weights that know music already, and from none."""

LEAST_STEPS = 200
"""Steps of a run that has the time: of a folder of a few pages too."""

SPENT = 0.9
"""Share of the minutes that is planned for: a machine may be slower than when it was measured, and the last steps, at a
falling rate, are worth most."""

N_CHECKS = 24
"""Looks at the validation pieces in a run."""

SMALL: dict[str, Any] = {"n_state": 320, "n_seen": 192, "n_vertical": 192, "dropout": 0.4}
"""Of a network that learns from a folder alone."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Start:
    """Weights to begin with."""

    name: str
    config: StavesConfig
    weights: dict[str, torch.Tensor]


@dataclass(frozen=True, eq=False, kw_only=True)
class FolderRun:
    """Everything that a run of a folder needs."""

    recipe: StavesRecipe
    training: list[StaffPiece]
    valid: list[StaffPiece]
    start: Start | None
    n_threads: int = 0
    """Of torch; 0 = as it is."""
    made_room: tuple[str, ...] = ()
    """Composers that the weights to begin with knew by name, and whose places are now the user's."""

    def task(self) -> tuple[StavesTask, StaffSource]:
        """What is learned, and from what."""
        source = StaffSource(self.training, self.valid, self.recipe)
        return (FineTuning(self.recipe, source, self.start) if self.start else StavesTask(self.recipe, source)), source

    @property
    def n_notes(self) -> int:
        """Notes to learn from, without those kept for validation."""
        return sum(len(piece.music.notes) for piece in self.training)

    def passes(self, pace: Pace) -> float:
        """How often the run goes through its music."""
        return self.recipe.n_steps * pace.notes_a_step / max(1, self.n_notes)


class FineTuning(StavesTask):
    """Training that begins with weights which know music already."""

    def __init__(self, recipe: StavesRecipe, source: StaffSource, start: Start) -> None:
        """Nothing is read yet."""
        super().__init__(recipe, source)
        self._start = start

    def make(self) -> Staves:
        """A network with the weights to begin with."""
        net = super().make()
        net.load_state_dict(renamed_fields(self._start, self._recipe.network.composers))
        return net


def renamed_fields(start: Start, composers: Sequence[str]) -> dict[str, torch.Tensor]:
    """The weights to begin with, for other names of composers: a new one begins as the mean of the old."""
    place = list(STAFF_FIELDS).index("composer")
    first = sum(list(STAFF_FIELDS.values())[:place]) + 1
    weights = dict(start.weights)
    old = weights["fields.weight"]
    table = old.clone()
    known = list(start.config.composers)
    mean = old[first : first + max(1, len(known))].mean(0)
    for i, name in enumerate(composers):
        table[first + i] = old[first + known.index(name)] if name in known else mean
    weights["fields.weight"] = table
    return weights


def start_from(wish: str | None, flight: Preflight) -> Start | None:
    """Weights to begin with.

    Args:
        wish: "keyboard", "quartet", "none", a network's file, or the folder of a run; None = what fits the folder, if
            that is installed.
        flight: the folder.

    Raises:
        RequestError: the wish cannot be met.
    """
    if wish == "none":
        return None
    path = start_file(wish) if wish else Path(str(SHIPPED.joinpath(f"{_fitting(flight)}.safetensors")))
    if not path.is_file():
        return None
    start = read_start(path, wish or path.stem)
    n = len(flight.layout.names)
    if len(start.config.staves) != n:
        raise RequestError(
            f"--from {start.name}: that network has {len(start.config.staves)} staves, and most files here have {n}; "
            "leave --from out"
        )
    return start


def start_file(wish: str) -> Path:
    """The file of the weights that are named.

    Raises:
        RequestError: there is none.
    """
    own = wish not in ("keyboard", "quartet")
    path = _network_in(Path(wish)) if own else Path(str(SHIPPED.joinpath(f"{wish}.safetensors")))
    if not path.is_file():
        missing = "there is no network in it" if path.is_dir() else f"{path} is not there"
        raise RequestError(f"--from {wish}: {missing}; name keyboard, quartet, none, or a network's file")
    return path


def _network_in(path: Path) -> Path:
    """A network's file; that of a run, if its folder is named."""
    exported = [file for file in sorted(path.glob("*.safetensors")) if file.stem != "best"] if path.is_dir() else []
    return exported[0] if len(exported) == 1 else path


def read_start(path: Path, name: str) -> Start:
    """A network's file.

    Raises:
        ModelError: it is damaged, or no network of staves.
    """
    try:
        said, tensors = read_tensors(path)
        config = config_of(json.loads(said.get("staves", "")))
        weights = {key: torch.from_numpy(tensor) for key, tensor in tensors.items()}
        Staves(config).load_state_dict(weights)
    except (SafetensorError, KeyError, ValueError, TypeError, RuntimeError, OSError) as cause:
        raise ModelError(f"{path}: no network of staves that this version can read ({type(cause).__name__})") from cause
    return Start(name=name, config=config, weights=weights)


def config_of(said: dict[str, Any]) -> StavesConfig:
    """A network's shape from plain data."""
    known = {field.name for field in fields(StavesConfig)}
    plain = {name: _tuples(value) for name, value in said.items() if name in known}
    return StavesConfig(**plain)


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


def _fitting(flight: Preflight) -> str:
    """The network that ships for such staves; a name of none = there is none."""
    if flight.layout.keyboard:
        return "keyboard"
    strings = [name for name in flight.layout.names if any(word in name for word in ("viol", "cello", "vla", "vc"))]
    return "quartet" if len(strings) == len(flight.layout.names) == 4 else "-"


def pieces_of(flight: Preflight) -> list[StaffPiece]:
    """What the used files give: each movement that is in a key of its own is a piece."""
    return [piece for verdict in flight.used for piece in _pieces(verdict)]


def _pieces(verdict: Verdict) -> list[StaffPiece]:
    assert verdict.seen is not None
    seen = verdict.seen
    whole = seen.section.piece(
        name=verdict.name,
        work=verdict.name,
        title=seen.title,
        licence="",
        composer=verdict.style,
        period=PERIOD_OF.get(verdict.style, ""),
    )
    if len(seen.stretches) == 1:
        return [whole]
    cuts = [excerpt(whole, stretch.start, stretch.end) for stretch in seen.stretches]
    return renamed(
        [
            replace(cut, plan=replace(cut.plan, tonic=stretch.tonic, mode=stretch.mode, end=cut.music.end))
            for cut, stretch in zip(cuts, seen.stretches, strict=True)
        ]
    )


def split_folder(pieces: Sequence[StaffPiece]) -> tuple[list[StaffPiece], list[StaffPiece]]:
    """Training and validation pieces: about a tenth is kept, in whole works, never more than a third of them."""
    n_notes: Counter[str] = Counter()
    for piece in pieces:
        n_notes[piece.work] += len(piece.music.notes)
    if len(n_notes) < ALONE:
        cuts = [_cut(piece) for piece in pieces]
        return [cut[0] for cut in cuts], [cut[1] for cut in cuts]
    by_hash = sorted(n_notes, key=lambda work: hashlib.sha256(work.encode()).hexdigest())
    kept = list[str]()
    while len(kept) < len(n_notes) // 3 and (
        not kept or sum(n_notes[work] for work in kept) < VALID_SHARE * n_notes.total()
    ):
        kept.append(by_hash[len(kept)])
    valid = [piece for work in kept for piece in pieces if piece.work == work]
    return [piece for piece in pieces if piece.work not in kept], valid


def _cut(piece: StaffPiece) -> tuple[StaffPiece, StaffPiece]:
    """A piece without its last part, and that part; they meet at a barline."""
    at = round((1 - LAST) * piece.music.end)
    at = max((tick for tick in piece.plan.bar_starts or () if tick <= at), default=at)
    return excerpt(piece, 0, at), excerpt(piece, at, piece.music.end)


def folder_recipe(flight: Preflight, start: Start | None, *, seed: int) -> tuple[StavesRecipe, tuple[str, ...]]:
    """How a folder is learned, as long as nothing is known of the time; and which composers make room for its own."""
    names, ranges = flight.layout.names, flight.layout.ranges
    n = len(names)
    mine = tuple(style for style, _ in flight.styles.most_common(MAX_COMPOSERS))
    tasks = {"compose": 0.5, "staves": 0.25, "gap": 0.17, "staff gap": 0.08} if n > 1 else {"compose": 0.7, "gap": 0.3}
    usual: dict[str, Any] = {
        "name": "staves", "seed": seed, "tasks": tasks, "batch_pieces": 8, "max_moments": 160, "shift": 5,
        "average": 0.99, "bfloat16": True, "patience": 6,
    }  # fmt: skip
    if start is None:
        order = (0, *([n - 1] if n > 1 else []), *range(1, n - 1))
        network = StavesConfig(
            staves=names, ranges=ranges, upward=(*[False] * (n - 1), n > 1), order=order, composers=mine, **SMALL
        )
        return StavesRecipe(network=network, learning_rate=0.002, weight_decay=0.05, warmup_steps=60, **usual), ()
    composers, gone = _composers(start.config.composers, mine)
    wider = tuple((min(a[0], b[0]), max(a[1], b[1])) for a, b in zip(start.config.ranges, ranges, strict=True))
    network = replace(start.config, composers=composers, ranges=wider, dropout=0.3)
    return StavesRecipe(network=network, learning_rate=0.0005, weight_decay=0.03, warmup_steps=30, **usual), gone


def _composers(known: Sequence[str], mine: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names for the user's styles beside those that are known, and known ones that make room, the last first."""
    names, gone = list(known), []
    for style in [style for style in mine if style not in known]:
        if len(names) < MAX_COMPOSERS:
            names.append(style)
            continue
        place = max(i for i, name in enumerate(names) if name not in mine)
        gone.append(names[place])
        names[place] = style
    return tuple(names), tuple(gone)


def timed(run: FolderRun, pace: Pace, minutes: float) -> FolderRun:
    """The run as long as the minutes allow, but no longer than more of it is of use."""
    most = max(LEAST_STEPS, round(PASSES[run.start is not None] * run.n_notes / pace.notes_a_step))
    n_steps = max(1, min(most, pace.steps_in(SPENT * 60 * minutes, N_CHECKS)))
    check_every, warmup = max(1, round(n_steps / N_CHECKS)), max(1, min(run.recipe.warmup_steps, n_steps // 8))
    recipe = replace(run.recipe, n_steps=n_steps, check_every=check_every, warmup_steps=warmup, bfloat16=pace.bfloat16)
    return replace(run, recipe=recipe, n_threads=pace.n_threads)


def train_folder(run: FolderRun, out: Path, *, minutes: float, say: Say) -> Path | None:
    """Train, going on from the last checkpoint in `out`, and export the best weights.

    Returns:
        The exported network; None = the minutes ran out before there was anything to export.
    """
    if run.n_threads:
        torch.set_num_threads(run.n_threads)
    task, source = run.task()
    before = _at_the_start(run, task, source, out)
    train(run.recipe, task, out, minutes=minutes, say=say)
    if not (out / "best.safetensors").exists():
        say(f"stopped at step {steps_done(out)}; --resume goes on")
        return None
    say_if_unfinished(run.recipe, out, say)
    net = best_staves(run.recipe, out)
    found = measure(net, source.valid)
    if before is not None:
        say(f"pieces kept for validation: {before:.3f} nats a note at the start, {found.per_note:.3f} now")
    else:
        say(f"pieces kept for validation: {found.per_note:.3f} nats a note")
    write_json(out / "figures.json", {"valid": asdict(found), "valid_at_start": before})
    pieces = [*run.training, *run.valid]
    said = {**about(pieces), "habits": habits_of(pieces, run.recipe.network.composers)}
    return export_staves(net, run.recipe, out, about=said)


def _at_the_start(run: FolderRun, task: StavesTask, source: StaffSource, out: Path) -> float | None:
    """Nats a note of the validation pieces before anything is learned; None = from nothing."""
    figures = out / "figures.json"
    if (out / "checkpoint.pt").exists():
        kept = json.loads(figures.read_text(encoding="utf-8")) if figures.exists() else {}
        return kept.get("valid_at_start")
    if run.start is None:
        return None
    before = measure(task.make().eval(), source.valid).per_note
    out.mkdir(parents=True, exist_ok=True)
    write_json(figures, {"valid_at_start": before})  # a run that is stopped must not forget it
    return before


def keep_run(run: FolderRun, out: Path) -> None:
    """Write what a resumed run needs beside its checkpoint."""
    out.mkdir(parents=True, exist_ok=True)
    save_staff_pieces([*run.training, *run.valid], out / "pieces.npz")
    said = {
        "recipe": run.recipe.as_json(),
        "n_training": len(run.training),
        "n_threads": run.n_threads,
        "from": run.start.name if run.start is not None else "none",
    }
    write_json(out / "folder.json", said)


def kept_run(out: Path) -> FolderRun:
    """A run as it began; its weights come from its checkpoint.

    Raises:
        RequestError: there is none.
    """
    try:
        said = json.loads((out / "folder.json").read_text(encoding="utf-8"))
        pieces = load_staff_pieces(out / "pieces.npz")
        recipe = dict(said["recipe"])
        network = config_of(recipe.pop("network"))
        chosen = StavesRecipe(network=network, **recipe)
    except (OSError, ValueError, KeyError, TypeError) as cause:
        raise RequestError(
            f"{out} holds no run of a folder that can go on ({type(cause).__name__}); begin anew in another folder"
        ) from cause
    n = said["n_training"]
    n_threads = int(said.get("n_threads", 0))
    return FolderRun(recipe=chosen, training=pieces[:n], valid=pieces[n:], start=None, n_threads=n_threads)
