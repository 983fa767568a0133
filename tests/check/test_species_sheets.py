"""The five species sheets: what they name exists and is explained, and a teacher can change them."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from stretto.check.check import check_score
from stretto.check.rules import RULES
from stretto.check.sheet import load_sheet, sheet_text
from stretto.errors import RequestError

sys.path.insert(0, str(Path(__file__).parent))
from fux_gradus import FIGURES, choir, timed

SPECIES = tuple(f"species{n}" for n in range(1, 6))

PAGE = Path(__file__).parents[2] / "docs" / "species.md"


@pytest.mark.parametrize("kind", SPECIES)
def test_every_rule_of_a_sheet_tells_the_student_what_to_do(kind: str) -> None:
    sheet = load_sheet(kind)
    assert sheet.kind == kind and len(sheet.rules) > 20
    assert [rule.id for rule in sheet.rules if not re.fullmatch(r"[A-Z].{15,}\.", rule.says)] == []


def test_every_species_rule_is_in_a_sheet_and_in_the_docs() -> None:
    named = {rule.id for kind in SPECIES for rule in load_sheet(kind).rules}
    own = {name for name, check in RULES.items() if "rules_species" in check.__module__}
    page = PAGE.read_text(encoding="utf-8")
    assert own <= named
    assert [name for name in sorted(named) if f"| `{name}` |" not in page] == []


def test_the_table_of_the_docs_has_the_severities_of_the_sheets() -> None:
    """A row for each rule: name, species 1 to 5, what it is about."""
    rows = re.findall(
        r"^\| `([a-z0-9-]+)` \|(.*?)\|(.*?)\|(.*?)\|(.*?)\|(.*?)\|", PAGE.read_text(encoding="utf-8"), re.M
    )
    written = {(row[0], n): row[n].strip() for row in rows for n in range(1, 6)}
    for n, kind in enumerate(SPECIES, 1):
        for rule in load_sheet(kind).rules:
            assert written[rule.id, n] == rule.severity, (rule.id, n)


def edited(tmp_path: Path, kind: str, *changes: tuple[str, str]) -> Path:
    text = sheet_text(kind)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "my.toml"
    path.write_text(text, encoding="utf-8")
    return path


def errors(figure: str, changes: dict[int, str], sheet: str | Path) -> list[str]:
    found = check_score(FIGURES[figure].score(changes), load_sheet(sheet)).findings
    return [f.fault.rule for f in found if f.severity == "error"]


def test_a_teacher_allows_neighbours_in_the_second_species(tmp_path: Path) -> None:
    turning = {7: "C4", 8: "A3"}
    mine = edited(tmp_path, "species2", ("neighbour = false", "neighbour = true"))
    assert errors("38", turning, "species2") == ["dissonance-not-passing"]
    assert errors("38", turning, mine) == []


def test_a_teacher_forbids_what_fux_allows_himself(tmp_path: Path) -> None:
    old = '[rules.minor-sixth-down]\nseverity = "licence"'
    mine = edited(tmp_path, "species2", (old, old.replace("licence", "error")))
    assert errors("41", {}, mine) == ["minor-sixth-down"]


def test_the_sheet_says_where_the_cantus_firmus_is(tmp_path: Path) -> None:
    """Two lines of which either could be it; told that the upper one is, the lower may not begin on a fifth."""
    score = choir(timed("D5 C5 B4 C5 D5", "4"), timed("G4 A4 B4 C#5 D5", "4"), meter="2/2")
    upper = edited(tmp_path, "species1", ('cantus = "auto"', 'cantus = "upper"'))
    found = {f.fault.rule for f in check_score(score, load_sheet(upper)).findings}
    assert "opening" in found
    lower = edited(tmp_path, "species1", ('cantus = "auto"', 'cantus = "lower"'))
    found = {f.fault.rule for f in check_score(score, load_sheet(lower)).findings}
    assert "opening" not in found


def test_another_place_for_the_cantus_firmus_is_refused(tmp_path: Path) -> None:
    path = edited(tmp_path, "species1", ('cantus = "auto"', 'cantus = "middle"'))
    with pytest.raises(RequestError, match="cantus 'middle' is unknown; there are auto, upper, lower"):
        load_sheet(path)
