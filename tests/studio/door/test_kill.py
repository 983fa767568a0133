"""The real server, killed while pieces are edited over HTTP; fifty times by scripts/studio_kill.py."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="needs pip install -e '.[studio]'")

sys.path.insert(0, str(Path(__file__).parents[3] / "scripts"))

import studio_kill


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for workers in /proc")
def test_a_killed_studio_has_all_that_it_acknowledged_and_leaves_no_worker_behind() -> None:
    n_answers, left, wrong = studio_kill.killed(3, 2)
    assert wrong == []
    assert left == 0
    assert n_answers > 5
