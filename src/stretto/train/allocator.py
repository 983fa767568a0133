"""Memory that a training step frees is kept for the next one."""

from __future__ import annotations

import ctypes
import sys

M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_MAX = -1, -2, -4
"""Names of glibc's malloc.h."""


def keep_freed_memory() -> None:
    """Have glibc keep freed memory instead of giving it back to the system.

    Every step frees large tensors and asks for the same again; were they given back, the system would clear each of
    their pages anew. Where the C library is another, nothing happens.
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_MAX, 0)
        mallopt(M_TRIM_THRESHOLD, -1)
        mallopt(M_TOP_PAD, 256 << 20)
