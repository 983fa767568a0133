"""Training survives a kill, and mends what it was not told."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from filelock import FileLock  # noqa: E402

from stretto.corpus.choirs import ChoirCorpus  # noqa: E402
from stretto.corpus.piece import Piece, load_pieces, save_pieces, split_by_work  # noqa: E402
from stretto.errors import CorpusError, RequestError  # noqa: E402
from stretto.frames.example import GRID16_DURATIONS, Example, example_of  # noqa: E402
from stretto.frames.parts import frames_of_matrix  # noqa: E402
from stretto.frames.plan import Plan  # noqa: E402
from stretto.networks.batch import Batch  # noqa: E402
from stretto.networks.flagship import Config, Flagship  # noqa: E402
from stretto.train.choir import Choir, transposed, window  # noqa: E402
from stretto.train.label import BarSense, with_meter  # noqa: E402
from stretto.train.loop import Check, say_if_unfinished, steps_done, train  # noqa: E402
from stretto.train.parts import PartsTask, weights  # noqa: E402
from stretto.train.recipe import Recipe, recipe  # noqa: E402
from stretto.train.run import Deadline, run_recipe, train_choir  # noqa: E402

pytestmark = pytest.mark.train

TINY = Config(
    durations=GRID16_DURATIONS,
    n_state=6,
    n_pitch_state=4,
    n_pitch_input=4,
    n_scorer=4,
    n_vertical=6,
    n_heads=1,
    n_attention=2,
    n_context=3,
)

RECIPE = Recipe(name="tiny", network=TINY, source="test", n_steps=6, batch_pieces=2, warmup_steps=2, check_every=3)


def pieces(n: int) -> list[Piece]:
    """Random four-voice pieces, two of every work."""
    rng = np.random.default_rng(5)
    made = []
    for i in range(n):
        frames = frames_of_matrix(rng.integers(53, 65, (12, 4)).astype(float), step=6)
        plan = Plan(style="bach", tonic=i % 12, mode="major", end=frames.end, bar_starts=(0,), bar_meters=("3/4",))
        made.append(Piece(name=f"{i}", work=f"{i // 2}", frames=frames, plan=plan, fused=True))
    return made


class Fixed:
    """A source of two fixed pieces."""

    def __init__(self) -> None:
        """Make them."""
        self.valid = [example_of(p.frames, p.plan, GRID16_DURATIONS) for p in pieces(2)]

    def draw(self, n: int, rng: np.random.Generator) -> list[Example]:
        """Pieces in an order that depends on the step."""
        return [self.valid[i] for i in rng.permutation(2)[:n]]


def test_a_killed_run_goes_on_as_if_nothing_had_happened(tmp_path: Path) -> None:
    """Three steps, a new process's worth of forgetting, and three more give the unbroken run's weights."""
    said: list[str] = []
    whole = train(RECIPE, PartsTask(RECIPE, Fixed()), tmp_path / "whole", say=said.append)
    train(RECIPE, PartsTask(RECIPE, Fixed()), tmp_path / "broken", until=3, say=said.append)
    mended = train(RECIPE, PartsTask(RECIPE, Fixed()), tmp_path / "broken", say=said.append)
    for (name, a), (_, b) in zip(whole.state_dict().items(), mended.state_dict().items(), strict=True):
        assert torch.equal(a, b), name
    assert "nats/note" in said[0] and "min left" in said[0] and "steps/s" in said[0]


def test_a_run_whose_minutes_ran_out_says_where_it_stands(tmp_path: Path) -> None:
    """At its end, or when nothing gets better, there is nothing to go on to."""
    said: list[str] = []
    train(RECIPE, PartsTask(RECIPE, Fixed()), tmp_path, until=3, say=lambda line: None)
    say_if_unfinished(RECIPE, tmp_path, said.append)
    assert said == ["the minutes ran out at step 3 of 6; --resume goes on from there"]
    said.clear()
    train(RECIPE, PartsTask(RECIPE, Fixed()), tmp_path, say=lambda line: None)
    say_if_unfinished(RECIPE, tmp_path, said.append)
    state = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    state["progress"].update(step=4, since_best=2)
    torch.save(state, tmp_path / "checkpoint.pt")
    say_if_unfinished(replace(RECIPE, patience=2), tmp_path, said.append)
    assert said == []


def test_a_checkpoint_that_was_cut_off_is_one_line(tmp_path: Path) -> None:
    train(RECIPE, PartsTask(RECIPE, Fixed()), tmp_path, until=1, say=lambda line: None)
    path = tmp_path / "checkpoint.pt"
    whole = path.read_bytes()
    for cut in (b"", whole[:100], whole[: len(whole) // 2], b"no checkpoint"):
        path.write_bytes(cut)
        with pytest.raises(RequestError, match=r"checkpoint\.pt: damaged, the run cannot go on from it; begin anew"):
            train(RECIPE, PartsTask(RECIPE, Fixed()), tmp_path, say=lambda line: None)


def test_two_runs_in_one_folder_do_not_mix(tmp_path: Path) -> None:
    """The second is told so at once, and may train when the first is done."""
    with FileLock(tmp_path / "lock"), pytest.raises(RequestError, match="another run trains here"):
        train(RECIPE, PartsTask(RECIPE, Fixed()), tmp_path, until=1, say=lambda line: None)
    assert steps_done(tmp_path) == 0
    train(RECIPE, PartsTask(RECIPE, Fixed()), tmp_path, until=1, say=lambda line: None)
    assert steps_done(tmp_path) == 1


def test_the_best_is_kept_with_the_checkpoint_that_knows_of_it(tmp_path: Path) -> None:
    """A kill right after a look at validation loses nothing of what it said."""

    class Killed(Exception):
        pass

    def killed(line: str) -> None:
        if "step 4/" in line:
            raise Killed

    short = replace(RECIPE, check_every=2)
    with pytest.raises(Killed):
        train(short, PartsTask(short, Fixed()), tmp_path, say=killed)
    assert steps_done(tmp_path) == 2
    assert (tmp_path / "best.safetensors").exists()


def test_a_run_of_another_seed_is_not_gone_on_with(tmp_path: Path) -> None:
    """Nor is anything read for it."""
    train(
        recipe("jsb16", seed=1, network=TINY),
        PartsTask(recipe("jsb16", seed=1, network=TINY), Fixed()),
        tmp_path,
        until=0,
    )
    with pytest.raises(RequestError, match=r"holds a run with another network; name another folder"):
        run_recipe("jsb16", data=tmp_path, out=tmp_path, seed=1)
    (tmp_path / "recipe.json").write_text(json.dumps(recipe("jsb16", seed=1).as_json()), encoding="utf-8")
    with pytest.raises(RequestError, match=r"holds a run with seed 1, not 2; name another folder"):
        run_recipe("jsb16", data=tmp_path, out=tmp_path, seed=2)
    with pytest.raises(CorpusError, match="the benchmark is not there"):
        run_recipe("jsb16", data=tmp_path, out=tmp_path, seed=1)


def test_frames_that_close_a_phrase_weigh_more() -> None:
    """The last quarter before the phrase's chord, and the chord; the padding weighs nothing."""
    frames = frames_of_matrix(np.arange(48).reshape(12, 4) + 48.0, step=12)
    known = [Plan(phrase_ends=(96,)), Plan(phrase_ends=(36,))]
    data = Batch.of([example_of(frames, plan, (12,)) for plan in known], lowest=36)
    weight = weights(replace(RECIPE, close_weight=3.0), data)
    assert weight.tolist() == [
        [1, 1, 1, 1, 1, 1, 3, 3, 3, 1, 1, 1],
        [1, 3, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1],
    ]


def test_all_pieces_of_a_work_stand_on_one_side_of_the_split() -> None:
    """Two versions of one chorale never judge each other."""
    train_side, valid_side = split_by_work(pieces(20), valid_share=0.3, seed=1)
    assert not {p.work for p in train_side} & {p.work for p in valid_side}
    assert len(valid_side) == 6


def test_the_cache_gives_back_what_was_put_in(tmp_path: Path) -> None:
    """Frames, plans and names survive the disk."""
    made = pieces(3)
    save_pieces(made, tmp_path / "c.npz")
    for old, new in zip(made, load_pieces(tmp_path / "c.npz"), strict=True):
        assert (old.name, old.work, old.plan, old.fused) == (new.name, new.work, new.plan, new.fused)
        np.testing.assert_array_equal(old.frames.pitch_TV, new.frames.pitch_TV)
        assert old.frames.end == new.frames.end


def test_transposing_moves_notes_and_tonic_and_no_rest() -> None:
    """Up a tone: every pitch, the key, and silence stays silence."""
    piece = pieces(1)[0]
    piece.frames.pitch_TV[0, 0] = -1
    frames, plan = transposed(piece.frames, piece.plan, 2)
    assert plan.tonic == 2
    assert frames.pitch_TV[0, 0] == -1
    assert (frames.pitch_TV[1:] == piece.frames.pitch_TV[1:] + 2).all()


def test_draws_keep_every_voice_in_its_range() -> None:
    """However a piece is transposed, no voice leaves the range it can sing."""
    recipe = Recipe(name="t", network=TINY, source="test", transpose=True, style_shares={"bach": 1.0})
    made = pieces(4)
    for piece in made:
        piece.frames.pitch_TV[:] = np.array([70, 62, 55, 45])
    source = Choir(made, made[:1], recipe)
    rng = np.random.default_rng(0)
    drawn = [example.pitch_TV for _ in range(20) for example in source.draw(3, rng)]
    soprano = np.concatenate([p[:, 0] for p in drawn])
    assert soprano.min() >= 64 and soprano.max() <= 76 and len(set(soprano.tolist())) > 5


def test_a_window_begins_with_notes_not_with_holds() -> None:
    """What sounds at its start has no past there."""
    example = Fixed().valid[0]
    rng = np.random.default_rng(0)
    cut = window(example, 5, rng)
    assert len(cut) == 5
    assert (cut.state_TV[0][cut.pitch_TV[0] >= 0] == 1).all()


def test_a_heard_metre_gives_bars_to_the_end() -> None:
    """3/4 with a quarter's pickup over 240 ticks: bar 0 and three full bars."""
    plan = with_meter(Plan(end=240), "3/4", 24)
    assert plan.bar_starts == (0, 24, 96, 168) and plan.pickup == 24


def test_phrases_say_which_metre_they_are_in() -> None:
    """After pieces in 4/4 with phrases of eight quarters and in 3/4 of twelve, twelve quarters sound like three."""

    def plan(meter: str, quarters: int) -> Plan:
        ends = tuple(24 * quarters * i - 24 for i in range(1, 5))
        return with_meter(Plan(style="bach", tonic=0, mode="major", end=96 * quarters, phrase_ends=ends), meter, 0)

    grid = frames_of_matrix(np.random.default_rng(1).integers(53, 65, (400, 4)).astype(float), step=6)
    known = [
        Piece(name=f"{meter} {i}", work="", frames=grid, plan=plan(meter, quarters))
        for meter, quarters in (("4/4", 8), ("3/4", 12))
        for i in range(4)
    ]
    sense = BarSense(known)
    twelve, eight = plan("3/4", 12).without("meter"), plan("4/4", 8).without("meter")
    assert sense.log_p(twelve, "3/4", 0) > sense.log_p(twelve, "4/4", 0) + 3
    assert sense.log_p(eight, "4/4", 0) > sense.log_p(eight, "3/4", 0) + 3
    assert sense.log_p(eight, "4/4", 0) > sense.log_p(eight, "4/4", 48) + 3


def test_a_run_that_is_stopped_at_once_says_so_and_labels_nothing(tmp_path: Path) -> None:
    """No check, no best weights, no metres heard by a network that has learned nothing; and it can go on."""
    corpus = ChoirCorpus(pieces=pieces(40), skipped=[], held_out=[], doubtful=[])
    said: list[str] = []
    recipe = replace(RECIPE, source="test", label_at=(4,), check_every=50, n_steps=50)
    with pytest.raises(Exception, match="at step 0, before metres are heard at step 4"):
        train_choir(recipe, corpus, tmp_path, deadline=Deadline(0.0), say=said.append)
    assert not list(tmp_path.glob("metres-*"))


class NoBetter(PartsTask):
    """Looks at the validation pieces that find the third best."""

    scores = (3.0, 2.0, 1.0, 1.5, 1.0, 1.2, 0.5)

    def check(self, net: Flagship) -> Check:
        """The next of the scores."""
        self.n_looks = getattr(self, "n_looks", 0) + 1
        return Check(score=self.scores[self.n_looks - 1], unit="nats/note", figures={})


def test_training_stops_when_validation_has_not_become_better_for_a_while(tmp_path: Path) -> None:
    """Patience for three looks: after the sixth, and a run that goes on then stays where it is."""
    patient = replace(RECIPE, n_steps=20, check_every=1, patience=3)
    said: list[str] = []
    train(patient, NoBetter(patient, Fixed()), tmp_path, say=said.append)
    assert steps_done(tmp_path) == 6
    assert said[-1] == "tiny: no better for 3 looks at the validation pieces; that is enough"
    train(patient, NoBetter(patient, Fixed()), tmp_path, say=said.append)
    assert steps_done(tmp_path) == 6
