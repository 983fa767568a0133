"""Engraved pages at hand: the page asks for them picture by picture, and each state of a piece is drawn once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable

MAX_BYTES = 64 * 2**20
"""Of all pages that are kept."""

Key = tuple[str, int, str, str]
"""Piece, revision, title and, of one page alone, how it is broken."""

Pages = list[bytes]
"""Where everything stands, as JSON, and the picture of each page that was asked for."""


class PageShelf:
    """Pages that were drawn, the oldest forgotten, and those that are being drawn."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        """Empty."""
        self._max_bytes = max_bytes
        self._kept = OrderedDict[Key, Pages]()
        self._coming: dict[Key, asyncio.Task[Pages]] = {}
        self._waiting: dict[Key, int] = {}

    def known(self, key: Key) -> Pages | None:
        """Those of a state, where they are at hand."""
        return self._kept.get(key)

    async def pages(self, key: Key, draw: Callable[[], Awaitable[Pages]]) -> Pages:
        """Those of a state; `draw` is called if nobody did, and stopped when nobody waits any more."""
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        if key not in self._coming:
            self._coming[key] = asyncio.ensure_future(self._drawn(key, draw))
        task = self._coming[key]
        self._waiting[key] = self._waiting.get(key, 0) + 1
        try:
            return await asyncio.shield(task)
        finally:
            self._waiting[key] -= 1
            if not self._waiting[key]:
                del self._waiting[key]
                if self._coming.get(key) is task:
                    del self._coming[key]
                    task.cancel()

    async def _drawn(self, key: Key, draw: Callable[[], Awaitable[Pages]]) -> Pages:
        pages = await draw()
        self._kept[key] = pages
        while len(self._kept) > 1 and sum(map(_size, self._kept.values())) > self._max_bytes:
            self._kept.popitem(last=False)
        return pages


def _size(pages: Pages) -> int:
    return sum(map(len, pages))
