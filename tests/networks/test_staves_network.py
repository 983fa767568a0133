"""The staves network: nothing later moves what was chosen before, and all chances sum to one."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")


from stretto.frames.canvas import Hole  # noqa: E402
from stretto.frames.echo import Echo  # noqa: E402
from stretto.frames.staff_canvas import staff_canvas  # noqa: E402
from stretto.frames.staff_example import staff_example  # noqa: E402
from stretto.frames.staves import StaffMusic, staff_music  # noqa: E402
from stretto.networks.staff_batch import StaffBatch  # noqa: E402
from stretto.networks.staves import Said, Staves, StavesConfig  # noqa: E402

sys.path.insert(0, str(Path(__file__).parents[1] / "frames"))
from drawn_moments import plan_of, random_music, staves  # noqa: E402

SMALL = StavesConfig(
    composers=("x",),
    n_state=24,
    n_seen=24,
    n_context=8,
    n_vertical=24,
    n_event=16,
    n_asked=8,
    n_attention=8,
    n_ahead=16,
)


@pytest.fixture(scope="module")
def net() -> Staves:
    torch.manual_seed(0)
    made = Staves(SMALL).eval()
    for weight in made.parameters():
        weight.data += 0.1 * torch.randn_like(weight)
    return made


def heard(
    net: Staves, music: StaffMusic, holes: list[Hole] | None = None, echoes: Sequence[Echo] = ()
) -> tuple[StaffBatch, Said]:
    canvas = staff_canvas(music, holes) if holes is not None else None
    example = staff_example(music, plan_of(music), SMALL.composers, canvas=canvas, echoes=echoes)
    batch = StaffBatch.of([example], lowest=21, n_pitches=88, upward=SMALL.upward, order=SMALL.order)
    with torch.no_grad():
        return batch, net(batch)


@pytest.mark.parametrize("seed", range(4))
def test_a_changed_pitch_moves_nothing_that_was_chosen_before_it(net, seed):
    music = random_music(seed)
    changed = 30 + 7 * seed
    notes = music.notes.copy()
    notes["pitch"][changed] += 25 if notes["staff"][changed] == 0 else -18
    other, _ = staff_music(notes, end=music.end, n_staves=2)
    batch, was = heard(net, music)
    _, now = heard(net, other)
    tick = int(music.notes["onset"][changed])
    ticks = staff_example(music, plan_of(music), SMALL.composers).tick_T
    moment = batch.event_moment_N.numpy()
    before = ticks[moment] < tick
    # The right hand is decided first, so the left hand's note moves nothing of it at that moment.
    if notes["staff"][changed] == 1:
        before |= (ticks[moment] == tick) & (batch.event_staff_N.numpy() == 0)
    assert before.sum() > 20
    torch.testing.assert_close(was.choice_N[torch.from_numpy(before)], now.choice_N[torch.from_numpy(before)])
    torch.testing.assert_close(was.duration_N[torch.from_numpy(before)], now.duration_N[torch.from_numpy(before)])
    early = torch.from_numpy(ticks < tick)
    torch.testing.assert_close(was.length_BT[0, early], now.length_BT[0, early])
    assert not torch.allclose(was.choice_N[torch.from_numpy(~before)], now.choice_N[torch.from_numpy(~before)])


@pytest.mark.parametrize("change", ["gone", "later", "shorter", "doubled"])
def test_a_changed_rhythm_moves_nothing_that_was_chosen_before_it(net, change):
    """A note taken out, late, shorter or doubled at the sixth: all earlier moments are as likely, what recalls too."""
    music = random_music(5)
    # The last of its own moment, so that nothing before it is struck, or cut short, otherwise.
    at = next(i for i in range(40, len(music.notes)) if music.notes["duration"][i] == 24)
    tick = int(music.notes["onset"][at])
    notes = music.notes.copy()
    if change == "gone":
        notes = np.delete(notes, at)
    elif change == "doubled":
        notes = np.append(notes, notes[at : at + 1])
        notes["pitch"][-1] += 9
    else:
        notes["duration"][at] -= 5
        notes["onset"][at] += 5 * (change == "later")
    other, _ = staff_music(notes, end=music.end, n_staves=2)
    assert np.array_equal(*(m.notes[m.notes["onset"] < tick] for m in (music, other)))
    chances = []
    for m in (music, other):
        batch, said = heard(net, m, echoes=[Echo(part=1, start=192, end=384, lag=192, source=0, up=-12)])
        ticks = staff_example(m, plan_of(m), SMALL.composers).tick_T
        n = int((ticks < tick).sum())
        early = batch.event_moment_N < n
        # The moment before says when the next one comes, and that may be another now.
        chances.append((said.choice_N[early].sum(), said.duration_N[early].sum(), said.length_BT[0, : n - 1]))
    assert len(chances[0][2]) > 20
    torch.testing.assert_close(*chances)


def test_what_is_open_ahead_is_not_heard(net):
    """A note in the hole, changed, moves nothing before it, though what is given after the hole is heard."""
    music = random_music(5)
    holes = [Hole(part=1, start=96, end=288)]
    inside = np.flatnonzero((music.notes["staff"] == 1) & (music.notes["onset"] > 180) & (music.notes["onset"] < 288))[
        0
    ]
    notes = music.notes.copy()
    notes["pitch"][inside] -= 18
    _, was = heard(net, music, holes)
    batch, now = heard(net, staff_music(notes, end=music.end, n_staves=2)[0], holes)
    ticks = staff_example(music, plan_of(music), SMALL.composers, canvas=staff_canvas(music, holes)).tick_T
    before = torch.from_numpy(ticks[batch.event_moment_N.numpy()] < music.notes["onset"][inside])
    torch.testing.assert_close(was.choice_N[before], now.choice_N[before])


def test_what_is_given_ahead_is_heard_and_costs_nothing(net):
    music = random_music(6)
    holes = [Hole(part=0, start=0, end=music.end)]
    notes = music.notes.copy()
    last = np.flatnonzero(music.notes["staff"] == 1)[5]
    notes["pitch"][last] -= 18
    batch, was = heard(net, music, holes)
    _, now = heard(net, staff_music(notes, end=music.end, n_staves=2)[0], holes)
    given = batch.event_staff_N == 1
    assert float(was.choice_N[given].abs().sum() + was.duration_N[given].abs().sum()) == 0
    ticks = staff_example(music, plan_of(music), SMALL.composers, canvas=staff_canvas(music, holes)).tick_T
    before = torch.from_numpy(ticks[batch.event_moment_N.numpy()] < music.notes["onset"][last]) & ~given
    assert not torch.allclose(was.choice_N[before], now.choice_N[before])


def test_the_chances_of_everything_a_moment_could_strike_sum_to_one(net):
    """By brute force: two keys a hand, two durations: what each hand strikes, and for how long, at one moment."""
    narrow = replace(SMALL, ranges=((60, 61), (48, 49)))
    small = Staves(narrow).eval()
    total = 0.0
    chords = [(), (60,), (61,), (61, 60)], [(), (48,), (49,), (48, 49)]
    for upper in chords[0]:
        for lower in chords[1]:
            rows = [(0, 24, p, 0) for p in upper] + [(0, 24, p, 1) for p in lower]
            # Something follows at tick 24, so that the first moment is one; it may strike nothing.
            rows.append((24, 24, 60, 0))
            music, _ = staff_music(
                np.array(rows, [("onset", "<i4"), ("duration", "<i4"), ("pitch", "<i2"), ("staff", "<i2")]),
                end=48,
                n_staves=2,
            )
            example = staff_example(music, plan_of(music, bar_starts=(0,), bar_meters=("2/4",)), ("x",))
            batch = StaffBatch.of([example], lowest=21, n_pitches=88, upward=SMALL.upward, order=SMALL.order)
            with torch.no_grad():
                said = small(batch)
            first = batch.event_moment_N == 0
            total += float(said.choice_N[first].sum().exp())
    assert total == pytest.approx(1.0, abs=1e-5)


def test_a_moment_that_was_not_cut_strikes_something(net):
    """At tick 24 the left hand must strike, once the right hand has not: that it strikes is then certain."""
    music = staves("72 | x.......", "48 | x.x.....")
    batch, said = heard(net, music)
    only = replace(SMALL, ranges=((72, 72), (48, 48)))
    narrow = Staves(only).eval()
    with torch.no_grad():
        said = narrow(batch)
    at = (batch.event_moment_N == 1) & (batch.event_staff_N == 1) & (batch.event_nth_N == 0)
    assert float(said.choice_N[at]) == pytest.approx(0.0, abs=1e-6)
    first = (batch.event_moment_N == 0) & (batch.event_staff_N == 1) & (batch.event_nth_N == 0)
    assert float(said.choice_N[first]) < -0.01
