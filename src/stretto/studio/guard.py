"""What stands before every request: who may ask, from where, and how much; and the headers of every answer."""

from __future__ import annotations

import json
import logging
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from stretto.studio import limits

log = logging.getLogger("stretto.studio")

LOOPBACK = ("127.0.0.1", "localhost", "::1")
HOME = "home"
"""The workspace of whoever sits at this machine."""

TOKEN, WORKSPACE = "stretto_token", "stretto_workspace"
"""Cookies."""

WORKSPACE_SECONDS = 365 * 24 * 3600

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
            await send(message)

        try:
            await self._let(scope, receive, sent, cookies)
        except Exception as error:
            log.exception("a fault of Stretto")
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
        if self._access.token is not None and not self._knows_token(headers, jar):
            # The page itself is no secret, and asks for the token.
            is_page = scope["path"] == "/" or scope["path"].startswith("/static/")
            offered = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
            if not offered and is_page:
                await self._app(scope, receive, send)
                return
            if not _same(offered, self._access.token):
                await _refuse(send, 401, "a token is wanted: open the address that the studio printed when it started")
                return
            cookies += [_cookie(TOKEN, self._access.token), *self._workspace(scope, jar)]
            await _send_on(scope, send)
            return
        cookies += self._workspace(scope, jar)
        body = await _body(headers, receive)
        if body is None:
            await _refuse(send, 413, f"a request may have {limits.BODY_BYTES / 2**20:.1f} MB; send a shorter piece")
            return
        await self._app(scope, _again(body, receive), send)

    def _foreign(self, headers: Headers) -> str | None:
        """Why a request is not one of our own page's or a program's: another site's script may be behind it."""
        host = headers.get("host", "")
        if self._access.token is None and _name(host) not in self._access.hosts:
            return "this studio answers at 127.0.0.1 only; start it with --host to be called otherwise"
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != host:
            return "the page of another server may not ask this one"
        return None

    def _knows_token(self, headers: Headers, jar: dict[str, str]) -> bool:
        _, _, bearer = headers.get("authorization", "").partition("Bearer ")
        token = self._access.token or ""
        return _same(bearer, token) or _same(jar.get(TOKEN, ""), token)

    def _workspace(self, scope: Scope, jar: dict[str, str]) -> Iterable[str]:
        """Put the browser's workspace into the request; the cookie of a new one."""
        state = scope.setdefault("state", {})
        if self._access.token is None:
            state["workspace"] = HOME
            return []
        known = jar.get(WORKSPACE, "")
        if len(known) == 32 and known.isalnum():
            state["workspace"] = known
            return []
        state["workspace"] = secrets.token_hex(16)
        return [_cookie(WORKSPACE, state["workspace"])]


def _jar(headers: Headers) -> dict[str, str]:
    try:
        return {name: crumb.value for name, crumb in SimpleCookie(headers.get("cookie", "")).items()}
    except CookieError:
        return {}


def _cookie(name: str, value: str) -> str:
    return f"{name}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={WORKSPACE_SECONDS}"


def _same(one: str, other: str) -> bool:
    """Compared in a time that tells nothing."""
    return secrets.compare_digest(one.encode("utf-8", "replace"), other.encode())


def _name(host: str) -> str:
    """A host without its port.

    >>> _name("localhost:8765"), _name("[::1]:80")
    ('localhost', '::1')
    """
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


async def _body(headers: Headers, receive: Receive) -> bytes | None:
    """The whole body; None = it is too big, and was not read to its end."""
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > limits.BODY_BYTES:
        return None
    chunks, size, more = list[bytes](), 0, True
    while more:
        message = await receive()
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > limits.BODY_BYTES:
            return None
        more = message["type"] == "http.request" and message.get("more_body", False)
    return b"".join(chunks)


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


async def _refuse(send: Send, status: int, line: str) -> None:
    body = json.dumps({"detail": line}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _send_on(scope: Scope, send: Send) -> None:
    """To the same address without the token, which should not stay in a history."""
    wishes = {
        name: value for name, value in parse_qs(scope["query_string"].decode("latin-1")).items() if name != "token"
    }
    path = "/" + scope["path"].lstrip("/\\")  # never another server
    where = urlsplit(path)._replace(query=urlencode(wishes, doseq=True)).geturl()
    headers = [(b"location", where.encode("ascii", "ignore")), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 303, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
