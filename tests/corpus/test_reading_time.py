"""How long one file of a corpus may take."""

import time
from pathlib import Path

import pytest

from stretto.corpus import parse
from stretto.corpus.parse import Skipped
from stretto.errors import ScoreError


def busy(path: Path) -> str:
    """A reader that takes two seconds of the processor, and puts what goes wrong into its own words."""
    try:
        until = time.process_time() + 2
        while time.process_time() < until:
            pass
    except Exception as cause:
        raise ScoreError(f"{path}: no readable XML ({cause})") from cause
    return "read"


def asleep(path: Path) -> str:
    """One that has to wait for the processor."""
    time.sleep(1.5)
    return "read"


def test_a_file_that_takes_too_long_is_left_out_in_plain_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in the words of the reader that was interrupted."""
    monkeypatch.setattr(parse, "MAX_SECONDS", 1)
    found = parse._guarded(busy, Path("long.mxl"))
    assert isinstance(found, Skipped)
    assert found.why == "long.mxl: not read in 1 s; leave it out, or cut it into shorter scores"


def test_a_busy_machine_loses_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """What counts is the time of the processor, not that of the clock."""
    monkeypatch.setattr(parse, "MAX_SECONDS", 1)
    assert parse._guarded(asleep, Path("short.mxl")) == "read"
