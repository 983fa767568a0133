"""The user's own document, as the network sees it, and with the network's notes in it.

What is given goes through untouched: notes are only ever added, and taken away where a hole asks for it.
"""

# Shapes: T frames, V voices.

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stretto.errors import RequestError
from stretto.frames.canvas import Hole
from stretto.frames.parts import REST, PartFrames, notes_of_parts, part_frames
from stretto.frames.plan import Plan, plan_of_score
from stretto.score.model import Clef, Mark, Notes, Notice, Part, Score
from stretto.theory.breaths import Tune, shipped_ear
from stretto.theory.key import Tonality
from stretto.theory.performance import Played
from stretto.theory.phrases import ONE_END
from stretto.theory.spelling import spell_unspelled
from stretto.verbs.assemble import CHOIR, CLEFS
from stretto.verbs.lines import Line, closed
from stretto.verbs.marks import marks_over, order_kept

N_VOICES = len(CHOIR)

ON_NOTE = ("onset", "part", "voice", "staff", "pitch")
"""Of a note, what a mark that hangs on it says."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Document:
    """A score with a part for every voice, some of them new and empty."""

    score: Score
    """With a part for each line."""
    before: Score
    """As the user has it."""
    lines: tuple[Line, ...]
    """The lines of `before`."""
    owner: tuple[int, ...]
    """Which of the lines each part of `score` is; -1 = a new part."""
    parts: tuple[int, ...]
    """Index of each voice's part in `score`, soprano first."""
    new: tuple[int, ...]
    """Voices that the document did not have."""
    frames: PartFrames
    """All voices; new ones rest."""
    keys: tuple[tuple[int, Tonality], ...]
    """The tick from which each is in force; the first from 0 on."""
    up: int = 0
    """Semitones by which the network hears it higher than it is written."""
    played: Played | None = None
    """How it was played, where `score` and `before` are that on the beat."""
    notices: tuple[Notice, ...] = ()
    """What the frames do not hold; it stays in the score."""

    @property
    def key(self) -> Tonality:
        """The one in which it begins."""
        return self.keys[0][1]

    def plan(self, style: str) -> Plan:
        """What the network is told: bars, metres, phrase ends, key and end.

        Phrases end with fermatas, or, where there are none, where the top voice is heard to breathe; and with its last
        note.
        """
        plan = plan_of_score(self.score, style=style, tonic=(self.key.tonic + self.up) % 12, mode=self.key.mode)
        top = _top_line(self)
        if not len(top):
            return plan
        last = int(top["onset"][-1])
        if plan.phrase_ends is None:
            return replace(plan, phrase_ends=_breaths(top, plan))
        if last - plan.phrase_ends[-1] > ONE_END:
            return replace(plan, phrase_ends=(*plan.phrase_ends, last))
        return plan

    def sung(self, voice: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Onsets and ends of the notes of a voice, graces left out."""
        notes = self.score.notes
        own = notes[(notes["part"] == self.parts[voice]) & (notes["grace"] == 0)]
        return own["onset"], own["onset"] + own["duration"]

    @property
    def marks_phrases(self) -> bool:
        """It says itself where phrases end."""
        return any(mark.kind == "fermata" for mark in self.score.marks)


def document_of(
    before: Score,
    score: Score,
    lines: tuple[Line, ...],
    voices: Mapping[int, int],
    *,
    keys: tuple[tuple[int, Tonality], ...],
    up: int = 0,
    played: Played | None = None,
) -> Document:
    """A document for the network.

    Args:
        before: the user's, understood, so that it has a metre and a key.
        score: the same with a part for every line.
        lines: which line each of its parts is.
        voices: of each part with notes, as `voicing.voices_of_parts` gives it.
        keys: of the piece, each with the tick from which it is in force.
        up: semitones by which the network is to hear it higher.
        played: how it was played, where it is on the beat.

    Raises:
        RequestError: what is given lies outside what the network knows.
    """
    whole, parts, owner = _with_all_voices(score, voices)
    frames, notices = part_frames(whole, parts=parts)
    pitch_TV = np.where(frames.pitch_TV == REST, REST, frames.pitch_TV + up).astype(np.int16)
    return Document(
        score=whole,
        before=before,
        lines=lines,
        owner=owner,
        parts=parts,
        new=tuple(v for v in range(N_VOICES) if v not in voices.values()),
        frames=replace(frames, pitch_TV=pitch_TV),
        keys=keys,
        up=up,
        played=played,
        notices=notices,
    )


def _top_line(document: Document) -> Notes:
    """The notes of the highest voice that the document has."""
    part = next(document.parts[v] for v in range(N_VOICES) if v not in document.new)
    notes = document.score.notes
    own: Notes = notes[(notes["part"] == part) & (notes["grace"] == 0)]
    chords = own[np.lexsort((-own["pitch"].astype(int), own["onset"]))]
    return chords[np.unique(chords["onset"], return_index=True)[1]]


def _breaths(top: Notes, plan: Plan) -> tuple[int, ...]:
    """Where a melody is heard to breathe."""
    tune = Tune(
        onset_N=top["onset"],
        duration_N=top["duration"],
        pitch_N=top["pitch"],
        tonic=plan.tonic,
        bar_starts=plan.bar_starts or (),
        bar_meters=plan.bar_meters,
        pickup=plan.pickup,
    )
    return shipped_ear().hear(tune)[0]


def filled(
    document: Document,
    drawn: PartFrames,
    holes: Sequence[Hole],
    *,
    keep: Sequence[int] = (),
    phrase_ends: Sequence[int] = (),
    spelled: bool = True,
) -> Score:
    """The document with what was drawn in its holes; all else as it was.

    Args:
        document: the user's.
        drawn: the whole piece as it was drawn, given notes included.
        holes: what was open.
        keep: new voices to keep; the others were only imagined, and leave no trace.
        phrase_ends: where phrases end; a document that marks some with fermatas has them there too.
        spelled: False = new notes have no names yet, as of a piece that is being made.
    """
    score = document.score
    gone = removed_notes(document, holes)
    fresh = notes_of_parts(drawn)
    added = np.zeros(len(fresh), bool)
    for hole in holes:
        if hole.part in document.new and hole.part not in keep:
            continue
        added |= _inside(fresh, hole.part, hole.start, _reach(document, hole))
    fresh = fresh[added]
    fresh["pitch"] -= np.where(np.isin(fresh["part"], document.new), 0, document.up).astype(fresh["pitch"].dtype)
    voice = fresh["part"].astype(int)
    fresh["part"] = np.array(document.parts)[voice]
    for v, part in enumerate(document.parts):
        if document.owner[part] >= 0:
            line = document.lines[document.owner[part]]
            fresh["staff"][voice == v], fresh["voice"][voice == v] = line.staff, line.voice + line.rank
    order = order_kept(score.notes[gone], fresh, {document.parts[hole.part] for hole in holes if hole.keep_pitches})
    marks = marks_over(score, gone, fresh, order)
    without = fresh[~np.isin(fresh["part"], [part for part, _ in order])]
    there = {(mark.part, mark.tick) for mark in marks if mark.kind == "fermata"}
    marks += [mark for mark in _fermatas_of(document, without, phrase_ends) if (mark.part, mark.tick) not in there]
    changed = score.evolve(
        notes=np.concatenate(_as_played(document, score.notes[~gone], fresh, holes)),
        marks=tuple(marks),
    )
    if keep:
        voice_of = {part: voice for voice, part in enumerate(document.parts)}
        changed = changed.evolve(parts=tuple(_named(part, voice_of.get(p)) for p, part in enumerate(changed.parts)))
    imagined = [document.parts[v] for v in document.new if v not in keep]
    owner = [line for p, line in enumerate(document.owner) if p not in imagined]
    whole = closed(_without_parts(changed, imagined), owner, document.lines, document.before)
    return spell_unspelled(whole, key=document.key) if spelled else whole


def _as_played(document: Document, kept: Notes, fresh: Notes, holes: Sequence[Hole]) -> list[Notes]:
    """What stays and what is new of a performance: as it was played, and with the player."""
    if document.played is None:
        return [kept, fresh]
    part_of = [document.lines[line].part if line >= 0 else -1 for line in document.owner]
    return [
        document.played.exactly(kept, part_of),
        brushed_notes(document, holes),
        document.played.with_the_player(fresh),
    ]


def brushed_notes(document: Document, holes: Sequence[Hole]) -> Notes:
    """Keys that a player brushed, which no hole takes away."""
    if document.played is None:
        return document.score.notes[:0]
    notes = document.played.notes[document.played.beat.brushed_N].copy()
    part_of = [document.lines[line].part if line >= 0 else -1 for line in document.owner]
    notes["part"] = [part_of.index(part) for part in notes["part"].tolist()]
    gone = np.zeros(len(notes), bool)
    for hole in holes:
        gone |= _inside(notes, document.parts[hole.part], hole.start, hole.end)
    kept: Notes = notes[~gone]
    return kept


def removed_notes(document: Document, holes: Sequence[Hole]) -> NDArray[np.bool_]:
    """Notes that holes take away."""
    gone = np.zeros(len(document.score.notes), bool)
    heard = _heard(document)
    for hole in holes:
        gone |= heard & _inside(document.score.notes, document.parts[hole.part], hole.start, hole.end)
    return gone


def _heard(document: Document) -> NDArray[np.bool_]:
    """Notes that the frames hold, and graces; one under a higher one of its line is not heard, and stays."""
    notes, frames = document.score.notes, document.frames
    voice_of = {part: voice for voice, part in enumerate(document.parts)}
    at = np.maximum(np.searchsorted(frames.tick_T, notes["onset"], side="right") - 1, 0)
    voice = np.array([voice_of.get(int(part), -1) for part in notes["part"]], int)
    sounds = frames.pitch_TV[at, np.maximum(voice, 0)] == notes["pitch"] + document.up
    begins = frames.tick_T[at] == notes["onset"]
    heard: NDArray[np.bool_] = (voice >= 0) & ((sounds & begins) | (notes["grace"] > 0))
    return heard


def _reach(document: Document, hole: Hole) -> int:
    """Where a hole ends for new notes: a note that it takes away may have sounded beyond it."""
    notes = document.score.notes
    own = notes[_inside(notes, document.parts[hole.part], hole.start, hole.end) & (notes["grace"] == 0)]
    return max(hole.end, int((own["onset"] + own["duration"]).max(initial=0)))


def _with_all_voices(score: Score, voices: Mapping[int, int]) -> tuple[Score, tuple[int, ...], tuple[int, ...]]:
    """The score with a part for every voice, where each voice's part stands, and which part each was; new ones stand
    in choir order, and were -1."""
    placed = list(range(len(score.parts)))
    """What stands at each place: an old part's index, or -1 - voice for a new one."""
    of_voice = {voice: part for part, voice in voices.items()}
    for voice in range(N_VOICES):
        if voice in of_voice:
            continue
        above = [placed.index(of_voice[v]) if v in of_voice else placed.index(-1 - v) for v in range(voice)]
        below = [placed.index(of_voice[v]) for v in range(voice + 1, N_VOICES) if v in of_voice]
        placed.insert(max(above) + 1 if above else min(below), -1 - voice)
    where = {old: new for new, old in enumerate(placed) if old >= 0}
    to = {-1: -1, **where}
    parts = [score.parts[p] if p >= 0 else CHOIR[-1 - p] for p in placed]
    if group := next((part.group for part in score.parts if part.group), ""):
        parts = [part if p >= 0 else replace(part, group=group) for p, part in zip(placed, parts, strict=True)]
    notes = score.notes.copy()
    notes["part"] = np.array([where[p] for p in range(len(score.parts))])[notes["part"]] if len(notes) else 0
    # A program may have taken a part out of a Score and left its clefs.
    clefs = [replace(clef, part=where[clef.part]) for clef in score.clefs if clef.part in where]
    clefs += [replace(CLEFS[-1 - p], part=n) for n, p in enumerate(placed) if p < 0] if clefs else []
    whole = score.evolve(
        parts=tuple(parts),
        notes=notes,
        keys=tuple(replace(key, part=to[key.part]) for key in score.keys if key.part in to),
        clefs=tuple(clefs or _new_clefs(placed)),
        marks=tuple(replace(mark, part=to[mark.part]) for mark in score.marks if mark.part in to),
    )
    found = [where[of_voice[v]] if v in of_voice else placed.index(-1 - v) for v in range(N_VOICES)]
    return whole, tuple(found), tuple(max(-1, p) for p in placed)


def _named(part: Part, voice: int | None) -> Part:
    """A part without a name has that of its voice, now that there are others."""
    if part.name or voice is None:
        return part
    return replace(
        part, name=CHOIR[voice].name, abbreviation=CHOIR[voice].abbreviation, group=part.group or CHOIR[voice].group
    )


def _new_clefs(placed: Sequence[int]) -> list[Clef]:
    """Clefs of new parts alone: those of the others are chosen by their range."""
    return [replace(CLEFS[-1 - p], part=n) for n, p in enumerate(placed) if p < 0]


def _without_parts(score: Score, gone: Sequence[int]) -> Score:
    """The score without some parts, which hold nothing that counts."""
    if not gone:
        return score
    kept = [p for p in range(len(score.parts)) if p not in gone]
    where = {old: new for new, old in enumerate(kept)}
    notes = score.notes[~np.isin(score.notes["part"], list(gone))]
    notes["part"] = [where[p] for p in notes["part"].tolist()]

    def moved(part: int) -> int:
        return where[part] if part >= 0 else part

    return score.evolve(
        parts=tuple(score.parts[p] for p in kept),
        notes=notes,
        keys=tuple(replace(key, part=moved(key.part)) for key in score.keys if key.part not in gone),
        clefs=tuple(replace(clef, part=moved(clef.part)) for clef in score.clefs if clef.part not in gone),
        marks=tuple(replace(mark, part=moved(mark.part)) for mark in score.marks if mark.part not in gone),
    )


def _inside(notes: NDArray[np.void], part: int, start: int, end: int) -> NDArray[np.bool_]:
    """Notes of a part that begin in a stretch of time; a note belongs where it begins."""
    found: NDArray[np.bool_] = (notes["part"] == part) & (notes["onset"] >= start) & (notes["onset"] < end)
    return found


def _fermatas_of(document: Document, fresh: Notes, phrase_ends: Sequence[int]) -> list[Mark]:
    """Fermatas on new notes: where their line had one, new lines where any had, all where phrases end in new bars."""
    score, given_end = document.score, int(document.before.ends.max())
    marks = [mark for mark in score.marks if mark.kind == "fermata" and mark.extra != "barline"]
    shapes, had = {mark.tick: mark.text for mark in marks}, {(mark.part, mark.tick): mark.extra for mark in marks}
    if document.marks_phrases:
        shapes = {tick: "" for tick in phrase_ends if tick >= given_end} | shapes
    found = []
    for tick, shape in sorted(shapes.items()):
        # Of a note tied over a barline it is the later part that has it, as the phrase ends there.
        bar = score.bars[score.bar_index(tick)].tick
        for note in fresh[(fresh["onset"] <= tick) & (fresh["onset"] + fresh["duration"] > tick)]:
            # Its own voice, or the fermata would hang on another voice's note of that pitch.
            onset, part, voice, staff, pitch = (int(note[name]) for name in ON_NOTE)
            if document.owner[part] >= 0 and tick < given_end and (part, tick) not in had:
                continue  # one sign may stand for both voices of a staff
            below = had.get((part, tick)) or ("inverted" if _is_below(document, part) else "")
            on = Mark(kind="fermata", text=shape, part=part, voice=voice, staff=staff, pitch=pitch, extra=below)
            found.append(replace(on, tick=max(onset, bar)))
    return list(dict.fromkeys(found))


def _is_below(document: Document, part: int) -> bool:
    """A line has its stems down, as the lower of two on a staff."""
    if document.owner[part] < 0:
        return False
    line = document.lines[document.owner[part]]
    on_staff = [other for other in document.lines if (other.part, other.staff) == (line.part, line.staff)]
    return on_staff.index(line) % 2 == 1


def check_range(frames: PartFrames, lowest: int, highest: int) -> None:
    """Refuse what the network has no pitches for.

    Raises:
        RequestError: a given note lies outside; says how far, and what to do.
    """
    sounding = frames.pitch_TV[frames.pitch_TV >= 0]
    if not len(sounding):
        raise RequestError("no notes; name a file with a melody")
    low, high = int(sounding.min()), int(sounding.max())
    if low >= lowest and high <= highest:
        return
    if high - low > highest - lowest:
        raise RequestError(f"its notes span {high - low} semitones; the network knows {highest - lowest}")
    octaves = -(-(lowest - low) // 12) if low < lowest else (highest - high) // 12
    raise RequestError(
        f"its notes lie {'below' if low < lowest else 'above'} a choir's; "
        f"--octaves {octaves} lets the network hear it there, and writes it where it was"
    )
