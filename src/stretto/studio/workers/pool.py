"""Workers that hold the networks, and the queue before them."""

from __future__ import annotations

import os
import threading
from collections import Counter, OrderedDict

from stretto.studio import limits
from stretto.studio.workers.hand import Hand
from stretto.studio.workers.jobs import Job
from stretto.studio.workers.lanes import Lanes
from stretto.studio.workers.tickets import Event, Ticket

DIED = "its worker died twice over it; the piece may be too much for this machine"


class Pool:
    """Jobs in, tickets out. Each worker is a process, led by a thread of ours; a dead one is replaced.

    >>> with Pool(workers=1) as pool:  # doctest: +SKIP
    ...     pool.submit(Job(verb="compose", arguments={"bars": 8, "seed": 7})).result().key
    'G major'
    """

    def __init__(
        self,
        *,
        workers: int | None = None,
        waiting: int = limits.WAITING,
        waiting_each: int = limits.WAITING_EACH,
        seconds: float = limits.SECONDS,
        networks: bool = True,
    ) -> None:
        """Start the workers.

        Args:
            workers: processes; None = one for each core, at most 4: each holds 200 MB.
            waiting: jobs that may wait.
            waiting_each: jobs of one lane that may.
            seconds: that a job may take, from when a worker begins it.
            networks: whether the workers read all networks before their first job.
        """
        self._seconds = seconds
        self._queue = Lanes[Ticket](in_all=waiting, each=min(waiting, waiting_each))
        self._changed = threading.Condition()
        self._kept: OrderedDict[str, Ticket] = OrderedDict()
        self._closed = False
        n_workers = min(4, os.cpu_count() or 1) if workers is None else workers
        self._hands = [Hand(networks=networks) for _ in range(n_workers)]
        self._leaders = [threading.Thread(target=self._lead, args=(hand,), daemon=True) for hand in self._hands]
        for leader in self._leaders:
            leader.start()

    def __enter__(self) -> Pool:
        """It works already."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self.close()

    @property
    def processes(self) -> list[int]:
        """Process numbers of the workers."""
        return [hand.process.pid for hand in self._hands]

    def wait_until_ready(self, seconds: float = 60.0) -> bool:
        """Wait until every worker has read its networks; whether it was in time."""
        return all(hand.ready.wait(seconds) for hand in self._hands)

    def submit(self, job: Job, *, lane: str = "home", owner: str = "") -> Ticket:
        """Put a job into the queue.

        Args:
            job: what is to be done.
            lane: who asks for it; lanes take turns.
            owner: the workspace that may follow it; "" = whoever knows its id.

        Raises:
            QueueFull: as many wait as may, in all or in this lane.
        """
        ticket = Ticket(job=job, call_off=self._call_off, lane=lane, owner=owner)
        with self._changed:
            if self._closed:
                ticket.tell(Event(kind="failed", line="the studio is closing"))
                return ticket
            self._queue.put(ticket)
            self._kept[ticket.id] = ticket
            self._forget_old()
            self._changed.notify()
        return ticket

    def ticket(self, id: str) -> Ticket | None:
        """That of a job which waits, is being done, or ended not long ago."""
        return self._kept.get(id)

    def forget(self, ticket: Ticket) -> None:
        """Nobody will ask for its result again."""
        with self._changed:
            self._kept.pop(ticket.id, None)

    def close(self) -> None:
        """End all workers; what waits or is being done fails."""
        with self._changed:
            self._closed = True
            left = self._queue.clear()
            self._changed.notify_all()
        for ticket in left:
            ticket.tell(Event(kind="failed", line="the studio is closing"))
        for hand in self._hands:
            hand.kill()
        for leader in self._leaders:
            leader.join()

    def _forget_old(self) -> None:
        ended = [ticket for ticket in self._kept.values() if ticket.ended]
        if len(ended) > limits.KEPT:
            # Of whoever has most: nobody's results are pushed out by another's.
            ((most, _),) = Counter(ticket.lane for ticket in ended).most_common(1)
            del self._kept[next(ticket.id for ticket in ended if ticket.lane == most)]

    def _call_off(self, ticket: Ticket) -> None:
        with self._changed:
            ticket.unwanted = True
            waits = self._queue.remove(ticket)
        if waits:
            ticket.tell(Event(kind="cancelled"))

    def _lead(self, hand: Hand) -> None:
        """The life of a worker's leader."""
        while ticket := self._next():
            ticket.tries += 1
            try:
                hand.do(ticket, self._seconds)
            except OSError as error:  # the machine has no room for one more process
                line = f"no worker can be started ({error.strerror}); try again later"
                ticket.tell(Event(kind="failed", line=line))
            if not ticket.ended:
                self._try_again(ticket)

    def _next(self) -> Ticket | None:
        """The job whose turn it is; None = it is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closed)
            return None if self._closed else self._queue.take()

    def _try_again(self, ticket: Ticket) -> None:
        """What a worker that died left behind goes to the head of the queue, once."""
        if ticket.unwanted:
            ticket.tell(Event(kind="cancelled"))
        elif ticket.tries > 1 or self._closed:
            ticket.tell(Event(kind="failed", line="the studio is closing" if self._closed else DIED))
        else:
            with self._changed:
                self._queue.put_back(ticket)
                self._changed.notify()
