"""Who means harm: slow, many, guessing, from another site, or after another browser's pieces."""

from __future__ import annotations

import asyncio
import http.client
import json
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("fastapi", reason="needs pip install -e '.[studio]'")

from studio_client import TUNE, Answer, Client, studio

from stretto.studio import limits
from stretto.studio.door import connections, tokens
from stretto.studio.door.guard import CHUNK_BYTES, Access, _parts
from stretto.studio.workers.jobs import Job
from stretto.studio.workers.tickets import Event, Ticket

if TYPE_CHECKING:
    from stretto.studio.workers.pool import Pool

TOKEN = "a-token-of-the-tests"


@pytest.fixture
def shared(pool: Pool, desk: Pool, tmp_path: Path) -> Iterator[Client]:
    """A studio that wants a token, and whoever knows it."""
    with studio(pool, tmp_path, Access(token=TOKEN), desk=desk) as client:
        yield replace(client, headers={"Authorization": f"Bearer {TOKEN}"})


def raw(client: Client, data: bytes, seconds: float = 10.0) -> bytes:
    """What is answered to bytes, until the server closes the connection."""
    found = b""
    with socket.create_connection(("127.0.0.1", client.port), timeout=seconds) as line:
        line.sendall(data)
        try:
            while more := line.recv(65536):
                found += more
        except ConnectionResetError:
            pass
    return found


def test_who_tries_tokens_is_not_listened_to_for_a_while(shared: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    guess = {"Authorization": "Bearer guess"}
    with shared.opened("GET", f"/?token={TOKEN}") as connection:
        cookie = str(connection.getresponse().headers.get_all("Set-Cookie")[0].partition(";")[0])
    found = [shared.get("/v1/models", **guess) for _ in range(tokens.TRIES + 1)]
    assert [answer.status for answer in found] == [401] * tokens.TRIES + [429]
    assert found[-1].headers["retry-after"] == "60"
    assert shared.get("/v1/models").status == 429, "else the answer would tell which guess was right"
    assert replace(shared, headers={}).get("/v1/models", Cookie=cookie).status == 200
    monkeypatch.setattr(tokens, "PERIOD_SECONDS", 0.0)
    assert shared.get("/v1/models").status == 200


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": "http://["}, {"Sec-Fetch-Site": "cross-site"},
     {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"}],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["text/plain", "application/json", "application/octet-stream"])
def test_no_page_of_another_site_can_make_a_piece(client: Client, headers: dict[str, str], kind: str) -> None:
    for path, body in (("/api/pieces", b'{"title": "x"}'), ("/api/pieces/upload?name=x.abc", TUNE.encode())):
        assert client.post(path, body, **headers, **{"Content-Type": kind}).status == 403


def test_a_link_of_another_site_may_be_followed(client: Client) -> None:
    assert client.get("/", **{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}).status == 200


def test_a_request_that_dribbles_is_closed(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.3)
    began = time.monotonic()
    assert raw(client, b"") == b""
    assert raw(client, b"GET / HT") == b""
    again = raw(client, f"GET /v1/models HTTP/1.1\r\nHost: 127.0.0.1:{client.port}\r\n\r\nGET /v".encode())
    assert again.startswith(b"HTTP/1.1 200")
    assert time.monotonic() - began < 5


def test_small_answers_are_not_held_back_by_nagles_algorithm(client: Client) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=10)
    seconds = []
    for _ in range(30):
        began = time.perf_counter()
        connection.request("GET", "/v1/jobs/x")
        connection.getresponse().read()
        seconds.append(time.perf_counter() - began)
    connection.close()
    assert sorted(seconds)[10] < 0.03, "where each waits for an acknowledgement it takes 0.04 s"


def test_a_body_that_does_not_come_is_not_waited_for(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BODY_SECONDS", 0.3)
    head = f"POST /v1/compose HTTP/1.1\r\nHost: 127.0.0.1:{client.port}\r\nContent-Length: 99\r\n\r\n{{"
    assert raw(client, head.encode()).startswith(b"HTTP/1.1 408")


def test_one_who_reads_nothing_loses_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "READ_SECONDS", 0.05)

    class Line:
        aborted = False

        def abort(self) -> None:
            self.aborted = True

    async def send() -> Line:
        line = Line()
        flow = connections.Impatient(line)  # type: ignore[arg-type]
        await flow.drain()
        assert not line.aborted
        flow.pause_writing()
        await flow.drain()
        return line

    assert asyncio.run(send()).aborted


@pytest.mark.parametrize("what", ["pages", "pages/1.svg", "check", "likelihood", "originality", "download/pdf"])
def test_who_goes_away_calls_off_the_look_that_he_asked_for(tmp_path: Path, what: str) -> None:
    desk = IdlePool()
    with studio(IdlePool(), tmp_path, desk=desk) as client:  # type: ignore[arg-type]
        piece = client.post("/api/pieces", {}).json["id"]
        with client.opened("GET", f"/api/pieces/{piece}/{what}"):
            _until(lambda: bool(desk.tickets))
        _until(lambda: desk.tickets[0].ended)
    assert [ticket.newest.kind for ticket in desk.tickets] == ["cancelled"]


def test_who_waits_when_the_studio_ends_is_told_so_and_its_terminal_stays_quiet(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pool = IdlePool()
    with ExitStack() as opened:
        with studio(pool, tmp_path, desk=IdlePool()) as client:  # type: ignore[arg-type]
            waits = opened.enter_context(client.opened("POST", "/v1/compose", {"bars": 2}))
            _until(lambda: len(pool.tickets) == 1)
            piece = client.post("/api/pieces/upload?name=x.abc", TUNE.encode()).json
            wish = {"revision": 1, "verb": "vary", "candidates": 1}
            job = client.post(f"/api/pieces/{piece['id']}/verbs", wish).json["job"]
            follows = opened.enter_context(client.opened("GET", f"/api/jobs/{job}/events")).getresponse()
            assert follows.readline() == b"event: progress\n"
        answer = waits.getresponse()
        assert (answer.status, json.loads(answer.read())) == (503, {"detail": "the studio is closing"})
        follows.read()  # to its end, which is no broken line
    assert "Traceback" not in caplog.text


class IdlePool:
    """Takes jobs and does none."""

    def __init__(self) -> None:
        self.tickets: list[Ticket] = []

    def submit(self, job: Job, **asker: str) -> Ticket:
        self.tickets.append(Ticket(job=job, call_off=lambda ticket: ticket.tell(Event(kind="cancelled")), **asker))
        return self.tickets[-1]

    def forget(self, ticket: Ticket) -> None:
        pass


def _until(so: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not so() and time.monotonic() < until:
        time.sleep(0.02)


def test_a_long_answer_is_sent_piece_by_piece() -> None:
    body = bytes(range(256)) * 5000
    parts = list(_parts({"type": "http.response.body", "body": body}))
    assert b"".join(part["body"] for part in parts) == body
    assert [part["more_body"] for part in parts] == [True] * (len(parts) - 1) + [False]
    assert len(parts) == -(-len(body) // CHUNK_BYTES)


def test_more_streams_than_one_may_have_are_refused_and_others_are_answered(
    shared: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "REQUESTS_EACH", 4)
    mine, other = ({"Cookie": f"stretto_workspace={letter * 32}"} for letter in "ab")
    job = shared.post("/v1/compose?wait=false", {"ensemble": "keyboard", "bars": 128}, **mine).headers["location"]
    opened = [shared.opened("GET", f"{job}/events", **mine) for _ in range(4)]
    for stream in opened:
        stream.__enter__()
    try:
        until = time.monotonic() + 5
        while (answer := shared.get("/v1/models", **mine)).status == 200 and time.monotonic() < until:
            time.sleep(0.05)
        assert (answer.status, answer.headers["retry-after"]) == (429, "5")
        assert "of yours are on their way" in answer.line
        assert shared.get("/v1/models", **other).status == 200
        assert shared.get("/api/pieces", **mine).status == 200, "its page is not kept waiting by its programs"
    finally:
        for stream in opened:
            stream.__exit__(None, None, None)
    until = time.monotonic() + 5
    while shared.ask("DELETE", job, **mine).status == 429 and time.monotonic() < until:
        time.sleep(0.05)
    assert shared.get("/v1/models", **mine).status == 200


@pytest.mark.parametrize(
    "head",
    ["X: " + "y" * 200_000, "\r\n".join(f"X{i}: y" for i in range(20_000)), "Upgrade: websocket\r\nConnection: upgrade",
     "Content-Length: -1", "Content-Length: 1\r\nTransfer-Encoding: chunked", "Cookie: " + "=;" * 1000,
     "Authorization: Bearer \xff"],
    ids=["long", "many", "websocket", "negative", "smuggled", "cookies", "letters"],
)  # fmt: skip
def test_odd_heads_are_answered_or_closed(client: Client, head: str) -> None:
    host = f"GET /v1/models HTTP/1.1\r\nHost: 127.0.0.1:{client.port}\r\nConnection: close\r\n"
    found = raw(client, (host + head + "\r\n\r\n0\r\n\r\n").encode("latin-1"))
    assert found == b"" or found.startswith((b"HTTP/1.1 200", b"HTTP/1.1 4"))
    assert client.get("/v1/models").status == 200


@pytest.mark.parametrize(
    "body",
    [b"[" * 500_000, b'{"bars": ' + b"9" * 100_000 + b"}", b'{"' + b"x" * 100_000 + b'": 1}', b'{"key": "\\ud800"}',
     b'{"bars": 1e999}', b'{"temperature": NaN}', b'{"bars": 2, "bars": 3, "ensemble": "\\u0000"}', b"\xff\xfe{}", b"",
     b'{"key": "' + b"A" * 59 + b'"}', b'{"form": "ABCDEFGHIJKLMNOP", "bars": 128}'],
    ids=["deep", "number", "name", "surrogate", "infinite", "nan", "nul", "bytes", "empty", "key", "form"],
)  # fmt: skip
def test_odd_bodies_are_one_short_line(client: Client, body: bytes) -> None:
    answer = client.post("/v1/compose", body)
    assert 400 <= answer.status < 500
    assert len(answer.line) < 600


PAGE_ALONE = "?number=1&lines=0&after=1&until=1"
"""How a page is broken into lines, for the routes that engrave one alone."""


def test_no_route_gives_one_browser_what_is_anothers(shared: Client) -> None:
    """Every route of the description that names a piece or a job, asked by one whose they are not."""
    mine, other = ({"Cookie": f"stretto_workspace={letter * 32}"} for letter in "ab")
    piece = shared.post("/api/pieces/upload?name=x.abc", TUNE.encode(), **mine).json
    wish = {"revision": 1, "verb": "vary", "candidates": 1, "options": {"seed": 1}}
    job = shared.post(f"/api/pieces/{piece['id']}/verbs", wish, **mine).json["job"]
    shared.get(f"/api/jobs/{job}/events", **mine)
    programs = shared.post("/v1/compose?wait=false", {"bars": 2, "candidates": 1}, **mine).json["id"]
    edits = [{"op": "delete", "ids": [1]}]
    bodies = {"verbs": wish, "edits": {"revision": 1, "edits": edits}, "undo": {"revision": 1}, "redo": {"revision": 1},
              "accept": {"revision": 1, "job": job, "candidate": 0}, "rules": {"rules": "species1"},
              "": {"title": "stolen"}}  # fmt: skip
    named = {"piece": piece["id"], "job": job, "id": programs, "number": "1", "kind": "midi"}
    asked = []
    for path, operations in shared.get("/openapi.json", **mine).json["paths"].items():
        names = re.findall(r"\{(\w+)\}", path)
        if not {"piece", "job", "id"} & set(names):
            continue
        assert set(names) <= set(named), f"{path}: say here what its names are"
        for method in operations:
            last = path.rpartition("/")[2]
            body = bodies.get(last, bodies[""]) if method in ("post", "put", "patch") else None
            where = re.sub(r"\{(\w+)\}", lambda found: named[found[1]], path)
            query = PAGE_ALONE if last.startswith("page") else ""
            asked.append((path, method, _status(shared, method, where + query, body, other)))
    assert len(asked) > 15
    assert [asked_for for asked_for in asked if asked_for[2] != 404] == []
    kept = shared.get(f"/api/pieces/{piece['id']}", **mine).json
    assert (kept["title"], kept["revision"], len(kept["notes"])) == (piece["title"], 1, len(piece["notes"]))
    assert shared.get(f"/v1/jobs/{programs}", **mine).status == 200


def _status(client: Client, method: str, path: str, body: Any, headers: dict[str, str]) -> int:
    answer: Answer = client.ask(method.upper(), path, body, **headers)
    if answer.status == 422:
        raise AssertionError((method, path, json.loads(answer.body)))
    return answer.status
