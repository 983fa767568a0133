"""The page: one HTML file that asks nothing of any network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from xml.etree.ElementTree import Element

from stretto.corpus.parse import Skipped
from stretto.render.markup import Child, html_of, node
from stretto.report.answers import Answer
from stretto.report.comparison import CATALOGUE, Comparison
from stretto.report.distributions import KINDS, added, shares
from stretto.report.figures import counted
from stretto.report.portrait_section import portrait_section
from stretto.report.strips import bars
from stretto.report.tables import family_summary, measures_table, pieces_table, table
from stretto.version import __version__


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of the page that others make: originality, the two-sample test."""

    id: str
    title: str
    body: tuple[Element, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Contents:
    """What a page shows."""

    title: str
    found: Comparison
    answers: tuple[Answer, ...]
    sections: tuple[Section, ...]
    """After the answers and the pieces, before the measures."""
    unread: Sequence[Skipped]
    notes: Sequence[str]
    """What else is to be said of how it was made."""


def page_of(contents: Contents) -> str:
    """The whole page as text."""
    found = contents.found
    alone = len(found.pieces) == 1
    body = node("main")
    body.append(_answers(contents.answers))
    links = frozenset(i for i, piece in enumerate(found.pieces) if piece.portrait is not None)
    if not alone:
        body.append(node("section", node("h2", "The pieces"), pieces_table(found, links), id="pieces"))
    else:
        body.append(portrait_section(found, 0, alone=True))
    body.extend(node("section", node("h2", s.title), *s.body, id=s.id) for s in contents.sections)
    body.append(_distributions(found))
    body.append(_measures(found))
    if not alone and links:
        said = f"The first {counted(len(links), 'piece')} in full; the others stand in the table alone."
        shown = [portrait_section(found, i, alone=False) for i in sorted(links)]
        intro = node("p", said, class_="caveat") if len(links) < len(found.pieces) else None
        body.append(node("section", node("h2", "Portraits"), intro, *shown, id="portraits"))
    if contents.unread:
        body.append(_unread(contents.unread))
    body.append(_glossary(found))
    return html_of(
        node("html", _head(contents.title), node("body", _header(contents), body, _footer(contents)), lang="en")
    )


def _head(title: str) -> Element:
    return node(
        "head",
        node("meta", charset="utf-8"),
        node("meta", name="viewport", content="width=device-width, initial-scale=1"),
        node("meta", name="color-scheme", content="light dark"),
        node("title", title),
        node("style", _data("page.css")),
    )


def _data(name: str) -> str:
    return files("stretto.report").joinpath(f"data/{name}").read_text(encoding="utf-8")


def _header(contents: Contents) -> Element:
    found = contents.found
    n_notes = sum(len(piece.score.notes) for piece in found.pieces)
    what = f"{counted(len(found.pieces), 'piece')}, {n_notes} notes, beside {found.reference.name}."
    ids = [] if len(found.pieces) == 1 else [("pieces", "Pieces")]
    ids += [(section.id, section.title) for section in contents.sections]
    ids += [("distributions", "Distributions"), ("measures", "Measures")]
    ids += [("portraits", "Portraits")] if len(found.pieces) > 1 else []
    ids += [("unread", "Not read")] if contents.unread else []
    links = [node("a", said, href=f"#{name}") for name, said in [*ids, ("glossary", "Glossary")]]
    return node(
        "header", node("h1", contents.title), node("p", what, class_="soft"), node("nav", *links, aria_label="Sections")
    )


def _answers(answers: Sequence[Answer]) -> Element:
    cards = [
        node(
            "section",
            node("h2", answer.question),
            node("p", answer.word, class_=f"word {answer.tone}".strip()),
            node("ul", *(node("li", sentence) for sentence in answer.because)),
            node("p", answer.caveat, class_="caveat"),
            class_="answer",
        )
        for answer in answers
    ]
    return node("div", *cards, class_="answers")


def _key_to_pictures(*, band: bool) -> Element:
    made = node(
        "p", node("span", class_="key mine"), "here   ", node("span", class_="key real"), "real music   ",
        class_="caveat",
    )  # fmt: skip
    if band:
        made.append(node("span", class_="key band"))
        made[-1].tail = "its middle 95 %"
    return made


def _distributions(found: Comparison) -> Element:
    mine = added(piece.counts for piece in found.pieces)
    figures = []
    for name, kind in KINDS.items():
        here, real = shares(mine[name], name), shares(found.reference.distributions.get(name, {}), name)
        if not here:
            continue
        most = max(here, key=lambda category: here[category])
        says = f"{kind.label}: {most} is commonest here, {here[most]:.0%}; in real music it is {real.get(most, 0):.0%}"
        caption = node("figcaption", node("strong", kind.label.capitalize() + ". "), kind.says)
        figures.append(node("figure", bars(here, real, says), caption))
    return node(
        "section",
        node("h2", "Distributions"),
        _key_to_pictures(band=False),
        node("div", *figures, class_="multiples"),
        id="distributions",
    )


def _measures(found: Comparison) -> Element:
    made = node("section", node("h2", "Every measure"), id="measures")
    made.append(
        node(
            "p",
            "Each hill is real music with its median and its middle 95 %; each dot is one of the pieces. A measure "
            "that lies outside is no fault: of a hundred measures of a real piece about five do.",
        )
    )
    made.append(_key_to_pictures(band=True))
    for place, (heading, rows) in enumerate(found.by_family().items()):
        summary = node("summary", heading + " ", node("span", family_summary(rows), class_="soft"))
        details = node("details", summary, measures_table(heading, rows, len(found.pieces)))
        if place < 2:
            details.set("open", "open")
        made.append(details)
    return made


def _unread(unread: Sequence[Skipped]) -> Element:
    rows = [node("tr", node("th", skipped.path.name, scope="row"), node("td", skipped.reason)) for skipped in unread]
    listed = table("Files that were left out, and why", ["file", "why"], rows)
    return node("section", node("h2", "Not read"), listed, id="unread")


def _glossary(found: Comparison) -> Element:
    terms: list[Child] = []
    for name in found.rows:
        metric = CATALOGUE[name]
        unit = f" Unit: {metric.unit}." if metric.unit else ""
        source = f" Source: {metric.source}." if metric.source else ""
        terms += [node("dt", metric.label), node("dd", f"{metric.says}{unit}{source}")]
    return node(
        "section",
        node("h2", "Glossary"),
        node("details", node("summary", "Every term in a sentence"), node("dl", *terms)),
        id="glossary",
    )


def _footer(contents: Contents) -> Element:
    said = [
        *contents.notes,
        contents.found.reference.about,
        f"Made by stretto {__version__}; nothing on this page is loaded.",
    ]
    made = node("footer", *(node("p", note) for note in said if note))
    made.append(node("script", _data("page.js")))
    return made
