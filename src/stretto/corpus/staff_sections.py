"""A score and its staves become pieces: movements and sections, each with its plan, tempo and dynamics."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from stretto.corpus.staff_marks import marks_of, tempo_at
from stretto.corpus.staves import StaffPiece
from stretto.frames.plan import Plan, bar_ticks
from stretto.frames.staves import StaffMusic, StaffNotes, density, polyphony, staff_music
from stretto.score.model import TICKS_PER_QUARTER, Notice, Score
from stretto.theory.key import (
    FINAL_BASS_BONUS,
    Ranked,
    Tonality,
    last_bass,
    pitch_class_weights,
    rank_keys,
    ranked_keys,
)

LOWEST, HIGHEST = 21, 108
"""Keys of a piano."""

MIN_SECTION_BARS = 16
"""A change of key signature parts a piece where both sides have so many bars."""

MIN_METRE_BARS, MAX_IRREGULAR = 4, 0.12
"""In MIDI a metre of fewer bars is a sign of miscounted bars; of a piece with more than this share of them the barlines
are not believed."""

OPENING, OPENING_OF_DA_CAPO = 0.8, 1.0
"""Weight of the first 16 quarters' key beside the whole's: of 97 pieces whose titles name their keys 86 are found, 81
without. Where the end is not the last bar, because all is played again from the start, they weigh more."""

OPENING_TICKS = 16 * TICKS_PER_QUARTER


@dataclass(frozen=True, eq=False, kw_only=True)
class Section:
    """What a stretch of a score gives."""

    music: StaffMusic
    plan: Plan
    tempo: float
    dynamics: tuple[tuple[int, str], ...]
    hairpins: tuple[tuple[int, int, str], ...]
    read: tuple[Notice, ...]
    n_bars: int

    def unmeasured(self, why: str) -> Section:
        """The same music without barlines."""
        return replace(self, plan=self.plan.without("meter"), read=(*self.read, Notice(what=why)))

    def piece(self, *, composer: str, period: str, **about: Any) -> StaffPiece:
        """The piece that it makes.

        Args:
            composer: slug.
            period: as `frames.plan` has it.
            about: the other fields of StaffPiece that are not the section's own; they win.
        """
        given: dict[str, Any] = {"tempo": self.tempo, "read": self.read, **about}
        return StaffPiece(
            composer=composer,
            period=period,
            music=self.music,
            plan=replace(self.plan, composer=composer, period=period),
            dynamics=self.dynamics,
            hairpins=self.hairpins,
            **given,
        )


def section_of(
    score: Score, notes: StaffNotes, n_staves: int, start: int, end: int, *, parts: Sequence[int], trusted: bool = True
) -> Section:
    """The music between two barlines.

    Args:
        score: where bars, keys and marks are.
        notes: STAFF_NOTE of the whole score.
        n_staves: of a piece.
        start: tick of the first bar.
        end: tick after the last.
        parts: parts of the score whose marks count.
        trusted: the metre is a musician's; else it is dropped where bars are irregular.
    """
    own, (start, end), read = _cut_out(score, notes, start, end)
    music, doubled = staff_music(own, end=end - start, n_staves=n_staves)
    inside = [m for m in score.marks if start <= m.tick < end and m.part in (-1, *parts)]
    marks = [replace(m, tick=m.tick - start, end=min(m.end, end) - start) for m in inside]
    plan, unsure = _plan(score, start, end, trusted=trusted)
    key = key_of(_sub_score(score, music, start), da_capo=any(_DA_CAPO.search(m.text) for m in marks))
    told = replace(plan, density=round(density(music), 3), polyphony=round(polyphony(music), 3))
    dynamics, hairpins = marks_of(marks, music, parts)
    return Section(
        music=music,
        plan=replace(told, tonic=key.tonic, mode=key.mode),
        tempo=tempo_at(score, start, [(m.tick, m.text) for m in marks if m.kind == "words"]),
        dynamics=dynamics,
        hairpins=hairpins,
        read=(*read, *doubled, *unsure),
        n_bars=sum(start <= bar.tick < end for bar in score.bars),
    )


def key_sections(score: Score) -> list[tuple[int, int]]:
    """Ticks from where to where a score has one key signature, where the stretches are long enough to stand alone."""
    bars = [bar.tick for bar in score.bars]
    place = {tick: i for i, tick in enumerate(bars)}
    cuts, now, last = [0], None, 0
    for key in score.keys:
        if key.part != -1:
            continue
        changed = now is not None and key.fifths != now
        now = key.fifths
        at = place.get(key.tick, 0)
        if changed and at - last >= MIN_SECTION_BARS and len(bars) - at >= MIN_SECTION_BARS:
            cuts.append(key.tick)
            last = at
    return list(zip(cuts, [*cuts[1:], score.end], strict=True))


def sounding_bars(score: Score, notes: StaffNotes, start: int, end: int) -> tuple[int, int]:
    """The stretch without bars at its start and its end in which nothing sounds: others than these staves have them."""
    own = notes[(notes["onset"] >= start) & (notes["onset"] < end)]
    if not len(own):
        return start, end
    first, last = int(own["onset"].min()), int((own["onset"] + own["duration"]).max())
    bars = [bar.tick for bar in score.bars if start <= bar.tick < end]
    return max([t for t in bars if t <= first], default=start), min([t for t in bars if t >= last], default=end)


def _cut_out(score: Score, notes: StaffNotes, start: int, end: int) -> tuple[StaffNotes, tuple[int, int], list[Notice]]:
    """Notes that begin inside, counted from the first bar that sounds; none sounds beyond the last or off the keyboard.

    Returns:
        The notes, the ticks from where to where, and what was left out.
    """
    first, last = sounding_bars(score, notes, start, end)
    own = notes[(notes["onset"] >= first) & (notes["onset"] < last)].copy()
    off = (own["pitch"] < LOWEST) | (own["pitch"] > HIGHEST)
    own = own[~off]
    own["onset"] -= first
    over = own["onset"] + own["duration"] > last - first
    own["duration"] = np.minimum(own["duration"], last - first - own["onset"])
    counts = (
        ("silent bars at a start or an end left out", int((first, last) != (start, end))),
        ("notes that no piano has left out", int(off.sum())),
        ("notes held over the end cut short", int(over.sum())),
    )
    return own, (first, last), [Notice(what=what, count=n) for what, n in counts if n]


def _plan(score: Score, start: int, end: int, *, trusted: bool) -> tuple[Plan, list[Notice]]:
    """Bars and metres from `start` on; none where the source has none, or where MIDI's are not believed."""
    bars = [bar for bar in score.bars if start <= bar.tick < end]
    if not score.meters or not bars:
        return Plan(end=end - start), [Notice(what="pieces without a metre")]
    meters = [score.meter_at(bar.tick) for bar in bars]
    starts, names = whole_bars(
        [bar.tick - start for bar in bars], [f"{m.numerator}/{m.denominator}" for m in meters], end - start
    )
    if not trusted and irregular_share(names) > MAX_IRREGULAR:
        return Plan(end=end - start), [Notice(what="metres not believed: bars of many lengths")]
    first = (starts[1] if len(starts) > 1 else end - start) - starts[0]
    pickup = first if first < bar_ticks(names[0]) and len(starts) > 1 else 0
    return Plan(bar_starts=tuple(starts), bar_meters=tuple(names), pickup=pickup, end=end - start), []


def whole_bars(starts: Sequence[int], names: Sequence[str], end: int) -> tuple[list[int], list[str]]:
    """Bars that a repeat sign cuts in two made whole again, so that upbeats inside a piece stand where they do.

    Args:
        starts: ticks.
        names: metre of each; MIDI has the halves as metres of their own.
        end: tick after the last.

    Returns:
        Ticks and metres of the bars. Where a bar is shorter than the metre that holds, and the next is the rest of it,
        the two are one.
    """
    lengths = np.diff([*starts, end]).tolist()
    kept: list[int] = []
    said: list[str] = []
    i = 0
    while i < len(starts):
        held = names[i] if bar_ticks(names[i]) > lengths[i] or not said else said[-1]
        full = bar_ticks(held)
        two = i + 1 < len(starts) and i > 0 and lengths[i] < full and lengths[i] + lengths[i + 1] == full
        kept.append(starts[i])
        said.append(held if two else names[i])
        i += 2 if two else 1
    return kept, said


def irregular_share(names: Sequence[str]) -> float:
    """Share of the bars that stand in a metre for fewer than MIN_METRE_BARS bars; the first and the last are free."""
    runs: list[int] = []
    for before, name in zip(("", *names), names, strict=False):
        if name == before:
            runs[-1] += 1
        else:
            runs.append(1)
    return sum(n for n in runs[1:-1] if n < MIN_METRE_BARS) / max(1, len(names))


_DA_CAPO = re.compile(r"da\s?capo|dal segno|\b[dD]\. ?[cCsS]\.|\b[Ff]ine\b")


def key_of(score: Score, *, da_capo: bool = False) -> Tonality:
    """The key of a piece, heard as a whole and at its opening.

    Args:
        score: with its key signature, if it has one.
        da_capo: its last bar is not its end.
    """
    opening = score.notes[score.notes["onset"] < OPENING_TICKS]
    at_first = {(r.key.tonic, r.key.mode): r.fit for r in rank_keys(pitch_class_weights(opening))}
    bass = last_bass(score.notes)

    def fit(ranked: Ranked) -> float:
        found = at_first[ranked.key.tonic, ranked.key.mode]
        if da_capo:
            return ranked.fit - FINAL_BASS_BONUS * (ranked.key.tonic == bass) + OPENING_OF_DA_CAPO * found
        return ranked.fit + OPENING * found

    return max(ranked_keys(score), key=fit).key


def _sub_score(score: Score, music: StaffMusic, start: int) -> Score:
    """Notes of the section alone, under the signature that is in force."""
    notes = np.zeros(len(music.notes), score.notes.dtype)
    for name in ("onset", "duration", "pitch"):
        notes[name] = music.notes[name]
    notes["voice"] = notes["staff"] = 1
    key = score.key_at(start)
    keys = (replace(key, tick=0, part=-1),) if key is not None else ()
    return Score.build(notes, score.parts[:1], end=music.end, keys=keys)
