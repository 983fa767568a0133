"""What stands before the server: headers, hosts, tokens, sizes, and a log without contents."""

from __future__ import annotations

import logging
import socket
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("fastapi", reason="needs pip install -e '.[studio]'")

from studio_client import Client, studio

from stretto.studio.door import launch
from stretto.studio.door.guard import HEADERS, Access
from stretto.studio.door.launch import is_loopback, place_at

if TYPE_CHECKING:
    from stretto.studio.workers.pool import Pool

TOKEN = "a-token-of-the-tests"


@pytest.mark.parametrize("path", ["/v1/models", "/openapi.json", "/nothing"])
def test_every_answer_has_the_headers_of_security(client: Client, path: str) -> None:
    answer = client.get(path)
    for name, value in HEADERS.items():
        assert answer.headers[name.lower()] == value
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert "server" not in answer.headers


def test_another_name_of_this_machine_is_refused_so_that_no_site_can_take_its_place(client: Client) -> None:
    answer = client.get("/v1/models", Host="evil.example")
    assert answer.status == 403
    assert "--host" in answer.line


def test_the_page_of_another_server_may_not_ask(client: Client) -> None:
    answer = client.post("/v1/compose", {"bars": 2}, Origin="http://evil.example")
    assert answer.status == 403


def test_a_request_that_is_too_big_is_refused_whether_it_says_so_or_not(client: Client) -> None:
    big = b" " * (3 * 2**20)
    assert client.post("/v1/compose", big).status == 413
    with client.opened("GET", "/v1/models"):
        pass
    from http.client import HTTPConnection

    for n_chunks in (48, 400):  # a client that sends all before it reads must get the answer
        connection = HTTPConnection("127.0.0.1", client.port, timeout=20)
        chunks = (b" " * 2**16 for _ in range(n_chunks))
        try:
            connection.request("POST", "/v1/compose", chunks, {"Content-Type": "application/json"}, encode_chunked=True)
            answer = connection.getresponse()
            assert answer.status == 413 and b"2.7 MB" in answer.read()
        finally:
            connection.close()


def test_a_request_that_is_far_too_big_is_not_read(client: Client) -> None:
    head = f"POST /v1/compose HTTP/1.1\r\nHost: 127.0.0.1:{client.port}\r\nContent-Length: {2**40}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", client.port), timeout=20) as connection:
        connection.sendall(head.encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 413")


def test_where_a_token_is_wanted_nothing_but_the_page_is_given_without_it(pool: Pool, tmp_path: Path) -> None:
    with studio(pool, tmp_path, Access(token=TOKEN)) as client:
        for path in ("/v1/models", "/openapi.json", "/api/pieces", "/nothing"):
            assert client.get(path).status == 401
        assert client.get("/").status == 200, "the page asks for it"
        assert client.get("/static/../api/pieces").status == 404
        assert client.get("/v1/models", Authorization="Bearer wrong").status == 401
        assert client.get("/v1/models?token=wrong").status == 401
        assert client.get("/v1/models", Authorization=f"Bearer {TOKEN}").status == 200
        assert client.get("/v1/models", Authorization=f"bearer {TOKEN}").status == 200, "RFC 9110: in any case"


def test_the_printed_address_gives_token_and_workspace_and_goes_on_without_them(pool: Pool, tmp_path: Path) -> None:
    with studio(pool, tmp_path, Access(token=TOKEN)) as client:
        answer = client.get(f"//evil.example/?token={TOKEN}&x=1")
        assert answer.status == 303
        assert answer.headers["location"] == "/evil.example/?x=1"
        with client.opened("GET", f"/?token={TOKEN}") as connection:
            cookies = connection.getresponse().headers.get_all("Set-Cookie") or []
        assert [cookie.partition("=")[0] for cookie in cookies] == [f"stretto_token_{client.port}", "stretto_workspace"]
        assert all("HttpOnly; SameSite=Strict" in cookie for cookie in cookies)
        crumb = cookies[0].partition(";")[0]
        assert TOKEN not in crumb
        assert client.get("/v1/models", Cookie=crumb).status == 200
        assert client.get("/v1/models", Cookie=f"stretto_token_{client.port}={TOKEN}").status == 401


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("/%09/evil.example/", "/%09/evil.example/"),
        ("//evil.example", "/evil.example"),
        ("/%5Cevil.example", "/evil.example"),
        ("/a%3Fb%23c", "/a%3Fb%23c"),
        ("/%C3%BC%20x", "/%C3%BC%20x"),
        ("/a%0D%0ASet-Cookie:%20x=1", "/a%0D%0ASet-Cookie%3A%20x%3D1"),
    ],
)
def test_whatever_address_brings_the_token_one_goes_on_on_this_server(
    pool: Pool, desk: Pool, tmp_path: Path, path: str, where: str
) -> None:
    with studio(pool, tmp_path, Access(token=TOKEN), desk=desk) as client:
        answer = client.get(f"{path}?token={TOKEN}")
        assert (answer.status, answer.headers["location"]) == (303, where)


def test_the_log_has_no_contents(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "stretto.studio"):
        client.get("/v1/jobs/a-secret-name")
        client.post("/v1/compose", {"key": "a secret key", "bars": 2})
        until = time.monotonic() + 5
        while "POST" not in caplog.text and time.monotonic() < until:
            time.sleep(0.01)  # a line is written after its answer
    assert "GET /v1/jobs/{id} 404" in caplog.text
    assert "POST /v1/compose 422" in caplog.text
    assert "secret" not in caplog.text


def test_only_this_machines_own_address_needs_no_token() -> None:
    assert is_loopback("127.0.0.1") and is_loopback("localhost") and is_loopback("::1")
    assert not is_loopback("0.0.0.0") and not is_loopback("music.example")
    here, there = place_at("127.0.0.1", 0), place_at("0.0.0.0", 0)
    with here.door, there.door:
        assert here.access.token is None and "token" not in here.address
        assert there.access.token is not None and f"?token={there.access.token}" in there.address


def test_the_address_for_others_is_one_that_they_can_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """And not the one that means everywhere."""
    monkeypatch.setattr(launch, "_outward", lambda family: "192.168.7.5")
    here, there = place_at("127.0.0.1", 0), place_at("0.0.0.0", 0)
    with here.door, there.door:
        port, token = there.door.getsockname()[1], there.access.token
        assert here.address_of_others is None
        assert there.address == f"http://127.0.0.1:{port}/?token={token}"
        assert there.address_of_others == f"http://192.168.7.5:{port}/?token={token}"


def test_each_browser_has_pieces_of_its_own(pool: Pool, tmp_path: Path) -> None:
    with studio(pool, tmp_path, Access(token=TOKEN)) as client:
        cookies = []
        for _ in range(2):
            answer = client.get("/v1/models", Authorization=f"Bearer {TOKEN}")
            cookies.append(answer.headers["set-cookie"].partition(";")[0])
        by_token = replace(client, headers={"Authorization": f"Bearer {TOKEN}"})
        made = by_token.post("/api/pieces", {"title": "mine"}, Cookie=cookies[0])
        listed = [by_token.get("/api/pieces", Cookie=cookie).json for cookie in (*cookies, "stretto_workspace=home")]
    assert cookies[0] != cookies[1]
    assert made.status == 201
    assert [len(pieces) for pieces in listed] == [1, 0, 0]
