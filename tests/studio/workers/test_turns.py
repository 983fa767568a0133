"""What is heavy is done by few at a time; who waits has a turn among others, and too many are refused."""

from __future__ import annotations

import asyncio

import pytest

from stretto.studio.limits import QueueFull
from stretto.studio.workers.turns import Turns


def test_turns_go_round_among_those_who_wait() -> None:
    done: list[str] = []

    async def take(turns: Turns, lane: str) -> None:
        async with turns.taken(lane):
            await asyncio.sleep(0)
            done.append(lane)

    async def all_of_them() -> None:
        turns = Turns(at_once=1)
        await asyncio.gather(*(take(turns, lane) for lane in "aaaab"))

    asyncio.run(all_of_them())
    assert "".join(done) == "aabaa"


def test_who_has_enough_waiting_is_refused_and_another_is_not() -> None:
    async def many() -> None:
        turns = Turns(at_once=1, in_all=3, each=2)
        async with turns.taken("a"):
            waiting = [asyncio.ensure_future(_take(turns, "a")) for _ in range(2)]
            await asyncio.sleep(0)
            with pytest.raises(QueueFull, match="2 files of yours wait already"):
                await _take(turns, "a")
            waiting.append(asyncio.ensure_future(_take(turns, "b")))
            await asyncio.sleep(0)
            with pytest.raises(QueueFull, match="3 files wait already"):
                await _take(turns, "b")
        await asyncio.gather(*waiting)

    asyncio.run(many())


def test_who_goes_away_keeps_nobody_from_his_turn() -> None:
    async def one_goes() -> None:
        turns = Turns(at_once=1)
        async with turns.taken("a"):
            gone, other = (asyncio.ensure_future(_take(turns, lane)) for lane in "ab")
            await asyncio.sleep(0)
            gone.cancel()
        await asyncio.wait_for(other, 1)
        await asyncio.wait_for(_take(turns, "c"), 1)
        async with turns.taken("a"):  # gone in the moment in which its turn has come
            late = asyncio.ensure_future(_take(turns, "a"))
            await asyncio.sleep(0)
        late.cancel()
        await asyncio.wait_for(_take(turns, "c"), 1)

    asyncio.run(one_goes())


async def _take(turns: Turns, lane: str) -> None:
    async with turns.taken(lane):
        pass
