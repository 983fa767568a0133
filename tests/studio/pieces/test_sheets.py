"""A teacher's own rule sheets: kept beside the pieces, chosen for a piece, nobody else's business."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="needs pip install -e '.[studio]'")

from piece_client import Client, serving

from stretto.check.sheet import sheet_text
from stretto.studio.limits import SHEET_BYTES
from stretto.studio.pieces.sheets import MAX_SHEETS, Sheets
from stretto.studio.pieces.store import Store

MINE = 'title = "Close position"\n[rules.spacing]\nseverity = "remark"\nsays = "Close up."\nsoprano_alto = 3\n'
OTHERS = {"X-Workspace": "other"}


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with serving(None, tmp_path_factory.mktemp("sheets")) as client:
        yield client


def kept(client: Client, text: str, name: str = "mine.toml", **headers: str) -> dict[str, str]:
    answer = client.ask("POST", f"/api/sheets?name={name}", text.encode(), **headers)
    assert answer.status == 201, answer.body
    found: dict[str, str] = answer.json
    return found


def test_the_sheets_that_ship_have_names_that_a_musician_reads(asking: Client) -> None:
    titles = {sheet["id"]: sheet["title"] for sheet in asking.get("/api/sheets").json if not sheet["own"]}
    assert titles["chorale"] == "Four-part chorale"
    assert titles["species4"] == "Fourth species: ligatures"
    assert len(titles) == 6


def test_a_teachers_sheet_is_listed_fetched_and_removed(asking: Client) -> None:
    id = kept(asking, MINE)["id"]
    (own,) = [sheet for sheet in asking.get("/api/sheets").json if sheet["own"]]
    assert (own["id"], own["title"], own["name"], own["kind"]) == (id, "Close position", "mine", "chorale")
    assert asking.get(f"/api/sheets/{id}.toml").body.decode() == MINE
    assert asking.ask("DELETE", f"/api/sheets/{id}").status == 204
    assert asking.get(f"/api/sheets/{id}.toml").status == 404
    assert not [sheet for sheet in asking.get("/api/sheets").json if sheet["own"]]


def test_nobody_else_sees_a_sheet_or_takes_it_away(asking: Client) -> None:
    id = kept(asking, MINE)["id"]
    assert not [sheet for sheet in asking.get("/api/sheets", **OTHERS).json if sheet["own"]]
    assert asking.get(f"/api/sheets/{id}.toml", **OTHERS).status == 404
    assert asking.ask("DELETE", f"/api/sheets/{id}", None, **OTHERS).status == 404
    piece = asking.post("/api/pieces", {}, **OTHERS).json["id"]
    assert asking.ask("PUT", f"/api/pieces/{piece}/rules", {"rules": id}, **OTHERS).status == 404
    assert asking.get(f"/api/sheets/{id}.toml").status == 200


def test_a_sheet_of_the_same_name_takes_the_place_of_the_first(asking: Client) -> None:
    """And stays chosen: a teacher changes the file and loads it again."""
    first = kept(asking, MINE, "again.toml")["id"]
    piece = asking.post("/api/pieces", {}).json["id"]
    assert asking.ask("PUT", f"/api/pieces/{piece}/rules", {"rules": first}).status == 200
    assert kept(asking, MINE.replace("Close position", "Closer"), "again.toml")["id"] == first
    assert asking.get(f"/api/pieces/{piece}/rules").json == {"rules": first}


def test_what_is_wrong_in_a_sheet_is_told_with_line_and_word(asking: Client) -> None:
    answer = asking.ask("POST", "/api/sheets?name=x.toml", MINE.replace("[rules.spacing]", "[rules.spicing]").encode())
    assert answer.status == 422
    assert answer.line.startswith("the sheet, line 2: there is no rule 'spicing'; is spacing")
    assert asking.ask("POST", "/api/sheets?name=x.toml", b"\xff\x00\xff").line.startswith("the sheet: it is not text")


def test_a_sheet_may_have_64_kilobytes(asking: Client) -> None:
    assert kept(asking, sheet_text("chorale"), "whole.toml")["title"] == "Four-part chorale"
    answer = asking.ask("POST", "/api/sheets?name=x.toml", b"#" * (SHEET_BYTES + 1))
    assert (answer.status, "64 KB" in answer.line) == (413, True)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..%5C..%5Cx.toml", "%00%0A.toml", "a;rm%20-rf%20~.toml", "x" * 290]
)
def test_the_name_of_a_file_is_only_a_word(asking: Client, tmp_path: Path, name: str) -> None:
    """It is kept without folders and without what is no letter, and nothing is written under it."""
    found = kept(asking, MINE, name)
    assert found["name"].isprintable() and 0 < len(found["name"]) <= 80
    assert "/" not in found["name"] and "\\" not in found["name"]
    assert asking.ask("DELETE", f"/api/sheets/{found['id']}").status == 204


def test_the_title_of_a_sheet_is_only_words(asking: Client) -> None:
    """What turns the writing round, or rings the bell, is left out; a sheet without title is called as its file."""
    found = kept(asking, MINE.replace("Close position", "Close\\u202e \\u0007position"), "bell.toml")
    assert found["title"] == "Close position"
    assert kept(asking, MINE.partition("\n")[2], "Year%20two.toml")["title"] == "Year two"
    for sheet in asking.get("/api/sheets").json[6:]:
        asking.ask("DELETE", f"/api/sheets/{sheet['id']}")


def test_only_so_many_sheets_are_kept(tmp_path: Path) -> None:
    sheets = Sheets(Store(tmp_path / "studio.sqlite3"))
    for number in range(MAX_SHEETS):
        sheets.keep("home", f"{number}", MINE.encode())
    with pytest.raises(Exception, match=f"there are {MAX_SHEETS} sheets of yours already; remove some first"):
        sheets.keep("home", "one more", MINE.encode())
    assert sheets.keep("home", "0", MINE.encode()) and sheets.keep("other", "one more", MINE.encode())


def test_the_choice_outlasts_a_restart_and_goes_with_its_piece(tmp_path: Path) -> None:
    with serving(None, tmp_path) as client:
        id = kept(client, MINE)["id"]
        piece, other = (client.post("/api/pieces", {}).json["id"] for _ in range(2))
        assert client.get(f"/api/pieces/{piece}/rules").json == {"rules": "chorale"}
        client.ask("PUT", f"/api/pieces/{piece}/rules", {"rules": id})
        client.ask("PUT", f"/api/pieces/{other}/rules", {"rules": "species2"})
        assert client.ask("PUT", f"/api/pieces/{other}/rules", {"rules": "jazz"}).status == 404
    with serving(None, tmp_path) as client:
        assert client.get(f"/api/pieces/{piece}/rules").json == {"rules": id}
        assert client.get(f"/api/pieces/{other}/rules").json == {"rules": "species2"}
        client.ask("DELETE", f"/api/sheets/{id}")
        assert client.get(f"/api/pieces/{piece}/rules").json == {"rules": "chorale"}
        client.ask("DELETE", f"/api/pieces/{other}")
        assert client.get(f"/api/pieces/{other}/rules").status == 404
    with sqlite3.connect(tmp_path / "studio.sqlite3") as base:
        assert base.execute("SELECT count(*) FROM sheet_of_piece").fetchone() == (0,)


KEEPER = """
import sys
from pathlib import Path
from stretto.studio.limits import SHEET_BYTES
from stretto.studio.pieces.sheets import Sheets
from stretto.studio.pieces.store import Store
sheets = Sheets(Store(Path(sys.argv[1])))
for number in range(1000):
    kept = sheets.keep("home", f"sheet {number % 10}", sys.argv[2].replace("= 3", f"= {number}").encode())
    print(kept.id, number, flush=True)
"""


def test_a_kill_loses_no_sheet_that_was_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "studio.sqlite3"
    for after in (3, 11, 24):
        child = subprocess.Popen([sys.executable, "-c", KEEPER, str(path), MINE], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        said = [child.stdout.readline().split() for _ in range(after)][-1]
        child.kill()
        child.wait()
        child.stdout.close()
        store = Store(path)
        text = Sheets(store).text("home", said[0])
        store.close()
        assert int(text.rpartition("=")[2]) >= int(said[1])
