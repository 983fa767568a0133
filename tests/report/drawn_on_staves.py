"""Music for keyboard and for string quartet, for the tests of reports."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from drawn_pieces import hymn

from stretto.score.abc_read import read_abc
from stretto.score.model import UNSPELLED, Meter, Part, Score

MINUET = """X:1
T:Minuet in G
M:3/4
L:1/8
K:G
V:1 name="Right hand"
V:2 name="Left hand" clef=bass
[V:1] d2 GA Bc | d2 G2 G2 | e2 cd ef | g2 G2 G2 | c2 dc BA | B2 cB AG | F2 GA BG | A6 |
[V:2] [G,B,D]4 A,2 | B,6 | C6 | B,6 | A,6 | G,6 | D2 B,2 G,2 | D2 D,C B,A, |
[V:1] d2 GA Bc | d2 G2 G2 | e2 cd ef | g2 G2 G2 | c2 dc BA | B2 cB AG | A2 BA GF | G6 |
[V:2] B,4 A,2 | G,2 B,2 G,2 | C6 | B,2 CB, A,G, | A,4 F,2 | G,4 B,2 | C2 D2 D,2 | G,4 G,,2 |
"""
"""The first part of a minuet by Petzold, of about 1725 (BWV Anh. 114)."""


def minuet(*, times: int = 1) -> Score:
    """Sixteen bars for two hands, so many times."""
    head, _, body = MINUET.partition("[V:1]")
    return read_abc((head + ("[V:1]" + body) * times).encode(), "minuet.abc")


def on_one_part(score: Score) -> Score:
    """Two hands as the two staves of one part."""
    notes = score.notes.copy()
    notes["staff"], notes["part"] = 1 + notes["part"], 0
    marks = [replace(mark, part=-1, staff=0, voice=0, pitch=-1) for mark in score.marks if mark.part == -1]
    return score.evolve(notes=notes, parts=[Part(name="Piano", n_staves=2)], clefs=(), marks=marks)


def noise(names: tuple[str, ...], ranges: tuple[tuple[int, int], ...], *, seed: int = 0) -> Score:
    """Sixteen bars of 4/4 that nobody would write: pitches and lengths by chance."""
    rng = np.random.default_rng(seed)
    end, rows = 16 * 96, []
    for part, (low, high) in enumerate(ranges):
        tick = 0
        while tick < end:
            length = min(int(rng.choice((6, 12, 24, 48))), end - tick)
            rows.append((tick, length, int(rng.integers(low, high)), 80, part, 1, 1, UNSPELLED, 0))
            tick += length
    return Score.build(rows, [Part(name=name) for name in names], meters=[Meter()], end=end)


def strings() -> Score:
    """A hymn for four players."""
    parts = [Part(name=name) for name in ("Violin I", "Violin II", "Viola", "Violoncello")]
    return hymn().evolve(parts=parts)
