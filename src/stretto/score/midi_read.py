"""Reading MIDI files (.mid, .midi, .kar, and .rmi inside): bytes to a Score.

What a MIDI file does not say stays unsaid: note names, staves, voices. A pickup written as rests
and a missing key are found by `stretto.theory`, not here.
"""

from __future__ import annotations

import numpy as np

from stretto.errors import ScoreReadError
from stretto.score.midi_notes import PERCUSSION_CHANNEL, Line, group_lines, lines_of, program_of
from stretto.score.midi_smf import parse_midi
from stretto.score.midi_time import EXACT, Clock, bars_of, keys_of, meters_of, tempos_of
from stretto.score.midi_words import Words, name_in
from stretto.score.model import NOTE, UNSPELLED, Mark, Notes, Part, Score
from stretto.score.tally import Tally

MAX_PARTS = 1000


def read_midi(data: bytes, name: str) -> Score:
    """A Score from the bytes of a MIDI file.

    Args:
        data: the file.
        name: what messages call it.

    Raises:
        ScoreReadError: damaged, cut short, or a type-2 file of several pieces.
    """
    tally = Tally()
    midi = parse_midi(data, name, tally)
    if midi.kind == 2 and len(midi.tracks) > 1:
        raise ScoreReadError(
            f"{name}: a type-2 MIDI file, whose {len(midi.tracks)} tracks are pieces of their own; "
            "save the one you want as type 0 or 1"
        )
    clock = Clock(midi, name, tally)
    lines = lines_of(midi, tally)
    groups = group_lines(lines, midi.kind)
    if len(groups) > MAX_PARTS:
        raise ScoreReadError(f"{name}: {len(groups)} tracks and channels with notes, and no score has over {MAX_PARTS}")
    part_tracks = [group[0].track for group in groups]
    notes = _notes(groups, clock, tally)
    words = Words(midi, clock, notes, part_tracks, tally)
    meters, pickup = meters_of(midi, clock, tally)
    end = max((clock.tick(track.end) for track in midi.tracks), default=0)
    end = max(end, int((notes["onset"] + notes["duration"]).max()) if len(notes) else 0)
    bars, end = bars_of(meters, pickup, end, tally)
    names = {track: "" if midi.kind == 0 else name_in(texts) for track, texts in words.texts.items()}
    return Score.build(
        notes,
        [_part(group, names[group[0].track], lines) for group in groups],
        end=end,
        bars=bars,
        meters=meters,
        keys=keys_of(midi, clock, part_tracks, tally),
        tempos=tempos_of(midi, clock, tally),
        marks=[*words.marks, *_pedals(lines, groups, clock)],
        info=words.info,
        notices=tally.notices(),
    )


def _notes(groups: list[list[Line]], clock: Clock, tally: Tally) -> Notes:
    """Notes on our grid; onsets and ends go to the nearest tick, so that what was legato stays so."""
    rows = [
        (onset, end, pitch, velocity, part, line.track)
        for part, group in enumerate(groups)
        for line in group
        for onset, end, pitch, velocity in line.notes
    ]
    onsets, ends, pitches, velocities, parts, tracks = np.array(rows, dtype=np.int64).reshape(-1, 6).T
    notes = np.zeros(len(rows), dtype=NOTE)
    notes["onset"] = clock.ticks(onsets)
    lengths = clock.ticks(ends) - notes["onset"]
    notes["duration"] = np.maximum(lengths, 1)
    notes["pitch"], notes["velocity"], notes["part"] = pitches, velocities, parts
    notes["voice"] = notes["staff"] = 1
    notes["fifths"] = UNSPELLED
    starts = clock.exact(onsets)
    for off, what in (
        (starts - notes["onset"], "onsets rounded to 1/24 of a quarter"),
        (clock.exact(ends) - starts - notes["duration"], "durations rounded to 1/24 of a quarter"),
    ):
        found = np.flatnonzero(np.abs(off) > EXACT)
        if len(found):
            first = found[0]
            tally.add(what, f"track {tracks[first]}, tick {onsets[first]} of the file", len(found))
    return notes


def _part(group: list[Line], name: str, lines: list[Line]) -> Part:
    percussion = group[0].channel == PERCUSSION_CHANNEL
    return Part(name=name, program=program_of(group[0], lines), percussion=percussion)


def _pedals(lines: list[Line], groups: list[list[Line]], clock: Clock) -> list[Mark]:
    """Pedal marks, on the part that shares track and channel, or only the channel, or on all."""
    marks = []
    for line in lines:
        same = [part for part, group in enumerate(groups) if any(it is line for it in group)]
        if not same:
            same = [part for part, group in enumerate(groups) if any(it.channel == line.channel for it in group)]
        part = same[0] if len(same) == 1 else -1
        marks += [Mark(kind="pedal", tick=clock.tick(down), end=clock.tick(up), part=part) for down, up in line.pedals]
    return marks
