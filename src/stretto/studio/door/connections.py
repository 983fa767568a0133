"""Connections: those that send nothing, or read nothing, are closed, and nobody holds all of them."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 20.0
"""In which a request's head must be there, or the next one's."""

READ_SECONDS = 30.0
"""In which a client must read something of what it is sent."""

MAX_CONNECTIONS = 512
"""In all: well below the files that a process may open, which are 1024 on many machines."""

MAX_OF_ADDRESS = 256
"""Of one client's address."""


class Door(H11Protocol):
    """A connection that does not wait for ever."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody comes."""
        super().connection_made(transport)
        self.flow = Impatient(transport)
        self._hurry: asyncio.TimerHandle | None = None
        own = sum(_address(other) == _address(self) for other in self.connections)
        if len(self.connections) > MAX_CONNECTIONS or own > MAX_OF_ADDRESS:
            transport.abort()
        else:
            self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        """He says something."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_waiting()
        elif self._hurry is None:
            self._wait_for_head()

    def on_response_complete(self) -> None:
        """He is answered; what he has not read yet he must read in time."""
        super().on_response_complete()
        if self.cycle.response_complete and self._hurry is None:
            self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """He goes."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait_for_head(self) -> None:
        self._hurry = self.loop.call_later(HEAD_SECONDS, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._hurry is not None:
            self._hurry.cancel()
            self._hurry = None


class Impatient(FlowControl):
    """Waits until the client has read, but not for ever."""

    def __init__(self, transport: asyncio.Transport) -> None:
        """Nothing is held back yet."""
        super().__init__(transport)
        self._to = transport

    async def drain(self) -> None:
        """Wait; whoever does not read loses the connection."""
        try:
            await asyncio.wait_for(super().drain(), READ_SECONDS)
        except TimeoutError:
            self._to.abort()


def _address(connection: Any) -> str:
    return connection.client[0] if getattr(connection, "client", None) else ""
