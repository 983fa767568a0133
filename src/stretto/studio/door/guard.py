"""What stands before every request: who may ask, from where, and how much; and the headers of every answer."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from traceback import format_tb
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from stretto.studio import limits
from stretto.studio.door.tokens import Tokens

log = logging.getLogger("stretto.studio")

LOOPBACK = ("127.0.0.1", "localhost", "::1")
HOME = "home"
"""The workspace of whoever sits at this machine."""

NO_TOKEN = "a token is wanted: open the address that the studio printed; programs send Authorization: Bearer TOKEN"
WORKSPACE = "stretto_workspace"
"""A cookie."""

WORKSPACE_SECONDS = 365 * 24 * 3600

CHUNK_BYTES = 2**18
"""Of a long answer, sent at once: the next is sent when the client has read."""

POLICY = {
    "default-src": "'self'",
    "script-src": "'self' 'wasm-unsafe-eval'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "media-src": "'self' blob:",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}

HEADERS = {
    "Content-Security-Policy": "; ".join(f"{what} {where}" for what, where in POLICY.items()),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


@dataclass(frozen=True, kw_only=True)
class Access:
    """Who may ask."""

    token: str | None = None
    """That every request must bring; None = whoever sits at this machine needs none."""
    hosts: tuple[str, ...] = field(default=LOOPBACK)
    """Names by which the server may be called; any, where a token is wanted."""


class Guard:
    """An ASGI application around another."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        """Guard an application."""
        self._app, self._access = app, access
        self._tokens = None if access.token is None else Tokens(access.token)
        self._on_their_way = Counter[str]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it with one line; either way log it, without what it holds."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status, cookies = time.perf_counter(), 0, list[str]()

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                if not scope["path"].startswith("/static"):
                    headers.setdefault("Cache-Control", "no-store")
                for cookie in cookies:
                    headers.append("Set-Cookie", cookie)
            for part in _parts(message):
                await send(part)

        try:
            await self._let(scope, receive, sent, cookies)
        except asyncio.CancelledError:  # the server ends, and waits no longer
            with suppress(Exception):  # of an answer that was half sent
                await (sent({"type": "http.response.body"}) if status else _refuse(sent, 503, "the studio is closing"))
        except Exception as error:
            # Where it happened, and not what the request held, which the error's own words may say.
            log.error("%s\n%s", type(error).__name__, "".join(format_tb(error.__traceback__)))
            if not status:
                await _refuse(sent, 500, f"{type(error).__name__}: this is a fault of Stretto")
        finally:
            milliseconds = 1000 * (time.perf_counter() - began)
            # The route and not the path: names of jobs and pieces are nobody's business.
            route = getattr(scope.get("route"), "path", "page")
            log.info("%s %s %d %.0f ms", scope["method"], route, status, milliseconds)

    async def _let(self, scope: Scope, receive: Receive, send: Send, cookies: list[str]) -> None:
        headers = Headers(scope=scope)
        jar = _jar(headers)
        if (line := self._foreign(headers)) is not None:
            await _refuse(send, 403, line)
            return
        tokens = self._tokens
        knows = tokens is None or tokens.is_cookie(jar.get(_token_cookie(scope), ""))
        if tokens is not None and not knows and not await self._shows_token(tokens, scope, receive, send, cookies):
            return
        cookies += self._workspace(scope, jar)
        lane = f"{scope['state']['lane']} {scope['path'].startswith('/v1/')}"
        if self._on_their_way[lane] >= limits.REQUESTS_EACH:
            line = f"{limits.REQUESTS_EACH} requests of yours are on their way already; try again in a few seconds"
            await _refuse(send, 429, line, [(b"retry-after", b"5")])
            return
        self._on_their_way[lane] += 1
        try:
            await self._pass_on(scope, receive, send, headers)
        finally:
            self._on_their_way[lane] -= 1
            if not self._on_their_way[lane]:
                del self._on_their_way[lane]

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send, headers: Headers) -> None:
        try:
            body = await asyncio.wait_for(_body(headers, receive), limits.BODY_SECONDS)
        except TimeoutError:
            line = f"the request has not come within {limits.BODY_SECONDS:g} s; send it again"
            await _refuse(send, 408, line, [(b"connection", b"close")])
            return
        if body is None:
            await _refuse(send, 413, f"a request may have {limits.BODY_BYTES / 2**20:.1f} MB; send a shorter piece")
            return
        await self._app(scope, _again(body, receive), send)

    async def _shows_token(
        self, tokens: Tokens, scope: Scope, receive: Receive, send: Send, cookies: list[str]
    ) -> bool:
        """Whether a request without the cookie may go on; else it is answered."""
        headers, address = Headers(scope=scope), (scope.get("client") or ("", 0))[0]
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        bearer = bearer.strip() if scheme.lower() == "bearer" else ""
        offered = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if not (bearer or offered) and (scope["path"] == "/" or scope["path"].startswith("/static/")):
            # The page itself is no secret, and asks for the token.
            await self._app(scope, receive, send)
        elif (bearer or offered) and tokens.is_guessing(address):
            line = "too many wrong tokens came from this address; wait a minute"
            await _refuse(send, 429, line, [(b"retry-after", b"60")])
        elif offered and tokens.is_token(offered, address):
            cookies += [_cookie(_token_cookie(scope), tokens.cookie), *self._workspace(scope, _jar(headers))]
            await _send_on(scope, send)
        elif bearer and tokens.is_token(bearer, address):
            return True
        else:
            await _refuse(send, 401, NO_TOKEN, [(b"www-authenticate", b"Bearer")])
        return False

    def _foreign(self, headers: Headers) -> str | None:
        """Why a request is not one of our own page's or a program's: another site's script may be behind it."""
        host = headers.get("host", "")
        if self._access.token is None and _name(host) not in self._access.hosts:
            return "this studio answers at 127.0.0.1 only; start it with --host to be called otherwise"
        origin = headers.get("origin")
        is_foreign = origin is not None and _netloc(origin) != host
        # Images and scripts of another site have no Origin, but say so; a link that is followed may come from anywhere.
        if is_foreign or (
            headers.get("sec-fetch-site") in ("cross-site", "same-site") and headers.get("sec-fetch-mode") != "navigate"
        ):
            return "the page of another server may not ask this one"
        return None

    def _workspace(self, scope: Scope, jar: dict[str, str]) -> Iterable[str]:
        """Put the browser's workspace into the request, and its lane in the queue; the cookie of a new one."""
        state = scope.setdefault("state", {})
        at_home = self._tokens is None
        known = HOME if at_home else jar.get(WORKSPACE, "")
        state["is_known"] = at_home or (len(known) == 32 and known.isascii() and known.isalnum())
        if state["is_known"]:
            state["workspace"] = state["lane"] = known
            return []
        # A program that keeps no cookies has a new workspace each time, but no new place in the queue.
        state["workspace"], state["lane"] = secrets.token_hex(16), (scope.get("client") or ("", 0))[0]
        return [_cookie(WORKSPACE, state["workspace"])]


def _token_cookie(scope: Scope) -> str:
    """Its name: a browser sends a host's cookies to all its ports, where other studios may be."""
    return f"stretto_token_{(scope.get('server') or ('', 0))[1]}"


def _parts(message: Message) -> Iterator[Message]:
    """A message in pieces that a client can read one after the other."""
    body = message.get("body", b"")
    if len(body) <= CHUNK_BYTES:
        yield message
        return
    for start in range(0, len(body), CHUNK_BYTES):
        more = message.get("more_body", False) or start + CHUNK_BYTES < len(body)
        yield {**message, "body": body[start : start + CHUNK_BYTES], "more_body": more}


def _jar(headers: Headers) -> dict[str, str]:
    try:
        return {name: crumb.value for name, crumb in SimpleCookie(headers.get("cookie", "")).items()}
    except CookieError:
        return {}


def _cookie(name: str, value: str) -> str:
    return f"{name}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={WORKSPACE_SECONDS}"


def _name(host: str) -> str:
    """A host without its port.

    >>> _name("localhost:8765"), _name("[::1]:80")
    ('localhost', '::1')
    """
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _netloc(origin: str) -> str:
    """Host and port of an origin.

    >>> _netloc("http://localhost:8765"), _netloc("null"), _netloc("http://[")
    ('localhost:8765', '', '')
    """
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


async def _body(headers: Headers, receive: Receive) -> bytes | None:
    """The whole body; None = it is too big.

    What is too big is read on and dropped, up to a point: a client that still sends when its connection is closed never
    sees why.
    """
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > limits.DROPPED_BYTES:
        return None
    if int(length) > limits.BODY_BYTES and "expect" in headers:
        return None  # it asks before it sends
    chunks, size, more = list[bytes](), 0, True
    while more:
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size > limits.DROPPED_BYTES:
            return None
        if size > limits.BODY_BYTES:
            chunks.clear()
        else:
            chunks.append(part)
        more = message["type"] == "http.request" and message.get("more_body", False)
    return None if size > limits.BODY_BYTES else b"".join(chunks)


def _again(body: bytes, receive: Receive) -> Receive:
    """Give a body that is read already, and then what comes."""
    given = False

    async def give() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return give


async def _refuse(send: Send, status: int, line: str, more: Sequence[tuple[bytes, bytes]] = ()) -> None:
    body = json.dumps({"detail": line}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _send_on(scope: Scope, send: Send) -> None:
    """To the same address without the token, which should not stay in a history."""
    wishes = {
        name: value for name, value in parse_qs(scope["query_string"].decode("latin-1")).items() if name != "token"
    }
    path = quote("/" + scope["path"].lstrip("/\\"))  # never another server
    where = f"{path}?{urlencode(wishes, doseq=True)}" if wishes else path
    headers = [(b"location", where.encode()), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 303, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
