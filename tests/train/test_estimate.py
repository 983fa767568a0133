"""What is said of time and memory before training is what training then takes."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from drawn_hands import hands, looked_through, written

torch = pytest.importorskip("torch")

from stretto.train.estimate import FEWEST, Pace, _quickest, held_bytes, measured_pace  # noqa: E402
from stretto.train.folder import FolderRun, folder_recipe, pieces_of, split_folder  # noqa: E402

pytestmark = pytest.mark.train

WITHIN = 1.5
"""What was said may be so many times too much or too little."""

REAL_RUN = """
import json, sys, time
from pathlib import Path
from dataclasses import replace
from stretto.train.estimate import held_bytes, measured_pace
from stretto.train.folder import FolderRun, folder_recipe, pieces_of, split_folder, train_folder
from drawn_hands import looked_through

flight = looked_through(Path(sys.argv[1]))
recipe, _ = folder_recipe(flight, None, seed=0)
training, valid = split_folder(pieces_of(flight))
run = FolderRun(recipe=replace(recipe, n_steps=25, check_every=5), training=training, valid=valid, start=None)
pace = measured_pace(run.recipe, *run.task(), seconds=8, clock=time.process_time)
run = replace(run, recipe=replace(run.recipe, bfloat16=pace.bfloat16), n_threads=pace.n_threads)
before = time.process_time()
train_folder(run, Path(sys.argv[2]), minutes=10, say=lambda line: None)
took = time.process_time() - before
print(json.dumps([pace.seconds_of(25, 5), took, pace.memory_bytes, held_bytes()]))
"""


def test_a_run_is_its_steps_and_its_looks_at_the_validation_pieces() -> None:
    pace = Pace(step_seconds=2.0, check_seconds=5.0, notes_a_step=100, memory_bytes=0, n_steps=4)
    assert pace.seconds_of(100, 30) == 100 * 2 + 4 * 5
    assert pace.steps_in(600, 12) == (600 - 12 * 5) // 2
    assert pace.steps_in(10, 12) == 1


def test_this_process_holds_memory_and_can_say_how_much() -> None:
    if sys.platform == "win32":
        assert held_bytes() == 0
    else:
        assert 30e6 < held_bytes() < 1e12


def test_a_few_steps_are_measured(tmp_path: Path) -> None:
    flight = looked_through(written(tmp_path, **{f"p{i}": hands(i) for i in range(4)}))
    recipe, _ = folder_recipe(flight, None, seed=0)
    small = {"n_state": 12, "n_seen": 8, "n_context": 6, "n_vertical": 8, "n_event": 6, "n_asked": 4, "n_heads": 2,
             "n_attention": 4, "n_ahead": 6}  # fmt: skip
    recipe = replace(recipe, network=replace(recipe.network, **small), batch_pieces=2, max_moments=32)  # type: ignore[arg-type]
    training, valid = split_folder(pieces_of(flight))
    run = FolderRun(recipe=recipe, training=training, valid=valid, start=None)
    shares: list[float] = []
    pace = measured_pace(run.recipe, *run.task(), seconds=0.1, progress=shares.append)
    assert pace.n_steps >= FEWEST
    assert 0 < pace.step_seconds < 30
    assert pace.check_seconds > 0
    assert pace.memory_bytes >= held_bytes()
    # Two pieces a batch of 32 moments; a moment strikes one to four notes.
    assert 2 * 32 <= pace.notes_a_step <= 2 * 32 * 4
    assert shares[-1] == 1.0
    assert 1 <= pace.n_threads <= torch.get_num_threads(), "and torch has as many as before"


def test_the_quickest_way_is_taken() -> None:
    """Two threads, and half precision with one of them alone, are slow here."""
    usual = torch.get_num_threads()

    def seconds_of(half: bool) -> float:
        return {(1, True): 1.0, (1, False): 3.0, (2, True): 5.0, (2, False): 9.0}[torch.get_num_threads(), half]

    assert _quickest(seconds_of, 2) == (1, True)
    assert _quickest(lambda half: 10 - seconds_of(half), 2) == (2, False)
    torch.set_num_threads(usual)


@pytest.mark.slow
def test_a_real_run_takes_the_time_and_memory_that_were_said(tmp_path: Path) -> None:
    """In a process of its own, so that the memory is its own: 25 steps of a network of the usual size.

    The time is that of the processor, as a machine may be busier in the one minute than in the next.
    """
    written(tmp_path / "mine", **{f"p{i}": hands(i, n_bars=32) for i in range(8)})
    command = [sys.executable, "-c", REAL_RUN, str(tmp_path / "mine"), str(tmp_path / "run")]
    done = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    said_seconds, seconds, said_bytes, n_bytes = json.loads(done.stdout)
    assert 1 / WITHIN < seconds / said_seconds < WITHIN
    assert 1 / WITHIN < n_bytes / said_bytes < WITHIN
