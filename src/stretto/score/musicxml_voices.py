"""A bar of one part as MusicXML writes it: streams of notes and rests, each with a value that can be printed."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

from stretto.score.model import Mark, Meter, Score
from stretto.score.musicxml_tuplets import Zone, find_zones, rounded
from stretto.score.musicxml_values import PLAIN_VALUES, Grid, Time, grid_of, split_note, split_rest


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A note of the Score as plain numbers; faster than a row of the array."""

    index: int
    """In the part's list of notes; tells equal notes apart."""
    onset: int
    end: int
    pitch: int
    velocity: int
    voice: int
    staff: int
    fifths: int
    grace: int


@dataclass(slots=True)
class Tone:
    """One note head of an event."""

    row: NoteRow
    tie_stop: bool = False
    tie_start: bool = False
    implied: bool = False
    """The tie that starts here is asked by the metre, not by the source."""


@dataclass(slots=True)
class Event:
    """A note, chord or rest with one printed value."""

    start: int
    stop: int
    """In ticks from the start of the score."""
    at: Time
    length: Time
    """Exact, `at` from the start of the bar."""
    tones: list[Tone]
    """Empty = a rest."""
    staff: int
    kind: str = ""
    """Printed value, "" for a rest of a whole bar."""
    n_dots: int = 0
    ratio: tuple[int, int] = (1, 1)
    bracket: list[tuple[str, Zone]] = field(default_factory=list)
    """Tuplet brackets that start or stop here."""
    bar_rest: bool = False
    unseen: bool = False
    """A rest that is not printed."""
    grace: int = 0
    beams: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Stream:
    """One voice through one bar."""

    voice: int
    staff: int
    """Where its rests stand."""
    events: list[Event]
    stem: str = ""
    own: int = 0
    """Number to write, where it is not that of the voice; 0 = it is."""


@dataclass(frozen=True, slots=True)
class BarFrame:
    """Where a bar is, and in what metre."""

    index: int
    start: int
    end: int
    offset: int
    """Missing ticks at its start: of a pickup, or of the second half of a split bar."""
    meter: Meter
    is_last: bool

    @property
    def grid(self) -> Grid:
        """Strong positions of the metre."""
        return grid_of(self.meter)


@dataclass
class PartVoices:
    """The notes of a part by voice, and what cuts them besides the metre."""

    rows: dict[int, list[NoteRow]]
    """Ordinary notes of each voice, by onset."""
    graces: dict[int, list[NoteRow]]
    splits: dict[int, set[int]]
    """Where the source itself ties a note inside a bar, by the note's index."""
    tuplets: dict[int, list[Mark]]
    anchors: dict[int, dict[int, int]]
    """Ticks of each voice where a sign hangs on a rest, and on which staff (0 = any)."""
    n_staves: int
    n_lost_brackets: int = 0

    def __post_init__(self) -> None:
        """Find each staff's own voice."""
        self._onsets = {voice: [row.onset for row in rows] for voice, rows in self.rows.items()}
        self._longest = {voice: max((r.end - r.onset for r in rows), default=0) for voice, rows in self.rows.items()}
        self._grace_onsets = {voice: [row.onset for row in rows] for voice, rows in self.graces.items()}
        self._homes = self._home_voices()

    def streams(self, frame: BarFrame) -> list[Stream]:
        """All voices that sound in a bar, and a rest for a staff where none does."""
        streams: list[Stream] = []
        for voice in sorted({*self.rows, *self.graces, *self.anchors}):
            rows = self._sounding(voice, frame)
            graces = self._graces_in(voice, frame)
            own = self.anchors.get(voice, {})
            anchors = {tick: staff for tick, staff in own.items() if frame.start <= tick < frame.end}
            if not rows and not graces and not anchors:
                continue
            pieces = list(_by_staff(rows, graces, self._home_staff(voice)))
            for place, (staff, own_rows, own_graces) in enumerate(pieces):
                only = staff if len(pieces) > 1 else 0
                stream = self._stream(voice, staff, own_rows, own_graces, anchors, frame, only=only)
                stream.own = self._free_voice(streams) if place else 0
                streams.append(stream)
                anchors = {}
        present = {staff for stream in streams for staff in _staves(stream)}
        used = {stream.own or stream.voice for stream in streams}
        for staff in range(1, self.n_staves + 1):
            if staff not in present:
                voice = self._homes[staff]
                while voice in used:
                    voice = voice % 127 + 1
                used.add(voice)
                streams.append(self._stream(voice, staff, [], [], {}, frame))
        streams.sort(key=lambda stream: (stream.staff, stream.voice))
        _set_stems(streams)
        return streams

    def _stream(
        self,
        voice: int,
        staff: int,
        rows: list[NoteRow],
        graces: list[NoteRow],
        anchors: dict[int, int],
        frame: BarFrame,
        *,
        only: int = 0,
    ) -> Stream:
        """One voice through a bar; only brackets of staff `only`, where it is not 0."""
        odd = frame.end - frame.start != frame.meter.bar_ticks  # readers cut a bar's rest to the metre
        if not rows and not graces and not odd and not any(frame.start < tick for tick in anchors):
            return Stream(voice, staff, [_bar_rest(frame, anchors.get(frame.start) or staff)])
        points = self._points(rows, graces, anchors, frame)
        zones = self._zones(voice, points, frame, only)
        events: list[Event] = []
        sounding: list[NoteRow] = []
        waiting = rows[::-1]
        for first, last in pairwise(points):
            sounding = [row for row in sounding if row.end > frame.start + first]
            while waiting and waiting[-1].onset <= frame.start + first:
                sounding.append(waiting.pop())
            rest_staff = anchors.get(frame.start + first) or staff
            for zone in zones:
                if zone.start < last and first < zone.stop:
                    events += self._values(
                        sounding, max(first, zone.start), min(last, zone.stop), zone, rest_staff, frame
                    )
        _set_brackets(events, zones, frame)
        return Stream(voice, staff, _with_graces(events, graces, staff, frame))

    def _values(
        self, rows: list[NoteRow], first: int, last: int, zone: Zone, staff: int, frame: BarFrame
    ) -> list[Event]:
        """A stretch without change, inside one zone, as values that can be printed."""
        start, stop = zone.places[first][1], zone.places[last][1]
        shift: Time = 0 if zone.is_tuplet else frame.offset
        grid = _tuplet_grid(zone) if zone.is_tuplet else frame.grid
        split = split_note if rows else split_rest
        cuts = [start, *(cut - shift for cut in split(start + shift, stop + shift, grid)), stop]
        events = []
        for one, other in pairwise(cuts):
            kind, n_dots = PLAIN_VALUES.get(other - one, ("", 0))
            at, end = _exact(zone, one), _exact(zone, other)
            begin, finish = frame.start + rounded(at), frame.start + rounded(end)
            inner = (one != start, other != stop)
            events.append(
                Event(
                    start=begin,
                    stop=finish,
                    at=at,
                    length=end - at,
                    tones=[self._tone(row, begin, finish, frame, inner) for row in rows],
                    staff=rows[0].staff if rows else staff,
                    kind=kind,
                    n_dots=n_dots,
                    ratio=(zone.actual, zone.normal),
                )
            )
        return events

    def _tone(self, row: NoteRow, begin: int, finish: int, frame: BarFrame, inner: tuple[bool, bool]) -> Tone:
        """A head from `begin` to `finish`; `inner`: whether the same notes go on before, and after, inside a tick."""
        tied_on = row.end > finish or inner[1]
        implied = tied_on and finish < frame.end and finish not in self.splits.get(row.index, ())
        return Tone(row, tie_stop=row.onset < begin or inner[0], tie_start=tied_on, implied=implied)

    def _points(
        self, rows: list[NoteRow], graces: list[NoteRow], anchors: dict[int, int], frame: BarFrame
    ) -> list[int]:
        points = {frame.start, frame.end}
        for row in rows:
            points.update((row.onset, row.end), self.splits.get(row.index, ()))
        points.update(row.onset for row in graces)
        points.update(anchors)
        return sorted(point - frame.start for point in points if frame.start <= point <= frame.end)

    def _zones(self, voice: int, points: list[int], frame: BarFrame, only: int) -> list[Zone]:
        marked = []
        for mark in self.tuplets.get(voice, ()):
            if frame.start <= mark.tick < frame.end and (not only or mark.staff in (0, only)):
                actual, _, normal = mark.text.partition(":")
                if mark.end <= frame.end and actual.isdecimal() and normal.isdecimal():
                    span = (mark.tick - frame.start, mark.end - frame.start)
                    marked.append(Zone(*span, int(actual), int(normal), span[0], span[1] - span[0], mark=mark))
                else:
                    self.n_lost_brackets += 1
        zones = find_zones(points, frame.end - frame.start, frame.offset, frame.grid, marked)
        self.n_lost_brackets += len(marked) - sum(zone.mark is not None for zone in zones)
        return zones

    def _sounding(self, voice: int, frame: BarFrame) -> list[NoteRow]:
        rows, onsets = self.rows.get(voice, []), self._onsets.get(voice, [])
        first = bisect_left(onsets, frame.start - self._longest.get(voice, 0))
        return [row for row in rows[first : bisect_left(onsets, frame.end)] if row.end > frame.start]

    def _graces_in(self, voice: int, frame: BarFrame) -> list[NoteRow]:
        rows, onsets = self.graces.get(voice, []), self._grace_onsets.get(voice, [])
        last = bisect_right(onsets, frame.end) if frame.is_last else bisect_left(onsets, frame.end)
        return rows[bisect_left(onsets, frame.start) : last]

    def _free_voice(self, streams: list[Stream]) -> int:
        """A number that no voice of the part has."""
        taken = {*self.rows, *self.graces, *self.anchors, *(stream.own for stream in streams)}
        return next((number for number in range(1, 128) if number not in taken), 127)

    def _home_staff(self, voice: int) -> int:
        rows = self.rows.get(voice) or self.graces.get(voice) or []
        staves = [row.staff for row in rows]
        return max(set(staves), key=staves.count) if staves else min(self.n_staves, (voice - 1) // 4 + 1)

    def _home_voices(self) -> dict[int, int]:
        """The lowest voice that lives on each staff; MuseScore's 1, 5, 9 where none does."""
        homes: dict[int, int] = {}
        for voice in sorted(self.rows):
            homes.setdefault(self._home_staff(voice), voice)
        for staff in range(1, self.n_staves + 1):
            homes.setdefault(staff, min(127, 4 * staff - 3))
        return homes


def frames(score: Score) -> list[BarFrame]:
    """Every bar with its metre; a split bar's second half goes on counting where its first half stopped."""
    found: list[BarFrame] = []
    for index, bar in enumerate(score.bars):
        end = score.bar_end(index)
        meter = score.meter_at(bar.tick)
        full = meter.bar_ticks
        offset = 0
        if index == 0 and bar.number == 0:
            offset = max(0, full - (end - bar.tick))
        elif index and bar.number == score.bars[index - 1].number:
            before = found[-1]
            offset = before.offset + before.end - before.start
            offset = 0 if offset >= full else offset
        found.append(BarFrame(index, bar.tick, end, offset, meter, index == len(score.bars) - 1))
    return found


def _by_staff(
    rows: list[NoteRow], graces: list[NoteRow], home: int
) -> Iterable[tuple[int, list[NoteRow], list[NoteRow]]]:
    """A voice that goes from staff to staff is one stream, unless it sounds on two at once."""
    staves = sorted({row.staff for row in [*rows, *graces]})
    if len(staves) < 2:
        yield (staves[0] if staves else home), rows, graces
        return
    clash, until = False, dict.fromkeys(staves, 0)
    for row in sorted(rows, key=lambda row: row.onset):
        clash = clash or any(end > row.onset for staff, end in until.items() if staff != row.staff)
        until[row.staff] = max(until[row.staff], row.end)
    if not clash:
        yield home if home in staves else staves[0], rows, graces
        return
    for staff in staves:
        yield staff, [row for row in rows if row.staff == staff], [row for row in graces if row.staff == staff]


def _staves(stream: Stream) -> set[int]:
    return {tone.row.staff for event in stream.events for tone in event.tones} or {stream.staff}


def _bar_rest(frame: BarFrame, staff: int) -> Event:
    length = frame.end - frame.start
    return Event(frame.start, frame.end, 0, length, [], staff, bar_rest=True)


def _exact(zone: Zone, written: Time) -> Time:
    """Exact time in the bar of a place counted in written values."""
    if not zone.is_tuplet:
        return written
    time = zone.origin + Fraction(written) * zone.normal / zone.actual
    return time.numerator if time.denominator == 1 else time


def _tuplet_grid(zone: Zone) -> Grid:
    unit = Fraction(zone.length, zone.normal)
    return Grid(bar=unit * zone.actual, half=0, beat=unit, thirds=False)


def _set_brackets(events: list[Event], zones: Sequence[Zone], frame: BarFrame) -> None:
    for zone in zones:
        if not zone.is_tuplet:
            continue
        start, stop = frame.start + zone.start, frame.start + zone.stop
        inside = [event for event in events if start <= event.start and event.stop <= stop]
        if inside:
            if zone.mark is not None and zone.mark.staff and not inside[0].tones:
                inside[0].staff = zone.mark.staff
            inside[0].bracket.append(("start", zone))
            inside[-1].bracket.append(("stop", zone))


def _with_graces(events: list[Event], graces: list[NoteRow], staff: int, frame: BarFrame) -> list[Event]:
    """Put each run of graces before the event at its tick."""
    if not graces:
        return events
    runs: dict[int, dict[int, list[NoteRow]]] = {}
    for row in graces:
        runs.setdefault(row.onset, {}).setdefault(row.grace, []).append(row)
    found: list[Event] = []
    for event in [*events, None]:
        tick = frame.end if event is None else event.start
        run = runs.pop(tick, {})
        for place in sorted(run):
            tones = [Tone(row) for row in run[place]]
            at = events[-1].at + events[-1].length if event is None else event.at
            found.append(Event(tick, tick, at, 0, tones, run[place][0].staff, kind=_grace_kind(len(run)), grace=place))
        if event is not None:
            found.append(event)
    return found


def _grace_kind(n_in_run: int) -> str:
    return "eighth" if n_in_run == 1 else "16th"


def _set_stems(streams: list[Stream]) -> None:
    """Where voices share a staff their stems point apart; elsewhere the printer decides."""
    by_staff: dict[int, list[Stream]] = {}
    for stream in streams:
        for staff in _staves(stream):
            by_staff.setdefault(staff, []).append(stream)
    for sharing in by_staff.values():
        if len(sharing) > 1:
            upper, lower, *others = sorted(sharing, key=lambda s: s.voice)
            upper.stem, lower.stem = upper.stem or "up", lower.stem or "down"
            for stream in others:
                meets = [len(_begins(stream) & _begins(other)) for other in (upper, lower)]
                stream.stem = stream.stem or ("up" if meets[0] <= meets[1] else "down")


def _begins(stream: Stream) -> set[Time]:
    return {event.at for event in stream.events if event.tones}
