"""Reading a folder of scores in parallel, by workers whose crash loses one file."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Generic, TypeVar

from stretto.errors import StrettoError

MAX_SECONDS = 60
"""Of the processor, for one file: a score of a thousand bars takes two."""

T = TypeVar("T")


@dataclass(frozen=True)
class Skipped:
    """A file that gave no piece, and why."""

    path: Path
    why: str

    @property
    def reason(self) -> str:
        """Why, without the file's name before it: where a list names the file already."""
        return self.why.removeprefix(str(self.path)).removeprefix(self.path.name).lstrip(":, ")


@dataclass(frozen=True)
class Parsed(Generic[T]):
    """What a folder gave."""

    found: list[T]
    skipped: list[Skipped]


def parse_all(
    paths: Sequence[Path],
    parse: Callable[[Path], T],
    *,
    n_workers: int = 2,
    progress: Callable[[float], None] = lambda share: None,
) -> Parsed[T]:
    """Apply `parse` to every file, in worker processes.

    Args:
        paths: the files.
        parse: a function of a module, so that a worker can find it; raises StrettoError for a file to skip.
        n_workers: processes.
        progress: receives the share that is done after every file.

    Returns:
        The results in the order of `paths`, and the files that were skipped. A file that kills
        its worker, or that breaks the parser, is skipped too, and said so.
    """
    n_done = count(1)

    def tick() -> None:
        progress(next(n_done) / len(paths))

    results: dict[Path, T | Skipped] = {}
    waiting = list(paths)
    lonely = False
    while waiting:
        # A dead worker breaks its whole pool; what it left is tried again file by file.
        batch, waiting = (waiting[:1], waiting[1:]) if lonely else (waiting, [])
        done = _one_pool(batch, parse, 1 if lonely else n_workers, tick)
        results.update(done)
        left = [path for path in batch if path not in done]
        if left and len(batch) == 1:
            results[left[0]] = Skipped(left[0], "its reader died; the file is damaged in a way we do not know")
            tick()
        elif left:
            waiting, lonely = left + waiting, True
    found = [r for p in paths if not isinstance(r := results[p], Skipped)]
    return Parsed(found, [r for p in paths if isinstance(r := results[p], Skipped)])


def _one_pool(
    paths: Iterable[Path], parse: Callable[[Path], T], n_workers: int, tick: Callable[[], None]
) -> dict[Path, T | Skipped]:
    done: dict[Path, T | Skipped] = {}
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(n_workers, mp_context=context, initializer=_leave_ctrl_c_to_the_parent) as pool:
        futures = {pool.submit(_guarded, parse, path): path for path in paths}
        try:
            for future in as_completed(futures):
                path = futures[future]
                try:
                    done[path] = future.result()
                except BrokenProcessPool:
                    continue
                tick()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return done


def _leave_ctrl_c_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class _TooLong(BaseException):
    """Not an Exception: a reader that wraps what goes wrong in its own words must let it pass."""


@contextmanager
def _time_limit() -> Iterator[None]:
    """End what takes too much of the processor, on systems that can tell; a busy machine loses no file."""
    if not hasattr(signal, "setitimer"):  # Windows
        yield
        return

    def stop(number: int, frame: object) -> None:
        raise _TooLong

    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, MAX_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _guarded(parse: Callable[[Path], T], path: Path) -> T | Skipped:
    try:
        with _time_limit():
            return parse(path)
    except _TooLong:
        return Skipped(path, f"{path}: not read in {MAX_SECONDS} s; leave it out, or cut it into shorter scores")
    except StrettoError as cause:
        return Skipped(path, str(cause))
    except Exception as cause:  # one odd file must not end the run; the reason is reported
        return Skipped(path, f"{type(cause).__name__}: {cause}")
