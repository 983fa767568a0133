"""The queue: one who asks for much does not keep another waiting, nor fill it for all."""

from __future__ import annotations

import pytest

from stretto.studio.limits import QueueFull
from stretto.studio.workers.jobs import Job
from stretto.studio.workers.lanes import Lanes
from stretto.studio.workers.tickets import Ticket


def ticket(lane: str) -> Ticket:
    return Ticket(job=Job(verb="compose"), call_off=lambda _: None, lane=lane)


def test_lanes_take_turns_however_much_one_asks_for() -> None:
    lanes = Lanes()
    for lane in "aaaabcb":
        lanes.put(ticket(lane))
    assert "".join(lanes.take().lane for _ in range(len(lanes))) == "abcabaa"


def test_within_a_lane_who_came_first_is_first() -> None:
    lanes, own = Lanes(), [ticket("a") for _ in range(3)]
    for waiting in own:
        lanes.put(waiting)
    assert [lanes.take() for _ in own] == own


def test_what_was_begun_already_goes_before_all_others() -> None:
    lanes, again = Lanes(), ticket("c")
    for lane in "ab":
        lanes.put(ticket(lane))
    lanes.put_back(again)
    assert lanes.take() is again


def test_who_has_his_share_in_the_queue_leaves_room_for_others() -> None:
    lanes = Lanes(in_all=5, each=3)
    for _ in range(3):
        lanes.put(ticket("greedy"))
    with pytest.raises(QueueFull, match="3 jobs of yours wait already; try again") as caught:
        lanes.put(ticket("greedy"))
    assert caught.value.status == 429
    for _ in range(2):
        lanes.put(ticket("other"))
    with pytest.raises(QueueFull, match="5 jobs wait already"):
        lanes.put(ticket("other"))


def test_who_is_called_off_makes_room() -> None:
    lanes, gone = Lanes(each=1), ticket("a")
    lanes.put(gone)
    assert lanes.remove(gone)
    assert not lanes.remove(gone)
    lanes.put(ticket("a"))
    assert len(lanes) == 1
    assert len(lanes.clear()) == 1
    assert len(lanes) == 0
