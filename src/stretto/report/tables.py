"""Tables of a page: the pieces, and every measure beside real music."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from xml.etree.ElementTree import Element

from stretto.render.markup import Child, node
from stretto.report.comparison import Comparison, Row
from stretto.report.figures import counted, figure, percent
from stretto.report.measured import NATS_PER_NOTE, Measured
from stretto.report.strips import strip
from stretto.report.verdict import MIDDLE

TONES = {
    "like real music": "good", "within its range": "good", "outside the middle 95 %": "warn",
    "beyond every real piece": "bad",
}  # fmt: skip
"""Verdict -> class of its colour."""


COLUMNS = (
    "Every piece; a click on a heading sorts. Grade: Bach or Mock, the lower the nearer to real music. Outside: share "
    "of its measures beyond the middle 95 % of real music. Errors: by the rules of four-part writing, where "
    "singers could sing it. Shared: real chorales whose nearest passage in the training music is shorter; of music for "
    "keyboard or quartet with bars of that of their networks, real works that have none."
)


def table(caption: str, heads: Sequence[Child], rows: Sequence[Element], *, class_: str = "") -> Element:
    """A table with its caption; columns whose head is an element keep its class."""
    cells = [head if isinstance(head, Element) else node("th", head, scope="col") for head in heads if head is not None]
    made = node(
        "table",
        node("caption", caption),
        node("thead", node("tr", *cells)),
        node("tbody", *rows),
        class_=class_ or None,
    )
    return node("div", made, class_="wide")


def number_head(said: str) -> Element:
    """Head of a column of numbers."""
    return node("th", said, scope="col", class_="n")


def number(said: str, value: float | None = None) -> Element:
    """A cell with a number, and by what it is sorted."""
    sorts = None if value is None else str(value) if isfinite(value) else "-1e9"
    return node("td", said, class_="n", data_value=sorts)


def pieces_table(found: Comparison, links: frozenset[int]) -> Element:
    """A line a piece, sortable.

    Args:
        found: the pieces.
        links: indices of those that have a portrait further down.
    """
    rows = [_piece_row(found, index, piece, index in links) for index, piece in enumerate(found.pieces)]
    heads: list[Child] = [
        "piece", "key", number_head("bars"), number_head("nats a note"), number_head("grade"), number_head("outside"),
        number_head("errors"), number_head("shared"), "verdict",
    ]  # fmt: skip
    return table(COLUMNS, heads, rows, class_="sortable")


def _piece_row(found: Comparison, index: int, piece: Measured, linked: bool) -> Element:
    outside, values = found.outside(index), found.values[index]
    nats, grade = values[NATS_PER_NOTE], values.get("grade.total", float("nan"))
    n_bars = sum(bar.number > 0 for bar in piece.score.bars)
    errors = float(piece.sung.n_errors) if piece.sung is not None else float("nan")
    shared = piece.real_below
    name = node("a", piece.name, href=f"#piece-{index + 1}") if linked else piece.name
    word, tone = piece_word(outside)
    return node(
        "tr",
        node("th", name, scope="row"),
        node("td", str(piece.key)),
        number(str(n_bars), n_bars),
        number(figure(nats), nats),
        number(figure(grade), grade),
        number(percent(outside), outside),
        number(figure(errors), errors),
        number(percent(shared), shared),
        node("td", word, class_=tone or None),
    )


def piece_word(outside: float) -> tuple[str, str]:
    """A piece in two words, by the share of its measures outside the middle 95 %: a real one has about 5 %."""
    if not isfinite(outside):
        return "not compared", ""
    if outside <= 0.1:
        return "like real music", "good"
    return ("in part unlike", "warn") if outside <= 0.25 else ("unlike real music", "bad")


def measures_table(heading: str, rows: Sequence[Row], n_pieces: int) -> Element:
    """One family of measures: what it says, the pieces' value, real music's, both drawn, and a verdict."""
    heads: list[Child] = [
        "measure", number_head("here" if n_pieces == 1 else "here, mean ± sd"),
        number_head(f"real, {'middle' if n_pieces == 1 else 'mean'} and 95 %"), "beside real music", "verdict",
    ]  # fmt: skip
    return table(f"{heading}, beside real music measured by the same code", heads, [_row(row) for row in rows])


def _row(row: Row) -> Element:
    unit = row.metric.unit
    single = len(row.verdicts) == 1
    here = figure(row.verdicts[0].value, unit) if single else spread_of(row.folder.mean, row.folder.sd, unit)
    low, high = (row.spread.quantile(share) for share in MIDDLE)
    usual = row.spread.quantile(0.5) if single else row.spread.mean
    bare = "share" if unit == "share" else ""
    real = f"{figure(usual, bare)} ({figure(low, bare)} to {figure(high, bare)})" if len(row.spread) else "-"
    says = f"{row.metric.label}: {here}; real music {real}; {row.word}"
    return node(
        "tr",
        node("th", row.metric.label, node("span", row.metric.says, class_="says"), scope="row"),
        number(here),
        number(real),
        node("td", strip([verdict.value for verdict in row.verdicts], row.spread, says), class_="strip-cell"),
        _verdict_cell(row),
    )


def spread_of(mean: float, sd: float, unit: str) -> str:
    """Mean ± standard deviation: "12.3 ± 4.5 %"."""
    if not isfinite(mean):
        return "-"
    suffix = "%" if unit == "share" else unit
    scale = 100 if unit == "share" else 1
    return f"{figure(scale * mean)} ± {figure(scale * sd)} {suffix}".rstrip()


def _verdict_cell(row: Row) -> Element:
    if len(row.verdicts) == 1:
        verdict = row.verdicts[0]
        side = f", {'higher' if verdict.side == 'high' else 'lower'}" if verdict.outside else ""
        return node("td", verdict.word + side, class_=TONES.get(verdict.word))
    folder = row.folder
    tone = {"like": "good", "too": None, "leans": "warn"}.get(folder.word.split()[0], "bad")
    more = f"{percent(folder.outside)} of pieces outside the middle 95 %; above a real one in {percent(folder.above)}"
    if folder.word == "not measured":
        return node("td", folder.word)
    return node("td", node("span", folder.word, class_=tone), node("span", more, class_="says"))


def family_summary(rows: Sequence[Row]) -> str:
    """What a reader sees of a family before it is opened: "3 of 9 outside"."""
    if all(len(row.verdicts) == 1 for row in rows):
        outside = sum(row.verdicts[0].outside for row in rows)
        return f"{outside} of {counted(len(rows), 'measure')} outside the middle 95 %"
    apart = sum(row.word.startswith(("leans", "higher", "lower")) for row in rows)
    return f"{apart} of {counted(len(rows), 'measure')} lean away from real music"
