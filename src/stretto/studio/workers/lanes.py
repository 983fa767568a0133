"""The queue before the workers: a lane for each who asks, and the lanes take turns."""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import Generic, Protocol, TypeVar

from stretto.studio import limits


class HasLane(Protocol):
    """What can wait."""

    lane: str


Waiting = TypeVar("Waiting", bound=HasLane)


class Lanes(Generic[Waiting]):
    """What waits. Whoever asks for fifty waits for fifty; another, who comes after and asks for one, does not.

    >>> from stretto.studio.workers.jobs import Job
    >>> from stretto.studio.workers.tickets import Ticket
    >>> lanes = Lanes[Ticket]()
    >>> for lane in "aab":
    ...     lanes.put(Ticket(job=Job(verb="compose"), call_off=print, lane=lane))
    >>> [lanes.take().lane for _ in range(3)]
    ['a', 'b', 'a']
    """

    def __init__(self, *, in_all: int = limits.WAITING, each: int = limits.WAITING_EACH, what: str = "jobs") -> None:
        """Nobody waits.

        Args:
            in_all: how many may wait.
            each: of one lane.
            what: waits, in the plural.
        """
        self._in_all, self._each, self._what = in_all, each, what
        self._lanes = OrderedDict[str, deque[Waiting]]()

    def __len__(self) -> int:
        """How many wait."""
        return sum(len(lane) for lane in self._lanes.values())

    def put(self, ticket: Waiting) -> None:
        """To the end of its lane.

        Raises:
            QueueFull: as many wait as may.
        """
        n_own, n_all = len(self._lanes.get(ticket.lane, ())), len(self)
        if n_own >= self._each:
            raise limits.QueueFull(n_own, "of yours ", self._what)
        if n_all >= self._in_all:
            raise limits.QueueFull(n_all, what=self._what)
        self._lanes.setdefault(ticket.lane, deque()).append(ticket)

    def put_back(self, ticket: Waiting) -> None:
        """What was begun already, and is to be begun again: before all others."""
        self._lanes.setdefault(ticket.lane, deque()).appendleft(ticket)
        self._lanes.move_to_end(ticket.lane, last=False)

    def take(self) -> Waiting:
        """The next; its lane goes behind the others."""
        lane, waiting = next(iter(self._lanes.items()))
        ticket = waiting.popleft()
        if waiting:
            self._lanes.move_to_end(lane)
        else:
            del self._lanes[lane]
        return ticket

    def remove(self, ticket: Waiting) -> bool:
        """Let one go that nobody wants any more; whether it still waited."""
        waiting = self._lanes.get(ticket.lane, deque[Waiting]())
        if ticket not in waiting:
            return False
        waiting.remove(ticket)
        if not waiting:
            del self._lanes[ticket.lane]
        return True

    def clear(self) -> list[Waiting]:
        """Let all go."""
        left = [ticket for lane in self._lanes.values() for ticket in lane]
        self._lanes.clear()
        return left
