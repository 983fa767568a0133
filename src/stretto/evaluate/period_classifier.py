"""Names the period of a piece by its notes: baroque, classical or romantic.

It sees texture, rhythm, register, hands and harmony; not metre, tempo, key, title or marks, of which some are the
edition's and others are what a composed piece was told. It learns from real training works alone.
"""

# Shapes: N notes, M moments, B bars, F features.

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from stretto.evaluate.softmax import Softmax, shipped
from stretto.evaluate.staff_shapes import (
    LENGTHS,
    SHORTEST_SIXTEENTH,
    durations,
    hand_span,
    intervals_in_line,
    intervals_together,
    polyphony,
    top_line,
)
from stretto.evaluate.staff_work import StaffWork
from stretto.score.model import TICKS_PER_QUARTER

Floats = NDArray[np.float64]

PERIODS = ("baroque", "classical", "romantic")

WITH_EAR = ("keyboard",)
"""Repertoires with works enough for two classifiers, each of one half."""

LONGEST = 48
"""Bars from the start that are read: composed pieces are short."""

FIGURES = (
    "notes a quarter", "spread of notes a bar", "triplets", "32nds", "rests",
    "highest", "high", "middle", "low", "lowest", "gap between top and bottom staff",
    "moments struck by the top staff alone", "moments struck by the bottom staff alone",
    "moments of one note", "moments of two notes", "moments of three notes", "moments of four notes and more",
    "octaves in the top staff", "octaves in the bottom staff", "chords in the bottom staff",
    "bass repeats", "bass steps", "bass leaps", "bass turns", "bass notes to top notes", "bass broken",
    "pitch classes a bar", "pitch classes in two bars", "chromatic notes", "chromatic steps in the melody",
    "new pitch classes a quarter", "bars whose rhythm was in the bar before", "long notes in the melody",
    "dotted in the melody", "range of the melody", "melody in eighths or less", "onsets on beats",
)  # fmt: skip

FEATURES = (
    *FIGURES,
    *(f"{n} sound" for n in range(1, 9)),
    *(f"notes of {n} ticks" for n in LENGTHS),
    *(f"together by {n}" for n in range(12)),
    *(f"melody by {n}" for n in range(13)),
    *(f"hand holds {n}" for n in ("thirds", "fifths", "sixths", "octaves", "more")),
)


def period_features(work: StaffWork) -> Floats:
    """What the classifier sees of a piece, (F,)."""
    work = work.opening(LONGEST)
    if len(work.pitch_N) < 4:
        return np.zeros(len(FEATURES))
    steps = _whole(intervals_in_line(work))
    spans = _whole(hand_span(work))
    values = {
        **_time(work),
        **_register(work),
        **_struck(work),
        **_bass(work),
        **_harmony(work),
        **_melody(work),
    }
    bins = (
        _whole(polyphony(work))[1:9],
        _whole(durations(work)),
        _whole(intervals_together(work)),
        steps[12:] + np.append(0.0, steps[11::-1]),
        np.array([spans[a:b].sum() for a, b in ((1, 6), (6, 8), (8, 11), (11, 13), (13, 99))]),
    )
    return np.concatenate([np.array([values[name] for name in FIGURES]), *bins])


def _time(work: StaffWork) -> dict[str, float]:
    edges = work.bar_edges_B
    a_bar = np.diff(np.searchsorted(np.sort(work.onset_N), edges)) / np.maximum(1, np.diff(edges)) * TICKS_PER_QUARTER
    length = work.end_N - work.onset_N
    beat = TICKS_PER_QUARTER
    return {
        "notes a quarter": float(np.log(0.1 + len(length) * beat / max(1, work.music.end))),
        "spread of notes a bar": float(np.std(np.log(0.5 + a_bar))),
        "triplets": float(np.sqrt((work.onset_N % 3 > 0).mean())),
        "32nds": float(np.sqrt((length < SHORTEST_SIXTEENTH).mean())),
        "rests": float(np.sqrt((~work.sounding().any(axis=1) * work.duration_M).sum() / max(1, work.music.end))),
        "onsets on beats": float((work.onset_N % beat == work.plan.pickup % beat).mean()),
        "bars whose rhythm was in the bar before": _same_rhythm(work),
    }


def _same_rhythm(work: StaffWork) -> float:
    """Share of the bars that are struck at the places of the bar before."""
    edges, onset = work.bar_edges_B, np.unique(work.onset_N)
    own = [tuple((onset[(onset >= a) & (onset < b)] - a).tolist()) for a, b in pairwise(edges.tolist())]
    return float(np.mean([a == b for a, b in pairwise(own)])) if len(own) > 1 else 0.0


def _register(work: StaffWork) -> dict[str, float]:
    low, middle, high = (float(np.quantile(work.pitch_N, share)) for share in (0.1, 0.5, 0.9))
    staff = work.music.notes["staff"]
    top, bottom = work.pitch_N[staff == 0], work.pitch_N[staff == work.music.n_staves - 1]
    gap = float(top.mean() - bottom.mean()) if len(top) and len(bottom) else 0.0
    return {
        "highest": float(work.pitch_N.max()),
        "high": high,
        "middle": middle,
        "low": low,
        "lowest": float(work.pitch_N.min()),
        "gap between top and bottom staff": gap,
    }


def _struck(work: StaffWork) -> dict[str, float]:
    """How many notes begin together, and on which staves."""
    moments, of_N = np.unique(work.onset_N, return_inverse=True)
    staff = work.music.notes["staff"]
    last = work.music.n_staves - 1
    top, bottom = (np.bincount(of_N[staff == s], minlength=len(moments)) for s in (0, last))
    n = np.bincount(of_N, minlength=len(moments))
    return {
        "moments struck by the top staff alone": float((top == n).mean()),
        "moments struck by the bottom staff alone": float((bottom == n).mean()),
        "moments of one note": float((n == 1).mean()),
        "moments of two notes": float((n == 2).mean()),
        "moments of three notes": float((n == 3).mean()),
        "moments of four notes and more": float((n >= 4).mean()),
        "octaves in the top staff": _octaves(work, 0),
        "octaves in the bottom staff": _octaves(work, last),
        "chords in the bottom staff": float((bottom >= 2).sum() / max(1, (bottom > 0).sum())),
    }


def _octaves(work: StaffWork, staff: int) -> float:
    """Share of the moments of a staff at which it strikes a note and its octave."""
    own = work.music.notes["staff"] == staff
    keys = set(zip(work.onset_N[own].tolist(), work.pitch_N[own].tolist(), strict=True))
    doubled = {onset for onset, pitch in keys if (onset, pitch + 12) in keys}
    return len(doubled) / max(1, len({onset for onset, _ in keys}))


def _bass(work: StaffWork) -> dict[str, float]:
    """How the lowest notes of the bottom staff move: walking, broken chords, or one note for long."""
    onset, pitch = top_line(work, work.music.n_staves - 1, lowest=True)
    step = np.diff(pitch)
    size = np.abs(step)
    turns = (step[1:] * step[:-1] < 0) & (size[1:] > 2) & (size[:-1] > 2)
    there_and_back = pitch[2:] == pitch[:-2]
    n_top = len(top_line(work, 0)[0])
    return {
        "bass repeats": _mean(size == 0),
        "bass steps": _mean((size > 0) & (size <= 2)),
        "bass leaps": _mean(size > 4),
        "bass turns": _mean(turns),
        "bass notes to top notes": float(np.log((1 + len(onset)) / (1 + n_top))),
        "bass broken": _mean(there_and_back & (size[1:] > 0)),
    }


def _harmony(work: StaffWork) -> dict[str, float]:
    edges, c = work.bar_edges_B, work.pitch_N % 12
    has_BC = np.zeros((len(edges) - 1, 12))
    bar_N = np.searchsorted(edges, work.onset_N, side="right") - 1
    np.add.at(has_BC, (bar_N, c), (work.end_N - work.onset_N).astype(float))
    two = has_BC[:-1] + has_BC[1:] if len(has_BC) > 1 else has_BC
    scale = np.zeros(12)
    scale[[0, 2, 4, 5, 7, 9, 11]] = 1
    # The seven notes on the line of fifths that cover most of two bars, whichever key that is.
    inside = np.max([two @ np.roll(scale, shift) for shift in range(12)], axis=0)
    sounding = work.sounding()
    folded = np.stack([sounding[:, k::12].any(axis=1) for k in range(12)], axis=1)
    new = (folded[1:] & ~folded[:-1]).sum() * TICKS_PER_QUARTER / max(1, work.music.end)
    full = has_BC.sum(axis=1) > 0
    return {
        "pitch classes a bar": float((has_BC[full] > 0).sum(axis=1).mean()),
        "pitch classes in two bars": float((two > 0).sum(axis=1).mean()),
        "chromatic notes": float(np.sqrt(1 - inside.sum() / max(1.0, two.sum()))),
        "new pitch classes a quarter": float(np.log(0.1 + new)),
    }


def _melody(work: StaffWork) -> dict[str, float]:
    onset, pitch = top_line(work, 0)
    gap, step = np.diff(onset), np.abs(np.diff(pitch))
    chromatic = (step[1:] == 1) & (step[:-1] == 1) & (np.abs(pitch[2:] - pitch[:-2]) == 2)
    return {
        "chromatic steps in the melody": float(np.sqrt(_mean(chromatic))),
        "long notes in the melody": _mean(gap >= 2 * TICKS_PER_QUARTER),
        "dotted in the melody": _mean(np.isin(gap, (9, 18, 36))),
        "range of the melody": float(np.ptp(pitch)) if len(pitch) else 0.0,
        "melody in eighths or less": _mean(gap <= TICKS_PER_QUARTER // 2),
    }


def _mean(those: NDArray[np.bool_]) -> float:
    return float(those.mean()) if len(those) else 0.0


def _whole(histogram: Floats) -> Floats:
    """Roots of the shares: rare things count too."""
    shares: Floats = np.sqrt(histogram / max(1e-9, float(histogram.sum())))
    return shares


def shipped_period_classifier(repertoire: str) -> Softmax:
    """The one that judges: fitted by scripts/fit_staff_classifiers.py on training works of a repertoire."""
    return shipped(f"period_{repertoire}.json", FEATURES)


def shipped_period_ear(repertoire: str) -> Softmax | None:
    """The one by which versions are chosen, of the works that the other has not seen; None = there is none."""
    return shipped(f"period_{repertoire}_ear.json", FEATURES) if repertoire in WITH_EAR else None
