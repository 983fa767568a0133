"""A folder becomes a network: what is kept for validation, what it begins with, how long it takes, what comes out."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from drawn_hands import hands, looked_through, written

torch = pytest.importorskip("torch")

from safetensors.torch import load_file  # noqa: E402

from stretto.corpus.staves import StaffPiece  # noqa: E402
from stretto.engine.eight_bits import in_eight_bits, in_floats  # noqa: E402
from stretto.engine.staff_weights import load_staves  # noqa: E402
from stretto.errors import ModelError, RequestError  # noqa: E402
from stretto.frames.staff_fields import MAX_COMPOSERS, STAFF_FIELDS  # noqa: E402
from stretto.networks.staves import Staves, StavesConfig  # noqa: E402
from stretto.train.estimate import Pace  # noqa: E402
from stretto.train.excerpt import excerpt  # noqa: E402
from stretto.train.folder import (  # noqa: E402
    LEAST_STEPS,
    FolderRun,
    Start,
    folder_recipe,
    keep_run,
    kept_run,
    pieces_of,
    read_start,
    renamed_fields,
    split_folder,
    start_from,
    timed,
    train_folder,
)
from stretto.train.look import Stretch  # noqa: E402
from stretto.train.loop import steps_done  # noqa: E402
from stretto.train.preflight import Preflight  # noqa: E402
from stretto.train.staff_run import export_staves  # noqa: E402
from stretto.train.staves import measure  # noqa: E402

pytestmark = pytest.mark.train

SIZES = {
    "n_state": 12, "n_seen": 8, "n_context": 6, "n_vertical": 8, "n_event": 6, "n_asked": 4, "n_heads": 2,
    "n_attention": 4, "n_ahead": 6,
}  # fmt: skip

PACE = Pace(step_seconds=2.0, check_seconds=5.0, notes_a_step=1000.0, memory_bytes=10**9, n_steps=9)


@pytest.fixture
def flight(tmp_path: Path) -> Preflight:
    """Five pieces of two styles."""
    written(tmp_path / "mine" / "one", a=hands(1), b=hands(2), c=hands(3))
    written(tmp_path / "mine" / "two", d=hands(4, up=2), e=hands(5, beats=3))
    return looked_through(tmp_path / "mine")


def tiny(flight: Preflight, start: Start | None = None, **changes: object) -> FolderRun:
    """A run with a network of a few weights."""
    recipe, made_room = folder_recipe(flight, start, seed=0)
    if start is None:
        recipe = replace(recipe, network=replace(recipe.network, **SIZES))  # type: ignore[arg-type]
    recipe = replace(recipe, batch_pieces=2, n_steps=4, check_every=2, max_moments=32, bfloat16=False, **changes)  # type: ignore[arg-type]
    training, valid = split_folder(pieces_of(flight))
    return FolderRun(recipe=recipe, training=training, valid=valid, start=start, made_room=made_room)


def test_pieces_carry_their_file_style_key_and_metre(flight: Preflight) -> None:
    piece = pieces_of(flight)[3]
    assert (piece.name, piece.composer, piece.plan.composer, piece.plan.mode) == ("two/d.mid", "two", "two", "major")
    assert (piece.plan.tonic, piece.plan.bar_meters[0], piece.music.n_staves) == (2, "4/4", 2)


def test_a_file_of_two_movements_gives_two_pieces_of_one_work(flight: Preflight) -> None:
    verdict = flight.used[0]
    assert verdict.seen is not None
    halves = (Stretch(start=0, end=768, tonic=0, mode="major"), Stretch(start=768, end=1536, tonic=9, mode="minor"))
    parted = replace(flight, verdicts=(replace(verdict, seen=replace(verdict.seen, stretches=halves)),))
    first, second = pieces_of(parted)
    assert (first.name, second.name, first.work == second.work) == ("one/a.mid [1]", "one/a.mid [2]", True)
    assert (second.plan.tonic, second.plan.mode, second.plan.end) == (9, "minor", 768)
    assert (first.plan.end, len(second.plan.bar_meters)) == (768, 8)


def test_marks_and_barlines_of_an_excerpt_begin_with_it(flight: Preflight) -> None:
    marked = replace(
        pieces_of(flight)[0],
        dynamics=((0, "p"), (200, "f"), (900, "pp")),
        hairpins=((180, 400, "crescendo"),),
        tempo=90.0,
    )
    found = excerpt(marked, 192, 384)
    assert (found.dynamics, found.hairpins, found.tempo) == (((8, "f"),), (), 0.0)
    assert excerpt(marked, 0, 288).hairpins == ((180, 288, "crescendo"),)
    assert (found.plan.bar_starts, found.plan.end, found.music.end) == ((0, 96), -1, 192)


def test_a_tenth_is_kept_in_whole_pieces_and_always_the_same(flight: Preflight) -> None:
    pieces = pieces_of(flight)
    training, valid = split_folder(pieces)
    assert (len(training), len(valid)) == (4, 1)
    assert [p.name for p in split_folder(pieces[::-1])[1]] == [valid[0].name]
    assert valid[0].name not in {p.name for p in training}


def test_movements_of_one_file_never_stand_on_both_sides(flight: Preflight) -> None:
    """Its second movement, or its da capo, would tell of the first."""
    pieces = [replace(piece, name=f"{piece.name} [{n}]") for piece in pieces_of(flight) for n in (1, 2)]
    training, valid = split_folder(pieces)
    assert len(training) + len(valid) == 10 and len(valid) == 2
    assert len({p.work for p in valid}) == 1 and not {p.work for p in valid} & {p.work for p in training}


def test_of_few_pieces_the_last_part_of_each_is_kept(flight: Preflight) -> None:
    """16 bars of 96 ticks: 12 are learned from, 4 are kept, and they meet at a barline."""
    piece = pieces_of(flight)[0]
    (first,), (last,) = split_folder([piece])
    assert (first.music.end, last.music.end) == (12 * 96, 4 * 96)
    assert len(first.music.notes) + len(last.music.notes) == len(piece.music.notes)
    assert (first.plan.end, last.plan.end) == (-1, 4 * 96)
    assert (len(first.plan.bar_starts or ()), last.plan.bar_starts) == (12, (0, 96, 192, 288))
    late = piece.music.notes[piece.music.notes["onset"] >= 12 * 96]
    assert np.array_equal(last.music.notes["onset"] + 12 * 96, late["onset"])


def test_the_network_has_the_folder_s_staves_ranges_and_styles(flight: Preflight) -> None:
    recipe, gone = folder_recipe(flight, None, seed=3)
    network = recipe.network
    assert (network.staves, network.ranges) == (("right hand", "left hand"), ((21, 108), (21, 108)))
    assert (network.composers, network.order, network.upward) == (("one", "two"), (0, 1), (False, True))
    assert (recipe.seed, gone) == (3, ())


def test_a_start_keeps_its_names_and_makes_room_where_they_are_full(flight: Preflight) -> None:
    few = Start(name="x", config=StavesConfig(composers=("bach", "one")), weights={})
    assert folder_recipe(flight, few, seed=0)[0].network.composers == ("bach", "one", "two")
    full = (*(f"composer{i}" for i in range(MAX_COMPOSERS - 1)), "two")
    recipe, gone = folder_recipe(flight, replace(few, config=StavesConfig(composers=full)), seed=0)
    assert gone == (f"composer{MAX_COMPOSERS - 2}",)
    assert recipe.network.composers[-2:] == ("one", "two")


def test_a_new_name_begins_as_the_mean_of_the_old_ones() -> None:
    row = 1 + sum(list(STAFF_FIELDS.values())[: list(STAFF_FIELDS).index("composer")])
    table = torch.arange(2.0 * sum(STAFF_FIELDS.values())).reshape(-1, 2)
    start = Start(name="x", config=StavesConfig(composers=("bach", "chopin")), weights={"fields.weight": table})
    found = renamed_fields(start, ("chopin", "mine"))["fields.weight"]
    assert torch.equal(found[row], table[row + 1])
    assert torch.equal(found[row + 1], table[row : row + 2].mean(0))
    assert torch.equal(found[:row], table[:row])
    assert torch.equal(table[row], 2.0 * row + torch.tensor([0.0, 1.0])), "the start's own table stays"


def test_a_run_is_as_long_as_the_minutes_allow_and_no_longer_than_is_of_use(flight: Preflight) -> None:
    run = tiny(flight)
    # 54 of 60 minutes are planned for: 24 looks of 5 s, and steps of 2 s in the rest.
    assert timed(replace(run, training=run.training * 1000), PACE, 60).recipe.n_steps == (54 * 60 - 24 * 5) // 2
    # 200 times through the notes, a thousand a step; of very few at least so many steps.
    longer = replace(run, training=run.training * 10)
    assert timed(longer, PACE, 600).recipe.n_steps == round(200 * longer.n_notes / 1000)
    assert timed(longer, PACE, 600).passes(PACE) == pytest.approx(200, rel=0.01)
    assert timed(run, PACE, 60).recipe.n_steps == LEAST_STEPS
    assert timed(run, PACE, 0.01).recipe.n_steps == 1


def test_a_folder_trains_resumes_and_plays(flight: Preflight, tmp_path: Path) -> None:
    """A run that stopped goes on from what its folder keeps, as if unbroken; the engine reads what comes out."""
    said: list[str] = []
    run = tiny(flight)
    whole = train_folder(run, tmp_path / "whole", minutes=5, say=said.append)
    assert whole == tmp_path / "whole" / "staves.safetensors"
    assert load_staves(whole).about["steps"] == run.recipe.n_steps
    assert said[-1].startswith("pieces kept for validation: ")
    broken = tmp_path / "broken"
    keep_run(run, broken)
    train_folder(run, broken, minutes=0, say=said.append)
    assert steps_done(broken) == 0
    kept = kept_run(broken)
    assert kept.recipe == run.recipe
    assert [p.name for p in kept.valid] == [p.name for p in run.valid]
    mended = train_folder(kept, broken, minutes=5, say=said.append)
    assert mended is not None
    tensors = load_file(whole)
    assert all(torch.equal(tensor, tensors[name]) for name, tensor in load_file(mended).items())
    weights = load_staves(mended)
    assert (weights.shape.staves, weights.shape.composers) == (("right hand", "left hand"), ("one", "two"))
    assert weights.about["meters"] == {"4/4": 4, "3/4": 1}
    habits = weights.about["habits"]
    assert habits["any"]["keys"] == {"C major": 4, "D major": 1}
    assert (habits["one"]["meters"], habits["two"]["n_pieces"]) == ({"4/4": 3}, 2)


def test_what_begins_with_a_network_begins_as_good_as_that(flight: Preflight, tmp_path: Path) -> None:
    run = tiny(flight)
    net = Staves(run.recipe.network)
    path = export_staves(net, run.recipe, tmp_path, about={})
    start = read_start(path, "mine")
    assert start_from(str(tmp_path), flight) is not None, "the folder of a run is as good as its network"
    tuned = tiny(flight, start)
    task, source = tuned.task()
    # Big matrices are exported in eight bits, the rest in half precision.
    exported = in_floats(in_eight_bits({name: tensor.half().numpy() for name, tensor in net.state_dict().items()}))
    net.load_state_dict({name: torch.from_numpy(tensor) for name, tensor in exported.items()})
    wanted = measure(net.eval(), source.valid).per_note
    assert measure(task.make().eval(), source.valid).per_note == pytest.approx(wanted, rel=1e-5)
    said: list[str] = []
    train_folder(tuned, tmp_path / "tuned", minutes=5, say=said.append)
    assert f"{wanted:.3f} nats a note at the start" in said[-1]
    figures = json.loads((tmp_path / "tuned" / "figures.json").read_text(encoding="utf-8"))
    assert figures["valid_at_start"] == pytest.approx(wanted, rel=1e-5)
    said.clear()
    train_folder(replace(tuned, start=None), tmp_path / "tuned", minutes=5, say=said.append)
    assert f"{wanted:.3f} nats a note at the start" in said[-1], "a run that goes on knows where it began"


def test_a_start_that_does_not_fit_is_one_line(flight: Preflight, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=r"--from none\.safetensors: none\.safetensors is not there; name keyboard"):
        start_from("none.safetensors", flight)
    (tmp_path / "broken.safetensors").write_bytes(b"x")
    with pytest.raises(ModelError, match="no network of staves that this version can read"):
        start_from(str(tmp_path / "broken.safetensors"), flight)
    run = tiny(flight)
    three = replace(
        run.recipe.network,
        staves=("a", "b", "c"), ranges=((21, 108),) * 3, upward=(False, False, True), order=(0, 2, 1),
    )  # fmt: skip
    path = export_staves(Staves(three), replace(run.recipe, network=three), tmp_path, about={})
    with pytest.raises(RequestError, match="that network has 3 staves, and most files here have 2; leave --from out"):
        start_from(str(path), flight)
    assert start_from("none", flight) is None


def test_a_folder_without_a_run_cannot_go_on(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="holds no run of a folder that can go on"):
        kept_run(tmp_path)


def test_pieces_on_one_staff_can_be_learned(tmp_path: Path) -> None:
    """A melody has no other staff that could be given."""
    scores = {f"m{i}": hands(i) for i in range(4)}
    lines = {name: s.evolve(notes=s.notes[s.notes["part"] == 0], parts=s.parts[:1]) for name, s in scores.items()}
    flight = looked_through(written(tmp_path / "mine", **lines))
    run = tiny(flight)
    assert run.recipe.network.staves == ("right",)
    assert isinstance(run.training[0], StaffPiece)
    assert train_folder(run, tmp_path / "run", minutes=5, say=lambda line: None) is not None
