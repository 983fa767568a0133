"""The process that holds the networks: jobs come in as lines of JSON, what becomes of them goes out likewise.

In:  {"job": {"id", "verb", "arguments", "score"}}   done one after the other
     {"cancel": id}
Out: {"ready": true}, then for each job {"id", "share"} now and then, and {"id", "share", "music"} where some is made,
     and at last one of
     {"id", "result"}, {"id", "wrong": line} (the wish), {"id", "failed": line} (us), {"id", "cancelled": true}
A line that has "bytes": n is followed by a file of n bytes, as it is.

When the server ends, the input ends, and so does this process.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from queue import SimpleQueue
from typing import Any, BinaryIO

from stretto.errors import StrettoError
from stretto.studio.workers.jobs import WITHOUT_NETWORKS, Job
from stretto.studio.workers.performing import load_networks, perform
from stretto.studio.workers.saying import in_fields
from stretto.studio.workers.telling import Cancelled, Telling

MEMORY_BYTES = 4 * 2**30
"""Of address space, where the system knows such limits: no piece may take the machine's last."""


class Worker:
    """Does jobs, in the order in which they come."""

    def __init__(self, out: BinaryIO) -> None:
        """Answer on a stream."""
        self._out = out
        self._waiting: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self._unwanted: set[str] = set()

    def listen(self, lines: Iterable[str]) -> None:
        """Take what comes in, until the server is gone: then this process ends at once, whatever it does."""
        for line in lines:
            if not line.endswith("\n"):  # the server has died over it
                break
            said = json.loads(line)
            if "cancel" in said:
                self._unwanted.add(said["cancel"])
            else:
                self._waiting.put(said["job"])
        end()

    def work(self, *, networks: bool = True) -> None:
        """Do jobs for ever; the networks are read before the first, or when one wants them."""
        if networks:
            load_networks()
        self._say(ready=True)
        while True:
            said = self._waiting.get()
            self._do(said["id"], Job.from_json(said))

    def _do(self, id: str, job: Job) -> None:
        try:
            tell = Telling(partial(self._say, id=id), lambda: id not in self._unwanted)
            result = perform(job, tell if job.watched else tell.__call__)
            told = replace(result, report=tuple(map(in_fields, result.report)))
            self._say(result.file, id=id, result=told.as_json())
        except Cancelled:
            self._say(id=id, cancelled=True)
        except StrettoError as error:
            self._say(id=id, wrong=in_fields(" ".join(str(error).split())))
        except (MemoryError, RecursionError):
            self._say(id=id, wrong="the piece asks for far too much memory; send a shorter one")
        except Exception as error:
            # A fault of ours: where it is goes to the server's terminal, without what the piece holds.
            print(f"{job.verb}: {type(error).__name__}\n", *traceback.format_tb(error.__traceback__), file=sys.stderr)
            self._say(id=id, failed=f"{job.verb} failed with {type(error).__name__}; this is a fault of Stretto")
        self._unwanted.discard(id)

    def _say(self, file: bytes | None = None, /, **said: Any) -> None:
        behind = {} if file is None else {"bytes": len(file)}
        self._out.write(json.dumps({**said, **behind}).encode() + b"\n" + (file or b""))
        self._out.flush()


def main() -> None:
    """Work for whoever started this process."""
    give_way()
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # nothing that is printed gets among the answers
    worker = Worker(out)
    with open(sys.stdin.fileno(), encoding="utf-8", closefd=False) as lines:
        threading.Thread(target=worker.listen, args=(lines,), daemon=True).start()
        worker.work(networks=WITHOUT_NETWORKS not in sys.argv)


def end() -> None:
    """End at once, and with us what we have started: an engraver or a reader of files."""
    if hasattr(os, "getpgrp") and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(0)


def give_way() -> None:
    """Let the server and the page go first, and give up the memory that no piece needs."""
    if hasattr(os, "nice"):
        os.nice(1 if WITHOUT_NETWORKS in sys.argv else 5)
    with suppress(ImportError, ValueError, OSError):  # Windows has no limits, macOS refuses this one
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, resource.getrlimit(resource.RLIMIT_AS)[1]))


if __name__ == "__main__":
    main()
