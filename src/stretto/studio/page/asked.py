"""What a request of the page brings with it: whose it is, where his pieces are, and the bytes of a file."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Depends, Request

from stretto.studio.limits import Refused
from stretto.studio.pieces.store import Store

BYTES: dict[str, Any] = {
    "requestBody": {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
}
"""How OpenAPI is told of a body that is a file."""


def store_of(request: Request) -> Store:
    """Where the pieces are."""
    store: Store = request.app.state.store
    return store


def workspace_of(request: Request) -> str:
    """Whose pieces they are: the server's guard says it of every request."""
    workspace: str = request.state.workspace
    return workspace


Pieces = Annotated[Store, Depends(store_of)]
Workspace = Annotated[str, Depends(workspace_of)]


def bytes_of(most: int, too_big: Callable[[], Refused]) -> Callable[[Request], Awaitable[bytes]]:
    """What reads the bytes that are sent, and no more of them than may be."""

    async def read(request: Request) -> bytes:
        data = bytearray()
        async for chunk in request.stream():
            data += chunk
            if len(data) > most:
                raise too_big()
        return bytes(data)

    return read
