"""Workers: jobs are done, called off, tried again when their worker dies, and refused when too many wait."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import stretto
from stretto.score.model import Part, Score
from stretto.score.musicxml_read import read_musicxml
from stretto.studio.limits import QueueFull
from stretto.studio.pieces.documents import document_of
from stretto.studio.pieces.score_json import pack
from stretto.studio.workers.hand import Hand
from stretto.studio.workers.jobs import WITHOUT_NETWORKS, Job
from stretto.studio.workers.pool import DIED, Pool
from stretto.studio.workers.tickets import JobFailed, Ticket

sys.path.insert(0, str(Path(__file__).parents[3] / "scripts"))

from studio_kill import children_of, is_alive

SMALL = Job(verb="compose", arguments={"bars": 2, "seed": 3, "candidates": 2, "key": "G major"})
LONG = Job(verb="compose", arguments={"ensemble": "keyboard", "bars": 128, "seed": 3, "candidates": 16})
"""Many seconds of work."""


def begun(ticket: Ticket) -> None:
    """Wait until a worker has begun it."""
    for event in ticket.events():
        if event.kind == "progress":
            return


def last(ticket: Ticket) -> str:
    *_, event = ticket.events()
    return event.kind


def test_a_job_gives_what_the_verb_gives_here(pool: Pool) -> None:
    found = pool.submit(SMALL).result()
    here = stretto.compose(**SMALL.arguments)
    assert found.musicxml is not None
    assert read_musicxml(found.musicxml, "it").notes.tolist() == here.score.notes.tolist()
    assert (found.seed, found.key, found.report) == (3, "G major", tuple(here.report))
    assert found.nats_per_note == pytest.approx(here.nats_per_note)


def test_it_says_how_far_it_is(pool: Pool) -> None:
    shares = [event.share for event in pool.submit(Job(verb="compose", arguments={"bars": 8, "seed": 1})).events()]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(set(shares)) > 2


def test_a_wish_that_cannot_be_met_is_one_line(pool: Pool) -> None:
    with pytest.raises(JobFailed, match=r'^key "H major" is unknown'):
        pool.submit(Job(verb="compose", arguments={"key": "H major"})).result()


def test_what_waits_is_forgotten_when_it_is_called_off_and_what_is_done_stops(pool: Pool) -> None:
    done, waits = pool.submit(LONG), pool.submit(SMALL)
    begun(done)
    waits.cancel()
    assert waits.newest.kind == "cancelled"
    process = pool.processes
    done.cancel()
    assert last(done) == "cancelled"
    assert pool.processes == process, "the worker looked up by itself"


def test_a_job_whose_worker_is_killed_is_done_by_another(pool: Pool) -> None:
    ticket = pool.submit(Job(verb="compose", arguments={"bars": 8, "seed": 1}))
    begun(ticket)
    before = pool.processes
    os.kill(before[0], signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
    assert ticket.result().seed == 1
    assert ticket.tries == 2
    assert pool.processes != before


def test_a_worker_that_died_with_nothing_to_do_is_replaced(pool: Pool) -> None:
    pool.submit(SMALL).result()
    os.kill(pool.processes[0], signal.SIGTERM)
    time.sleep(0.2)
    ticket = pool.submit(SMALL)
    assert ticket.result().seed == 3


def test_a_job_that_kills_two_workers_fails_with_one_line(pool: Pool) -> None:
    ticket = pool.submit(LONG)
    for tries in (1, 2):
        while not (ticket.tries == tries and ticket.newest.kind == "progress"):
            time.sleep(0.01)
        killed = pool.processes[0]
        os.kill(killed, signal.SIGTERM)
        while pool.processes[0] == killed and not ticket.ended:
            time.sleep(0.01)
        if tries == 1:
            ticket.newest = type(ticket.newest)(kind="waiting")
    assert last(ticket) == "failed"
    assert ticket.newest.line == DIED


def test_a_job_that_takes_too_long_is_ended_and_the_next_is_done() -> None:
    with Pool(workers=1, seconds=2.0) as pool:
        assert pool.wait_until_ready()
        with pytest.raises(JobFailed, match="over 2 seconds; ask for fewer bars"):
            pool.submit(LONG).result()
        assert pool.wait_until_ready()
        assert pool.submit(Job(verb="compose", arguments={"bars": 2, "candidates": 1, "seed": 2})).result().seed == 2


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize("how", ["the pool closes", "the worker is killed", "the server is gone"])
def test_what_a_worker_had_started_ends_with_it(how: str) -> None:
    """An engraver that does not end must outlive neither the worker that waits for it nor the server."""
    long = document_of(Score.build([(24 * i, 24, 60 + i % 9, 0, 0, 1, 1, 0, 0) for i in range(4000)], [Part()]))
    with Pool(workers=1, networks=False) as pool:
        assert pool.wait_until_ready()
        (worker,) = pool.processes
        pool.submit(Job(verb="pages", arguments={"revision": 1, "title": "x"}, score=pack(long.as_json())))
        until = time.monotonic() + 20
        while not (started := children_of(worker)) and time.monotonic() < until:
            time.sleep(0.01)
        assert started
        if how == "the worker is killed":
            os.kill(worker, signal.SIGKILL)
        elif how == "the server is gone":
            pool._hands[0].process.stdin.close()  # type: ignore[union-attr]
        else:
            pool.close()
        until = time.monotonic() + 10
        while any(map(is_alive, started)) and time.monotonic() < until:
            time.sleep(0.01)
        assert not any(map(is_alive, started))


def test_where_no_worker_can_be_started_a_job_fails_and_the_next_may_succeed(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(*_: object, **__: object) -> None:
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    with Pool(workers=1) as pool:
        os.kill(pool.processes[0], signal.SIGTERM)
        time.sleep(0.2)
        with monkeypatch.context() as crowded:
            crowded.setattr("stretto.studio.workers.hand.subprocess.Popen", no_room)
            with pytest.raises(JobFailed, match="no worker can be started"):
                pool.submit(SMALL).result()
        assert pool.submit(SMALL).result().seed == 3


def test_more_than_may_wait_are_refused() -> None:
    with Pool(workers=1, waiting=2) as pool:
        begun(pool.submit(LONG))
        waiting = [pool.submit(SMALL) for _ in range(2)]
        with pytest.raises(QueueFull, match="2 jobs of yours wait already") as caught:
            pool.submit(SMALL)
        assert caught.value.status == 429
    assert [last(ticket) for ticket in waiting] == ["failed", "failed"]


def test_who_has_many_results_pushes_out_his_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stretto.studio.limits.KEPT", 4)
    wrong = Job(verb="compose", arguments={"key": "H major"})
    with Pool(workers=1, networks=False) as pool:
        mine = pool.submit(wrong, lane="mine")
        last(mine)
        others = [pool.submit(wrong, lane="other") for _ in range(8)]
        for ticket in others:
            last(ticket)
        pool.submit(wrong, lane="other")
        assert pool.ticket(mine.id) is mine
        assert pool.ticket(others[0].id) is None


RESULT = {"musicxml": None, "report": [], "data": {"media_type": "audio/wav"}}


@pytest.mark.parametrize(
    "last_words",
    [json.dumps({"id": "x", "result": RESULT, "bytes": 1000}) + "\n" + "half a file", '{"id": "x", "resul', ""],
    ids=["file", "line", "nothing"],
)
def test_what_a_worker_dies_over_is_not_heard_and_its_death_is(
    last_words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else half a file would be sent as a whole one, or whoever waits would wait for ever."""
    said = json.dumps({"ready": True}) + "\n" + last_words
    dying = f"import sys; sys.stdin.readline(); sys.stdout.write({said!r}); sys.stdout.flush()"
    start = subprocess.Popen
    monkeypatch.setattr(
        "stretto.studio.workers.hand.subprocess.Popen", lambda _, **how: start([sys.executable, "-c", dying], **how)
    )
    ticket = Ticket(job=SMALL, call_off=lambda _: None, id="x")
    hand = Hand()
    try:
        began = time.monotonic()
        hand.do(ticket, seconds=20.0)
        assert time.monotonic() - began < 10
        assert not ticket.ended, "so that it is tried again"
    finally:
        hand.kill()


@pytest.mark.parametrize("last_words", [b"", b'{"job": {"id": "x", "ver'], ids=["nothing", "half a line"])
def test_a_worker_does_not_outlive_its_server_whatever_that_died_over(last_words: bytes) -> None:
    worker = subprocess.Popen(
        [sys.executable, "-P", "-m", "stretto.studio.workers.worker", WITHOUT_NETWORKS],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, process_group=0 if os.name == "posix" else None,
    )  # fmt: skip
    try:
        assert worker.stdin is not None and worker.stdout is not None
        assert json.loads(worker.stdout.readline()) == {"ready": True}
        worker.stdin.write(last_words)
        worker.stdin.close()
        worker.wait(10)
    finally:
        worker.kill()
        worker.wait()
        worker.stdout.close()  # type: ignore[union-attr]


def test_a_job_that_has_ended_does_not_keep_its_document(pool: Pool) -> None:
    """Many are remembered for a while."""
    ticket = pool.submit(Job(verb="convert", score=b"damaged", suffix=".mid"))
    assert last(ticket) == "wrong"
    assert ticket.job.score is None and ticket.job.verb == "convert"
