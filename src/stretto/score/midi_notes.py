"""From note-ons and note-offs to notes, and from channels to parts.

Rules where a file leaves room, all of them counted:
    the same pitch struck again while it sounds   first struck, first released
    a note never released                         sounds until its track ends
    a note-off for nothing                        left out
    "all notes off", "all sound off"              releases what its channel holds
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from stretto.score.midi_smf import SYSEX, MidiFile, Track
from stretto.score.tally import Tally

PERCUSSION_CHANNEL = 9
"""Channel 10 as musicians count them."""

_ALL_SOUND_OFF, _ALL_NOTES_OFF = 120, 123
_PEDAL = 64


@dataclass(slots=True)
class Line:
    """What one channel of one track plays; times in ticks of the file."""

    track: int
    """1, 2, ..."""
    channel: int
    """0..15"""
    notes: list[tuple[int, int, int, int]] = field(default_factory=list)
    """(onset, end, pitch, velocity), in the order in which they were struck."""
    programs: list[int] = field(default_factory=list)
    pedals: list[tuple[int, int]] = field(default_factory=list)
    """(down, up)"""


def lines_of(midi: MidiFile, tally: Tally) -> list[Line]:
    """Every channel of every track that plays, chooses an instrument or presses the pedal."""
    return [line for track in midi.tracks for line in _Player(track, tally).play()]


def group_lines(lines: list[Line], kind: int) -> list[list[Line]]:
    """Which lines make up each part.

    A track is a part, and channels of one track that have different instruments are parts of
    their own. Where only one track has notes (type 0), each of its channels is a part.
    """
    playing = [line for line in lines if line.notes]
    alone = kind == 0 or len({line.track for line in playing}) == 1
    groups: dict[tuple[int, int, int], list[Line]] = {}
    for line in sorted(playing, key=lambda line: (line.track, line.channel)):
        drums = line.channel == PERCUSSION_CHANNEL
        one = line.channel if alone else 1000 * drums + program_of(line, lines)
        groups.setdefault((line.track, int(drums), one), []).append(line)
    return [groups[key] for key in sorted(groups, key=lambda key: (key[0], groups[key][0].channel))]


def program_of(line: Line, lines: list[Line]) -> int:
    """The instrument of a line: its own first choice, else its channel's in another track; -1 = none."""
    if line.programs:
        return line.programs[0]
    return next((other.programs[0] for other in lines if other.channel == line.channel and other.programs), -1)


class _Player:
    """Plays one track, holding down what is held down."""

    def __init__(self, track: Track, tally: Tally) -> None:
        self._track, self._tally = track, tally
        self._lines: dict[int, Line] = {}
        self._held: list[dict[int, deque[int]]] = [{} for _ in range(16)]  # by channel: pitch -> places in its notes
        self._pedal: dict[int, int] = {}

    def play(self) -> list[Line]:
        held = self._held
        for tick, status, first, second in self._track.events:
            if status >= SYSEX:
                continue
            kind, channel = status & 0xF0, status & 0x0F
            if kind == 0x90 and second:
                line = self._line(channel)
                queue = held[channel].get(first)
                if queue is None:
                    queue = held[channel][first] = deque()
                else:
                    self._count("notes struck again before their release; released in the order they were struck", tick)
                queue.append(len(line.notes))
                line.notes.append((tick, -1, first, int(second)))
            elif kind in (0x80, 0x90):
                self._release(channel, first, tick)
            elif kind == 0xB0:
                self._control(channel, first, int(second), tick)
            elif kind == 0xC0:
                self._program(channel, first, tick)
            else:
                self._count("pitch bends left out" if kind == 0xE0 else "aftertouch messages left out", tick)
        self._close()
        return list(self._lines.values())

    def _line(self, channel: int) -> Line:
        line = self._lines.get(channel)
        if line is None:
            line = self._lines[channel] = Line(self._track.number, channel)
        return line

    def _release(self, channel: int, pitch: int, tick: int) -> None:
        queue = self._held[channel].get(pitch)
        if queue is None:
            self._count("note-offs without a note left out", tick)
            return
        notes, index = self._lines[channel].notes, queue.popleft()
        if not queue:
            del self._held[channel][pitch]
        onset, _, pitch, velocity = notes[index]
        notes[index] = (onset, tick, pitch, velocity)

    def _control(self, channel: int, number: int, value: int, tick: int) -> None:
        if number == _PEDAL and value >= 64:
            self._pedal.setdefault(channel, tick)
        elif number == _PEDAL:
            if channel in self._pedal:
                self._line(channel).pedals.append((self._pedal.pop(channel), tick))
        elif number in (_ALL_SOUND_OFF, _ALL_NOTES_OFF):
            for pitch, queue in list(self._held[channel].items()):
                for _ in range(len(queue)):
                    self._release(channel, pitch, tick)
        else:
            self._count("controller changes other than the pedal's left out", tick)

    def _program(self, channel: int, program: int, tick: int) -> None:
        line = self._line(channel)
        if line.programs and program != line.programs[0]:
            self._count("changes of instrument inside a part left out", tick)
        line.programs.append(program)

    def _close(self) -> None:
        end = self._track.end
        for channel, line in self._lines.items():
            for index in [index for queue in self._held[channel].values() for index in queue]:
                onset, _, pitch, velocity = line.notes[index]
                self._count("notes never released; held to the end of their track", onset)
                line.notes[index] = (onset, end, pitch, velocity)
        for channel, down in self._pedal.items():
            self._line(channel).pedals.append((down, end))

    def _count(self, what: str, tick: int) -> None:
        self._tally.add(what, f"track {self._track.number}, tick {tick} of the file")
