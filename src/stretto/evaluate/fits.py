"""Fits of classifiers, here or in processes of their own; each has one core, so figures do not depend on how many."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any

Submit = Callable[..., "Future[Any]"]
"""Takes a function of a module and its arguments, and gives its result to come."""


@contextmanager
def workers(jobs: int) -> Iterator[Submit]:
    """Something to submit fits to; what is not done when it closes is dropped.

    Args:
        jobs: processes; 1 = this one, at once. They are started afresh, so a script guards its entry.
    """
    if jobs > 1:
        pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_one_core)
        try:
            yield pool.submit
        finally:
            pool.shutdown(cancel_futures=True)
    else:
        limits = _one_core()
        try:
            yield _here
        finally:
            limits.restore_original_limits()


def _here(call: Callable[..., Any], *given: Any) -> Future[Any]:
    done: Future[Any] = Future()
    done.set_result(call(*given))
    return done


def _one_core() -> Any:
    # What is loaded after the limit is set does not keep to it.
    import sklearn.ensemble  # noqa: F401
    import sklearn.neural_network  # noqa: F401
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    return threadpool_limits(1)
