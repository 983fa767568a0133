"""Harmonies: a score cut where its chords change, non-chord tones left out, each chord with its numeral.

Every stretch of the grid is tried with every chord: what belongs to it counts for it, what does not against it, less so
where a melody explains it (a passing note, a suspension). The best row of chords is found by dynamic programming.
"""

# Shapes: N notes, U units of the grid, L lengths, C chords.

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.score.model import TICKS_PER_QUARTER, UNSPELLED, Notes, Score
from stretto.theory.chords import ALTERED, QUALITIES, Chord
from stretto.theory.grid import BEAT, DOWNBEAT, HALF_BAR, OFFBEAT, Grid, grid_of, overlaps
from stretto.theory.key import Tonality, pitched_notes
from stretto.theory.key_windows import KeyWindow, key_at, key_windows
from stretto.theory.lines import Neighbours, neighbours_of
from stretto.theory.numerals import chord_of_classes, numeral_of
from stretto.theory.spelling import spell_unspelled

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]

LONGEST = 16
"""Units of the longest harmony that is looked for in one; longer ones are joined."""

CHANGE = {DOWNBEAT: 0.7, HALF_BAR: 0.8, BEAT: 1.0, OFFBEAT: 2.2}
"""Cost of a new chord on a unit of each strength; a voice that sounds through a unit counts 1."""

FOREIGN, EXPLAINED = 1.5, 0.35
"""Cost of a note that is not of the chord, for each unit; less where a melody explains it."""

EMBELLISHES = 0.4
"""What a note that a melody explains counts where it is of the chord."""

PEDAL = 4 * TICKS_PER_QUARTER
"""Ticks of a note that others may move over."""

PRIOR = {"major": 0.0, "minor": 0.0, "diminished": -0.4, "augmented": -1.2, "dominant seventh": -0.3,
         "minor seventh": -0.6, "major seventh": -0.9, "half-diminished seventh": -0.5, "diminished seventh": -0.5,
         "French sixth": -1.5}  # fmt: skip
"""What is added for a chord of each quality."""

MISSING = (1.2, 1.0, 0.15, 1.5)
"""Cost of a root, third, fifth or seventh that does not sound; a fifth that is not perfect counts as a third."""

IN_KEY = 0.5
"""Gain of a chord all of whose notes are of the key."""

BASS = (0.5, 0.25, -0.1, 0.0)
"""Gain of a chord whose root, third, fifth or seventh is the lowest note where it begins."""

TRIAD_OF = {"dominant seventh": "major", "minor seventh": "minor", "major seventh": "major",
            "half-diminished seventh": "diminished", "diminished seventh": "diminished"}  # fmt: skip
"""What a seventh chord is before its seventh."""

STEPS = QUALITIES | ALTERED
"""Semitones of each chord's notes above its root, by quality."""

SHAPES = {quality: STEPS[quality] for quality in PRIOR}


@dataclass(frozen=True, slots=True, kw_only=True)
class Harmony:
    """One chord, for as long as it is heard."""

    tick: int
    end: int
    chord: Chord
    """With `inversion` of the bass where it begins."""
    key: Tonality
    """The local key."""
    numeral: str
    """In that key: "V65", "ii6", "viio7/V"."""

    @property
    def classes(self) -> frozenset[int]:
        """Its pitch classes, missing ones included."""
        return _classes(self.chord.root, self.chord.quality)

    @property
    def bass(self) -> int:
        """Pitch class of its lowest chord tone."""
        return (self.chord.root + STEPS[self.chord.quality][self.chord.inversion]) % 12


@cache
def _classes(root: int, quality: str) -> frozenset[int]:
    return frozenset((root + step) % 12 for step in STEPS[quality])


def harmonies(score: Score, *, windows: list[KeyWindow] | None = None) -> list[Harmony]:
    """One harmony after the other; a chord whose bass takes another of its notes on a beat is a new one.

    Args:
        score: any; percussion and graces are left out.
        windows: local keys; None = `key_windows`.

    *Source*: segments scored by the notes that match a chord's template, by those that do not and by template notes
    that are missing, as in Pardo and Birmingham, "Algorithms for Chordal Analysis", Computer Music Journal 26:2, 2002.
    *Departures*: 1. notes count by how long they sound. 2. A note that a melody explains counts less. 3. Metre, key and
    bass count. 4. All segmentations are searched.
    """
    grid = grid_of(score)
    if not len(pitched_notes(score)):
        return []
    score = spell_unspelled(score)
    windows = key_windows(score, grid=grid) if windows is None else windows
    notes = pitched_notes(score)
    notes = notes[notes["grace"] == 0]
    heard = _Heard.of(notes, grid, windows)
    segments = _with_sevenths(heard, _segments(heard, grid), grid)
    return _named(heard, _by_bass(heard, segments, grid), windows, grid)


@dataclass(frozen=True, eq=False)
class _Heard:
    """What sounds in each unit."""

    gain_U12: Floats
    """For a chord that has the pitch class."""
    loss_U12: Floats
    """Against a chord that has it not."""
    bass_U: Ints
    """Lowest pitch that is not stepped through off the beat, or lowest at all; -1 = silence."""
    lowest_U: Ints
    """Lowest pitch; -1 = silence."""
    in_key_UC: NDArray[np.bool_]
    note: Notes
    around: Neighbours
    at: tuple[Ints, Ints, Ints]
    """Of every unit in which a note sounds: note, unit, ticks; by unit."""
    explained: NDArray[np.bool_]
    """Of these, whether a melody explains it there."""

    @classmethod
    def of(cls, notes: Notes, grid: Grid, windows: list[KeyWindow]) -> _Heard:
        onset = notes["onset"].astype(np.int64)
        at = overlaps(grid, onset, onset + notes["duration"])
        note, unit, ticks = at
        around = neighbours_of(notes)
        passed, explained = _explained(around, onset, at, grid)
        share = ticks / np.diff(grid.edges)[unit]
        gain, loss = (np.zeros((len(grid), 12)) for _ in range(2))
        where = (unit, notes["pitch"][note] % 12)
        np.add.at(gain, where, share * np.where(explained, EMBELLISHES, 1.0))
        np.add.at(loss, where, share * np.where(explained, EXPLAINED, FOREIGN))
        bass, lowest = np.full(len(grid), 999), np.full(len(grid), 999)
        np.minimum.at(lowest, unit, notes["pitch"][note].astype(np.int64))
        np.minimum.at(
            bass,
            unit,
            notes["pitch"][note].astype(np.int64) + np.where(passed & (grid.strength_U[unit] == OFFBEAT), 200, 0),
        )
        bass, lowest = (np.where(low == 999, -1, low % 200) for low in (bass, lowest))
        window = np.searchsorted([w.tick for w in windows], grid.tick_U, side="right") - 1
        in_key = np.array([_in_key(w.key) for w in windows])[np.maximum(window, 0)]
        order = np.argsort(unit, kind="stable")
        at = note[order], unit[order], ticks[order]
        return cls(gain, loss, bass, lowest, in_key, notes, around, at, explained[order])


def _explained(
    around: Neighbours, onset_N: Ints, at: tuple[Ints, Ints, Ints], grid: Grid
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Where a note sounds as an ornament may: stepped through off the beat; that, or held over and stepped down."""
    note, unit, _ = at
    into, out = around.step_in[note], around.step_out[note]
    first = grid.tick_U[unit] <= onset_N[note]
    begins = first | (np.diff(note, prepend=-1) != 0)
    weak = (grid.strength_U[unit] == OFFBEAT) | (around.short[note])
    stepped = begins & weak & (np.abs(into) <= 2) & (into != 0) & (np.abs(out) <= 2) & (out != 0)
    held = (~begins | (into == 0)) & (out >= -2) & (out <= 1) & (out != 0)
    held |= ~begins & (around.length[note] >= PEDAL)
    anticipates = begins & (grid.strength_U[unit] == OFFBEAT) & (out == 0) & (into != 0) & (np.abs(into) <= 2)
    leapt = begins & (grid.strength_U[unit] == OFFBEAT) & around.short[note] & (np.abs(out) <= 2) & (out * into < 0)
    passed: NDArray[np.bool_] = stepped | anticipates
    return passed, passed | held | leapt


@cache
def _templates() -> tuple[NDArray[np.bool_], Floats, Floats, tuple[tuple[int, str], ...]]:
    """Chords as pitch classes, (C, 12), cost of each that is missing, (C, 12), gain of each in the bass, and names."""
    names = tuple((root, quality) for quality in PRIOR for root in range(12))
    has, cost, bass = np.zeros((len(names), 12), bool), np.zeros((len(names), 12)), np.full((len(names), 12), -0.3)
    for c, (root, quality) in enumerate(names):
        for place, step in enumerate(SHAPES[quality]):
            pitch = (root + step) % 12
            has[c, pitch] = True
            cost[c, pitch] = MISSING[1] if place == 2 and step != 7 else MISSING[place]
            bass[c, pitch] = BASS[place]
    return has, cost, bass, names


@cache
def _in_key(key: Tonality) -> NDArray[np.bool_]:
    """Chords whose notes are all of a key, (C,); in minor with both sixths and sevenths."""
    steps = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10, 11)}[key.mode]
    own = np.zeros(12, bool)
    own[[(key.tonic + step) % 12 for step in steps]] = True
    found: NDArray[np.bool_] = np.logical_not((_templates()[0] & ~own).any(axis=1))
    return found


def _segments(heard: _Heard, grid: Grid) -> list[tuple[int, int, int]]:
    """First unit, end unit and chord of each stretch."""
    _, _, bass_C12, names = _templates()
    has_12C, lacks_12C, cost_12C = _by_class()
    prior_C = np.array([PRIOR[quality] for _, quality in names])
    n = len(grid)
    gain = np.concatenate([np.zeros((1, 12)), np.cumsum(heard.gain_U12, axis=0)])
    loss = np.concatenate([np.zeros((1, 12)), np.cumsum(heard.loss_U12, axis=0)])
    change = np.array([CHANGE[int(s)] for s in grid.strength_U])
    start_UC = prior_C + IN_KEY * heard.in_key_UC - change[:, None]
    start_UC = start_UC + np.where(heard.bass_U[:, None] >= 0, bass_C12[:, heard.bass_U % 12].T, 0.0)
    # Of every stretch that ends before a unit, by its length from LONGEST down to 1.
    value, chosen = np.full((n + 1, LONGEST), -np.inf), np.zeros((n + 1, LONGEST), np.int64)
    for length in range(1, min(LONGEST, n) + 1):
        own = gain[length:] - gain[:-length]
        against = loss[length:] - loss[:-length]
        fits = own @ has_12C - against @ lacks_12C - (own <= 0) @ cost_12C + start_UC[: n - length + 1]
        chosen[length:, -length] = best_fit = fits.argmax(axis=1)
        value[length:, -length] = fits[np.arange(len(fits)), best_fit]
    best, back = np.full(LONGEST + n, -np.inf), [0] * (n + 1)
    best[LONGEST - 1] = 0.0
    for u in range(1, n + 1):
        total = (best[u - 1 : u - 1 + LONGEST] + value[u])[::-1]  # the shorter first, of those that fit as well
        shortest = int(total.argmax())
        back[u], best[u - 1 + LONGEST] = 1 + shortest, total[shortest]
    out, u = [], n
    while u:
        out.append((u - back[u], u, int(chosen[u, -back[u]])))
        u -= back[u]
    return out[::-1]


@cache
def _by_class() -> tuple[Floats, Floats, Floats]:
    """Of every pitch class whether each chord has it, or lacks it, and what it costs if it is missing, (12, C)."""
    has_C12, cost_C12, _, _ = _templates()
    return has_C12.T.astype(float), (~has_C12).T.astype(float), cost_C12.T


def _with_sevenths(heard: _Heard, segments: list[tuple[int, int, int]], grid: Grid) -> list[tuple[int, int, int]]:
    """The stretches, with sevenths only where they are no ornaments of the triad."""
    out: list[tuple[int, int, int]] = []
    names, until = _templates()[3], len(grid)
    for i in range(len(segments) - 1, -1, -1):
        first, stop, chord = segments[i]
        if i + 1 == len(segments) or names[segments[i + 1][2]][0] != names[chord][0]:
            until = stop
        out[:0] = _late_seventh(heard, (first, stop, chord), grid, until)
    return out


def _late_seventh(heard: _Heard, segment: tuple[int, int, int], grid: Grid, until: int) -> list[tuple[int, int, int]]:
    """A triad whose seventh enters later is a triad first: of passing sevenths only a dominant's make a new harmony."""
    first, stop, chord = segment
    root, quality = _templates()[3][chord]
    if quality not in TRIAD_OF:
        return [segment]
    seventh = (root + SHAPES[quality][3]) % 12
    span = slice(*np.searchsorted(heard.at[1], (first, stop)).tolist())
    note, unit, explained = heard.at[0][span], heard.at[1][span], heard.explained[span]
    sounds = heard.note["pitch"][note] % 12 == seventh
    enters = int(unit[sounds].min()) if sounds.any() else first
    if sounds.any() and _goes_to_the_root(heard, note[sounds], int(grid.edges[until])):
        return [(first, stop, _templates()[3].index((root, TRIAD_OF[quality])))]
    if enters == first:
        return [segment]
    triad = _templates()[3].index((root, TRIAD_OF[quality]))
    passes = explained[sounds].all() and not (grid.strength_U[enters] >= BEAT)
    if passes and quality != "dominant seventh":
        return [(first, stop, triad)]
    return [(first, enters, triad), (enters, stop, chord)]


def _goes_to_the_root(heard: _Heard, note: Ints, stop: int) -> bool:
    """A seventh that steps up while its chord still sounds is a retardation, or a lower neighbour, of the root."""
    end = heard.note["onset"][note].astype(np.int64) + heard.note["duration"][note]
    return bool((np.isin(heard.around.step_out[note], (1, 2)) & (end < stop)).all())


def _by_bass(heard: _Heard, segments: list[tuple[int, int, int]], grid: Grid) -> list[tuple[int, int, int, int]]:
    """First unit, end unit, chord and bass; joined where nothing changes, cut where the bass does on a beat."""
    has_C12 = _templates()[0]
    out: list[tuple[int, int, int, int]] = []
    for first, stop, chord in segments:
        low = -1
        pieces: list[tuple[int, int, int, int]] = []
        for u in range(first, stop):
            own = u == first and heard.lowest_U[u] >= 0 and has_C12[chord, heard.lowest_U[u] % 12]
            now = int(heard.lowest_U[u] if own else heard.bass_U[u])
            if now < 0 or not has_C12[chord, now % 12]:
                continue
            if low < 0 or (now % 12 != low % 12 and grid.strength_U[u] >= BEAT):
                pieces.append((u if pieces else first, stop, chord, now % 12))
                low = now
        if not pieces:
            pieces.append((first, stop, chord, -1))
        for i, (a, _, c, b) in enumerate(pieces):
            end = pieces[i + 1][0] if i + 1 < len(pieces) else stop
            if out and out[-1][2:] == (c, b):
                out[-1] = (out[-1][0], end, c, b)
            else:
                out.append((a, end, c, b))
    return out


def _named(heard: _Heard, rows: list[tuple[int, int, int, int]], windows: list[KeyWindow], grid: Grid) -> list[Harmony]:
    """The harmonies with their chords and numerals."""
    names = _templates()[3]
    edges = grid.edges
    chords = []
    for first, stop, c, bass in rows:
        root, quality = names[c]
        key = key_at(windows, int(edges[first]))
        chords.append((_chord(heard, (first, stop), (root, quality), bass, key), key))
    out = []
    for i, ((first, stop, _, _), (chord, key)) in enumerate(zip(rows, chords, strict=True)):
        later = next((c for c, _ in chords[i + 1 :] if c.root != chord.root), None)
        numeral = numeral_of(chord, key, following=later)
        out.append(Harmony(tick=int(edges[first]), end=int(edges[stop]), chord=chord, key=key, numeral=numeral))
    return out


def _without_its_fifth(root: int, names: dict[int, int]) -> tuple[int, str]:
    """A diminished triad by its sound that is a root, a third and a seventh by its names: A sharp, C sharp, G."""
    named = max(names, key=lambda c: names[c])
    steps = {names[c] - names[named] for c in names}
    return (named, "diminished seventh") if steps == {0, -3, -9} else (root, "diminished")


def _chord(heard: _Heard, span: tuple[int, int], named: tuple[int, str], bass: int, key: Tonality) -> Chord:
    """The chord of a stretch with its inversion; names tell augmented sixths and the roots of even chords."""
    root, quality = named
    steps = SHAPES[quality]
    note, unit, _ = heard.at
    first, last = np.searchsorted(unit, span)
    inside = note[first:last]
    classes = {(root + step) % 12 for step in steps}
    sounding: dict[int, int] = {}
    for i in np.unique(inside).tolist():
        pitch, name = int(heard.note["pitch"][i]) % 12, int(heard.note["fifths"][i])
        if pitch in classes and name != UNSPELLED:
            sounding[pitch] = name
    low = bass if bass >= 0 else root
    if quality == "diminished" and len(sounding) == len(steps):
        root, quality = _without_its_fifth(root, sounding)
        steps = SHAPES[quality]
    if quality in ("augmented", "diminished seventh", "dominant seventh", "French sixth"):
        present = frozenset(sounding)
        found = chord_of_classes(present, low, sounding, key)
        if found is not None and (found.quality in ALTERED or found.quality == quality):
            return found
    if quality == "French sixth":
        quality = "dominant seventh"
        steps = QUALITIES[quality]
    inversion = next((i for i, step in enumerate(steps) if (root + step) % 12 == low), 0)
    complete = (root + steps[2]) % 12 in sounding
    return Chord(root, quality, inversion, complete)
