"""What a drawing says that it cost is what the finished piece costs the network."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from stretto.engine.likelihood import likelihood
from stretto.frames.canvas import Hole, canvas_of, given_first
from stretto.frames.echo import Echo
from stretto.frames.example import example_of
from stretto.frames.parts import frames_of_matrix
from stretto.frames.plan import Plan
from stretto.verbs.asked import Asked
from stretto.verbs.sample import Drawing
from stretto.verbs.taste import Taste
from stretto.verbs.weights import choir_weights

QUARTER = 24
END = 16 * QUARTER
PLAN = Plan(
    style="bach",
    tonic=7,
    mode="major",
    bar_starts=tuple(range(0, END, 4 * QUARTER)),
    bar_meters=("4/4",) * 4,
    end=END,
    phrase_ends=(6 * QUARTER, 14 * QUARTER),
)
PLAIN = Taste(temperature=1.0, top_p=1.0)
ECHOES = [
    Echo(part=1, start=2 * QUARTER, end=8 * QUARTER, lag=2 * QUARTER, source=0, up=-5),
    Echo(part=3, start=8 * QUARTER, end=END, lag=8 * QUARTER, source=3),
]


@pytest.mark.parametrize("seed", range(4))
def test_with_echoes(seed: int) -> None:
    shipped = choir_weights()
    # Made much of, so that what is heard of the lengths of what is recalled counts.
    loud = shipped.copy_length + 3 * np.random.default_rng(1).standard_normal(shipped.copy_length.shape)
    weights = replace(shipped, copy_length=loud.astype(shipped.dtype))
    drawing = Drawing(weights, [PLAN], seeds=[seed], asked=Asked(taste=PLAIN, echoes=ECHOES))
    drawing.advance(drawing.ends)
    (drawn,) = drawing.pieces()
    piece = example_of(drawn.frames, PLAN, weights.durations, echoes=ECHOES)
    assert drawn.nats / drawn.n_notes == pytest.approx(likelihood(weights, piece).nll_per_note, abs=0.002)


@pytest.mark.parametrize("seed", range(4))
def test_under_a_melody(seed: int) -> None:
    weights = choir_weights()
    tune = [67, 67, 69, 71, 71, 69, 67, 66, 67, 69, 71, 72, 71, 69, 67, 67]
    frames = frames_of_matrix(np.array([tune, *[[-1] * 16] * 3], float).T, step=QUARTER)
    canvas = canvas_of(frames, [Hole(part=v, start=0, end=END) for v in (1, 2, 3)])
    drawing = Drawing(weights, [PLAN], seeds=[seed], asked=Asked(taste=PLAIN, canvas=canvas))
    drawing.advance(drawing.ends)
    (drawn,) = drawing.pieces()
    piece = example_of(drawn.frames, PLAN, weights.durations, canvas=canvas)
    scored = likelihood(weights, piece, order=given_first((0,), weights.order))
    assert drawn.nats / drawn.n_notes == pytest.approx(scored.nll_per_note, abs=0.03)
