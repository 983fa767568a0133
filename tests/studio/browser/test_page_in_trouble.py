"""What the page does when things go wrong: two windows, a server that is gone, a file that means harm."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("fastapi", reason="needs pip install -e '.[studio]'")
pytest.importorskip("playwright", reason="needs pip install -e '.[browser-test]'")

if TYPE_CHECKING:
    from desk import Desk, Room
    from playwright.sync_api import Browser, Route

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


def test_an_edit_that_waits_stays_with_its_piece(desk: Desk) -> None:
    """Whatever is open when its turn comes."""
    draw_a_note(desk)
    old = desk.wait_for_revision(other_than=1)
    held = held_back(desk, "**/edits")
    desk.press("ArrowUp", "ArrowUp", "ArrowUp")
    desk.page.locator("#new").click()
    desk.page.wait_for_function("id => localStorage.getItem('stretto.piece') !== id", arg=old["id"])
    for n_edits in (1, 2, 3):
        let_go(desk, held)
        desk.wait_until(lambda n=n_edits: piece(desk, old["id"])["revision"] == old["revision"] + n)
    assert piece(desk, old["id"])["notes"][0]["pitch"] == old["notes"][0]["pitch"] + 3
    assert (desk.view()["revision"], desk.notes()) == (1, [])


def test_a_note_can_be_changed_before_the_server_has_heard_of_it(desk: Desk) -> None:
    """What is written is chosen at once, and only that."""
    held = held_back(desk, "**/edits")
    draw_a_note(desk)
    desk.press("ArrowUp", "d", "ArrowUp", "ArrowUp", "Shift+ArrowRight")
    for _ in range(6):
        let_go(desk, held)
    desk.wait_until(lambda: [note[1:] for note in desk.notes()] == [(0, 24, 73), (24, 36, 76)])
    desk.press("Delete")
    let_go(desk, held)
    desk.wait_until(lambda: [note[1:] for note in desk.notes()] == [(0, 24, 73)])


def test_what_was_done_to_a_note_that_is_refused_goes_with_it(desk: Desk) -> None:
    from playwright.sync_api import expect

    desk.refusals = (409,)
    held = held_back(desk, "**/edits")
    draw_a_note(desk)
    desk.press("ArrowUp")
    desk.wait_until(lambda: bool(held))
    held.pop(0).fulfill(status=409, json={"detail": "Not here."})
    expect(desk.page.locator("#toast")).to_contain_text("Not here.")
    draw_a_note(desk)
    let_go(desk, held)
    desk.wait_until(lambda: len(desk.notes()) == 1)
    assert desk.view()["revision"] == 2
    assert not held


def test_an_edit_that_is_shown_is_not_taken_back_by_the_answer_to_one_before(desk: Desk) -> None:
    draw_a_note(desk)
    desk.wait_for_revision(other_than=1)
    x, y = desk.note_in_roll()
    held = held_back(desk, "**/edits")
    desk.page.locator("#roll").focus()
    desk.press("Shift+ArrowRight", "Delete")
    with desk.page.expect_response("**/edits"):
        let_go(desk, held)
    desk.wait_until(lambda: bool(held))
    desk.page.mouse.move(x, y - 1)
    desk.page.mouse.move(x, y)
    assert desk.page.locator("#roll").get_attribute("data-cursor") != "note"
    let_go(desk, held)
    desk.wait_until(lambda: desk.notes() == [])


def test_candidates_are_for_the_piece_and_the_state_that_they_were_asked_for(desk: Desk) -> None:
    from playwright.sync_api import expect

    desk.compose(bars=2)
    composed = desk.view()
    desk.page.locator("[data-verb=vary]").click()
    desk.page.locator("#go").click()
    expect(desk.take_button()).to_be_visible(timeout=60_000)
    x, y = desk.note_in_roll()
    desk.page.mouse.click(x, y)
    desk.press("ArrowUp")
    edited = desk.wait_for_revision(composed["revision"])
    desk.take_button().click()
    expect(desk.page.locator("#toast")).to_contain_text("changed after these were asked for")
    assert desk.view() == edited
    desk.page.locator("#undo").click()
    desk.wait_for_revision(edited["revision"])
    desk.take(composed["revision"])
    desk.page.locator("#go").click()
    expect(desk.take_button()).to_be_visible(timeout=60_000)
    desk.page.locator("#new").click()
    expect(desk.page.locator("#tray")).to_be_hidden()


def test_where_a_browser_remembers_nothing_the_page_opens_all_the_same(room: Room) -> None:
    from playwright.sync_api import expect

    desk = room.desk(opened=False)
    forbidden = (
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError'); }})"
    )
    desk.page.add_init_script(forbidden)
    desk.open()
    desk.page.locator("#theme").click()
    expect(desk.page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(desk.page.locator("#title")).to_have_value("Untitled")


def held_back(desk: Desk, what: str) -> list[Route]:
    """Requests that do not reach the server yet, as they come."""
    held: list[Route] = []
    desk.page.route(what, lambda route: held.append(route))
    return held


def let_go(desk: Desk, held: list[Route]) -> None:
    """Let the next reach it."""
    desk.wait_until(lambda: bool(held))
    held.pop(0).continue_()


def piece(desk: Desk, id: str) -> dict[str, Any]:
    """One that need not be open, as the server has it."""
    told: dict[str, Any] = desk.page.evaluate("async id => (await fetch(`/api/pieces/${id}`)).json()", id)
    return told


def test_another_piece_does_not_wait_for_the_pages_of_the_one_before(desk: Desk) -> None:
    old = desk.view()["id"]
    held = held_back(desk, f"**/{old}/pages*")
    draw_a_note(desk)
    desk.wait_until(lambda: bool(held))
    desk.page.locator("#new").click()
    desk.page.wait_for_function("id => localStorage.getItem('stretto.piece') !== id", arg=old)
    desk.wait_for_pages()


def test_another_piece_that_is_opened_is_silent(desk: Desk) -> None:
    from playwright.sync_api import expect

    draw_a_note(desk)
    desk.wait_for_revision(other_than=1)
    desk.page.locator("#play").click()
    expect(desk.page.locator("#transport")).to_have_attribute("data-playing", "true")
    desk.page.locator("#new").click()
    expect(desk.page.locator("#transport")).to_have_attribute("data-playing", "false")
    expect(desk.page.locator("#where")).to_contain_text("1.1")


def test_of_five_parts_without_names_it_is_said_how_the_voices_are_known(desk: Desk) -> None:
    from playwright.sync_api import expect

    voices = "\n".join(f'V:{i} name="Viol {i}"\n{note}4|{note}4|' for i, note in enumerate("cAFCD", 1))
    tune = f"X:1\nT:Viols\nM:4/4\nL:1/4\nK:F\n{voices}\n".encode()
    desk.bring(tune, "Viols")
    desk.page.locator("[data-verb=infill]").click()
    desk.select_bar(0)
    desk.page.locator("#go").click()
    expect(desk.page.locator("#toast")).to_contain_text("Call them Soprano, Alto, Tenor and Bass in your file.")
    expect(desk.page.locator("#toast")).not_to_contain_text("--take")
