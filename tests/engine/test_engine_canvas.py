"""The NumPy engine gives torch's numbers where notes are given ahead, and echoes asked for."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from stretto.engine.likelihood import likelihood  # noqa: E402
from stretto.engine.weights import weights_of  # noqa: E402
from stretto.frames.canvas import Hole, canvas_of, given_first  # noqa: E402
from stretto.frames.echo import Echo  # noqa: E402
from stretto.frames.example import Example, example_of  # noqa: E402
from stretto.frames.parts import ONSET, PartFrames, frames_of_matrix  # noqa: E402
from stretto.frames.plan import FIELD_NAMES, Plan  # noqa: E402
from stretto.networks.batch import Batch  # noqa: E402
from stretto.networks.flagship import Config, Flagship  # noqa: E402

pytestmark = pytest.mark.train

DURATIONS = (6, 12, 24)
CONFIG = Config(
    n_state=8,
    n_pitch_state=6,
    n_pitch_input=5,
    n_scorer=6,
    n_vertical=7,
    n_heads=2,
    n_attention=3,
    n_recalls=2,
    n_context=4,
    n_ahead=9,
    n_pitch_ahead=5,
    echoes=True,
    by_style=True,
    fields=FIELD_NAMES,
    durations=DURATIONS,
)
PLAN = Plan(style="bach", tonic=7, mode="major", end=96, phrase_ends=(36, 84), goals=(15, 1), closes=(3, 1))


def voices(seed: int, n: int = 16) -> PartFrames:
    """Four voices that hold, repeat and rest."""
    rng = np.random.default_rng(seed)
    rows = rng.integers(48, 72, (n, 4)).astype(float)
    for t in range(1, n):
        held = rng.random(4) < 0.4
        rows[t, held] = rows[t - 1, held]
    rows[rng.random((n, 4)) < 0.1] = np.nan
    frames = frames_of_matrix(rows, step=6)
    fresh = np.vstack([np.ones((1, 4), bool), frames.pitch_TV[1:] != frames.pitch_TV[:-1]])
    return replace(frames, state_TV=np.where(fresh & (frames.pitch_TV >= 0), ONSET, 0).astype(np.int8))


def holes_of(kind: str, end: int) -> list[Hole]:
    """Holes for each verb."""
    return {
        "bass given": [Hole(part=p, start=0, end=end) for p in (0, 1, 2)],
        "gap": [Hole(part=p, start=24, end=60) for p in range(4)],
        "rhythm of alto and tenor": [Hole(part=p, start=0, end=end, keep_rhythm=True) for p in (1, 2)],
        "to go on": [Hole(part=p, start=48, end=end) for p in range(4)],
    }[kind]


@pytest.mark.parametrize("kind", ["bass given", "gap", "rhythm of alto and tenor", "to go on"])
@pytest.mark.parametrize("echoing", [False, True])
@pytest.mark.parametrize("horizon", [12, 192])
def test_the_engine_equals_torch(kind: str, echoing: bool, horizon: int) -> None:
    torch.manual_seed(1)
    config = replace(CONFIG, horizon=horizon)
    net = Flagship(config).double().eval()
    for weight in net.parameters():
        weight.data += 0.3 * torch.randn_like(weight)
    tensors = {name: tensor.numpy() for name, tensor in net.state_dict().items()}
    weights = weights_of(tensors, asdict(config), dtype=np.float64)
    frames = voices(2)
    echoes = [Echo(part=1, start=30, end=66, lag=24, source=0, up=-5), Echo(part=3, start=48, end=72, lag=30, source=3)]
    given = {"bass given": (3,), "rhythm of alto and tenor": (0, 3)}.get(kind, ())
    piece = example_of(
        frames, PLAN, DURATIONS, canvas=canvas_of(frames, holes_of(kind, frames.end)), echoes=echoes if echoing else ()
    )
    for each in (piece, _deaf(piece)):
        order = given_first(given, CONFIG.order)
        with torch.no_grad():
            parts, length = net(Batch.of([each], lowest=CONFIG.lowest, order=order))
        found = likelihood(weights, each, order=order)
        np.testing.assert_allclose(found.part_TV, parts[0].numpy(), atol=1e-8, rtol=0)
        np.testing.assert_allclose(found.length_T, length[0].numpy(), atol=1e-8, rtol=0)


def _deaf(piece: Example) -> Example:
    """The same piece by one who hears what is given only as it comes."""
    assert piece.given is not None
    return replace(piece, given=replace(piece.given, ahead=False))
