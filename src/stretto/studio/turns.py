"""Taking turns: what is heavy is done by few at a time, and who waits too long is told so."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from stretto.studio.limits import Refused

PATIENCE_SECONDS = 30.0


class Turns:
    """So many at a time.

    >>> turns = Turns("pages are being drawn", at_once=2)
    >>> with turns.taken():
    ...     pass
    """

    def __init__(self, busy: str, *, at_once: int = 1, patience: float = PATIENCE_SECONDS) -> None:
        """Nobody is at it.

        Args:
            busy: what is said to those who waited in vain.
            at_once: how many may.
            patience: seconds that one waits.
        """
        self._busy, self._patience = busy, patience
        self._free = threading.BoundedSemaphore(at_once)

    @contextmanager
    def taken(self) -> Iterator[None]:
        """It is our turn.

        Raises:
            Refused: it did not come in time.
        """
        if not self._free.acquire(timeout=self._patience):
            raise Refused(f"{self._busy}; try again in a few seconds", 429)
        try:
            yield
        finally:
            self._free.release()
