"""What the page sends about its pieces."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from stretto.studio.limits import BARS, CANDIDATES
from stretto.studio.pieces.edits import Add, Delete, Edit, Move, Resize

LATEST = 10**7
"""Ticks: more than any piece lasts, and far from what a number of 32 bits holds."""

MAX_NAMED = 20_000
"""Notes that one edit may name."""

MAX_EDITS = 4000
"""In one step: as many notes may be pasted at once, which takes some seconds."""

Tick = Annotated[int, Field(strict=True, ge=0, le=LATEST)]
Shift = Annotated[int, Field(strict=True, ge=-LATEST, le=LATEST)]
Ids = Annotated[list[Annotated[int, Field(strict=True, ge=1)]], Field(min_length=1, max_length=MAX_NAMED)]
Revision = Annotated[int, Field(strict=True, ge=1)]
Staves = list[Annotated[int, Field(ge=1, le=16)]]
Text = Annotated[str, Field(max_length=200)]


class Said(BaseModel):
    """A message; fields that there are not are refused."""

    model_config = ConfigDict(extra="forbid")


class Create(Said):
    """A new piece: empty, or from the plain-text notation."""

    title: Text = ""
    notation: str | None = Field(None, max_length=2 * 2**20, examples=["meter: 4/4\n\nC4 D4 E4 F4 | G4w |"])
    program: int = Field(0, ge=0, le=127, description="General MIDI program of an empty piece")
    bars: int = Field(8, ge=1, le=BARS)


class Rename(Said):
    """Another title."""

    title: Text


class AddNote(Said):
    """Draw a note."""

    op: Literal["add"]
    part: int = Field(ge=0, le=1000)
    onset: Tick
    duration: Annotated[int, Field(ge=1, le=LATEST)]
    pitch: int = Field(ge=0, le=127)
    staff: int = Field(1, ge=1, le=16)
    voice: int = Field(0, ge=0, le=64)
    velocity: int = Field(0, ge=0, le=127)

    def edit(self) -> Edit:
        """As it is carried out."""
        return Add(**self.model_dump(exclude={"op"}))


class MoveNotes(Said):
    """Move notes in time, in pitch, or both."""

    op: Literal["move", "transpose"]
    ids: Ids
    ticks: Shift = 0
    semitones: int = Field(0, ge=-127, le=127)

    def edit(self) -> Edit:
        """As it is carried out."""
        return Move(ids=tuple(self.ids), ticks=self.ticks, semitones=self.semitones)


class ResizeNotes(Said):
    """Lengthen or shorten notes."""

    op: Literal["resize"]
    ids: Ids
    ticks: Shift

    def edit(self) -> Edit:
        """As it is carried out."""
        return Resize(ids=tuple(self.ids), ticks=self.ticks)


class DeleteNotes(Said):
    """Take notes away."""

    op: Literal["delete"]
    ids: Ids

    def edit(self) -> Edit:
        """As it is carried out."""
        return Delete(ids=tuple(self.ids))


class Edits(Said):
    """Several edits as one step that undo takes back."""

    revision: Revision
    edits: list[Annotated[AddNote | MoveNotes | ResizeNotes | DeleteNotes, Field(discriminator="op")]] = Field(
        min_length=1, max_length=MAX_EDITS
    )


class Step(Said):
    """Undo or redo."""

    revision: Revision


class Selection(Said):
    """Bars and parts of a piece."""

    start: Tick
    end: Tick
    parts: list[Annotated[int, Field(ge=0, le=1000)]] = Field(default_factory=list, max_length=100)
    staves: Staves = Field(default_factory=list, max_length=16, description="of a keyboard's two; none = both")


class Options(Said):
    """What a verb may be told; None = as it thinks best."""

    ensemble: Text | None = None
    style: Text | None = None
    key: Text | None = None
    meter: Text | None = None
    bars: Annotated[int, Field(ge=1, le=BARS)] | None = None
    form: Text | None = None
    temperature: Annotated[float, Field(gt=0, le=2)] | None = None
    strength: Annotated[float, Field(gt=0, le=1)] | None = None
    seed: Annotated[int, Field(ge=0, lt=10**9)] | None = None


class Wish(Said):
    """A verb to be done on a piece, several times over."""

    revision: Revision
    verb: Literal["compose", "continue", "harmonize", "infill", "vary"]
    selection: Selection | None = None
    keep: list[Annotated[int, Field(ge=0, le=1000)]] = Field(default_factory=list, max_length=100)
    keep_staves: Staves = Field(default_factory=list, max_length=16, description="of a keyboard's two")
    candidates: int = Field(3, ge=1, le=CANDIDATES)
    options: Options = Field(default_factory=Options)

    def told(self, *names: str) -> dict[str, Any]:
        """Those of the options that are said, and that the verb knows."""
        return {name: value for name in names if (value := getattr(self.options, name)) is not None}


class Accept(Said):
    """Take a candidate over as the newest state of the piece."""

    revision: Revision
    job: Text
    candidate: int = Field(ge=0, lt=CANDIDATES)
