"""Starting the studio: a port, an address to open, a server until Ctrl-C."""

from __future__ import annotations

import ipaddress
import logging
import os
import secrets
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from stretto.errors import RequestError
from stretto.studio.door.connections import Door
from stretto.studio.door.guard import LOOPBACK, Access
from stretto.studio.door.server import create_app
from stretto.studio.page.pieces_api import open_store

USUAL_PORT = 8765
TOKEN_VARIABLE = "STRETTO_STUDIO_TOKEN"
"""Names a token that stays the same from start to start; else each start has its own."""

ON_THIS_MACHINE = {"0.0.0.0": "127.0.0.1", "::": "::1"}
"""Where one reaches a server that answers everywhere: "everywhere" is no address to open."""

ELSEWHERE = {socket.AF_INET: "192.0.2.1", socket.AF_INET6: "2001:db8::1"}
"""Addresses that are nobody's (RFC 5737, RFC 3849)."""

LEAST_TOKEN = 16
"""Characters; 16 of token_urlsafe are 96 bits."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the studio answers."""

    door: socket.socket
    """Bound, so that nobody takes the port before the server listens."""
    host: str
    access: Access

    @property
    def address(self) -> str:
        """To be opened in a browser of this machine."""
        return self._at(ON_THIS_MACHINE.get(self.host, self.host))

    @property
    def address_of_others(self) -> str | None:
        """To be opened on another machine, where it answers at every address of this one; None = it has none."""
        if self.host not in ON_THIS_MACHINE:
            return None
        found = _outward(self.door.family)
        return None if found is None else self._at(found)

    def _at(self, host: str) -> str:
        name = f"[{host}]" if ":" in host else host
        token = "" if self.access.token is None else f"?token={self.access.token}"
        return f"http://{name}:{self.door.getsockname()[1]}/{token}"


def place_at(host: str, port: int | None) -> Place:
    """Take a port.

    Args:
        host: a name or address of this machine; other than loopback, a token is wanted.
        port: None = the usual one or, where that is taken, any.

    Raises:
        RequestError: the port is taken, or the host is not this machine's.
    """
    access = Access() if is_loopback(host) else Access(token=_token())
    for wished in (USUAL_PORT, 0) if port is None else (port,):
        try:
            door = _bound(host, wished)
        except (OSError, OverflowError) as cause:
            if port is None and wished:
                continue
            why = getattr(cause, "strerror", None) or str(cause)
            raise RequestError(f"--host {host} --port {wished}: {why}; name another port, or leave it out") from cause
        return Place(door=door, host=host, access=access)
    raise AssertionError("any port can be had, or it was said why not")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach it.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    if host in LOOPBACK:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # TCP by name: asyncio looks at it before it turns off the waiting that costs each small answer 40 ms.
    door = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind((host, port))
        door.listen(128)  # who comes before the server is up waits for it
    except BaseException:
        door.close()
        raise
    return door


def _outward(family: int) -> str | None:
    """By which address this machine would speak to others; nothing is sent."""
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((ELSEWHERE[socket.AddressFamily(family)], 9))
        except OSError:
            return None
        found: str = probe.getsockname()[0]
        return found


def _token() -> str:
    token = os.environ.get(TOKEN_VARIABLE) or secrets.token_urlsafe(24)
    if len(token) < LEAST_TOKEN or not all(sign.isalnum() or sign in "-_" for sign in token):
        raise RequestError(
            f"{TOKEN_VARIABLE}: a token has {LEAST_TOKEN} letters and digits at least, and no other signs"
        )
    return token


def serve(place: Place, *, browser: bool, data_folder: Path | None = None, say: Callable[[str], None] = print) -> None:
    """Answer until Ctrl-C.

    Raises:
        ScoreWriteError: pieces cannot be kept in the folder.
    """
    logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    logging.getLogger("stretto.studio").setLevel(logging.INFO)

    def begun() -> None:
        say(f"the studio is at {place.address}")
        if (others := place.address_of_others) is not None:
            say(f"on other machines of this network it is at {others}")
        say("Ctrl-C ends it")
        if browser:
            threading.Thread(target=webbrowser.open, args=[place.address], daemon=True).start()

    with place.door:
        store = open_store(data_folder)
        if store.moved is not None:
            say(f"the file of pieces was damaged; it lies at {store.moved} now, and a new one is begun")
        server_of(create_app(place.access, store=store), begun).run([place.door])


class Server(uvicorn.Server):
    """Says when it answers."""

    def __init__(self, config: uvicorn.Config, begun: Callable[[], None]) -> None:
        """Not yet."""
        super().__init__(config)
        self._begun = begun

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        if self.started:
            self._begun()


def server_of(app: FastAPI, begun: Callable[[], None] = lambda: None) -> uvicorn.Server:
    """Its server: it writes no log of its own, and says nothing of itself; `begun` is called when it answers."""
    return Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            http=Door,
            ws="none",
            timeout_graceful_shutdown=2,
        ),
        begun,
    )
