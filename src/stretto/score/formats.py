"""Which file is read and written by what: the one place that knows the extensions.

Readers and writers are imported when first needed, so `import stretto` opens nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from stretto.errors import ScoreReadError, ScoreWriteError
from stretto.score.model import Notice, Score
from stretto.score.opening import open_untrusted, write_whole

Reader = Callable[[bytes, str], Score]
"""Takes a file's bytes and its name for messages; gives a Score, or raises ScoreReadError."""

Writer = Callable[[Score], tuple[bytes, tuple[Notice, ...]]]
"""Gives the file's bytes, and what the format could not hold."""

_READERS = {
    ".mid": "stretto.score.midi_read:read_midi",
    ".midi": "stretto.score.midi_read:read_midi",
    ".kar": "stretto.score.midi_read:read_midi",
    ".musicxml": "stretto.score.musicxml_read:read_musicxml",
    ".xml": "stretto.score.musicxml_read:read_musicxml",
    ".mxl": "stretto.score.musicxml_read:read_mxl",
    ".krn": "stretto.score.kern_read:read_kern",
    ".abc": "stretto.score.abc_read:read_abc",
    ".mei": "stretto.score.mei_read:read_mei",
    ".txt": "stretto.score.text:read_text",
}

_WRITERS = {
    ".mid": "stretto.score.midi_write:write_midi",
    ".midi": "stretto.score.midi_write:write_midi",
    ".musicxml": "stretto.score.musicxml_write:write_musicxml",
    ".xml": "stretto.score.musicxml_write:write_musicxml",
    ".mxl": "stretto.score.musicxml_write:write_mxl",
    ".krn": "stretto.score.kern_write:write_kern",
    ".abc": "stretto.score.abc_write:write_abc",
    ".txt": "stretto.score.text:write_text",
}

READABLE = tuple(_READERS)
WRITABLE = tuple(_WRITERS)


def reader_of(suffix: str) -> Reader:
    """What reads files of a kind from their bytes.

    Args:
        suffix: one of `READABLE`.
    """
    reader: Reader = _load(_READERS[suffix])
    return reader


def writer_of(suffix: str) -> Writer:
    """What writes files of a kind as bytes.

    Args:
        suffix: one of `WRITABLE`.
    """
    writer: Writer = _load(_WRITERS[suffix])
    return writer


def read_score(path: str | Path) -> Score:
    """Read any supported file, told apart by its extension.

    Raises:
        ScoreReadError: the file is missing, of an unknown kind, too large, or damaged.
    """
    path = Path(path)
    where = _READERS.get(path.suffix.lower())
    if where is None:
        raise ScoreReadError(
            f"{path}: {path.suffix or 'no extension'} is no score format; readable are {', '.join(READABLE)}"
        )
    data = open_untrusted(path)
    reader: Reader = _load(where)
    return reader(data, str(path))


def write_score(score: Score, path: str | Path, *, force: bool = False) -> tuple[Notice, ...]:
    """Write a score whole or not at all, in the format its extension names.

    Returns:
        What the format could not hold, counted.

    Raises:
        ScoreWriteError: unknown extension, a folder that is not there, or a file that exists (without `force`).
    """
    path = Path(path)
    where = _WRITERS.get(path.suffix.lower())
    if where is None:
        raise ScoreWriteError(
            f"{path}: cannot write {path.suffix or 'a file without extension'}; writable are {', '.join(WRITABLE)}"
        )
    writer: Writer = _load(where)
    data, lost = writer(score)
    write_whole(path, data, force=force)
    return lost


def _load(where: str) -> Callable[..., Any]:
    module, name = where.split(":")
    function: Callable[..., Any] = getattr(import_module(module), name)
    return function
