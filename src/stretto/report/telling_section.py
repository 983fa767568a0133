"""Can they be told from real music: what a trained classifier makes of the pieces, and whether its word counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from xml.etree.ElementTree import Element

from stretto.evaluate.two_sample import EASY, HARD, Told
from stretto.render.markup import Child, node
from stretto.report.figures import figure, listed, percent
from stretto.report.tables import number, number_head, table

SAYS = (
    "A classifier learns to tell the pieces from real ones that are matched to them in length, key, metre and texture, "
    "and is asked about pieces it has not seen, of works it has not seen. AUC is how often it finds the real one of a "
    "real piece and one of these: 0.5 is guessing, 1 is always. It counts only if, in the same run, it cannot tell "
    "real pieces from real ones, and sees through a first-order Markov model."
)


def telling_sentence(tellings: Sequence[Told]) -> str:
    """For the answer on top of the page; of the classifier that tells most."""
    valid = [telling for telling in tellings if telling.counts]
    if not valid:
        return ""
    best = max(valid, key=lambda telling: telling.auc)
    why = f"; what gave them away: {listed(list(best.gave_away))}" if best.gave_away else ""
    return (
        f"A classifier finds the real one of a real piece and one of these in {percent(best.auc)} of all pairs "
        f"({percent(best.low)} to {percent(best.high)}; guessing is 50 %){why}."
    )


def telling_body(tellings: Sequence[Told]) -> tuple[Element, ...]:
    """The section of the page."""
    if not tellings:
        return ()
    heads: list[Child] = [
        "classifier", number_head("AUC"), number_head("95 of 100"), number_head("real with real"),
        number_head("Markov model"), number_head("pieces a side"), "verdict",
    ]  # fmt: skip
    match = tellings[0].match
    how = (
        f" How well they are matched: the shorter of two is on average {percent(match.length)} as long as the other, "
        f"{percent(match.meter)} of pairs are in one metre, {percent(match.mode)} in one mode."
        if match is not None
        else ""
    )
    return node("p", SAYS + how), table("The pieces beside real ones", heads, [_row(telling) for telling in tellings])


def _row(telling: Told) -> Element:
    tone = "good" if telling.auc <= HARD else "warn" if telling.auc <= EASY else "bad"
    gave = f"What gave them away: {listed(list(telling.gave_away), 8)}." if telling.gave_away else ""
    return node(
        "tr",
        node("th", telling.by, node("span", gave, class_="says"), scope="row"),
        number(figure(telling.auc), telling.auc),
        number(f"{figure(telling.low)} to {figure(telling.high)}"),
        number(figure(telling.real_auc)),
        number(figure(telling.markov_auc)),
        number(str(telling.n_pairs), telling.n_pairs),
        node("td", telling.word, class_=tone if telling.counts else None),
    )


def telling_data(tellings: Sequence[Told]) -> list[dict[str, Any]]:
    """For a program."""
    return [{**asdict(telling), "counts": telling.counts, "verdict": telling.word} for telling in tellings]
