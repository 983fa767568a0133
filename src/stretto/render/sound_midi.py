"""A performance as the MIDI bytes that the renderer wants; no file for anybody else."""

from __future__ import annotations

import struct

from stretto.render.performance import Performance
from stretto.render.soundfont import CHOIR, HARPSICHORD, ORGAN, PIANO

TICKS_PER_SECOND = 10_000

N_CHANNELS = 15
"""Sixteen less the drums' own."""

_DRUMS = 9
_VOLUME, _PAN, _EXPRESSION, _PEDAL, _REVERB, _CHORUS = 7, 10, 11, 64, 91, 93

REVERB = {PIANO: 36, HARPSICHORD: 30, ORGAN: 70, CHOIR: 62}
"""Share sent to the reverberation, 0..127, by program."""

OTHER_REVERB = 48

EXPRESSION = 80
"""Where the expression controller rests; a swell has 8 dB above it, which leads from p to f."""

PAN_WIDTH = 22
"""Outermost parts stand this far from the middle, of 64."""


def midi_bytes(performance: Performance, parts: range, *, volume: int, tail_seconds: float) -> bytes:
    """Up to 15 parts as a one-track MIDI file.

    Args:
        performance: what is heard.
        parts: which of its parts; one channel each.
        volume: 0..127, for all channels.
        tail_seconds: silence after the last note, for the sound to die away in.
    """
    n_parts = len(performance.programs)
    events: list[tuple[int, int, bytes]] = []
    for part in parts:
        channel = _channel(part - parts.start)
        program = performance.programs[part]
        controls = (
            (_VOLUME, volume),
            (_EXPRESSION, EXPRESSION),
            (_PAN, _pan(part, n_parts)),
            (_REVERB, REVERB.get(program, OTHER_REVERB)),
            (_CHORUS, 0),
        )
        events.append((0, 0, bytes([0xC0 | channel, program])))
        events += [(0, 0, bytes([0xB0 | channel, number, value])) for number, value in controls]
    for down, up, part in performance.pedals:
        if part in parts:
            status = 0xB0 | _channel(part - parts.start)
            # Taken just after the beat, as a pianist does, so that the chord before does not linger.
            events.append((_ticks(down) + 200, 2, bytes([status, _PEDAL, 127])))
            events.append((_ticks(up), 0, bytes([status, _PEDAL, 0])))
    for at, ratio, part in performance.swells:
        # Struck strings die away; only what is blown, bowed or sung can swell. The renderer weighs expression
        # as it weighs velocity, so one ratio serves both.
        if part in parts and performance.programs[part] not in (PIANO, HARPSICHORD):
            value = min(127, max(1, round(EXPRESSION * ratio)))
            events.append((_ticks(at), 0, bytes([0xB0 | _channel(part - parts.start), _EXPRESSION, value])))
    for note in performance.notes:
        part = int(note["part"])
        if part in parts:
            channel, pitch = _channel(part - parts.start), int(note["pitch"])
            onset = _ticks(note["onset"])
            events.append((onset, 2, bytes([0x90 | channel, pitch, int(note["velocity"])])))
            events.append((max(onset + 1, _ticks(note["end"])), 1, bytes([0x80 | channel, pitch, 0])))
    end = _ticks(performance.seconds + tail_seconds)
    return _file(sorted(events), max(end, max((e[0] for e in events), default=0)))


def _pan(part: int, n_parts: int) -> int:
    """From the left, where the first part stands, to the right."""
    return 64 if n_parts < 2 else round(64 + PAN_WIDTH * (2 * part / (n_parts - 1) - 1))


def _channel(index: int) -> int:
    return index + (index >= _DRUMS)


def _ticks(seconds: float) -> int:
    return max(0, round(float(seconds) * TICKS_PER_SECOND))


def _file(events: list[tuple[int, int, bytes]], end: int) -> bytes:
    tempo = 1_000_000  # microseconds a quarter: a quarter is a second
    track = bytearray(b"\x00\xff\x51\x03" + tempo.to_bytes(3, "big"))
    now = 0
    for tick, _, message in events:
        track += _variable_length(tick - now) + message
        now = tick
    # A controller that nobody listens to keeps the renderer going until the end.
    track += _variable_length(end - now) + bytes([0xB0, 3, 0]) + b"\x00\xff\x2f\x00"
    head = b"MThd" + struct.pack(">IHHH", 6, 0, 1, TICKS_PER_SECOND)
    return head + b"MTrk" + struct.pack(">I", len(track)) + bytes(track)


def _variable_length(number: int) -> bytes:
    out = bytearray([number & 0x7F])
    while number := number >> 7:
        out.insert(0, number & 0x7F | 0x80)
    return bytes(out)
