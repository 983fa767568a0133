"""A folder's summary for its teacher: a table for a spreadsheet, and one page that needs nothing but a browser."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote
from xml.etree.ElementTree import Element

from stretto.check.folder import CSV_NAME, HTML_NAME, FolderChecked, Pupil
from stretto.check.marked import SEVERITIES
from stretto.corpus.parse import Skipped
from stretto.render.markup import Child, append, html_of, node
from stretto.score.opening import write_whole

PLURALS = {"error": "errors", "licence": "licences", "remark": "remarks"}

STYLE = """
body { font-family: 'Liberation Serif', 'Times New Roman', Times, serif; max-width: 62rem; margin: 2rem auto;
  padding: 0 1rem; color: #111; background: #fff; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .3rem .7rem; border-bottom: 1px solid #ccc; vertical-align: top; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
.error { color: #b34700; font-weight: bold; } .licence { color: #005a8e; } .remark { color: #00714f; }
.bar { display: inline-block; height: .7em; background: #D55E00; } .bar.licence { background: #0072B2; }
.bar.remark { background: #009E73; }
details { margin: .3rem 0; } summary { cursor: pointer; }
@media print { details > * { display: block; } }
"""


def write_summary(checked: FolderChecked, out: Path) -> FolderChecked:
    """Write both into the folder of the marked files; gives what was checked, with their names.

    Raises:
        ScoreWriteError: the disk refuses.
    """
    # A spreadsheet takes a file for UTF-8 by its first bytes. A file's name may hold bytes that are no text.
    write_whole(out / CSV_NAME, csv_of(checked).encode("utf-8-sig", "replace"), force=True)
    write_whole(out / HTML_NAME, page_of(checked).encode("utf-8"), force=True)
    return replace(checked, files=(out / CSV_NAME, out / HTML_NAME))


def csv_of(checked: FolderChecked) -> str:
    """A line for every file: its counts, a column for each rule that was broken, and what could not be read.

    A cell that a spreadsheet would take for a formula begins with an apostrophe.
    """
    rules = _rules(checked)
    stream = io.StringIO()
    table = csv.writer(stream)
    table.writerow(["pupil", "file", *(PLURALS[s] for s in SEVERITIES), *rules, "marked", "not read"])
    for pupil in checked.pupils:
        numbers = [pupil.severities[s] for s in SEVERITIES] + [pupil.rules.get(rule, 0) for rule in rules]
        marked = "; ".join(pupil.files) or pupil.trouble
        table.writerow([*map(_cell, (pupil.name, str(pupil.path))), *numbers, *map(_cell, (marked, ""))])
    for skipped in checked.unread:
        empty = [""] * (len(SEVERITIES) + len(rules) + 1)
        table.writerow([*map(_cell, (_name(skipped, checked), str(skipped.path))), *empty, _cell(skipped.reason)])
    return stream.getvalue()


def page_of(checked: FolderChecked) -> str:
    """The same as a page: what could not be read, then every pupil, the rules, and all findings."""
    title = f"{checked.folder.resolve().name or checked.folder}: {checked.sheet.title}"
    head = node(
        "head",
        node("meta", charset="utf-8"),
        node("meta", name="viewport", content="width=device-width, initial-scale=1"),
        node("title", title),
        node("style", STYLE),
    )
    body = node(
        "body",
        node("h1", title),
        node("p", headline(checked)),
        *_unread(checked),
        node("h2", "Pupils"),
        _pupils(checked),
        node("h2", "Rules"),
        _rule_table(checked),
        node("h2", "Findings"),
        *(_findings(pupil) for pupil in checked.pupils),
    )
    return html_of(node("html", head, body, lang="en"))


def headline(checked: FolderChecked) -> str:
    """As "21 exercises checked: 30 errors, 4 licences, 55 remarks; 6 without an error; 1 file not read"."""
    totals = checked.severities
    found = ", ".join(f"{totals[s]} {s if totals[s] == 1 else PLURALS[s]}" for s in SEVERITIES)
    clean = sum(not pupil.severities["error"] for pupil in checked.pupils)
    n, m = len(checked.pupils), len(checked.unread)
    unread = f"; {m} file{'' if m == 1 else 's'} not read" if m else ""
    return f"{n} exercise{'' if n == 1 else 's'} checked: {found}; {clean} without an error{unread}"


def _rules(checked: FolderChecked) -> list[str]:
    """Rules that were broken, in the order of the sheet."""
    return [rule.id for rule in checked.sheet.rules if checked.rules[rule.id]]


def _pupils(checked: FolderChecked) -> Element:
    head = ["Pupil", *(PLURALS[s].capitalize() for s in SEVERITIES), "Most often", "Marked"]
    rows = []
    for pupil in checked.pupils:
        most = sorted(_grave(pupil, checked).items(), key=lambda item: -item[1])[:2]
        cells: list[Child] = [
            node("a", pupil.name, href=f"#{_anchor(pupil)}"),
            *(node("span", str(n), class_=s if n else None) for s, n in pupil.severities.items()),
            ", ".join(f"{_words(rule)} ({n})" for rule, n in most),
            _marked(pupil),
        ]
        rows.append(_row("td", cells, numbers=(1, 2, 3)))
    return _table(_row("th", head, numbers=(1, 2, 3)), rows)


def _marked(pupil: Pupil) -> Element:
    """Links to the marked files, and why one is missing."""
    made = node("span")
    for i, file in enumerate(pupil.files):
        append(made, ", " if i else "")
        append(made, node("a", file.rpartition(".")[2], href=quote(os.fsencode(file))))
    if pupil.trouble:
        append(made, node("br"))
        append(made, pupil.trouble)
    return made


def _grave(pupil: Pupil, checked: FolderChecked) -> dict[str, int]:
    """Rules that a pupil broke, without remarks unless there is nothing else."""
    light = {rule.id for rule in checked.sheet.rules if rule.severity == "remark"}
    return {rule: n for rule, n in pupil.rules.items() if rule not in light}


def _rule_table(checked: FolderChecked) -> Element:
    most = max(checked.rules.values(), default=1)
    bach = {f["rule"]: f["bach"] for pupil in checked.pupils for f in pupil.answer["findings"]}
    rows = []
    for rule in sorted(
        checked.sheet.rules, key=lambda rule: (SEVERITIES.index(rule.severity), -checked.rules[rule.id])
    ):
        n = checked.rules[rule.id]
        if not n:
            continue
        name = node("span", node("span", _words(rule.id), class_=rule.severity), f" ({rule.severity})")
        says = " ".join(filter(None, (rule.says, bach.get(rule.id))))
        bar = node("span", class_=f"bar {rule.severity}", style=f"width:{8 * n / most:.2f}rem")
        rows.append(_row("td", [name, says, str(n), str(checked.broken_by[rule.id]), bar], numbers=(2, 3)))
    head = _row("th", ["Rule", "", "Found", "Pupils", ""], numbers=(2, 3))
    return _table(head, rows) if rows else node("p", "None was broken.")


def _findings(pupil: Pupil) -> Element:
    lines = [
        node(
            "li",
            node("span", f["severity"], class_=f["severity"]),
            f", bar {f['bar']} beat {f['beat']:g}, {' and '.join(f['parts'])}: {_words(f['rule'])}"
            f"{': ' + f['detail'] if f['detail'] else ''}",
            value=f["number"],
        )
        for f in pupil.answer["findings"]
    ]
    lost = [part for notice in pupil.notices for part in (node("br"), str(notice))]
    return node(
        "details",
        node("summary", f"{pupil.name}: {len(lines)}"),
        node("p", "; ".join(pupil.answer["understood"]), *lost),
        node("ol", *lines),
        id=_anchor(pupil),
    )


def _unread(checked: FolderChecked) -> list[Element]:
    lines = [node("li", f"{_name(skipped, checked)}: {skipped.reason}") for skipped in checked.unread]
    return [node("h2", "Not read"), node("ul", *lines)] if lines else []


def _table(head: Element, rows: Iterable[Element]) -> Element:
    return node("table", node("thead", head), node("tbody", *rows))


def _row(tag: str, cells: Iterable[Child], *, numbers: tuple[int, ...]) -> Element:
    return node("tr", *(node(tag, cell, class_="n" if i in numbers else None) for i, cell in enumerate(cells)))


def _anchor(pupil: Pupil) -> str:
    return "pupil-" + quote(os.fsencode(pupil.name), safe="")


def _words(rule: str) -> str:
    return rule.replace("-", " ")


def _name(skipped: Skipped, checked: FolderChecked) -> str:
    return skipped.path.relative_to(checked.folder).as_posix()


def _cell(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
