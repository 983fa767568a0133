"""Waiting for a job on behalf of a request: without a thread, and for no longer than somebody is there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import suppress
from functools import partial
from typing import TypedDict, TypeVar

from fastapi import Request

from stretto.studio.limits import Refused
from stretto.studio.workers.jobs import Job, Result
from stretto.studio.workers.pool import Pool
from stretto.studio.workers.tickets import LAST, Event, Ticket

STATUS = {"wrong": 422, "failed": 503, "cancelled": 409}
"""Of a job that came to nothing."""

HEARTBEAT_SECONDS = 15.0
"""Between two lines of a stream of events that has nothing to say, so that no proxy closes it."""

STILL_THERE = ": still there\n\n"
"""Such a line."""

PAGE, PROGRAMS = "page", "/v1"
"""Lanes that each client has: so that its programs do not keep its own page waiting."""

LOOK_SECONDS = 0.25
"""How often it is seen whether somebody still waits."""

Made = TypeVar("Made")


class Asker(TypedDict):
    """Who asks, as `Pool.submit` takes it."""

    lane: str
    owner: str


def asker_of(request: Request, what: str = "") -> Asker:
    """Who asks. The guard says it of every request; the page and programs of one client have lanes of their own."""
    asker = request.state
    return Asker(lane=f"{asker.lane} {what}", owner=asker.workspace if asker.is_known else "")


async def result_for(request: Request, pool: Pool, job: Job, what: str = "") -> Result:
    """Have a job done, for as long as somebody waits for it.

    Raises:
        Refused: the queue is full, or the job came to nothing.
    """
    ticket = pool.submit(job, **asker_of(request, what))
    try:
        return result_in(await last_of(ticket, request))
    finally:
        ticket.cancel()  # where the server ends before it
        pool.forget(ticket)


def result_in(last: Event) -> Result:
    """The result in the last event of a job.

    Raises:
        Refused: there is none; says why.
    """
    if last.result is None:
        raise Refused(last.line or "the job was cancelled", STATUS[last.kind])
    return last.result


async def last_of(ticket: Ticket, request: Request | None = None) -> Event:
    """The last event; if whoever made the request does not wait for it any more, the job is called off."""
    async for told in events_of(ticket, heartbeat=LOOK_SECONDS):
        if told is not None and told[1].kind in LAST:
            break
        if request is not None and await request.is_disconnected():
            ticket.cancel()
    return ticket.newest


async def while_awaited(request: Request, work: Awaitable[Made]) -> Made:
    """What comes of some work, for as long as whoever made the request waits for it.

    Raises:
        Refused: he does not any more, and the work was stopped.
    """
    task = asyncio.ensure_future(work)
    try:
        while not (await asyncio.wait([task], timeout=LOOK_SECONDS))[0]:
            if await request.is_disconnected():
                raise Refused("nobody waits for it any more", STATUS["cancelled"])
        return task.result()
    finally:
        task.cancel()


async def events_of(*tickets: Ticket, heartbeat: float = HEARTBEAT_SECONDS) -> AsyncIterator[tuple[int, Event] | None]:
    """What becomes of jobs, and of which of them, in the order in which it does, to the last of all.

    None when nothing does for a while. Music that is outdated is left out.
    """
    loop, queue = asyncio.get_running_loop(), asyncio.Queue[tuple[int, Event]]()
    newest = dict[int, Event]()

    def heard(number: int, event: Event) -> None:
        if event.kind != "progress":
            newest[number] = event
        with suppress(RuntimeError):  # the server has ended meanwhile
            loop.call_soon_threadsafe(queue.put_nowait, (number, event))

    stops = [ticket.listen(partial(heard, number)) for number, ticket in enumerate(tickets)]
    left = set(range(len(tickets)))
    try:
        while left:
            try:
                number, event = await asyncio.wait_for(queue.get(), heartbeat)
            except TimeoutError:
                yield None
                continue
            if number not in left or (event.kind == "partial" and event is not newest[number]):
                continue
            if event.kind in LAST:
                left.discard(number)
            yield number, event
    finally:
        for stop in stops:
            stop()
