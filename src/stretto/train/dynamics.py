"""Training of the dynamics network: pieces whose marks say what their composers, or editors, wanted."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor

from stretto.corpus.composers import COMPOSERS_KEYBOARD, COMPOSERS_QUARTET
from stretto.corpus.staves import StaffPiece, split_staves
from stretto.errors import CorpusError
from stretto.frames.dynamics import (
    FF,
    N_TOLD,
    PP,
    Dynamics,
    beats_of,
    dynamics_of,
    force_of,
    levels_of,
    rates_of,
    richness,
)
from stretto.frames.dynamics_features import features_of
from stretto.networks.dynamics import DynamicsConfig, DynamicsExample, DynamicsNetwork, batch_of
from stretto.train.loop import Check, Task, say_if_unfinished, steps_done, train, trained, write_json
from stretto.train.recipe import Schedule

MIN_SIGNS = 3
"""Marks and hairpins of a piece from which it is learned; one with fewer may just not have been marked."""

UNMARKED_PERIOD, UNMARKED_WEIGHT = "baroque", 0.25
"""Music of this period has no marks because nobody wrote any: it is learned from as it is, but seldom."""

Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class DynamicsRecipe(Schedule):
    """A schedule with its network, and what of a piece is told."""

    network: DynamicsConfig
    max_beats: int = 128
    """Longer pieces are cut to a window."""
    no_composer: float = 0.3
    """How often the composer is not told."""
    no_richness: float = 0.5
    """How often it is not told how richly a piece is marked."""
    level_weight: float = 0.3
    """Of hearing how loud a beat is, beside foretelling what is written."""
    half: bool = True
    """Export in half precision."""


DYNAMICS = DynamicsRecipe(
    name="dynamics",
    network=DynamicsConfig(composers=tuple(dict.fromkeys(COMPOSERS_KEYBOARD + COMPOSERS_QUARTET))),
    n_steps=2400,
    batch_pieces=32,
    learning_rate=0.004,
    weight_decay=0.03,
    warmup_steps=100,
    average=0.995,
    check_every=200,
)


@dataclass(frozen=True, eq=False, kw_only=True)
class MarkedPiece:
    """A piece, by beats, with its dynamics."""

    piece: StaffPiece
    example: DynamicsExample
    """With all that may be told."""
    n_bars: int

    @property
    def dynamics(self) -> Dynamics:
        """Of every beat."""
        return Dynamics(mark_T=self.example.mark_T, wedge_T=self.example.wedge_T)

    @property
    def weight(self) -> float:
        """How often it is drawn."""
        return 1.0 if (self.example.mark_T > 0).any() else UNMARKED_WEIGHT


def marked_pieces(pieces: Sequence[StaffPiece], composers: Sequence[str]) -> list[MarkedPiece]:
    """Those that dynamics can be learned from, in their order."""
    found = []
    for piece in pieces:
        beats = beats_of(piece.plan, piece.music.end)
        dynamics = dynamics_of(piece.dynamics, piece.hairpins, beats)
        n_signs = int((dynamics.mark_T > 0).sum()) + len(dynamics.spans)
        if n_signs < MIN_SIGNS and piece.period != UNMARKED_PERIOD:
            continue
        example = DynamicsExample(
            features_TF=features_of(piece.music, piece.plan, beats, tempo_qpm=piece.tempo),
            composer=1 + composers.index(piece.composer) if piece.composer in composers else 0,
            told_R=richness(*rates_of(dynamics, beats)),
            force_TS=force_of(dynamics),
            mark_T=dynamics.mark_T,
            wedge_T=dynamics.wedge_T,
            level_T=_known_levels(dynamics),
        )
        found.append(MarkedPiece(piece=piece, example=example, n_bars=int(beats.bar_T[-1]) + 1))
    return found


def _known_levels(dynamics: Dynamics) -> NDArray[np.int64]:
    """How loud every beat is, 0 = pp to 5 = ff, (T,); -1 before the first mark."""
    level_T = np.rint(levels_of(dynamics)).astype(np.int64) - PP
    said = (dynamics.mark_T > 0) & (dynamics.mark_T <= FF)
    level_T[: int(np.argmax(said)) if said.any() else len(said)] = -1
    return level_T


def untold(example: DynamicsExample) -> DynamicsExample:
    """The same piece, while it is open how richly it is marked."""
    return replace(example, told_R=np.zeros(N_TOLD, np.float32))


class DynamicsTask(Task[DynamicsNetwork]):
    """Foretell the marks and hairpins of every beat."""

    def __init__(self, chosen: DynamicsRecipe, training: Sequence[MarkedPiece], valid: Sequence[MarkedPiece]) -> None:
        """Learn from `training`, be judged by `valid`.

        Raises:
            CorpusError: one of them is empty.
        """
        if not training or not valid:
            raise CorpusError("no piece of the corpus has dynamic marks to learn from; name another --data")
        self._recipe, self._training = chosen, training
        weights = np.array([marked.weight for marked in training])
        self._share_N = weights / weights.sum()
        self._valid = [untold(marked.example) for marked in valid]
        self._n_bars = sum(marked.n_bars for marked in valid)

    def make(self) -> DynamicsNetwork:
        """A network of the recipe's shape."""
        return DynamicsNetwork(self._recipe.network)

    def loss(self, net: DynamicsNetwork, rng: np.random.Generator) -> Tensor:
        """Nats a beat of some windows."""
        chosen = rng.choice(len(self._training), self._recipe.batch_pieces, p=self._share_N)
        batch = batch_of([self._window(self._training[i].example, rng) for i in chosen])
        of_mark, of_wedge, of_level = net.nats(batch)
        return (of_mark + of_wedge + self._recipe.level_weight * of_level).sum() / batch.mask_BT.sum()

    @torch.no_grad()
    def check(self, net: DynamicsNetwork) -> Check:
        """Nats a bar of whole validation pieces, nothing told but their composer and period."""
        net.eval()
        sums, n_known = np.zeros(3), 0
        for example in self._valid:
            sums += [float(nats.sum()) for nats in net.nats(batch_of([example]))]
            n_known += int((example.level_T >= 0).sum())
        mark, wedge, level = (sums / (self._n_bars, self._n_bars, max(1, n_known))).tolist()
        figures = {"mark_nats_per_bar": mark, "wedge_nats_per_bar": wedge, "level_nats_per_beat": level}
        spoken = f"marks {mark:.4f}, hairpins {wedge:.4f}, a level by ear {level:.4f}"
        return Check(score=mark + wedge, unit="nats/bar", figures=figures, spoken=spoken)

    def _window(self, example: DynamicsExample, rng: np.random.Generator) -> DynamicsExample:
        n = len(example.mark_T)
        start = int(rng.integers(0, max(1, n - self._recipe.max_beats + 1)))
        own = slice(start, start + self._recipe.max_beats)
        known = rng.random() >= self._recipe.no_composer
        told = rng.random() >= self._recipe.no_richness
        return DynamicsExample(
            features_TF=example.features_TF[own],
            composer=example.composer if known else 0,
            told_R=example.told_R if told else np.zeros_like(example.told_R),
            force_TS=example.force_TS[own],
            mark_T=example.mark_T[own],
            wedge_T=example.wedge_T[own],
            level_T=example.level_T[own],
        )


def run_dynamics(
    corpora: Sequence[Sequence[StaffPiece]],
    out: Path,
    *,
    chosen: DynamicsRecipe = DYNAMICS,
    minutes: float = math.inf,
    say: Say = print,
) -> Path | None:
    """Train on the training works of some corpora, going on from the last checkpoint, and export the best weights.

    Args:
        corpora: the pieces of each repertoire, each split by itself.
        out: receives checkpoints, logs and the exported network.
        chosen: the recipe.
        minutes: stop after this long; call again to go on.
        say: receives a line now and then.

    Returns:
        The exported weights; None = the minutes ran out before there was anything to export.

    Raises:
        CorpusError: nothing is marked.
    """
    training, valid = list[MarkedPiece](), list[MarkedPiece]()
    for pieces in corpora:
        for kept, split in zip((training, valid), split_staves(pieces), strict=False):
            kept += marked_pieces(split, chosen.network.composers)
    n_signs = sum(int((marked.example.mark_T > 0).sum()) + len(marked.dynamics.spans) for marked in training)
    say(f"{len(training)} pieces to learn from, {n_signs} marks and hairpins; {len(valid)} to choose by")
    train(chosen, DynamicsTask(chosen, training, valid), out, minutes=minutes, say=say)
    if not (out / "best.safetensors").exists():
        say(f"stopped at step {steps_done(out)}; --resume goes on")
        return None
    say_if_unfinished(chosen, out, say)
    net = DynamicsNetwork(chosen.network)
    net.load_state_dict(load_file(out / "best.safetensors"))
    write_json(out / "figures.json", json.loads((out / "log.json").read_text(encoding="utf-8"))[-1])
    about = {"n_pieces": len(training), "n_signs": n_signs, **trained(out)}
    return export_dynamics(net, out, half=chosen.half, about=about)


def export_dynamics(net: DynamicsNetwork, folder: Path, *, half: bool, about: Mapping[str, int] | None = None) -> Path:
    """Write weights, their config and what they learned from in one file that the engine plays."""
    path = folder / "dynamics.safetensors"
    kind = torch.float16 if half else torch.float32
    tensors = {name: tensor.detach().to(kind).contiguous() for name, tensor in net.state_dict().items()}
    metadata = {"config": json.dumps(asdict(net.config)), "about": json.dumps(about or {}), "recipe": "dynamics"}
    save_file(tensors, path, metadata=metadata)
    return path
