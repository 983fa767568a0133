"""One worker process as its leader holds it: started, handed jobs, listened to, killed where it does not listen."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import IO, Any

from stretto.studio.workers.jobs import CHORES, WITHOUT_NETWORKS, Music, Result
from stretto.studio.workers.tickets import Event, Ticket

GRACE_SECONDS = 3.0
"""In which a worker stops by itself when a job is called off; it looks up at every few notes.
Where the machine is busy that takes a while."""

LOOKS = 0.05
"""Seconds between two looks at what is called off and what time it is."""

Process = subprocess.Popen[bytes]


class Hand:
    """A worker process, and its successors."""

    def __init__(self, *, networks: bool = True) -> None:
        """Start it; without `networks` it reads them when a job wants them, and not before."""
        self._how = [] if networks else [WITHOUT_NETWORKS]
        self.ready = threading.Event()
        """Set when the networks are read."""
        self._lock = threading.Lock()
        self._over = False
        self._start()

    def _start(self) -> None:
        # One thread each: products this small lose by sharing, and the cores are for the other workers.
        threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        self.process: Process = subprocess.Popen(
            [sys.executable, "-P", "-m", "stretto.studio.workers.worker", *self._how],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **threads},
            # A group of its own: whoever kills it kills what it has started, an engraver or a reader of files.
            process_group=0 if os.name == "posix" else None,
        )
        self._said: SimpleQueue[dict[str, Any] | None] = SimpleQueue()
        threading.Thread(target=self._hear, args=(self.process, self._said), daemon=True).start()

    def _hear(self, process: Process, said: SimpleQueue[dict[str, Any] | None]) -> None:
        """Read what a worker says, to its end, which is None; a last word that it could not finish is not heard."""
        assert process.stdout is not None
        with process.stdout:
            while (answer := _answer(process.stdout)) is not None:
                if "ready" in answer:
                    self.ready.set()
                else:
                    said.put(answer)
        said.put(None)

    def kill(self) -> None:
        """End it for good."""
        with self._lock:
            self._over = True
        self._end_process()

    def _end_process(self) -> None:
        if os.name == "posix":
            with suppress(ProcessLookupError, PermissionError):  # all of it is gone already
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()
        if self.process.stdin is not None and not self.process.stdin.closed:
            with suppress(BrokenPipeError):  # what it did not read any more
                self.process.stdin.close()

    def do(self, ticket: Ticket, seconds: float) -> None:
        """Have a job done, and tell its ticket; one that the process left unfinished by dying is not told."""
        if self.process.poll() is not None:
            self._replace()  # it died with nothing to do
        began, asked_at = time.monotonic(), 0.0
        self._send(job={"id": ticket.id, **ticket.job.as_json()})
        while not ticket.ended:
            try:
                answer = self._said.get(timeout=LOOKS)
            except Empty:
                answer = {}
            if answer is None:
                break
            if answer:
                ticket.tell(event_of(answer))
            if not self.ready.is_set():
                began = time.monotonic()  # reading the networks is not the job's time
                continue
            if ticket.unwanted and not ticket.ended and not asked_at:
                asked_at = time.monotonic()
                self._send(cancel=ticket.id)
            if _must_end(ticket, asked_at, began, seconds):
                break
        else:
            return
        self._replace()

    def _replace(self) -> None:
        self._end_process()
        with self._lock:
            if not self._over:
                self.ready.clear()
                self._start()

    def _send(self, **said: Any) -> None:
        assert self.process.stdin is not None
        with suppress(BrokenPipeError, ValueError):  # it is dead, which its output tells
            self.process.stdin.write(json.dumps(said).encode() + b"\n")
            self.process.stdin.flush()


def _must_end(ticket: Ticket, asked_at: float, began: float, seconds: float) -> bool:
    """Whether the process must be killed, for its time or because it does not stop; the ticket is told so.

    Args:
        ticket: of the job that it does.
        asked_at: when it was asked to stop, by `time.monotonic`; 0 = it was not.
        began: when it began.
        seconds: that it may take.
    """
    now = time.monotonic()
    if asked_at and now - asked_at > GRACE_SECONDS:
        ticket.tell(Event(kind="cancelled"))
    elif now - began > seconds:
        what = "shorten the piece" if ticket.job.verb in CHORES else "ask for fewer bars or candidates"
        ticket.tell(Event(kind="wrong", line=f"it took over {seconds:g} seconds; {what}"))
    else:
        return False
    return True


def _answer(said: IO[bytes]) -> dict[str, Any] | None:
    """The next line of a worker, and the file behind it; None where it ends, be it in the middle."""
    line = said.readline()
    if not line.endswith(b"\n"):
        return None
    answer: dict[str, Any] = json.loads(line)
    if "bytes" in answer:
        n_bytes = answer.pop("bytes")
        answer["file"] = said.read(n_bytes)
        if len(answer["file"]) < n_bytes:
            return None
    return answer


def event_of(answer: dict[str, Any]) -> Event:
    """What a worker's line says of a job."""
    if "result" in answer:
        return Event(kind="done", share=1.0, result=Result.from_json(answer["result"], answer.get("file")))
    if "wrong" in answer:
        return Event(kind="wrong", line=answer["wrong"])
    if "failed" in answer:
        return Event(kind="failed", line=answer["failed"])
    if "cancelled" in answer:
        return Event(kind="cancelled")
    if "music" in answer:
        return Event(kind="partial", share=answer["share"], music=Music(**answer["music"]))
    return Event(kind="progress", share=answer["share"])
