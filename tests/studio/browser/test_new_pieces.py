"""New pieces, and those in which nobody ever wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

pytest.importorskip("fastapi", reason="needs pip install -e '.[studio]'")
pytest.importorskip("playwright", reason="needs pip install -e '.[browser-test]'")

if TYPE_CHECKING:
    from desk import Desk


def test_new_on_a_new_piece_makes_no_other_and_one_left_empty_is_not_listed(desk: Desk) -> None:
    from playwright.sync_api import expect

    page, first = desk.page, desk.view()["id"]
    page.locator("#new").click()
    expect(page.locator("#toast")).to_contain_text("This piece is new already")
    assert desk.view()["id"] == first
    page.locator("#file").set_input_files(
        {"name": "t.abc", "mimeType": "text/plain", "buffer": b"X:1\nT:Tune\nK:C\nC4|"}
    )
    page.wait_for_function("() => document.getElementById('title').value === 'Tune'")
    page.locator("#pieces").click()
    expect(page.locator(".piece-line")).to_have_text(["Tune"])
    desk.press("Escape")
    page.locator("#new").click()
    page.wait_for_function("() => document.getElementById('title').value === 'Untitled'")
    page.locator("#pieces").click()
    expect(page.locator(".piece-line")).to_have_text(["Untitled", "Tune"])
    desk.press("Escape")
    page.reload()
    desk.wait_for_pages()
    assert desk.view()["title"] == "Untitled", "the piece that was open is open again"
