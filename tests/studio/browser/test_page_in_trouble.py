"""What the page does when things go wrong: two windows, a server that is gone, a file that means harm."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("fastapi", reason="needs pip install -e '.[studio]'")
pytest.importorskip("playwright", reason="needs pip install -e '.[browser-test]'")

if TYPE_CHECKING:
    from desk import Desk, Room
    from playwright.sync_api import Browser

HARM = "<img src=x onerror=window.harmed=1>"

HARMFUL = f'X:1\nT:{HARM}\nM:4/4\nL:1/4\nK:C\nV:1 name="{HARM}"\nc d e c |\n'


def draw_a_note(desk: Desk) -> None:
    """By a key, at the playhead."""
    desk.page.locator("#roll").focus()
    desk.press("c")


def test_markup_in_a_title_or_a_part_is_shown_as_letters(desk: Desk) -> None:
    from playwright.sync_api import expect

    desk.page.locator("#file").set_input_files(
        {"name": f"{HARM}.abc", "mimeType": "text/plain", "buffer": HARMFUL.encode()}
    )
    expect(desk.page.locator("#title")).to_have_value(re.compile("onerror"))
    desk.wait_for_pages()
    desk.page.locator("#pieces").click()
    expect(desk.page.locator(".piece-line").first).to_contain_text("onerror")
    assert desk.page.evaluate("() => window.harmed") is None
    assert desk.page.locator("img[src=x]").count() == 0


def test_two_windows_on_one_piece_do_not_overwrite_each_other(room: Room) -> None:
    from playwright.sync_api import expect

    one, other = room.desk(), room.desk()
    assert one.view()["id"] == other.view()["id"]
    draw_a_note(one)
    one.wait_for_revision(other_than=1)
    other.refusals = (409,)
    draw_a_note(other)
    expect(other.page.locator("#toast")).to_contain_text("changed in another window")
    assert other.notes() == one.notes() and len(one.notes()) == 1
    revision = other.view()["revision"]
    draw_a_note(other)
    other.wait_for_revision(revision)
    assert len(other.notes()) == 2


def test_the_piece_and_its_undo_outlive_the_studio_and_its_absence_is_said(
    browser: Browser, looks: Path, tmp_path: Path
) -> None:
    from desk import Room
    from playwright.sync_api import expect
    from running_studio import running_studio

    with running_studio(tmp_path) as studio, Room(browser, studio.address, looks) as room:
        desk = room.desk()
        draw_a_note(desk)
        desk.wait_for_revision(other_than=1)
        kept = desk.notes()
        studio.stop()
        draw_a_note(desk)
        expect(desk.page.locator("#toast")).to_contain_text("does not answer")
        desk.look("server-gone")
        desk.wrong = [line for line in desk.wrong if "ERR_CONNECTION_REFUSED" not in line]
    with running_studio(tmp_path) as studio, Room(browser, studio.address, looks) as room:
        desk = room.desk()
        assert desk.notes() == kept
        revision = desk.view()["revision"]
        desk.page.locator("#undo").click()
        assert desk.wait_for_revision(revision)["notes"] == []
