"""A Score as JSON and back, nothing lost: what crosses a process, and what a revision is kept as.

Never pickle: whoever writes such a file can at worst write a score that is refused.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable
from dataclasses import fields
from fractions import Fraction
from typing import Any, TypeVar

import numpy as np

from stretto.errors import ScoreReadError, StrettoError
from stretto.score.model import NOTE, Bar, Clef, Key, Mark, Meter, Notes, Notice, Part, Score, Tempo

MAX_BYTES = 64 * 2**20
"""Unpacked; a symphony's movement has a tenth of it."""

RECORDS: dict[str, type[Any]] = {
    "parts": Part, "bars": Bar, "meters": Meter, "keys": Key, "tempos": Tempo, "clefs": Clef, "marks": Mark,
    "notices": Notice,
}  # fmt: skip

Found = TypeVar("Found")


def score_json(score: Score) -> dict[str, Any]:
    """All of a score, its notices too, as plain lists, words and numbers."""
    said: dict[str, Any] = {"end": score.end, "info": dict(score.info), "notes": score.notes.tolist()}
    for name in RECORDS:
        said[name] = [_shorn(record) for record in getattr(score, name)]
    return said


def score_from_json(said: Any) -> Score:
    """The score that was written so.

    Raises:
        ScoreReadError: it is none.
    """
    return _guarded(lambda: _score(said))


def pack(said: Any) -> bytes:
    """Any JSON, small."""
    return zlib.compress(json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode("utf-8"), 6)


def unpack(data: bytes) -> Any:
    """The JSON that was packed; it is never unpacked beyond `MAX_BYTES`.

    Raises:
        ScoreReadError: it is none.
    """
    return _guarded(lambda: _unpacked(data))


def _unpacked(data: bytes) -> Any:
    opened = zlib.decompressobj()
    text = opened.decompress(data, MAX_BYTES)
    if not opened.eof:
        raise ValueError("too long, or cut")
    return json.loads(text)


def _guarded(make: Callable[[], Found]) -> Found:
    try:
        return make()
    except StrettoError:
        raise
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError, zlib.error) as cause:
        raise ScoreReadError("what was kept of this piece is damaged; open an older state of it") from cause


def _score(said: Any) -> Score:
    records: dict[str, Any] = {name: _records(kind, said[name]) for name, kind in RECORDS.items()}
    info = {str(name): str(value) for name, value in said["info"].items()}
    return Score.build(notes_of(said["notes"]), end=int(said["end"]), info=info, **records)


def notes_of(rows: Iterable[Iterable[Any]]) -> Notes:
    """Rows of whole numbers as a NOTE array.

    Raises:
        ValueError: a number that does not fit.
    """
    return np.array([tuple(row) for row in rows], dtype=NOTE)


def _records(kind: type[Any], rows: list[dict[str, Any]]) -> tuple[Any, ...]:
    known = {field.name: _reader(str(field.type)) for field in fields(kind)}
    return tuple(kind(**{name: known[name](value) for name, value in row.items()}) for row in rows)


def _reader(kind: str) -> Callable[[Any], Any]:
    """How a field is read: by its type, so that no list stands where a number should."""
    return {"int": int, "bool": bool, "str": str, "Fraction": Fraction}[kind]


def _shorn(record: Any) -> dict[str, Any]:
    """A record without what is as usual."""
    values = ((field.name, getattr(record, field.name), field.default) for field in fields(record))
    found = {name: value for name, value, usual in values if value != usual}
    return {name: str(value) if isinstance(value, Fraction) else value for name, value in found.items()}
