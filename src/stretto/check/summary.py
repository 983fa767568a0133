"""A folder's summary for its teacher: a table for a spreadsheet, and one page that needs nothing but a browser."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable
from dataclasses import replace
from html import escape
from pathlib import Path
from urllib.parse import quote

from stretto.check.folder import CSV_NAME, HTML_NAME, FolderChecked, Pupil
from stretto.check.marked import SEVERITIES
from stretto.corpus.parse import Skipped
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
    write_whole(out / HTML_NAME, html_of(checked).encode("utf-8", "replace"), force=True)
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


def html_of(checked: FolderChecked) -> str:
    """The same as a page: the class, then every pupil, then the rules, then what could not be read."""
    title = f"{checked.folder.resolve().name or checked.folder}: {checked.sheet.title}"
    body = "".join(
        (
            f"<h1>{escape(title)}</h1>",
            f"<p>{escape(headline(checked))}</p>",
            _unread(checked),
            "<h2>Pupils</h2>",
            _pupils(checked),
            "<h2>Rules</h2>",
            _rule_table(checked),
            "<h2>Findings</h2>",
            "".join(_findings(pupil) for pupil in checked.pupils),
        )
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>{body}</body></html>\n"
    )


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


def _pupils(checked: FolderChecked) -> str:
    head = _row(
        "th", ["Pupil", *(PLURALS[s].capitalize() for s in SEVERITIES), "Most often", "Marked"], numbers=(1, 2, 3)
    )
    rows = []
    for pupil in checked.pupils:
        most = sorted(_grave(pupil, checked).items(), key=lambda item: -item[1])[:2]
        links = ", ".join(
            f'<a href="{quote(os.fsencode(file))}">{escape(file.rpartition(".")[2])}</a>' for file in pupil.files
        )
        cells = [
            f'<a href="#{_anchor(pupil)}">{escape(pupil.name)}</a>',
            *(f'<span class="{s if pupil.severities[s] else ""}">{pupil.severities[s]}</span>' for s in SEVERITIES),
            escape(", ".join(f"{_words(rule)} ({n})" for rule, n in most)),
            links + (f"<br>{escape(pupil.trouble)}" if pupil.trouble else ""),
        ]
        rows.append(_row("td", cells, numbers=(1, 2, 3)))
    return f"<table><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table>"


def _grave(pupil: Pupil, checked: FolderChecked) -> dict[str, int]:
    """Rules that a pupil broke, without remarks unless there is nothing else."""
    light = {rule.id for rule in checked.sheet.rules if rule.severity == "remark"}
    return {rule: n for rule, n in pupil.rules.items() if rule not in light}


def _rule_table(checked: FolderChecked) -> str:
    head = _row("th", ["Rule", "", "Found", "Pupils", ""], numbers=(2, 3))
    most = max(checked.rules.values(), default=1)
    bach = {f["rule"]: f["bach"] for pupil in checked.pupils for f in pupil.answer["findings"]}
    rows = []
    for rule in sorted(
        checked.sheet.rules, key=lambda rule: (SEVERITIES.index(rule.severity), -checked.rules[rule.id])
    ):
        n = checked.rules[rule.id]
        if not n:
            continue
        bar = f'<span class="bar {rule.severity}" style="width:{8 * n / most:.2f}rem"></span>'
        cells = [
            f'<span class="{rule.severity}">{escape(_words(rule.id))}</span> ({rule.severity})',
            escape(" ".join(filter(None, (rule.says, bach.get(rule.id))))),
            str(n),
            str(checked.broken_by[rule.id]),
            bar,
        ]
        rows.append(_row("td", cells, numbers=(2, 3)))
    return f"<table><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table>" if rows else "<p>None was broken.</p>"


def _findings(pupil: Pupil) -> str:
    lines = "".join(
        f'<li value="{f["number"]}"><span class="{f["severity"]}">{f["severity"]}</span>, bar {f["bar"]} beat '
        f"{f['beat']:g}, {escape(' and '.join(f['parts']))}: {escape(_words(f['rule']))}"
        f"{escape(': ' + f['detail'] if f['detail'] else '')}</li>"
        for f in pupil.answer["findings"]
    )
    understood = escape("; ".join(pupil.answer["understood"]))
    lost = "".join(f"<br>{escape(str(notice))}" for notice in pupil.notices)
    return (
        f'<details id="{_anchor(pupil)}"><summary>{escape(pupil.name)}: {len(pupil.answer["findings"])}</summary>'
        f"<p>{understood}{lost}</p><ol>{lines}</ol></details>"
    )


def _unread(checked: FolderChecked) -> str:
    if not checked.unread:
        return ""
    lines = "".join(f"<li>{escape(_name(s, checked))}: {escape(s.reason)}</li>" for s in checked.unread)
    return f"<h2>Not read</h2><ul>{lines}</ul>"


def _row(tag: str, cells: Iterable[str], *, numbers: tuple[int, ...]) -> str:
    inside = "".join(f"<{tag}{' class=n' if i in numbers else ''}>{cell}</{tag}>" for i, cell in enumerate(cells))
    return f"<tr>{inside}</tr>"


def _anchor(pupil: Pupil) -> str:
    return "pupil-" + quote(os.fsencode(pupil.name), safe="")


def _words(rule: str) -> str:
    return rule.replace("-", " ")


def _name(skipped: Skipped, checked: FolderChecked) -> str:
    return skipped.path.relative_to(checked.folder).as_posix()


def _cell(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
