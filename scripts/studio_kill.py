#!/usr/bin/env python3
"""Kill the studio while pieces are edited, again and again: whatever it had acknowledged must be there.

    python scripts/studio_kill.py --kills 50

The server is the real one, killed by signal 9 at a random moment while several clients edit over HTTP; then it is
started again on the same file. Each piece must be as its last answer said, or one edit further, of which the answer
was cut off; its history must lead back through the states that were answered; and no worker may be left behind.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

LOOKED_BACK = 5
"""States of each piece that are looked at after a kill."""

Note = tuple[int, int, int]
"""Onset, pitch and duration."""


class Studio:
    """A studio as a user starts it, to be killed."""

    def __init__(self, folder: Path) -> None:
        """Start it on the pieces of a folder."""
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from stretto.cli import main; main()", "studio", "--no-browser", "--port", "0"],
            env={**os.environ, "XDG_DATA_HOME": str(folder), "PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, encoding="utf-8",
        )  # fmt: skip
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        self.port = int(re.findall(r":(\d+)/", line)[0])
        while self.ask("GET", "/api/pieces") is None:
            time.sleep(0.05)
        self.children = children_of(self._process.pid)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """One answer; None = there was none."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            data = None if body is None else json.dumps(body).encode()
            connection.request(method, path, data, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            said = json.loads(answer.read())
        except (OSError, HTTPException, ValueError):
            return None
        finally:
            connection.close()
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status} {said}")
        return said

    def kill(self) -> int:
        """By signal 9; how many of its workers outlive it by half a minute."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()
        until = time.monotonic() + 30
        while (left := [child for child in self.children if is_alive(child)]) and time.monotonic() < until:
            time.sleep(0.05)
        return len(left)


def children_of(process: int) -> list[int]:
    """Its child processes, where /proc says so."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == process:
            found.append(int(status.parent.name))
    return found


def is_alive(process: int) -> bool:
    """Whether it runs, and is no zombie."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


class Writer:
    """Edits a piece of his own, and remembers what was acknowledged."""

    def __init__(self, studio: Studio, number: int) -> None:
        """Make a piece."""
        view = studio.ask("POST", "/api/pieces", {"title": f"piece {number}", "bars": 64})
        self.id: str = view["id"]
        self.states: dict[int, list[Note]] = {view["revision"]: notes_of(view)}
        self.revision: int = view["revision"]
        self.n_answers = 0
        self._chance = random.Random(number)

    def write(self, studio: Studio) -> None:
        """Edit until the studio is gone."""
        while True:
            view = studio.ask("POST", f"/api/pieces/{self.id}/edits", self._edits())
            if view is None:
                return
            self.heard(view)
            self.n_answers += 1

    def heard(self, view: dict[str, Any]) -> None:
        """A state that was answered."""
        self.revision = view["revision"]
        self.states[self.revision] = notes_of(view)

    def _edits(self) -> dict[str, Any]:
        onset, pitch = self._chance.randrange(64 * 96), self._chance.randrange(30, 90)
        note = {"op": "add", "part": 0, "onset": onset, "duration": 24, "pitch": pitch}
        return {"revision": self.revision, "edits": [note]}

    def check(self, studio: Studio) -> list[str]:
        """What is not as it was acknowledged, after a new start."""
        view, wrong = studio.ask("GET", f"/api/pieces/{self.id}"), []
        if view["revision"] not in (self.revision, self.revision + 1):
            wrong.append(f"at revision {view['revision']}, where {self.revision} was acknowledged")
        if view["revision"] == self.revision and notes_of(view) != self.states[self.revision]:
            wrong.append(f"revision {self.revision} has other notes")
        self.heard(view)
        newest, here = view["revision"], view
        for _ in range(LOOKED_BACK):
            if not here["canUndo"]:
                break
            here = studio.ask("POST", f"/api/pieces/{self.id}/undo", {"revision": here["revision"]})
            if notes_of(here) != self.states.get(here["revision"]):
                wrong.append(f"going back, revision {here['revision']} has other notes")
        while here["canRedo"]:
            here = studio.ask("POST", f"/api/pieces/{self.id}/redo", {"revision": here["revision"]})
        if (here["revision"], notes_of(here)) != (newest, notes_of(view)):
            wrong.append(f"forth again it is at {here['revision']}, and was at {newest}")
        return wrong


def notes_of(view: dict[str, Any]) -> list[Note]:
    """Of an answer."""
    return [(note["onset"], note["pitch"], note["duration"]) for note in view["notes"]]


def killed(n_kills: int, n_writers: int, seed: int = 0) -> tuple[int, int, list[str]]:
    """Acknowledged edits, workers left behind, and what was wrong."""
    chance, wrong, left = random.Random(seed), list[str](), 0
    with TemporaryDirectory() as folder:
        studio = Studio(Path(folder))
        writers = [Writer(studio, number) for number in range(n_writers)]
        for kill in range(n_kills):
            threads = [threading.Thread(target=writer.write, args=(studio,)) for writer in writers]
            for thread in threads:
                thread.start()
            wanted = sum(writer.n_answers for writer in writers) + chance.randrange(12)
            until = time.monotonic() + 20
            while sum(writer.n_answers for writer in writers) < wanted and time.monotonic() < until:
                time.sleep(0.001)
            time.sleep(chance.uniform(0, 0.05))
            left += studio.kill()
            for thread in threads:
                thread.join()
            studio = Studio(Path(folder))
            for writer in writers:
                wrong += [f"kill {kill + 1}: {line}" for line in writer.check(studio)]
        left += studio.kill()
    return sum(writer.n_answers for writer in writers), left, wrong


def main() -> None:
    """Print what was found; end with status 1 if anything was lost."""
    wanted = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    wanted.add_argument("--kills", type=int, default=50)
    wanted.add_argument("--writers", type=int, default=3)
    said = wanted.parse_args()
    began = time.monotonic()
    n_answers, left, wrong = killed(said.kills, said.writers)
    print(
        f"{said.kills} kills in {time.monotonic() - began:.0f} s: {n_answers} edits acknowledged, {len(wrong)} wrong, "
        f"{left} workers left behind"
    )
    print("\n".join(wrong))
    raise SystemExit(bool(wrong or left))


if __name__ == "__main__":
    main()
