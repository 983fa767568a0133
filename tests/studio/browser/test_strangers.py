"""A studio that answers others too: it asks for its token, and keeps browsers apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("fastapi", reason="needs pip install -e '.[studio]'")
pytest.importorskip("playwright", reason="needs pip install -e '.[browser-test]'")

if TYPE_CHECKING:
    from desk import Room
    from playwright.sync_api import Browser
    from running_studio import RunningStudio

TOKEN = "a-token-of-this-test"


@pytest.fixture(scope="module")
def open_studio(tmp_path_factory: pytest.TempPathFactory, chromium: str) -> Iterator[RunningStudio]:
    from running_studio import running_studio

    with running_studio(
        tmp_path_factory.mktemp("open"), "--host", "0.0.0.0", STRETTO_STUDIO_TOKEN=TOKEN
    ) as running:  # fmt: skip
        assert running.address.endswith(f"/?token={TOKEN}")
        yield running


@pytest.fixture
def open_room(browser: Browser, open_studio: RunningStudio, looks: Path) -> Iterator[Room]:
    from desk import Room

    with Room(browser, open_studio.address, looks) as room:
        yield room


def test_without_the_token_the_page_asks_for_it_and_opens_once_it_is_typed(open_room: Room) -> None:
    from playwright.sync_api import expect

    desk = open_room.desk(opened=False)
    desk.refusals = (401,)
    desk.page.goto(desk.origin)
    field = desk.page.get_by_label("The server printed a token when it started.")
    expect(field).to_be_focused()
    expect(desk.page.locator("dialog")).to_have_count(1)
    expect(desk.page.locator(".sheet")).to_have_count(0)
    desk.look("token")
    field.fill("a-token-that-is-wrong")
    desk.press("Enter")
    expect(desk.page.locator("dialog [role=alert]")).to_have_text(re.compile("not the token"))
    field.fill(TOKEN)
    desk.press("Enter")
    desk.wait_for_pages()
    assert TOKEN not in desk.page.url, "the token stays in no history"


def test_two_browsers_with_the_token_do_not_see_each_others_pieces(open_room: Room) -> None:
    desks = [open_room.desk(opened=False).open(f"/?token={TOKEN}") for _ in range(2)]
    for desk, title in zip(desks, ("Mine", "Yours"), strict=True):
        desk.page.locator("#title").fill(title)
        desk.press("Enter")
        desk.page.wait_for_function("title => document.title.startsWith(title)", arg=title)
    for desk, title in zip(desks, ("Mine", "Yours"), strict=True):
        desk.page.locator("#pieces").click()
        lines = desk.page.locator(".piece-line")
        lines.first.wait_for()
        assert lines.all_inner_texts() == [title]
        desk.press("Escape")
    mine, yours = (desk.view()["id"] for desk in desks)
    asked = "async id => (await fetch('/api/pieces/' + id)).status"
    desks[0].refusals = (404,)
    assert (desks[0].page.evaluate(asked, yours), desks[0].page.evaluate(asked, mine)) == (404, 200)
