"""The time of a MIDI file: its ticks on our grid, its metres, bars, tempos and keys."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from stretto.errors import ScoreReadError
from stretto.score.midi_smf import META, MidiFile
from stretto.score.model import TICKS_PER_QUARTER, TICKS_PER_WHOLE, Bar, Key, Meter, Tempo
from stretto.score.tally import Tally

MAX_QUARTERS = 100_000
"""Sixteen hours at a walking pace. A time beyond it is a damaged delta, and its empty bars would fill the memory."""

EXACT = 1e-6
"""What lies closer to a tick is on it; the finest division of a file is a hundred times coarser."""

_SET_TEMPO, _TIME_SIGNATURE, _KEY_SIGNATURE = 0x51, 0x58, 0x59

_DEFAULT_MICROSECONDS = 500_000
_MINUTE = 60_000_000


class Clock:
    """Turns ticks of the file into ticks of the score, to the nearest, halves upwards."""

    def __init__(self, midi: MidiFile, name: str, tally: Tally) -> None:
        """Refuse a file with a time that no score reaches."""
        far = float(max((track.end for track in midi.tracks), default=0) + 1)
        self._from, self._to = [0.0, far], [0.0, far * TICKS_PER_QUARTER / midi.division]
        if midi.frames:
            tally.add("file in seconds (SMPTE), put into beats by its tempos", f"{midi.frames} frames a second")
            self._follow(midi, far)
        self._refuse_far(midi, name)

    def exact(self, ticks: NDArray[np.int64]) -> NDArray[np.float64]:
        """Ticks of the score with their fractions, right to a millionth."""
        exact: NDArray[np.float64] = np.interp(ticks, self._from, self._to)
        return exact

    def ticks(self, ticks: NDArray[np.int64]) -> NDArray[np.int64]:
        """The nearest ticks of the score."""
        return np.floor(self.exact(ticks) + (0.5 + EXACT)).astype(np.int64)

    def tick(self, tick: int) -> int:
        """The nearest tick of the score."""
        if len(self._from) == 2:
            return math.floor(tick * self._to[1] / self._from[1] + (0.5 + EXACT))
        return int(self.ticks(np.array([tick]))[0])

    def _follow(self, midi: MidiFile, far: float) -> None:
        """Lay the knots of a time that runs in seconds, one for each tempo."""
        frames = 30_000 / 1001 if midi.frames == 29 else midi.frames
        per_tick = TICKS_PER_QUARTER * 1_000_000 / (frames * midi.division)
        changes = [(0.0, _DEFAULT_MICROSECONDS), *((float(t), us) for t, us in sorted(_tempo_events(midi)))]
        self._from, self._to = [0.0], [0.0]
        for (since, microseconds), (until, _) in pairwise([*changes, (far, 0)]):
            if until > since:
                self._from.append(until)
                self._to.append(self._to[-1] + (until - since) * per_tick / microseconds)

    def _refuse_far(self, midi: MidiFile, name: str) -> None:
        most = MAX_QUARTERS * TICKS_PER_QUARTER
        for track in midi.tracks:
            if self.tick(track.end) > most:
                late = next((tick for tick, *_ in track.events if self.tick(tick) > most), track.end)
                raise ScoreReadError(
                    f"{name}: track {track.number}: an event at tick {late} of the file, beyond {MAX_QUARTERS} "
                    "quarters; the time before it is damaged: correct it"
                )


def meters_of(midi: MidiFile, clock: Clock, tally: Tally) -> tuple[tuple[Meter, ...], int]:
    """Time signatures, and the length of the pickup in ticks.

    A first signature that lasts one bar and is shorter than the next is a pickup bar, as
    notation programs write it: its place is taken by the metre that follows. So is a first
    bar that the next signature cuts short.
    """
    found: dict[int, Meter] = {}
    for tick, track, data in _metas(midi, _TIME_SIGNATURE):
        numerator, power = (data[0], data[1]) if len(data) >= 2 else (0, 0)
        denominator = 1 << power if power <= 6 else 0
        if not numerator or not denominator or TICKS_PER_WHOLE * numerator % denominator:
            tally.add(
                "time signatures without a whole number of ticks to the bar left out",
                f"track {track}: {numerator}/2^{power}",
            )
            continue
        at = clock.tick(tick)
        found[at] = Meter(tick=at, numerator=numerator, denominator=denominator)
    meters = [found[at] for at in sorted(found)]
    if len(meters) > 1 and meters[0].tick == 0 and meters[1].tick <= meters[0].bar_ticks:
        pickup = meters[1].tick
        if pickup >= meters[1].bar_ticks:
            return tuple(meters), 0
        return (replace(meters[1], tick=0), *meters[2:]), pickup
    return tuple(meters), 0


def bars_of(meters: tuple[Meter, ...], pickup: int, end: int, tally: Tally) -> tuple[tuple[Bar, ...], int]:
    """Bars as the time signatures say, and where the last one ends.

    A signature always starts a bar. The last bar ends with its last beat that sounds.
    """
    first = meters[0] if meters and meters[0].tick == 0 else Meter()
    later = [meter for meter in meters if meter.tick > 0]
    bars = [Bar(tick=0, number=0)] if pickup else []
    tick, number, meter = pickup, 1, first
    end = max(end, 1) if pickup < end else pickup + first.bar_ticks
    for until, after in [*((m.tick, m) for m in later if m.tick < end), (end, first)]:
        while tick < until:
            bars.append(Bar(tick=tick, number=number))
            tick, number = tick + meter.bar_ticks, number + 1
        if until < end:
            if tick > until:
                tally.add("bars cut short by a time signature inside them", f"bar {number - 1}")
            tick, meter = until, after
    beat = max(1, TICKS_PER_WHOLE // meter.denominator)
    return tuple(bars), bars[-1].tick + -(-(end - bars[-1].tick) // beat) * beat


def tempos_of(midi: MidiFile, clock: Clock, tally: Tally) -> tuple[Tempo, ...]:
    """Tempos in quarters per minute, each the simplest that a file would write so."""
    n_bad = sum(1 for _, _, data in _metas(midi, _SET_TEMPO) if not int.from_bytes(data, "big"))
    if n_bad:
        tally.add("tempos of 0 left out", count=n_bad)
    found = {clock.tick(tick): microseconds for tick, microseconds in _tempo_events(midi)}
    return tuple(Tempo(tick=tick, qpm=qpm_of(found[tick])) for tick in sorted(found))


@lru_cache(maxsize=4096)
def qpm_of(microseconds: int) -> Fraction:
    """Quarters per minute from microseconds a quarter.

    Files round or cut to whole microseconds, so 72 stands as 833333: the simplest number that fits is meant.

    >>> qpm_of(833333)
    Fraction(72, 1)
    """
    low, high = Fraction(_MINUTE, microseconds + 1), Fraction(2 * _MINUTE, 2 * microseconds - 1)
    return _simplest(low, high)


def keys_of(midi: MidiFile, clock: Clock, part_tracks: list[int], tally: Tally) -> tuple[Key, ...]:
    """Key signatures: of the whole score where the tracks agree, else of each part.

    Args:
        part_tracks: the track of each part.
    """
    found: dict[int, dict[int, Key]] = {}
    for tick, track, data in _metas(midi, _KEY_SIGNATURE):
        fifths = (data[0] ^ 0x80) - 0x80 if len(data) >= 2 else 99
        if abs(fifths) > 7 or data[1] > 1:
            tally.add("key signatures beyond seven sharps or flats left out", f"track {track}: {data.hex(' ')}")
            continue
        key = Key(tick=clock.tick(tick), fifths=fifths, mode="minor" if data[1] else "major")
        found.setdefault(track, {})[key.tick] = key
    shared = {tick: key for track, keys in found.items() if track not in part_tracks for tick, key in keys.items()}
    own = [found.get(track, {}) for track in part_tracks]
    said = [keys for keys in own if keys]
    if all(keys == said[0] and keys.items() >= shared.items() for keys in said):
        return tuple({**shared, **(said[0] if said else {})}.values())
    parted = [
        replace(key, part=part) for part, keys in enumerate(own) for key in keys.values() if shared.get(key.tick) != key
    ]
    return (*shared.values(), *parted)


def _tempo_events(midi: MidiFile) -> Iterable[tuple[int, int]]:
    for tick, _, data in _metas(midi, _SET_TEMPO):
        if microseconds := int.from_bytes(data, "big"):
            yield tick, microseconds


def _metas(midi: MidiFile, kind: int) -> Iterable[tuple[int, int, bytes]]:
    """(tick of the file, track, bytes) of every meta event of a kind."""
    for track in midi.tracks:
        for tick, status, number, data in track.events:
            if status == META and number == kind and isinstance(data, bytes):
                yield tick, track.number, data


def _simplest(low: Fraction, high: Fraction) -> Fraction:
    """The fraction with the smallest denominator from `low` to `high`, both positive."""
    whole = -(-low.numerator // low.denominator)
    if whole <= high:
        return Fraction(whole)
    whole -= 1
    return whole + 1 / _simplest(1 / (high - whole), 1 / (low - whole))
