"""The user's own document on staves, as the network hears it, and with the network's notes in it.

What is given goes through untouched: notes are only ever added, and taken away where a hole asks for it.
"""

# Shapes: N notes.

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stretto.frames.canvas import Hole
from stretto.frames.plan import Plan, plan_of_score
from stretto.frames.staves import STAFF_NOTE, StaffMusic, density, polyphony, staff_music
from stretto.score.model import Clef, Notice, Part, Score
from stretto.theory.hands import split_hands
from stretto.theory.key import Tonality
from stretto.theory.performance import Played
from stretto.verbs.hearing import heard_on_the_beat, keys_of
from stretto.verbs.staves.ensemble import Ensemble
from stretto.verbs.staves.places import CROWDED, Place, places_of
from stretto.verbs.staves.styles import Style
from stretto.verbs.staves.written import PIANO, STRINGS

LOWEST, HIGHEST = 21, 108
"""MIDI pitches that the networks have."""

CLEF_OF = (("G", 2), ("G", 2), ("C", 3), ("F", 4))


@dataclass(frozen=True, eq=False, kw_only=True)
class StaffDocument:
    """A score with a staff for every player, some of them new and empty."""

    players: Ensemble
    before: Score
    """As the user has it, on the beat."""
    score: Score
    """The same with what was missing."""
    places: tuple[Place, ...]
    """Part and staff, in `score`, of each staff of the players."""
    new: tuple[int, ...]
    """Staves that the document did not have."""
    music: StaffMusic
    """What is heard."""
    keys: tuple[tuple[int, Tonality], ...]
    """The tick from which each is in force; the first from 0 on."""
    played: Played | None = None
    """How it was played, where `before` is that on the beat."""
    part_was: tuple[int, ...] = ()
    """Of every part of `score`, the part of `before` that it is; -1 = a new one."""
    notices: tuple[Notice, ...] = ()
    """What is not heard; it stays in the score."""
    said: tuple[str, ...] = ()
    """How it was understood."""

    @property
    def key(self) -> Tonality:
        """The one in which it begins."""
        return self.keys[0][1]

    def plan(self, style: Style, texture: tuple[float, float] | None) -> Plan:
        """What the network is told: bars, metres, key and end; and how dense the music is, if nothing else is said."""
        plan = plan_of_score(self.score, tonic=self.key.tonic, mode=self.key.mode)
        if texture is None:
            # Of a document that lacks staves, the density is not that of the whole.
            whole = not self.new and len(self.music.notes) > 0
            texture = (density(self._sounding), polyphony(self.music)) if whole else (0.0, 0.0)
        return replace(
            plan,
            period=style.period,
            composer=style.composer,
            density=texture[0],
            polyphony=texture[1],
            phrase_ends=None,
        )

    @property
    def _sounding(self) -> StaffMusic:
        """Up to the last note, as bars that are still empty thin out nothing."""
        notes = self.music.notes
        return replace(self.music, end=int((notes["onset"] + notes["duration"]).max()))

    def has(self) -> str:
        """The names of the staves that it has."""
        return ", ".join(name for s, name in enumerate(self.players.staves) if s not in self.new)

    def in_hole(self, holes: Sequence[Hole]) -> NDArray[np.bool_]:
        """Notes of `score` that holes take away, graces with them, (N,)."""
        notes = self.score.notes
        gone = np.zeros(len(notes), bool)
        for hole in holes:
            part, staff = self.places[hole.part]
            own = (notes["part"] == part) & (notes["staff"] == staff)
            gone |= own & (notes["onset"] >= hole.start) & (notes["onset"] < hole.end)
        return gone


def staff_document(
    score: Score, players: Ensemble, *, wished: Sequence[str] = (), take: Sequence[str] = (), key: str | None = None
) -> StaffDocument:
    """A document as its user describes it.

    Args:
        score: understood, so that it has a metre and a key.
        players: who is to play it.
        wished: which staves its own are, by name from the top; none = by name, clef and range.
        take: the parts that are heard; none = all.
        key: the key it is in; None = as it says, or as its notes suggest.

    Raises:
        RequestError: it does not fit.
    """
    heard, played = heard_on_the_beat(score)
    said = []
    split = _by_hands(heard, players)
    if split is not heard:
        said.append("its notes are shared out to two hands")
    found = places_of(split, players, wished, take)
    whole, places, part_was = _with_all(split, players, found)
    new = tuple(s for s in range(len(players.staves)) if s not in found.values())
    music, notices = heard_music(whole, places)
    unheard = [p for p in range(len(whole.parts)) if p not in {part for part, _ in places}]
    if names := [_called(whole, p) for p in unheard if (whole.notes["part"] == p).any()]:
        said.append(f"{', '.join(names)} stay{'s as it is' if len(names) == 1 else ' as they are'}, unheard")
    return StaffDocument(
        players=players,
        before=heard,
        score=whole,
        places=places,
        new=new,
        music=music,
        keys=keys_of(score, key),
        played=played,
        part_was=part_was,
        notices=notices,
        said=tuple(said),
    )


def _called(score: Score, part: int) -> str:
    """The name of a part in one line: in print a singer's may stand in two."""
    return " ".join(score.parts[part].name.split()) or f"part {part + 1}"


def heard_music(score: Score, places: Sequence[Place]) -> tuple[StaffMusic, tuple[Notice, ...]]:
    """What the network hears of a score, and what it does not."""
    plain = score.notes[score.notes["grace"] == 0]
    n_graces = len(score.notes) - len(plain)
    staff_N = np.full(len(plain), -1)
    for staff, (part, own) in enumerate(places):
        staff_N[(plain["part"] == part) & (plain["staff"] == own)] = staff
    beyond = (staff_N >= 0) & ((plain["pitch"] < LOWEST) | (plain["pitch"] > HIGHEST))
    kept = (staff_N >= 0) & ~beyond
    notes = np.zeros(int(kept.sum()), STAFF_NOTE)
    for name in ("onset", "duration", "pitch"):
        notes[name] = plain[name][kept]
    notes["staff"] = staff_N[kept]
    music, said = staff_music(notes, end=score.end, n_staves=len(places))
    counts = (("grace notes left out", n_graces), ("notes beyond the piano's keys left out", int(beyond.sum())))
    return music, (*(Notice(what=what, count=n) for what, n in counts if n), *said)


def _by_hands(score: Score, players: Ensemble) -> Score:
    """Piano music on one staff with chords, as from a MIDI file of one track, on two."""
    parts = [p for p, part in enumerate(score.parts) if not part.percussion and (score.notes["part"] == p).any()]
    if not players.one_instrument or len(parts) != 1 or score.parts[parts[0]].n_staves > 1:
        return score
    notes = score.notes
    plain = notes["grace"] == 0
    _, counts = np.unique(notes["onset"][plain], return_counts=True)
    if not len(counts) or (counts > 1).mean() < CROWDED or np.ptp(notes["pitch"].astype(int)) <= players.reach + 8:
        return score
    onset_N, duration_N, pitch_N = (notes[name].astype(np.int64) for name in ("onset", "duration", "pitch"))
    changed = notes.copy()
    changed["staff"] = 1 + split_hands(onset_N, duration_N, pitch_N)
    part = parts[0]
    staff_at = {(int(n["onset"]), int(n["pitch"])): int(n["staff"]) for n in changed}
    marks = [
        replace(m, staff=staff_at.get((m.tick, m.pitch), 1)) if m.part == part and m.pitch >= 0 else m
        for m in score.marks
    ]
    return score.evolve(
        notes=changed,
        parts=tuple(replace(p, n_staves=2) if i == part else p for i, p in enumerate(score.parts)),
        clefs=(*(c for c in score.clefs if c.part != part), *_piano_clefs(part)),
        marks=tuple(marks),
    )


def _piano_clefs(part: int) -> list[Clef]:
    return [Clef(part=part, staff=1), Clef(part=part, staff=2, sign="F", line=4)]


def _with_all(
    score: Score, players: Ensemble, found: Mapping[Place, int]
) -> tuple[Score, tuple[Place, ...], tuple[int, ...]]:
    """The score with every staff, where each stands, and which part each of its parts was."""
    n = len(players.staves)
    staff_at = {staff: place for place, staff in found.items()}
    same = tuple(range(len(score.parts)))
    if len(staff_at) == n:
        return score, tuple(staff_at[s] for s in range(n)), same
    if players.one_instrument:
        return (*_second_staff(score, staff_at), same)
    return _new_parts(score, players, staff_at)


def _second_staff(score: Score, staff_at: Mapping[int, Place]) -> tuple[Score, tuple[Place, ...]]:
    """One hand's part gets the staff of the other."""
    has = next(iter(staff_at))
    part, staff = staff_at[has]
    own = 1 + has
    notes = score.notes.copy()
    notes["staff"][notes["part"] == part] = own
    clefs = [replace(clef, staff=own) if clef.part == part else clef for clef in score.clefs]
    there = any(clef.part == part for clef in clefs)
    clefs += [clef for clef in _piano_clefs(part) if not there or clef.staff != own]
    marks = [replace(m, staff=own) if m.part == part and m.staff == staff else m for m in score.marks]
    whole = score.evolve(
        notes=notes,
        parts=tuple(_as_piano(p, has) if i == part else p for i, p in enumerate(score.parts)),
        clefs=tuple(clefs),
        marks=tuple(marks),
    )
    return whole, ((part, 1), (part, 2))


def _as_piano(part: Part, has: int) -> Part:
    """A part of one hand as one of two; a name that says which hand it was would be wrong."""
    named = part.name if part.name and "hand" not in part.name.lower() else PIANO[0].name
    program = part.program if part.program >= 0 else PIANO[0].program
    return replace(part, name=named, n_staves=2, program=program, chromatic=0, diatonic=0)


def _new_parts(
    score: Score, players: Ensemble, staff_at: Mapping[int, Place]
) -> tuple[Score, tuple[Place, ...], tuple[int, ...]]:
    """A part for every player who has none, where he sits."""
    placed = list(range(len(score.parts)))
    """What stands at each place: an old part's index, or -1 - staff for a new one."""
    for staff in range(len(players.staves)):
        if staff in staff_at:
            continue
        above = [placed.index(staff_at[s][0]) if s in staff_at else placed.index(-1 - s) for s in range(staff)]
        below = [placed.index(staff_at[s][0]) for s in range(staff + 1, len(players.staves)) if s in staff_at]
        placed.insert(max(above) + 1 if above else min(below), -1 - staff)
    where = {old: new for new, old in enumerate(placed) if old >= 0}
    to = {-1: -1, **where}
    notes = score.notes.copy()
    notes["part"] = np.array([where[p] for p in range(len(score.parts))])[notes["part"]] if len(notes) else 0
    group = next((part.group for part in score.parts if part.group), "")
    staff_of = {place[0]: staff for staff, place in staff_at.items()}
    parts = [_named(score.parts[p], players, staff_of.get(p)) if p >= 0 else _player(players, -1 - p, group)
             for p in placed]  # fmt: skip
    # A program may have taken a part out of a Score and left its clefs.
    clefs = [replace(clef, part=where[clef.part]) for clef in score.clefs if clef.part in where]
    clefs += [
        Clef(part=new, sign=CLEF_OF[-1 - old][0], line=CLEF_OF[-1 - old][1])
        for new, old in enumerate(placed)
        if old < 0 and players.strings
    ]
    whole = score.evolve(
        parts=tuple(parts),
        notes=notes,
        keys=tuple(replace(key, part=to[key.part]) for key in score.keys if key.part in to),
        clefs=tuple(clefs),
        marks=tuple(replace(mark, part=to[mark.part]) for mark in score.marks if mark.part in to),
    )
    at = [(where[staff_at[s][0]], staff_at[s][1]) if s in staff_at else (placed.index(-1 - s), 1)
          for s in range(len(players.staves))]  # fmt: skip
    return whole, tuple(at), tuple(max(-1, p) for p in placed)


def _named(part: Part, players: Ensemble, staff: int | None) -> Part:
    """A part without a name has that of its player, now that there are others."""
    if part.name or staff is None or not players.strings:
        return part
    own = STRINGS[staff]
    program = own.program if part.program < 0 else part.program
    return replace(part, name=own.name, abbreviation=own.abbreviation, group=part.group or own.group, program=program)


def _player(players: Ensemble, staff: int, group: str) -> Part:
    if players.strings:
        return replace(STRINGS[staff], group=group or STRINGS[staff].group)
    return Part(name=players.staves[staff], group=group)
