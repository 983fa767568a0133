"""A checked exercise as its teacher gives it back: numbered, marked on the page or in the score, and as JSON."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

from stretto.check.check import Checked
from stretto.check.faults import Finding, Severity
from stretto.render.layout import Layout
from stretto.render.marked import write_marked
from stretto.render.marking import BLUE, GREEN, VERMILION, Look, Marking
from stretto.score.model import Notice, Score

SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""The gravest first."""

LOOKS = (
    Look(name="error", colour=VERMILION, sign="disc"),
    Look(name="licence", colour=BLUE, sign="box"),
    Look(name="remark", colour=GREEN, sign="ring"),
)


def numbered(checked: Checked) -> tuple[Finding, ...]:
    """Findings in the order of their numbers: errors and licences, then remarks."""
    return tuple(sorted(checked.findings, key=lambda finding: finding.number))


def counts(findings: Sequence[Finding]) -> dict[str, int]:
    """How many there are of each severity, the gravest first."""
    return {severity: sum(f.severity == severity for f in findings) for severity in SEVERITIES}


def summary(findings: Sequence[Finding]) -> str:
    """As "2 errors, 1 licence, 3 remarks"."""
    return ", ".join(f"{n} {kind}{'' if n == 1 else 's'}" for kind, n in counts(findings).items())


def place_of(finding: Finding, score: Score) -> str:
    """As "bar 3 beat 2 1/2, soprano and bass"."""
    whole, rest = divmod(finding.beat, 1)
    place = f"bar {finding.bar} beat {whole}{f' {rest}' if rest else ''}"
    names = [_lower(score.parts[part].name) or f"part {part + 1}" for part in finding.fault.parts]
    *first, last = dict.fromkeys(names) or [""]
    voices = f"{', '.join(first)} and {last}" if first else last
    return f"{place}, {voices}" if voices else place


def fault_in_words(finding: Finding) -> str:
    """As "parallel fifths: F4-C5 to G4-D5"."""
    name = finding.fault.rule.replace("-", " ")
    return f"{name}: {finding.fault.detail}" if finding.fault.detail else name


def reason_of(finding: Finding) -> str:
    """The rule in a sentence, and how often Bach does otherwise."""
    says = finding.says.strip()
    return " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in (says, finding.bach) if part)


def write_checked(
    checked: Checked,
    path: Path,
    *,
    original: Score | None = None,
    name: str = "",
    remarks: bool = False,
    layout: Layout = "auto",
    force: bool = False,
) -> tuple[Notice, ...]:
    """Write a marked page (.svg, .pdf, .png) or score (.musicxml, .mxl).

    Args:
        checked: what was found.
        path: its extension chooses.
        original: the score as it came; it is marked, where all notes are found in it, and not its voices one by one.
        name: of the exercise, for the title of the legend.
        remarks: mark the remarks too; else the title counts them.
        layout: of a page; "auto" = what suits the parts.
        force: overwrite.

    Returns:
        What the file could not hold, counted.

    Raises:
        ScoreWriteError: the file cannot be written.
        RenderError: the page could not be made.
    """
    findings = numbered(checked)
    shown = [f for f in findings if remarks or f.severity != "remark"]
    score, index = _marked_score(checked, original, shown)
    markings = [_marking(finding, checked.score, index) for finding in shown]
    unmarked = "" if len(shown) == len(findings) else " that are not marked"
    title = f"{f'{name}, ' if name else ''}{checked.sheet.title}: {summary(findings)}{unmarked}"
    return write_marked(score, markings, LOOKS, path, title=title, layout=layout, force=force)


def checked_json(checked: Checked) -> dict[str, Any]:
    """All that was found, as a program reads it: notes by part, tick and pitch."""
    findings = numbered(checked)
    return {
        "rules": checked.sheet.title,
        "key": str(checked.key),
        "understood": list(checked.sentences),
        "errors": counts(findings)["error"],
        "licences": counts(findings)["licence"],
        "remarks": counts(findings)["remark"],
        "per_rule": dict(sorted(checked.counts.items())),
        "findings": [_finding_json(finding, checked.score) for finding in findings],
    }


def _finding_json(finding: Finding, score: Score) -> dict[str, Any]:
    fault = finding.fault
    return {
        "number": finding.number,
        "rule": fault.rule,
        "severity": finding.severity,
        "bar": finding.bar,
        "beat": float(finding.beat),
        "tick": fault.tick,
        "parts": [score.parts[part].name or f"part {part + 1}" for part in fault.parts],
        "notes": [
            {
                "part": score.parts[int(note["part"])].name or f"part {int(note['part']) + 1}",
                "tick": int(note["onset"]),
                "pitch": int(note["pitch"]),
            }
            for note in (score.notes[index] for index in fault.notes)
        ],
        "detail": fault.detail,
        "says": finding.says,
        "bach": finding.bach,
    }


def _marking(finding: Finding, score: Score, index: dict[int, int]) -> Marking:
    words = fault_in_words(finding)
    return Marking(
        number=finding.number,
        look=next(look for look in LOOKS if look.name == finding.severity),
        notes=tuple(index[note] for note in finding.fault.notes),
        tick=finding.fault.tick,
        place=place_of(finding, score),
        text=f"{finding.severity.capitalize()}: {words}. {reason_of(finding)}",
        comment=words,
    )


def _marked_score(
    checked: Checked, original: Score | None, findings: Sequence[Finding]
) -> tuple[Score, dict[int, int]]:
    """The score to be marked, and where in it the notes of the checked one are."""
    wanted = {note for finding in findings for note in finding.fault.notes}
    if original is not None and original is not checked.score:
        found = _found(checked.score, original)
        if wanted <= found.keys():
            return original, found
    return checked.score, {note: note for note in wanted}


def _found(score: Score, original: Score) -> dict[int, int]:
    """Notes of a score that was read in voices, and those of the original: the same pitch at the same time.

    Two voices on one note come in the same order in both, from top to bottom.
    """
    there: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    for index, key in enumerate(_keys(original)):
        there[key].append(index)
    return {index: there[key].pop(0) for index, key in enumerate(_keys(score)) if there[key]}


def _keys(score: Score) -> list[tuple[int, int, int]]:
    columns = (score.notes[name].tolist() for name in ("onset", "pitch", "grace"))
    return list(zip(*columns, strict=True))


def _lower(name: str) -> str:
    """A voice's name within a sentence; "Violin II" and "part B" stay as they are."""
    return name.lower() if name.istitle() and name.isalpha() else name
