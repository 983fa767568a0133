"""The dynamics network learns from marked pieces."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

from safetensors import safe_open

from stretto.corpus.staves import StaffPiece
from stretto.engine.dynamics import DynamicsEngine, dynamics_nats, load_dynamics
from stretto.errors import CorpusError
from stretto.frames.plan import Plan
from stretto.frames.staves import STAFF_NOTE, StaffMusic
from stretto.networks.dynamics import DynamicsConfig
from stretto.train.dynamics import DYNAMICS, DynamicsTask, marked_pieces, run_dynamics
from stretto.train.loop import steps_done

pytestmark = pytest.mark.train

TINY = replace(
    DYNAMICS,
    network=DynamicsConfig(composers=("haydn",), n_seen=12, n_heard=8, n_written=12, n_choice=12, dropout=0.0),
    n_steps=160,
    batch_pieces=4,
    learning_rate=0.02,
    warmup_steps=10,
    average=0.9,
    check_every=80,
    half=False,
)


def alternating(name: str, *, marked: bool = True, period: str = "classical") -> StaffPiece:
    """Four bars high and soft, four bars of low octaves and loud, with a crescendo between."""
    rows = [(24 * i, 24, 84, 0) for i in range(16)] + [(24 * i, 24, p, 0) for i in range(16, 32) for p in (36, 48)]
    music = StaffMusic(notes=np.array(rows, STAFF_NOTE), end=768, n_staves=2)
    plan = Plan(bar_starts=tuple(range(0, 768, 96)), bar_meters=("4/4",) * 8, end=768, period=period)
    return StaffPiece(
        name=name,
        work=name,
        title="",
        licence="",
        composer="haydn",
        period=period,
        music=music,
        plan=plan,
        dynamics=((0, "p"), (384, "f")) if marked else (),
        hairpins=((288, 384, "crescendo"),) if marked else (),
    )


def test_pieces_without_marks_are_learned_from_only_where_none_were_written() -> None:
    """A classical piece may not have been marked; a baroque one has none, and is drawn seldom."""
    plain = [alternating("a", marked=False), alternating("b", marked=False, period="baroque"), alternating("c")]
    found = marked_pieces(plain, ("haydn",))
    assert [(m.piece.name, m.weight) for m in found] == [("b", 0.25), ("c", 1.0)]
    assert found[1].n_bars == 8 and found[1].example.composer == 1


def test_nothing_to_learn_from_is_said() -> None:
    """In one line."""
    with pytest.raises(CorpusError, match="no piece of the corpus has dynamic marks"):
        DynamicsTask(TINY, [], [])


def test_a_small_network_learns_where_the_marks_are(tmp_path: Path) -> None:
    """Soft where it is high, loud where octaves are struck, a hairpin before: nearly certain after some steps."""
    pieces = [alternating(f"piece {i}") for i in range(50)]
    path = run_dynamics([pieces], tmp_path, chosen=TINY, say=lambda line: None)
    assert path is not None
    assert steps_done(tmp_path) == TINY.n_steps, "and the run can go on from there"
    with safe_open(path, framework="np") as file:
        about = json.loads(file.metadata()["about"])
    n_signs = [int((m.example.mark_T > 0).sum()) + len(m.dynamics.spans) for m in marked_pieces(pieces[:1], ())]
    assert (about["n_signs"], about["steps"]) == (about["n_pieces"] * n_signs[0], TINY.n_steps)
    assert 0 < about["n_pieces"] < 50, "some are kept to choose by"
    (marked,) = marked_pieces(pieces[:1], ("haydn",))
    engine = DynamicsEngine(load_dynamics(path), marked.example.features_TF, composer="haydn")
    assert dynamics_nats(engine, marked.dynamics).sum() < 1.0
