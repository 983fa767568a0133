"""A studio that answers on a free port of this machine, and a program that asks it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from stretto.studio.door.guard import Access
from stretto.studio.door.launch import place_at, server_of
from stretto.studio.door.server import create_app
from stretto.studio.workers.pool import Pool

TUNE = "X:1\nM:4/4\nL:1/4\nK:G\nG A B c | d e d B | c B A A | G2 G2 |\n"
CHORALE = "X:1\nM:4/4\nL:1/4\nK:C\n" + "".join(
    f"V:{number}\n{line} |\n" for number, line in enumerate(("c d e c", "G G G G", "E F E E", "C B, C C,"), 1)
)


@dataclass
class Answer:
    """What the server said."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def line(self) -> str:
        """Why it was refused: one line."""
        line = self.json["detail"]
        assert isinstance(line, str) and "\n" not in line
        return line


@dataclass
class Client:
    """Somebody who asks."""

    port: int
    headers: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        with self.opened(method, path, body, **headers) as connection:
            answer = connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self.ask("POST", path, {} if body is None else body, **headers)

    @contextmanager
    def opened(self, method: str, path: str, body: Any = None, **headers: str) -> Iterator[HTTPConnection]:
        """A request that is sent, and not yet answered."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        kind = {"Content-Type": "application/json"} if data is not None else {}
        try:
            connection.request(method, path, data, {**kind, **self.headers, **headers})
            yield connection
        finally:
            connection.close()


@contextmanager
def studio(
    pool: Pool, data_folder: Path, access: Access | None = None, *, desk: Pool | None = None
) -> Iterator[Client]:
    """Serve until the test is done."""
    place = place_at("127.0.0.1", 0)
    server = server_of(create_app(access or place.access, pool=pool, desk=desk, data_folder=data_folder))
    with place.door:
        thread = threading.Thread(target=server.run, args=([place.door],))
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield Client(place.door.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join()
