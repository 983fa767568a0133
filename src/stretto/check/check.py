"""Checking an exercise against a rule sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from stretto.check.exercise import Exercise
from stretto.check.faults import Fault, Finding
from stretto.check.rates import bach_rates
from stretto.check.rules import OPTIONS, RULES
from stretto.check.sheet import RuleSheet, SheetRule
from stretto.check.species_setting import lines_of
from stretto.check.voices import read_voices
from stretto.score.model import TICKS_PER_WHOLE, Bar, Score
from stretto.theory.key import Tonality, estimate_key


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
        RequestError: what stands there cannot be read as as many voices as the sheet is for.
    """
    read = read_voices(score, kind=sheet.kind)
    voiced = read.score
    key = key or estimate_key(voiced)
    if cantus is None and sheet.cantus != "auto":
        cantus = int(sheet.cantus == "lower")
    exercise = Exercise(voiced, read.voices, key, cantus)
    found = [(fault, rule) for rule in sheet.rules for fault in RULES[rule.id](exercise, rule.options)]
    found.sort(key=lambda pair: (pair[0].tick, pair[0].parts))
    findings = tuple(_finding(voiced, fault, rule, n, sheet.kind) for n, (fault, rule) in enumerate(found, 1))
    return Checked(
        score=voiced,
        findings=findings,
        counts=Counter(finding.fault.rule for finding in findings),
        key=key,
        sentences=(read.sentence, lines_of(exercise).sentence if sheet.kind != "chorale" else f"key: {key}"),
        n_errors=sum(finding.severity == "error" for finding in findings),
        sheet=sheet,
    )


def _finding(score: Score, fault: Fault, rule: SheetRule, number: int, kind: str) -> Finding:
    bar, beat = bar_and_beat(score, fault.tick)
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


def bar_and_beat(score: Score, tick: int) -> tuple[int, Fraction]:
    """The printed number of the bar, and the beat from 1; a pickup is the end of a bar."""
    index = score.bar_index(tick)
    bar = score.bars[index] if score.bars else Bar(tick=0, number=1)
    meter = score.meter_at(tick)
    into = tick - bar.tick
    if bar.number == 0:
        into += max(0, meter.bar_ticks - score.pickup)
    return bar.number, Fraction(into * meter.denominator, TICKS_PER_WHOLE) + 1
