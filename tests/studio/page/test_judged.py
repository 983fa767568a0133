"""The page asks what is said of a piece: its faults by a sheet of one's own, and what it shares."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.importorskip("fastapi", reason="needs pip install -e '.[studio]'")

from piece_client import Client, serving

from stretto.studio.workers.pool import Pool

FIFTHS = "X:1\nM:4/4\nL:1/4\nK:C\n" + "".join(
    f"V:{n}\n{line} |\n" for n, line in enumerate(("c d e c", "G A G G", "E F E E", "C D C C"), 1)
)
STRICT = """title = "My first year"
[rules.parallel-fifths]
severity = "licence"
says = "Fifths may be, if they are short."
[rules.spacing]
severity = "error"
says = "Closer!"
soprano_alto = 4
"""


@pytest.fixture(scope="module")
def page(desk: Pool, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with serving(None, tmp_path_factory.mktemp("judged"), desk) as client:
        yield client


@pytest.fixture(scope="module")
def piece(page: Client) -> str:
    id: str = page.ask("POST", "/api/pieces/upload?name=x.abc", FIFTHS.encode()).json["id"]
    return id


def test_faults_are_those_of_the_sheet_that_was_chosen(page: Client, piece: str) -> None:
    """With the teacher's words and severity; and of what was changed it is not said how often Bach does it."""
    usual = page.get(f"/api/pieces/{piece}/check").json
    assert usual["rules"] == "Four-part chorale"
    fifths = [fault for fault in usual["faults"] if fault["rule"] == "parallel-fifths"]
    assert fifths[0]["severity"] == "error" and fifths[0]["how_often"].startswith("Bach: in ")
    id = page.ask("POST", "/api/sheets?name=first%20year.toml", STRICT.encode()).json["id"]
    page.ask("PUT", f"/api/pieces/{piece}/rules", {"rules": id})
    found = page.get(f"/api/pieces/{piece}/check").json
    assert found["rules"] == "My first year"
    assert {fault["rule"] for fault in found["faults"]} == {"parallel-fifths", "spacing"}
    by_rule = {fault["rule"]: fault for fault in found["faults"]}
    assert by_rule["parallel-fifths"]["severity"] == "licence" and by_rule["parallel-fifths"]["how_often"]
    assert "Fifths may be, if they are short." in by_rule["parallel-fifths"]["sentence"]
    assert by_rule["spacing"]["how_often"] == "" and by_rule["spacing"]["notes"]
    assert page.get(f"/api/pieces/{piece}/check?rules=chorale").json["rules"] == "Four-part chorale"
    stranger = page.get(f"/api/pieces/{piece}/check?rules={id}", **{"X-Workspace": "other"})
    assert stranger.status == 404


def test_the_page_is_told_what_every_bar_shares(page: Client, piece: str) -> None:
    found = page.get(f"/api/pieces/{piece}/originality").json
    assert found["revision"] == 1 and len(found["bars"]) == 1
    assert 0 <= found["bars"][0]["share"] <= 1 and found["sentence"].endswith(".")
    assert page.get(f"/api/pieces/{piece}/originality", **{"X-Workspace": "other"}).status == 404


def test_a_piece_that_a_sheet_is_not_for_has_no_faults_but_a_reason(page: Client, piece: str) -> None:
    """Without the advice that the command line gives."""
    found = page.get(f"/api/pieces/{piece}/check?rules=species1").json
    assert found["faults"] == [] and "2 voices" in found["why"] and "--" not in found["why"]
