"""The section of docs/theory.md on species counterpoint: intervals and motions beside music21, and Fux's own errors."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import numpy as np
from music21 import interval, pitch, voiceLeading

from stretto.check.check import check_score
from stretto.check.sheet import load_sheet
from stretto.theory.intervals import Interval, motion, staff_place
from stretto.theory.key import pitch_name

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "check"))
from fux_gradus import FIGURES

Named = tuple[int, int]
"""Pitch, and place on the line of fifths."""

QUESTIONS = ("name", "consonance", "motion", "parallel fifth", "parallel octave", "direct fifth", "direct octave")

REASONS = {
    ("name", "A1", "d1"): "a falling chromatic semitone: A1 as a rising one, where music21 has d1",
    (
        "parallel fifth",
        "False",
        "True",
    ): "fifth to twelfth in contrary motion: Fux allows it, music21 calls it parallel",
    ("parallel octave", "False", "True"): "octave to unison or fifteenth in contrary motion: likewise",
    ("parallel octave", "True", "False"): "unison to octave the same way: parallel here, hidden in music21",
    ("direct octave", "False", "True"): "the same places: told as parallel here",
    ("direct fifth", "True", "False"): "diminished to perfect fifth the same way: music21 lets it pass, Fux does not",
}
"""(question, ours, music21's) -> why."""


def random_notes(rng: np.random.Generator, low: int, high: int, names: range) -> Named:
    """A pitch between `low` and `high` under one of its names."""
    fifths = int(rng.choice(names))
    pitches = [p for p in range(low, high) if p % 12 == fifths * 7 % 12]
    return int(rng.choice(pitches)), fifths


def music21_pitch(note: Named) -> pitch.Pitch:
    """The same note there."""
    return pitch.Pitch(pitch_name(note[1]).replace("b", "-") + str(staff_place(*note) // 7))


def way(a: Named, b: Named) -> Interval:
    """From one note to another."""
    return Interval(staff_place(*b) - staff_place(*a), b[0] - a[0])


def compared(n: int = 3000, *, seed: int = 1) -> tuple[Counter[str], Counter[tuple[str, str, str]]]:
    """Questions asked of both, and the answers that differ: (question, ours, music21's) -> times."""
    rng = np.random.default_rng(seed)
    asked: Counter[str] = Counter()
    differ: Counter[tuple[str, str, str]] = Counter()
    for _ in range(n):
        answers = [*_interval_answers(rng), *_motion_answers(rng)]
        for question, ours, theirs in answers:
            asked[question] += 1
            if ours != theirs:
                differ[question, ours, theirs] += 1
    return asked, differ


def _interval_answers(rng: np.random.Generator) -> list[tuple[str, str, str]]:
    a, b = (random_notes(rng, 48, 84, range(-5, 9)) for _ in range(2))
    ours, theirs = way(a, b), interval.Interval(music21_pitch(a), music21_pitch(b))
    return [
        ("name", str(ours), theirs.name),
        ("consonance", str(ours.is_consonant), str(theirs.isConsonant())),
    ]


def _motion_answers(rng: np.random.Generator) -> list[tuple[str, str, str]]:
    upper = [random_notes(rng, 64, 79, range(-1, 6)) for _ in range(2)]
    lower = [random_notes(rng, 48, 67, range(-1, 6)) for _ in range(2)]
    theirs = voiceLeading.VoiceLeadingQuartet(*(music21_pitch(note) for note in (*upper, *lower)))
    names = {"No Motion": "still", "Anti-Parallel": "contrary"}
    said = str(theirs.motionType().value)
    how = motion(way(*upper), way(*lower))
    before, now = way(lower[0], upper[0]), way(lower[1], upper[1])
    along = how in ("similar", "parallel")
    same = before.is_perfect and before.simple == now.simple
    return [
        ("motion", how, names.get(said, said.lower())),
        ("parallel fifth", str(along and same and now.is_fifth), str(theirs.parallelFifth())),
        ("parallel octave", str(along and same and now.is_octave), str(theirs.parallelUnisonOrOctave())),
        ("direct fifth", str(along and not same and now.is_fifth), str(theirs.hiddenFifth())),
        ("direct octave", str(along and not same and now.is_octave), str(theirs.hiddenOctave())),
    ]


def fux_errors() -> tuple[int, Counter[str]]:
    """Fux's two-voice examples, and how many of them have each licence or remark; errors under their own name."""
    found: Counter[str] = Counter()
    for figure in FIGURES.values():
        findings = check_score(figure.score(), load_sheet(f"species{figure.species}")).findings
        found.update({f"{f.severity}: {f.fault.rule}" for f in findings})
    return len(FIGURES), found


def section() -> str:
    """The section in Markdown."""
    asked, differ = compared()
    n, found = fux_errors()
    rows = []
    for question in QUESTIONS:
        times = {key: count for key, count in differ.items() if key[0] == question}
        why = "; ".join(
            f"{count}: {REASONS.get(key, f'{key[1]} here, {key[2]} there')}" for key, count in times.items()
        )
        rows.append(f"| {question} | {asked[question]} | {sum(times.values())} | {why} |")
    said = "; ".join(f"{name} in {count}" for name, count in sorted(found.items()))
    n_errors = sum(count for name, count in found.items() if name.startswith("error"))
    return "\n".join(
        [
            "## Species counterpoint in two voices",
            "",
            "Intervals as they are written and the motion of two voices beside `music21.interval` and "
            "`music21.voiceLeading`, on random notes:",
            "",
            "| question | asked | differ | why |",
            "|---|---|---|---|",
            *rows,
            "",
            f"Of {n} two-voice examples of Fux {n_errors} have an error. What else is said of them: {said}.",
            "",
        ]
    )


if __name__ == "__main__":
    print(section())
