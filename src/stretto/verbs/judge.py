"""What a teacher would mark in a phrase, so that of several versions the best can be kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from stretto.corpus.overlap import grid_pitches
from stretto.evaluate.chorale import STUCK_BARS, chord_in, stuck_runs
from stretto.evaluate.originality import CELL
from stretto.evaluate.phrase_close import cadence_of, frame_slices
from stretto.evaluate.quotations import CELLS, shipped_fingerprints
from stretto.frames.parts import ONSET, REST, PartFrames, notes_of_parts
from stretto.frames.plan import Plan, bar_ticks
from stretto.score.model import TICKS_PER_QUARTER, Notes
from stretto.theory.accents import lead_of_meter
from stretto.theory.key import Tonality, tonality
from stretto.theory.slices import Slices
from stretto.theory.voice_leading import hard_leaps, melody, parallels
from stretto.verbs.sample import Drawn

ODD, VALUES = 0.07, 0.5
"""What is taken off for each odd chord, and for note values of which none is usual."""

QUOTED = 0.1
"""What is taken off for each eighth from which on two bars are copied."""

COPIED = 1.0
"""What is taken off for each new bar that is one from before, note for note, in all parts."""

SAME_LETTER = ((0, 1), (3, 4), (5, 6), (8, 9), (10, 11))
"""Degrees, in semitones above the tonic, that are one note and the same altered: G and G sharp in A minor."""

SUSPENDED = 0.5
"""Of an odd chord, what one counts that is a suspension or an appoggiatura over a chord that comes within its beat."""

UNMARKED = 1.0
"""What is taken off for each barline on which no voice begins a note: none of 1,700 of real chorales is so."""

CLASH = 0.5
"""What is taken off for each quarter in which a note sounds against the same altered."""

CLEAR, METRE = 0.06, 5.0
"""Lead of its metre that a real piece usually has, and what is taken off for each unit that is missing."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Marks on one version of a phrase, or on a whole piece."""

    nll_per_note: float
    n_parallels: int
    n_leaps: int
    """Moves of a voice by a tritone, a seventh or more than an octave."""
    cadences: tuple[str, ...]
    """How each phrase closes: kinds of `theory.cadence`."""
    n_off_plan: int
    """Phrases that close otherwise than planned."""
    n_weak: int
    """Phrases that end on no triad, or with no cadence that has a name."""
    ends_well: bool
    """On the tonic triad in root position, with its third, for a half note at least; True before the end."""
    n_stuck: int
    """Runs of one chord over more than two bars."""
    n_held_over: int
    """Phrases whose last chord still sounds when the next bar has begun: nobody can breathe."""
    n_odd: float
    """Strong beats on which neither a triad nor a seventh chord sounds; those on which one comes before the next beat
    count for SUSPENDED of one."""
    value_gap: float
    """Share of the notes so far that would need another length for the note values to be as usual."""
    metre_lead: float
    """How much better the accents of the piece so far fit its metre than the rival; CLEAR if one cannot say."""
    quoted: tuple[int, ...] = ()
    """Ticks from which on two bars, at least half of them new, stand in the music that the network learned from."""

    clash: float = 0.0
    """Quarters in which a note sounds against the same altered, as G against G sharp."""
    n_copied: int = 0
    """New bars that copy an earlier one."""
    n_unmarked: int = 0
    """New barlines on which no voice begins a note."""

    def penalty(self, typical: float) -> float:
        """What orders versions of a phrase.

        Likelihood counts by its distance from what is typical of the versions (nats a note): the
        likeliest of several is the one that repeats itself, and the least likely has gone astray.
        """
        return (
            abs(self.nll_per_note - typical)
            + 0.4 * self.n_parallels
            + 0.2 * self.n_leaps
            + 0.5 * self.n_off_plan
            + 1.0 * self.n_weak
            + 2.0 * (not self.ends_well)
            + 2.0 * self.n_stuck
            + 1.0 * self.n_held_over
            + UNMARKED * self.n_unmarked
            + QUOTED * len(self.quoted)
            + COPIED * self.n_copied
            + CLASH * self.clash
            + ODD * self.n_odd
            + VALUES * self.value_gap
            + METRE * max(0.0, CLEAR - self.metre_lead)
        )


def judge(
    drawn: Drawn,
    plan: Plan,
    cadences: Sequence[str],
    *,
    value_shares: Mapping[int, float] | None = None,
    before: Drawn | None = None,
    open_TV: NDArray[np.bool_] | None = None,
) -> Verdict:
    """Mark a piece, or what came to it since `before`.

    Args:
        drawn: the piece so far.
        plan: what it was drawn along.
        cadences: the kind that is planned for each phrase end.
        value_shares: usual share of each note value, in ticks; none = not known.
        before: the same piece at an earlier moment.
        open_TV: what is new, by eighths; None = everything.
    """
    frames = drawn.frames
    since = before.frames.end if before is not None else 0
    key = plan_key(plan)
    planned = [(t, kind) for t, kind in zip(plan.phrase_ends or (), cadences, strict=True) if since <= t < frames.end]
    closes = [cadence_of(frames, t, key) for t, _ in planned]
    slices, notes = frame_slices(frames), notes_of_parts(frames)
    n_old, old_nats = (before.n_notes, before.nats) if before is not None else (0, 0.0)
    return Verdict(
        nll_per_note=(drawn.nats - old_nats) / max(1, drawn.n_notes - n_old),
        n_parallels=sum(p.tick >= since for p in parallels(slices)),
        n_leaps=sum(hard_leaps(melody(slices, v)) for v in range(frames.pitch_TV.shape[1])),
        cadences=tuple(c.kind for c in closes),
        n_off_plan=sum(c.kind != kind != "other" for c, (_, kind) in zip(closes, planned, strict=True)),
        n_weak=sum(not c.on_triad or c.kind == "other" for c in closes),
        ends_well=frames.end < plan.end or ends_well(frames, plan.tonic),
        n_stuck=_n_stuck(slices, plan),
        n_held_over=_n_held_over(frames, plan),
        n_odd=_n_odd(slices, plan, since),
        n_unmarked=_n_unmarked(slices, plan, since),
        clash=_clash(slices, plan.tonic, since),
        value_gap=_value_gap(notes, value_shares or {}),
        metre_lead=_metre_lead(notes, plan, frames.end),
        quoted=_quoted(frames, since, open_TV),
        n_copied=_n_copied(frames, plan, since, open_TV) if open_TV is not None else 0,
    )


def plan_key(plan: Plan) -> Tonality:
    """The key that a piece is to be in."""
    return tonality(plan.tonic, plan.mode or "major")


def _quoted(frames: PartFrames, since: int, open_TV: NDArray[np.bool_] | None) -> tuple[int, ...]:
    """Ticks from which on two bars that end after `since` are copied."""
    start = max(0, since // CELL - CELLS + 1)
    first = start + shipped_fingerprints().quoted(grid_pitches(frames, step=CELL, start=start * CELL))
    return tuple(t * CELL for t in first.tolist() if open_TV is None or open_TV[t : t + CELLS].mean() >= 1 / 2)


def _n_copied(frames: PartFrames, plan: Plan, since: int, open_TV: NDArray[np.bool_]) -> int:
    """Bars that end after `since`, open in all parts, that are a stretch from before, note for note."""
    pitch_TV = grid_pitches(frames, step=CELL)
    starts = [start // CELL for start in plan.bar_starts or ()]
    n_copied = 0
    for start, end in pairwise([*starts, len(pitch_TV)]):
        if end * CELL <= since or end > len(pitch_TV) or end <= start or not open_TV[start:end].all():
            continue
        earlier = sliding_window_view(pitch_TV[:start], end - start, axis=0) if 2 * start >= end else pitch_TV[:0]
        n_copied += bool(len(earlier) and (earlier == pitch_TV[start:end].T).all(axis=(1, 2)).any())
    return n_copied


def ends_well(frames: PartFrames, tonic: int) -> bool:
    """The last chord is the tonic triad in root position with its third, a half note or longer."""
    last = frames.pitch_TV[-1]
    if (last == REST).any() or last.min() % 12 != tonic:
        return False
    begun = [int(frames.tick_T[np.flatnonzero(frames.state_TV[:, v] == ONSET)[-1]]) for v in range(len(last))]
    classes = {(int(p) - tonic) % 12 for p in last}
    right = classes <= {0, 3, 7} or classes <= {0, 4, 7}
    return right and bool(classes & {3, 4}) and frames.end - max(begun) >= 2 * TICKS_PER_QUARTER


def _metre_lead(notes: Notes, plan: Plan, end: int) -> float:
    numerator, denominator = (int(n) for n in plan.bar_meters[0].split("/")) if plan.bar_meters else (0, 0)
    lead = lead_of_meter(notes, end, (numerator, denominator), plan.pickup)
    return CLEAR if lead is None else lead


def _n_held_over(frames: PartFrames, plan: Plan) -> int:
    struck = frames.tick_T[(frames.state_TV == ONSET).any(axis=1)]
    held = 0
    for end in plan.phrase_ends or ():
        barline = next((start for start in plan.bar_starts or () if start > end), plan.end)
        rested = min(end + TICKS_PER_QUARTER, barline)  # within its beat a voice may still come to rest
        held += barline < frames.end and not ((struck >= rested) & (struck <= barline)).any()
    return held


def _n_odd(slices: Slices, plan: Plan, since: int) -> float:
    if not plan.bar_meters:
        return 0.0
    full = bar_ticks(plan.bar_meters[0])
    step = full // 2 if plan.bar_meters[0] in ("4/4", "2/2", "4/2") else full
    strong = [tick for tick in range(plan.pickup % step, slices.end, step) if tick >= since]
    odd = [tick for tick in strong if chord_in(slices, slices.at(tick)) is None]
    return sum(SUSPENDED if _settles(slices, tick) else 1.0 for tick in odd)


def _settles(slices: Slices, tick: int) -> bool:
    """A triad or seventh chord comes before the next beat."""
    first, last = slices.at(tick), slices.at(min(tick + TICKS_PER_QUARTER, slices.end) - 1)
    return any(chord_in(slices, t) is not None for t in range(first, last + 1))


def _n_unmarked(slices: Slices, plan: Plan, since: int) -> int:
    begins = set(slices.tick_T[slices.struck_TV.any(axis=1)].tolist())
    return sum(since <= start < slices.end and start not in begins for start in plan.bar_starts or ())


def _clash(slices: Slices, tonic: int, since: int) -> float:
    if tonic < 0:
        return 0.0
    degree_TV = np.where(slices.pitch_TV >= 0, (slices.pitch_TV - tonic) % 12, -1)
    there = [(degree_TV == low).any(axis=1) & (degree_TV == high).any(axis=1) for low, high in SAME_LETTER]
    clashing_T = np.any(there, axis=0) & (slices.tick_T >= since)
    return float(slices.duration_T[clashing_T].sum() / TICKS_PER_QUARTER)


def _value_gap(notes: Notes, usual: Mapping[int, float]) -> float:
    """Half the sum of the differences between two sets of shares."""
    if not usual:
        return 0.0
    found = Counter(notes["duration"].tolist())
    total = max(1, found.total())
    return sum(abs(found[ticks] / total - usual.get(ticks, 0.0)) for ticks in found.keys() | usual.keys()) / 2


def _n_stuck(slices: Slices, plan: Plan) -> int:
    if not plan.bar_meters:
        return 0
    limit = STUCK_BARS * bar_ticks(plan.bar_meters[0]) // TICKS_PER_QUARTER
    beats = range(plan.pickup % TICKS_PER_QUARTER, slices.end, TICKS_PER_QUARTER)
    return stuck_runs(slices, beats, [limit] * len(beats))
