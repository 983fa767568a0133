"""Taking turns at what is heavy: few at a time, fairly among those who ask, and not too many who wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from stretto.studio import limits
from stretto.studio.workers.lanes import Lanes


@dataclass(eq=False)
class _Turn:
    """Of one who waits."""

    lane: str
    come: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Turns:
    """So many at a time; nobody who waits keeps a thread.

    >>> async def read(turns: Turns) -> int:
    ...     async with turns.taken("me"):
    ...         return 1
    >>> asyncio.run(read(Turns()))
    1
    """

    def __init__(
        self, *, at_once: int = 2, in_all: int = limits.READING, each: int = limits.READING_EACH, what: str = "files"
    ) -> None:
        """Nobody is at it.

        Args:
            at_once: how many may.
            in_all: how many may wait.
            each: how many of one lane may.
            what: waits, in the plural.
        """
        self._free = at_once
        self._lanes = Lanes[_Turn](in_all=in_all, each=each, what=what)

    @asynccontextmanager
    async def taken(self, lane: str) -> AsyncIterator[None]:
        """It is our turn.

        Raises:
            QueueFull: too many wait.
        """
        if self._free:
            self._free -= 1
        else:
            await self._come(lane)
        try:
            yield
        finally:
            self._pass_on()

    async def _come(self, lane: str) -> None:
        turn = _Turn(lane)
        self._lanes.put(turn)
        try:
            await turn.come
        except BaseException:
            self._lanes.remove(turn)
            if turn.come.done() and not turn.come.cancelled():
                self._pass_on()  # it had just come
            raise

    def _pass_on(self) -> None:
        while len(self._lanes):
            turn = self._lanes.take()
            if not turn.come.done():
                turn.come.set_result(None)
                return
        self._free += 1
