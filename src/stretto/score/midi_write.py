"""Writing MIDI files: type 1, 480 ticks to the quarter, a track for each part.

The first track holds what belongs to all: title, metres, keys, tempos, rehearsal marks. What MIDI
has no word for is counted; `read_midi` gives back all the rest.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from stretto.score.midi_bars import lost_bars, signatures_of
from stretto.score.midi_lost import count_lost
from stretto.score.midi_notes import PERCUSSION_CHANNEL
from stretto.score.midi_sound import default_program, sounding_spans, velocities
from stretto.score.midi_time import qpm_of
from stretto.score.midi_words import COPYRIGHT, FIELD_NAME, LYRIC, MARKER, TEXT, TRACK_NAME
from stretto.score.model import TICKS_PER_QUARTER, Key, Mark, Notice, Score, Tempo
from stretto.score.tally import Tally

FILE_TICKS_PER_QUARTER = 480

_PER_TICK = FILE_TICKS_PER_QUARTER // TICKS_PER_QUARTER

_MINUTE = 60_000_000
_SLOWEST = 0xFFFFFF  # microseconds a quarter

_CHANNELS = [channel for channel in range(16) if channel != PERCUSSION_CHANNEL]

# At one tick: a note ends before the next begins, and what colours the next stands before it.
_OFF, _SAY, _PEDAL_DOWN, _ON = range(4)


@dataclass(slots=True)
class _Track:
    """Events as (file tick, rank at that tick, bytes)."""

    events: list[tuple[int, int, bytes]] = field(default_factory=list)

    def add(self, tick: int, rank: int, *message: int) -> None:
        self.events.append((tick, rank, bytes(message)))

    def say(self, tick: int, kind: int, data: bytes | str) -> None:
        """A meta event, at a tick of the score."""
        data = data.encode("utf-8") if isinstance(data, str) else data
        self.events.append((tick * _PER_TICK, _SAY, bytes([0xFF, kind]) + _length(len(data)) + data))

    def chunk(self, end: int) -> bytes:
        """The bytes of the track, which ends at file tick `end` or with its last event."""
        out, now = bytearray(), 0
        for tick, _, message in sorted(self.events, key=lambda event: event[:2]):
            out += _length(tick - now) + message
            now = tick
        out += _length(max(0, end - now)) + b"\xff\x2f\x00"
        return b"MTrk" + struct.pack(">I", len(out)) + bytes(out)


def write_midi(score: Score) -> tuple[bytes, tuple[Notice, ...]]:
    """The bytes of a MIDI file, and what it could not hold."""
    tally = Tally()
    tracks = [_conductor(score, tally), *_parts(score, tally)]
    count_lost(score, tally)
    lost_bars(score, tally)
    head = b"MThd" + struct.pack(">IHHH", 6, 1, len(tracks), FILE_TICKS_PER_QUARTER)
    end = score.end * _PER_TICK
    return head + b"".join(track.chunk(end) for track in tracks), tally.notices()


def _conductor(score: Score, tally: Tally) -> _Track:
    track = _Track()
    if title := score.info.get("title"):
        track.say(0, TRACK_NAME, title)
    for name, text in score.info.items():
        if name == "rights":
            track.say(0, COPYRIGHT, text)
        elif name != "title" and FIELD_NAME.fullmatch(name):
            track.say(0, TEXT, f"{name}: {text}")
        elif name != "title":
            tally.add("fields of the title page that MIDI cannot hold", name)
    for tick, (numerator, denominator) in signatures_of(score, tally):
        clocks = max(1, 96 // denominator)  # MIDI clocks (24 a quarter) to the beat
        track.say(tick, 0x58, bytes([numerator, denominator.bit_length() - 1, clocks, 8]))
    for key in score.keys:
        if key.part < 0:
            _say_key(track, key, tally)
    for tempo in score.tempos:
        _say_tempo(track, tempo, tally)
    for mark in score.marks:
        if mark.kind == "rehearsal":
            track.say(mark.tick, MARKER, mark.text)
        elif mark.kind == "words" and mark.part < 0:
            _say_words(track, mark)
    return track


def _parts(score: Score, tally: Tally) -> list[_Track]:
    tracks = [_Track() for _ in score.parts]
    channels = _channels(score, tally)
    for index, (track, part) in enumerate(zip(tracks, score.parts, strict=True)):
        if part.name:
            track.say(0, TRACK_NAME, part.name)
        program = part.program if part.program >= 0 or part.percussion else default_program(part)
        if program >= 0:
            track.add(0, _SAY, 0xC0 | channels[index], program)
        for key in score.keys:
            if key.part == index:
                _say_key(track, key, tally)
    for mark in score.marks:
        if mark.kind == "pedal":
            for index in range(len(tracks)) if mark.part < 0 else range(mark.part, min(mark.part + 1, len(tracks))):
                _press(tracks[index], channels[index], mark)
        elif 0 <= mark.part < len(tracks) and mark.kind == "words":
            _say_words(tracks[mark.part], mark)
        elif 0 <= mark.part < len(tracks) and mark.kind == "lyric" and mark.number <= 1:
            hyphen = "-" if mark.extra.startswith(("begin", "middle")) else ""
            tracks[mark.part].say(mark.tick, LYRIC, mark.text + hyphen)
    _play(score, tracks, channels)
    return tracks


def _press(track: _Track, channel: int, mark: Mark) -> None:
    end = max(mark.tick, mark.end)
    track.add(mark.tick * _PER_TICK, _PEDAL_DOWN, 0xB0 | channel, 64, 127)
    track.add(end * _PER_TICK, _SAY if end > mark.tick else _PEDAL_DOWN, 0xB0 | channel, 64, 0)


def _play(score: Score, tracks: list[_Track], channels: list[int]) -> None:
    spans, loud = sounding_spans(score, _PER_TICK), velocities(score)
    rows = zip(score.notes["part"].tolist(), spans.tolist(), score.notes["pitch"].tolist(), loud.tolist(), strict=True)
    # Of notes struck together on one pitch, the shortest stands first: readers release in that order.
    for part, (start, end), pitch, velocity in sorted(rows):
        tracks[part].add(start, _ON, 0x90 | channels[part], pitch, velocity)
        tracks[part].add(end, _OFF, 0x80 | channels[part], pitch, 64)


def _channels(score: Score, tally: Tally) -> list[int]:
    """A channel for each part; shared, and counted, where there are more than fifteen."""
    channels, n_pitched = [], 0
    for part in score.parts:
        channels.append(PERCUSSION_CHANNEL if part.percussion else _CHANNELS[n_pitched % len(_CHANNELS)])
        if not part.percussion and n_pitched >= len(_CHANNELS):
            tally.add("parts beyond the fifteenth, which share a channel with another", part.name)
        n_pitched += not part.percussion
    return channels


def _say_key(track: _Track, key: Key, tally: Tally) -> None:
    if abs(key.fifths) > 7:
        tally.add("keys of more than seven sharps or flats that MIDI cannot hold", f"tick {key.tick}")
        return
    track.say(key.tick, 0x59, struct.pack(">bB", key.fifths, key.mode == "minor"))
    if key.mode not in ("major", "minor"):
        tally.add("key signatures without major or minor, written as major", f"tick {key.tick}")


def _say_tempo(track: _Track, tempo: Tempo, tally: Tally) -> None:
    microseconds = min(_SLOWEST, max(1, round(_MINUTE / tempo.qpm))) if tempo.qpm > 0 else _SLOWEST
    track.say(tempo.tick, 0x51, microseconds.to_bytes(3, "big"))
    if qpm_of(microseconds) != tempo.qpm:
        tally.add("tempos rounded to a microsecond a quarter", f"tick {tempo.tick}")
    if tempo.text or tempo.unit:
        tally.add("tempo words and metronome marks that MIDI cannot hold", tempo.text or tempo.unit)


def _say_words(track: _Track, mark: Mark) -> None:
    track.say(mark.tick, TEXT, f"words: {mark.text}" if mark.tick == 0 else mark.text)


def _length(number: int) -> bytes:
    """A variable-length number, seven bits to the byte."""
    out = bytearray([number & 0x7F])
    while number := number >> 7:
        out.insert(0, number & 0x7F | 0x80)
    return bytes(out)
