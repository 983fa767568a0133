"""What hears ahead learns from dreams, and a network that is asked to compose composes as before."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch")

import functools
import math
from dataclasses import replace
from pathlib import Path

import torch

from stretto.corpus.piece import Piece
from stretto.frames.canvas import Hole, canvas_of
from stretto.frames.example import CHORALE_DURATIONS, example_of
from stretto.frames.parts import ONSET, PartFrames
from stretto.frames.plan import FIELD_NAMES, Plan
from stretto.networks.batch import Batch
from stretto.networks.flagship import Config, Flagship
from stretto.train import ears, loop
from stretto.train.dreams import DREAM, LONGEST, dream
from stretto.train.ears import engine_weights, learn_ahead
from stretto.train.loop import steps_done
from stretto.train.recipe import Ears, Recipe

QUARTER = 24

SMALL = Config(
    durations=CHORALE_DURATIONS,
    n_state=8,
    n_pitch_state=6,
    n_pitch_input=5,
    n_scorer=6,
    n_vertical=8,
    n_heads=1,
    n_attention=3,
    n_recalls=1,
    n_context=4,
    n_ahead=8,
    n_pitch_ahead=4,
    horizon=48,
    echoes=True,
    fields=FIELD_NAMES,
    by_style=True,
)
RECIPE = Recipe(
    name="small",
    network=SMALL,
    source="choir",
    holes=True,
    style_shares={"bach": 1.0},
    check_every=4,
    warmup_steps=1,
    ears=Ears(horizon=192, n_dreams=3, share=0.5, n_steps=6, batch_pieces=2, learning_rate=0.01),
)


def piece(seed: int, bars: int = 6) -> Piece:
    """Four voices in quarters, at random."""
    rng = np.random.default_rng(seed)
    n = 4 * bars
    low = np.array([62, 57, 52, 43])
    pitch_TV = (low + rng.integers(0, 8, (n, 4))).astype(np.int16)
    tick_T = np.arange(0, QUARTER * n, QUARTER, dtype=np.int32)
    frames = PartFrames(tick_T=tick_T, pitch_TV=pitch_TV, state_TV=np.full((n, 4), ONSET, np.int8), end=QUARTER * n)
    plan = Plan(
        style="bach",
        tonic=0,
        mode="major",
        bar_starts=tuple(range(0, frames.end, 4 * QUARTER)),
        bar_meters=("4/4",) * bars,
        end=frames.end,
        phrase_ends=(7 * QUARTER, frames.end - QUARTER),
    )
    return Piece(name=f"piece {seed}", work=str(seed), frames=frames, plan=plan)


def chances(net: Flagship, *, hole: Hole | None) -> torch.Tensor:
    """Log-probabilities of a piece that is composed, or of which something is given."""
    made = piece(9)
    canvas = canvas_of(made.frames, [replace(hole, part=v) for v in range(4)]) if hole is not None else None
    example = example_of(made.frames, made.plan, SMALL.durations, canvas=canvas)
    with torch.no_grad():
        parts, length = net(Batch.of([example], lowest=SMALL.lowest))
    return parts.sum(-1) + length


@pytest.fixture(scope="module")
def before() -> Flagship:
    torch.manual_seed(1)
    return Flagship(SMALL).eval()


def test_what_is_composed_stays_and_what_is_filled_in_changes(before: Flagship, tmp_path: Path) -> None:
    said: list[str] = []
    recipe, after = learn_ahead(RECIPE, before, [piece(1), piece(2)], [piece(3)], tmp_path, say=said.append)
    assert recipe.network.horizon == after.config.horizon == 192
    assert said[0] == "dreaming 3 pieces"
    assert torch.allclose(chances(before, hole=None), chances(after, hole=None), atol=1e-6)
    gap = Hole(part=0, start=96, end=288)
    was, now = chances(before, hole=gap), chances(after, hole=gap)
    assert not torch.allclose(was, now, atol=1e-3)


def test_it_goes_on_after_a_kill_as_if_there_had_been_none(
    before: Flagship, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = ([piece(1), piece(2)], [piece(3)])
    _, whole = learn_ahead(RECIPE, before, *given, tmp_path / "whole")
    stops = iter([0.0, math.inf])
    said: list[str] = []
    recipe, early = learn_ahead(
        RECIPE, before, *given, tmp_path / "cut", minutes_left=lambda: next(stops), say=said.append
    )
    assert recipe.network.horizon == 48 and early is before and "--resume" in said[-1]
    # A kill after a checkpoint in the middle.
    monkeypatch.setattr(ears, "train", functools.partial(loop.train, until=3))
    learn_ahead(RECIPE, before, *given, tmp_path / "cut")
    monkeypatch.undo()
    assert steps_done(tmp_path / "cut") == 3
    _, again = learn_ahead(RECIPE, before, *given, tmp_path / "cut")
    for one, other in zip(whole.parameters(), again.parameters(), strict=True):
        assert torch.equal(one, other)


def test_a_dream_follows_its_plan_and_can_be_heard_with_less_told(before: Flagship) -> None:
    """Frames that only a planned phrase end had parted are one, or a network that is not told of it could not go on."""
    pieces = [piece(4, bars=4), piece(5, bars=40)]
    dreams = dream(engine_weights(before), pieces, np.random.default_rng(1))
    assert [d.work for d in dreams] == [DREAM, DREAM]
    assert [d.frames.end for d in dreams] == [pieces[0].frames.end, LONGEST]
    for made in dreams:
        assert (np.diff(made.frames.tick_T, append=made.frames.end) > 0).all()
        fresh_T = (made.frames.state_TV == ONSET).any(axis=1) | (
            np.diff(made.frames.pitch_TV, axis=0, prepend=-9) != 0
        ).any(axis=1)
        assert fresh_T.all()
        example = example_of(made.frames, made.plan.without("phrase"), SMALL.durations)
        with torch.no_grad():
            parts, length = before(Batch.of([example], lowest=SMALL.lowest))
        assert float((parts.sum(-1) + length).min()) > -200


def test_the_same_dream_comes_again(before: Flagship) -> None:
    one, other = (dream(engine_weights(before), [piece(4)], np.random.default_rng(3))[0].frames for _ in range(2))
    assert np.array_equal(one.pitch_TV, other.pitch_TV) and np.array_equal(one.tick_T, other.tick_T)
