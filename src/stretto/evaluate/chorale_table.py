"""Composed chorales beside real ones: one row a measure, with what is allowed, and whether it is met."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from stretto.evaluate.chorale import ChoraleCounts
from stretto.evaluate.meter_classifier import METERS
from stretto.theory.cadence import KINDS

PLAIN_SLACK = 2.0
"""Plain sampling may be this many times as bad, so that the network and not a filter has learned."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One set of pieces, measured."""

    counts: ChoraleCounts
    by_meter: Mapping[str, ChoraleCounts] = field(default_factory=dict)
    """The same, metre by metre."""
    n_as_asked: int = 0
    """Pieces with exactly the bars, metre, pickup and key that were asked for."""
    n_asked: int = 0
    n_meter_named: int = 0
    """Pieces whose metre the classifier names."""
    n_meter_asked: int = 0
    shared_all: Sequence[float] = ()
    """Of each piece, quarters of the longest run shared with the training music, in all voices."""
    shared_three: Sequence[float] = ()
    shared_near: Sequence[float] = ()


@dataclass(frozen=True, kw_only=True)
class Row:
    """One measure of plain sampling, the default and real music."""

    name: str
    plain: str
    default: str
    real: str
    allowed: str
    """Of the default; empty = only shown."""
    default_ok: bool | None = None
    plain_ok: bool | None = None


def chorale_table(plain: Column | None, default: Column | None, real: Column) -> list[Row]:
    """All rows; a column that was not measured shows a dash."""
    table = _Table(plain, default, real)
    table.at_least("exactly the asked bars, metre, pickup and key", _as_asked, 1.0)
    table.at_least("ends well: tonic triad, half note, to the bar's end", _of_pieces("n_good_endings"), 0.9)
    table.shown("  ends on a root-position tonic triad", _of_pieces("n_tonic_triads"))
    table.near_real("minor pieces that end with a Picardy third", _of("n_picardy", "n_minor"), 15)
    table.near_real("phrases that end on triads", _balanced_of("n_on_triads", "n_phrases"), 10)
    for kind in KINDS:
        table.near_real(f"  cadences: {kind}", _part(lambda counts: counts.cadences, kind), 10)
    # Real phrases have two bars of 4/4, but four of 3/4; and few real pieces are in 3/4.
    for meter in METERS:
        for bars in (1, 2, 3, 4):
            name = f"  phrases in {meter} of {bars} bar{'s' * (bars > 1)}"
            table.near_real(name, _phrase_share(meter, bars), 10)
    table.at_most("notes outside the voices' ranges", _of("n_outside", "n_notes"), 0.001, digits=2)
    table.at_most("parallel fifths and octaves a note", _of("n_parallels", "n_notes"), 0.004, digits=4, percent=False)
    table.near_real("re-struck notes", _balanced_of("n_restruck", "n_notes"), 3)
    table.near_real("steps in the soprano", _balanced_of("n_steps", "n_moves"), 3)
    for ticks, name in ((6, "sixteenths"), (12, "eighths"), (24, "quarters"), (36, "dotted quarters"), (48, "halves")):
        table.near_real(f"  {name}", _part(lambda counts: counts.durations, ticks), 3)
    table.near_real("triads on strong beats", _balanced_of("n_strong_triads", "n_strong"), 3)
    table.near_real("sevenths on strong beats", _balanced_of("n_strong_sevenths", "n_strong"), 3)
    table.count("bars of silence", lambda c: c.counts.n_silent_bars)
    table.count("one chord for over two bars", lambda c: c.counts.n_stuck)
    table.not_under_real("metre named by the classifier", lambda c: _share(c.n_meter_named, c.n_meter_asked), 5)
    table.longest("longest run shared with training, quarters: all voices", lambda c: c.shared_all)
    table.longest("  any three voices", lambda c: c.shared_three)
    table.longest("  nine tenths alike", lambda c: c.shared_near)
    table.shown("voice crossings a note", _of("n_crossings", "n_notes"))
    table.shown("tritones, sevenths and wider than octaves a note", _of("n_hard_leaps", "n_notes"))
    table.shown("notes a quarter", _of("n_notes", "quarters"), percent=False)
    table.shown("voices that sound", _of("voice_quarters", "quarters"), percent=False)
    return table.rows


Value = Callable[[Column], float]


class _Table:
    """Rows as they are added."""

    def __init__(self, plain: Column | None, default: Column | None, real: Column) -> None:
        self.plain, self.default, self.real = plain, default, real
        self.rows: list[Row] = []

    def at_least(self, name: str, value: Value, least: float) -> None:
        """A share that may miss 1 by so much."""
        self._add(name, value, _text(least, 0), lambda x, slack: 1 - x <= slack * (1 - least) + 1e-12)

    def at_most(self, name: str, value: Value, most: float, *, digits: int, percent: bool = True) -> None:
        """A rate of faults."""
        allowed = f"<= {_text(most, digits, percent)}"
        self._add(name, value, allowed, lambda x, slack: x <= slack * most, digits, percent)

    def near_real(self, name: str, value: Value, points: float) -> None:
        """A share that real music has too."""
        truth = value(self.real)
        self._add(name, value, f"real ± {points:g}", lambda x, slack: abs(x - truth) <= slack * points / 100)

    def not_under_real(self, name: str, value: Value, points: float) -> None:
        """A share that real music reaches."""
        truth = value(self.real)
        self._add(name, value, f"real - {points:g}", lambda x, slack: x >= truth - slack * points / 100)

    def count(self, name: str, value: Callable[[Column], int]) -> None:
        """Something that must not happen."""
        self._add(name, value, "0", lambda x, slack: x == 0, 0, False)

    def longest(self, name: str, value: Callable[[Column], Sequence[float]]) -> None:
        """The longest of all pieces, and the mean beside it."""
        columns = (self.plain, self.default, self.real)
        texts = [_runs(value(c)) if c else "-" for c in columns]
        oks = [_no_longer(value(c), value(self.real)) if c else None for c in (self.plain, self.default)]
        self.rows.append(
            Row(
                name=name,
                plain=texts[0],
                default=texts[1],
                real=texts[2],
                allowed="<= real",
                plain_ok=oks[0],
                default_ok=oks[1],
            )
        )

    def shown(self, name: str, value: Value, *, percent: bool = True) -> None:
        """Nothing is asked of it."""
        self._add(name, value, "", None, 1 if percent else 2, percent)

    def _add(
        self,
        name: str,
        value: Value,
        allowed: str,
        fits: Callable[[float, float], bool] | None,
        digits: int = 1,
        percent: bool = True,
    ) -> None:
        columns = (self.plain, self.default, self.real)
        texts = [_text(value(c), digits, percent) if c else "-" for c in columns]
        self.rows.append(
            Row(
                name=name,
                plain=texts[0],
                default=texts[1],
                real=texts[2],
                allowed=allowed,
                plain_ok=fits(value(self.plain), PLAIN_SLACK) if fits and self.plain else None,
                default_ok=fits(value(self.default), 1.0) if fits and self.default else None,
            )
        )


def table_lines(rows: Sequence[Row]) -> list[str]:
    """The table in plain text, columns aligned."""
    cells = [["measure", "plain", "", "default", "", "real", "allowed"]]
    cells += [[r.name, r.plain, _mark(r.plain_ok), r.default, _mark(r.default_ok), r.real, r.allowed] for r in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    lines = []
    for row in cells:
        name, *rest = (
            cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        lines.append("  ".join((name, *rest)).rstrip())
    return lines


def _mark(ok: bool | None) -> str:
    return "" if ok is None else "ok" if ok else "NO"


def _no_longer(lengths: Sequence[float], real: Sequence[float]) -> bool:
    return max(lengths, default=0.0) <= max(real, default=0.0)


def _runs(lengths: Sequence[float]) -> str:
    return f"{max(lengths):g} (mean {sum(lengths) / len(lengths):.1f})" if lengths else "-"


def _as_asked(column: Column) -> float:
    # Nothing was asked of real music.
    return column.n_as_asked / column.n_asked if column.n_asked else math.nan


def _text(value: float, digits: int, percent: bool = True) -> str:
    if math.isnan(value):
        return "-"
    return f"{100 * value:.{digits}f} %" if percent else f"{value:.{digits}f}"


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _of(part: str, whole: str) -> Value:
    return lambda c: _share(getattr(c.counts, part), getattr(c.counts, whole))


def _balanced(share: Callable[[ChoraleCounts], float]) -> Value:
    """A share in which every metre has the same weight.

    Composed pieces are half in 3/4, real chorales to a tenth; and the metres differ: 3/4 has
    half as many eighths, and three times as many halves.
    """
    return lambda c: fmean(share(counts) for counts in (c.by_meter or {"": c.counts}).values())


def _balanced_of(part: str, whole: str) -> Value:
    return _balanced(lambda counts: _share(getattr(counts, part), getattr(counts, whole)))


def _of_pieces(part: str) -> Value:
    return _of(part, "n_pieces")


def _part(counter: Callable[[ChoraleCounts], Mapping[Any, int]], key: object) -> Value:
    return _balanced(lambda counts: _share(counter(counts).get(key, 0), sum(counter(counts).values())))


def _phrase_share(meter: str, bars: int) -> Value:
    def value(column: Column) -> float:
        own = {name: n for name, n in column.counts.phrase_bars.items() if name.startswith(f"{meter} ")}
        return _share(own.get(f"{meter} {bars}", 0), sum(own.values()))

    return value
