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
    desk.bring(long_chorale(24), "Long")
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
    desk.bring(long_chorale(2), "Long")
    page.locator("#roll").focus()
    desk.press("ArrowRight", "ArrowRight")
    expect(page.locator("#says")).to_contain_text("D5, quarter, Soprano")
    desk.press("ArrowUp")
    expect(page.locator("#says")).to_have_text("D♯5")


NEW_PICTURES = """() => {
  window.pictures = [];
  const seen = new MutationObserver((changes) => {
    const added = changes.flatMap((change) => [...change.addedNodes]).filter((node) => node.matches?.(".sheet"));
    const name = (node) => new URL(node.querySelector("img").src).pathname.split("/").pop();
    if (added.length) window.pictures.push(added.map(name));
  });
  seen.observe(document.getElementById("sheets"), { childList: true });
}"""
"""Notes the pictures that are put into the score, and which of them at once."""

SCROLL_TO = """async tick => {
  const id = localStorage.getItem("stretto.piece");
  const { pages } = await (await fetch(`/api/pieces/${id}/pages`)).json();
  const at = pages.findIndex((page) => page.bars.some((bar) => bar.tick === tick));
  const box = document.querySelectorAll(".layer")[at].getBoundingClientRect();
  const y = box.top + (box.height * pages[at].bars.find((bar) => bar.tick === tick).y) / pages[at].height;
  const sheets = document.getElementById("sheets");
  sheets.scrollTop += y - sheets.getBoundingClientRect().top - 150;
}"""
"""The bar that begins there comes into sight."""

WHERE = """() => {
  const note = document.querySelector(".note-chosen").getBoundingClientRect();
  return [document.getElementById("sheets").scrollTop, Math.round(note.x)];
}"""
"""How far the score is scrolled, and where in it the note stands that is chosen."""


def test_of_a_long_piece_the_page_that_an_edit_changes_is_there_before_all_are(desk: Desk) -> None:
    """In its place, and nothing that is looked at moves; at last all pages are as the piece is."""
    from playwright.sync_api import expect

    page = desk.page
    desk.bring(long_chorale(120), "Long")
    n_pages = page.locator(".sheet").count()
    assert n_pages >= 3
    page.evaluate(SCROLL_TO, 70 * 96)
    desk.select_bar(70)
    desk.press("Escape")
    page.locator("#roll").focus()
    desk.press("ArrowRight")
    expect(page.locator("#selection-says")).to_contain_text("1 note · bar 71, Soprano")
    before = page.evaluate(WHERE)
    page.evaluate(NEW_PICTURES)
    desk.press("ArrowUp")
    page.wait_for_function("() => window.pictures.length > 0")
    desk.wait_for_pages()
    assert page.evaluate("() => window.pictures") == [["page.svg"], [f"{n}.svg" for n in range(1, n_pages + 1)]]
    assert page.evaluate(WHERE) == before
    assert page.locator(".sheet img[src*='page.svg']").count() == 0
    desk.press("ArrowDown")
    page.wait_for_function("() => window.pictures.length > 2")
    desk.press("ArrowDown")
    page.wait_for_function("() => window.pictures.length > 3")
    desk.wait_for_pages()
    assert page.evaluate("() => window.pictures.map((own) => own[0])")[-2:] == ["page.svg", "1.svg"]


def test_what_is_undone_at_once_is_undone_on_the_page_of_a_long_piece_too(desk: Desk) -> None:
    """The state that comes back is the one whose pages were all there before."""
    page = desk.page
    desk.bring(long_chorale(120), "Long")
    page.locator("#roll").focus()
    desk.press("ArrowRight")
    page.evaluate(NEW_PICTURES)
    desk.press("ArrowUp")
    page.wait_for_function("() => window.pictures.length > 0")
    desk.press("Control+z")
    page.wait_for_function("() => window.pictures.length > 1")
    desk.wait_for_pages()
    assert page.evaluate("() => window.pictures.map((own) => own[0])")[-2:] == ["page.svg", "1.svg"]
