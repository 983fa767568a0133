"""Composed pieces of a repertoire beside real ones: a row a measure, with what is asked of it and whether it is met."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import fmean, pstdev

from stretto.evaluate.period_classifier import PERIODS
from stretto.evaluate.repertoire import LAST_BASS, PROFILES, Floats, Judged, stacked
from stretto.evaluate.staff_faults import StaffFaults
from stretto.evaluate.staff_form import mean_likeness
from stretto.evaluate.staff_meter import METERS
from stretto.evaluate.staff_runs import RUN_BARS, VerbatimRuns
from stretto.evaluate.staff_shapes import FEATURES, halves_overlap, means_overlap, overlap

LEAST_OVERLAP, LEAST_PERIOD, LEAST_TONIC, LEAST_BASS = 0.8, 0.7, 0.9, 0.98
SLACK = 0.05
"""Points of a hundred by which a classifier may name fewer composed pieces than real ones."""

EMPTY = "-"
MELODY = "the top line"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One measure."""

    name: str
    composed: str = EMPTY
    real: str = EMPTY
    asked: str = ""
    ok: bool | None = None
    """None = nothing is asked, or no piece was composed."""
    real_ok: bool | None = None
    """Whether real music itself meets what is asked."""


@dataclass(frozen=True, kw_only=True)
class Sets:
    """What is compared."""

    repertoire: str
    composed: Sequence[Judged]
    """May be empty: then real music stands alone."""
    real: Sequence[Judged]
    """Held-out works."""
    other: Sequence[Mapping[str, Floats]] = ()
    """Histograms of other real works of the same styles, as many: how far real music agrees with real music."""
    among: tuple[Sequence[VerbatimRuns], Sequence[VerbatimRuns]] = ((), ())
    """What training works share with other training works: in all parts, and in the top line."""
    formed: Sequence[Judged] = ()
    """Pieces of which a form was asked."""


@dataclass(frozen=True, kw_only=True)
class Nats:
    """What style and metre are worth to the network, on held-out works."""

    known: float
    """Nats a note."""
    unknown: float


def repertoire_table(sets: Sets, nats: Nats | None = None) -> list[Row]:
    """All rows."""
    return [
        *_as_asked(sets),
        *_overlaps(sets),
        *_periods(sets),
        *_closes(sets),
        *_forms(sets),
        *_faults(sets),
        *_runs(sets),
        _nats(nats),
    ]


def table_lines(rows: Sequence[Row]) -> list[str]:
    """The table in Markdown."""
    signs = {True: "met", False: "MISSED", None: ""}
    head = ["| measure | composed | real | asked | |", "|---|---|---|---|---|"]
    return head + [f"| {r.name} | {r.composed} | {r.real} | {r.asked} | {signs[r.ok]} |" for r in rows]


Value = Callable[[Sequence[Judged]], float]


def _as_asked(sets: Sets) -> list[Row]:
    rows = [_row(sets, "bars, metre, pickup, signature, tempo exactly as asked", _obeys, least=1.0, of_real=False)]
    rows.append(_beside(sets, "metre named by its notes", _named(_meter_is), slack=SLACK))
    for meter in METERS:
        rows.append(_shown(sets, f"- {meter}", _where(partial(_in_meter, meter), _named(_meter_is))))
    for way in PROFILES:
        rows.append(_beside(sets, f"key found by {way}", _named(partial(_key_found, way))))
    rows.append(_beside(sets, "key found with the help of the last bass note", _named(partial(_key_found, LAST_BASS))))
    rows.append(_row(sets, "the last bass note is the tonic", _named(lambda j: j.close.tonic_bass), least=LEAST_BASS))
    return rows


def _overlaps(sets: Sets) -> list[Row]:
    rows = []
    for feature in FEATURES[sets.repertoire]:
        sides = ([j.shapes for j in sets.composed], [j.shapes for j in sets.real], sets.other)
        own, real, other = (stacked(those, feature.name) for those in sides)
        found, truth = overlap(own, real), overlap(other, real)
        halves = halves_overlap(real) if len(real) > 1 else float("nan")
        means = [_number(means_overlap(those, real)) for those in (own, other)]
        rows.append(
            Row(
                name=f"overlap of {feature.name}: {feature.says}",
                composed=f"{_number(found)} (means {means[0]})" if len(own) else EMPTY,
                real=f"{_number(truth)} (means {means[1]}, halves {_number(halves)})",
                asked=f">= {LEAST_OVERLAP}",
                ok=found >= LEAST_OVERLAP if len(own) else None,
                real_ok=truth >= LEAST_OVERLAP,
            )
        )
    return rows


def _periods(sets: Sets) -> list[Row]:
    rows = [_row(sets, "asked period named", _named(_period_is), least=LEAST_PERIOD)]
    for period in PERIODS:
        of_period = _where(partial(_in_period, period), _named(_period_is))
        rows.append(_shown(sets, f"- {period}", of_period))
    return rows


def _closes(sets: Sets) -> list[Row]:
    return [
        _row(sets, "ends on the tonic chord over its root", _named(lambda j: j.close.tonic_chord), least=LEAST_TONIC),
        _beside(sets, "ends with a cadence: its dominant before it", _named(lambda j: j.close.closes), slack=SLACK),
        _shown(sets, "- its third is there", _named(lambda j: j.close.with_third)),
        _shown(sets, "- the last chord lasts half a bar or a half note", _named(lambda j: j.close.settled)),
    ]


def _forms(sets: Sets) -> list[Row]:
    passages = [passage for judged in sets.real for passage in judged.passages]
    typical = [judged.typical for judged in sets.real if judged.passages]
    sections = [j.sections for j in sets.formed if j.sections]
    spread = pstdev([p.melody for p in passages]) if passages else 0.0
    rows = [_shown(sets, "bars that come back four bars later or more", lambda js: fmean(j.returning for j in js))]
    sides = [mean_likeness(those) for those in ([s for s, _ in sections], [o for _, o in sections], passages, typical)]
    for what in ("melody", "whole"):
        same, other, again, usual = (getattr(one, what) for one in sides)
        asked = what == "melody" and bool(sections)
        name = f"asked form, {len(sections)} pieces: likeness of sections that return less that of others, the melody"
        rows.append(
            Row(
                name=name if what == "melody" else "- all notes",
                composed=_less(same, other) if sections else EMPTY,
                real=f"{_less(again, usual)} ({len(passages)} passages)",
                asked=f">= real - {spread:.2f}, its deviation" if what == "melody" else "",
                ok=same - other >= again - usual - spread if asked else None,
            )
        )
    return rows


def _faults(sets: Sets) -> list[Row]:
    own, real = (sum((j.faults for j in those), StaffFaults()) for those in (sets.composed, sets.real))
    names = {
        "silences": "silences of more than a bar",
        "stuck": "notes of more than four bars",
        "same_bars": "the same bar more than four times running",
    }
    return [
        Row(
            name=said,
            composed=str(getattr(own, name)) if sets.composed else EMPTY,
            real=str(getattr(real, name)),
            asked="0",
            ok=getattr(own, name) == 0 if sets.composed else None,
            real_ok=getattr(real, name) == 0,
        )
        for name, said in names.items()
    ]


def _runs(sets: Sets) -> list[Row]:
    rows = []
    for of in (f"all {'hands' if sets.repertoire == 'keyboard' else 'parts'}", MELODY):
        among = sets.among[1] if of == MELODY else sets.among[0]
        own, real = ([_runs_of(of, j) for j in those] for those in (sets.composed, sets.real))
        most = max((_share_of_pieces(those) for those in (real, among) if those), default=0.0)
        held_out, trained = (_percent(_share_of_pieces(those)) for those in (real, among))
        beside = f"{held_out} ({trained} of {len(among)} training works among themselves)"
        rows.append(
            Row(
                name=f"pieces with {RUN_BARS} bars verbatim of the training music, {of}",
                composed=_percent(_share_of_pieces(own)),
                real=beside if among else held_out,
                asked="<= real",
                ok=_share_of_pieces(own) <= most if own else None,
            )
        )
        stretches = [_percent(_share_of_stretches(runs)) for runs in (own, real, among)]
        said = f"{stretches[1]} ({stretches[2]})" if among else stretches[1]
        rows.append(Row(name=f"- of all stretches of {RUN_BARS} bars, {of}", composed=stretches[0], real=said))
    return rows


def _share_of_pieces(runs: Sequence[VerbatimRuns]) -> float:
    return fmean(one.n_known > 0 for one in runs) if runs else float("nan")


def _share_of_stretches(runs: Sequence[VerbatimRuns]) -> float:
    return sum(one.n_known for one in runs) / max(1, sum(one.n_windows for one in runs)) if runs else float("nan")


def _runs_of(of: str, judged: Judged) -> VerbatimRuns:
    return judged.melody_runs if of == MELODY else judged.runs


def _nats(nats: Nats | None) -> Row:
    name = "nats a note on held-out works, style and metre known against unknown"
    if nats is None:
        return Row(name=name, asked="less")
    return Row(name=name, composed=f"{nats.known:.3f}, {nats.unknown:.3f}", asked="less", ok=nats.known < nats.unknown)


def _obeys(judged: Sequence[Judged]) -> float:
    return fmean(bool(j.as_asked) for j in judged)


def _meter_is(judged: Judged) -> bool:
    return judged.meter_named == judged.asked.meter


def _in_meter(meter: str, judged: Judged) -> bool:
    return judged.asked.meter == meter


def _in_period(period: str, judged: Judged) -> bool:
    return judged.asked.period == period


def _key_found(way: str, judged: Judged) -> bool:
    return judged.keys_found[way]


def _period_is(judged: Judged) -> bool:
    return judged.period_named == judged.asked.period


def _named(those: Callable[[Judged], bool]) -> Value:
    return lambda judged: fmean(those(j) for j in judged) if judged else float("nan")


def _where(which: Callable[[Judged], bool], value: Value) -> Value:
    return lambda judged: value([j for j in judged if which(j)])


def _row(sets: Sets, name: str, value: Value, *, least: float, of_real: bool = True) -> Row:
    """A share that must be so large."""
    own, real = (value(those) if those else float("nan") for those in (sets.composed, sets.real))
    return Row(
        name=name,
        composed=_percent(own) if sets.composed else EMPTY,
        real=_percent(real) if of_real else EMPTY,
        asked=f">= {_percent(least)}" if least < 1 else "all",
        ok=own >= least if sets.composed else None,
        real_ok=real >= least if of_real else None,
    )


def _beside(sets: Sets, name: str, value: Value, *, slack: float = 0.0) -> Row:
    """A share that must be no less than that of real pieces, but for a slack."""
    own, real = (value(those) if those else float("nan") for those in (sets.composed, sets.real))
    return Row(
        name=name,
        composed=_percent(own) if sets.composed else EMPTY,
        real=_percent(real),
        asked=f">= real - {100 * slack:.0f}" if slack else ">= real",
        ok=own >= real - slack - 1e-9 if sets.composed else None,
    )


def _shown(sets: Sets, name: str, value: Value) -> Row:
    own, real = (_percent(value(those)) if those else EMPTY for those in (sets.composed, sets.real))
    return Row(name=name, composed=own, real=real)


def _less(same: float, other: float) -> str:
    return f"{_number(same)} - {_number(other)} = {_number(same - other)}"


def _percent(share: float) -> str:
    return EMPTY if share != share else f"{100 * share:.1f} %"


def _number(value: float) -> str:
    return EMPTY if value != value else f"{value:.2f}"


def figures(rows: Sequence[Row]) -> Mapping[str, Mapping[str, str | bool | None]]:
    """The table as it is kept beside the page, by the name of its rows."""
    return {row.name: {"composed": row.composed, "real": row.real, "asked": row.asked, "ok": row.ok} for row in rows}
