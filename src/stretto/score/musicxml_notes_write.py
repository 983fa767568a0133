"""What a bar's notes show besides their values: names, accidentals only where needed, beams by the beat."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from stretto.score.model import TICKS_PER_QUARTER, UNSPELLED, Part
from stretto.score.musicxml_names import (
    ACCIDENTALS,
    QUARTERS_OF_TYPE,
    SEMITONES_OF_STEP,
    fifths_of,
    fifths_shift,
    name_of,
)
from stretto.score.musicxml_values import beam_groups
from stretto.score.musicxml_voices import BarFrame, Event, NoteRow, Stream, Tone

QUARTERS_IN_WHOLE = 4
_N_FLAGS_OF_16TH = 2


@dataclass(frozen=True, slots=True)
class Name:
    """A note as written."""

    step: str
    alter: int
    octave: int


@dataclass(slots=True)
class Speller:
    """Written names in one part, transposed as its instrument reads."""

    part: Part
    respelled: int = 0
    """Notes whose name contradicts their pitch, and was replaced."""
    guessed: int = 0
    """Notes without a name."""
    _known: dict[tuple[int, int, int], Name] = field(default_factory=dict)
    _by_note: dict[int, Name] = field(default_factory=dict)
    """A note that is tied into another key keeps its name."""

    def name(self, row: NoteRow, key_fifths: int) -> Name:
        """The written name; an unknown one follows the written key."""
        if row.index in self._by_note:
            return self._by_note[row.index]
        self.guessed += row.fifths == UNSPELLED
        self.respelled += row.fifths != UNSPELLED and (7 * row.fifths - row.pitch) % 12 != 0
        known = self._known.get((row.pitch, row.fifths, key_fifths))
        if known is None:
            known = self._known[row.pitch, row.fifths, key_fifths] = self._make(row, key_fifths)
        self._by_note[row.index] = known
        return known

    def _make(self, row: NoteRow, key_fifths: int) -> Name:
        pitch = row.pitch - self.part.chromatic
        fifths = row.fifths - fifths_shift(self.part.chromatic, self.part.diatonic)
        if row.fifths == UNSPELLED or (7 * fifths - pitch) % 12:
            fifths = _plain_fifths(pitch, key_fifths)
        step, alter = name_of(fifths)
        return Name(step, alter, (pitch - alter - SEMITONES_OF_STEP[step]) // 12 - 1)


def _plain_fifths(pitch: int, key_fifths: int) -> int:
    """The name nearest the key on the line of fifths: in the key where it can be, raised rather than lowered.

    >>> [name_of(_plain_fifths(pitch, 0)) for pitch in (60, 61, 63, 66, 70)]
    [('C', 0), ('C', 1), ('E', -1), ('F', 1), ('B', -1)]
    """
    lowest = key_fifths - 3  # from three fifths below the tonic of major: E flat in C
    return lowest + (pitch * 7 - lowest) % 12


def accidentals(streams: list[Stream], names: dict[int, Name], key_fifths: int) -> dict[int, tuple[str, bool]]:
    """The signs a bar needs.

    Args:
        streams: of the bar.
        names: written name by id of the tone.
        key_fifths: of the written key signature.

    Returns:
        By id of the tone, the sign's MusicXML name and whether it is only a courtesy: a note back in key after the
        same step was altered in another octave.
    """
    tones: list[tuple[Fraction, int, int, Tone]] = []
    for stream in streams:
        for event in stream.events:
            tones += [(Fraction(event.at), event.grace or 127, stream.voice, tone) for tone in event.tones]
    tones.sort(key=lambda item: item[:3])
    in_force: dict[tuple[int, str, int], int] = {}
    elsewhere: dict[tuple[int, str], int] = {}
    signs: dict[int, tuple[str, bool]] = {}
    for *_, tone in tones:
        name = names.get(id(tone))
        if name is None:
            continue
        staff, in_key = tone.row.staff, key_alter(name.step, key_fifths)
        place = (staff, name.step, name.octave)
        before = in_force.get(place, in_key)
        other = elsewhere.get((staff, name.step), in_key)
        if tone.tie_stop:
            continue  # the sign stands at the note's beginning
        if name.alter != before:
            signs[id(tone)] = (_sign(name.alter), False)
        elif name.alter != other and place not in in_force:
            signs[id(tone)] = (_sign(name.alter), True)
        in_force[place] = name.alter
        elsewhere[staff, name.step] = name.alter
    return signs


def key_alter(step: str, key_fifths: int) -> int:
    """Alteration that a key signature gives to a step.

    >>> key_alter("F", 2), key_alter("E", -1), key_alter("B", -1)
    (1, 0, -1)
    """
    return (key_fifths - fifths_of(step, 0) + 5) // 7


def _sign(alter: int) -> str:
    return ACCIDENTALS.get(alter, "triple-sharp" if alter > 2 else "triple-flat")


def set_beams(stream: Stream, frame: BarFrame, *, joins_beats: bool = False) -> None:
    """Join what is shorter than a quarter within each beat.

    Args:
        stream: a voice.
        frame: its bar.
        joins_beats: eighths alone are joined over beats too, as players have them: four of a half bar, six of 3/4.
    """
    edges = _group_edges(frame)
    if joins_beats:
        edges = _joined(edges, stream, frame)
    group: list[Event] = []
    place = -1
    graces: list[Event] = []
    for event in stream.events:
        if event.grace:
            graces.append(event)
            continue
        _beam_graces(graces)
        graces = []
        short = bool(event.tones) and _n_flags(event) > 0
        own = next((i for i, edge in enumerate(edges) if event.at < edge), len(edges))
        if group and (not short or own != place):
            _beam(group)
            group = []
        if short:
            group.append(event)
        place = own
    _beam(group)
    _beam_graces(graces)


def _group_edges(frame: BarFrame) -> list[int]:
    """Ends of the beamed groups, from the start of the bar."""
    groups = beam_groups(frame.meter)
    edges, at = [], -frame.offset
    while at < frame.end - frame.start:
        for length in groups:
            at += max(1, length)
            if at > 0:
                edges.append(at)
    return edges


def _joined(edges: list[int], stream: Stream, frame: BarFrame) -> list[int]:
    """Ends of the groups without those between quarters of which each is two plain eighths, or one and its rest."""
    meter = frame.meter
    if meter.denominator != QUARTERS_IN_WHOLE or (frame.grid.thirds and meter.numerator > 3):
        return edges
    half = int(frame.grid.bar) if meter.numerator <= 3 else 2 * TICKS_PER_QUARTER
    even = [_is_even(stream, edge - TICKS_PER_QUARTER, edge) for edge in edges]
    return [
        edge
        for place, edge in enumerate(edges)
        if (edge + frame.offset) % half == 0 or not all(even[place : place + 2]) or place + 1 == len(edges)
    ]


def _is_even(stream: Stream, start: int, stop: int) -> bool:
    """Whether a quarter is two eighths, one of which may be a rest: a rest and three eighths are a figure too."""
    inside = [event for event in stream.events if event.at < stop and event.at + event.length > start]
    plain = all(not event.grace and event.length == TICKS_PER_QUARTER // 2 for event in inside)
    return plain and [event.at for event in inside] == [start, start + TICKS_PER_QUARTER // 2]


def _n_flags(event: Event) -> int:
    quarters = QUARTERS_OF_TYPE.get(event.kind)
    return 0 if quarters is None or quarters >= 1 else (1 / quarters).numerator.bit_length() - 1


def _beam_graces(graces: list[Event]) -> None:
    if len(graces) > 1:
        _beam(graces)


def _beam(group: list[Event]) -> None:
    """Write the beams of one group, the inner ones as hooks where they join nothing."""
    if len(group) < 2:
        return
    flags = [_n_flags(event) for event in group]
    apart = [_begins_figure(event, max(flags)) for event in group]
    for index, event in enumerate(group):
        left = flags[index - 1] if index else 0
        right = flags[index + 1] if index + 1 < len(group) else 0
        for level in range(1, flags[index] + 1):
            joins_left = left >= level and not (level > 1 and apart[index])
            joins_right = right >= level and not (level > 1 and apart[index + 1])
            if joins_left and joins_right:
                event.beams.append("continue")
            elif joins_right:
                event.beams.append("begin")
            elif joins_left:
                event.beams.append("end")
            else:
                event.beams.append("backward hook" if index else "forward hook")


def _begins_figure(event: Event, n_flags: int) -> bool:
    """Whether only one beam leads here from the last note: at a tuplet, and at each eighth among 32nds."""
    if any(role == "start" for role, _ in event.bracket):
        return True
    return n_flags > _N_FLAGS_OF_16TH and event.at % (TICKS_PER_QUARTER // 2) == 0
