"""What is said about a piece on the page: faults with their reasons, and how likely the network finds each bar."""

# Shapes: B bars, N notes.

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

from stretto.check.check import Checked, check_score
from stretto.check.faults import Finding
from stretto.check.marked import fault_in_words, numbered
from stretto.check.sheet import KINDS, load_sheet, sheet_of
from stretto.errors import RequestError, StrettoError
from stretto.report.surprise import Surprise, surprise_of
from stretto.score.model import TICKS_PER_QUARTER, Score
from stretto.studio.documents import Document
from stretto.studio.staff_findings import StaffSurprise, staff_surprise
from stretto.theory.understand import understand
from stretto.verbs.staves.places import ensemble_of
from stretto.verbs.voicing import VOICES

N_NAMED = 2
"""Notes that a bar's reason names: the least expected ones."""

MAX_BARS = 200
"""Whose likelihood is asked of the network while somebody waits: two seconds."""

NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")

Place = tuple[int, int]
"""Onset and pitch: by these a note is found again in a score that was read in voices."""


def faults_of(document: Document, rules: str = "chorale", sheet: str | None = None) -> dict[str, Any]:
    """All that breaks a rule of a sheet, the gravest first, with the notes that it is about.

    Args:
        document: the piece.
        rules: the name of a sheet that ships.
        sheet: the text of a teacher's own, which is taken instead.

    Raises:
        RequestError: no such sheet, or the piece cannot be read as as many voices as it is for.
    """
    if sheet is None and rules not in KINDS:
        raise RequestError(f"there is no rule sheet of that name; there are {', '.join(KINDS)}")
    if not len(document.score.notes):
        return {"rules": rules, "sentences": [], "faults": []}
    score, said = understand(document.score)
    checked = check_score(score, load_sheet(rules) if sheet is None else sheet_of(sheet))
    there = _places(document)
    return {
        "rules": checked.sheet.title,
        "sentences": [*said, *checked.sentences],
        "faults": [_fault(finding, checked, there) for finding in numbered(checked)],
    }


def likelihood_of(document: Document) -> dict[str, Any]:
    """How the network of its players finds every bar; where it cannot say, why, and bars without a figure."""
    score = document.score
    every = range(len(score.bars))
    try:
        if not len(score.notes):
            raise RequestError("there are no notes yet")
        if len(score.bars) > MAX_BARS:
            raise RequestError(
                f"the network looks through at most {MAX_BARS} bars here, and there are {len(score.bars)}"
            )
        understood = understand(score)[0]
        players = ensemble_of(understood)
        if players is not None:
            return _of_staves(score, staff_surprise(understood, players))
        found = surprise_of(understood)
    except StrettoError as cause:
        return {"natsPerNote": None, "why": str(cause), "bars": [_bar(score, i, None, "") for i in every]}
    # What was understood may have other bars than what is written, as a pickup that was rests.
    fits = len(found.nats_per_quarter_B) == len(score.bars)
    bars = [_bar(score, i, *(_of_bar(score, i, found) if fits else (None, ""))) for i in every]
    return {"natsPerNote": round(found.nats_per_note, 3), "why": "", "bars": bars}


def _of_staves(score: Score, found: StaffSurprise) -> dict[str, Any]:
    bars = []
    for i in range(len(score.bars)):
        nats, least = (found.nats_B[i], found.least_B[i]) if len(found.nats_B) == len(score.bars) else (None, None)
        why = ""
        if least is not None:
            why = f"least expected: {' '.join(_name(pitch) for pitch in least[1])} at {_place(score, least[0])}"
        bars.append(_bar(score, i, None if nats is None else round(nats, 3), why))
    return {"natsPerNote": round(found.nats_per_note, 3), "why": "", "bars": bars}


def _fault(finding: Finding, checked: Checked, there: dict[Place, list[tuple[int, int]]]) -> dict[str, Any]:
    rows = [checked.score.notes[index] for index in finding.fault.notes]
    named = dict(pair for row in rows for pair in there.get((int(row["onset"]), int(row["pitch"])), ()))
    ends = [int(row["onset"]) + int(row["duration"]) for row in rows]
    return {
        "number": finding.number,
        "rule": finding.fault.rule,
        "severity": finding.severity,
        "sentence": f"{fault_in_words(finding)}. {finding.says}",
        "how_often": finding.bach,
        "bar": finding.bar,
        "beat": float(finding.beat),
        "tick": finding.fault.tick,
        "end": max([finding.fault.tick + 1, *ends]),
        "parts": sorted(set(named.values())),
        "notes": list(named),
    }


def _places(document: Document) -> dict[Place, list[tuple[int, int]]]:
    """The numbers and parts of the notes at every place."""
    notes = document.score.notes
    there = defaultdict[Place, list[tuple[int, int]]](list)
    for number, onset, pitch, part in zip(
        document.ids_N.tolist(), *(notes[name].tolist() for name in ("onset", "pitch", "part")), strict=True
    ):
        there[onset, pitch].append((number, part))
    return there


def _of_bar(score: Score, index: int, found: Surprise) -> tuple[float | None, str]:
    """Nats a note of a bar, and its least expected notes in words."""
    start, end = score.bars[index].tick, score.bar_end(index)
    inside = np.flatnonzero((found.onset_N >= start) & (found.onset_N < end))
    if not len(inside):
        return None, ""
    odd = inside[np.argsort(-found.nats_N[inside], kind="stable")][:N_NAMED]
    words = [
        f"the {VOICES[int(found.voice_N[i])]}'s {_name(int(found.pitch_N[i]))} at "
        f"{_place(score, int(found.onset_N[i]))} (1 in {_once_in(float(found.nats_N[i]))})"
        for i in odd
    ]
    quarters = (end - start) / TICKS_PER_QUARTER
    nats = float(found.nats_per_quarter_B[index]) * quarters / len(inside)
    return round(nats, 3), f"least expected: {', '.join(words)}"


def _name(pitch: int) -> str:
    return f"{NAMES[pitch % 12]}{pitch // 12 - 1}"


def _place(score: Score, tick: int) -> str:
    _, beat = score.bar_and_beat(tick)
    whole, rest = divmod(beat, 1)
    return f"beat {whole}{f' {rest}' if rest else ''}"


def _once_in(nats: float) -> str:
    """How seldom the network would write it, as a round number: 1, 3, 20, 5000."""
    seldom = float(np.exp(min(nats, 20.0)))
    digits = 10 ** max(0, int(np.floor(np.log10(seldom))))
    return f"{max(1, round(seldom / digits) * digits):,}"


def _bar(score: Score, index: int, nats: float | None, why: str) -> dict[str, Any]:
    bar = score.bars[index]
    return {"number": bar.number, "tick": bar.tick, "end": score.bar_end(index), "natsPerNote": nats, "why": why}
