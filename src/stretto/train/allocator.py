"""Memory that a training step frees is kept for the next one."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable
from pathlib import Path

M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_MAX = -1, -2, -4
"""Names of glibc's malloc.h."""
KEPT_BYTES = 3 << 30
"""So much a process may hold before free memory is given back: blocks of other sizes lie between those that are asked
for, and without a bound the biaxial network of 2015, which needs 1 GB, held 16 GB after 200 steps."""


def keep_freed_memory() -> None:
    """Have glibc keep freed memory instead of giving it back to the system.

    Every step frees large tensors and asks for the same again; were they given back, the system would clear each of
    their pages anew. Where the C library is another, nothing happens.
    """
    mallopt = _of_glibc("mallopt")
    if mallopt is not None:
        mallopt(M_MMAP_MAX, 0)
        mallopt(M_TRIM_THRESHOLD, -1)
        mallopt(M_TOP_PAD, 256 << 20)


def bound_freed_memory() -> None:
    """Give the system all memory that is free, if this process holds much."""
    trim = _of_glibc("malloc_trim")
    if trim is not None and _held_bytes() > KEPT_BYTES:
        trim(0)


def _held_bytes() -> int:
    n_pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return n_pages * os.sysconf("SC_PAGE_SIZE")


def _of_glibc(name: str) -> Callable[..., int] | None:
    return getattr(ctypes.CDLL(None), name, None) if sys.platform.startswith("linux") else None
