"""Dynamics, hairpins and tempo of a score, as one line of marks for all who play."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from statistics import median_low

import numpy as np
from numpy.typing import NDArray

from stretto.frames.staves import StaffMusic
from stretto.score.model import TICKS_PER_QUARTER, Mark, Score

DYNAMIC = re.compile(r"p{1,5}|f{1,5}|m[pf]|[sr]?f+z?p{0,2}|s?f+z|rf|pf|fsf|f+sf|s[fp]+z?")
"""What is a dynamic; sources give "dolce" and "a tempo" as such too."""

NEAR = TICKS_PER_QUARTER
"""Marks of several players within a beat are one."""


def marks_of(
    marks: Sequence[Mark], music: StaffMusic, parts: Sequence[int]
) -> tuple[tuple[tuple[int, str], ...], tuple[tuple[int, int, str], ...]]:
    """Dynamics (tick, "p") and hairpins (start, end, "crescendo").

    Args:
        marks: with ticks of the music's own.
        music: what is played.
        parts: of the score, whose marks count.
    """
    dynamics = _dynamics([(m.tick, m.text, m.part) for m in marks if m.kind == "dynamic"], music, len(parts))
    hairpins = _hairpins([(m.tick, m.end, m.text, m.part) for m in marks if m.kind == "wedge"], parts)
    words = [(m.tick, m.text) for m in marks if m.kind == "words"]
    return dynamics, _with_words(hairpins, words, dynamics, music.end)


def _dynamics(marks: Sequence[tuple[int, str, int]], music: StaffMusic, n_parts: int) -> tuple[tuple[int, str], ...]:
    """Marks of the whole texture: what at least half of the players who strike there are told, most say first."""
    struck = _players_at(music) if n_parts > 1 else {}
    said: dict[int, dict[int, str]] = {}
    for tick, text, part in marks:
        if DYNAMIC.fullmatch(text):
            said.setdefault(tick, {}).setdefault(part, text)
    found = []
    for tick in sorted(said):
        text, n = Counter(said[tick].values()).most_common(1)[0]
        if 2 * n >= min(n_parts, max(1, struck.get(tick, 1))) or -1 in said[tick]:
            found.append((tick, text))
    return tuple(found)


def _players_at(music: StaffMusic) -> dict[int, int]:
    pairs: NDArray[np.int64] = np.unique(np.stack([music.notes["onset"], music.notes["staff"]], axis=1), axis=0)
    return Counter(pairs[:, 0].tolist())


def _hairpins(spans: Sequence[tuple[int, int, str, int]], parts: Sequence[int]) -> tuple[tuple[int, int, str], ...]:
    """Hairpins of the whole texture; of several players, where at least two (of two or more) have about the same."""
    groups: list[list[tuple[int, int, str, int]]] = []
    for span in sorted(s for s in spans if s[1] > s[0]):
        near = [g for g in groups if g[0][2] == span[2] and abs(g[0][0] - span[0]) <= NEAR]
        if near:
            near[-1].append(span)
        else:
            groups.append([span])
    needed = min(2, len(parts))
    return tuple(
        (median_low([s[0] for s in g]), median_low([s[1] for s in g]), g[0][2])
        for g in groups
        if len({s[3] for s in g}) >= needed or -1 in {s[3] for s in g}
    )


_SWELLS = (
    (re.compile(r"\b(cresc|crescendo)\b", re.IGNORECASE), "crescendo"),
    (re.compile(r"\b(dim|dimin|decresc|decrescendo|diminuendo)\b", re.IGNORECASE), "diminuendo"),
)

WORD_LASTS = 8 * TICKS_PER_QUARTER
"""A "cresc." in words lasts to the next dynamic, at most so long."""


def _with_words(
    hairpins: Sequence[tuple[int, int, str]],
    words: Sequence[tuple[int, str]],
    dynamics: Sequence[tuple[int, str]],
    end: int,
) -> tuple[tuple[int, int, str], ...]:
    """Hairpins, and "cresc." and "dim." in words where no hairpin begins nearby."""
    found = list(hairpins)
    for tick, text in sorted(words):
        kind = next((kind for pattern, kind in _SWELLS if pattern.search(text)), "")
        if not kind or any(k == kind and abs(start - tick) <= 2 * NEAR for start, _, k in found):
            continue
        until = min([t for t, _ in dynamics if t > tick] + [tick + WORD_LASTS, end])
        if until > tick:
            found.append((tick, until, kind))
    return tuple(sorted(found))


TEMPO_WORDS = (
    ("prestissimo", 184), ("presto", 168), ("vivacissimo", 168), ("vivace", 152), ("lebhaft", 138), ("vif", 144),
    ("allegretto", 108), ("allegro", 132), ("geschwind", 132), ("moderato", 104), ("massig", 100), ("andantino", 84),
    ("andante", 76), ("larghetto", 62), ("adagio", 56), ("langsam", 58), ("lento", 52), ("lent", 52), ("largo", 48),
    ("grave", 44), ("maestoso", 84), ("marcia", 108),
)  # fmt: skip
"""Words at the start of a piece -> beats a minute, in the order in which they are looked for."""


def tempo_at(score: Score, start: int, words: Sequence[tuple[int, str]] = ()) -> float:
    """Quarters a minute at `start`: as a mark says, else as its words do; 0 = neither.

    Args:
        score: with its tempos.
        start: tick.
        words: (ticks from `start`, text) of directions in words.
    """
    marked = [t for t in score.tempos if start <= t.tick < start + NEAR]
    if marked:
        return float(marked[0].qpm)
    opening = " ".join(text for tick, text in words if tick < NEAR).lower()
    bpm = next((bpm for word, bpm in TEMPO_WORDS if word in opening), 0)
    meter = score.meter_at(start)
    unit = 1.5 if meter.denominator == 8 and meter.numerator % 3 == 0 else 1.0
    return bpm * unit
