"""Notes written by hand: with the mouse in the roll, as text, and on a MIDI keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

pytest.importorskip("fastapi", reason="needs pip install -e '.[studio]'")
pytest.importorskip("playwright", reason="needs pip install -e '.[browser-test]'")

if TYPE_CHECKING:
    from desk import Desk, Room

KEYBOARD = """
  const input = { name: "Test keys", state: "connected", onmidimessage: null };
  const access = { inputs: new Map([["1", input]]), onstatechange: null };
  navigator.requestMIDIAccess = async () => access;
  window.keys = (...messages) => messages.forEach(data => input.onmidimessage?.({ data: new Uint8Array(data) }));
"""
"""A MIDI keyboard, as the browser gives it to a page; `keys` presses and lets go."""

DOWN, UP = 0x90, 0x80


def test_notes_are_drawn_lengthened_and_deleted_with_the_mouse_and_each_step_is_undone(desk: Desk) -> None:
    page = desk.page
    box = page.locator("#roll").bounding_box()
    assert box is not None
    x, y = box["x"] + 200, box["y"] + 200
    states = [desk.notes()]
    page.mouse.dblclick(x, y)
    states.append(changed(desk, states[-1]))
    ((_, onset, duration, pitch),) = states[-1]

    right = x
    while desk.page.locator("#roll").get_attribute("data-cursor") != "edge":
        right += 2
        assert right < x + 100, "the note has no end to take hold of"
        page.mouse.move(right, y)
    page.mouse.down()
    page.mouse.move(right + 30, y)
    page.mouse.move(right + 60, y, steps=4)
    page.mouse.up()
    states.append(changed(desk, states[-1]))
    ((_, same_onset, longer, same_pitch),) = states[-1]
    assert (same_onset, same_pitch) == (onset, pitch) and longer > duration

    page.mouse.click(x, y, button="right")
    states.append(changed(desk, states[-1]))
    assert states[-1] == []

    shown: list[tuple[int, int, int, int]] = []
    for before in reversed(states[:-1]):
        desk.press("Control+z")
        assert changed(desk, shown) == before
        shown = before


def changed(desk: Desk, before: list[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    """The notes once they are others."""
    desk.wait_until(lambda: desk.notes() != before)
    return desk.notes()


def test_a_rectangle_over_the_roll_selects_the_notes_in_it(desk: Desk) -> None:
    from playwright.sync_api import expect

    typed(desk, "meter: 4/4\n\nC4q E4 G4 C5 | C5 G4 E4 C4 |")
    box = desk.page.locator("#roll").bounding_box()
    assert box is not None
    desk.page.mouse.move(box["x"] + 50, box["y"] + 60)
    desk.page.mouse.down()
    desk.page.mouse.move(box["x"] + 100, box["y"] + 200)
    desk.page.mouse.move(box["x"] + box["width"] - 5, box["y"] + box["height"] - 5, steps=5)
    desk.page.mouse.up()
    expect(desk.page.locator("#selection-says")).to_contain_text("8 notes")


def typed(desk: Desk, notation: str) -> None:
    """Type a melody and open it."""
    desk.page.locator("#tab-enter").click()
    desk.page.locator("#notation").fill(notation)
    desk.page.get_by_role("button", name="Open as a new piece").click()
    changed(desk, [])
    desk.wait_for_pages()


def test_a_melody_is_typed_as_text_and_a_slip_in_it_is_said(desk: Desk) -> None:
    from playwright.sync_api import expect

    typed(desk, "key: G major\nmeter: 3/4\n\nD5q G4e A4 B4 C5 | D5q G4 G4 |")
    assert [note[3] for note in desk.notes()] == [74, 67, 69, 71, 72, 74, 67, 67]
    desk.refusals = (422,)
    desk.page.locator("#notation").fill("meter: 3/4\n\nD5q H4 |")
    desk.page.get_by_role("button", name="Open as a new piece").click()
    alert = desk.page.locator("#panel-enter [role=alert]")
    expect(alert).to_contain_text("H4")
    assert "\n" not in alert.inner_text().strip()


def test_what_is_played_on_a_midi_keyboard_is_written_step_by_step_keys_together_as_a_chord(room: Room) -> None:
    from playwright.sync_api import expect

    desk = room.desk(opened=False)
    desk.page.add_init_script(KEYBOARD)
    desk.open()
    desk.page.locator("#tab-enter").click()
    desk.page.locator("#midi").click()
    expect(desk.page.locator("#midi-says")).to_contain_text("Test keys")
    played = [[DOWN, 60, 80], [UP, 60, 0], [DOWN, 64, 80], [DOWN, 67, 80], [DOWN, 64, 0], [UP, 67, 0], [DOWN, 72, 80]]
    desk.page.evaluate("played => window.keys(...played)", played)
    desk.wait_until(lambda: len(desk.notes()) == 4)
    found = sorted((onset, pitch) for _, onset, _, pitch in desk.notes())
    length = desk.notes()[0][2]
    assert found == [(0, 60), (length, 64), (length, 67), (2 * length, 72)]


def test_no_hand_is_marked_before_one_is_chosen_and_who_chose_one_writes_in_it(desk: Desk) -> None:
    from playwright.sync_api import expect

    desk.page.locator("#roll").focus()
    expect(desk.page.locator(".part.current")).to_have_count(0)
    desk.press(*"cgdae")
    desk.wait_until(lambda: len(desk.notes()) == 5)
    assert staves(desk) == {72: 1, 67: 1, 62: 1, 57: 2, 52: 2}, "each hand gets what is in its reach"
    desk.press("Control+a", "Delete")
    desk.wait_until(lambda: not desk.notes())
    desk.page.locator('[data-name="Right hand"] .part-name').click()
    expect(desk.page.locator(".part.current")).to_have_attribute("data-name", "Right hand")
    desk.page.locator("#roll").focus()
    desk.press("Home", *"cgdae")
    desk.wait_until(lambda: len(desk.notes()) == 5)
    assert set(staves(desk).values()) == {1}
    expect(desk.page.locator(".part.current")).to_have_attribute("data-name", "Right hand")


def staves(desk: Desk) -> dict[int, int]:
    """On which staff each pitch stands."""
    return {note["pitch"]: note["staff"] for note in desk.view()["notes"]}
