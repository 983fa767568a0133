"""The NumPy engine of the staves network says what the torch network says."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")


from stretto.engine.staff_likelihood import staff_likelihood  # noqa: E402
from stretto.engine.staff_weights import StavesWeights  # noqa: E402
from stretto.frames.canvas import Hole  # noqa: E402
from stretto.frames.echo import Echo  # noqa: E402
from stretto.frames.staff_canvas import staff_canvas  # noqa: E402
from stretto.frames.staff_example import staff_example  # noqa: E402
from stretto.networks.staff_batch import StaffBatch  # noqa: E402
from stretto.networks.staves import Staves, StavesConfig  # noqa: E402

sys.path.insert(0, str(Path(__file__).parents[1] / "frames"))
from drawn_moments import plan_of, random_music  # noqa: E402

SIZES = {
    "n_state": 24, "n_seen": 24, "n_context": 8, "n_vertical": 24, "n_event": 16, "n_asked": 8, "n_attention": 8,
    "n_ahead": 16,
}  # fmt: skip
KEYBOARD = StavesConfig(composers=("x",), **SIZES)
QUARTET = StavesConfig(
    staves=("violin 1", "violin 2", "viola", "cello"),
    ranges=((55, 103), (50, 100), (40, 91), (30, 81)),
    upward=(False, False, False, True),
    order=(0, 3, 1, 2),
    composers=("x",),
    **SIZES,
)


def twins(config: StavesConfig) -> tuple[Staves, StavesWeights]:
    torch.manual_seed(1)
    net = Staves(config).eval()
    for weight in net.parameters():
        weight.data += 0.1 * torch.randn_like(weight)
    tensors = {name: tensor.numpy() for name, tensor in net.state_dict().items()}
    return net, StavesWeights.of(asdict(config), {}, tensors)


@pytest.mark.parametrize("known", ["all", "no metre", "no key"])
@pytest.mark.parametrize("given", ["nothing", "the top", "around a gap"])
@pytest.mark.parametrize("config", [KEYBOARD, QUARTET], ids=["keyboard", "quartet"])
def test_the_engine_says_what_torch_says(config, given, known):
    net, weights = twins(config)
    v = len(config.staves)
    music = random_music(3, lowest=(60, 56, 50, 40) if v == 4 else (60, 40))
    hidden = {"no metre": ("meter", "end"), "no key": ("key", "style", "texture")}.get(known, ())
    holes = {
        "the top": [Hole(part=s, start=0, end=music.end) for s in range(1, v)],
        "around a gap": [Hole(part=s, start=100, end=300) for s in range(v)],
    }.get(given)
    canvas = staff_canvas(music, holes) if holes else None
    order = tuple(sorted(config.order, key=lambda s: s != 0)) if given == "the top" else config.order
    echoes = [Echo(part=1, start=240, end=400, lag=192, source=0, up=-12)]
    example = staff_example(music, plan_of(music).without(*hidden), ("x",), canvas=canvas, echoes=echoes)
    batch = StaffBatch.of([example], lowest=21, n_pitches=88, upward=config.upward, order=order)
    with torch.no_grad():
        said = net(batch)
    found = staff_likelihood(weights, example, canvas=canvas, order=order)
    assert found.n_notes == (len(music.notes) if canvas is None else len(music.notes) - len(canvas.given.notes))
    assert found.choice_T.sum() == pytest.approx(float(said.choice_N.sum()), rel=1e-4)
    assert found.duration_T.sum() == pytest.approx(float(said.duration_N.sum()), rel=1e-4)
    np.testing.assert_allclose(found.length_T, said.length_BT[0].numpy(), atol=2e-4)
