"""Recipes: everything that makes a network reproducible from one command."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from stretto.errors import RequestError
from stretto.frames.example import CHORALE_DURATIONS, GRID16_DURATIONS
from stretto.frames.plan import FIELD_NAMES
from stretto.networks.flagship import Config


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """How a network is trained: how long, how fast, from which seed. A run saves it as JSON beside its weights."""

    name: str
    n_steps: int = 1100
    """Optimiser steps; the learning rate falls along a cosine to 3 % of its peak."""
    batch_pieces: int = 12
    max_frames: int = 200
    """Longer pieces are cut to a random window in training."""
    optimiser: Literal["adamw", "adadelta"] = "adamw"
    learning_rate: float = 0.002
    steady: bool = False
    """The learning rate stays as it is."""
    cooldown_steps: int = 0
    """The learning rate stays as it is but for the last so many steps, where it falls in a line; 0 = a cosine."""
    weight_decay: float = 0.01
    warmup_steps: int = 100
    clip_norm: float = 1.0
    clip_each: bool = False
    """The gradient of each tensor is clipped on its own, instead of all together."""
    loss_scale: float = 1.0
    """The loss is made so much larger for the optimiser; only clipping and what an optimiser adds can tell."""
    bfloat16: bool = False
    """Multiply matrices in half precision while training: twice as fast where the processor knows how."""
    average: float = 0.995
    """Decay of the running average of the weights, which is what is kept; 0 = the weights as they are."""
    check_every: int = 60
    """Steps between two looks at the validation pieces."""
    patience: int = 0
    """Looks without a better one after which training stops; 0 = it goes on to its end."""
    seed: int = 0

    def as_json(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Ears:
    """How a trained network learns to hear further ahead, from pieces that it dreams."""

    horizon: int
    """Ticks, as `networks.flagship.Config.horizon`."""
    n_dreams: int
    share: float
    """Of the pieces of a batch, those that are dreams; the others are real."""
    n_steps: int
    batch_pieces: int
    learning_rate: float


@dataclass(frozen=True, kw_only=True)
class Recipe(Schedule):
    """A training run of the flagship."""

    network: Config
    source: str
    """"jsb16" = the benchmark alone; "choir" = every corpus that a released choir model may learn from."""
    unknown: float = 0.0
    """Chance that each thing told about a piece (style, key, metre, end, phrases) is hidden from it."""
    mistakes: float = 0.0
    """Mean share of the notes that are moved in what the network hears of the past."""
    close_weight: float = 1.0
    """How much more is learned from the last quarter before a phrase end and from its chord than from other frames."""
    transpose: bool = False
    """Shift pieces at random as far as the ranges of the voices allow."""
    label_at: tuple[int, ...] = ()
    """After these steps the network gives a metre to the pieces that have none yet."""
    holes: bool = False
    """Cut holes into the pieces, so that the network learns to fill them: `train.canvas`."""
    ears: Ears | None = None
    """What follows when all else is learned: `train.ears`."""
    half: bool = False
    """Export the weights in half precision: half the size, the same likelihood to the fourth digit."""
    style_shares: dict[str, float] = field(default_factory=dict)
    """Share of each style in the training batches."""


_RECIPES = {
    "jsb16": Recipe(
        name="jsb16",
        network=Config(durations=GRID16_DURATIONS, n_recalls=2),
        source="jsb16",
        n_steps=1500,
        batch_pieces=4,
        learning_rate=0.006,
        check_every=100,
        bfloat16=True,
    ),
    "chorale": Recipe(
        name="chorale",
        network=Config(durations=CHORALE_DURATIONS, height_jitter=0.0, dropout=0.42, fields=FIELD_NAMES, by_style=True),
        source="choir",
        n_steps=2100,
        weight_decay=0.02,
        check_every=100,
        max_frames=120,
        unknown=0.06,
        mistakes=0.02,
        close_weight=2.5,
        transpose=True,
        label_at=(300, 800),
        style_shares={"bach": 0.76, "hymn": 0.12, "renaissance": 0.12},
    ),
    "choir": Recipe(
        name="choir",
        network=Config(
            durations=CHORALE_DURATIONS,
            height_jitter=0.0,
            dropout=0.4,
            fields=FIELD_NAMES,
            by_style=True,
            n_recalls=2,
            n_ahead=128,
            n_pitch_ahead=40,
            dropout_ahead=0.15,
            horizon=48,
            echoes=True,
        ),
        source="choir",
        n_steps=4800,
        batch_pieces=4,
        learning_rate=0.005,
        weight_decay=0.02,
        check_every=200,
        max_frames=120,
        bfloat16=True,
        unknown=0.06,
        mistakes=0.02,
        close_weight=2.0,
        transpose=True,
        label_at=(600, 1400),
        holes=True,
        ears=Ears(horizon=192, n_dreams=8000, share=0.85, n_steps=2500, batch_pieces=6, learning_rate=0.003),
        half=True,
        style_shares={"bach": 0.72, "hymn": 0.14, "renaissance": 0.14},
    ),
}

OF_OTHER_KINDS = ("dynamics", "keyboard", "quartet")
"""Recipes that are not of the choir's network: `train.staff_recipe`, `train.dynamics`."""


def recipe(name: str, **changes: Any) -> Recipe:
    """A recipe by name, with some of its values changed.

    Raises:
        RequestError: there is no such recipe.
    """
    if name not in _RECIPES:
        raise RequestError(f"no recipe {name!r}; there are {', '.join(sorted([*_RECIPES, *OF_OTHER_KINDS]))}")
    return replace(_RECIPES[name], **changes)
