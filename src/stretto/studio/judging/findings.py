"""What is said about a piece on the page: faults with their reasons, and how likely the network finds each bar."""

# Shapes: B bars, N notes.

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import islice
from typing import Any

from stretto.check.check import Checked, check_score
from stretto.check.faults import Finding
from stretto.check.marked import fault_in_words, numbered
from stretto.check.sheet import KINDS, load_sheet, sheet_of
from stretto.check.voices import in_four_voices, singers_alone
from stretto.errors import RequestError, StrettoError
from stretto.report.figures import listed
from stretto.report.surprise import surprise_of
from stretto.score.model import TICKS_PER_QUARTER, Score
from stretto.studio.judging.staff_findings import staff_surprise
from stretto.studio.judging.why import Odd, least_expected, why_of_bar
from stretto.studio.pieces.documents import Document
from stretto.studio.pieces.part_names import Place, names_of_voices
from stretto.theory.understand import understand
from stretto.verbs.staves.ensemble import Ensemble
from stretto.verbs.staves.places import ensemble_of
from stretto.verbs.voicing import VOICES

MAX_BARS = 200
"""Whose likelihood is asked of the network while somebody waits: two seconds."""

NOT_JUDGED: dict[str, Any] = {"natsPerNote": None, "why": "", "oddest": None, "notes": []}
"""Of a bar: nats a note; the reason; nats of its least expected note, and the numbers of the notes that are named."""


def faults_of(document: Document, rules: str = "chorale", sheet: str | None = None) -> dict[str, Any]:
    """All that breaks a rule of a sheet, the gravest first, with the notes that it is about; or why it is not for that.

    Args:
        document: the piece.
        rules: the name of a sheet that ships.
        sheet: the text of a teacher's own, which is taken instead.

    Raises:
        RequestError: no such sheet.
    """
    if sheet is None and rules not in KINDS:
        raise RequestError(f"there is no rule sheet of that name; there are {', '.join(KINDS)}")
    if not len(document.score.notes):
        return {"rules": rules, "why": "", "sentences": [], "faults": []}
    by = load_sheet(rules) if sheet is None else sheet_of(sheet)
    try:
        score, said = understand(document.score)
        checked = check_score(score, by)
    except StrettoError as cause:
        return {"rules": by.title, "why": _without_options(str(cause)), "sentences": [], "faults": []}
    there = _places(document)
    return {
        "rules": checked.sheet.title,
        "why": "",
        "sentences": [*said, *checked.sentences],
        "faults": [_fault(finding, checked, there) for finding in numbered(checked)],
    }


def likelihood_of(document: Document) -> dict[str, Any]:
    """How the network of its players finds every bar; where it cannot say, why, and bars without a figure."""
    score = document.score
    try:
        if not len(score.notes):
            raise RequestError("there are no notes yet")
        if len(score.bars) > MAX_BARS:
            raise RequestError(
                f"the network looks through at most {MAX_BARS} bars here, and there are {len(score.bars)}"
            )
        understood = understand(score)[0]
        players = ensemble_of(understood)
        return _of_choir(document, understood) if players is None else _of_staves(document, understood, players)
    except StrettoError as cause:
        bars = [_bar(score, i, NOT_JUDGED, {}) for i in range(len(score.bars))]
        return {"natsPerNote": None, "why": _without_options(str(cause)), "sentences": [], "bars": bars}


def _of_choir(document: Document, understood: Score) -> dict[str, Any]:
    """By the choir's network; a choir with instruments by its four voices."""
    sung, others = singers_alone(understood)
    sung, taken = in_four_voices(sung)
    found = surprise_of(sung, instead=True)
    everything = _by_page_names(document, [
        Odd(
            who=VOICES[int(found.voice_N[i])], tick=int(found.onset_N[i]), pitch=int(found.pitch_N[i]),
            nats=float(found.nats_N[i]), instead=found.instead_N[i],
        )
        for i in range(len(found.onset_N))
    ])  # fmt: skip
    bars = list[dict[str, Any]]()
    for index in range(len(found.nats_per_quarter_B) if len(found.nats_per_quarter_B) == len(sung.bars) else 0):
        start, end = sung.bars[index].tick, sung.bar_end(index)
        notes = [note for note in everything if start <= note.tick < end]
        nats = float(found.nats_per_quarter_B[index]) * (end - start) / TICKS_PER_QUARTER / max(1, len(notes))
        bars.append(_judged(sung, notes, nats, float(found.rhythm_B[index])))
    said = [f"judged by its four voices, without {listed(others)}"] if others else []
    return _heard(document, bars, found.nats_per_note, [*said, *([taken] if taken else [])])


def _of_staves(document: Document, understood: Score, players: Ensemble) -> dict[str, Any]:
    """By the keyboard's or the quartet's network."""
    found = staff_surprise(understood, players)
    named = iter(_by_page_names(document, [note for notes in found.notes_B for note in notes]))
    bars = [
        _judged(understood, list(islice(named, len(notes))), nats or 0.0, rhythm)
        for notes, nats, rhythm in zip(found.notes_B, found.nats_B, found.rhythm_B, strict=True)
    ]
    return _heard(document, bars, found.nats_per_note, [])


def _by_page_names(document: Document, notes: list[Odd]) -> list[Odd]:
    """The same notes; whose part is on the page is called as it is there."""
    names = names_of_voices(document.score, ((note.who, (note.tick, note.pitch)) for note in notes))
    return [replace(note, who=names.get(note.who, note.who)) for note in notes]


def _judged(score: Score, notes: list[Odd], nats: float, rhythm: float) -> dict[str, Any]:
    """A bar's figure and its reason; nothing is said of a bar in which nothing begins."""
    if not notes:
        return NOT_JUDGED
    named = least_expected(notes)
    return {
        "natsPerNote": round(nats, 3),
        "why": why_of_bar(score, notes, nats_per_note=nats, rhythm=rhythm),
        "oddest": round(named[0].nats, 2) if named else 0.0,
        "notes": [(note.tick, note.pitch) for note in named],
    }


def _heard(document: Document, bars: list[dict[str, Any]], nats_per_note: float, said: list[str]) -> dict[str, Any]:
    score, there = document.score, _places(document)
    # What was understood may have other bars than what is written, as a pickup that was rests.
    fits = len(bars) == len(score.bars)
    told = [_bar(score, i, bars[i] if fits else NOT_JUDGED, there) for i in range(len(score.bars))]
    return {"natsPerNote": round(nats_per_note, 3), "why": "", "sentences": said, "bars": told}


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


def _without_options(line: str) -> str:
    """A reason without the advice that is for the command line."""
    return ";".join(clause for clause in line.split(";") if "--" not in clause and "`" not in clause) or line


def _bar(score: Score, index: int, judged: dict[str, Any], there: dict[Place, list[tuple[int, int]]]) -> dict[str, Any]:
    bar = score.bars[index]
    notes = [number for place in judged["notes"] for number, _ in there.get(tuple(place), ())[:1]]
    return {"number": bar.number, "tick": bar.tick, "end": score.bar_end(index), **judged, "notes": notes}
