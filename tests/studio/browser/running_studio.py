"""`stretto studio` in a process of its own, as a person starts it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass
class RunningStudio:
    """Where it answers."""

    address: str
    """As it printed it, with the token where it wants one."""
    process: subprocess.Popen[bytes]

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return self.address.partition("/?")[0].rstrip("/").replace("0.0.0.0", "127.0.0.1")

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Ask as a program does."""
        data = None if body is None else json.dumps(body).encode()
        kind = {"Content-Type": "application/json"} if data else {}
        request = urllib.request.Request(self.origin + path, data, {**kind, **headers}, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            told = answer.read()
        return json.loads(told) if told else None

    def stop(self) -> None:
        """End it as Ctrl-C does, if it runs."""
        if self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def forget_pieces(self) -> None:
        """As it is when it is started for the first time."""
        for piece in self.ask("GET", "/api/pieces"):
            self.ask("DELETE", f"/api/pieces/{piece['id']}")


@contextmanager
def running_studio(folder: Path, *options: str, **environment: str) -> Iterator[RunningStudio]:
    """Start it on a free port, and end it afterwards.

    Args:
        folder: for its pieces and its log.
        options: of the command line.
        environment: variables to set.
    """
    command = [sys.executable, "-m", "stretto", "studio", "--no-browser", "--port", "0", *options]
    home = {"XDG_DATA_HOME": str(folder), "LOCALAPPDATA": str(folder), "HOME": str(folder)}
    variables = {**os.environ, **home, "PYTHONUNBUFFERED": "1", "OMP_NUM_THREADS": "1", **environment}
    with (folder / "log").open("wb") as log, subprocess.Popen(
        command, env=variables, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log
    ) as process:  # fmt: skip
        running = RunningStudio("", process)
        try:
            assert process.stdout is not None
            line = process.stdout.readline().decode()
            assert line.startswith("the studio is at "), (line, (folder / "log").read_text(encoding="utf-8"))
            running.address = line.removeprefix("the studio is at ").strip()
            yield running
        finally:
            running.stop()
