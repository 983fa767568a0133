"""Recipes of the staves network: keyboard, quartet, and a user's own folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from stretto.corpus.composers import COMPOSERS_KEYBOARD, COMPOSERS_QUARTET
from stretto.errors import RequestError
from stretto.networks.staves import StavesConfig
from stretto.train.recipe import Schedule


@dataclass(frozen=True, kw_only=True)
class StavesRecipe(Schedule):
    """A schedule with its network, and how its pieces are drawn."""

    network: StavesConfig
    max_moments: int = 192
    """Longer pieces are cut to a window."""
    shift: int = 3
    """Pieces are moved by up to so many semitones, with their keys."""
    tasks: Mapping[str, float] = field(
        default_factory=lambda: {"compose": 0.5, "staves": 0.25, "gap": 0.17, "staff gap": 0.08}
    )
    """Share of the batches with nothing given; some staves; all but some bars; all but some bars of some staves."""
    echoing: float = 0.2
    """Share of the pieces that are told which of their passages recall earlier ones."""
    unknown: Mapping[str, float] = field(
        default_factory=lambda: {"style": 0.1, "key": 0.1, "meter": 0.08, "end": 0.25, "texture": 0.4}
    )
    """How often each thing is not told."""
    no_composer: float = 0.25
    """How often of the style only the period is told."""
    period_shares: Mapping[str, float] = field(default_factory=dict)
    """How often each period is drawn; empty = as often as it is there."""
    source_weights: Mapping[str, float] = field(default_factory=dict)
    """How often a piece of a folder is drawn, beside 1 of others."""


QUARTET = StavesConfig(
    staves=("violin 1", "violin 2", "viola", "cello"),
    ranges=((55, 103), (55, 100), (48, 91), (36, 81)),
    upward=(False, False, False, True),
    order=(0, 3, 1, 2),
    composers=COMPOSERS_QUARTET,
    n_state=512,
    n_vertical=288,
    dropout=0.3,
)

STAFF_RECIPES = {
    "keyboard": StavesRecipe(
        name="keyboard",
        network=StavesConfig(composers=COMPOSERS_KEYBOARD, n_state=640, n_vertical=320, dropout=0.2),
        n_steps=30000,
        cooldown_steps=1500,
        batch_pieces=16,
        learning_rate=0.0025,
        weight_decay=0.02,
        warmup_steps=200,
        average=0.998,
        check_every=250,
        bfloat16=True,
        period_shares={"baroque": 0.19, "classical": 0.23, "romantic": 0.46, "modern": 0.09, "": 0.03},
        source_weights={"polish-keyboard": 0.25, "openscore-lieder": 0.5},
    ),
    "quartet": StavesRecipe(
        name="quartet",
        network=QUARTET,
        n_steps=20000,
        cooldown_steps=1500,
        batch_pieces=12,
        learning_rate=0.0025,
        weight_decay=0.04,
        warmup_steps=200,
        average=0.998,
        check_every=250,
        bfloat16=True,
        period_shares={"baroque": 0.02, "classical": 0.58, "romantic": 0.34, "modern": 0.06},
    ),
}


def staff_recipe(name: str, **changes: Any) -> StavesRecipe:
    """A recipe by name, with some of its values changed.

    Raises:
        RequestError: there is no such recipe.
    """
    if name not in STAFF_RECIPES:
        raise RequestError(f"no recipe {name!r}; there are {', '.join(sorted(STAFF_RECIPES))}")
    return replace(STAFF_RECIPES[name], **changes)
