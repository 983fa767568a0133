"""A job as it goes to a worker, and the result that comes back: plain data, so that no pickle crosses a process."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from math import isfinite
from typing import Any, Literal, get_args

Verb = Literal["compose", "continue", "harmonize", "infill", "vary", "check", "report", "convert"]

Chore = Literal["faults", "likelihood", "originality", "pages", "page", "file"]
"""What is done with a piece that is kept: see `chores`."""

CHORES: frozenset[str] = frozenset(get_args(Chore))


WITHOUT_NETWORKS = "--without-networks"
"""Said to a worker that reads them only when a job wants them."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """One verb to be done, or one chore."""

    verb: Verb | Chore
    arguments: Mapping[str, Any] = field(default_factory=dict)
    """Keywords of the verb as `stretto.compose`, `stretto.harmonize`, ... take them: numbers, words, lists."""
    score: bytes | None = None
    """The document; None for `compose`; of a chore as it is kept."""
    suffix: str = ".musicxml"
    """Of the document's format, as a file would have it."""
    watched: bool = True
    """Somebody may want to see the music while it is made."""
    foreign: bool = False
    """Nobody vouches for the document: it is read in a child that may die. Else it is of our own writing."""

    def as_json(self) -> dict[str, Any]:
        """For the line that goes to a worker."""
        return {**vars(self), "arguments": dict(self.arguments), "score": packed(self.score)}

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Job:
        """From the line that came to a worker."""
        names = (field.name for field in fields(cls))
        return cls(**{**{name: said[name] for name in names}, "score": unpacked(said["score"])})


Row = Sequence[int]
"""A note: its `pieces.documents.NOTE_FIELDS`."""


@dataclass(frozen=True, kw_only=True)
class Music:
    """A piece while it is made."""

    frame: Mapping[str, Any]
    """The view of the piece (see `documents.frame_view`): parts, bars, tempo; as it will be when all is there."""
    notes: list[Row]
    end: int
    """Tick up to which there are new ones."""
    kept: int
    """Tick up to which they stay as they are; one that sounds there may go on."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came of a job."""

    musicxml: bytes | None = None
    """The piece; of `check` the exercise as it was checked."""
    report: tuple[str, ...] = ()
    """Lines that the verb says."""
    seed: int | None = None
    nats_per_note: float | None = None
    key: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    """What the verb says besides: findings of `check`, figures of `report`, the file of `convert`."""
    file: bytes | None = None
    """Of a chore; it comes from the worker as it is, behind the line."""

    def as_json(self) -> dict[str, Any]:
        """For the line that comes from a worker; without the file."""
        said = {**vars(self), "report": list(self.report), "data": dict(self.data), "musicxml": packed(self.musicxml)}
        del said["file"]
        if self.nats_per_note is not None and not isfinite(self.nats_per_note):
            said["nats_per_note"] = None  # of no notes
        return said

    @classmethod
    def from_json(cls, said: Mapping[str, Any], file: bytes | None = None) -> Result:
        """From the line that came from a worker, and the file behind it."""
        return cls(**{**said, "musicxml": unpacked(said["musicxml"]), "report": tuple(said["report"]), "file": file})


def packed(data: bytes | None) -> str | None:
    """Bytes in base64."""
    return None if data is None else base64.b64encode(data).decode("ascii")


def unpacked(text: str | None) -> bytes | None:
    """Bytes out of base64."""
    return None if text is None else base64.b64decode(text)
