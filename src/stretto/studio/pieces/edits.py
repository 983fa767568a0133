"""Edits of single notes: each takes a document and gives another, in which what is not named is as it was."""

# Shapes: N notes.

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stretto.errors import RequestError
from stretto.score.model import NOTE, UNSPELLED, Bar, Mark, Notes, Score, note_order
from stretto.studio.limits import DOCUMENT_BARS
from stretto.studio.pieces.documents import Document
from stretto.studio.pieces.hung_marks import Hung

MAX_VOICES = 4
"""On one staff, before an added note shares a voice with what sounds there."""

HIGHEST = 127


@dataclass(frozen=True, kw_only=True)
class Add:
    """A new note."""

    part: int
    onset: int
    duration: int
    pitch: int
    staff: int = 1
    voice: int = 0
    """0 = the first of the staff that is free there."""
    velocity: int = 0
    """0 = as loud as what comes before it."""


@dataclass(frozen=True, kw_only=True)
class Move:
    """Notes to another time, another pitch, or both."""

    ids: tuple[int, ...]
    ticks: int = 0
    semitones: int = 0


@dataclass(frozen=True, kw_only=True)
class Resize:
    """Notes longer or, below 0, shorter by so many ticks."""

    ids: tuple[int, ...]
    ticks: int


@dataclass(frozen=True, kw_only=True)
class Delete:
    """Notes taken away, with what hangs on them alone."""

    ids: tuple[int, ...]


Edit = Add | Move | Resize | Delete


def apply_edits(document: Document, edits: Sequence[Edit]) -> Document:
    """Carry out edits one after the other, all or none.

    Args:
        document: to be edited; it is not changed.
        edits: their numbers of notes are those of the document, or of notes that an edit before them added.

    Raises:
        RequestError: the first that cannot be, in one line.
    """
    for edit in edits:
        document = _apply(document, edit)
    return document


def _apply(document: Document, edit: Edit) -> Document:
    if isinstance(edit, Add):
        return _added(document, edit)
    chosen_N = _chosen(document, edit.ids)
    if isinstance(edit, Delete):
        return _deleted(document, chosen_N)
    if isinstance(edit, Resize):
        return _resized(document, chosen_N, edit.ticks)
    return _moved(document, chosen_N, edit)


def _chosen(document: Document, ids: Sequence[int]) -> NDArray[np.bool_]:
    """Which notes are named, (N,)."""
    if not ids:
        raise RequestError("no note is named; select one first")
    index = document.index_of()
    lost = [number for number in ids if number not in index]
    if lost:
        raise RequestError(f"there is no note {lost[0]} any more; open the piece again")
    chosen_N = np.zeros(len(document.ids_N), np.bool_)
    chosen_N[[index[number] for number in ids]] = True
    return chosen_N


def _added(document: Document, edit: Add) -> Document:
    score = document.score
    if not 0 <= edit.part < len(score.parts):
        raise RequestError(f"there is no part {edit.part + 1}; the piece has {len(score.parts)}")
    part = score.parts[edit.part]
    if not 1 <= edit.staff <= part.n_staves:
        raise RequestError(f"{part.name or f'part {edit.part + 1}'}: there is no staff {edit.staff} of {part.n_staves}")
    if edit.onset < 0 or edit.duration < 1 or not 0 <= edit.pitch <= HIGHEST:
        raise RequestError("a note begins in the piece, is at least a tick long, and has a pitch from 0 to 127")
    if not 0 <= edit.velocity <= HIGHEST or not 0 <= edit.voice <= HIGHEST:
        raise RequestError("a note's velocity and voice are from 0 to 127")
    score = _grown(score, edit.onset + edit.duration)
    voice = edit.voice or _free_voice(score, edit)
    velocity = edit.velocity or _velocity_before(score, edit)
    row = (edit.onset, edit.duration, edit.pitch, velocity, edit.part, voice, edit.staff, UNSPELLED, 0)
    notes = np.concatenate([score.notes, np.array([row], NOTE)])
    ids_N = np.append(document.ids_N, document.next_id)
    fresh_N = ids_N == document.next_id
    return _rebuilt(Document(score=score, ids_N=ids_N, next_id=document.next_id + 1), notes, score.marks, fresh_N)


def _deleted(document: Document, gone_N: NDArray[np.bool_]) -> Document:
    score = document.score
    marks = Hung(score).without(gone_N)
    kept = replace(document, ids_N=document.ids_N[~gone_N])
    return _rebuilt(kept, score.notes[~gone_N], marks, np.zeros(int((~gone_N).sum()), np.bool_))


def _resized(document: Document, chosen_N: NDArray[np.bool_], ticks: int) -> Document:
    notes = document.score.notes.copy()
    if (notes["grace"][chosen_N] != 0).any():
        raise RequestError("a grace note has no length of its own; choose ordinary notes")
    longest = int(notes["duration"][chosen_N].max()) + ticks
    if int(notes["duration"][chosen_N].min()) + ticks < 1:
        raise RequestError(f"shorter by {-ticks} ticks, a note would have no length; delete it instead")
    _check_reach(int(notes["onset"].max()) + longest)
    notes["duration"][chosen_N] += ticks
    score = _grown(document.score, int((notes["onset"] + notes["duration"]).max()))
    marks = Hung(document.score).over(notes)
    return _rebuilt(replace(document, score=score), notes, marks, chosen_N)


def _moved(document: Document, chosen_N: NDArray[np.bool_], edit: Move) -> Document:
    notes = document.score.notes.copy()
    first, last = int(notes["onset"][chosen_N].min()), int((notes["onset"] + notes["duration"])[chosen_N].max())
    if first + edit.ticks < 0:
        raise RequestError("a note would begin before the piece; move it less")
    _check_reach(last + edit.ticks)
    pitches = notes["pitch"][chosen_N].astype(np.int64) + edit.semitones
    if pitches.min() < 0 or pitches.max() > HIGHEST:
        raise RequestError(f"a note would be at pitch {int(pitches.max() if edit.semitones > 0 else pitches.min())}; "
                           "possible are 0 to 127")  # fmt: skip
    notes["onset"][chosen_N] += edit.ticks
    notes["pitch"][chosen_N] = pitches
    if edit.semitones % 12:
        # Its old name is no name of its new pitch; the page spells it by its key and its neighbours.
        notes["fifths"][chosen_N] = UNSPELLED
    score = _grown(document.score, int((notes["onset"] + notes["duration"]).max()))
    marks = Hung(document.score).over(notes)
    return _rebuilt(replace(document, score=score), notes, marks, chosen_N)


def _rebuilt(document: Document, notes: Notes, marks: Sequence[Mark], changed_N: NDArray[np.bool_]) -> Document:
    """The document with these notes in their order, each keeping its name."""
    order = note_order(notes)
    notes, ids_N, changed_N = notes[order], document.ids_N[order], changed_N[order]
    _check_struck_once(document.score, notes, changed_N)
    score = document.score.evolve(notes=notes, marks=tuple(marks))
    return replace(document, score=score, ids_N=ids_N)


def _check_struck_once(score: Score, notes: Notes, changed_N: NDArray[np.bool_]) -> None:
    """A voice cannot strike a key that it still holds."""
    struck_N = notes["grace"] == 0
    notes, changed_N = notes[struck_N], changed_N[struck_N]
    order = np.lexsort([notes[name] for name in ("onset", "pitch", "voice", "part")])
    notes, changed_N = notes[order], changed_N[order]
    # Key after key laid along one line of time, so that a running maximum says how long each has been held.
    keys = notes[["part", "voice", "pitch"]]
    ends_N = notes["onset"].astype(np.int64) + notes["duration"]
    before_N = np.cumsum(np.append(False, keys[1:] != keys[:-1])[: len(notes)]) * (ends_N.max(initial=0) + 1)
    onsets_N, ends_N = before_N + notes["onset"], before_N + ends_N
    again_N = changed_N & (onsets_N < _held_until(ends_N))
    again_N |= onsets_N < _held_until(np.where(changed_N, ends_N, 0))
    if again_N.any():
        row = notes[int(np.argmax(again_N))]
        place = score.place(int(row["onset"]), int(row["part"]))
        raise RequestError(f"{place}: the same pitch sounds there already; choose another place or voice")


def _held_until(ends_N: NDArray[np.int64]) -> NDArray[np.int64]:
    """The latest end of all notes before each, (N,); 0 before the first."""
    return np.append(0, np.maximum.accumulate(ends_N)[:-1])[: len(ends_N)]


def _free_voice(score: Score, edit: Add) -> int:
    """The first voice of the staff in which nothing else sounds; notes of one onset and length make a chord."""
    here = score.notes[score.notes["part"] == edit.part]
    own = here[here["staff"] == edit.staff]
    voices = sorted(set(own["voice"].tolist()))
    for voice in voices:
        its = own[(own["voice"] == voice) & (own["grace"] == 0)]
        sounds = (its["onset"] < edit.onset + edit.duration) & (its["onset"] + its["duration"] > edit.onset)
        chord = (its["onset"] == edit.onset) & (its["duration"] == edit.duration) & (its["pitch"] != edit.pitch)
        if not (sounds & ~chord).any():
            return int(voice)
    if len(voices) >= MAX_VOICES:
        return int(voices[0])
    others = set(here["voice"].tolist())
    return next(voice for voice in range(1 if edit.staff == 1 else edit.staff, HIGHEST) if voice not in others)


def _velocity_before(score: Score, edit: Add) -> int:
    """As loud as the last note of the part before it; 0 where that does not say."""
    own = score.notes[(score.notes["part"] == edit.part) & (score.notes["onset"] <= edit.onset)]
    return int(own["velocity"][-1]) if len(own) else 0


def _check_reach(end: int) -> None:
    if end > np.iinfo(np.int32).max:
        raise RequestError(f"a piece here has at most {DOCUMENT_BARS} bars; choose an earlier place")


def _grown(score: Score, end: int) -> Score:
    """The score with as many more bars as hold what ends at a tick; a last bar that was short is filled up first."""
    if end <= score.end:
        return score
    last = score.bars[-1]
    full = max(1, score.meter_at(last.tick).bar_ticks)
    stop = max(score.end, last.tick + full)
    n_more = max(0, -((stop - end) // full))
    if len(score.bars) + n_more > DOCUMENT_BARS:
        raise RequestError(f"a piece here has at most {DOCUMENT_BARS} bars; choose an earlier place")
    if not n_more:
        return score.evolve(end=stop)
    bars = [*score.bars[:-1], last if last.repeat_end else replace(last, barline="")]
    bars += [Bar(tick=stop + full * i, number=last.number + 1 + i) for i in range(n_more)]
    bars[-1] = replace(bars[-1], barline=last.barline)
    return score.evolve(bars=tuple(bars), end=stop + full * n_more)


EDITS: dict[str, Callable[..., Edit]] = {
    "add": Add, "move": Move, "transpose": Move, "resize": Resize, "delete": Delete,
}  # fmt: skip
"""By the name that the page gives them."""
