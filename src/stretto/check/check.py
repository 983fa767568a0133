"""Checking an exercise against a rule sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stretto.check.exercise import Exercise
from stretto.check.faults import Fault, Finding, Severity
from stretto.check.rates import bach_rates
from stretto.check.rules import OPTIONS, RULES
from stretto.check.sheet import RuleSheet, SheetRule
from stretto.check.voices import read_voices
from stretto.errors import RequestError
from stretto.score.model import Score
from stretto.theory.at_strings import for_strings
from stretto.theory.key import Tonality, estimate_key

FOR_SINGERS = 0.1
"""Share of the notes that may be too high or too low to be sung, in music for singers."""


NOT_FOR_THEM = (
    "and the rules for chorale are for the voices of a choir; a sheet of your own is followed as it is written; name "
    "it with --rules"
)
"""Of players whom Stretto's own sheet is not for."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Checked:
    """An exercise with all that was found in it."""

    score: Score
    """As it was checked: every voice a part of its own. Faults refer to its notes and parts."""
    findings: tuple[Finding, ...]
    """In the order of reading."""
    counts: Mapping[str, int]
    """Rule -> findings; rules that hold are left out."""
    key: Tonality
    sentences: tuple[str, ...]
    """What was taken as which voice, and in which key."""
    n_errors: int
    sheet: RuleSheet


def check_score(score: Score, sheet: RuleSheet, *, key: Tonality | None = None, cantus: int | None = None) -> Checked:
    """Look through a score by every rule of a sheet.

    Args:
        score: with voices in parts of their own, as voices of a staff, or as chords.
        sheet: the rules.
        key: of the whole; None = as its signature and notes say.
        cantus: which voice is the cantus firmus, 0 = the highest; None = found, where the sheet wants one.

    Raises:
        RequestError: what stands there cannot be read as as many voices as the sheet is for, or it is for strings or
            for a keyboard and the sheet is Stretto's own for singers.
    """
    if sheet.ships and sheet.kind == "chorale" and for_strings(score):
        # In a first movement by Mozart of 946 notes they find 194 errors, ranges left aside: mostly doubled octaves.
        raise RequestError(f"this is written for strings, {NOT_FOR_THEM}")
    read = read_voices(score, kind=sheet.kind)
    voiced = read.score
    key = key or estimate_key(voiced)
    if cantus is None and sheet.cantus != "auto":
        cantus = int(sheet.cantus == "lower")
    exercise = Exercise(voiced, read.voices, key, cantus, read.beside)
    found = [(fault, rule) for rule in sheet.rules for fault in RULES[rule.id](exercise, rule.options)]
    found.sort(key=lambda pair: (pair[0].tick, pair[0].parts))
    numbers = _numbers([rule.severity for _, rule in found])
    findings = tuple(
        _finding(voiced, fault, rule, n, sheet.kind) for n, (fault, rule) in zip(numbers, found, strict=True)
    )
    sentences: tuple[str, ...] = (
        read.sentence,
        exercise.two_lines.sentence if sheet.kind != "chorale" else f"key: {key}",
    )
    n_out = sum(finding.fault.rule == "range" for finding in findings)
    if n_out > FOR_SINGERS * len(voiced.notes):
        out = f"{n_out} of {len(voiced.notes)} notes are too high or low to sing"
        if sheet.ships and read.from_chords and not read.like_a_choirs:
            raise RequestError(f"this is written for a keyboard, where {out}, {NOT_FOR_THEM}")
        sentences += (f"{out}: if it is not for four singers, these rules say little of it",)
    return Checked(
        score=voiced,
        findings=findings,
        counts=Counter(finding.fault.rule for finding in findings),
        key=key,
        sentences=sentences,
        n_errors=sum(finding.severity == "error" for finding in findings),
        sheet=sheet,
    )


def _numbers(severities: Sequence[Severity]) -> list[int]:
    """From 1: errors and licences first and remarks after them, so that a page without remarks counts 1, 2, 3."""
    order = sorted(range(len(severities)), key=lambda i: severities[i] == "remark")
    numbers = [0] * len(order)
    for number, i in enumerate(order, 1):
        numbers[i] = number
    return numbers


def _finding(score: Score, fault: Fault, rule: SheetRule, number: int, kind: str) -> Finding:
    bar, beat = score.bar_and_beat(fault.tick)
    # What was counted in Bach was the rule with its usual options, in four parts.
    counted = kind == "chorale" and rule.options == OPTIONS[rule.id]
    rate = bach_rates().get(fault.rule) if counted else None
    return Finding(
        fault=fault,
        number=number,
        severity=rule.severity,
        says=rule.says,
        bar=bar,
        beat=beat,
        bach="" if rate is None else str(rate),
    )
