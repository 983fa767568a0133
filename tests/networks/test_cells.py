"""The cells of the flagship: alike in what they promise, apart in how they remember."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from safetensors.torch import save_file  # noqa: E402
from torch import nn  # noqa: E402

from stretto.engine.weights import load_weights  # noqa: E402
from stretto.errors import ModelError, RequestError  # noqa: E402
from stretto.frames.example import GRID16_DURATIONS, Example, example_of  # noqa: E402
from stretto.frames.parts import frames_of_matrix  # noqa: E402
from stretto.frames.plan import Plan  # noqa: E402
from stretto.networks.batch import Batch  # noqa: E402
from stretto.networks.cells import CELLS, MinGru, recurrence, scan  # noqa: E402
from stretto.networks.equal_sizes import equal_sizes, n_weights  # noqa: E402
from stretto.networks.flagship import Config, Flagship  # noqa: E402

pytestmark = pytest.mark.train

SMALL = Config(
    durations=(6, 12),
    n_state=16,
    n_pitch_state=8,
    n_pitch_input=8,
    n_scorer=8,
    n_vertical=12,
    n_heads=0,
    n_attention=3,
    n_context=4,
    dropout=0.0,
    height_jitter=0.0,
)


def melody(seed: int, n: int = 12) -> Example:
    """Four random voices."""
    matrix = np.random.default_rng(seed).integers(48, 72, (n, 4)).astype(float)
    return example_of(frames_of_matrix(matrix, step=6), Plan(index_known=True), (6, 12))


def looped(kept: torch.Tensor, added: torch.Tensor) -> torch.Tensor:
    """The recurrence as it is written."""
    h, states = torch.zeros_like(added[0]), []
    for keep, add in zip(kept, added, strict=True):
        h = keep * h + add
        states.append(h)
    return torch.stack(states)


@pytest.mark.parametrize(("n_frames", "n_rows"), [(1, 3), (2, 3), (3, 3), (4, 3), (16, 3), (50, 3), (7, 4000)])
def test_the_scan_equals_a_loop_and_so_does_its_gradient(n_frames: int, n_rows: int) -> None:
    """Narrow frames go by blocks, wide ones one after the other."""
    torch.manual_seed(n_frames)
    kept = torch.rand(n_frames, n_rows, 5, dtype=torch.float64)
    added = torch.randn(n_frames, n_rows, 5, dtype=torch.float64)
    pull = torch.randn_like(added)
    found = []
    for way in (scan, looped):
        a, b = kept.clone().requires_grad_(), added.clone().requires_grad_()
        states = way(a, b)
        found.append((states.detach(), *torch.autograd.grad(states, (a, b), pull)))
    for ours, plain in zip(*found, strict=True):
        torch.testing.assert_close(ours, plain, atol=1e-12, rtol=1e-12)


def test_a_long_scan_in_single_precision_neither_overflows_nor_drifts() -> None:
    """Gates shut for a thousand frames, where quotients of products would be 0 / 0; and gates that never let go."""
    torch.manual_seed(0)
    shut, added = torch.full((1000, 2, 3), 1e-9), torch.randn(1000, 2, 3)
    torch.testing.assert_close(scan(shut, added), looped(shut, added), atol=1e-6, rtol=1e-6)
    held = torch.ones(1000, 2, 3)
    first = torch.cat([added[:1], torch.zeros(999, 2, 3)])
    assert torch.equal(scan(held, first), added[:1].expand(1000, -1, -1))


def test_mingru_is_its_equations() -> None:
    torch.manual_seed(1)
    cell = MinGru(4, 3).double()
    x, h = torch.randn(7, 2, 4, dtype=torch.float64), torch.randn(1, 2, 3, dtype=torch.float64)
    w_gate, w_fresh = cell.from_input.weight.chunk(2)
    b_gate, b_fresh = cell.from_input.bias.chunk(2)
    state, expected = h[0], []
    for frame in x:
        z = torch.sigmoid(frame @ w_gate.T + b_gate)
        state = (1 - z) * state + z * (frame @ w_fresh.T + b_fresh)
        expected.append(state)
    states, last = cell(x, h)
    torch.testing.assert_close(states, torch.stack(expected), atol=1e-12, rtol=1e-12)
    assert torch.equal(last[0], states[-1])


@pytest.mark.parametrize("batch_first", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_a_cell_is_called_as_torch_calls_its_own_and_hears_no_future(cell: str, batch_first: bool) -> None:
    torch.manual_seed(2)
    layer = recurrence(cell, 4, 3, batch_first=batch_first).double()
    x = torch.randn(9, 2, 4, dtype=torch.float64)
    other = torch.cat([x[:5], torch.randn(4, 2, 4, dtype=torch.float64)])
    states, changed = (
        out.transpose(0, 1) if batch_first else out
        for out in (layer(y.transpose(0, 1) if batch_first else y)[0] for y in (x, other))
    )
    assert states.shape == (9, 2, 3)
    assert torch.equal(states[:5], changed[:5]) and not torch.allclose(states[5:], changed[5:])
    last = layer(x.transpose(0, 1) if batch_first else x)[1]
    last = last[0] if isinstance(last, tuple) else last
    assert torch.equal(last[0], states[-1])


def test_the_lstm_is_still_torchs_own() -> None:
    """Same weights from the same seed, same names: shipped networks load as before."""
    torch.manual_seed(3)
    net = Flagship(Config(durations=(6, 12)))
    assert type(net.time) is nn.LSTM and type(net.pitch_time) is nn.LSTM
    assert set(dict(net.time.named_parameters())) == {"weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"}


def test_an_unknown_cell_is_named_with_those_that_there_are() -> None:
    message = "no cell 'hebb'; there are memoryless, elman, gru, lstm, mingru"
    with pytest.raises(RequestError, match=message):
        recurrence("hebb", 4, 3)
    with pytest.raises(RequestError, match=message):
        Config(durations=(6,), cell="hebb")


@pytest.mark.parametrize("n_heads", [0, 4])
@pytest.mark.parametrize("cell", CELLS)
def test_all_cells_have_as_many_weights(cell: str, n_heads: int) -> None:
    base = Config(durations=GRID16_DURATIONS, n_heads=n_heads)
    n_state, n_pitch_state = equal_sizes(cell, base)
    sized = Flagship(replace(base, cell=cell, n_state=n_state, n_pitch_state=n_pitch_state))
    assert n_weights(sized) == pytest.approx(n_weights(Flagship(base)), rel=0.005)
    assert cell != "lstm" or (n_state, n_pitch_state) == (base.n_state, base.n_pitch_state)


@pytest.mark.parametrize("cell", CELLS)
def test_the_network_hears_no_future_with_any_cell(cell: str) -> None:
    torch.manual_seed(4)
    net = Flagship(replace(SMALL, cell=cell, n_heads=2)).double().eval()
    for weight in net.parameters():
        weight.data += 0.4 * torch.randn_like(weight)
    one = melody(0)
    pitch = one.pitch_TV.copy()
    pitch[7, 1] += 1
    two = replace(one, pitch_TV=pitch)
    with torch.no_grad():
        (a, la), (b, lb) = (net(Batch.of([p], lowest=36)) for p in (one, two))
    torch.testing.assert_close(a[:, :7], b[:, :7], atol=1e-12, rtol=0)
    torch.testing.assert_close(la[:, :7], lb[:, :7], atol=1e-12, rtol=0)
    # What a frame held is heard in the next one by all; two frames on only by what remembers, or copies.
    assert not torch.allclose(a[:, 8], b[:, 8])


@pytest.mark.parametrize("cell", CELLS)
def test_without_attention_only_a_state_hears_what_is_two_frames_back(cell: str) -> None:
    torch.manual_seed(5)
    net = Flagship(replace(SMALL, cell=cell)).double().eval()
    for weight in net.parameters():
        weight.data += 0.4 * torch.randn_like(weight)
    one = melody(0)
    pitch = one.pitch_TV.copy()
    pitch[5] = (pitch[5] - 48 + 7) % 24 + 48
    with torch.no_grad():
        a, b = (net(Batch.of([p], lowest=36))[0] for p in (one, replace(one, pitch_TV=pitch)))
    # Frame 7 knows the motion into frame 6, which frame 5 began; frame 8 knows nothing of frame 5.
    apart = float((a[:, 8:] - b[:, 8:]).abs().max())
    assert (apart < 1e-12) == (cell == "memoryless")


@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_learns_one_phrase_by_heart(cell: str) -> None:
    torch.manual_seed(0)
    net = Flagship(replace(SMALL, cell=cell, n_state=64, n_pitch_state=16, n_scorer=32, n_vertical=64))
    optimiser = torch.optim.Adam(net.parameters(), 0.01)
    batch = Batch.of([melody(1, 16)], lowest=36)
    nats = []
    for _ in range(60):
        parts, length = net(batch)
        loss = -(parts.sum() + length.sum()) / 16
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        nats.append(float(loss.detach()))
    assert nats[-1] < 0.1 * nats[0] and nats[-1] < 1.2


@pytest.mark.parametrize(
    ("changed", "message"), [({"cell": "gru"}, "gru cells"), ({"n_heads": 0}, "without attention")]
)
def test_the_engine_refuses_what_it_cannot_play_in_one_line(changed: dict, message: str, tmp_path: Path) -> None:
    config = replace(SMALL, **{"n_heads": 2, **changed})
    path = tmp_path / "other.safetensors"
    tensors = {name: weight.contiguous() for name, weight in Flagship(config).state_dict().items()}
    save_file(tensors, path, metadata={"config": json.dumps(asdict(config))})
    with pytest.raises(ModelError, match=message) as refused:
        load_weights(path)
    assert "\n" not in str(refused.value)
