"""A performance of a score: every note in seconds, with the instrument and the loudness it is played with.

Made from the score, not from a MIDI file: a file of notes must say what is written,
a performance may hold a fermata, breathe, and detach a staccato.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stretto.errors import RenderError
from stretto.render.performance_dynamics import swells, velocities
from stretto.render.performance_time import TimeMap, time_map
from stretto.render.soundfont import programs_of
from stretto.score.model import Notice, Score

PLAYED = np.dtype(
    [
        ("onset", "<f8"),  # seconds from the first sound
        ("end", "<f8"),  # seconds
        ("pitch", "<i2"),  # MIDI pitch, 0..127
        ("velocity", "<i2"),  # 1..127
        ("part", "<i2"),  # index into Score.parts
    ]
)

MAX_SECONDS = 30 * 60
"""Longest performance: half a gigabyte of samples."""

LENGTHS = {"staccato": 0.5, "staccatissimo": 0.3, "spiccato": 0.4, "detached-legato": 0.8}
"""Share of its written length for which a note is held."""

GRACE_SECONDS = 0.08
ARPEGGIO_SECONDS = 0.035
"""Between the notes of a rolled chord."""

RESTRIKE_SECONDS = 0.03
"""Gap before the same pitch is struck again, so that it is heard as two notes."""

SHORTEST_SECONDS = 0.04

TURNS_LEFT_OUT = {"trill-mark", "mordent", "inverted-mordent", "turn", "inverted-turn", "tremolo", "shake"}


@dataclass(frozen=True, eq=False, kw_only=True)
class Performance:
    """What is to be heard, in seconds."""

    notes: NDArray[np.void]
    """PLAYED, (N,), by onset."""
    programs: tuple[int, ...]
    """General MIDI program of each part."""
    pedals: tuple[tuple[float, float, int], ...] = ()
    """(down, up, part), seconds."""
    swells: tuple[tuple[float, float, int], ...] = ()
    """(from when, velocity relative to what notes were struck with, part), by time."""
    seconds: float = 0.0
    """End of the last note."""
    notices: tuple[Notice, ...] = ()

    def excerpt(self, start: float, stop: float) -> Performance:
        """The notes that begin from `start` to before `stop`, heard to their ends; time counts from `start`."""
        notes = self.notes[(self.notes["onset"] >= start) & (self.notes["onset"] < stop)].copy()
        notes["onset"] -= start
        notes["end"] -= start
        seconds = float(notes["end"].max()) if len(notes) else 0.0
        pedals = [(max(0.0, down - start), up - start, part) for down, up, part in self.pedals if up > start]
        swells = [(max(0.0, at - start), ratio, part) for at, ratio, part in self.swells]
        return replace(
            self,
            notes=notes,
            # A pedal that goes down later than the last note ends has nothing to hold.
            pedals=tuple(pedal for pedal in pedals if pedal[0] < seconds),
            swells=tuple(swell for swell in swells if swell[0] < seconds),
            seconds=seconds,
        )


def perform(score: Score, *, instrument: str | None = None) -> Performance:
    """Play a score as written: tempos, fermatas, breaths, dynamics, articulation, pedal.

    Rests before the first note are not waited for. Repeats are not taken: unfold them first.

    Args:
        score: what to play.
        instrument: one instrument for all parts, a name in `soundfont.INSTRUMENTS`; None = each part's own.

    Raises:
        RenderError: an unknown instrument, or a performance longer than half an hour.
    """
    programs, notices = programs_of(score, instrument)
    times = time_map(score)
    notes, silent = _played_notes(score, times)
    start = float(notes["onset"].min()) if len(notes) else 0.0
    notes["onset"] -= start
    notes["end"] -= start
    seconds = float(notes["end"].max()) if len(notes) else 0.0
    if seconds > MAX_SECONDS:
        raise RenderError(
            f"the piece lasts {seconds / 60:.0f} minutes, and sound is made of up to {MAX_SECONDS // 60}; "
            "split it, or give it a faster tempo"
        )
    return Performance(
        notes=notes,
        programs=programs,
        pedals=_pedals(score, times, start),
        swells=_swells(score, times, start),
        seconds=seconds,
        notices=(*notices, *silent, *_plain_ornaments(score)),
    )


def _played_notes(score: Score, times: TimeMap) -> tuple[NDArray[np.void], tuple[Notice, ...]]:
    drums = np.array([part.percussion for part in score.parts] or [False])
    heard = ~drums[score.notes["part"]]
    notes = score.notes[heard]
    played = np.zeros(len(notes), dtype=PLAYED)
    played["onset"] = times.onset_seconds(notes["onset"])
    played["end"] = times.end_seconds(notes["onset"] + notes["duration"])
    played["pitch"], played["part"] = notes["pitch"], notes["part"]
    played["velocity"] = velocities(score)[heard]
    _articulate(played, score, notes)
    _roll_chords(played, score, notes)
    _place_graces(played, notes)
    played["end"] = np.maximum(played["end"], played["onset"] + SHORTEST_SECONDS)
    played = _part_strikes(np.sort(played, order=("part", "pitch", "onset", "end")))
    n_silent = int((~heard).sum())
    lost = (Notice(what="notes of unpitched percussion are not sounded", count=n_silent),) if n_silent else ()
    return np.sort(played, order=("onset", "part", "pitch")), lost


def _articulate(played: NDArray[np.void], score: Score, notes: NDArray[np.void]) -> None:
    for mark in score.marks:
        if mark.kind == "articulation" and mark.text in LENGTHS:
            hit = _at(notes, mark.tick, mark.part, mark.pitch)
            played["end"][hit] = played["onset"][hit] + (played["end"] - played["onset"])[hit] * LENGTHS[mark.text]


def _roll_chords(played: NDArray[np.void], score: Score, notes: NDArray[np.void]) -> None:
    """Rolled chords: from the lowest note up, the lowest on the beat."""
    rolled = {(mark.tick, mark.part) for mark in score.marks if mark.kind == "arpeggiate"}
    for tick, part in rolled:
        chord = np.flatnonzero(_at(notes, tick, part, -1))
        chord = chord[np.argsort(notes["pitch"][chord], kind="stable")]
        late = ARPEGGIO_SECONDS * np.arange(len(chord))
        lengths = played["end"][chord] - played["onset"][chord]
        played["onset"][chord] += np.minimum(late, 0.5 * lengths)


def _place_graces(played: NDArray[np.void], notes: NDArray[np.void]) -> None:
    """Graces are played before the beat, in the order in which they stand."""
    grace = notes["grace"].astype(np.int64)
    for index in np.flatnonzero(grace > 0):
        together = (grace > 0) & (notes["onset"] == notes["onset"][index]) & (notes["part"] == notes["part"][index])
        from_beat = int(grace[together & (notes["voice"] == notes["voice"][index])].max()) - int(grace[index]) + 1
        played["onset"][index] -= from_beat * GRACE_SECONDS
        played["end"][index] = played["onset"][index] + GRACE_SECONDS


def _part_strikes(played: NDArray[np.void]) -> NDArray[np.void]:
    """End a pitch before the same part strikes it again; of a unison struck by two voices, keep the longer."""
    same = (played["part"][1:] == played["part"][:-1]) & (played["pitch"][1:] == played["pitch"][:-1])
    together = same & (played["onset"][1:] - played["onset"][:-1] < SHORTEST_SECONDS / 2)
    # Sorted by end: of notes that start together the last is the longest.
    keep = np.append(~together, True)[: len(played)]
    played = played[keep]
    same = (played["part"][1:] == played["part"][:-1]) & (played["pitch"][1:] == played["pitch"][:-1])
    following = played["onset"][1:]
    gap = np.minimum(RESTRIKE_SECONDS, 0.25 * (following - played["onset"][:-1]))
    played["end"][:-1] = np.where(same, np.minimum(played["end"][:-1], following - gap), played["end"][:-1])
    return played


def _pedals(score: Score, times: TimeMap, start: float) -> tuple[tuple[float, float, int], ...]:
    spans = [(m.tick, m.end, m.part) for m in score.marks if m.kind == "pedal" and m.end > m.tick]
    found = []
    for tick, end, part in spans:
        down, up = times.onset_seconds([tick])[0] - start, times.end_seconds([end])[0] - start
        parts = [part] if part >= 0 else range(len(score.parts))
        found += [(max(0.0, float(down)), max(0.0, float(up)), which) for which in parts]
    return tuple(found)


def _swells(score: Score, times: TimeMap, start: float) -> tuple[tuple[float, float, int], ...]:
    found = []
    for part in range(len(score.parts)):
        steps = swells(score, part)
        seconds = times.onset_seconds([tick for tick, _ in steps]) - start
        found += [(max(0.0, float(at)), ratio, part) for at, (_, ratio) in zip(seconds, steps, strict=True)]
    return tuple(sorted(found))


def _plain_ornaments(score: Score) -> tuple[Notice, ...]:
    marks = [m for m in score.marks if m.kind == "ornament" and m.text in TURNS_LEFT_OUT]
    if not marks:
        return ()
    where = score.place(marks[0].tick, marks[0].part)
    return (Notice(what="ornaments are sounded as plain notes", count=len(marks), where=where),)


def _at(notes: NDArray[np.void], tick: int, part: int, pitch: int) -> NDArray[np.bool_]:
    hit = (notes["onset"] == tick) & (notes["grace"] == 0)
    if part >= 0:
        hit &= notes["part"] == part
    if pitch >= 0:
        hit &= notes["pitch"] == pitch
    return np.asarray(hit, dtype=np.bool_)
