"""Foreign files, read in a child that may die: no upload can stall or bring down the server."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from stretto.errors import RequestError, ScoreReadError
from stretto.score.formats import READABLE
from stretto.score.model import Score
from stretto.studio.limits import UPLOAD_BYTES, TooBig
from stretto.studio.pieces.score_json import score_from_json, unpack

CHILD = Path(__file__).with_name("upload_child.py")

WALL_SECONDS = 20.0
"""A child that is not done by then is killed."""

MAX_LINE = 400
"""Characters of a message that the child may send."""


def read_upload(data: bytes, suffix: str) -> Score:
    """Read a file that nobody vouches for.

    Args:
        data: the file's bytes; nothing of them, and no name, reaches the file system.
        suffix: its kind, as ".mid".

    Raises:
        ScoreReadError: an unknown kind, a damaged file, or one at which the reader died or did not end.
        Refused: too large.
    """
    return _opened(data, suffix)[0]


def open_upload(data: bytes, suffix: str) -> tuple[Score, tuple[str, ...]]:
    """Read a file, and understand what it does not say: its bars, its key, the names of its notes.

    Returns:
        The score, and a sentence on each thing that was understood.

    Raises:
        ScoreReadError, Refused: as `read_upload`.
    """
    return _opened(data, suffix, "understood")


def _opened(data: bytes, suffix: str, *how: str) -> tuple[Score, tuple[str, ...]]:
    suffix = suffix.lower()
    if suffix not in READABLE:
        named = suffix if 1 < len(suffix) <= 10 and suffix[1:].isalnum() else "it"
        raise ScoreReadError(f"the file: {named} is no score format; readable are {', '.join(READABLE)}")
    if len(data) > UPLOAD_BYTES:
        raise TooBig("the file")
    answer = _ask(data, suffix, *how)
    if answer[:1] == b"E":
        line = answer[1:].decode("utf-8", "replace").splitlines() or [""]
        raise ScoreReadError(line[0][:MAX_LINE])
    if answer[:1] != b"S":
        raise ScoreReadError("the file: its reader ended without an answer; it is damaged, or far too large")
    found = unpack(answer[1:])
    if not isinstance(found, dict) or not isinstance(found.get("said"), list):
        raise ScoreReadError("the file: its reader gave no score; it is damaged")
    return score_from_json(found.get("score")), tuple(str(line)[:MAX_LINE] for line in found["said"])


def _ask(data: bytes, *how: str) -> bytes:
    """What the child answers: "S" and a packed score, or "E" and a line."""
    if not sys.executable:
        raise RequestError("a file cannot be read here: there is no Python interpreter to start")
    # One thread: each of OpenBLAS's would take address space from what the file may have.
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    try:
        # -P: the child must find stretto, not a module that happens to lie beside it.
        done = subprocess.run(
            [sys.executable, "-P", str(CHILD), *how],
            input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=WALL_SECONDS, env=environment,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as cause:
        raise ScoreReadError(
            f"the file: it was not read within {WALL_SECONDS:g} s; it is damaged, or too long"
        ) from cause
    except OSError as cause:
        raise RequestError(f"a file cannot be read here: no reader starts ({cause.strerror})") from cause
    if done.returncode:
        raise ScoreReadError("the file: its reader died; it is damaged, or asks for far too much memory or time")
    return done.stdout
