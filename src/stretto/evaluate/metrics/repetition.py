"""What comes back: passages, motifs and bars, in one line and between lines; and how far the piece can be packed."""

# Shapes: N notes of a line, B bars.

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from stretto.evaluate.metrics.catalogue import catalogue
from stretto.evaluate.metrics.reading import Reading, share
from stretto.theory.motifs import Line, Recurrence, recurrences

BACK_BARS = 2
"""What comes back at most this many bars later is a sequence or an imitation, not a return."""

METRICS = catalogue(
    "repetition",
    """
    returning  | share | notes that return
               | The share of the top line's notes in a run of five or more that it has had before, moved or not.
    exact      | share | notes that return exactly   | The share of them in a run at the same pitch as before.
    longest    | notes | longest return              | The longest run of the top line that comes back.
    imitated   | share | notes in imitation
               | The share of all notes in a run of five or more that another part had within the last two bars.
    stretto    | a note | stretto entries
               | Runs that begin in one part while another is still in the middle of them, by the number of notes.
    same_bars  | share | bars heard before
               | The share of full bars whose notes and rhythm are those of an earlier bar, moved or not.
    packed     | bytes a note | packed size
               | How many bytes a note takes when repetitions are packed; the less, the more repeats.
    """,
)

LONGEST_LINE = 400
"""Notes of a line beyond which motifs are looked for in its beginning only."""


def found_again(reading: Reading) -> tuple[list[Line], list[Recurrence]]:
    """Lines of the parts, and every run of five or more notes of one that it or another had before.

    *Source*: `theory.motifs`: rhythm agrees exactly, steps within a semitone. *Convention*: of lines of more than
    LONGEST_LINE notes only the first that many are looked at.
    """
    lines = [
        Line(line.onset_N[:LONGEST_LINE], line.end_N[:LONGEST_LINE], line.pitch_N[:LONGEST_LINE])
        for line in reading.lines
    ]
    return lines, recurrences(lines)


def covered(line: Line, runs: Sequence[Recurrence]) -> float:
    """Share of a line's notes that lie in one of the runs."""
    inside = np.zeros(len(line.onset_N), bool)
    for run in runs:
        inside |= (line.onset_N >= run.start) & (line.onset_N < run.end)
    return float(inside.mean()) if len(inside) else float("nan")


def motifs(reading: Reading) -> dict[str, float]:
    """How much of the top line it has had before, and how much of all lines another has just had.

    *Source*: counted as it says; an imitation enters in another part at most two bars after what it takes up.
    """
    lines, runs = found_again(reading)
    if not lines:
        return dict.fromkeys(("returning", "exact", "longest", "imitated", "stretto"), float("nan"))
    own = [run for run in runs if run.part == run.source == 0]
    near = BACK_BARS * reading.score.meter_at(0).bar_ticks
    across = [run for run in runs if run.part != run.source and 0 < run.lag <= near]
    n_notes = [len(line.onset_N) for line in lines]
    shares = [covered(line, [run for run in across if run.part == part]) for part, line in enumerate(lines)]
    return {
        "returning": covered(lines[0], own),
        "exact": covered(lines[0], [run for run in own if run.up == 0]),
        "longest": float(max((run.n_notes for run in own), default=0)),
        "imitated": float(np.average(shares, weights=n_notes)) if len(lines) > 1 else float("nan"),
        "stretto": share(sum(run.overlaps for run in across), sum(n_notes)) if len(lines) > 1 else float("nan"),
    }


def same_bars(reading: Reading) -> float:
    """Share of full bars, but the first, whose notes (of all parts, by place, length and pitch up to one transposition
    of the whole bar) are those of an earlier full bar.

    *Source*: counted as it says; a bar in which nothing begins is passed over.
    """
    bar = np.searchsorted(reading.bar_ticks_B, reading.onset_N, side="right") - 1
    seen: set[bytes] = set()
    n_again = n_bars = 0
    for b in np.flatnonzero(reading.full_B).tolist():
        at = np.flatnonzero(bar == b)
        if not len(at):
            continue
        pitch = reading.pitch_N[at] - reading.pitch_N[at].min()
        place = reading.onset_N[at] - reading.bar_ticks_B[b]
        rows = np.stack([place, reading.duration_N[at], pitch], axis=1)
        picture = rows[np.lexsort(rows.T)].tobytes()
        n_again += picture in seen
        seen.add(picture)
        n_bars += 1
    return share(n_again, n_bars - 1) if n_bars > 1 else float("nan")


def packed_size(reading: Reading) -> float:
    """Bytes a note of the lines, each as (interval, length) a note, packed with zlib at its best; 2 = not at all.

    *Source*: compression as a measure of repetition, as in Pearce and Wiggins and in Louboutin and Meredith, 2016.
    *Convention*: lines one after the other; an interval is one byte; a length is one byte, its rank among the note
    values of the piece; the bytes that zlib adds to nothing are taken off.
    """
    if not reading.lines:
        return float("nan")
    values = np.unique(np.concatenate([line.end_N - line.onset_N for line in reading.lines]))
    data = b"".join(
        np.stack(
            [
                np.diff(line.pitch_N, prepend=line.pitch_N[0]) + 128,
                np.searchsorted(values, line.end_N - line.onset_N) % 256,
            ],
            axis=1,
        )
        .astype(np.uint8)
        .tobytes()
        for line in reading.lines
    )
    size = len(zlib.compress(data, 9)) - len(zlib.compress(b"", 9))
    return size / (len(data) / 2)


def measure(reading: Reading) -> dict[str, float]:
    """All of METRICS."""
    found = {**motifs(reading), "same_bars": same_bars(reading), "packed": packed_size(reading)}
    return {f"repetition.{name}": value for name, value in found.items()}
