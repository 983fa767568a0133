"""The flagship with a canvas: what is given is heard ahead, costs nothing, and the rest stays exact."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from stretto.frames.canvas import GIVEN, Hole, canvas_of  # noqa: E402
from stretto.frames.echo import Echo  # noqa: E402
from stretto.frames.example import Example, example_of  # noqa: E402
from stretto.frames.parts import ONSET, PartFrames, frames_of_matrix  # noqa: E402
from stretto.frames.plan import Plan  # noqa: E402
from stretto.networks.batch import Batch  # noqa: E402
from stretto.networks.flagship import Config, Flagship  # noqa: E402

pytestmark = pytest.mark.train

DURATIONS = (6, 12)
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
    "n_ahead": 9,
    "n_pitch_ahead": 5,
    "echoes": True,
    "durations": DURATIONS,
}


def shaken(seed: int = 3, **changes: object) -> Flagship:
    """A network whose every weight matters."""
    torch.manual_seed(seed)
    net = Flagship(Config(**(SMALL | changes))).double().eval()
    for weight in net.parameters():
        weight.data += 0.4 * torch.randn_like(weight)
    return net


def voices(seed: int, n: int = 10) -> PartFrames:
    """Four random voices that strike every sixteenth anew."""
    rng = np.random.default_rng(seed)
    frames = frames_of_matrix(rng.integers(48, 72, (n, 4)).astype(float), step=6)
    return replace(frames, state_TV=np.full_like(frames.state_TV, ONSET))


def piece_of(frames: PartFrames, holes: list[Hole], **rest: object) -> Example:
    """A piece with holes, told nothing else."""
    return example_of(frames, Plan(index_known=True), DURATIONS, canvas=canvas_of(frames, holes), **rest)


def scores(net: Flagship, piece: Example, order: tuple[int, ...] = (0, 3, 1, 2)) -> tuple[torch.Tensor, torch.Tensor]:
    """Nats of every choice and every length of one piece."""
    with torch.no_grad():
        parts, length = net(Batch.of([piece], lowest=net.config.lowest, order=order))
    return parts[0], length[0]


def whole(parts: tuple[int, ...], frames: PartFrames) -> list[Hole]:
    """These parts open from beginning to end."""
    return [Hole(part=part, start=0, end=frames.end) for part in parts]


@pytest.mark.parametrize("keep_rhythm", [False, True])
def test_the_chances_of_all_ways_to_fill_a_hole_sum_to_one(keep_rhythm: bool) -> None:
    """Of two parts one is given; the other strikes, holds or rests in two sixteenths as it may."""
    net = shaken(lowest=60, n_pitches=2, n_parts=2, order=(0, 1))
    given = [60, 61]
    pieces, seen = [], set()
    for cells in itertools.product([(-1, 0), (60, 1), (61, 1), (60, 0), (61, 0)], repeat=2):
        if cells[0][1] == 0 and cells[0][0] >= 0:
            continue  # nothing can be held from before the beginning
        if cells[1][1] == 0 and cells[1][0] >= 0 and cells[1][0] != cells[0][0]:
            continue  # held is what sounded
        if keep_rhythm and (cells[0][0] < 0 or cells[1][1] != 1):
            continue  # it strikes twice
        frames = PartFrames(
            tick_T=np.array([0, 6], np.int32),
            pitch_TV=np.array([[given[t], cells[t][0]] for t in range(2)], np.int16),
            state_TV=np.array([[1, cells[t][1]] for t in range(2)], np.int8),
            end=12,
        )
        piece = piece_of(frames, [Hole(part=1, start=0, end=12, keep_rhythm=keep_rhythm)])
        assert cells not in seen
        seen.add(cells)
        pieces.append(piece)
    with torch.no_grad():
        parts, length = net(Batch.of(pieces, lowest=60, order=(0, 1)))
    total = (parts.sum(-1) + length).sum(1).exp().sum()
    # The given part changes at every sixteenth, so each frame lasts one at least: its length is the only freedom left.
    assert float(total) == pytest.approx(1, abs=1e-7)


def test_what_is_given_costs_nothing() -> None:
    net, frames = shaken(), voices(0)
    parts_TV, length_T = scores(net, piece_of(frames, whole((1, 2), frames)))
    assert (parts_TV[:, [0, 3]] == 0).all() and (parts_TV[:, [1, 2]] < 0).all()
    gap = [Hole(part=part, start=18, end=36) for part in range(4)]
    parts_TV, length_T = scores(net, piece_of(frames, gap))
    assert (parts_TV[:3] == 0).all() and (length_T[:3] == 0).all() and (parts_TV[6:] == 0).all()
    assert (parts_TV[3:6] < 0).all()


def test_what_is_open_is_not_heard_before_it_is_drawn() -> None:
    """Other altos and tenors to come change no chance before them; another soprano to come does."""
    net, frames = shaken(), voices(1)
    before, _ = scores(net, piece_of(frames, whole((1, 2), frames)))
    for part, heard in ((1, False), (2, False), (0, True)):
        pitch_TV = frames.pitch_TV.copy()
        pitch_TV[7:, part] += 1
        other = replace(frames, pitch_TV=pitch_TV)
        after, _ = scores(net, piece_of(other, whole((1, 2), other)))
        assert torch.equal(after[:7], before[:7]) is not heard


def test_without_ears_for_what_comes_only_the_past_is_heard() -> None:
    net, frames = shaken(), voices(1)
    pitch_TV = frames.pitch_TV.copy()
    pitch_TV[7:, 0] += 1
    found = []
    for each in (frames, replace(frames, pitch_TV=pitch_TV)):
        piece = piece_of(each, whole((1, 2), each))
        assert piece.given is not None
        found.append(scores(net, replace(piece, given=replace(piece.given, ahead=False)))[0])
    assert torch.equal(found[0][:7], found[1][:7])


def test_an_empty_canvas_is_no_canvas() -> None:
    net, frames = shaken(), voices(2)
    plain = example_of(frames, Plan(index_known=True), DURATIONS)
    empty = piece_of(frames, whole((0, 1, 2, 3), frames))
    for one, other in zip(scores(net, plain), scores(net, empty), strict=True):
        assert torch.allclose(one, other, rtol=0, atol=1e-12)


def test_nothing_is_heard_ahead_after_the_last_given_note() -> None:
    """To go on is to compose: the frames after what is given hear only the past."""
    net, frames = shaken(), voices(2)
    plain, _ = scores(net, example_of(frames, Plan(index_known=True), DURATIONS))
    gone_on, _ = scores(net, piece_of(frames, [Hole(part=p, start=24, end=frames.end) for p in range(4)]))
    assert torch.allclose(plain[5:], gone_on[5:], rtol=0, atol=1e-12)  # the frame at the seam may hold all


def test_what_comes_after_a_hole_is_heard_from_the_horizon_on_and_no_earlier() -> None:
    """A hole of five sixteenths, of which the last two lie within a horizon of an eighth."""
    net, frames = shaken(horizon=12), voices(3)
    hole = [Hole(part=p, start=12, end=42) for p in range(4)]
    pitch_TV = frames.pitch_TV.copy()
    pitch_TV[7:] += 1
    found = [scores(net, piece_of(each, hole))[0] for each in (frames, replace(frames, pitch_TV=pitch_TV))]
    heard_T = (found[0] != found[1]).any(-1)
    assert heard_T[:7].tolist() == [False] * 5 + [True] * 2


def test_padding_changes_nothing() -> None:
    net = shaken()
    pieces = [piece_of(f, [Hole(part=1, start=12, end=30)]) for f in (voices(4, 7), voices(5, 12))]
    with torch.no_grad():
        parts, length = net(Batch.of(pieces, lowest=36))
    for i, piece in enumerate(pieces):
        alone, alone_length = scores(net, piece)
        assert torch.allclose(parts[i, : len(piece)], alone, rtol=0, atol=1e-12)
        assert torch.allclose(length[i, : len(piece)], alone_length, rtol=0, atol=1e-12)


def test_an_echo_is_heard_where_it_is_asked_for() -> None:
    net, frames = shaken(), voices(6)
    plain, _ = scores(net, piece_of(frames, whole((0, 1, 2, 3), frames)))
    asked, _ = scores(
        net,
        piece_of(frames, whole((0, 1, 2, 3), frames), echoes=[Echo(part=1, start=30, end=42, lag=24, source=0, up=-5)]),
    )
    assert torch.equal(plain[:5], asked[:5])
    assert not torch.equal(plain[5:7, 1], asked[5:7, 1])
    assert torch.equal(plain[5:, 0], asked[5:, 0])  # the soprano is decided before the alto, and asked for nothing


def test_transposing_what_is_given_transposes_what_is_chosen() -> None:
    """In no key and with height unheard, all that is known of pitches are distances."""
    net = shaken()
    for name in ("height_in.weight", "height_score"):
        dict(net.named_parameters())[name].data.zero_()
    frames = voices(7)
    up = replace(frames, pitch_TV=(frames.pitch_TV + 3).astype(np.int16))
    with torch.no_grad():
        (low, low_length), (high, high_length) = (
            _of_all(net, piece_of(each, whole((1, 2), each))) for each in (frames, up)
        )
    # Pitches at the edge of the range differ: what lies beyond them is cut off. All others have the same odds.
    assert torch.allclose(low[:, :, 8:-8].diff(dim=-1), high[:, :, 11:-5].diff(dim=-1), atol=1e-9)
    assert torch.allclose(low_length, high_length, atol=1e-2)


def _of_all(net: Flagship, piece: Example) -> tuple[torch.Tensor, torch.Tensor]:
    """Log-chance of every pitch as the alto's choice in each frame, (1, T, P), and of the first lengths."""
    batch = Batch.of([piece] * 48, lowest=36, order=(0, 3, 1, 2))
    own = batch.pitch_BTV.clone()
    found = []
    for t in range(2, len(piece)):
        batch.pitch_BTV[:] = own
        batch.pitch_BTV[:, t, 1] = torch.arange(48)
        found.append(net(batch)[0][:, t, 1])
    batch.pitch_BTV[:] = own
    return torch.stack(found)[None], net(batch)[1][0, :2]


def test_given_parts_are_marked_given() -> None:
    frames = voices(8)
    piece = piece_of(frames, whole((1,), frames))
    assert piece.given is not None
    assert (piece.given.choice_TV[:, [0, 2, 3]] == GIVEN).all()
