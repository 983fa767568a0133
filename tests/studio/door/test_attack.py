"""Files that nobody should have to open, sent every way there is; the whole of it is scripts/studio_attack.py."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="needs pip install -e '.[studio]'")

from studio_client import Client

sys.path.insert(0, str(Path(__file__).parents[3] / "scripts"))

import studio_attack

OPENED = ("nothing.mid", "nul.abc", "not-utf8.musicxml", "laughs.musicxml", "leak.musicxml", "lies.mid", "outside.mxl")
"""What can be made in no time."""


def test_no_file_brings_the_server_down_or_keeps_another_waiting(client: Client) -> None:
    waited: list[float] = []
    over = threading.Event()

    def somebody_else() -> None:
        while not over.wait(0.05):
            began = time.monotonic()
            assert client.get("/api/choices").status == 200
            waited.append(time.monotonic() - began)

    thread = threading.Thread(target=somebody_else)
    found = studio_attack.Found()
    thread.start()
    try:
        files = [(name, studio_attack.HOSTILE[name]()) for name in OPENED]
        files += [(name, studio_attack.SMALL) for name in studio_attack.NAMES[:3]]
        ways = [way for file in files for way in studio_attack.uses_of(*file)]
        found.all_of([way for way in ways if "/report" not in way[1] and "/check" not in way[1]], client.port, 2)
    finally:
        over.set()
        thread.join()
    assert found.wrong == []
    assert found.statuses[422] >= 10
    assert sorted(waited)[int(0.9 * len(waited))] < 0.5, "but for a moment in which the machine is busy otherwise"
    titles = [piece["title"] for piece in client.get("/api/pieces").json]
    assert not any("/" in title or "\n" in title or "root:" in title for title in titles)


def test_a_file_of_two_megabytes_may_be_sent_and_one_byte_more_may_not(client: Client) -> None:
    status = [
        client.post("/api/pieces/upload?name=x.mid", bytes(2 * 2**20 + more), **{"Content-Type": "a/b"}).status
        for more in (0, 1)
    ]
    assert status == [422, 413]
