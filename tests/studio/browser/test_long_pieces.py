"""Candidates for a few bars of a long piece, seen, and chosen without seeing them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

pytest.importorskip("fastapi", reason="needs pip install -e '.[studio]'")
pytest.importorskip("playwright", reason="needs pip install -e '.[browser-test]'")

if TYPE_CHECKING:
    from desk import Desk

BARS = {"Soprano": "f d e f |", "Alto": "d B c d |", "Tenor": "A F A A |", "Bass": "D B, A, D |"}


def long_chorale(n_bars: int) -> bytes:
    """In D major, as ABC: the same bar again and again."""
    voices = [f'V:{i} name="{name}"\n{bar * n_bars}' for i, (name, bar) in enumerate(BARS.items(), 1)]
    return "\n".join(["X:1", "T:Long", "M:4/4", "L:1/4", "K:D", *voices, ""]).encode()


def test_candidates_show_the_bars_around_what_is_new_and_are_said_when_a_key_chooses_them(desk: Desk) -> None:
    from playwright.sync_api import expect

    page = desk.page
    page.locator("#file").set_input_files({"name": "l.abc", "mimeType": "text/plain", "buffer": long_chorale(24)})
    page.wait_for_function("() => document.getElementById('title').value === 'Long'")
    desk.wait_for_pages()
    page.locator("[data-verb=infill]").click()
    desk.select_bar(4)
    page.locator("#go").focus()
    desk.press("Enter")
    expect(page.locator("#tray-bars")).to_have_text("Bars 3–7 are shown")
    expect(page.locator(".take:not(:disabled)")).to_have_count(3)
    desk.press("2")
    expect(page.locator("#says")).to_contain_text("Candidate 2: ")
    desk.press("ArrowRight")
    expect(page.locator("#says")).to_contain_text("Candidate 3: ")
    desk.look("candidates-of-a-long-piece")


def test_a_raised_note_is_called_as_the_key_spells_it(desk: Desk) -> None:
    from playwright.sync_api import expect

    page = desk.page
    page.locator("#file").set_input_files({"name": "l.abc", "mimeType": "text/plain", "buffer": long_chorale(2)})
    page.wait_for_function("() => document.getElementById('title').value === 'Long'")
    page.locator("#roll").focus()
    desk.press("ArrowRight", "ArrowRight")
    expect(page.locator("#says")).to_contain_text("D5, quarter, Soprano")
    desk.press("ArrowUp")
    expect(page.locator("#says")).to_have_text("D♯5")
