"""Score: the one currency. Every reader makes one, every verb takes and gives one.

Time is in ticks, 24 to the quarter. Sounding music is one NumPy structured array of
notes; everything else that a musician's file carries stands in small typed records
beside it. A tied note is one note with its whole duration: writers split it again at
barlines. Repeats are kept as written and never unfolded here.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.errors import ScoreError
from stretto.score.shown import Shown

TICKS_PER_QUARTER = 24
TICKS_PER_WHOLE = 4 * TICKS_PER_QUARTER

UNSPELLED = 127
"""Value of `fifths` for a note whose name is not known, as in a MIDI file."""

NOTE = np.dtype(
    [
        ("onset", "<i4"),  # ticks from the first barline of the score (the pickup bar starts at 0)
        ("duration", "<i4"),  # ticks; 0 only for grace notes
        ("pitch", "i1"),  # sounding MIDI pitch, 0..127, 60 = middle C
        ("velocity", "i1"),  # 1..127; 0 = the source did not say
        ("part", "i2"),  # index into Score.parts
        ("voice", "i1"),  # 1, 2, ... within the part, as MusicXML numbers them
        ("staff", "i1"),  # 1, 2, ... within the part, top staff first
        ("fifths", "i1"),  # sounding spelling on the line of fifths: F -1, C 0, G 1, F sharp 6; or UNSPELLED
        ("grace", "i1"),  # 0 = an ordinary note, else its place (1, 2, ...) in a run of graces before `onset`
    ]
)
"""One note. `Score.notes` is sorted by (onset, part, staff, voice, grace, pitch, duration)."""

Notes = NDArray[np.void]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A line of the score: soprano, violin II, a piano with its two staves."""

    name: str = ""
    abbreviation: str = ""
    n_staves: int = 1
    program: int = -1
    """General MIDI program, 0..127; -1 = not said."""
    percussion: bool = False
    """Unpitched: `pitch` is then the General MIDI percussion key."""
    chromatic: int = 0
    """Transposition: sounding minus written, in semitones (B flat clarinet: -2)."""
    diatonic: int = 0
    """The same in steps of the staff (B flat clarinet: -1); whole octaves count 7."""
    group: str = ""
    """Bracket shared with the neighbouring parts of the same name, as "choir"; empty = none."""
    free_voices: bool = field(default=False, compare=False)
    """Voices come and go, as on a piano: their rests are not printed where another voice of the staff sounds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """A time signature, in force from `tick`."""

    tick: int = 0
    numerator: int = 4
    denominator: int = 4
    symbol: str = ""
    """"common" or "cut" where the source prints a sign instead of numbers."""

    @property
    def bar_ticks(self) -> int:
        """Length of a full bar in ticks."""
        return self.numerator * TICKS_PER_WHOLE // self.denominator


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key signature, in force from `tick`; the tonic follows from `fifths` and `mode`."""

    tick: int = 0
    fifths: int = 0
    """Sharps (positive) or flats (negative) of the signature, as sounding."""
    mode: str = ""
    """"major", "minor", a church mode ("dorian"), or "" = not said."""
    part: int = -1
    """Only for this part; -1 = the whole score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tempo:
    """A tempo, in force from `tick`."""

    tick: int = 0
    qpm: Fraction = Fraction(100)
    """Quarters per minute."""
    text: str = ""
    """Words printed with it ("Andante")."""
    unit: str = ""
    """Note printed in a metronome mark: "quarter", "eighth.", ...; "" = no mark is printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clef:
    """A clef at the start of a staff, or a change of clef."""

    tick: int = 0
    part: int = 0
    staff: int = 1
    sign: str = "G"
    """"G", "F", "C" or "percussion"."""
    line: int = 2
    octave: int = 0
    """-1 for a tenor's G clef that sounds an octave lower."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar as written. Its end is the next bar's start, or the score's end."""

    tick: int
    number: int
    """As MuseScore shows it: a pickup bar is 0; every other bar counts on from 1."""
    repeat_start: bool = False
    repeat_end: int = 0
    """How often the section that ends here is played in all (2 = one repeat); 0 = no repeat sign."""
    ending: str = ""
    """Volta that covers this bar: "1", "2", "1, 2"."""
    barline: str = ""
    """Right barline where it is not plain: "double", "final", "dashed", "dotted", "none", ..."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a musician's file carries at, or between, notes, and is no note.

    kind and text, by kind:
        fermata        shape ("" = normal, "angled", "square"); on a note, or on the last note of a bar
        lyric          the syllable; `number` = verse; `extra` = "single", "begin", "middle", "end", with
                       "+extend" added for a melisma line
        slur           from `tick` to `end`; `end_pitch` = the last note; `number` separates nested ones
        articulation   "staccato", "accent", "tenuto", "strong-accent", "staccatissimo", ... (MusicXML names)
        ornament       "trill-mark", "mordent", "inverted-mordent", "turn", "tremolo", ...
        technical      "up-bow", "fingering:3", ...
        arpeggiate     ""
        dynamic        "p", "mf", "sfz", ...
        wedge          "crescendo" or "diminuendo", from `tick` to `end`
        words          a direction in words ("dolce"); `extra` = "above" or "below"
        chord-symbol   "G7/B", "Dm7b5"
        figured-bass   "6 4", "#6"
        pedal          from `tick` to `end`
        octave-shift   "8", "-8", "15"; from `tick` to `end`; notes are already at their sounding pitch
        breath         "comma" or "caesura"
        rehearsal      the letter or number
        section        label of a section, as the source's list of repeats names it (`info["expansion"]`); not printed
        navigation     "segno", "coda", "fine", "da capo", "dal segno", "to coda"
        tie-split      the source writes this note as two tied ones, parted at `end` although no barline asks it
        tuplet         the source's "actual:normal" for notes from `tick` to `end`, where it brackets them itself
        grace-slash    the grace note is an acciaccatura, with a stroke
        beam           kept only where the source differs from what the metre asks
        colour         of the head of the note that it hangs on, "#RRGGBB"; `extra` = a name by which a drawing of it
                       is found again; written, but never read
        comment        a teacher's words above the staff; `extra` = their colour; read back as words
    """

    kind: str
    tick: int = 0
    text: str = ""
    part: int = -1
    """-1 = the whole score."""
    voice: int = 0
    staff: int = 0
    pitch: int = -1
    """Sounding pitch of the note it hangs on; -1 = on no single note."""
    grace: int = 0
    """The note's `grace`, where it hangs on a grace note."""
    end: int = -1
    """Last tick of a span; -1 = no span."""
    end_pitch: int = -1
    number: int = 0
    extra: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something a reader rounded, guessed or left out, or a writer could not say."""

    what: str
    """One clause that needs no context: "onsets rounded to 1/24 of a quarter"."""
    count: int = 1
    where: str = ""
    """First place: "tenor, bar 14"."""

    def __str__(self) -> str:
        """As the command line prints it."""
        place = f" (first: {self.where})" if self.where else ""
        return f"{self.count} x {self.what}{place}"


@dataclass(frozen=True, eq=False, kw_only=True)
class Score(Shown):
    """A piece of music: notes, and what stands around them.

    Build one with `Score.build`, which sorts and checks; change one with `evolve`.
    Two scores are equal when everything but their notices is.
    """

    notes: Notes
    parts: tuple[Part, ...]
    end: int
    """Ticks from the start of the first bar to the end of the last."""
    bars: tuple[Bar, ...]
    meters: tuple[Meter, ...] = ()
    """Empty = the source is unmetered or does not say."""
    keys: tuple[Key, ...] = ()
    """Empty = the source does not say."""
    tempos: tuple[Tempo, ...] = ()
    clefs: tuple[Clef, ...] = ()
    """Empty = the writer chooses by range."""
    marks: tuple[Mark, ...] = ()
    info: Mapping[str, str] = field(default_factory=dict)
    """title, subtitle, composer, lyricist, arranger, rights, source, number ..."""
    notices: tuple[Notice, ...] = ()

    @classmethod
    def build(
        cls,
        notes: Notes | Iterable[tuple[Any, ...]],
        parts: Iterable[Part] = (),
        *,
        end: int = 0,
        bars: Iterable[Bar] = (),
        meters: Iterable[Meter] = (),
        pickup: int = 0,
        **rest: Any,
    ) -> Score:
        """Sort, complete and check.

        Args:
            notes: a NOTE array, or tuples of its fields in their order.
            end: where the last bar ends, in ticks; extended to the last note's end.
            bars: as written; empty = made from `meters` and `pickup`.
            pickup: length of the pickup bar in ticks, used only where `bars` is empty.

        Raises:
            ScoreError: a note of no part, before the start, or of no length.
        """
        table = notes if isinstance(notes, np.ndarray) else np.array(list(notes), dtype=NOTE)
        table = sort_notes(table)
        last = int((table["onset"] + table["duration"]).max()) if len(table) else 0
        meters = tuple(sorted(meters, key=lambda m: m.tick))
        bars = tuple(bars) or make_bars(meters, max(end, last), pickup=pickup)
        if not end and meters and bars:
            full = _meter_at(meters, bars[-1].tick).bar_ticks
            end = bars[-1].tick + (pickup if len(bars) == 1 and pickup else full)
        for name in ("keys", "tempos", "clefs"):
            rest[name] = tuple(sorted(rest.get(name, ()), key=_record_order))
        rest["marks"] = tuple(sorted(rest.get("marks", ()), key=_mark_order))
        rest["notices"] = tuple(rest.get("notices", ()))
        score = cls(notes=table, parts=tuple(parts), end=max(end, last), bars=bars, meters=meters, **rest)
        score._check()
        return score

    def evolve(self, **changes: Any) -> Score:
        """A copy with some fields replaced, sorted and checked again."""
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return Score.build(**{**fields, **changes})

    def with_notices(self, *notices: Notice) -> Score:
        """The same score, with more to report."""
        return replace(self, notices=self.notices + notices)

    @property
    def pickup(self) -> int:
        """Length of the pickup bar in ticks; 0 = the piece starts on a full bar."""
        if not self.bars or self.bars[0].number != 0:
            return 0
        return (self.bars[1].tick if len(self.bars) > 1 else self.end) - self.bars[0].tick

    @property
    def ends(self) -> NDArray[np.int32]:
        """End of every note in ticks, (N,)."""
        ends: NDArray[np.int32] = self.notes["onset"] + self.notes["duration"]
        return ends

    def bar_end(self, index: int) -> int:
        """Tick at which bar `index` (0 = the first written bar) ends."""
        return self.bars[index + 1].tick if index + 1 < len(self.bars) else self.end

    def bar_index(self, tick: int) -> int:
        """Index of the bar that holds `tick`."""
        return max(0, bisect_right(self.bars, tick, key=attrgetter("tick")) - 1)

    def bar_and_beat(self, tick: int) -> tuple[int, Fraction]:
        """The printed number of the bar that holds `tick`, and the beat from 1; a pickup is the end of a bar."""
        bar = self.bars[self.bar_index(tick)] if self.bars else Bar(tick=0, number=1)
        meter = self.meter_at(tick)
        into = tick - bar.tick
        if bar.number == 0:
            into += max(0, meter.bar_ticks - self.pickup)
        return bar.number, Fraction(into * meter.denominator, TICKS_PER_WHOLE) + 1

    def meter_at(self, tick: int) -> Meter:
        """The metre in force at `tick`; 4/4 where none is said."""
        return _meter_at(self.meters, tick)

    def key_at(self, tick: int, part: int = -1) -> Key | None:
        """The key signature in force at `tick` for `part`, or None."""
        found = [k for k in self.keys if k.tick <= tick and k.part in (-1, part)]
        return found[-1] if found else None

    def place(self, tick: int, part: int = -1) -> str:
        """Where a tick is, in a musician's words: "tenor, bar 14 beat 3"."""
        number, beat = self.bar_and_beat(tick)
        whole, rest = divmod(beat, 1)
        name = ""
        if 0 <= part < len(self.parts):
            name = (self.parts[part].name or f"part {part + 1}") + ", "
        return f"{name}bar {number} beat {whole}{f' {rest}' if rest else ''}"

    def __eq__(self, other: object) -> bool:
        """Equal in everything but the notices."""
        if not isinstance(other, Score):
            return NotImplemented
        names = [n for n in self.__dataclass_fields__ if n not in ("notes", "notices")]
        return np.array_equal(self.notes, other.notes) and all(getattr(self, n) == getattr(other, n) for n in names)

    __hash__ = None  # type: ignore[assignment]  # holds an array

    def _check(self) -> None:
        table = self.notes
        for bad, why in (
            ((table["part"] < 0) | (table["part"] >= len(self.parts)), "belongs to no part"),
            (table["onset"] < 0, "starts before the score"),
            ((table["duration"] <= 0) & (table["grace"] == 0), "has no length"),
            (table["pitch"] < 0, "has a pitch outside 0..127"),
        ):
            if bad.any():
                note = table[bad][0]
                raise ScoreError(
                    f"{self.place(int(note['onset']), int(note['part']))}: a note of pitch {note['pitch']} {why}; "
                    "correct the note"
                )


def sort_notes(notes: Notes) -> Notes:
    """Notes in canonical order: onset, part, staff, voice, grace (graces first), pitch, duration."""
    return notes[note_order(notes)]


def note_order(notes: Notes) -> NDArray[np.intp]:
    """The index of each note in canonical order, (N,)."""
    # An ordinary note has grace 0 but sounds after its graces, so 0 sorts last.
    late = np.where(notes["grace"] == 0, 127, notes["grace"])
    keys = (notes["duration"], notes["pitch"], late, notes["voice"], notes["staff"], notes["part"], notes["onset"])
    order: NDArray[np.intp] = np.lexsort(keys)
    return order


def make_bars(meters: tuple[Meter, ...], end: int, *, pickup: int = 0) -> tuple[Bar, ...]:
    """Plain bars from time signatures, from tick 0 to `end`; the pickup bar is number 0.

    >>> [bar.number for bar in make_bars((Meter(),), 2 * 96 + 24, pickup=24)]
    [0, 1, 2]
    """
    bars: list[Bar] = []
    tick, number = 0, 1
    if pickup:
        bars.append(Bar(tick=0, number=0))
        tick = pickup
    while tick < end or not bars:
        bars.append(Bar(tick=tick, number=number))
        tick, number = tick + max(1, _meter_at(meters, tick).bar_ticks), number + 1
    return tuple(bars)


def _meter_at(meters: tuple[Meter, ...], tick: int) -> Meter:
    found = [m for m in meters if m.tick <= tick]
    return found[-1] if found else Meter()


def _record_order(record: Any) -> tuple[int, int, int]:
    return (record.tick, getattr(record, "part", -1), getattr(record, "staff", 0))


def _mark_order(mark: Mark) -> tuple[Any, ...]:
    return (
        mark.tick, mark.part, mark.staff, mark.voice, mark.kind, mark.number,
        mark.pitch, mark.grace, mark.end, mark.end_pitch, mark.text, mark.extra,
    )  # fmt: skip
