"""What one holds while a job waits and is done: its events, its result, and the right to call it off."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from stretto.errors import StrettoError
from stretto.studio.workers.jobs import Job, Music, Result

Kind = Literal["waiting", "progress", "partial", "done", "wrong", "failed", "cancelled"]
LAST: frozenset[str] = frozenset({"done", "wrong", "failed", "cancelled"})
"""After one of these nothing more comes."""


class JobFailed(StrettoError):
    """A job that came to nothing though its wish was right: time ran out, or its worker died twice."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that became of a job."""

    kind: Kind
    share: float = 0.0
    """Of the work that is done, 0 to 1."""
    line: str = ""
    """Why it is wrong, or failed."""
    result: Result | None = None
    """Of "done"."""
    music: Music | None = None
    """Of "partial": what there is of the piece."""


@dataclass(eq=False)
class Ticket:
    """A job on its way."""

    job: Job
    call_off: Callable[[Ticket], None]
    """What the pool does when nobody wants it any more."""
    lane: str = "home"
    """Who asks: in the queue, lanes take turns."""
    owner: str = ""
    """The workspace that alone may follow it; "" = whoever knows its id."""
    id: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    """Not to be guessed."""
    tries: int = 0
    """How often a worker began it."""
    unwanted: bool = False
    """It was called off; whoever does it has yet to stop."""
    ended_at: float | None = None
    """Seconds of the monotonic clock."""

    def __post_init__(self) -> None:
        """It waits."""
        self.newest = Event(kind="waiting")
        self._changed = threading.Condition()
        self._listeners: list[Callable[[Event], None]] = []

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self.newest.kind in LAST

    def tell(self, event: Event) -> None:
        """The pool says what became of it; after the last word, nothing is heard."""
        with self._changed:
            if self.ended:
                return
            self.newest = event
            if event.kind in LAST:
                self.ended_at = time.monotonic()
                self.job = replace(self.job, score=None)  # many are remembered, and a document may be large
            self._changed.notify_all()
            listeners = list(self._listeners)
        for listener in listeners:
            listener(event)

    def listen(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        """Be called, from another thread, with the newest event and each that follows; returns how to stop that."""
        with self._changed:
            self._listeners.append(listener)
            newest = self.newest
        listener(newest)
        return lambda: self._listeners.remove(listener)

    def events(self) -> Iterator[Event]:
        """Wait for what becomes of it, up to the last; a slow reader may miss some, never the last."""
        seen: Event | None = None
        while seen is None or seen.kind not in LAST:
            with self._changed:
                self._changed.wait_for(lambda before=seen: self.newest is not before)  # type: ignore[misc]
                seen = self.newest
            yield seen

    def result(self) -> Result:
        """Wait for the result.

        Raises:
            JobFailed: it came to nothing, was called off, or its wish cannot be met; says why.
        """
        *_, last = self.events()
        return result_of(last)

    def cancel(self) -> None:
        """Nobody wants it any more: if it waits it is forgotten, if it is being done the work stops."""
        if not self.ended:
            self.call_off(self)


def result_of(event: Event) -> Result:
    """The result of the last event.

    Raises:
        JobFailed: there is none.
    """
    if event.result is None:
        raise JobFailed(event.line or "the job was cancelled")
    return event.result
