"""The second stage of the choir's training: what hears ahead learns from dreams, and all else stays as it is.

A network trained on a few hundred pieces hears what comes after a gap from two quarters before it, and no earlier:
it would know the piece by it. Of its own dreams it knows none by heart, so in them it learns to hear two bars ahead.
Real pieces stand among them, or it would learn to lead to goals as its dreams do, which is worse than Bach does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from stretto.corpus.piece import Piece, load_pieces, save_pieces
from stretto.engine.weights import FlagshipWeights, weights_of
from stretto.frames.echo import Echo
from stretto.frames.example import Example
from stretto.networks.flagship import Flagship
from stretto.networks.vertical import N_NEXT, NEXT_EDGES
from stretto.train.canvas import CanvasChoir, CanvasTask
from stretto.train.dreams import DREAM, dream
from stretto.train.holes import EARS
from stretto.train.loop import steps_done, train
from stretto.train.recipe import Recipe

CHECK_EVERY = 500


def learn_ahead(
    chosen: Recipe,
    net: Flagship,
    training: Sequence[Piece],
    valid: Sequence[Piece],
    folder: Path,
    *,
    minutes_left: Callable[[], float] = lambda: math.inf,
    say: Callable[[str], None] = print,
) -> tuple[Recipe, Flagship]:
    """Let a trained network dream, and its ears learn; goes on from what `folder` holds.

    Args:
        chosen: the recipe, with `ears`.
        net: the network as it came from the first stage.
        training: what that learned from. Metres that it has only heard are better not told: pieces that say less are
            less known to it, so that it listens.
        valid: pieces that choose the best weights.
        folder: receives dreams, checkpoints and logs.
        minutes_left: until when to stop.
        say: receives a line now and then.

    Returns:
        The recipe with the network's new shape, and the network at the end, its weights averaged; what was given, where
        the minutes ran out before.
    """
    ears = chosen.ears
    assert ears is not None
    later = replace(
        chosen,
        name=f"{chosen.name}'s ears",
        network=replace(chosen.network, horizon=ears.horizon),
        n_steps=ears.n_steps,
        batch_pieces=ears.batch_pieces,
        learning_rate=ears.learning_rate,
        weight_decay=0.0,  # it would wear away what does not learn
        check_every=CHECK_EVERY,
    )
    choir = DreamingChoir(training, valid, later)
    path = folder / "dreams.npz"
    if not path.exists():
        rng = np.random.default_rng((chosen.seed, ears.n_dreams))
        say(f"dreaming {ears.n_dreams} pieces")
        save_pieces(dream(engine_weights(net), choir.some(ears.n_dreams, rng), rng), path)
    choir.dreams(load_pieces(path), ears.share)
    average = train(later, EarsTask(later, choir, net), folder, minutes=minutes_left(), say=say)
    if steps_done(folder) < ears.n_steps:
        say("the network still hears from two quarters before only; --resume goes on")
        return chosen, net
    return replace(later, name=chosen.name), average.eval()


def engine_weights(net: Flagship) -> FlagshipWeights:
    """A network as the engine plays it."""
    tensors = {name: tensor.numpy() for name, tensor in net.state_dict().items()}
    return weights_of(tensors, asdict(net.config), dtype=np.float32)


class DreamingChoir(CanvasChoir):
    """Draws of training pieces with holes, some of them dreams."""

    tasks: Mapping[str, float] = EARS
    deaf: float = 0.0
    several: float = 0.8

    def some(self, n: int, rng: np.random.Generator) -> list[Piece]:
        """Pieces as they are drawn, whose plans can be dreamt along."""
        styles = rng.choice(list(self.shares), size=n, p=list(self.shares.values()))
        return [self._piece(style, rng) for style in styles]

    def dreams(self, pieces: Sequence[Piece], share: float) -> None:
        """From now on this share of the pieces is drawn from these."""
        self._share, self._dreams = share, dict[str, list[Piece]]()
        for piece in pieces:
            self._dreams.setdefault(piece.plan.style, []).append(piece)

    def _example(self, style: str, rng: np.random.Generator) -> Example:
        if rng.random() < self._share and (dreams := self._dreams.get(style)):
            return self._one(dreams[int(rng.integers(len(dreams)))], rng)
        return super()._example(style, rng)

    def _echoes(self, piece: Piece, rng: np.random.Generator) -> list[Echo]:
        return [] if piece.work == DREAM else super()._echoes(piece, rng)


class EarsTask(CanvasTask):
    """Training of what hears ahead, alone."""

    def __init__(self, recipe: Recipe, choir: DreamingChoir, trained: Flagship) -> None:
        """`trained` is where it begins."""
        super().__init__(recipe, choir)
        self._trained = trained

    def make(self) -> Flagship:
        """The trained network, with ears that reach further and alone can learn."""
        net = Flagship(self._recipe.network)
        net.load_state_dict(self._trained.state_dict())
        _forget_unheard(net, self._trained.config.horizon)
        for name, weight in net.named_parameters():
            learns = _learns(net, name, weight)
            if learns is None:
                weight.requires_grad_(False)
            elif not bool(learns.all()):
                weight.register_hook(_only(learns))  # type: ignore[no-untyped-call]
        return net


def _learns(net: Flagship, name: str, weight: nn.Parameter) -> Tensor | None:
    """What of a weight has to do with what is to come; None = nothing."""
    c = net.config
    part = torch.zeros_like(weight, dtype=torch.bool)
    if name.startswith(("ahead.", "from_ahead.")):
        part[:] = True
    elif name == "vertical_start.weight":
        part[:, -c.n_ahead :] = True
    elif name.startswith("go_on.") and name.endswith(".0.weight"):
        part[:, -c.n_pitch_ahead :] = True
    elif name == "relation.weight":
        _next_tables(net, part)[:, :, 1:] = True  # row 0: nothing is known, as when composing
    else:
        return None
    return part


def _next_tables(net: Flagship, relation: Tensor) -> Tensor:
    """Of the relation tables, those from where each part is known to go: a view, (V, V * N_NEXT, rows, D)."""
    c = net.config
    size, v = 2 * c.n_pitches + 1, c.n_parts
    tables = relation[: v * net.n_relations * size].view(v, net.n_relations, size, -1)
    return tables[:, net.n_relations - N_NEXT * v :]


@torch.no_grad()
def _forget_unheard(net: Flagship, horizon: int) -> None:
    """What is said of notes to come from beyond an earlier horizon is still as it was made, at random."""
    tables = _next_tables(net, net.relation.weight)
    v = net.config.n_parts
    by_time = tables.view(v, v, N_NEXT, *tables.shape[2:])
    beyond = sum(edge <= horizon for edge in NEXT_EDGES)
    by_time[:, :, beyond:] = 0.0


def _only(learns: Tensor) -> Callable[[Tensor], Tensor]:
    return lambda gradient: gradient * learns
