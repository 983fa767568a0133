"""What the server is asked, and what it answers: the fields, their ranges, and an example of each."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from stretto.studio import limits
from stretto.studio.pieces.documents import NOTE_FIELDS
from stretto.studio.workers.jobs import Verb

Format = Literal["musicxml", "mxl", "midi", "kern", "abc", "mei", "text"]
Word = Annotated[str, Field(max_length=60)]
Line = Annotated[str, Field(max_length=2000)]
Words = Annotated[list[Word], Field(max_length=12)]

SUFFIXES: dict[str, str] = {
    "musicxml": ".musicxml", "mxl": ".mxl", "midi": ".mid", "kern": ".krn", "abc": ".abc", "mei": ".mei",
    "text": ".txt",
}  # fmt: skip

TUNE = {"format": "abc", "text": "X:1\nT:Tune\nM:4/4\nL:1/4\nK:G\nG A B c | d e f g | g f e d | c B A G |\n"}
CHORALE = {"format": "abc", "text": "X:1\nM:4/4\nL:1/4\nK:C\nV:1\nc d e c |\nV:2\nG G G G |\nV:3\nE F E E |\nV:4\nC, B,, C, C, |\n"}  # noqa: E501  # fmt: skip


def _example(asked: Any) -> JsonDict:
    """For the description of a request."""
    return {"examples": [asked]}


class Message(BaseModel):
    """What all have in common: no field that is not known."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Document(Message):
    """A piece, as text or, for MIDI and compressed MusicXML, in base64. Its name is never asked for."""

    format: Format
    text: str | None = Field(None, max_length=limits.UPLOAD_BYTES, description="the file as it is, or base64")
    base64: str | None = Field(None, max_length=limits.UPLOAD_BYTES // 3 * 4 + 4)


class Drawing(Message):
    """How to draw; what is left out is as the verbs have it."""

    ensemble: Word | None = Field(None, description="choir, keyboard or quartet")
    style: Word | None = Field(None, description="as GET /v1/models lists them")
    key: Word | None = Field(None, description="as G major, F# minor")
    seed: int | None = Field(None, ge=0, lt=2**53, description="the same seed and wish give the same music")
    temperature: float | None = Field(None, ge=0.05, le=5, description="under 1 tamer, over 1 bolder")
    top_p: float | None = Field(None, gt=0, le=1, description="share of the likeliest pitches to choose from")
    candidates: int | None = Field(None, ge=1, le=limits.VERSIONS, description="versions of each phrase")
    chords: Line | None = Field(None, description="a chord line, as I IV V7 I")
    max_polyphony: int | None = Field(None, ge=1, le=20, description="of keyboard and quartet: notes at once")
    density: Word | None = Field(None, description="of keyboard and quartet: sparse, normal, dense, or notes a quarter")
    forbid: Words | None = Field(None, description="as leaps; a word that is not known is answered by those that are")
    allow: Words | None = Field(None, description="as crossing; likewise")
    ranges: Words | None = Field(None, description="as alto=53-74")
    guard: bool | None = Field(None, description="end a silence of all, a stuck note, endless repetition; the default")


class ComposeRequest(Drawing):
    """A piece from nothing but a wish."""

    model_config = ConfigDict(json_schema_extra=_example({"key": "G major", "bars": 8, "seed": 7}))
    meter: Word | None = Field(None, description="as 4/4")
    bars: int | None = Field(None, ge=1, le=limits.BARS, description="2 to max_bars of GET /v1/models")
    pickup: Word | None = Field(None, description="auto, none, or beats")
    tempo: float | None = Field(None, ge=20, le=300, description="quarters a minute")
    form: Annotated[str, Field(max_length=16)] | None = Field(None, description="sections, as AABA")
    imitate: bool | None = Field(None, description="the voices take up each other's melodies")
    original: bool | None = Field(None, description="pass over what copies more than real music does")


class Reworking(Drawing):
    """Something done to a document."""

    document: Document
    voices: Words | None = Field(None, description="its parts from the top, as soprano, bass")
    take: Words | None = Field(None, description="the parts that are heard; others stay as they are")
    octaves: int | None = Field(None, ge=-4, le=4, description="by which a choir's network hears it higher")


class ContinueRequest(Reworking):
    """Go on where the document ends."""

    model_config = ConfigDict(json_schema_extra=_example({"document": CHORALE, "bars": 4, "seed": 1}))
    bars: int | None = Field(None, ge=1, le=limits.BARS)


class HarmonizeRequest(Reworking):
    """Write the voices that the document lacks."""

    model_config = ConfigDict(json_schema_extra=_example({"document": TUNE, "seed": 1, "candidates": 4}))
    keep: Words | None = Field(None, description="voices that stay, as soprano; the others are written anew")


class InfillRequest(Reworking):
    """Write some bars anew."""

    model_config = ConfigDict(json_schema_extra=_example({"document": CHORALE, "bars": "1", "parts": ["alto"]}))
    bars: Word = Field(description="as they are printed, as 5-8")
    parts: Words | None = Field(None, description="as alto; all if not said")
    keep_rhythm: bool | None = Field(None, description="only pitches change")
    keep_pitches: bool | None = Field(None, description="only the rhythm changes")


class VaryRequest(Reworking):
    """Write some beats anew, here and there."""

    model_config = ConfigDict(json_schema_extra=_example({"document": CHORALE, "strength": 0.5, "seed": 1}))
    strength: float | None = Field(None, gt=0, le=1)
    bars: Word | None = Field(None, description="those that may change, as they are printed, as 5-8; all if not said")
    keep: Words | None = Field(None, description="voices in which nothing changes")
    keep_rhythm: bool | None = Field(None, description="only pitches change")
    keep_pitches: bool | None = Field(None, description="only the rhythm changes")


class CheckRequest(Message):
    """Faults of an exercise, with reasons."""

    model_config = ConfigDict(json_schema_extra=_example({"document": CHORALE, "rules": "chorale"}))
    document: Document
    rules: Literal["chorale", "species1", "species2", "species3", "species4", "species5"] = "chorale"
    sheet: str | None = Field(None, max_length=limits.SHEET_BYTES, description="a sheet of one's own, taken instead")
    key: Word | None = None


class ReportRequest(Message):
    """What a piece is like beside real keyboard music, quartets, or chorales by Bach."""

    model_config = ConfigDict(json_schema_extra=_example({"document": CHORALE}))
    document: Document
    seed: int | None = Field(None, ge=0, lt=2**53)


class ConvertRequest(Message):
    """A document in another format."""

    model_config = ConfigDict(json_schema_extra=_example({"document": TUNE, "to": "musicxml"}))
    document: Document
    to: Literal["musicxml", "mxl", "midi", "kern", "abc", "text"]
    key: Word | None = Field(None, description="of what does not say it, as MIDI; by it notes are named")
    meter: Word | None = Field(None, description="likewise")


class Problem(BaseModel):
    """Why a request is not carried out."""

    detail: str = Field(description="one line: what was wrong, and what to do")


class Answer(BaseModel):
    """What came of a request; fields that a verb does not have are null."""

    verb: Verb
    musicxml: str | None = Field(None, description="the piece; of check the exercise as it was checked")
    report: list[str] = Field(default_factory=list, description="what the verb says")
    seed: int | None = None
    nats_per_note: float | None = Field(None, description="of the new notes under the network")
    key: str | None = None
    data: dict[str, Any] = Field(
        default_factory=dict, description="findings of check, figures of report, the file of convert in base64"
    )


class PartSoFar(BaseModel):
    """A part of a piece that is being made."""

    name: str
    staves: int
    program: int = Field(description="General MIDI, from 0")


class MusicSoFar(BaseModel):
    """A piece while it is made; times in ticks, 24 a quarter."""

    end: int = Field(description="up to which there are new notes")
    kept: int = Field(description="up to which they stay as they are; one that sounds there may go on")
    length: int = Field(description="of the whole piece, when it is done")
    parts: list[PartSoFar]
    notes: list[Annotated[list[int], Field(min_length=len(NOTE_FIELDS), max_length=len(NOTE_FIELDS))]] = Field(
        description=f"each as {', '.join(NOTE_FIELDS)}; parts from 0, staves and voices from 1, velocity 0 = not said"
    )


class JobState(BaseModel):
    """How far a job is."""

    id: str
    verb: Verb
    state: Literal["waiting", "progress", "partial", "done", "wrong", "failed", "cancelled"]
    share: float = Field(description="of the work that is done, 0 to 1")
    line: str = Field("", description="why it is wrong, or failed")
    music: MusicSoFar | None = Field(None, description="of partial: what there is of the piece")
    answer: Answer | None = None


class Model(BaseModel):
    """A network, and what can be asked of it."""

    ensemble: str
    parts: list[str]
    styles: list[str]
    max_bars: int


class Models(BaseModel):
    """The networks that ship."""

    version: str
    models: list[Model]
