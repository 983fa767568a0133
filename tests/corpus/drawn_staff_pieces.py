"""Pieces drawn for the tests of corpora by staves."""

from __future__ import annotations

import numpy as np

from stretto.corpus.staves import StaffPiece
from stretto.frames.plan import Plan
from stretto.frames.staves import STAFF_NOTE, StaffMusic, StaffNotes, staff_music
from stretto.score.model import NOTE, Key, Mark, Meter, Part, Score


def line(pitches: str, *, length: int = 24, start: int = 0, part: int = 0, staff: int = 1) -> list[tuple[int, ...]]:
    """Notes of equal length one after another, as rows of a Score; "." is a rest."""
    return [
        (start + i * length, length, int(p), 0, part, 1, staff, 127, 0)
        for i, p in enumerate(pitches.split())
        if p != "."
    ]


def score_of(
    rows: list[tuple[int, ...]],
    *,
    parts: tuple[Part, ...] = (Part(name="Piano", n_staves=2),),
    meter: Meter | tuple[Meter, ...] = Meter(),  # noqa: B008 - frozen
    keys: tuple[Key, ...] = (),
    marks: tuple[Mark, ...] = (),
    pickup: int = 0,
    end: int = 0,
) -> Score:
    """A Score of rows."""
    meters = meter if isinstance(meter, tuple) else (meter,)
    return Score.build(np.array(rows, NOTE), parts, meters=meters, keys=keys, marks=marks, pickup=pickup, end=end)


def np_notes(score: Score) -> StaffNotes:
    """The notes of a score of one part, by its staves."""
    notes = np.zeros(len(score.notes), STAFF_NOTE)
    for field in ("onset", "duration", "pitch"):
        notes[field] = score.notes[field]
    notes["staff"] = score.notes["staff"] - 1
    return notes


def music_of(rows: list[tuple[int, int, int, int]], n_staves: int = 2) -> StaffMusic:
    """(onset, duration, pitch, staff) as music."""
    notes = np.array(rows, STAFF_NOTE)
    return staff_music(notes, end=int((notes["onset"] + notes["duration"]).max()), n_staves=n_staves)[0]


def piece_of(music: StaffMusic, name: str, **about: object) -> StaffPiece:
    """A piece with everything else at its plainest."""
    plain = {"work": name, "title": name, "licence": "cc0", "composer": "", "period": "", "plan": Plan(end=music.end)}
    said: dict[str, object] = {**plain, **about}
    return StaffPiece(name=name, music=music, **said)  # type: ignore[arg-type]
