"""A document on staves with new notes in its holes: their voices, the signs they take over, the player's timing."""

# Shapes: N notes.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from stretto.frames.canvas import Hole
from stretto.frames.staff_canvas import in_holes
from stretto.frames.staves import StaffNotes
from stretto.score.model import NOTE, UNSPELLED, Mark, Notes, Score, sort_notes
from stretto.theory.spelling import spell_unspelled
from stretto.theory.staff_page import VOICES_OF_STAFF, in_voices
from stretto.verbs.marks import marks_over, order_kept
from stretto.verbs.staves.document import StaffDocument
from stretto.verbs.staves.filled_clefs import filled_clefs

SIDE_BY_SIDE = 32
"""Staves of a part that are told apart, at most."""


def filled(
    document: StaffDocument, fresh: StaffNotes, holes: Sequence[Hole], *, keep: Sequence[int] = (), spelled: bool = True
) -> Score:
    """The document with what was drawn in its holes; all else as it was.

    Args:
        document: the user's.
        fresh: what was drawn.
        holes: what was open.
        keep: new staves to keep; the others were only imagined, and leave no trace.
        spelled: False = new notes have no names yet, as of a piece that is being made.
    """
    imagined = [s for s in document.new if s not in keep]
    holes = [hole for hole in holes if hole.part not in imagined]
    fresh = fresh[in_holes(fresh, holes)]
    if not keep:
        document = _without_new(document)
    score = document.score
    gone = document.in_hole(holes)
    added = _placed(document, fresh, score.notes[~gone], holes)
    marks = _marks(document, gone, added, holes)
    kept, added_played = score.notes[~gone], added
    if document.played is not None:
        kept = document.played.exactly(kept, document.part_was or range(len(score.parts)))
        added_played = document.played.with_the_player(added)
        brushed = _brushed(document, holes)
        kept = np.concatenate([kept, brushed])
    clefs, octaves = filled_clefs(document, added, holes, keep=keep)
    changed = score.evolve(notes=np.concatenate([kept, added_played]), marks=(*marks, *octaves), clefs=clefs)
    return spell_unspelled(changed, key=document.key) if spelled else changed


def _without_new(document: StaffDocument) -> StaffDocument:
    """Without the parts and staves that were only imagined."""
    if not document.new:
        return document
    places = list(document.places)
    for staff, (part, own) in enumerate(places):
        if staff not in document.new:
            old = document.part_was[part]
            places[staff] = (old, own if document.before.parts[old].n_staves > 1 else 1)
        else:
            places[staff] = (-1, -1)
    same = tuple(range(len(document.before.parts)))
    return replace(document, score=document.before, places=tuple(places), part_was=same)


def _placed(document: StaffDocument, fresh: StaffNotes, kept: Notes, holes: Sequence[Hole]) -> Notes:
    """New notes as a score has them, each in a voice of its staff that is free there."""
    notes = np.zeros(len(fresh), NOTE)
    for name in ("onset", "duration", "pitch"):
        notes[name] = fresh[name]
    place = np.array(document.places, np.int64)[fresh["staff"]] if len(fresh) else np.zeros((0, 2), np.int64)
    notes["part"], notes["staff"] = place[:, 0], place[:, 1]
    notes["voice"], notes["fifths"] = 1, UNSPELLED
    notes = sort_notes(notes)
    voiced = in_voices(notes, [bar.tick for bar in document.score.bars])
    order = np.lexsort((notes["pitch"], notes["staff"], notes["part"], notes["onset"]))
    there = np.lexsort((voiced["pitch"], voiced["staff"], voiced["part"], voiced["onset"]))
    notes["voice"][order] = voiced["voice"][there]
    if not any(hole.keep_rhythm for hole in holes):
        shorter = voiced["duration"][there] <= notes["duration"][order]
        notes["duration"][order] = np.where(shorter, voiced["duration"][there], notes["duration"][order])
    for part, staff in sorted({(int(n["part"]), int(n["staff"])) for n in notes}):
        own = (notes["part"] == part) & (notes["staff"] == staff)
        old = kept[(kept["part"] == part) & (kept["staff"] == staff) & (kept["grace"] == 0)]
        notes["voice"][own] = _free_voices(notes[own], old, _first_voice(document, part, staff))
    return sort_notes(notes)


def _first_voice(document: StaffDocument, part: int, staff: int) -> int:
    """The number of the first voice of a staff, as the document counts."""
    notes = document.score.notes
    own = notes["voice"][(notes["part"] == part) & (notes["staff"] == staff)]
    if len(own):
        return int(own.min())
    return 1 + VOICES_OF_STAFF * (staff - 1)


def _free_voices(notes: Notes, kept: Notes, first: int) -> NDArray[np.int64]:
    """Voices in which new notes stand beside those that stay, counted from the staff's first, (N,)."""
    voice_N = (notes["voice"].astype(np.int64) - 1) % VOICES_OF_STAFF + first
    ends = kept["onset"] + kept["duration"]
    for i, note in enumerate(notes):
        start, end = int(note["onset"]), int(note["onset"] + note["duration"])
        over = (kept["onset"] < end) & (ends > start)
        # A chord with a note that stays is one voice.
        over &= ~((kept["onset"] == start) & (ends == end))
        taken = set(kept["voice"][over].tolist())
        free = [v for v in range(first, first + VOICES_OF_STAFF) if v not in taken]
        if int(voice_N[i]) in taken and free:
            voice_N[i] = free[0]
    return voice_N


def _marks(document: StaffDocument, gone: NDArray[np.bool_], added: Notes, holes: Sequence[Hole]) -> list[Mark]:
    """What stays of the document's marks, staff by staff."""
    score = document.score
    apart = replace(score, notes=_by_staff(score.notes), marks=tuple(_mark_by_staff(score, m) for m in score.marks))
    fresh = _by_staff(added)
    # Of a chord the top note takes over what hung on an old one.
    fresh = fresh[np.lexsort((fresh["pitch"], fresh["part"], fresh["onset"]))]
    rows = {_row(*document.places[hole.part]) for hole in holes if hole.keep_pitches}
    found = marks_over(apart, gone, fresh, order_kept(apart.notes[gone], fresh, rows))
    found = [replace(mark, part=mark.part // SIDE_BY_SIDE) if mark.part >= 0 else mark for mark in found]
    return [*found, *_fermatas(score, gone, added)]


def _row(part: int, staff: int) -> int:
    return SIDE_BY_SIDE * part + staff


def _by_staff(notes: Notes) -> Notes:
    """Notes whose parts are staves."""
    out = notes.copy()
    out["part"] = SIDE_BY_SIDE * notes["part"].astype(np.int64) + notes["staff"]
    return out


def _mark_by_staff(score: Score, mark: Mark) -> Mark:
    if mark.part < 0:
        return mark
    staff = max(1, mark.staff)
    if mark.pitch >= 0:
        notes = score.notes
        on = (notes["part"] == mark.part) & (notes["pitch"] == mark.pitch)
        on &= (notes["onset"] <= mark.tick) & (mark.tick <= np.maximum(notes["onset"], score.ends - 1))
        staves = set(notes["staff"][on].tolist())
        staff = staff if staff in staves or not staves else int(min(staves))
    return replace(mark, part=_row(mark.part, staff))


def _fermatas(score: Score, gone: NDArray[np.bool_], added: Notes) -> list[Mark]:
    """Fermatas that stood on notes that went, on what now sounds there."""
    found = []
    for mark in score.marks:
        if mark.kind != "fermata" or mark.pitch < 0:
            continue
        notes = score.notes
        on = (notes["part"] == mark.part) & (notes["pitch"] == mark.pitch) & (notes["onset"] <= mark.tick)
        on &= score.ends > mark.tick
        if not on.any() or not gone[on].all():
            continue
        staff = int(notes["staff"][on][0])
        own = added[(added["part"] == mark.part) & (added["staff"] == staff) & (added["onset"] <= mark.tick)]
        own = own[own["onset"] + own["duration"] > mark.tick]
        if len(own):
            note = own[own["pitch"].argmax()]
            tick, pitch, voice = int(note["onset"]), int(note["pitch"]), int(note["voice"])
            found.append(replace(mark, tick=max(tick, mark.tick), pitch=pitch, voice=voice, staff=staff))
    return found


def _brushed(document: StaffDocument, holes: Sequence[Hole]) -> Notes:
    """Keys that a player brushed, which no hole takes away."""
    assert document.played is not None
    notes = document.played.notes[document.played.beat.brushed_N].copy()
    now = {was: part for part, was in enumerate(document.part_was) if was >= 0}
    notes["part"] = [now.get(int(part), int(part)) for part in notes["part"]]
    gone = np.zeros(len(notes), bool)
    for hole in holes:
        part, staff = document.places[hole.part]
        own = (notes["part"] == part) & (notes["staff"] == staff)
        gone |= own & (notes["onset"] >= hole.start) & (notes["onset"] < hole.end)
    found: Notes = notes[~gone]
    return found
