"""Music as it was played: a little early, a little late, each note held into the next; and the same on the beat."""

# Shapes: N notes.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.score.model import TICKS_PER_QUARTER, Mark, Notes, Score

LIVE = 0.15
"""Share of the notes that begin where written music hardly ever does, from which a score was played."""

SHORTENED = 0.3
"""Share of the notes that end where written music hardly ever does, from which all were let go a little early: many
programs export a quarter as nine tenths of one."""

MOSTLY, ENOUGH = 0.5, 8
"""The same share of the notes of one part, if it has so many: beside a played melody others may be written."""

SIXTEENTH, TRIPLET = TICKS_PER_QUARTER // 4, TICKS_PER_QUARTER // 3

FINEST = (TICKS_PER_QUARTER // 8, TICKS_PER_QUARTER // 6)
"""Written music begins its notes on 32nds and on sixteenths of a triplet."""

BRUSHED, LONGER = TICKS_PER_QUARTER // 12, 4
"""A key was brushed if it sounds for no longer than this, and its neighbour, struck with it, so many times as long."""

TOGETHER = TICKS_PER_QUARTER // 8
"""Keys that go down within so many ticks are struck together."""

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False, kw_only=True)
class OnBeat:
    """A performance as it would be written."""

    score: Score
    """Without the keys that were brushed."""
    onset_N: Ints
    """Of every note as it was played, where it stands on the beat."""
    duration_N: Ints
    brushed_N: NDArray[np.bool_]

    @property
    def said(self) -> list[str]:
        """What was changed, a sentence for each kind of thing."""
        n = int(self.brushed_N.sum())
        return [f"{n} key{'s' * (n != 1)} brushed in passing left out"] if n else []


def played_live(score: Score) -> bool:
    """Whether notes stand where a player put them, and not where somebody wrote them; signs on notes are written."""
    if any(mark.pitch >= 0 and mark.kind != "colour" for mark in score.marks):
        return False
    notes = score.notes
    return _often_off(notes, notes["onset"], LIVE) or _often_off(notes, notes["onset"] + notes["duration"], SHORTENED)


def _often_off(notes: Notes, tick_N: NDArray[np.integer[Any]], share: float) -> bool:
    """More than this share of the notes do something where written music hardly ever does, or one part's mostly do."""
    plain_N = notes["grace"] == 0
    off_N = np.all([tick_N % step != 0 for step in FINEST], axis=0)
    parts = (plain_N & (notes["part"] == part) for part in np.unique(notes["part"]))
    mostly = any(own_N.sum() >= ENOUGH and off_N[own_N].mean() > MOSTLY for own_N in parts)
    return bool(plain_N.any() and off_N[plain_N].mean() > share) or mostly


def on_the_beat(score: Score) -> OnBeat:
    """A performance on sixteenths, or on triplets where they fit clearly better.

    A note that is held into the next, or nearly up to it, ends where that begins; a longer one stays as long as it is.
    """
    notes = score.notes
    onset_N, duration_N = notes["onset"].astype(np.int64), notes["duration"].astype(np.int64)
    live = _often_off(notes, notes["onset"], LIVE)
    brushed_N = _brushed(notes)
    for own in _streams(notes, brushed_N):
        onset_N[own] = _nearest(onset_N[own]) if live else onset_N[own]
        duration_N[own] = _lengths(notes["onset"][own] + notes["duration"][own], onset_N[own], notes["pitch"][own])
    inside_N = onset_N < score.end
    duration_N[inside_N] = np.minimum(duration_N, score.end - onset_N)[inside_N]
    end = max(score.end, int((onset_N + duration_N)[~brushed_N].max(initial=1)))
    written = notes.copy()
    written["onset"], written["duration"] = onset_N, duration_N
    return OnBeat(
        score=score.evolve(notes=written[~brushed_N], marks=_marks(score, onset_N), end=end),
        onset_N=onset_N,
        duration_N=duration_N,
        brushed_N=brushed_N,
    )


def _marks(score: Score, onset_N: Ints) -> tuple[Mark, ...]:
    """Signs on notes, where their notes now are."""
    fields = (score.notes[name].tolist() for name in ("part", "onset", "pitch"))
    moved = dict(zip(zip(*fields, strict=True), onset_N.tolist(), strict=True))
    return tuple(
        replace(
            mark,
            tick=moved.get((mark.part, mark.tick, mark.pitch), mark.tick),
            end=moved.get((mark.part, mark.end, mark.end_pitch), mark.end),
        )
        for mark in score.marks
    )


def _brushed(notes: Notes) -> NDArray[np.bool_]:
    """Keys that a finger touched on its way."""
    found = np.zeros(len(notes), bool)
    for i in np.flatnonzero((notes["duration"] <= BRUSHED) & (notes["grace"] == 0)):
        note = notes[i]
        near = (notes["part"] == note["part"]) & (np.abs(notes["onset"] - note["onset"]) <= TOGETHER)
        near &= np.isin(np.abs(notes["pitch"].astype(int) - int(note["pitch"])), (1, 2))
        found[i] = bool((near & (notes["duration"] >= LONGER * max(1, int(note["duration"])))).any())
    return found


def _streams(notes: Notes, brushed_N: NDArray[np.bool_]) -> list[Ints]:
    """The ordinary notes of each voice of each part, in their order."""
    plain = (notes["grace"] == 0) & ~brushed_N
    names = sorted({(int(n["part"]), int(n["staff"]), int(n["voice"])) for n in notes[plain]})
    return [
        np.flatnonzero(plain & (notes["part"] == part) & (notes["staff"] == staff) & (notes["voice"] == voice))
        for part, staff, voice in names
    ]


def _nearest(onset_N: Ints) -> Ints:
    """Where a player meant to begin: beat by beat on sixteenths, or on a triplet."""
    found = _rounded(onset_N, SIXTEENTH)
    beat_N = onset_N // TICKS_PER_QUARTER
    for beat in np.unique(beat_N):
        own = beat_N == beat
        even, triple = _rounded(onset_N[own], SIXTEENTH), _rounded(onset_N[own], TRIPLET)
        inside = set((triple - beat * TICKS_PER_QUARTER).tolist()) - {0, TICKS_PER_QUARTER}
        # A whole triplet is likelier than three notes that lie as near to sixteenths, one of them a syncopation.
        if inside == {TRIPLET, 2 * TRIPLET} and _apart(triple, onset_N[own]) <= _apart(even, onset_N[own]):
            found[own] = triple
    return found


def _apart(one_N: Ints, other_N: Ints) -> int:
    return int(np.abs(one_N - other_N).sum())


def _lengths(release_N: Ints, onset_N: Ints, pitch_N: NDArray[np.int8]) -> Ints:
    """How long each note is meant to sound: before a rest, the longer the more roughly."""
    held_N = release_N - onset_N
    step_N = np.where(held_N < TICKS_PER_QUARTER, 1, np.where(held_N < 2 * TICKS_PER_QUARTER, 2, 4)) * SIXTEENTH
    found = np.maximum(_rounded(held_N, step_N), SIXTEENTH)
    for i, (onset, release) in enumerate(zip(onset_N.tolist(), release_N.tolist(), strict=True)):
        later = onset_N[onset_N > onset]
        if not len(later):
            continue
        between = int(later.min()) - onset
        held = release - onset
        # Up to a sixteenth is missing, or a quarter of the way; or it is held over by less than half of its length.
        if between - max(SIXTEENTH, between // 4) <= held < between + max(SIXTEENTH, between // 2):
            found[i] = between
    for pitch in np.unique(pitch_N):  # a key cannot go down again before it is up
        own = np.flatnonzero(pitch_N == pitch)
        own = own[np.argsort(onset_N[own], kind="stable")]
        gap = np.diff(onset_N[own])
        found[own[:-1]] = np.where(gap > 0, np.minimum(found[own[:-1]], np.maximum(gap, 1)), found[own[:-1]])
    return found


def _rounded(tick_N: Ints, step: int | Ints) -> Ints:
    """To the nearest multiple; what lies half way goes up."""
    rounded: Ints = (2 * tick_N + step) // (2 * step) * step
    return rounded


@dataclass(frozen=True, eq=False, kw_only=True)
class Played:
    """Which notes on the beat stand for which notes as they were played."""

    notes: Notes
    """As they were played."""
    beat: OnBeat

    def exactly(self, kept: Notes, part_of: Sequence[int]) -> Notes:
        """Notes on the beat, given back as they were played.

        Args:
            kept: notes of the performance on the beat, in whatever part they now are.
            part_of: of every such part, the part that it was; -1 = none.
        """
        waiting = dict[tuple[int, ...], list[int]]()
        for i in np.flatnonzero(~self.beat.brushed_N)[::-1].tolist():
            note = self.notes[i]
            where = (int(self.beat.onset_N[i]), int(self.beat.duration_N[i]))
            waiting.setdefault((int(note["part"]), *where, int(note["pitch"]), int(note["grace"])), []).append(i)
        out = kept.copy()
        for note in out:
            name = (part_of[note["part"]], *(int(note[field]) for field in ("onset", "duration", "pitch", "grace")))
            if found := waiting.get(name):
                i = found.pop()
                note["onset"], note["duration"] = self.notes["onset"][i], self.notes["duration"][i]
        return out

    def with_the_player(self, fresh: Notes) -> Notes:
        """New notes begin and end with the player's, where they would on the beat."""
        there = dict(zip(self.beat.onset_N[::-1].tolist(), self.notes["onset"][::-1].tolist(), strict=True))
        out = fresh.copy()
        for note in out:
            start, end = int(note["onset"]), int(note["onset"] + note["duration"])
            onset = there.get(start, start)
            note["onset"], note["duration"] = onset, max(1, there.get(end, end) - onset)
        return out
