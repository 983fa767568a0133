"""How loud each note is played: dynamics, hairpins, accents, and a balance between the parts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stretto.render.performance_shape import arcs, hand_balance, slur_ends
from stretto.score.model import TICKS_PER_QUARTER, TICKS_PER_WHOLE, Mark, Part, Score

LEVELS = {
    "pppp": 24, "ppp": 32, "pp": 42, "p": 54, "mp": 66, "mf": 78, "f": 92, "ff": 106, "fff": 118, "ffff": 124,
}  # fmt: skip
"""Velocity of a dynamic mark."""

DEFAULT_LEVEL = LEVELS["mf"]

SUDDEN = {"sf", "sfz", "sffz", "sfp", "sfpp", "fz", "rf", "rfz", "fp"}
"""Marks for the notes at one moment only."""

SUDDEN_EXTRA = 18
HAIRPIN_EXTRA = 14
"""Change over a hairpin that no dynamic mark closes."""

ACCENTS = {"accent": 12, "strong-accent": 18, "staccatissimo": 4, "tenuto": 3}

TOP_EXTRA, BOTTOM_EXTRA, INNER_EXTRA = 8, 3, -3
"""Balance of three parts and more: the top is heard, the bass carries, the middle fills."""

SWELL_TICKS = 2
"""Steps in which a held note grows."""

DOWNBEAT_EXTRA, OFFBEAT_EXTRA = 3, -3


def velocities(score: Score) -> NDArray[np.int64]:
    """Velocity 1..127 of every note, (N,).

    A note that has one of its own, as from a MIDI file, keeps it; the marks speak for the others.
    """
    notes = score.notes
    given = notes["velocity"].astype(np.int64)
    played = np.zeros(len(notes), dtype=np.float64)
    balance = _balance(score)
    for part, staff in ((part, staff) for part, p in enumerate(score.parts) for staff in range(1, p.n_staves + 1)):
        mine = (notes["part"] == part) & (np.clip(notes["staff"], 1, score.parts[part].n_staves) == staff)
        ticks, levels = level_curve(score, part, staff)
        played[mine] = np.interp(notes["onset"][mine], ticks, levels) + balance[part]
    played += _metric_extra(score) + _accents(score) + arcs(score) + hand_balance(score) + slur_ends(score)
    return np.where(given > 0, given, np.clip(np.rint(played), 1, 127)).astype(np.int64)


def marks_for(score: Score, part: int, staff: int = 0) -> list[Mark]:
    """The dynamics and hairpins that a part, or a staff of it, follows.

    Between two staves they hold for both, unless each has its own at one moment. A part that has none follows another
    of its group, or of its instrument: an editor may print them once.
    """
    found = [mark for mark in score.marks if mark.kind in ("dynamic", "wedge") and mark.part in (-1, part)]
    if not found:
        own = score.parts[part]
        others = (p for p in range(len(score.parts)) if _plays_with(own, score.parts[p]))
        marked = sorted({m.part for m in score.marks if m.kind in ("dynamic", "wedge")} & {*others})
        found = [m for m in score.marks if m.kind in ("dynamic", "wedge") and marked and m.part == marked[0]]
    mine = {(m.kind, m.tick) for m in found if m.staff in (0, staff)}
    return [m for m in found if not staff or m.staff in (0, staff) or (m.kind, m.tick) not in mine]


def _plays_with(part: Part, other: Part) -> bool:
    return (part.group != "" and part.group == other.group) or (part.program >= 0 and part.program == other.program)


def level_curve(score: Score, part: int, staff: int = 0) -> tuple[list[float], list[float]]:
    """Ticks and velocities between which the loudness of a part, or of a staff of it, runs in straight lines."""
    mine = marks_for(score, part, staff)
    steps = [(m.tick, _level(m.text)) for m in mine if m.kind == "dynamic" and _level(m.text)]
    wedges = [m for m in mine if m.kind == "wedge" and m.end > m.tick]
    changes = sorted({*(tick for tick, _ in steps), *(m.tick for m in wedges), *(m.end for m in wedges)})
    ticks, levels, level = [-1.0], [float(DEFAULT_LEVEL)], float(DEFAULT_LEVEL)
    for tick in changes:
        ended = next((m for m in wedges if m.end == tick), None)
        if ended is not None:
            level = _after_wedge(ended, level, steps)
        else:
            ticks.append(tick - 0.5)
            levels.append(level)
        level = float(next((value for at, value in reversed(steps) if at == tick), level))
        ticks.append(float(tick))
        levels.append(level)
    return ticks, levels


def swells(score: Score, part: int) -> list[tuple[int, float]]:
    """How much louder than it was struck a held note grows under a hairpin: (tick, ratio of velocities).

    Each ratio holds until the next; it is 1 again at the first note after the hairpin.
    """
    onsets = np.unique(score.notes["onset"][score.notes["part"] == part])
    wedges = [m for m in marks_for(score, part) if m.kind == "wedge" and m.end > m.tick]
    curve = level_curve(score, part)
    found: dict[int, float] = {}
    for wedge in wedges:
        after = onsets[onsets >= wedge.end]
        found.setdefault(int(after[0]) if len(after) else score.end, 1.0)
        ticks = np.unique(np.append(np.arange(wedge.tick, wedge.end, SWELL_TICKS), onsets))
        ticks = ticks[(ticks >= wedge.tick) & (ticks < wedge.end)]
        struck = np.searchsorted(onsets, ticks, side="right") - 1
        for tick, index in zip(ticks, struck, strict=True):
            if index >= 0:
                now, then = np.interp([tick, onsets[index]], *curve)
                found[int(tick)] = float(now / then)
    return sorted(found.items())


def _level(text: str) -> int:
    # After a forte-piano the music goes on piano.
    return LEVELS.get({"fp": "p", "sfp": "p", "sfpp": "pp"}.get(text, text), 0)


def _after_wedge(wedge: Mark, before: float, steps: list[tuple[int, int]]) -> float:
    """Where a hairpin leads: to the next mark within a bar of its end if that lies its way, else a step on."""
    up = wedge.text == "crescendo"
    for tick, level in steps:
        if wedge.end <= tick <= wedge.end + TICKS_PER_WHOLE and (level > before) == up:
            return float(level)
    return float(np.clip(before + (HAIRPIN_EXTRA if up else -HAIRPIN_EXTRA), LEVELS["ppp"], LEVELS["fff"]))


def _balance(score: Score) -> list[float]:
    """Velocity to add to each part, by its place in the texture."""
    means = {}
    for part in range(len(score.parts)):
        pitches = score.notes["pitch"][score.notes["part"] == part]
        if len(pitches) and not score.parts[part].percussion:
            means[part] = float(pitches.mean())
    extra = [0.0] * len(score.parts)
    if len(means) < 3:
        return extra
    order = sorted(means, key=lambda part: means[part])
    for part in order:
        extra[part] = INNER_EXTRA
    extra[order[0]], extra[order[-1]] = BOTTOM_EXTRA, TOP_EXTRA
    return extra


def _metric_extra(score: Score) -> NDArray[np.float64]:
    """A little weight on the first beat, a little less between the beats, (N,)."""
    onsets = score.notes["onset"].astype(np.int64)
    starts = np.array([bar.tick for bar in score.bars] or [0])
    into = onsets - starts[np.clip(np.searchsorted(starts, onsets, side="right") - 1, 0, None)]
    extra = np.zeros(len(onsets))
    if score.meters:
        extra[into == 0] = DOWNBEAT_EXTRA
        extra[(into % TICKS_PER_QUARTER) != 0] = OFFBEAT_EXTRA
    return extra


def _accents(score: Score) -> NDArray[np.float64]:
    """Velocity added by articulation marks and sforzati, (N,)."""
    extra = np.zeros(len(score.notes))
    onsets, parts, pitches = (score.notes[name] for name in ("onset", "part", "pitch"))
    for mark in score.marks:
        if mark.kind == "articulation" and mark.text in ACCENTS:
            more = ACCENTS[mark.text]
        elif mark.kind == "dynamic" and mark.text in SUDDEN:
            more = SUDDEN_EXTRA
        else:
            continue
        hit = (onsets == mark.tick) & ((mark.part < 0) | (parts == mark.part))
        extra[hit & ((mark.pitch < 0) | (pitches == mark.pitch))] += more
    return extra
