"""The flagship in torch: normalised, causal, able to learn."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from stretto.frames.example import Example, example_of  # noqa: E402
from stretto.frames.parts import PartFrames, frames_of_matrix  # noqa: E402
from stretto.frames.plan import Plan  # noqa: E402
from stretto.networks.batch import Batch  # noqa: E402
from stretto.networks.flagship import Config, Flagship  # noqa: E402

pytestmark = pytest.mark.train

SMALL = {
    "n_state": 8,
    "n_pitch_state": 6,
    "n_pitch_input": 5,
    "n_scorer": 6,
    "n_vertical": 7,
    "n_heads": 2,
    "n_attention": 3,
    "n_recalls": 2,
    "n_context": 4,
}


def shaken(config: Config, seed: int = 3) -> Flagship:
    """A network whose every weight matters."""
    torch.manual_seed(seed)
    net = Flagship(config).double().eval()
    for weight in net.parameters():
        weight.data += 0.4 * torch.randn_like(weight)
    return net


def nats(net: Flagship, pieces: list[Example]) -> np.ndarray:
    """Log-probability of every piece, its lengths included."""
    batch = Batch.of(pieces, lowest=net.config.lowest)
    with torch.no_grad():
        parts, length = net(batch)
    return ((parts.sum(-1) + length) * batch.mask_BT).sum(1).numpy()


@pytest.mark.parametrize("n_rows", [1, 2, 3])
def test_the_probabilities_of_all_pieces_of_a_grid_sum_to_one(n_rows: int) -> None:
    """Two parts, two pitches and a rest: every matrix of `n_rows` sixteenths, by brute force."""
    config = Config(lowest=60, n_pitches=2, n_parts=2, order=(1, 0), durations=(6, 12), **SMALL)
    net = shaken(config)
    cells = list(itertools.product([-1, 60, 61], repeat=2))
    pieces = []
    for rows in itertools.product(cells, repeat=n_rows):
        frames = frames_of_matrix(np.array(rows, float), step=6)
        example = example_of(frames, Plan(index_known=True), config.durations)
        # The brute force knows that nothing here tells held from repeated, even where nothing repeats.
        pieces.append(example)
    batch = Batch.of(pieces, lowest=60)
    object.__setattr__(batch, "fused_B", torch.ones(len(pieces), dtype=torch.bool))
    object.__setattr__(batch, "state_BTV", _fused(batch.pitch_BTV))
    with torch.no_grad():
        parts, length = net(batch)
    total = ((parts.sum(-1) + length) * batch.mask_BT).sum(1).exp().sum()
    assert float(total) == pytest.approx(1, abs=1e-7)


def _fused(pitch: torch.Tensor) -> torch.Tensor:
    """UNKNOWN for a repeated pitch, ONSET for a new one, HOLD for a rest."""
    before = torch.cat([torch.full_like(pitch[:, :1], -2), pitch[:, :-1]], 1)
    return torch.where(pitch < 0, 0, torch.where(pitch == before, 2, 1))


def melody(seed: int, n: int = 10) -> PartFrames:
    """Four random voices."""
    rng = np.random.default_rng(seed)
    return frames_of_matrix(rng.integers(48, 72, (n, 4)).astype(float), step=6)


def test_the_future_does_not_move_the_past() -> None:
    """Changing frame 6, or a part later in the order, leaves what came before alone."""
    net = shaken(Config(durations=(6, 12), **SMALL))
    frames = melody(0)
    other = frames.pitch_TV.copy()
    other[6:, 1] += 1
    plan = Plan(index_known=True)
    one = example_of(frames, plan, (6, 12))
    two = example_of(
        PartFrames(tick_T=frames.tick_T, pitch_TV=other, state_TV=frames.state_TV, end=frames.end), plan, (6, 12)
    )
    with torch.no_grad():
        (a, la), (b, lb) = (net(Batch.of([p], lowest=36)) for p in (one, two))
    assert torch.equal(a[:, :6], b[:, :6]) and torch.equal(la[:, :6], lb[:, :6])
    # Order 0, 3, 1, 2: soprano and bass of frame 6 come before the alto that changed.
    assert torch.equal(a[:, 6, [0, 3]], b[:, 6, [0, 3]])
    assert not torch.allclose(a[:, 6, 1], b[:, 6, 1])


def test_padding_changes_nothing() -> None:
    """Recall has something to recall: both pieces are said twice."""
    net = shaken(Config(durations=(6, 12), **SMALL))
    short, long = (repeated(melody(seed, n)) for seed, n in ((4, 5), (5, 9)))
    with torch.no_grad():
        parts, length = net(Batch.of([short, long], lowest=36))
        for i, piece in enumerate((short, long)):
            alone, alone_length = net(Batch.of([piece], lowest=36))
            assert torch.allclose(parts[i, : len(piece)], alone[0], rtol=0, atol=1e-12)
            assert torch.allclose(length[i, : len(piece)], alone_length[0], rtol=0, atol=1e-12)


def repeated(frames: PartFrames) -> Example:
    """A piece that is said twice."""
    twice = np.concatenate([frames.pitch_TV, frames.pitch_TV]).astype(float)
    return example_of(frames_of_matrix(twice, step=6), Plan(index_known=True), (6, 12))


def test_the_future_does_not_move_the_past_where_music_returns() -> None:
    net, piece = shaken(Config(durations=(6, 12), **SMALL)), repeated(melody(6, 6))
    batch = Batch.of([piece], lowest=36)
    with torch.no_grad():
        before, before_length = net(batch)
        for t in range(6, len(piece)):
            other = Batch.of([piece], lowest=36)
            other.pitch_BTV[0, t, 1:] += 1
            other.pitch_BTV[0, t + 1 :] += 2
            after, after_length = net(other)
            assert torch.allclose(after[:, :t], before[:, :t], rtol=0, atol=1e-12)
            assert torch.allclose(after_length[:, :t], before_length[:, :t], rtol=0, atol=1e-12)
            assert torch.allclose(after[:, t, 0], before[:, t, 0], rtol=0, atol=1e-12)


def test_it_learns_one_phrase_by_heart() -> None:
    """Forty steps on one phrase bring it near certainty."""
    torch.manual_seed(0)
    net = Flagship(Config(durations=(6, 12), dropout=0.0, height_jitter=0.0))
    optimiser = torch.optim.Adam(net.parameters(), 0.01)
    batch = Batch.of([example_of(melody(1, 16), Plan(index_known=True), (6, 12))], lowest=36)
    first = last = 0.0
    for step in range(40):
        parts, length = net(batch)
        loss = -(parts.sum() + length.sum()) / 16
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        first, last = (float(loss.detach()), 0.0) if step == 0 else (first, float(loss.detach()))
    assert last < 0.1 * first and last < 1.0
