"""Every measure of a report in a table, as docs/report.md has it."""

from __future__ import annotations

from stretto.report.comparison import CATALOGUE, FAMILIES

BEGIN, END = "<!-- glossary: scripts/report_glossary.py writes what follows -->", "<!-- end of the glossary -->"


def glossary() -> str:
    """The tables, a family each, as Markdown."""
    families = dict.fromkeys(name.partition(".")[0] for name in CATALOGUE)
    return "\n".join(_family(family) for family in families)


def _family(family: str) -> str:
    own = [metric for metric in CATALOGUE.values() if metric.name.partition(".")[0] == family]
    rows = [f"| `{m.name}` | {m.label} | {m.unit or '-'} | {_escaped(m.says)} | {m.source or '-'} |" for m in own]
    head = ["| name | | unit | what it says | source |", "|---|---|---|---|---|"]
    return "\n".join([f"### {FAMILIES.get(family, family)}", "", *head, *rows, ""])


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


def with_glossary(document: str) -> str:
    """A document with the tables as they are now between its two marks.

    Raises:
        ValueError: it lacks the marks.
    """
    before, _, rest = document.partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise ValueError("docs/report.md lacks the two marks of the glossary")
    return f"{before}{BEGIN}\n\n{glossary()}\n{END}{after}"
