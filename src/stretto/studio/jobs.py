"""A job as it goes to a worker, and the result that comes back: plain data, so that no pickle crosses a process."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from math import isfinite
from typing import Any, Literal

Verb = Literal["compose", "continue", "harmonize", "infill", "vary", "check", "report", "convert"]


@dataclass(frozen=True, kw_only=True)
class Job:
    """One verb to be done."""

    verb: Verb
    arguments: Mapping[str, Any] = field(default_factory=dict)
    """Keywords of the verb as `stretto.compose`, `stretto.harmonize`, ... take them: numbers, words, lists."""
    score: bytes | None = None
    """The document; None for `compose`."""
    suffix: str = ".musicxml"
    """Of the document's format, as a file would have it."""
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

    def as_json(self) -> dict[str, Any]:
        """For the line that comes from a worker."""
        said = {**vars(self), "report": list(self.report), "data": dict(self.data), "musicxml": packed(self.musicxml)}
        if self.nats_per_note is not None and not isfinite(self.nats_per_note):
            said["nats_per_note"] = None  # of no notes
        return said

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Result:
        """From the line that came from a worker."""
        return cls(**{**said, "musicxml": unpacked(said["musicxml"]), "report": tuple(said["report"])})


def packed(data: bytes | None) -> str | None:
    """Bytes in base64."""
    return None if data is None else base64.b64encode(data).decode("ascii")


def unpacked(text: str | None) -> bytes | None:
    """Bytes out of base64."""
    return None if text is None else base64.b64decode(text)
