"""The two questions of a user, answered in plain words: is it any good, and is it mine?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal

from stretto.report.comparison import Comparison, Row
from stretto.report.figures import counted, figure, listed, percent
from stretto.report.measured import NATS_PER_NOTE, Measured, out_of_range
from stretto.report.reference import CHORALES, OUTSIDE
from stretto.report.repertoires import FOUR_VOICES_ONLY, REPERTOIRES
from stretto.report.verdict import FEW, MIDDLE

Tone = Literal["good", "warn", "bad", ""]

N_STANDING_OUT = 4

OTHER_KIND = 0.25
"""Share of measures outside from which music may be of another kind."""

NO_EAR = (
    "No figure here hears beauty, wit or sense. They say whether music is made like real music of this kind, not "
    "whether it is worth hearing: a dull piece can pass them all, and a bold one fails some. Play it."
)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One question's answer."""

    question: str
    word: str
    """The answer in a few words."""
    tone: Tone
    because: tuple[str, ...]
    """A sentence each."""
    caveat: str


def is_it_any_good(found: Comparison, told: str = "") -> Answer:
    """How the pieces stand among real ones, by all measures, the network's ear and the rules.

    Args:
        found: the pieces beside real music.
        told: what classifiers make of them, in a sentence.
    """
    word, tone = _likeness(found)
    because = [
        sentence
        for sentence in (
            _beside(found),
            _measures(found),
            _other_kind(found),
            told,
            _network(found),
            _rules(found.pieces),
            _what_stands_out(found),
        )
        if sentence
    ]
    return Answer(question="Is it any good?", word=word, tone=tone, because=tuple(because), caveat=NO_EAR)


def _likeness(found: Comparison) -> tuple[str, Tone]:
    """By the share of measures outside the middle 95 %, beside what real pieces have of it."""
    verdict = found.outside_verdict
    if not isfinite(verdict.below):
        return "Nothing to compare it with", ""
    kind = found.reference.kind
    if verdict.below <= 0.75:
        return f"Made much like {kind}", "good"
    if verdict.below <= MIDDLE[1]:
        return f"Made mostly like {kind}", "good"
    twice = 2 * found.reference.spread(OUTSIDE).quantile(MIDDLE[1])
    if verdict.value <= twice and not _strange(found):
        return f"In part like {kind}", "warn"
    return (f"Of another kind than {kind}", "") if _no_chorales(found) else (f"Unlike {kind}", "bad")


def _strange(found: Comparison) -> bool:
    """The network is surprised more than by any real piece."""
    row = found.rows.get(NATS_PER_NOTE)
    return row is not None and len(row.spread) >= FEW and row.spread.below(row.folder.mean) == 1


def _beside(found: Comparison) -> str:
    """Beside what it is set, and what is left out there."""
    reference = found.reference
    repertoire = REPERTOIRES.get(reference.repertoire)
    if repertoire is None:
        return f"Set beside {reference.name}."
    who = "it is" if len(found.pieces) == 1 else "they are"
    why = f", as {who} written for {repertoire.called}" if reference.kind == repertoire.kind else ""
    return f"Set beside {reference.name}{why}; left out are {FOUR_VOICES_ONLY}, and {repertoire.why}."


def of_another_kind(found: Comparison) -> bool:
    """Set beside chorales, of which too much differs for music of the same kind."""
    return found.reference.kind == CHORALES and found.outside_verdict.value > OTHER_KIND


def _no_chorales(found: Comparison) -> bool:
    """Most of the pieces are not in four voices of a choir: chorales are beside them for want of their own music."""
    others = sum(piece.tally is None or not piece.as_sung for piece in found.pieces)
    return found.reference.kind == CHORALES and 2 * others > len(found.pieces)


def _other_kind(found: Comparison) -> str:
    """A word to those whose music may be of another kind altogether."""
    if not of_another_kind(found):
        return ""
    if _no_chorales(found):
        it = "It is" if len(found.pieces) == 1 else "They are"
        return (
            f"{it} not in four voices of a choir, nor for keyboard or string quartet, of which alone real music ships: "
            "what lies outside says how far it is from a chorale, not whether it is good."
        )
    return "If it is no four-part chorale, that says little."


def _measures(found: Comparison) -> str:
    usual = found.reference.spread(OUTSIDE)
    if len(found.pieces) == 1:
        verdicts = found.of_piece(0)
        if not verdicts:
            return ""
        outside = sum(verdict.outside for verdict in verdicts.values())
        where = "where 95 of 100 real pieces lie" if found.reference.n_pieces >= FEW else "between those of real pieces"
        said = f"{len(verdicts) - outside} of {len(verdicts)} measures lie {where}"
        typical = round(len(verdicts) * (1 - usual.quantile(0.5))) if len(usual) else 0
        return f"{said}; of a real piece about {typical} do." if typical else f"{said}."
    share = found.outside_verdict.value
    said = f"The middle piece lies outside the range of 95 of 100 real pieces in {percent(share)} of the measures"
    return f"{said}; the middle real piece does in {percent(usual.quantile(0.5))}." if len(usual) else f"{said}."


def _network(found: Comparison) -> str:
    row = found.rows.get(NATS_PER_NOTE)
    if row is None:
        if any(piece.surprise is not None for piece in found.pieces):
            return "The network heard none of the real pieces, so its surprise has nothing to stand beside."
        why = Counter(piece.unmeasured.get("likelihood", "") for piece in found.pieces).most_common(1)
        if not why or not why[0][0]:
            return ""
        of = "" if len(found.pieces) == 1 else ", of any of them; mostly"
        return f"The network could not say how likely it is{of}: {why[0][0]}."
    mean = row.folder.mean
    low, high = (row.spread.quantile(share) for share in MIDDLE)
    verdict = row.verdicts[0] if len(row.verdicts) == 1 else None
    side = row.spread.below(mean)
    how = "as it is by real music"
    if (verdict is not None and verdict.outside) or not 0.15 <= side <= 0.85:
        how = "less than by most real music (it is more predictable)" if side < 0.5 else "more than by most real music"
    how = "more than by any real piece" if _strange(found) else how
    n = row.folder.n
    heard = f" (it could hear {n} of {len(found.pieces)})" if n < len(found.pieces) else ""
    return (
        f"The network is surprised by it {how}: {figure(mean, row.metric.unit)}, real pieces {figure(low)} to "
        f"{figure(high)}, {figure(row.spread.quantile(0.5))} in the middle{heard}."
    )


def _rules(pieces: Sequence[Measured]) -> str:
    read = [piece.checked for piece in pieces if piece.checked is not None]
    checked = [piece.sung for piece in pieces if piece.sung is not None]
    if not checked:
        if len(read) != 1 or len(pieces) != 1:
            return ""
        n_out, n_notes = out_of_range(read[0]), len(read[0].score.notes)
        return f"The rules of four-part writing are not for it: {n_out} of {n_notes} notes are too high or low to sing."
    n_notes = sum(len(one.score.notes) for one in checked)
    who = "it has" if len(pieces) == 1 else "they have"
    of = f" ({len(checked)} of {len(pieces)} could be read so)" if len(checked) < len(pieces) else ""
    by_severity = Counter(finding.severity for one in checked for finding in one.findings)
    errors = Counter(finding.fault.rule for one in checked for finding in one.findings if finding.severity == "error")
    kinds = [f"{rule.replace('-', ' ')}{f' ({n})' if n > 1 else ''}" for rule, n in errors.most_common()]
    what = f": {listed(kinds)}" if kinds else ""
    return (
        f"By the rules of four-part writing {who} {counted(by_severity['error'], 'error')} in {n_notes} notes{what}; "
        f"and {counted(by_severity['licence'], 'licence')}, which masters take too{of}."
    )


def _what_stands_out(found: Comparison) -> str:
    rows = found.standing_out(N_STANDING_OUT)
    if not rows:
        return "Nothing stands out: no measure alone tells it from real music."
    return f"What stands out most: {listed([_said(row) for row in rows])}."


def _said(row: Row) -> str:
    alone = len(row.verdicts) == 1
    here, real = (row.verdicts[0].value, row.spread.quantile(0.5)) if alone else (row.folder.mean, row.spread.mean)
    side = "more" if row.folder.above > 0.5 else "less"
    unit = "share" if row.metric.unit == "share" else ""
    return f"{row.metric.label} ({figure(here, unit)}, {side} than real music's {figure(real, unit)})"
