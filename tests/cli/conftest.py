"""What the tests of the commands share: running one, and a piece that needs no network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

from stretto.cli.app import run
from stretto.score.model import TICKS_PER_QUARTER, Meter, Notice, Part, Score


@dataclass
class Answer:
    """What a command said, and how it ended."""

    status: int
    out: str
    err: str


@pytest.fixture
def stretto(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Answer]:
    """Run a command in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> Answer:
        status = run(arguments)
        said = capsys.readouterr()
        return Answer(status, said.out, said.err)

    return call


@pytest.fixture
def small_score() -> Score:
    """Two bars of four quarters in two parts."""
    notes = [
        (beat * TICKS_PER_QUARTER, TICKS_PER_QUARTER, pitch, 64, part, 1, 1, 127, 0)
        for beat in range(8)
        for part, pitch in ((0, 67 + beat % 3), (1, 48))
    ]
    return Score.build(notes, [Part(name="Soprano"), Part(name="Bass")], meters=[Meter()])


@pytest.fixture
def composed(monkeypatch: pytest.MonkeyPatch, small_score: Score) -> dict[str, object]:
    """Stand-ins for the network and for the writers; gives what `compose` was asked for."""
    asked: dict[str, object] = {}

    def compose(**wishes: object) -> SimpleNamespace:
        asked.update(wishes)
        return SimpleNamespace(
            score=small_score, ensemble="choir", style="bach", key="Bb major", meter="4/4", bars=2, pickup=24, seed=7,
            nats_per_note=1.234, seconds=0.5, report=["kept the best of 8 candidates"],
            originality=None,
        )  # fmt: skip

    def write(score: Score, path: Path, **options: object) -> tuple[Notice, ...]:
        path.write_bytes(b"music")
        asked.setdefault("layouts", set()).add(options["layout"])  # type: ignore[attr-defined]
        return (Notice(what="slurs left out", count=3),) if path.suffix == ".mid" else ()

    monkeypatch.setattr("stretto.verbs.compose", compose)
    monkeypatch.setattr("stretto.cli.files.write_output", write)
    return asked
