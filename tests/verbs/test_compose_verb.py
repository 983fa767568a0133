"""A wish in, a piece out: exactly what was asked, the same for the same seed."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from stretto.errors import RequestError
from stretto.evaluate.phrase_close import frame_slices
from stretto.frames.parts import ONSET, PartFrames, frames_of_matrix, part_frames
from stretto.frames.plan import Plan, bar_ticks, goal_code, goal_root
from stretto.score.model import Key
from stretto.theory.voice_leading import CHOIR_RANGES, parallels
from stretto.verbs import compose
from stretto.verbs.asked import Asked
from stretto.verbs.assemble import choir_score
from stretto.verbs.form import Form, make_form, pickup_ticks
from stretto.verbs.judge import ends_well, judge
from stretto.verbs.phrasewise import draw_by_phrases
from stretto.verbs.rules import Rules
from stretto.verbs.sample import Drawing, Drawn, draw
from stretto.verbs.taste import Taste
from stretto.verbs.weights import shipped_weights

QUICK = {"candidates": 2}


@pytest.mark.parametrize("meter", ["4/4", "3/4"])
@pytest.mark.parametrize("pickup", ["none", "1"])
def test_bars_metre_pickup_and_key_are_as_asked(meter: str, pickup: str) -> None:
    """Bar 0 is the pickup, and its beats are missing from the last bar."""
    piece = compose(key="E minor", meter=meter, bars=8, pickup=pickup, seed=3, **QUICK)
    score = piece.score
    full = bar_ticks(meter)
    assert score.end == 8 * full
    assert [b.number for b in score.bars] == ([0] if pickup == "1" else []) + list(range(1, 9))
    assert score.pickup == (24 if pickup == "1" else 0)
    assert f"{score.meters[0].numerator}/{score.meters[0].denominator}" == meter
    assert (score.keys[0].fifths, score.keys[0].mode) == (1, "minor")
    assert int(score.ends.max()) == score.end


def test_the_same_seed_gives_the_same_piece() -> None:
    """And another seed another one."""
    one, two, other = (compose(key="G major", bars=4, seed=seed, **QUICK) for seed in (5, 5, 6))
    assert one.score == two.score
    assert one.nats_per_note == two.nats_per_note
    assert one.score != other.score


def test_a_candidate_does_not_depend_on_its_neighbours() -> None:
    """The same seed alone and in a batch gives the same notes."""
    form = make_form(style="bach", meter="4/4", n_bars=4, pickup=0, mode="major", rng=np.random.default_rng(1))
    plan = form.plan(style="bach", tonic=7, mode="major")
    alone = draw(shipped_weights(), [plan], seeds=[11], taste=Taste())[0]
    beside = draw(shipped_weights(), [plan, plan, plan], seeds=[4, 11, 9], taste=Taste())[1]
    np.testing.assert_array_equal(alone.frames.pitch_TV, beside.frames.pitch_TV)
    assert alone.nats == pytest.approx(beside.nats, rel=1e-4)


def test_every_voice_stays_in_its_range_and_nothing_runs_in_parallel() -> None:
    """The guard rails hold for four candidates of eight bars, drawn hot."""
    form = make_form(style="bach", meter="4/4", n_bars=8, pickup=24, mode="major", rng=np.random.default_rng(2))
    plans = [form.plan(style="bach", tonic=tonic, mode="minor") for tonic in (0, 3, 6, 9)]
    for piece in draw(shipped_weights(), plans, seeds=[1, 2, 3, 4], taste=Taste(temperature=1.2), rules=Rules()):
        for voice, (low, high) in zip(piece.frames.pitch_TV.T, CHOIR_RANGES, strict=True):
            assert low <= voice.min() and voice.max() <= high
        assert parallels(frame_slices(piece.frames)) == []


def test_cooling_does_not_thin_the_texture() -> None:
    """Polyphony and notes a quarter at temperature 0.8 stay within a tenth of those at 1."""
    rng = np.random.default_rng(3)
    forms = [make_form(style="bach", meter="4/4", n_bars=8, pickup=24, mode="major", rng=rng) for _ in range(12)]
    plans = [form.plan(style="bach", tonic=7, mode="major") for form in forms]
    found = {}
    for temperature in (1.0, 0.8):
        drawn = draw(shipped_weights(), plans, seeds=range(12), taste=Taste(temperature=temperature))
        polyphony = np.mean([_mean_polyphony(d.frames) for d in drawn])
        density = sum(d.n_notes for d in drawn) / sum(d.frames.end / 24 for d in drawn)
        found[temperature] = (polyphony, density)
    assert found[0.8][0] == pytest.approx(found[1.0][0], rel=0.1)
    assert found[0.8][1] == pytest.approx(found[1.0][1], rel=0.1)


def _mean_polyphony(frames: PartFrames) -> float:
    """Voices that sound on average, weighted by time."""
    return float(np.average((frames.pitch_TV >= 0).sum(axis=1), weights=frames.duration_T))


@pytest.mark.parametrize(
    ("wish", "answer"),
    [
        ({"bars": 0}, "0 bars: a piece has 2 to 64"),
        ({"bars": 10_000}, "10000 bars: a piece has 2 to 64"),
        ({"meter": "7/8"}, "metre '7/8': under 20 training pieces are in it"),
        ({"key": "H major"}, "H major"),
        ({"style": "jazz"}, "style 'jazz' is not known; there are bach"),
        ({"pickup": "9"}, "must be shorter than a bar"),
        ({"pickup": "soon"}, "not auto, none or a number"),
        ({"pickup": "inf"}, "not auto, none or a number"),
        ({"pickup": "1e9"}, "not auto, none or a number"),
        ({"pickup": "0.26"}, "in steps of a sixteenth"),
        ({"temperature": 0.0}, "temperature 0"),
        ({"candidates": 0}, "0 candidates"),
        ({"tempo": 5}, "possible are 20 to 300"),
        ({"seed": -1}, "a seed is 0 or more"),
    ],
)
def test_an_impossible_wish_gets_one_line_that_says_what_is_possible(wish: dict, answer: str) -> None:
    """Before any work."""
    with pytest.raises(RequestError) as caught:
        compose(**wish)
    assert answer in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("n_bars", [2, 3, 5, 8, 13, 16])
def test_phrases_are_planned_inside_the_piece(n_bars: int) -> None:
    """Rising, the last chord a half note at least, none before the first bar."""
    for seed in range(20):
        form = make_form(
            style="bach", meter="4/4", n_bars=n_bars, pickup=24, mode="major", rng=np.random.default_rng(seed)
        )
        ends = form.phrase_ends
        assert list(ends) == sorted(set(ends)) and ends[0] > 0
        assert form.end - ends[-1] >= 48
        assert all(b - a <= 24 * 24 for a, b in pairwise(ends))


def test_a_pickup_is_said_in_beats_of_the_metre() -> None:
    """Half a beat of 4/4 is an eighth."""
    rng = np.random.default_rng(0)
    assert pickup_ticks("0.5", style="bach", meter="4/4", rng=rng) == 12
    assert pickup_ticks("1/2", style="bach", meter="4/4", rng=rng) == 12
    assert pickup_ticks("none", style="bach", meter="4/4", rng=rng) == 0


def test_the_fermatas_are_where_the_plan_put_them() -> None:
    """One on every voice at every phrase end."""
    piece = compose(key="F major", bars=8, meter="4/4", pickup="1", seed=8, **QUICK)
    fermatas = [m for m in piece.score.marks if m.kind == "fermata"]
    ticks = {m.tick for m in fermatas if m.part == 0}
    assert len(fermatas) == 4 * len(ticks)
    frames, _ = part_frames(piece.score)
    soprano = frames.tick_T[frames.state_TV[:, 0] == ONSET]
    assert ticks <= {*soprano.tolist(), *(bar.tick for bar in piece.score.bars)}


def test_a_fermata_on_a_tied_note_stands_where_the_phrase_ends() -> None:
    """The soprano comes to rest before the barline, the others after it."""
    form = Form(meter="4/4", n_bars=2, pickup=0, phrase_ends=(96,), goals=(), closes=())
    frames = frames_of_matrix(np.array([[72, 64, 55, 48]] * 3 + [[67, 64, 55, 48]] + [[67, 62, 59, 43]] * 4), step=24)
    score = choir_score(frames, form, key=Key(), tempo_qpm=Fraction(84), info={})
    assert score.notes["onset"][score.notes["part"] == 0].tolist() == [0, 72]
    assert [mark.tick for mark in score.marks] == [96] * 4


def test_a_phrase_that_leaves_no_breath_is_marked() -> None:
    """The last chord of the first phrase is tied over the barline; struck anew, or left before, it is not marked."""
    plan = Plan(
        style="bach", tonic=0, mode="major", bar_starts=(0, 96), bar_meters=("4/4",) * 2, end=192, phrase_ends=(48,)
    )
    chord, other = [72, 64, 55, 48], [71, 62, 55, 43]
    for rows, marked in (
        ([other, other, chord, chord, chord, other, other, chord], 1),
        ([other, other, chord, chord, other, other, other, chord], 0),
        ([other, other, chord, other, other, other, other, chord], 0),
    ):
        frames = frames_of_matrix(np.array(rows), step=24)
        drawn = Drawn(frames=frames, nats=1.0, n_notes=8, n_forbidden=0)
        assert judge(drawn, plan, ["half"]).n_held_over == marked


def test_motets_stop_at_their_end_only_and_halves_beat_in_2_2() -> None:
    """And chorales stop at every phrase."""
    motet = compose(style="renaissance", meter="2/2", bars=12, seed=2, **QUICK).score
    assert {mark.tick for mark in motet.marks if mark.kind == "fermata"} >= {motet.marks[0].tick}
    assert motet.marks[0].tick >= motet.end - motet.meters[0].bar_ticks
    assert (motet.tempos[0].unit, motet.tempos[0].qpm) == ("half", 132)


def test_an_ending_is_told_from_one_that_does_not_end() -> None:
    """C major, root in the bass, third present, a half note: yes; each fault alone: no."""

    def frames(*chord: int, end: int = 72) -> PartFrames:
        pitch = np.array([[67, 62, 59, 43], chord], np.int16)
        return PartFrames(
            tick_T=np.array([0, 24], np.int32), pitch_TV=pitch, state_TV=np.full((2, 4), ONSET, np.int8), end=end
        )

    assert ends_well(frames(72, 64, 55, 48), 0)
    assert not ends_well(frames(72, 67, 60, 48), 0)  # no third
    assert not ends_well(frames(72, 67, 60, 52), 0)  # third in the bass
    assert not ends_well(frames(72, 64, 57, 48), 0)  # a sixth
    assert not ends_well(frames(72, 64, 55, 48, end=48), 0)  # a quarter note


def test_a_piece_is_written_and_not_overwritten(tmp_path: Path) -> None:
    """The library says the same as the command."""
    piece = compose(key="C major", bars=2, seed=1, candidates=1)
    piece.write(tmp_path / "piece.mid")
    with pytest.raises(OSError, match="exists already"):
        piece.write(tmp_path / "piece.mid")


def test_plans_can_forget() -> None:
    """What is hidden from the network is index 0 in its field."""
    plan = Plan(style="bach", tonic=2, mode="minor", bar_starts=(0,), bar_meters=("4/4",), end=96, phrase_ends=(48,))
    hidden = plan.without("style", "key", "meter", "end", "phrase").fields_at(np.array([0, 24], np.int32))
    assert not hidden.any()
    assert (plan.fields_at(np.array([0], np.int32))[0, :9] > 0).all()


def test_the_best_of_several_phrases_goes_on() -> None:
    """Choosing among versions leaves fewer phrases that close on nothing."""
    form = make_form(style="bach", meter="4/4", n_bars=16, pickup=24, mode="major", rng=np.random.default_rng(4))
    plan = form.plan(style="bach", tonic=7, mode="major")

    def weak(n_versions: int) -> int:
        total = 0
        for first in range(0, 6 * n_versions, n_versions):
            chosen = draw_by_phrases(
                shipped_weights(),
                plan,
                seeds=range(first, first + n_versions),
                asked=Asked(taste=Taste(), rules=Rules(), guarded=True),
            )
            assert chosen.n_stages == len(form.phrase_ends) == len(chosen.verdict.cadences)
            total += chosen.verdict.n_weak + chosen.verdict.n_off_plan
        return total

    assert weak(6) < 0.7 * weak(1)


def test_a_piece_that_goes_on_from_a_moment_goes_on_as_it_would_have() -> None:
    """Stopped after four bars and resumed, one stream draws what it draws in one go, and is as likely."""
    form = make_form(style="bach", meter="4/4", n_bars=8, pickup=0, mode="minor", rng=np.random.default_rng(5))
    plan = form.plan(style="bach", tonic=2, mode="minor")
    whole = draw(shipped_weights(), [plan], seeds=[7], taste=Taste())[0]
    halves = Drawing(shipped_weights(), [plan], seeds=[7], asked=Asked(taste=Taste()))
    halves.advance(4 * 96)
    moment = halves.moments[0]
    assert moment is not None and 4 * 96 <= moment.at < 6 * 96
    halves.resume(moment)
    halves.advance(plan.end)
    np.testing.assert_array_equal(halves.pieces()[0].frames.pitch_TV, whole.frames.pitch_TV)
    assert halves.pieces()[0].nats == pytest.approx(whole.nats, rel=1e-5)


def test_forms_lead_somewhere() -> None:
    """Inner phrases to chords by cadences that have names, the last to the tonic; in minor mostly the major one."""
    majors = 0
    for seed in range(60):
        mode = ("major", "minor")[seed % 2]
        rng = np.random.default_rng(seed)
        form = make_form(style="bach", meter="4/4", n_bars=16, pickup=24, mode=mode, rng=rng)
        assert len(form.goals) == len(form.closes) == len(form.phrase_ends)
        assert "other" not in form.cadences and 0 not in form.goals
        assert form.cadences[-1] in ("perfect authentic", "imperfect authentic", "plagal")
        assert goal_root(form.goals[-1]) == 0
        majors += mode == "minor" and form.goals[-1] == goal_code(0, minor=False)
    assert 18 <= majors <= 29  # of 30; four in five are planned


@pytest.mark.parametrize(("meter", "strong"), [("4/4", {0, 48}), ("3/4", {0})])
def test_the_last_chord_comes_on_a_strong_beat(meter: str, strong: set[int]) -> None:
    """With a pickup and without: nobody ends on an upbeat."""
    for seed in range(30):
        for pickup in (0, 24):
            rng = np.random.default_rng(seed)
            form = make_form(style="bach", meter=meter, n_bars=8, pickup=pickup, mode="major", rng=rng)
            assert (form.phrase_ends[-1] - pickup) % bar_ticks(meter) in strong
