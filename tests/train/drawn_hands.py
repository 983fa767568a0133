"""Keyboard pieces for tests, made up from a seed: no two share eight moments in a row."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from stretto.score.formats import write_score
from stretto.score.model import UNSPELLED, Key, Meter, Part, Score
from stretto.train.look import look
from stretto.train.preflight import Preflight, Verdict, judged, score_files, unread

CHORDS = ((48, 52, 55), (53, 57, 60), (55, 59, 62), (45, 48, 52), (50, 53, 57), (43, 47, 50))
"""C, F, G, A minor, D minor, G."""

QUARTER = 24


def hands(
    seed: int,
    *,
    n_bars: int = 16,
    beats: int = 4,
    up: int = 0,
    right_late: int = 0,
    jitter: float = 0.0,
    pace: float = 1.0,
) -> Score:
    """A melody in eighths over a bass that sounds for each bar and chords on the other beats; in C major, moved up.

    Args:
        seed: another one is another piece.
        n_bars: of so many beats.
        beats: quarters a bar.
        up: semitones.
        right_late: ticks by which the right hand comes late.
        jitter: ticks, standard deviation of each onset, as if played.
        pace: by which time runs faster than the file's; 1.02 = a drift.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for bar in range(n_bars):
        chord = CHORDS[0] if bar == n_bars - 1 else CHORDS[int(rng.integers(len(CHORDS)))]
        start = bar * beats * QUARTER
        rows.append((start, beats * QUARTER, chord[0] - 12, 1))
        rows += [(start + beat * QUARTER, QUARTER, pitch, 1) for beat in range(1, beats) for pitch in chord[1:]]
        for eighth in range(2 * beats):
            tone = int(rng.choice(chord)) + 24
            step = 0 if eighth % 2 == 0 else int(rng.choice([-2, 2]))
            rows.append((start + 12 * eighth + right_late, 12, tone + step, 0))
    notes = []
    for onset, duration, pitch, part in rows:
        at = max(0, round(onset / pace + (rng.normal(0, jitter) if jitter else 0)))
        notes.append((at, duration, pitch + up, 64, part, 1, 1, UNSPELLED, 0))
    parts = [Part(name="right"), Part(name="left")]
    key = Key(fifths=(up * 7 + 5) % 12 - 5, mode="major")
    return Score.build(notes, parts, meters=[Meter(numerator=beats)], keys=[key])


def written(folder: Path, **scores: Score) -> Path:
    """Each score as a MIDI file of that name."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, score in scores.items():
        write_score(score, folder / f"{name}.mid")
    return folder


def looked_through(folder: Path) -> Preflight:
    """The pre-flight without worker processes, which take a second to start."""
    verdicts = []
    for path in score_files(folder):
        try:
            seen = look(path)
        except ValueError as cause:
            verdicts.append(unread(folder, path, str(cause)))
            continue
        name = path.relative_to(folder).as_posix()
        verdicts.append(Verdict(name=name, path=path, seen=seen, reason=seen.reason, told=seen.told))
    return judged(folder, verdicts)
