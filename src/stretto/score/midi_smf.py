"""Standard MIDI Files as tracks of timed events: the bytes, and nothing about music yet.

Tolerant where the meaning is plain (running status after a meta event, real-time bytes, chunks of
other kinds, bytes after the last track) and strict where music would be lost: a file that ends
before its own lengths say so is refused, never read as far as it goes.

Source: Standard MIDI Files 1.0 (RP-001, 1996); MIDI 1.0 Detailed Specification 4.2.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from stretto.errors import ScoreReadError
from stretto.score.foreign import refuse_foreign
from stretto.score.tally import Tally

META, SYSEX = 0xFF, 0xF0

END_OF_TRACK = 0x2F

MAX_EVENTS = 500_000
"""Several times the longest performance of the corpora; what has more is no score and would fill the memory."""

MAX_CHUNKS = 10_000
"""As for events: no score has so many tracks."""

_DATA_BYTES = {0xF1: 1, 0xF2: 2, 0xF3: 1}
"""System messages that have no place in a file, and are stepped over with their data."""

Event = tuple[int, int, int, "int | bytes"]
"""(tick, status, first data byte, second); a meta event is (tick, META, its type, its bytes)."""


@dataclass(slots=True)
class Track:
    """One track chunk."""

    number: int
    """1, 2, ... as the file counts them."""
    events: list[Event] = field(default_factory=list)
    """Ordered by tick; the end of track is not among them."""
    end: int = 0
    """Tick of the end of track, or of the last event where that is missing."""


@dataclass(slots=True)
class MidiFile:
    """A whole file."""

    kind: int
    """0 = one track, 1 = tracks that sound together, 2 = tracks that are pieces of their own."""
    division: int
    """Ticks per quarter; where `frames` is not 0, ticks per video frame."""
    frames: int
    """Video frames per second of an SMPTE division, else 0."""
    tracks: list[Track]


def parse_midi(data: bytes, name: str, tally: Tally) -> MidiFile:
    """The tracks of a MIDI file, bare or wrapped in RIFF (.rmi).

    Raises:
        ScoreReadError: no MIDI file, or a damaged or incomplete one; says the byte and the track.
    """
    data, start = _unwrap(data, name)
    if not data:
        raise ScoreReadError(f"{name}: the file is empty; export it again")
    if data[start : start + 4] != b"MThd":
        refuse_foreign(data, name, "a MIDI file")
        raise ScoreReadError(f"{name}: this is not a MIDI file; check the file and its extension")
    size = int.from_bytes(data[start + 4 : start + 8], "big")
    after = start + 8 + size
    if len(data) < start + 14 or after > len(data):
        raise ScoreReadError(
            f"{name}: cut short in its header: {len(data)} bytes, and byte {max(start + 14, after)} is missing; "
            "get a whole copy"
        )
    if size < 6:
        raise ScoreReadError(f"{name}: its header says it has {size} bytes and needs 6; the file is damaged")
    kind, n_tracks, division = (int.from_bytes(data[start + at : start + at + 2], "big") for at in (8, 10, 12))
    frames = 256 - (division >> 8) if division >= 0x8000 else 0
    division = division & 0xFF if frames else division
    if kind > 2:
        raise ScoreReadError(f"{name}: MIDI type {kind} at byte {start + 8} does not exist; the file is damaged")
    if division == 0 or frames not in (0, 24, 25, 29, 30):
        what = f"SMPTE division of {frames} frames by {division}" if frames else "0 ticks to the quarter"
        raise ScoreReadError(f"{name}: {what} at byte {start + 12}, so its times mean nothing; the file is damaged")
    tracks = _Chunks(data, name, tally).tracks(after, n_tracks)
    return MidiFile(kind, division, frames, tracks)


def _unwrap(data: bytes, name: str) -> tuple[bytes, int]:
    """Step over the RIFF wrapper of an .rmi file: the bytes to read, and where they start."""
    if data[:4] != b"RIFF" or data[8:12] != b"RMID":
        return data, 0
    at = 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        if data[at : at + 4] == b"data":
            if at + 8 + size > len(data):
                raise ScoreReadError(
                    f"{name}: cut short: its data should reach byte {at + 8 + size} and ends at byte {len(data)}; "
                    "get a whole copy"
                )
            return data[: at + 8 + size], at + 8
        at += 8 + size + (size & 1)
    raise ScoreReadError(f"{name}: a RIFF file without its 'data' chunk before byte {len(data)}; get a whole copy")


class _Chunks:
    """Walks over the chunks after the header."""

    def __init__(self, data: bytes, name: str, tally: Tally) -> None:
        self._data, self._name, self._tally = data, name, tally
        self._n_events = 0

    def tracks(self, at: int, n_tracks: int) -> list[Track]:
        """Every track; those beyond the announced number too."""
        data, found, n_chunks = self._data, list[Track](), 0
        while at + 8 <= len(data):
            n_chunks += 1
            if n_chunks > MAX_CHUNKS:
                raise ScoreReadError(f"{self._name}: more than {MAX_CHUNKS} chunks at byte {at}; the file is damaged")
            label, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "big")
            end = at + 8 + size
            if end > len(data):
                if len(found) >= n_tracks:
                    break
                raise ScoreReadError(
                    f"{self._name}: cut short: track {len(found) + 1} should reach byte {end}, "
                    f"and the file ends at byte {len(data)}; get a whole copy"
                )
            if label == b"MTrk":
                found.append(self._track(at + 8, end, len(found) + 1))
            else:
                self._tally.add("chunks that are no tracks left out", f"byte {at}")
            at = end
        if len(found) < n_tracks:
            raise ScoreReadError(
                f"{self._name}: cut short: it announces {n_tracks} tracks, and after {len(found)} of them "
                f"it ends at byte {len(data)}; get a whole copy"
            )
        if at < len(data):
            self._tally.add("bytes after the last track left out", f"byte {at}", len(data) - at)
        return found

    def _track(self, at: int, end: int, number: int) -> Track:
        track = Track(number)
        reader = _Track(self._data, at, end, f"{self._name}: track {number}")
        try:
            closed = reader.read(track, MAX_EVENTS - self._n_events)
        except IndexError as cause:
            raise ScoreReadError(
                f"{self._name}: track {number} breaks off inside an event at byte {end}; the file is damaged"
            ) from cause
        self._n_events += len(track.events) + reader.n_odd
        if not closed:
            self._tally.add("tracks without their end-of-track event", f"track {number}")
        elif reader.at < end:
            self._tally.add("bytes after an end-of-track event left out", f"byte {reader.at}", end - reader.at)
        if reader.n_odd:
            self._tally.add("messages that do not belong in a file left out", f"track {number}", reader.n_odd)
        return track


class _Track:
    """Reads the events of one track; `IndexError` where its bytes end too early."""

    def __init__(self, data: bytes, at: int, end: int, place: str) -> None:
        # A slice, so that no event can reach into the next chunk.
        self._bytes, self._base, self._place = data[at:end], at, place
        self._at = 0
        self.n_odd = 0

    @property
    def at(self) -> int:
        """The next byte to read, counted from the start of the file."""
        return self._base + self._at

    def read(self, track: Track, n_most: int) -> bool:
        """Fill the track; says whether its end-of-track event was there."""
        data, size, events = self._bytes, len(self._bytes), track.events
        append, running, tick = events.append, 0, 0
        while self._at < size:
            at = self._at
            delta = data[at]
            self._at = at + 1
            if delta >= 0x80:
                delta = self._length(at)
            tick += delta
            at = self._at
            status = data[at]
            if status < 0x80:
                if not running:
                    raise self._fault(at, f"data byte {status} where a message should start")
                status, at = running, at - 1
            if status < 0xF0:
                running = status
                first = data[at + 1]
                second = 0 if 0xC0 <= status < 0xE0 else data[at + 2]
                if first > 0x7F or second > 0x7F:
                    raise self._fault(at, f"message {status:#x} with data above 127")
                self._at = at + (2 if 0xC0 <= status < 0xE0 else 3)
                append((tick, status, first, second))
            elif self._special(track, tick, status, at):
                return True
            if len(events) + self.n_odd > n_most:
                raise self._fault(at, f"more than {MAX_EVENTS} events, which no score has")
        track.end = tick
        return False

    def _special(self, track: Track, tick: int, status: int, at: int) -> bool:
        """Read a meta event, system-exclusive data or a stray system message; true at the end of track."""
        data, kind = self._bytes, 0
        if status not in (META, SYSEX, 0xF7):
            self._at = at + 1 + _DATA_BYTES.get(status, 0)
            self.n_odd += 1
            return False
        self._at = at + 1
        if status == META:
            kind = data[at + 1]
            self._at = at + 2
        size = self._length(self._at)
        start, self._at = self._at, self._at + size
        if self._at > len(data):
            raise self._fault(at, f"an event of {size} bytes that goes beyond its track's end")
        track.end = tick
        if status == META and kind == END_OF_TRACK:
            return True
        track.events.append((tick, status if status == META else SYSEX, kind, data[start : start + size]))
        return False

    def _length(self, at: int) -> int:
        """A number of up to four bytes, seven bits each, starting at `at`."""
        data, value = self._bytes, 0
        for place in range(at, at + 4):
            byte = data[place]
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                self._at = place + 1
                return value
        raise self._fault(at, "a time or length of more than four bytes")

    def _fault(self, at: int, what: str) -> ScoreReadError:
        return ScoreReadError(f"{self._place}, byte {self._base + at}: {what}; the file is damaged")
