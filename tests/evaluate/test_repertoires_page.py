"""The page of the repertoires says what its figures say."""

from __future__ import annotations

import json
from pathlib import Path

from stretto.evaluate.repertoire_table import Row, table_lines
from stretto.evaluate.staff_work import STAVES

DOCS = Path(__file__).parents[2] / "docs"


def test_the_tables_are_those_of_the_figures() -> None:
    said = json.loads((DOCS / "repertoires.json").read_text(encoding="utf-8"))
    page = (DOCS / "repertoires.md").read_text(encoding="utf-8")
    assert list(said) == list(STAVES)
    for repertoire, rows in said.items():
        lines = table_lines([Row(name=name, **row) for name, row in rows.items()])
        assert f"## {repertoire.capitalize()}\n\n" + "\n".join(lines) in page
