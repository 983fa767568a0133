"""Music by staves as a score that players can read: a piano's two staves, a quartet's four."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from stretto.frames.plan import Plan
from stretto.frames.staves import StaffMusic
from stretto.score.model import NOTE, UNSPELLED, Bar, Key, Mark, Meter, Notes, Part, Score, Tempo, make_bars
from stretto.theory.accents import find_meter
from stretto.theory.clefs import AWAY_BASS, AWAY_TREBLE, BASS, KEYBOARD, QUARTET, TREBLE, ClefKind
from stretto.theory.key import Tonality, estimate_key, tonality
from stretto.theory.spelling import spell_unspelled
from stretto.theory.staff_page import in_voices, with_clefs

PIANO = (Part(name="Piano", abbreviation="Pno.", n_staves=2, program=0, free_voices=True),)

STRINGS = (
    Part(name="Violin I", abbreviation="Vln. I", program=40, group="Strings", free_voices=True),
    Part(name="Violin II", abbreviation="Vln. II", program=40, group="Strings", free_voices=True),
    Part(name="Viola", abbreviation="Vla.", program=41, group="Strings", free_voices=True),
    Part(name="Violoncello", abbreviation="Vc.", program=42, group="Strings", free_voices=True),
)

MIDDLE_C = 60

NO_INFO: Mapping[str, str] = {}


@dataclass(frozen=True, kw_only=True)
class _Seats:
    """Where the staves of the music stand in a score."""

    parts: tuple[Part, ...]
    places: tuple[tuple[int, int], ...]
    """Part and staff of each staff of the music."""
    clefs: tuple[tuple[ClefKind, ...], ...]
    """That each may have."""


_AT_PIANO = _Seats(parts=PIANO, places=((0, 1), (0, 2)), clefs=KEYBOARD)
_IN_QUARTET = _Seats(parts=STRINGS, places=((0, 1), (1, 1), (2, 1), (3, 1)), clefs=QUARTET)


def written_keyboard(
    music: StaffMusic,
    plan: Plan,
    *,
    tempo: Tempo | Fraction | float | None = None,
    key: Tonality | None = None,
    marks: Sequence[Mark] = (),
    info: Mapping[str, str] = NO_INFO,
) -> Score:
    """A piano score: right hand above, left hand below, voices where rhythm demands them.

    Args:
        music: of two staves, 0 the right hand.
        plan: its bars, metres, pickup and key; what it does not say is found from the notes.
        tempo: as a score has it, or quarters a minute; None = none is printed.
        key: how the tonic is spelled; None = with the fewest accidentals.
        marks: dynamics and other signs, of part 0, staff 1 or 2.
        info: title, composer and so on.
    """
    return _written(music, plan, _AT_PIANO, tempo=tempo, key=key, marks=marks, info=info)


def written_quartet(
    music: StaffMusic,
    plan: Plan,
    *,
    tempo: Tempo | Fraction | float | None = None,
    key: Tonality | None = None,
    marks: Sequence[Mark] = (),
    info: Mapping[str, str] = NO_INFO,
) -> Score:
    """A score of two violins, viola and cello, with their clefs; double stops are chords, or voices, as they last.

    Args:
        music: of four staves, 0 the first violin.
        plan: as for `written_keyboard`.
        tempo: as for `written_keyboard`.
        key: as for `written_keyboard`.
        marks: dynamics and other signs, of parts 0 to 3.
        info: title, composer and so on.
    """
    return _written(music, plan, _IN_QUARTET, tempo=tempo, key=key, marks=marks, info=info)


def written_parts(
    music: StaffMusic,
    plan: Plan,
    names: Sequence[str],
    *,
    tempo: Tempo | Fraction | float | None = None,
    key: Tonality | None = None,
    info: Mapping[str, str] = NO_INFO,
) -> Score:
    """A score with a part for every staff, whoever plays it, in treble or bass clef as its notes lie.

    Args:
        music: of any staves.
        plan: as for `written_keyboard`.
        names: of the parts.
        tempo: as for `written_keyboard`.
        key: as for `written_keyboard`.
        info: as for `written_keyboard`.
    """
    return _written(music, plan, _a_part_each(music, names), tempo=tempo, key=key, marks=(), info=info)


def bare_score(
    music: StaffMusic, plan: Plan, ensemble: str, names: Sequence[str], *, tempo: Tempo | Fraction | float | None = None
) -> Score:
    """The same notes in the same bars, as one sees a piece while it is made: without clefs, key and spelling.

    Args:
        music: as far as it goes.
        plan: as for `written_keyboard`.
        ensemble: "keyboard" or "quartet"; another has a part for every staff.
        names: of those parts.
        tempo: as for `written_keyboard`.
    """
    known = {"keyboard": _AT_PIANO, "quartet": _IN_QUARTET}
    return _bare(music, plan, known.get(ensemble) or _a_part_each(music, names), tempo=tempo, info={})


def _a_part_each(music: StaffMusic, names: Sequence[str]) -> _Seats:
    pitches = [music.of_staff(staff)["pitch"] for staff in range(len(names))]
    high = [not len(pitch) or float(pitch.mean()) >= MIDDLE_C for pitch in pitches]
    return _Seats(
        parts=tuple(Part(name=name, free_voices=True) for name in names),
        places=tuple((part, 1) for part in range(len(names))),
        clefs=tuple((TREBLE, AWAY_BASS) if above else (BASS, AWAY_TREBLE) for above in high),
    )


def _written(
    music: StaffMusic,
    plan: Plan,
    seats: _Seats,
    *,
    tempo: Tempo | Fraction | float | None,
    key: Tonality | None,
    marks: Sequence[Mark],
    info: Mapping[str, str],
) -> Score:
    bare = _bare(music, plan, seats, tempo=tempo, info=info)
    notes, bars = bare.notes, bare.bars
    if key is None and plan.tonic >= 0 and plan.mode:
        key = tonality(plan.tonic, plan.mode)
    key = key or (estimate_key(bare) if len(notes) else tonality(0, "major"))
    clefs, octaves = [], []
    for part in range(len(seats.parts)):
        own = [clef for (other, _), clef in zip(seats.places, seats.clefs, strict=True) if other == part]
        found, signs = with_clefs(notes, [bar.tick for bar in bars], own, part=part, end=bare.end)
        clefs += found
        octaves += signs
    written = bare.evolve(
        keys=(_signature(key),),
        clefs=tuple(clefs),
        marks=(*marks, *octaves),
    )
    return spell_unspelled(written, key=key)


def _bare(
    music: StaffMusic, plan: Plan, seats: _Seats, *, tempo: Tempo | Fraction | float | None, info: Mapping[str, str]
) -> Score:
    """Notes in their voices, bars and tempo."""
    notes = _score_notes(music, seats)
    bars, meters, end = _bars(music, plan, notes)
    notes = in_voices(notes, [bar.tick for bar in bars])
    tempos = () if tempo is None else (_tempo(tempo, meters),)
    return Score.build(notes, seats.parts, end=end, bars=bars, meters=meters, tempos=tempos, info=dict(info))


def _score_notes(music: StaffMusic, seats: _Seats) -> Notes:
    """Notes of a score, without voices and names."""
    notes = np.zeros(len(music.notes), NOTE)
    for name in ("onset", "duration", "pitch"):
        notes[name] = music.notes[name]
    place = np.array(seats.places, np.int64)[music.notes["staff"]]
    notes["part"], notes["staff"] = place[:, 0], place[:, 1]
    notes["voice"], notes["fifths"] = 1, UNSPELLED
    return notes


def _bars(music: StaffMusic, plan: Plan, notes: Notes) -> tuple[list[Bar], list[Meter], int]:
    """Bars with the final barline, metres where they change, and the end."""
    end = max(music.end, plan.end)
    if plan.bar_starts is None:
        found = find_meter(notes, end)
        bars = list(make_bars((found.meter,), end, pickup=found.pickup))
        meters = [found.meter]
    else:
        starts = [tick for tick in plan.bar_starts if tick < end] or [0]
        bars = [Bar(tick=tick, number=i + (not plan.pickup)) for i, tick in enumerate(starts)]
        meters = _meters(starts, plan.bar_meters)
    return [*bars[:-1], Bar(tick=bars[-1].tick, number=bars[-1].number, barline="final")], meters, end


def _meters(starts: Sequence[int], names: Sequence[str]) -> list[Meter]:
    found: list[Meter] = []
    last = ""
    for tick, name in zip(starts, names, strict=False):
        if name != last:
            numerator, denominator = map(int, name.split("/"))
            found.append(Meter(tick=tick, numerator=numerator, denominator=denominator))
        last = name
    return found


def _signature(key: Tonality) -> Key:
    return key.signature


def _tempo(tempo: Tempo | Fraction | float, meters: Sequence[Meter]) -> Tempo:
    """A metronome mark in the metre's beat; in quarters, where only so its number is whole."""
    if isinstance(tempo, Tempo):
        return tempo
    qpm = Fraction(tempo).limit_denominator(100)
    numerator, denominator = (meters[0].numerator, meters[0].denominator) if meters else (4, 4)
    unit, quarters = counted_beat(numerator, denominator)
    if (qpm / quarters).denominator != 1 and qpm.denominator == 1:
        unit = "quarter"
    return Tempo(qpm=qpm, unit=unit)


def counted_beat(numerator: int, denominator: int) -> tuple[str, Fraction]:
    """The note that a metronome counts in a metre, and how many quarters it has."""
    if denominator == 8 and numerator % 3 == 0:
        return "quarter.", Fraction(3, 2)
    return ("half", Fraction(2)) if denominator <= 2 else ("quarter", Fraction(1))
