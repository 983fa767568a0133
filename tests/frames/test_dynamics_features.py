"""What the dynamics network sees."""

import numpy as np

from stretto.frames.dynamics import beats_of
from stretto.frames.dynamics_features import FEATURES, N_FEATURES, features_of
from stretto.frames.plan import Plan
from stretto.frames.staves import STAFF_NOTE, StaffMusic


def quarters(rows: list[tuple[int, int, int, int]], n_bars: int = 2) -> tuple[StaffMusic, Plan]:
    """Notes (onset, duration, pitch, staff) in quarters of 4/4."""
    notes = np.array([(24 * on, 24 * long, pitch, staff) for on, long, pitch, staff in rows], STAFF_NOTE)
    music = StaffMusic(notes=np.sort(notes, order=("onset", "staff", "pitch")), end=96 * n_bars, n_staves=2)
    return music, Plan(bar_starts=tuple(range(0, 96 * n_bars, 96)), bar_meters=("4/4",) * n_bars, end=96 * n_bars)


def seen(name: str, music: StaffMusic, plan: Plan) -> list[float]:
    """One feature of every beat."""
    found = features_of(music, plan, beats_of(plan, music.end), tempo_qpm=200)
    assert found.shape == (len(beats_of(plan, music.end).tick_T), N_FEATURES)
    assert np.isfinite(found).all()
    return [round(float(value), 3) for value in found[:, FEATURES.index(name)]]


def test_texture_and_register_are_seen() -> None:
    """A held bass with an octave above it, then silence."""
    music, plan = quarters([(0, 4, 36, 1), (0, 1, 72, 0), (0, 1, 84, 0), (2, 1, 72, 0)])
    assert seen("top", music, plan) == [1, -1, 0.5, -1, 0, 0, 0, 0]
    assert seen("bottom", music, plan)[:5] == [-1, -1, -1, -1, 0]
    assert seen("polyphony", music, plan) == [0.75, 0.25, 0.5, 0.25, 0, 0, 0, 0]
    assert seen("silent", music, plan) == [0, 0, 0, 0, 1, 1, 1, 1]
    assert seen("octaves", music, plan)[0] == round(2 / 3, 3)
    assert seen("rest before", music, plan)[4:6] == [0, round(float(np.log(2)), 3)]
    assert seen("last struck", music, plan) == [0, 0, 1, 0, 0, 0, 0, 0]


def test_a_bar_that_comes_again_is_seen() -> None:
    """The same two notes; in the third bar another pitch in the same rhythm."""
    music, plan = quarters([(0, 2, 60, 0), (4, 2, 60, 0), (8, 2, 62, 0)], 3)
    assert seen("same as last bar", music, plan)[::4] == [0, 1, 0]
    assert seen("same as an earlier bar", music, plan)[::4] == [0, 1, 0]
    assert seen("same rhythm as last bar", music, plan)[::4] == [0, 1, 1]
    assert seen("tempo", music, plan)[0] == 1


def test_an_empty_piece_is_seen_too() -> None:
    """All is silence."""
    music, plan = quarters([])
    assert set(seen("silent", music, plan)) == {1}
