"""The tilt: figures are counted as they are drawn, and each weighs what its table says."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "theory"))
from drawn_choir import choir

from stretto.engine.flagship import FIRST_PITCH, GO_ON
from stretto.frames.parts import HOLD, ONSET, PartFrames, part_frames
from stretto.frames.plan import Plan, plan_of_score
from stretto.theory.key import parse_key
from stretto.verbs.asked import Asked
from stretto.verbs.faults import n_errors
from stretto.verbs.sample import Drawing
from stretto.verbs.taste import Taste
from stretto.verbs.tilt import (
    SHAPES,
    WIDEST,
    Tilt,
    Tilting,
    count,
    figures,
    shipped_likeness,
    shipped_tilt,
)
from stretto.verbs.weights import shipped_weights

QUARTER = 24
END = 8 * QUARTER
PLAN = Plan(style="bach", tonic=7, mode="major", bar_starts=(0, END // 2), bar_meters=("4/4",) * 2, end=END)


def random_tilt(seed: int) -> Tilt:
    rng = np.random.default_rng(seed)
    return Tilt({name: rng.standard_normal(shape).astype(np.float32) for name, shape in SHAPES.items()})


def found_in(frames: PartFrames, tonic: int = 7) -> dict[str, tuple[np.ndarray, ...]]:
    return figures(frames.tick_T.astype(int), frames.pitch_TV.astype(int), tonic, 0, frames.state_TV)


def drawn(tilt: Tilt | None, seed: int, n: int = 1) -> list[PartFrames]:
    asked = Asked(taste=Taste(), tilt=tilt)
    drawing = Drawing(shipped_weights(), [PLAN] * n, seeds=range(seed, seed + n), asked=asked)
    drawing.advance(END)
    return [piece.frames for piece in drawing.pieces()]


def weighed(frames: PartFrames, tilt: Tilt) -> float:
    """What the choices of a finished piece were given, one after the other."""
    weights = shipped_weights()
    tilting = Tilting(
        tilt, 1, lowest=weights.lowest, n_pitches=weights.n_pitches, tonic_S=np.array([7]), beat_S=np.array([0])
    )
    total = 0.0
    for tick, pitch_V, state_V in zip(frames.tick_T, frames.pitch_TV.astype(int), frames.state_TV, strict=True):
        new_SV, tick_S = (pitch_V - weights.lowest)[None], np.array([int(tick)])
        for part in weights.order:
            nats_SO = tilting.nats(part, tick_S, new_SV, is_last=part == weights.order[-1])
            total += nats_SO[0, GO_ON if state_V[part] == HOLD else FIRST_PITCH + new_SV[0, part]]
        tilting.watch(tick_S, new_SV, state_V[None])
    return total


@pytest.mark.parametrize("seed", range(5))
def test_choices_together_weigh_what_the_figures_of_the_piece_do(seed: int) -> None:
    """Counted note by note while it is drawn, or all at once when it is done: the same sum."""
    tilt = random_tilt(seed)
    (frames,) = drawn(None, seed)
    assert (frames.pitch_TV >= 0).all()
    assert weighed(frames, tilt) == pytest.approx(tilt.nats_of(found_in(frames)), abs=0.01)


def test_figures_of_two_bars_by_hand() -> None:
    """A soprano that steps up, up and down over held voices, and a bass that repeats its note."""
    score = choir("G4 A4 B4 A4", "D4:4", "B3:4", "G3:2 G3:2", key="G major")
    frames, _ = part_frames(score)
    counts = count(found_in(frames))
    up, down = WIDEST + 2, WIDEST - 2
    assert [counts["step1"][0, up], counts["step1"][0, down]] == [2, 1]
    assert counts["step2"][0, up, up] == counts["step2"][0, up, down] == 1
    assert counts["step3"][0, up, up, down] == 1
    assert counts["degree1"][0].tolist() == [0, 0, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0]
    assert counts["length1"][0, 3] == 3  # quarters
    assert counts["again"].sum() == counts["again"][3, 5] == 1  # a half
    assert counts["ways"][2, 1, 1, 1] == 2 and counts["ways"][0, 1, 1, 1] == 1
    assert counts["pair"][0, 1, 0, 2] == 2 and counts["pair"][0, 1, 0, 4] == 1
    assert counts["chord"][1, 0].sum() == 3 and counts["chord"][1, 0, 1 << 3 | 1 << 6] == 1  # G B D


def test_figures_do_not_know_the_key() -> None:
    (frames,) = drawn(None, 3)
    higher = PartFrames(
        tick_T=frames.tick_T, pitch_TV=frames.pitch_TV + 2, state_TV=frames.state_TV, end=frames.end
    )  # fmt: skip
    one, other = count(found_in(frames)), count(found_in(higher, tonic=9))
    assert all(np.array_equal(one[name], other[name]) for name in SHAPES)


def test_a_figure_that_is_made_likelier_comes_oftener() -> None:
    """Steps of the tenor, two semitones up, by two nats."""
    tilt = Tilt.zero()
    tilt.tables["step1"][2, WIDEST + 2] = 2.0

    def n_steps(pieces: list[PartFrames]) -> float:
        return sum(float(count(found_in(frames))["step1"][2, WIDEST + 2]) for frames in pieces)

    assert n_steps(drawn(tilt, 0, n=40)) > 1.4 * n_steps(drawn(None, 0, n=40))


def test_no_tilt_changes_nothing() -> None:
    (plain,), (zero,) = drawn(None, 5), drawn(Tilt.zero(), 5)
    assert np.array_equal(plain.pitch_TV, zero.pitch_TV) and np.array_equal(plain.tick_T, zero.tick_T)


def test_a_tilt_is_written_and_read(tmp_path: Path) -> None:
    tilt = Tilt.zero()
    tilt.tables["figure2"][3, 1, 2, 3, 4] = -0.5
    tilt.write(tmp_path / "tilt.safetensors")
    back = Tilt.read(tmp_path / "tilt.safetensors")
    assert all(np.array_equal(back.tables[name], tilt.tables[name]) for name in SHAPES)


def test_what_ships_makes_neighbour_notes_of_the_tenor_rarer_and_suspensions_likelier() -> None:
    """The two faults of the network that told its pieces most."""
    up, down, eighth = WIDEST + 2, WIDEST - 2, 1
    tilt = shipped_tilt().tables
    assert tilt["figure2"][2, eighth, up, eighth, down] < -0.1
    suspension = 1 << 4 | 1 << 6  # a fourth and a fifth above the dominant
    assert tilt["chord"][1, 7, suspension] > 0.1
    assert np.abs(shipped_likeness().tables["step1"]).max() > 0.01


def test_errors_are_those_of_the_sheet() -> None:
    """Parallel fifths, told from the beat before on and no earlier."""
    score = choir("G4 A4 G4 G4", "D4 D4 D4 D4", "B3 A3 B3 B3", "C3 D3 G3 G3", key="G major")
    frames, _ = part_frames(score)
    assert (frames.state_TV[1] == ONSET).all()
    plan, key = plan_of_score(score, style="bach", tonic=7, mode="major"), parse_key("G major")
    assert n_errors(frames, plan, key) > n_errors(frames, plan, key, since=3 * QUARTER)
