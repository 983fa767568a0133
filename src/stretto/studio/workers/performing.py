"""Doing a job: the verbs called with plain data, in the process that holds the networks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from stretto.errors import RequestError
from stretto.score.formats import writer_of
from stretto.score.model import Score
from stretto.score.musicxml_read import read_musicxml
from stretto.score.musicxml_write import write_musicxml
from stretto.studio.limits import check_bars
from stretto.studio.workers.jobs import CHORES, Job, Result, packed

Tell = Callable[[float], None]
"""Told the share that is done, and, if it is a `verbs.so_far.Watcher`, shown the music; may raise to stop the work."""


def load_networks() -> None:
    """Read every network that ships, so that nobody's first request waits for them."""
    from stretto.verbs.staves.ensemble import ENSEMBLES
    from stretto.verbs.weights import shipped_weights

    shipped_weights()
    for players in ENSEMBLES.values():
        players.weights()


def perform(job: Job, tell: Tell) -> Result:
    """Do a job.

    Raises:
        StrettoError: the wish cannot be met; in one line.
    """
    tell(0.0)
    if job.verb in CHORES:
        from stretto.studio.workers.chores import do_chore

        return do_chore(job)
    if job.verb == "compose":
        return _composed(job.arguments, tell)
    if job.score is None:
        raise RequestError(f"{job.verb} needs a document")
    score = _document(job.score, job)
    check_bars(len(score.bars))
    match job.verb:
        case "check":
            return _checked(score, job.arguments)
        case "report":
            return _reported(score, job.arguments, tell)
        case "convert":
            return _converted(score, job.arguments)
        case _:
            return _reworked(job.verb, score, job.arguments, tell)


def _document(data: bytes, job: Job) -> Score:
    if not job.foreign:
        return read_musicxml(data, "the document")
    from stretto.studio.workers.children import read_upload

    return read_upload(data, job.suffix)


def _composed(wishes: Mapping[str, Any], tell: Tell) -> Result:
    from stretto.verbs import compose
    from stretto.verbs.players import players_asked
    from stretto.verbs.rules import rules_of
    from stretto.verbs.staves.rules import staff_rules

    plain = {name: wish for name, wish in wishes.items() if name not in ("forbid", "allow", "ranges", "rules")}
    words: dict[str, Any] = {name: wishes.get(name) or () for name in ("forbid", "allow", "ranges")}
    players, _ = players_asked(wishes.get("ensemble"), wishes.get("style"))
    rules = rules_of(**words) if players is None else staff_rules(players, **words)
    piece = compose(**plain, rules=rules, progress=tell)
    return Result(
        musicxml=write_musicxml(piece.score)[0],
        report=tuple(piece.report),
        seed=piece.seed,
        nats_per_note=piece.nats_per_note,
        key=piece.key,
        data={
            "ensemble": piece.ensemble,
            "style": piece.style,
            "meter": piece.meter,
            "bars": piece.bars,
            "seconds": piece.seconds,
        },
    )


def _reworked(verb: str, score: Score, wishes: Mapping[str, Any], tell: Tell) -> Result:
    from stretto.verbs import library

    verbs: dict[str, Callable[..., Any]] = {
        "continue": library.continue_,
        "harmonize": library.harmonize,
        "infill": library.infill,
        "vary": library.vary,
    }
    found = verbs[verb](score, **wishes, progress=tell)
    return Result(
        musicxml=write_musicxml(found.score)[0],
        report=tuple(found.report),
        seed=found.seed,
        nats_per_note=found.nats_per_note,
        key=found.key,
        data={"new_notes": found.n_notes, "of_them_as_they_were": found.n_again, "seconds": found.seconds},
    )


def _checked(score: Score, wishes: Mapping[str, Any]) -> Result:
    from stretto.check.library import check
    from stretto.check.sheet import sheet_of

    plain = {name: wish for name, wish in wishes.items() if name != "sheet"}
    if wishes.get("sheet") is not None:
        plain["rules"] = sheet_of(wishes["sheet"])
    found = check(score, **plain)
    findings = [
        {
            "number": finding.number,
            "bar": finding.bar,
            "beat": float(finding.beat),
            "tick": finding.fault.tick,
            "rule": finding.fault.rule,
            "severity": finding.severity,
            "says": finding.says,
            "detail": finding.fault.detail,
            "notes": list(finding.fault.notes),
            "bach": finding.bach,
        }
        for finding in found.findings
    ]
    return Result(
        musicxml=write_musicxml(found.score)[0],
        report=tuple(found.sentences),
        key=str(found.key),
        data={"errors": found.n_errors, "counts": dict(found.counts), "findings": findings},
    )


def _reported(score: Score, wishes: Mapping[str, Any], tell: Tell) -> Result:
    from stretto.report.report import report

    found = report(score, audio=False, progress=tell, **wishes)
    return Result(report=tuple(found.notes), data=found.as_json())


def _converted(score: Score, wishes: Mapping[str, Any]) -> Result:
    from stretto.theory.key import parse_key
    from stretto.theory.understand import understand

    key = None if wishes.get("key") is None else parse_key(wishes["key"])
    score, sentences = understand(score, key=key, meter=wishes.get("meter"))
    data, lost = writer_of(wishes["suffix"])(score)
    return Result(
        report=tuple(sentences),
        data={"file": packed(data), "left_out": [str(notice) for notice in (*score.notices, *lost)]},
    )
