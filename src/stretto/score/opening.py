"""Opening files that nobody vouches for, and writing files whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from stretto.errors import ScoreReadError, ScoreWriteError

MAX_FILE_BYTES = 64 * 2**20
"""No score comes near it; what is larger is refused before it is read."""


def open_untrusted(path: Path, *, max_bytes: int = MAX_FILE_BYTES) -> bytes:
    """The bytes of a file, refused by name when it is missing, no plain file, or too large."""
    try:
        if not path.is_file():
            what = "is a folder, not a file" if path.is_dir() else "does not exist"
            raise ScoreReadError(f"{path}: {what}; name a score file")
        with path.open("rb") as stream:
            data = stream.read(max_bytes + 1)
    except OSError as cause:
        raise ScoreReadError(f"{path}: cannot be read ({cause.strerror}); check the file's permissions") from cause
    if len(data) > max_bytes:
        raise ScoreReadError(f"{path}: larger than {max_bytes // 2**20} MB, which no score is; check the file")
    return data


def write_whole(path: Path, data: bytes, *, force: bool = False) -> None:
    """Write `data` to `path` so that a crash leaves the old file or the new one, never half.

    Raises:
        ScoreWriteError: the file exists and `force` is not given, or its folder is missing or closed.
    """
    if path.exists() and not force:
        raise ScoreWriteError(f"{path}: exists already; give --force to overwrite it, or another name")
    try:
        descriptor, scratch = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as cause:
        raise ScoreWriteError(f"{path}: cannot be written ({cause.strerror}); check the folder") from cause
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
        umask = os.umask(0)
        os.umask(umask)
        Path(scratch).chmod(0o666 & ~umask)
        Path(scratch).replace(path)
    except OSError as cause:
        Path(scratch).unlink(missing_ok=True)
        raise ScoreWriteError(f"{path}: cannot be written ({cause.strerror}); check the disk") from cause
